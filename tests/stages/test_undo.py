"""Who finished a record takes it back, until somebody else acted on it."""

import pytest

from reviewapp.administration.view_log import note_views
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed
from reviewapp.models import Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.stages.correct import undo
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus
from tests.factories import change, make_batch, no_program, submission_at, verify_all

pytestmark = pytest.mark.django_db


def state_of(record: Submission) -> list[tuple[object, ...]]:
    columns = ("name", "value", "version", "verified_by", "verified_at", "override_reason", "mark")
    return list(record.fields.order_by("position").values_list(*columns))


@pytest.mark.parametrize("status", ["reviewed", "rejected", "escalated"])
def test_what_was_finished_is_open_again_with_all_as_it_was(status: str, clerk: User) -> None:
    record = submission_at(status, clerk=clerk, probs={"neonatal_name": 60})
    before = state_of(record)
    assert list(Submission.objects.undoable_by(clerk)) == [record]
    undo(record, by=clerk)
    record.refresh_from_db()
    assert (record.status, record.holder) == (SubmissionStatus.RECOGNISED, clerk)
    assert (record.reviewed_by, record.reviewed_at, record.reject_reason, record.reject_note) == (None, None, "", "")
    assert state_of(record) == before
    event = record.events.get(kind=EventKind.UNDONE)
    assert (event.by, event.old, event.new) == (clerk, status, "recognised")
    assert record.batch.status == BatchStatus.OPEN
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    assert Submission.objects.get().status == SubmissionStatus.REVIEWED


def test_a_look_does_not_hinder_it(clerk: User, supervisor: User) -> None:
    record = submission_at("reviewed", clerk=clerk)
    note_views([record], by=supervisor, kind=EventKind.VIEWED, address=None)
    undo(record, by=clerk)
    assert Submission.objects.get().holder == clerk


def test_it_is_too_late_once_somebody_else_acted(clerk: User, supervisor: User) -> None:
    approved, returned = (submission_at("reviewed", clerk=clerk) for _ in range(2))
    approve.approve(approved, by=supervisor, queue=no_program)
    approve.return_to_clerk(returned, by=supervisor, reason="look again")
    answered = submission_at("escalated", clerk=clerk)
    approve.answer(answered, by=supervisor, text="yes")
    for record, deed in ((approved, "Approved"), (returned, "Returned"), (answered, "Question answered")):
        with pytest.raises(IllegalTransition, match=f"supervisor has gone on with this record since .“{deed}”."):
            undo(Submission.objects.get(pk=record.pk), by=clerk)
    assert not Submission.objects.undoable_by(clerk).exists()


def test_what_somebody_else_took_up_is_not_taken_back_from_them(clerk: User, clerk2: User, supervisor: User) -> None:
    """Somebody has a record in hand, or had it, that was sent on."""
    record = submission_at("reviewed", clerk=clerk)
    approve.return_to_clerk(record, by=supervisor, reason="look again")
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    claim.claim(Submission.objects.get(), by=clerk2)
    claim.give_back(Submission.objects.get(), by=clerk2)
    with pytest.raises(IllegalTransition, match=r"clerk2 has gone on .*“Given back”"):
        undo(Submission.objects.get(), by=clerk)


def test_nobody_takes_back_what_another_one_finished(
    clerk: User, clerk2: User, supervisor: User, admin_user: User
) -> None:
    record = submission_at("reviewed", clerk=clerk)
    for person in (clerk2, supervisor, admin_user):
        with pytest.raises(NotAllowed):
            undo(Submission.objects.get(), by=person)
    assert Submission.objects.get() == record
    assert Submission.objects.get().status == SubmissionStatus.REVIEWED


def test_taking_it_back_twice_is_refused_and_leaves_one_event(clerk: User) -> None:
    record = submission_at("reviewed", clerk=clerk)
    in_other_tab = Submission.objects.get()
    undo(record, by=clerk)
    with pytest.raises(IllegalTransition, match="“To review”"):
        undo(in_other_tab, by=clerk)
    assert record.events.filter(kind=EventKind.UNDONE).count() == 1


def test_an_old_page_does_not_take_back_what_was_submitted_since(clerk: User) -> None:
    record = submission_at("reviewed", clerk=clerk)
    shown = record.version
    undo(record, by=clerk)
    correct.submit(record, by=clerk)
    with pytest.raises(ChangedSinceShown):
        undo(Submission.objects.get(), by=clerk, version=shown)
    with pytest.raises(ChangedSinceShown):
        undo(Submission.objects.get(), by=clerk, version=0)
    assert Submission.objects.get().status == SubmissionStatus.REVIEWED


def test_what_was_never_read_cannot_be_gone_on_with(clerk: User) -> None:
    record = submission_at("failed")
    correct.reject(record, by=clerk, reason=RejectReason.NO_CERTIFICATE)
    assert not Submission.objects.undoable_by(clerk).exists()
    with pytest.raises(IllegalTransition, match="Nothing was read from this picture"):
        undo(record, by=clerk)
    assert Submission.objects.get().status == SubmissionStatus.REJECTED


def test_a_returned_record_that_is_taken_back_keeps_its_reason_and_is_lost_to_nobody(
    clerk: User, clerk2: User, supervisor: User
) -> None:
    older = submission_at("recognised")
    record = submission_at("returned", clerk=clerk, reason="The name is wrong.")
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    undo(record, by=clerk)
    assert record.return_reason == "The name is wrong."
    claim.give_back(record, by=clerk)
    assert record.reviewed_by == clerk
    assert not Submission.objects.finished_by(clerk, since=record.received_at).exists()
    assert claim.claim_next(by=clerk) == record, "it comes back first to who knows it"
    claim.give_back(record, by=clerk)
    assert [claim.claim_next(by=clerk2), claim.claim_next(by=clerk2, after=older)] == [older, record]
    verify_all(record, by=clerk2)
    correct.submit(record, by=clerk2)
    approve.approve(record, by=supervisor, queue=no_program)


def test_a_supervisor_who_took_back_a_submission_must_not_approve_it(supervisor: User, clerk: User) -> None:
    record = submission_at("reviewed", clerk=supervisor)
    undo(record, by=supervisor)
    claim.give_back(record, by=supervisor)
    claim.claim(record, by=clerk)
    change(record, "mother_name", "王小明", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    with pytest.raises(NotAllowed, match="yourself"):
        approve.approve(record, by=supervisor, queue=no_program)


def test_the_batch_that_awaited_approval_is_open_again(clerk: User) -> None:
    record = submission_at("reviewed", clerk=clerk)
    assert record.batch.status == BatchStatus.SUBMITTED
    undo(record, by=clerk)
    record.batch.refresh_from_db()
    assert record.batch.status == BatchStatus.OPEN


def test_what_is_in_a_batch_that_is_approved_is_not_taken_back(clerk: User, supervisor: User) -> None:
    batch = make_batch()
    rejected = submission_at("rejected", batch=batch)
    submission_at("approved", batch=batch)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED
    with pytest.raises(IllegalTransition, match="approved already"):
        correct.undo(rejected, by=clerk)
    rejected.refresh_from_db()
    assert rejected.status == SubmissionStatus.REJECTED


def test_a_record_that_is_returned_opens_its_approved_batch(clerk: User, supervisor: User) -> None:
    batch = make_batch()
    rejected = submission_at("rejected", batch=batch)
    submission_at("approved", batch=batch)
    approve.return_to_clerk(rejected, by=supervisor, reason="It is one after all.")
    batch.refresh_from_db()
    assert batch.status == BatchStatus.RETURNED
    kinds = list(batch.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [EventKind.REOPENED, EventKind.RETURNED]


@pytest.mark.parametrize("read", ["王丽", None])
def test_a_second_reader_gets_no_record_of_the_first_one_by_taking_back(
    read: str | None, clerk: User, clerk2: User
) -> None:
    record = submission_at("unsure", clerk=clerk)
    claim.claim(record, by=clerk2)
    [unsure] = record.fields.unsure()
    decisions = {unsure.name: correct.Decision(read, unsure.version)}
    correct.read_second(record, by=clerk2, decisions=decisions, question="" if read else "Which one?")
    status = record.status
    assert not Submission.objects.undoable_by(clerk2).exists()
    with pytest.raises(IllegalTransition, match="Ask a supervisor to return the record"):
        undo(record, by=clerk2)
    record.refresh_from_db()
    assert (record.status, record.reviewed_by) == (status, clerk)
