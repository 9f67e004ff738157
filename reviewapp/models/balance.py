"""Whether a batch adds up: what was received is somewhere, and all of it is decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from reviewapp.models.batch import Batch
from reviewapp.models.event import Event
from reviewapp.models.submission import Submission
from reviewapp.states import EventKind, RejectReason, SubmissionStatus

# Where a record is counted by its status; under any other status it is open.
PARTS = {
    SubmissionStatus.APPROVED: "approved",
    SubmissionStatus.RETURNED: "returned",
    SubmissionStatus.REJECTED: "rejected",
}


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the pictures of a batch are that history says were received.

    `rejected` are those that are no duplicates; `announced` is how many sheets the sender named.
    """

    received: int
    approved: int = 0
    returned: int = 0
    rejected: int = 0
    duplicate: int = 0
    open: int = 0
    announced: int | None = None

    @property
    def present(self) -> int:
        return self.approved + self.returned + self.rejected + self.duplicate + self.open

    @property
    def parts(self) -> dict[str, int]:
        """Return what events keep of it."""
        parts = {
            "received": self.received,
            "approved": self.approved,
            "returned": self.returned,
            "rejected": self.rejected,
            "duplicate": self.duplicate,
            "open": self.open,
        }
        return parts if self.announced is None else {**parts, "announced": self.announced}

    @property
    def problems(self) -> list[str]:
        """Return why the batch does not add up, in sentences; none where it does."""
        counts = {**self.parts, "present": self.present}
        found = []
        if self.received != self.present:
            found.append(
                _("History knows %(received)s received pictures, the batch holds %(present)s.")
            )
        if self.announced not in (None, self.received):
            found.append(_("%(announced)s sheets were announced, %(received)s were received."))
        if self.open:
            found.append(_("Records that are not decided yet: %(open)s."))
        if self.returned:
            found.append(_("Records that are returned and not corrected yet: %(returned)s."))
        return [problem % counts for problem in found]


def balances(batches: Collection[int]) -> dict[int, Balance]:
    """Return the balance of each of these batches, with two queries for any number of them."""
    told = Batch.objects.filter(pk__in=batches).annotate(received=received_count())
    rows = list(told.values_list("pk", "announced", "received"))

    records = Submission.objects.filter(batch__in=batches).order_by()
    counted = records.values_list("batch", "status", "reject_reason").annotate(count=Count("pk"))
    parts: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for pk, status, reason, count in counted:
        parts[pk].append((status, reason, count))

    return {
        pk: balance_of(parts[pk], received=received, announced=announced)
        for pk, announced, received in rows
    }


def received_count() -> Coalesce:
    """Return, as a column of batches, how many pictures were received.

    Counted by their first events, which nobody can take away.
    """
    first = Event.objects.filter(kind=EventKind.RECEIVED, number=1)
    of_batch = first.filter(chain__submission__batch=OuterRef("pk")).order_by()
    grouped = of_batch.values("chain__submission__batch").annotate(count=Count("pk"))
    return Coalesce(Subquery(grouped.values("count")), 0)


def balance_of(
    counted: Iterable[tuple[str, str, int]], *, received: int, announced: int | None
) -> Balance:
    """Return the balance of a batch, with its records counted by status and reject reason."""
    parts: dict[str, int] = defaultdict(int)
    for status, reason, count in counted:
        parts[_part(status, reason)] += count
    return Balance(received=received, announced=announced, **parts)


def _part(status: str, reject_reason: str) -> str:
    part = PARTS.get(SubmissionStatus(status), "open")
    is_duplicate = part == "rejected" and reject_reason == RejectReason.DUPLICATE
    return "duplicate" if is_duplicate else part
