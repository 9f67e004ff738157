"""What an engine saw on the paper is kept with the record, and judged anew with every value."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from reviewapp.models import Flag, Submission
from reviewapp.stages import claim
from reviewapp.stages.flag import judge_again
from reviewapp.states import SubmissionStatus
from tests.factories import answer, change, person, submission_at, true_values

pytestmark = pytest.mark.django_db
NUMBER = "certificate_number"


def read_with(info: Any, *, prob: int = 99) -> Submission:
    return submission_at(SubmissionStatus.RECOGNISED, data=answer(probs={NUMBER: prob}) | {"debug_info": info})


def codes(submission: Submission) -> set[str]:
    return set(Flag.objects.filter(field__submission=submission, field__name=NUMBER).values_list("code", flat=True))


def test_a_barcode_that_differs_is_an_error_until_the_number_is_corrected() -> None:
    right = true_values()[NUMBER][:-1] + "8"
    submission = read_with({"barcode": right})
    assert "barcode_differs" in codes(submission)

    claim.claim(submission, by=person("clerk"))
    change(submission, NUMBER, right, by=person("clerk"))

    assert "barcode_differs" not in codes(submission)


def test_a_number_that_its_barcode_proves_is_not_flagged_for_doubt() -> None:
    assert "low_probability" in codes(read_with({}, prob=50))
    assert "low_probability" not in codes(read_with({"barcode": true_values()[NUMBER]}, prob=50))


@pytest.mark.parametrize("info", [{}, None, {"barcode": None}, {"barcode": ["x"]}, "barcode", {"edition": "seven"}])
def test_an_answer_that_tells_nothing_of_the_paper_leaves_no_sign(info: Any) -> None:
    submission = read_with(info)
    assert set(submission.signs.values()) == {None}
    assert not {code for code in codes(submission) if code.startswith(("barcode", "edition"))}


@pytest.mark.parametrize("signs", [None, {}])
def test_a_record_from_before_signs_were_kept_is_judged_without(signs: dict[str, Any] | None) -> None:
    submission = read_with({"barcode": "T430000000"})
    Submission.objects.filter(pk=submission.pk).update(signs=signs)
    submission.refresh_from_db()

    judge_again(submission)

    assert "barcode_differs" not in codes(submission)


@pytest.mark.django_db(transaction=True)
def test_room_for_signs_is_made_without_writing_every_record_anew() -> None:
    """SQLite copies a table, under its lock, for a column that may not be empty."""
    statements = StringIO()
    call_command("sqlmigrate", "reviewapp", "0012", stdout=statements)
    assert "ADD COLUMN" in statements.getvalue()
    assert not re.search("CREATE TABLE|UPDATE|NOT NULL", statements.getvalue())
