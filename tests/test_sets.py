"""Many records are approved, returned or rejected at once, each as one alone would be, by few statements."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviewapp import sets
from reviewapp.exceptions import NotAllowed, ReviewError
from reviewapp.models import Approval, Event, Submission, User
from reviewapp.sets import LeftOut
from reviewapp.stages import approve, claim, reject
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus
from tests.factories import make_batch, no_program, person, shown, submission_at

pytestmark = pytest.mark.django_db

BOUNDS = re.compile(r"(RELEASE )?SAVEPOINT|BEGIN|COMMIT")


def statements(act: Callable[[], object]) -> int:
    """Return how many statements something takes; where a transaction begins and ends is not counted."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(BOUNDS.match(query["sql"]) is None for query in captured)


def versions(*records: Submission) -> dict[int, int]:
    return dict(Submission.objects.filter(pk__in=[record.pk for record in records]).values_list("pk", "version"))


def test_records_of_two_batches_are_approved_and_each_batch_settled(supervisor: User) -> None:
    whole, half = make_batch(), make_batch()
    records = [submission_at("reviewed", batch=batch) for batch in (whole, whole, half)]
    submission_at("recognised", batch=half)
    done = approve.approve_records(versions(*records), by=supervisor, queue=no_program)
    assert done == (3, {})
    for batch in (whole, half):
        batch.refresh_from_db()
    assert (whole.status, whole.approved_by, half.status) == (BatchStatus.APPROVED, supervisor, BatchStatus.OPEN)
    for record in records:
        record.refresh_from_db()
        approval = Approval.objects.get(submission=record)
        event = record.events.get(kind=EventKind.APPROVED)
        assert (approval.version, event.params) == (record.version, {"digest": approval.digest})
        assert (record.status, record.approved_by) == (SubmissionStatus.APPROVED, supervisor)
    assert approve.approve_records(versions(*records), by=supervisor, queue=no_program).done == 0


def test_what_a_supervisor_must_not_approve_is_left_out_and_said(supervisor: User, clerk: User) -> None:
    plain, changed = submission_at("reviewed"), submission_at("reviewed")
    kept = submission_at("reviewed", values={"birth_weight": "120"})
    own = submission_at("reviewed", clerk=supervisor)
    asked = versions(plain, changed, kept, own)
    asked[changed.pk] -= 1
    done = approve.approve_records(asked, by=supervisor, queue=no_program)
    left = {LeftOut.CHANGED: [changed.pk], LeftOut.UNSEEN: [kept.pk], LeftOut.CLOSED: [own.pk]}
    assert (done.done, done.left_out) == (1, left)
    with pytest.raises(NotAllowed):
        approve.approve_records(asked, by=clerk, queue=no_program)


def test_records_are_returned_with_one_reason_and_open_their_batch_again(supervisor: User, clerk: User) -> None:
    batch = make_batch()
    rejected, approved = (submission_at(status, batch=batch, clerk=clerk) for status in ("rejected", "approved"))
    reviewed = submission_at("reviewed", clerk=clerk)
    done = approve.return_many(versions(approved, rejected, reviewed), by=supervisor, reason=" Look again. ")
    assert done == (2, {LeftOut.STATUS: [approved.pk]})
    batch.refresh_from_db()
    assert batch.status == BatchStatus.RETURNED
    moves = batch.events.filter(kind__in=[EventKind.REOPENED, EventKind.RETURNED]).order_by("pk")
    assert [(move.old, move.new) for move in moves][-2:] == [("approved", "submitted"), ("submitted", "returned")]
    reviewed.refresh_from_db()
    assert (reviewed.status, reviewed.return_reason) == (SubmissionStatus.RETURNED, "Look again.")
    event = reviewed.events.get(kind=EventKind.RETURNED)
    assert (event.reason, len(event.params["before"])) == ("Look again.", 23)
    with pytest.raises(ReviewError):
        approve.return_many(versions(reviewed), by=supervisor, reason=" ")


def test_pictures_are_rejected_for_one_reason_but_for_those_in_other_hands(supervisor: User, clerk: User) -> None:
    free, held, failed, asked, reviewed = (
        submission_at(status) for status in ("recognised", "recognised", "failed", "escalated", "reviewed")
    )
    claim.claim(held, by=clerk)
    everything = versions(free, held, failed, asked, reviewed)
    done = reject.reject_many(everything, by=supervisor, reason=RejectReason.DUPLICATE, note="sent twice")
    assert done == (3, {LeftOut.HELD: [held.pk], LeftOut.STATUS: [reviewed.pk]})
    free.refresh_from_db()
    assert (free.status, free.reject_note, free.reviewed_by) == (SubmissionStatus.REJECTED, "sent twice", supervisor)
    assert free.events.get(kind=EventKind.REJECTED).params == {"reason": RejectReason.DUPLICATE}
    free.batch.refresh_from_db()
    assert free.batch.status == BatchStatus.SUBMITTED


def test_a_clerk_rejects_neither_what_is_asked_nor_what_was_returned_to_another(clerk: User) -> None:
    asked = submission_at("escalated")
    returned = submission_at("returned", clerk=person("clerk2"))
    done = reject.reject_many(versions(asked, returned), by=clerk, reason=RejectReason.UNREADABLE)
    assert done == (0, {LeftOut.STATUS: [asked.pk], LeftOut.OTHERS: [returned.pk]})


def test_a_set_is_acted_on_in_chunks_and_every_event_is_bound(
    supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sets, "CHUNK", 2)
    batch = make_batch()
    for _ in range(5):
        submission_at("reviewed", batch=batch)
    assert approve.approve_records(shown(batch), by=supervisor, queue=no_program).done == 5
    assert Event.objects.filter(kind=EventKind.APPROVED, submission__batch=batch).count() == 5
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED
