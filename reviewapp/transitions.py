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
    transition: Transition | None
    if isinstance(obj, Submission):
        move_of_record = SubmissionStatus(obj.status), SubmissionStatus(to)
        transition = SUBMISSION_TRANSITIONS.get(move_of_record)
    else:
        move_of_batch = BatchStatus(obj.status), BatchStatus(to)
        transition = BATCH_TRANSITIONS.get(move_of_batch)
    if transition is None:
        raise IllegalTransition("illegalTransition", present=str(obj.get_status_display()))
    return transition


@transaction.atomic
def move(
    obj: Submission | Batch,
    to: str,
    *,
    by: User | None,
    reason: str = "",
    params: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    """Move a submission or a batch to another status.

    `values` are further columns that change with it; `reason` and `params` are kept with the event.

    1. the table and the person's role; 2. the guarded update against status and version in hand,
    which decides who was faster; 3. the event; 4. the object in hand.

    Raises IllegalTransition when the move is not in the table or somebody else was faster,
    NotAllowed when the person's role does not permit it.
    """
    transition = _transition(obj, to)
    if transition.roles and (by is None or by.role not in transition.roles):
        raise NotAllowed(ROLE_REFUSALS[transition.roles[0]])

    changes = {"status": to, **(values or {}), **_stamps(obj, transition, by)}
    as_seen = {"pk": obj.pk, "status": obj.status}
    if isinstance(obj, Submission):
        as_seen["version"] = obj.version
        changes["version"] = obj.version + 1
    if type(obj)._default_manager.filter(**as_seen).update(**changes) != 1:
        raise IllegalTransition("movedMeanwhile")

    Event.objects.create(
        kind=transition.event,
        by=by,
        submission=obj if isinstance(obj, Submission) else None,
        batch=obj if isinstance(obj, Batch) else None,
        old=obj.status,
        new=to,
        reason=reason,
        params=params or {},
    )

    for column, value in changes.items():
        setattr(obj, column, value)


def _stamps(obj: Submission | Batch, transition: Transition, by: User | None) -> dict[str, Any]:
    """Return the columns that say who made a move and when, where a record or batch has them."""
    stamp = STAMPS.get(transition.event)
    if stamp is None or by is None or not hasattr(obj, f"{stamp}_at"):
        return {}
    return {f"{stamp}_by": by, f"{stamp}_at": timezone.now()}


def settle(batch: Batch, *, by: User | None) -> None:
    """Bring a batch to the status that follows from its submissions.

    A batch that jumps (its last open record is approved, say) passes through the status between.
    The lock makes people who finish the last records at once look one after the other, so that the
    second one sees what the first one did.
    """
    batch.status = batch.locked().status
    if batch.status == BatchStatus.APPROVED:
        return
    target = batch.status_that_follows()
    if target == BatchStatus.APPROVED and batch.status != BatchStatus.SUBMITTED:
        move(batch, BatchStatus.SUBMITTED, by=by)
    if batch.status != target:
        move(batch, target, by=by)
