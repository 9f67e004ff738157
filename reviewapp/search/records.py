"""List records by what they are: filtered, sorted, and never read much further than shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from reviewapp.models import Batch, Correction, Field, Flag, RecognitionResult, Submission, User
from reviewapp.models.submission import SubmissionQuerySet
from reviewapp.rules.catalogue import Severity
from reviewapp.search.queues import QUEUES
from reviewapp.states import Role, SubmissionStatus

SHOWN = 50
# Of so many records it is asked at once whether they are what is looked for.
LOOKED_AT = 2_000
COUNTED = 1_000
COLUMNS = {"received": "received_at", "reviewed": "reviewed_at", "approved": "approved_at"}
PRIORITY = "priority"
# In which a record is open to clerks whoever worked on it.
OPEN_TO_CLERKS = set(SubmissionStatus) - {SubmissionStatus.APPROVED, SubmissionStatus.UNSURE}

# What the order goes by, and the key of the record: from here a page goes on.
type Place = tuple[datetime | int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; `conditions` are all but queue, status, batch and day."""

    queue: str = ""
    status: str = ""
    batch: str = ""
    day_of: str = "received"
    since: datetime | None = None
    until: datetime | None = None
    conditions: list[Q] = field(default_factory=list)
    sort: str = "received"
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in their order; `more` is the place where the next page begins.

    `count` is None where to count would mean to look at more than LOOKED_AT records.
    """

    records: list[Submission]
    more: Place | None
    count: int | None


def page_of(wanted: Wanted, *, by: User, after: Place | None) -> Page:
    """Return a page of the records that a person may open.

    1. What an index serves: the order, with status or day, or a whole queue or batch. 2. Without further
    conditions this is the page. 3. Else the next LOOKED_AT records are looked at, and those shown
    that are meant; there may be none among them and some behind them.
    """
    served, rest = _split(wanted, by=by)
    is_open = by.role != Role.CLERK or wanted.queue or wanted.status in OPEN_TO_CLERKS
    if not rest and is_open:
        places = _places(served, wanted, after, most=SHOWN + 1)
        return _page(places, has_more=len(places) > SHOWN, count=served[: COUNTED + 1].count())

    looked_at = _places(served, wanted, after, most=LOOKED_AT)
    chosen = Submission.objects.filter(*rest, pk__in=[pk for _key, pk in looked_at])
    meant = set(chosen.open_to(by).values_list("pk", flat=True))
    places = [place for place in looked_at if place[1] in meant]
    if len(places) > SHOWN or len(looked_at) < LOOKED_AT:
        is_all = after is None and len(looked_at) < LOOKED_AT
        return _page(places, has_more=len(places) > SHOWN, count=len(places) if is_all else None)
    return Page(_records(places), looked_at[-1], None)


def _page(places: list[Place], *, has_more: bool, count: int | None) -> Page:
    shown = places[:SHOWN]
    return Page(_records(shown), shown[-1] if has_more else None, count)


def _split(wanted: Wanted, *, by: User) -> tuple[SubmissionQuerySet, list[Q]]:
    """Return the records that an index gives in the order, and what is to be asked of each.

    1. What is asked for; 2. a whole queue or batch, which is little; 3. else what stands in the
    index of the order.
    """
    rest = list(wanted.conditions)
    days = Q()
    column = COLUMNS[wanted.day_of]
    if wanted.since:
        days &= Q(**{f"{column}__gte": wanted.since})
    if wanted.until:
        days &= Q(**{f"{column}__lt": wanted.until})
    status = Q(status=wanted.status) if wanted.status else Q()

    served = QUEUES[wanted.queue].records(by) if wanted.queue else Submission.objects.all()
    if wanted.batch:
        batches = Batch.objects.filter(name__icontains=wanted.batch).values("pk")
        served = served.filter(batch__in=batches)
    if wanted.queue or wanted.batch:
        return served.filter(status, days), rest
    if wanted.sort == wanted.day_of:
        served = served.filter(days)
    elif days:
        rest.append(days)
    if wanted.sort == "received":
        served = served.filter(status)
    elif status:
        rest.append(status)
    return served, rest


def _places(
    served: SubmissionQuerySet, wanted: Wanted, after: Place | None, *, most: int
) -> list[Place]:
    """Return the next places in the order; who has no such moment is not in it."""
    if wanted.sort == PRIORITY:
        return _places_by_priority(served, wanted, after, most=most)
    column = COLUMNS[wanted.sort]
    in_order = served.filter(**{f"{column}__isnull": False})
    if after is not None:
        in_order = in_order.filter(_behind(column, after, wanted))
    signs = "-" if wanted.is_descending else ""
    in_order = in_order.order_by(f"{signs}{column}", f"{signs}pk")
    return list(in_order.values_list(column, "pk")[:most])


def _behind(column: str, after: Place, wanted: Wanted) -> Q:
    """Ask for what comes behind a place; the first of the conditions is the range of the index."""
    key, pk = after
    word = "lt" if wanted.is_descending else "gt"
    further = Q(**{f"{column}__{word}": key}) | Q(**{column: key, f"pk__{word}": pk})
    return Q(**{f"{column}__{word}e": key}) & further


def _places_by_priority(
    served: SubmissionQuerySet, wanted: Wanted, after: Place | None, *, most: int
) -> list[Place]:
    """Return the next places, one priority after the other: within each, keys are the order.

    There are few priorities; sorted by them at once, all records would be.
    """
    places: list[Place] = []
    for priority, pk in _priorities(wanted, after):
        of_one = served.filter(batch__in=Batch.objects.filter(priority=priority).values("pk"))
        word, sign = ("lt", "-") if wanted.is_descending else ("gt", "")
        if pk is not None:
            of_one = of_one.filter(**{f"pk__{word}": pk})
        keys = of_one.order_by(f"{sign}pk").values_list("pk", flat=True)
        places += [(priority, key) for key in keys[: most - len(places)]]
        if len(places) == most:
            break
    return places


def _priorities(wanted: Wanted, after: Place | None) -> Iterator[tuple[int, int | None]]:
    """Yield the priorities from this place on, the first one with the key that it goes on from."""
    present = Batch.objects.order_by().values_list("priority", flat=True).distinct()
    for priority in sorted(present, reverse=wanted.is_descending):
        if after is None:
            yield priority, None
        elif priority == after[0]:
            yield priority, after[1]
        elif isinstance(after[0], int) and (priority < after[0]) == wanted.is_descending:
            yield priority, None


def _records(places: list[Place]) -> list[Submission]:
    """Return the records at these places, each with its child's name, in one statement."""
    names = Field.objects.filter(submission=OuterRef("pk"), name="neonatal_name")
    chosen = Submission.objects.filter(pk__in=[pk for _key, pk in places])
    related = chosen.select_related("batch", "reviewed_by", "approved_by", "claimed_by")
    by_pk = {
        record.pk: record for record in related.annotate(child=Subquery(names.values("value")[:1]))
    }
    return [by_pk[pk] for _key, pk in places if pk in by_pk]


# ---- Conditions, each of one record


def with_flag(*, code: str, severity: str, is_overridden: bool) -> Q:
    """Ask for a finding that is all of these: of a rule, so severe, verified all the same."""
    flags = Flag.objects.filter(field__submission=OuterRef("pk"))
    if code:
        flags = flags.filter(code=code)
    if severity:
        flags = flags.filter(severity=severity)
    if is_overridden:
        flags = flags.filter(severity=Severity.ERROR).exclude(field__verified_by=None)
    return Q(Exists(flags))


def read_by(engine: str) -> Q:
    return Q(Exists(RecognitionResult.objects.filter(submission=OuterRef("pk"), engine=engine)))


def corrected() -> Q:
    return Q(Exists(Correction.objects.filter(field__submission=OuterRef("pk"))))


def returned() -> Q:
    return ~Q(return_reason="")
