"""What clerks' work says of the recogniser, summed by days: a page reads the sum and what is newer.

Who moves a finished record outdates its day after the move; a day is summed while its row is
locked. So a sum that missed a move is always followed by the note that it is outdated.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reviewapp.models import EvidenceDay, EvidenceSum, Field, Submission
from reviewapp.models.field import FINISHED
from reviewapp.models.submission import SubmissionQuerySet
from reviewapp.rules.evidence import Tally

# A day is over for good when all that was begun on it has been written down.
SETTLED_AFTER = timedelta(hours=1)
DAYS_AT_ONCE = 3

# By field: probability, how many values were read with it, how many of them were right.
type Rows = Mapping[str, Iterable[tuple[int, int, int]]]


class Evidence(NamedTuple):
    """What finished records say by field, and on how many days they were finished."""

    tallies: dict[str, list[Tally]]
    days: int


def evidence() -> Evidence:
    """Return what all finished records say: the sum, less outdated days, and those days anew."""
    total = EvidenceSum.objects.first() or EvidenceSum()
    outdated = list(EvidenceDay.objects.outdated())
    newer = _newer(total, [row.day for row in outdated])
    counts = _added({}, total.tallies)
    for row in outdated:
        counts = _added(counts, row.tallies, sign=-1)
    live = Field.objects.filter(submission__in=newer.values("pk"))
    counts = _added(counts, live.tallies())
    days = total.days - sum(row.has_records for row in outdated) + newer.days_of_review()
    return Evidence({name: [Tally(*row) for row in rows] for name, rows in counts.items()}, days)


def tallies_since(first: date) -> dict[str, list[Tally]]:
    """Return what records say by field that were finished on this day or later.

    Days that are summed say it by their sums; what is newer or outdated is counted.
    """
    total = EvidenceSum.objects.first() or EvidenceSum()
    summed = list(EvidenceDay.objects.filter(day__gte=first))
    outdated = [row.day for row in summed if not row.is_current]
    newer = _newer(total, outdated).filter(reviewed_at__gte=_begin(first))
    live = Field.objects.filter(submission__in=newer.values("pk"))
    counts = _added({}, live.tallies())
    for row in summed:
        if row.is_current:
            counts = _added(counts, row.tallies)
    return {name: [Tally(*row) for row in rows] for name, rows in counts.items()}


def _newer(total: EvidenceSum, outdated: Iterable[date]) -> SubmissionQuerySet:
    """Return the finished records that the sum does not count, or no longer as they are."""
    finished = Submission.objects.filter(status__in=FINISHED)
    if total.until is None:
        return finished
    newer = Q(reviewed_at__gte=_begin(total.until))
    for day in outdated:
        newer |= _on(day)
    return finished.filter(newer)


def _on(day: date) -> Q:
    return Q(reviewed_at__gte=_begin(day), reviewed_at__lt=_begin(day + timedelta(days=1)))


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _added(counts: Rows, more: Rows, *, sign: int = 1) -> dict[str, list[tuple[int, int, int]]]:
    """Return the sum of two counts, or their difference, without what is nothing."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for rows, factor in ((counts, 1), (more, sign)):
        for name, tallies in rows.items():
            for prob, total, right in tallies:
                pair = sums[name, prob]
                pair[0] += factor * total
                pair[1] += factor * right
    by_name: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for (name, prob), (total, right) in sorted(sums.items()):
        if total:
            by_name[name].append((prob, total, right))
    return dict(by_name)


def note_changed(finished_at: Iterable[datetime | None]) -> None:
    """Outdate the days on which these records were finished; today is never summed.

    Called where a record becomes finished or is so no longer, or its values change meanwhile: in
    the same transaction and after the change. One statement, and none in the course of a day.
    """
    today = timezone.localdate()
    days = {timezone.localdate(moment) for moment in finished_at if moment is not None}
    past = sorted(day for day in days if day < today)
    if past:
        _outdate(past)


def _outdate(days: Iterable[date]) -> None:
    EvidenceDay.objects.bulk_create(
        [EvidenceDay(day=day) for day in days],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_current"],
    )


def sum_when_due() -> None:
    """Sum a few days that are over or outdated."""
    for _ in range(DAYS_AT_ONCE):
        if not sum_next_day():
            return


@transaction.atomic
def sum_next_day() -> bool:
    """Bring one day into the sum; return whether there was one.

    1. the sum, locked: one process at a time; 2. which day; 3. the day, locked, counted anew; 4.
    the sum with it in place of what it was.
    """
    EvidenceSum.objects.bulk_create([EvidenceSum()], ignore_conflicts=True)
    total = EvidenceSum.objects.select_for_update().get()

    day = _next_day(total)
    if day is None:
        return False

    _outdate([day])
    row = EvidenceDay.objects.select_for_update().get(day=day)
    before = EvidenceDay(tallies=row.tallies, has_records=row.has_records)
    records = Submission.objects.filter(_on(day), status__in=FINISHED)
    fields = Field.objects.filter(submission__in=records.values("pk"))
    row.tallies, row.has_records = _added({}, fields.tallies()), records.exists()
    row.is_current = True
    row.save()

    total.tallies = _added(_added(total.tallies, before.tallies, sign=-1), row.tallies)
    total.days += row.has_records - before.has_records
    total.until = max(total.until or day, day + timedelta(days=1))
    total.save()
    return True


def _next_day(total: EvidenceSum) -> date | None:
    """Return the first outdated day of the sum, or the next with finished records that is over."""
    if total.until is not None:
        outdated = EvidenceDay.objects.outdated().filter(day__lt=total.until).first()
        if outdated is not None:
            return outdated.day

    newer = Submission.objects.filter(status__in=FINISHED)
    if total.until is not None:
        newer = newer.filter(reviewed_at__gte=_begin(total.until))
    first = newer.order_by("reviewed_at").values_list("reviewed_at", flat=True).first()
    over = timezone.localdate(timezone.now() - SETTLED_AFTER)
    if first is None or timezone.localdate(first) >= over:
        return None
    return timezone.localdate(first)
