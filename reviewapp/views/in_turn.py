"""The way through a batch for who approves it: from one record that waits to the next."""

from dataclasses import dataclass

from reviewapp.models import Batch, Submission, User


@dataclass(frozen=True, slots=True)
class InTurn:
    """What waits in a batch for a person, and what stands beside one record of it."""

    waiting: int
    previous: int | None = None
    following: int | None = None


def in_turn(record: Submission, *, by: User) -> InTurn:
    """Return what waits beside a record in the order of the batch's page.

    Behind the last one comes the first again, which was passed over.
    """
    pks = record.batch.submissions.to_approve(by)
    others = [pk for pk in pks if pk != record.pk]
    if record.pk not in pks:
        return InTurn(len(pks), following=next(iter(pks), None))
    at = pks.index(record.pk)
    return InTurn(
        waiting=len(pks),
        previous=pks[at - 1] if at else None,
        following=next(iter(others[at:] or others), None),
    )


def after(batch: Batch, beside: InTurn) -> Submission | Batch:
    """Return where a person goes on who has decided about a record: the next one, or the batch."""
    if beside.following is None:
        return batch
    return Submission(pk=beside.following)
