"""Corrections after approval at one moment with other corrections, decisions and exports."""

from collections.abc import Callable
from functools import partial

import pytest

from reviewapp.exceptions import IllegalTransition, ReviewError
from reviewapp.models import Amendment, Approval, Event, Recall, Submission
from reviewapp.stages import amend
from reviewapp.states import EventKind, SubmissionStatus
from tests.amendments import NEW_NAME, OLD_NAME, amended, amendment_of, approved_record, lines_of
from tests.exports import done, exported, left, wished
from tests.factories import fields_of, no_program, person
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def approving(amendment: Amendment, name: str) -> Callable[[], None]:
    """Let a person approve a correction, of which they have a copy in hand."""
    in_hand = Amendment.objects.get(pk=amendment.pk)
    return partial(amend.approve_amendment, in_hand, by=person(name), queue=no_program)


def test_of_two_who_ask_at_once_one_is_told_to_wait(meet: Meet) -> None:
    record = approved_record()
    people = person("clerk"), person("supervisor2")
    meet("reviewapp.stages.amend._held")
    outcomes = race(*[partial(amendment_of, record, by=by) for by in people])
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ReviewError)]
    assert refusal.code == "amendmentWaits"
    assert record.amendments.count() == record.events.filter(kind=EventKind.AMENDMENT_ASKED).count() == 1


def test_of_two_who_approve_at_once_one_does(meet: Meet) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    meet("reviewapp.stages.amend._decide")
    outcomes = race(approving(amendment, "supervisor"), approving(amendment, "supervisor2"))
    assert {type(outcome) for outcome in outcomes} == {type(None), IllegalTransition}
    assert Submission.objects.get(pk=record.pk).version == record.version + 2
    assert Approval.objects.filter(submission=record).count() == 2
    assert record.events.filter(kind=EventKind.AMENDED).count() == 1


def test_of_an_approval_and_a_refusal_at_once_one_holds(meet: Meet) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    meet("reviewapp.stages.amend._decide")
    approved, refusing = race(
        approving(amendment, "supervisor"),
        partial(amend.refuse_amendment, Amendment.objects.get(pk=amendment.pk), by=person("supervisor2"), note="No."),
    )
    amendment.refresh_from_db()
    is_approved = approved is None
    assert isinstance(refusing if is_approved else approved, IllegalTransition)
    assert amendment.outcome == ("approved" if is_approved else "refused")
    assert fields_of(record)["neonatal_name"].value == (NEW_NAME if is_approved else OLD_NAME)
    assert Submission.objects.get(pk=record.pk).status == SubmissionStatus.APPROVED
    assert Approval.objects.standing().filter(submission=record).count() == 1


@pytest.mark.parametrize("at", ["reviewapp.stages.export._let_leave", "reviewapp.stages.export._add"])
def test_an_export_at_the_moment_of_a_correction_holds_the_new_value_or_is_recalled(meet: Meet, at: str) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    person("admin")
    meet(at, "reviewapp.stages.amend._void")
    made, decided = race(
        exported,
        approving(amendment, "supervisor2"),
    )
    assert decided is None, decided
    assert not isinstance(made, ReviewError), str(made)
    (line,) = lines_of(made)
    recalled = Recall.objects.filter(export=made).exists()
    if not recalled:
        assert line["neonatalName"] == NEW_NAME
    exported_at = Event.objects.get(kind=EventKind.EXPORTED, submission=record).number
    amended_at = Event.objects.get(kind=EventKind.VOIDED, submission=record).number
    assert recalled is (exported_at < amended_at)


def test_a_file_that_is_being_written_never_mixes_old_and_new(meet: Meet) -> None:
    record = approved_record()
    made = left(wished())
    amendment = amendment_of(record)
    old_digest = record.approvals.get().digest
    meet("reviewapp.stages.export.approved_rows", "reviewapp.stages.amend._set_values")
    written, decided = race(
        lambda: lines_of(done(made)),
        approving(amendment, "supervisor2"),
    )
    assert decided is None
    (line,) = written
    is_old = line["approval"] == old_digest
    assert line["neonatalName"] == (OLD_NAME if is_old else NEW_NAME)
    assert [recall.export for recall in Recall.objects.all()] == [made]


def test_two_exports_at_once_both_tell_a_recall_or_one_does() -> None:
    record = approved_record()
    exported()
    amended(record)
    first, second = race(exported, exported)
    told = [line["recalls"] for made in (first, second) for line in lines_of(made)]
    assert any(told)
    assert [line["recalls"] for line in lines_of(exported())] == [[]]
