"""The only writer of `.status`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from reviewapp.evidence import note_changed
from reviewapp.exceptions import IllegalTransition, NotAllowed
from reviewapp.history import append
from reviewapp.models import Batch, Event, Submission, User
from reviewapp.models.field import FINISHED
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
    which decides who was faster; 3. the event; 4. the object in hand, and the evidence of its day.

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

    append(
        [
            Event(
                kind=transition.event,
                by=by,
                submission=obj if isinstance(obj, Submission) else None,
                batch=obj if isinstance(obj, Batch) else None,
                old=obj.status,
                new=to,
                reason=reason,
                params=params or {},
            )
        ]
    )

    was_finished = obj.status in FINISHED
    for column, value in changes.items():
        setattr(obj, column, value)
    if isinstance(obj, Submission) and was_finished != (to in FINISHED):
        note_changed([obj.reviewed_at])


def lock(submissions: Sequence[Submission], *, to: SubmissionStatus) -> None:
    """Hold records that are to be moved until the transaction ends.

    Raises IllegalTransition when one may not move there, or has moved meanwhile.
    """
    for submission in submissions:
        _transition(submission, to)
    versions = {submission.pk: submission.version for submission in submissions}
    held = Submission.objects.select_for_update(no_key=True).filter(pk__in=versions).order_by("pk")
    if dict(held.values_list("pk", "version")) != versions:
        raise IllegalTransition("movedMeanwhile")


@transaction.atomic(savepoint=False)
def move_all(
    held: Sequence[Submission],
    to: SubmissionStatus,
    *,
    by: User,
    reason: str = "",
    params: Mapping[int, dict[str, Any]] | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    """Move many records to one status, and their batches to what follows, as `move` does with one.

    1. the table and the person's role; 2. one guarded update against status and version in hand;
    3. the batches; 4. all events at once; 5. the records in hand, and the evidence of their days.

    `held` come from `sets.hold`, with their chains; `params` are by a record's key. Raises what
    `move` raises.
    """
    if not held:
        return
    transitions = {record.pk: _transition(record, to) for record in held}
    for transition in transitions.values():
        if transition.roles and by.role not in transition.roles:
            raise NotAllowed(ROLE_REFUSALS[transition.roles[0]])

    stamps = _stamps(held[0], transitions[held[0].pk], by)
    changes = {"status": to, **(values or {}), **stamps}
    present = Submission.objects.filter(_as_in_hand(held))
    if present.update(version=F("version") + 1, **changes) != len(held):
        raise IllegalTransition("movedMeanwhile")

    reopens = to == SubmissionStatus.RETURNED
    batch_pks = {record.batch_id for record in held}
    batches, events_of_batches = _settle_all(batch_pks, by=by, reopens=reopens)

    told = params or {}
    events = []
    for record in held:
        event = Event(
            kind=transitions[record.pk].event,
            by=by,
            submission=record,
            old=record.status,
            new=to,
            reason=reason,
            params=told.get(record.pk, {}),
        )
        events.append(event)
    chains = [record.chain for record in held] + [batch.chain for batch in batches]
    append([*events, *events_of_batches], held=chains)

    finished = [record for record in held if (record.status in FINISHED) != (to in FINISHED)]
    for record in held:
        record.version += 1
        for column, value in changes.items():
            setattr(record, column, value)
    note_changed([record.reviewed_at for record in finished])


def _as_in_hand(records: Sequence[Submission]) -> Q:
    """Return the condition that these records are as they are in hand."""
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for record in records:
        alike[record.status, record.version].append(record.pk)
    unchanged = Q()
    for (status, version), pks in alike.items():
        unchanged |= Q(status=status, version=version, pk__in=pks)
    return unchanged


def _settle_all(
    pks: Collection[int], *, by: User, reopens: bool
) -> tuple[Sequence[Batch], list[Event]]:
    """Bring batches to what follows from their records; return them and the events to append.

    1. the batches, held before anybody looks; 2. what each passes through; 3. where each ends.
    """
    locked = Batch.objects.select_for_update(no_key=True, of=("self", "chain"))
    with_chain = locked.filter(pk__in=pks, chain__isnull=False).select_related("chain")
    batches = list(with_chain.order_by("pk"))
    statuses = Submission.objects.statuses_by_batch(pks)

    events: list[Event] = []
    moved: dict[str, list[int]] = defaultdict(list)
    for batch in batches:
        moves = _moves_of(batch, statuses[batch.pk], by, reopens=reopens)
        events += moves
        if moves:
            moved[moves[-1].new].append(batch.pk)
    for status, moved_pks in moved.items():
        is_approved = status == BatchStatus.APPROVED
        stamps = {"approved_by": by, "approved_at": timezone.now()} if is_approved else {}
        Batch.objects.filter(pk__in=moved_pks).update(status=status, **stamps)
    return batches, events


def _moves_of(
    batch: Batch, statuses: Collection[SubmissionStatus], by: User, *, reopens: bool
) -> list[Event]:
    """Return the events of the moves that a batch makes.

    1. the statuses that it passes through; 2. an event for each, one after the other.
    """
    target = Batch.status_of(statuses)
    way: list[BatchStatus] = []
    if batch.status == BatchStatus.APPROVED:
        if not reopens:
            return []
        way.append(BatchStatus.SUBMITTED)
    elif target == BatchStatus.APPROVED != batch.status != BatchStatus.SUBMITTED:
        way.append(BatchStatus.SUBMITTED)
    if target != (way[-1] if way else batch.status):
        way.append(target)

    events = []
    for status in way:
        kind = _transition(batch, status).event
        events.append(Event(kind=kind, by=by, batch=batch, old=batch.status, new=status))
        batch.status = status
    return events


def _stamps(obj: Submission | Batch, transition: Transition, by: User | None) -> dict[str, Any]:
    """Return the columns that say who made a move and when, where a record or batch has them."""
    stamp = STAMPS.get(transition.event)
    if stamp is None or by is None or not hasattr(obj, f"{stamp}_at"):
        return {}
    return {f"{stamp}_by": by, f"{stamp}_at": timezone.now()}


def reopen(batch: Batch, *, by: User) -> None:
    """Open a batch that is approved, because one of its records goes on; nothing for any other."""
    batch.status = batch.locked().status
    if batch.status == BatchStatus.APPROVED:
        move(batch, BatchStatus.SUBMITTED, by=by)


def settle(batch: Batch, *, by: User | None) -> None:
    """Bring a batch to the status that follows from its submissions.

    A batch that jumps (its last open record is approved, say) passes through the status between.
    The lock makes people who finish the last records at once look one after the other, so that the
    second one sees what the first one did.
    """
    batch.status = batch.locked().status
    if batch.status != BatchStatus.APPROVED:
        follow(batch, batch.status_that_follows(), by=by)


def follow(batch: Batch, target: BatchStatus, *, by: User | None) -> None:
    """Bring a locked batch that is not approved to a status, through the one between."""
    if target == BatchStatus.APPROVED and batch.status != BatchStatus.SUBMITTED:
        move(batch, BatchStatus.SUBMITTED, by=by)
    if batch.status != target:
        move(batch, target, by=by)
