"""What supervisors count day by day: each figure is one table, which a page also draws.

Deeds are counted by events, which the index of kind and key finds: only those that are counted are
read, of the days that are asked for. What was read right comes from the sums of `evidence`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reviewapp.certificate.fields import FIELDS
from reviewapp.evidence import tallies_since
from reviewapp.models import CloudCall, Event, RecognitionResult, Submission, User
from reviewapp.models.batch import UNFINISHED
from reviewapp.models.cloud import BILLABLE
from reviewapp.states import EventKind, SubmissionStatus

DAYS, BARS = "days", "bars"
TO_READ = (SubmissionStatus.RECEIVED, SubmissionStatus.FAILED)
TO_REVIEW = (*(status for status in UNFINISHED if status not in TO_READ), SubmissionStatus.RETURNED)
# Received so many days ago or more; the first is what came today.
AGES_IN_DAYS = (0, 1, 3, 8, 31)
COUNTED = (
    EventKind.RECEIVED,
    EventKind.CORRECTED,
    EventKind.OVERRIDDEN,
    EventKind.SUBMITTED,
    EventKind.SENT_ON,
    EventKind.RETURNED,
    EventKind.APPROVED,
    EventKind.REJECTED,
)
# With these a person is done with a record; what is unsure of it, another one reads.
DONE = (EventKind.SUBMITTED, EventKind.SENT_ON)
OWN = (DONE, (EventKind.CORRECTED,), (EventKind.VERIFIED,), (EventKind.OVERRIDDEN,))


@dataclass(frozen=True, slots=True)
class Figure:
    """A table whose rows are days or things; `unit` is that of its numbers where they have one."""

    name: str
    title: str
    kind: str
    of: str
    columns: list[str]
    rows: Sequence[tuple[str, Sequence[float]]]
    note: str = ""
    unit: str = ""

    @property
    def has_numbers(self) -> bool:
        return any(any(numbers) for _head, numbers in self.rows)


def house(first: date) -> list[Figure]:
    """Return what the house did since this day, and what waits now."""
    deeds = Deeds(first)
    figures = [
        _backlog(),
        _by_day(deeds),
        _by_person(deeds),
        _touched(deeds),
        _right_as_read(first),
        _corrections(deeds),
        _kept_and_returned(deeds),
        _calls(first),
    ]
    return [figure for figure in figures if figure.rows]


def own_day(user: User) -> list[Figure]:
    """Return what a person did today, hour by hour.

    1. Their deeds, counted. 2. A row for each hour from their first deed to their last.
    """
    today = timezone.localdate()
    kinds = [kind for some in OWN for kind in some]
    done = Event.objects.done_by(user).on_day(today).of_kinds(kinds)
    done = done.filter(submission__isnull=False)
    hours: dict[int, Counter[str]] = defaultdict(Counter)
    groups = done.order_by().annotate(hour=ExtractHour("at")).values_list("hour", "kind")
    for hour, kind, count in groups.annotate(count=Count("pk")):
        hours[hour][kind] += count
    rows = [
        (f"{hour:02}:00", [sum(hours[hour][kind] for kind in some) for some in OWN])
        for hour in range(min(hours, default=0), max(hours, default=-1) + 1)
    ]
    columns = [
        _("Records submitted"),
        _("Values corrected"),
        _("Values verified"),
        _("Values kept against a rule"),
    ]
    return [Figure("own_day", _("My day"), BARS, pgettext("figures", "Hour"), columns, rows)]


class Deeds:
    """What people did to records since a day, counted by day, kind and person."""

    def __init__(self, first: date) -> None:
        begin = timezone.make_aware(datetime.combine(first, time.min))
        recent = Event.objects.filter(at__gte=begin)
        # Keys grow with time: behind this one, the index of kind and key holds what is recent.
        pk = recent.order_by("at", "pk").values_list("pk", flat=True).first()
        self._recent = recent.filter(pk__gte=pk or 0, submission__isnull=False).order_by()
        self._counts: Counter[tuple[date, str]] = Counter()
        self._of_people: Counter[tuple[date, int]] = Counter()
        deeds = self.of_kinds(COUNTED).annotate(day=TruncDate("at"))
        groups = deeds.values_list("day", "kind", "by")
        for day, kind, person, count in groups.annotate(count=Count("pk")):
            self._counts[day, kind] += count
            if person and kind in DONE:
                self._of_people[day, person] += count

    def of_kinds(self, kinds: Iterable[EventKind]) -> QuerySet[Event]:
        return self._recent.filter(kind__in=list(kinds))

    def days(self) -> list[date]:
        """Return the days on which anything was done."""
        return sorted({day for day, _kind in self._counts})

    def count(self, day: date, kinds: Iterable[EventKind]) -> int:
        return sum(self._counts[day, kind] for kind in kinds)

    def done(self, day: date, person: User) -> int:
        """Return with how many records a person was done on a day."""
        return self._of_people[day, person.pk]

    def people(self) -> list[User]:
        """Return who was done with any record, by name."""
        pks = {person for _day, person in self._of_people}
        return sorted(User.objects.filter(pk__in=pks), key=lambda person: person.display_name)


def _backlog() -> Figure:
    """Return what waits now, by how long it has been here.

    1. The age of each record. 2. How many there are of each age and status. 3. A row for each age.
    """
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ages = [
        When(received_at__gte=midnight - timedelta(days=younger - 1), then=age)
        for age, younger in pairwise(AGES_IN_DAYS)
    ]
    age = Case(*ages, default=AGES_IN_DAYS[-1], output_field=IntegerField())
    kinds = (TO_READ, TO_REVIEW, (SubmissionStatus.REVIEWED,))
    waiting = Submission.objects.filter(status__in=[one for kind in kinds for one in kind])
    counts: Counter[tuple[int, str]] = Counter()
    groups = waiting.order_by().annotate(age=age).values_list("age", "status")
    for days, status, count in groups.annotate(count=Count("pk")):
        counts[days, status] = count
    rows = [
        (label, [sum(counts[days, status] for status in kind) for kind in kinds])
        for days, label in zip(AGES_IN_DAYS, _ages(), strict=True)
    ]
    columns = [_("To be read"), _("To review"), _("Awaiting approval")]
    title = _("Records that wait, by how long they have been here")
    return Figure("backlog", title, BARS, pgettext("figures", "Received"), columns, rows)


def _ages() -> list[str]:
    return [
        pgettext("figures", "today"),
        pgettext("figures", "1 to 2 days"),
        pgettext("figures", "3 to 7 days"),
        pgettext("figures", "8 to 30 days"),
        pgettext("figures", "longer"),
    ]


def _by_day(deeds: Deeds) -> Figure:
    kinds = {
        pgettext("figures", "Received"): (EventKind.RECEIVED,),
        pgettext("figures", "Submitted"): DONE,
        pgettext("figures", "Approved"): (EventKind.APPROVED,),
        pgettext("figures", "Rejected"): (EventKind.REJECTED,),
    }
    return _of_days(deeds, "days", _("Records by day"), kinds)


def _kept_and_returned(deeds: Deeds) -> Figure:
    kinds = {
        _("Values kept against a rule"): (EventKind.OVERRIDDEN,),
        _("Records returned"): (EventKind.RETURNED,),
    }
    return _of_days(deeds, "overrides", _("Overrides and returns by day"), kinds)


def _of_days(
    deeds: Deeds, name: str, title: str, kinds: Mapping[str, tuple[EventKind, ...]]
) -> Figure:
    rows = [
        (day.isoformat(), [deeds.count(day, some) for some in kinds.values()])
        for day in deeds.days()
    ]
    return Figure(name, title, DAYS, pgettext("figures", "Day"), list(kinds), rows)


def _by_person(deeds: Deeds) -> Figure:
    people = deeds.people()
    rows = [
        (day.isoformat(), [deeds.done(day, person) for person in people])
        for day in (deeds.days() if people else [])
    ]
    title = _("Records submitted by person and day")
    columns = [person.display_name for person in people]
    return Figure("people", title, DAYS, pgettext("figures", "Day"), columns, rows)


def _touched(deeds: Deeds) -> Figure:
    """Return in how many records that were submitted a value was corrected, by day."""
    records = Count("submission", distinct=True)
    corrected = deeds.of_kinds([EventKind.CORRECTED]).values("submission")
    touched = Count("submission", distinct=True, filter=Q(submission__in=corrected))
    by_day = deeds.of_kinds(DONE).annotate(day=TruncDate("at")).values_list("day")
    rows = []
    for day, submitted, with_correction in by_day.annotate(count=records, touched=touched):
        percent = round(100 * with_correction / submitted, 1)
        rows.append((day.isoformat(), [percent, with_correction, submitted]))
    columns = [_("Share in percent"), _("Records with a correction"), _("Records submitted")]
    title = _("Share of submitted records in which a value was corrected")
    return Figure(
        "touched", title, DAYS, pgettext("figures", "Day"), columns, sorted(rows), unit="%"
    )


def _right_as_read(first: date) -> Figure:
    """Return by field how many values were right as read, on records finished since then."""
    tallies = tallies_since(first)
    rows = []
    for spec in FIELDS:
        read = sum(tally.total for tally in tallies.get(spec.name, ()))
        right = sum(tally.right for tally in tallies.get(spec.name, ()))
        if read:
            percent = round(100 * (read - right) / read, 2)
            rows.append((str(spec.label), [percent, read - right, read]))
    columns = [_("Share in percent"), _("Values corrected"), _("Values read")]
    title = _("Values that were not right as read, by field")
    note = _("On records that were submitted in these days, as their values are now.")
    field = pgettext("figures", "Field")
    return Figure("fields", title, BARS, field, columns, rows, note=note, unit="%")


def _corrections(deeds: Deeds) -> Figure:
    """Return how often values were corrected, by field and by the engine that read last."""
    read = RecognitionResult.objects.filter(submission=OuterRef("submission")).order_by("-pk")
    corrected = deeds.of_kinds([EventKind.CORRECTED])
    with_engine = corrected.annotate(engine=Subquery(read.values("engine")[:1]))
    counts: Counter[tuple[str, str]] = Counter()
    groups = with_engine.values_list("field_name", "engine")
    for name, engine, count in groups.annotate(count=Count("pk")):
        counts[name, engine or "–"] = count
    engines = sorted({engine for _name, engine in counts})
    rows = [
        (str(spec.label), [counts[spec.name, engine] for engine in engines])
        for spec in FIELDS
        if engines
    ]
    title = _("Corrections by field and by what had read them")
    return Figure("corrections", title, BARS, pgettext("figures", "Field"), engines, rows)


def _calls(first: date) -> Figure:
    """Return the calls of the cloud's recogniser by day, and those that are or may be paid."""
    begin = timezone.make_aware(datetime.combine(first, time.min))
    by_day = CloudCall.objects.since(begin).order_by().annotate(day=TruncDate("started_at"))
    paid = Count("pk", filter=Q(outcome__in=BILLABLE))
    groups = by_day.values_list("day").annotate(count=Count("pk"), paid=paid)
    rows = sorted((day.isoformat(), [count, paid]) for day, count, paid in groups)
    columns = [_("Calls"), _("Calls that are paid")]
    title = _("Calls of the cloud's recogniser by day")
    return Figure("calls", title, DAYS, pgettext("figures", "Day"), columns, rows)
