"""The only writer of `.status`."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from reviewapp.exceptions import IllegalTransition, NotAllowed
from reviewapp.models import Batch, Event, Submission, User
from reviewapp.states import (
    BATCH_TRANSITIONS,
    SUBMISSION_TRANSITIONS,
    BatchStatus,
    EventKind,
    Role,
    SubmissionStatus,
    Transition,
)

STAMPS = {EventKind.SUBMITTED: "reviewed", EventKind.APPROVED: "approved"}
ROLE_REFUSALS = {Role.CLERK: "notReviewer", Role.SUPERVISOR: "notSupervisor"}


def _transition(obj: Submission | Batch, to: str) -> Transition:
    """Look the move up in the table; raise IllegalTransition when it is not there."""
    found = (
        SUBMISSION_TRANSITIONS.get((SubmissionStatus(obj.status), SubmissionStatus(to)))
        if isinstance(obj, Submission)
        else BATCH_TRANSITIONS.get((BatchStatus(obj.status), BatchStatus(to)))
    )
    if found is None:
        raise IllegalTransition("illegalTransition", present=str(obj.get_status_display()))
    return found


@transaction.atomic
def move(
    obj: Submission | Batch,
    to: str,
    *,
    by: User | None,
    reason: str = "",
    values: dict[str, Any] | None = None,
) -> None:
    """Move a submission or a batch to another status; `values` are further columns that change with it.

    1. the table and the person's role; 2. the guarded update against status and version in hand,
    which decides who was faster; 3. the event; 4. the object in hand.

    Raises IllegalTransition when the move is not in the table or somebody else was faster,
    NotAllowed when the person's role does not permit it.
    """
    transition = _transition(obj, to)
    if transition.roles and (by is None or by.role not in transition.roles):
        raise NotAllowed(ROLE_REFUSALS[transition.roles[0]])

    changes = {"status": to, **(values or {})}
    stamp = STAMPS.get(transition.event)
    if stamp and by is not None and hasattr(obj, f"{stamp}_at"):
        changes |= {f"{stamp}_by": by, f"{stamp}_at": timezone.now()}
    as_seen = {"pk": obj.pk, "status": obj.status}
    if isinstance(obj, Submission):
        as_seen["version"] = obj.version
        changes["version"] = obj.version + 1
    if type(obj)._default_manager.filter(**as_seen).update(**changes) != 1:
        raise IllegalTransition("movedMeanwhile")

    key = "submission" if isinstance(obj, Submission) else "batch"
    Event.objects.create(
        kind=transition.event, by=by, old=obj.status, new=to, reason=reason, **{key: obj}
    )

    for column, value in changes.items():
        setattr(obj, column, value)


def settle(batch: Batch, *, by: User | None) -> None:
    """Bring a batch to the status that follows from its submissions.

    A batch that jumps (its last open record is approved, say) passes through the status between.
    The lock makes people who finish the last records at once look one after the other, so that the
    second one sees what the first one did.
    """
    batch.status = batch.locked().status
    target = batch.status_that_follows()
    if target == BatchStatus.APPROVED and batch.status in (BatchStatus.OPEN, BatchStatus.RETURNED):
        move(batch, BatchStatus.SUBMITTED, by=by)
    if batch.status not in (target, BatchStatus.APPROVED):
        move(batch, target, by=by)
