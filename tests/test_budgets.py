"""How many statements the steps of a clerk take: each as many with five hundred records waiting as with one."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reviewapp.models import Field, Submission, User
from reviewapp.search.terms import SEARCHED
from reviewapp.stages import claim, correct
from reviewapp.stages.correct import Decision
from tests.factories import AS_ON_PAPER, fields_of, mark, submission_at
from tests.many import fill, statements

pytestmark = pytest.mark.django_db

# Who is asking: the session and the person, looked up in every request.
ASKING = 2
FLAGGED = ("neonatal_name", "sex", "mother_name", "mother_age", "father_name")
CROWDS = [0, 500]


def counted(step: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        step()
    told = statements(captured)
    assert all(told), "every statement can be read when one is too many"
    return len(told)


def as_a_view_reads_it(record: Submission) -> Submission:
    related = ("batch", "claimed_by", "reviewed_by", "chain")
    return Submission.objects.select_related(*related).get(pk=record.pk)


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised", probs=dict.fromkeys(FLAGGED, 60))
    claim.claim(record, by=clerk)
    return as_a_view_reads_it(record)


def save(held: Submission, name: str, value: str, *, by: User) -> int:
    field = held.fields.get(name=name)
    options: dict[str, Any] = {"verify": True, "override_reason": AS_ON_PAPER}
    return counted(partial(correct.correct, field, value=value, version=field.version, by=by, **options))


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_value_that_is_changed_and_verified_takes_twelve_statements(
    held: Submission, clerk: User, crowd: int
) -> None:
    """One more where findings go and come, and the record must be found by a new name and no longer by the old one."""
    fill("recognised", crowd)
    for name, value in (("mother_name", "欧阳娜娜"), ("mother_age", "31"), ("neonatal_name", "王小明"), ("sex", "x")):
        assert save(held, name, value, by=clerk) <= 12 + (name in SEARCHED)


def test_a_value_that_is_only_verified_takes_six_statements(held: Submission, clerk: User) -> None:
    for name in FLAGGED:
        assert save(held, name, held.fields.get(name=name).value, by=clerk) <= 6
    assert not held.fields.doubtful().exists()


def test_a_mark_takes_eleven_statements(held: Submission, clerk: User) -> None:
    for name, word, limit in (("mother_name", "unsure", 6), ("mother_age", "illegible", 11), ("sex", "blank", 11)):
        field = held.fields.get(name=name)
        marking = partial(correct.mark_value, field, mark=word, version=field.version, by=clerk)
        assert counted(marking) <= limit


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_save_in_the_browser_takes_as_many_whatever_waits(as_clerk: Client, held: Submission, crowd: int) -> None:
    """Beside the stage, and what it is found by: who asks, the record and the field."""
    fill("recognised", crowd)
    as_clerk.get(f"/records/{held.pk}/review/")
    posted = {"value": "欧阳娜娜", "version": 1, "verify": "on", "override_reason": AS_ON_PAPER}
    address = f"/records/{held.pk}/fields/mother_name/"
    assert counted(lambda: as_clerk.post(address, posted)) <= ASKING + 2 + 12 + 1
    assert Field.objects.get(submission=held, name="mother_name").is_verified


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("kind", ["recognised", "returned", "unsure", "postponed"])
def test_the_next_record_takes_four_statements(
    clerk: User, clerk2: User, supervisor: User, crowd: int, kind: str
) -> None:
    submission_at("recognised" if kind == "postponed" else kind, clerk=clerk)
    fill("recognised", crowd)
    fill("reviewed", crowd, reviewed_by=None)
    by = clerk2 if kind == "unsure" else clerk
    assert counted(partial(claim.claim_next, by=by)) == 4
    assert Submission.objects.held_by(by).count() == 1


def test_no_next_record_takes_two_statements(clerk: User) -> None:
    assert counted(partial(claim.claim_next, by=clerk)) == 2


@pytest.mark.parametrize("crowd", CROWDS)
def test_submit_and_next_takes_twelve_statements(as_clerk: Client, held: Submission, clerk: User, crowd: int) -> None:
    for field in fields_of(held).values():
        if field.is_doubtful:
            correct.verify_value(field, by=clerk, override_reason=AS_ON_PAPER)
    submission_at("recognised", batch=held.batch)
    fill("recognised", crowd)
    assert counted(lambda: as_clerk.post(f"/records/{held.pk}/submit/")) == ASKING + 1 + 5 + 4
    held.refresh_from_db()
    assert (held.status, Submission.objects.held_by(clerk).count()) == ("reviewed", 1)


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_second_reading_takes_as_many_whatever_waits(clerk: User, clerk2: User, crowd: int) -> None:
    """Its claim, what is read, the value and the move, each with its trace, the batch, and what it is found by."""
    record = submission_at("unsure", clerk=clerk)
    submission_at("received", batch=record.batch)
    fill("recognised", crowd)
    assert claim.claim_next(by=clerk2) == record
    record = as_a_view_reads_it(record)
    unsure = record.fields.unsure().get()
    decisions = {unsure.name: Decision("欧阳娜娜", unsure.version, AS_ON_PAPER)}
    assert counted(partial(correct.read_second, record, by=clerk2, decisions=decisions)) <= 17


def test_to_renew_a_claim_takes_none_at_first_and_to_give_it_back_three(held: Submission, clerk: User) -> None:
    assert counted(partial(claim.renew, held, by=clerk)) == 0
    assert counted(partial(claim.give_back, held, by=clerk)) == 3


def test_an_unsure_record_is_submitted_in_as_many(held: Submission, clerk: User) -> None:
    for name in FLAGGED[1:]:
        correct.verify_value(fields_of(held)[name], by=clerk, override_reason=AS_ON_PAPER)
    mark(held, FLAGGED[0], "unsure", by=clerk)
    assert counted(partial(correct.submit, as_a_view_reads_it(held), by=clerk)) == 5
