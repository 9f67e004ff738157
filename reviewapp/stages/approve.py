"""Approve: a second person releases records or sends them back."""

from collections.abc import Iterable

from django.db import transaction

from reviewapp.certificate import FIELDS
from reviewapp.exceptions import IllegalTransition, NotAllowed, ReviewError
from reviewapp.findings import judge_again
from reviewapp.models import Batch, Field, Flag, Submission, User
from reviewapp.permissions import check_can_approve, check_can_supervise
from reviewapp.rules.base import found
from reviewapp.rules.catalogue import RETURNED
from reviewapp.states import BatchStatus, SubmissionStatus
from reviewapp.transitions import move, settle


@transaction.atomic
def approve(submission: Submission, *, by: User) -> None:
    """Release one record. Raises NotAllowed for one's own work, IllegalTransition unless it is reviewed."""
    check_can_approve(by, submission)
    move(submission, SubmissionStatus.APPROVED, by=by)
    settle(submission.batch, by=by)


@transaction.atomic
def approve_batch(batch: Batch, *, by: User) -> tuple[int, int]:
    """Release every reviewed record of a batch but one's own work.

    Return how many were approved and how many were left as the approver's own work. A batch in which
    all was rejected is closed by the same act. Raises NotAllowed, IllegalTransition when nothing waits.
    """
    check_can_supervise(by)
    waiting = batch.submissions.awaiting_approval()
    own = set(waiting.touched_by(by).values_list("pk", flat=True))
    approvable = [submission for submission in waiting.in_order() if submission.pk not in own]
    for submission in approvable:
        move(submission, SubmissionStatus.APPROVED, by=by)
    if own and not approvable:
        raise NotAllowed("ownWork")
    if approvable:
        settle(batch, by=by)
    elif batch.status == BatchStatus.SUBMITTED:
        move(batch, BatchStatus.APPROVED, by=by)
    else:
        raise IllegalTransition("nothingToApprove")
    return len(approvable), len(own)


@transaction.atomic
def return_to_clerk(submission: Submission, *, by: User, reason: str, field_names: Iterable[str] = ()) -> None:
    """Send a record back with a reason; the named fields must be verified anew.

    1. the reason; 2. the move; 3. the fields to look at again. A picture that was rejected before it
    was read gets its 23 empty fields, so that a person can fill them in.
    Raises NotAllowed, ReviewError without a reason, IllegalTransition.
    """
    check_can_supervise(by)
    reason = reason.strip()
    if not reason:
        raise ReviewError("reasonMissing")

    move(submission, SubmissionStatus.RETURNED, by=by, reason=reason, values={"return_reason": reason})

    if not submission.fields.exists():
        _fill_in_by_hand(submission)
    doubted = submission.fields.filter(name__in=list(field_names))
    Flag.objects.filter(field__submission=submission, code=RETURNED).delete()
    Flag.objects.bulk_create(Flag.of(field.pk, found(RETURNED, field.name, reason=reason)) for field in doubted)
    doubted.update(verified_by=None, verified_at=None, confirmation="")
    settle(submission.batch, by=by)


def _fill_in_by_hand(submission: Submission) -> None:
    Field.objects.bulk_create(
        Field(submission=submission, name=spec.name, position=position) for position, spec in enumerate(FIELDS)
    )
    judge_again(submission)
