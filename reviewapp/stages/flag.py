"""Flag: stored records are judged with all that the database knows, and findings kept as flags."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple, Self

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from reviewapp.certificate.fields import Point, ReadField, Record, Signs
from reviewapp.models import (
    Field,
    Flag,
    Organisation,
    RecognitionResult,
    RuleSeverity,
    Submission,
    Threshold,
)
from reviewapp.models.field import ASKS_FOR_A_LOOK, IDENTIFYING, UNVERIFIED
from reviewapp.rules.agreement import disagreements
from reviewapp.rules.base import Finding, RelatedRecord
from reviewapp.rules.catalogue import RETURNED, Severity
from reviewapp.rules.check import weighed
from reviewapp.rules.judge import JudgementContext, judge
from reviewapp.rules.paper import proven_fields

# As many names as a rule compares in milliseconds; they change slowly, so five minutes are fresh.
KNOWN_ORGANISATIONS, KNOWN_SECONDS = 2000, 300
# What many records have in common instead of a number, such as a slash, is shorter than any number.
SHORTEST_NUMBER = 6
MOST_OTHERS = 20


class Stored(NamedTuple):
    """One value of a record, and how it was read, as it is stored."""

    submission_id: int
    pk: int
    name: str
    value: str
    version: int
    read_value: str
    value_prob: int | None
    polygon: Sequence[Point] | None
    parts: Sequence[str]
    alternatives: Sequence[str]
    second_value: str

    @property
    def reading(self) -> ReadField:
        return ReadField(
            name=self.name,
            value=self.read_value,
            prob=self.value_prob,
            polygon=None if self.polygon is None else tuple((x, y) for x, y in self.polygon),
            parts=tuple(self.parts),
            alternatives=tuple(self.alternatives),
        )


type ByRecord[T] = Mapping[int, Sequence[T]]
# The name of a field and its value.
type Number = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Common:
    """What the judgements of one moment have in common, looked up once for many records."""

    today: date
    thresholds: Mapping[str, int]
    organisations: frozenset[str]
    severities: Mapping[str, Severity | None]

    @classmethod
    def now(cls) -> Self:
        thresholds, severities = _in_force()
        return cls(
            today=timezone.localdate(),
            thresholds=thresholds,
            organisations=_organisations(),
            severities=severities,
        )

    def context(self, submission: Submission, related: Iterable[RelatedRecord]) -> JudgementContext:
        """Return what the judgement of one record depends on."""
        return JudgementContext(
            today=self.today,
            size=(submission.width, submission.height),
            thresholds=self.thresholds,
            related=related,
            organisations=self.organisations,
            severities=self.severities,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What is found on a record and is not what its flags say.

    `flags` holds by the field's key its flags as they should be. `version` grows whenever one of
    the record's values is changed or verified.
    """

    submission_id: int
    version: int
    flags: Mapping[int, Sequence[Flag]]


def judge_again(submission: Submission) -> None:
    """Judge the present values of a record; a field with a new finding must be verified anew."""
    keep(judged([submission]))


def judge_in_hand(submission: Submission, fields: Sequence[Field]) -> None:
    """Judge the values of a record as they are in hand, where all 23 are, with their flags.

    1. the judgement; 2. the flags that are others now; 3. the verifications that a new finding
    undoes; both also in hand.
    """
    stored = {submission.pk: [_stored(field) for field in fields]}
    present = {field.pk: _from_checks(field.flags.all()) for field in fields}
    (record,) = _judged([submission], stored, present)
    if not record.flags:
        return

    flags = [flag for field_flags in record.flags.values() for flag in field_flags]
    before = [flag for pk in record.flags for flag in present[pk]]
    _replace(before, flags)
    doubtful = _newly_doubtful(flags, before)
    undone = [field for field in fields if field.pk in doubtful and field.is_verified]
    _undo_verifications([field.pk for field in undone])

    for field in undone:
        field.version += 1
        for column, value in UNVERIFIED.items() if not field.mark else ():
            setattr(field, column, value)
    for field in fields:
        if field.pk in record.flags:
            asked = [flag for flag in field.flags.all() if flag.code == RETURNED]
            prefetched = field.__dict__["_prefetched_objects_cache"]
            prefetched["flags"] = _in_order([*asked, *record.flags[field.pk]], field)


def _stored(field: Field) -> Stored:
    return Stored._make(getattr(field, column) for column in Stored._fields)


def _from_checks(flags: Iterable[Flag]) -> list[Flag]:
    """Return all flags but what a supervisor asked."""
    return [flag for flag in flags if flag.code != RETURNED]


def _in_order(flags: Iterable[Flag], field: Field) -> QuerySet[Flag]:
    """Return flags in hand as the field's own, by their keys."""
    in_hand = field.flags.get_queryset()
    in_hand._result_cache = sorted(flags, key=attrgetter("pk"))  # noqa: SLF001 – like a prefetch
    return in_hand


def foreseen(submission: Submission, values: Mapping[str, str]) -> list[Flag]:
    """Return the flags that a record would have with these values, by name, in place of its own."""
    (record,) = judged([submission], values=values)
    stored = Flag.objects.from_checks().filter(field__submission=submission)
    flags = list(stored.exclude(field__in=list(record.flags)))
    for differing in record.flags.values():
        flags += differing
    return flags


def judged(
    submissions: Sequence[Submission], *, values: Mapping[str, str] | None = None
) -> list[Judged]:
    """Judge the present values of records, with as many queries for all of them as for one.

    1. what is stored of each; 2. what they have in common; 3. the judgements, beside the flags.
    `values` are taken, by name, in place of those that are stored.
    """
    pks = [submission.pk for submission in submissions]
    return _judged(submissions, _fields(pks, values or {}), _flags(pks))


def _judged(
    submissions: Sequence[Submission], fields: ByRecord[Stored], flags: Mapping[int, Sequence[Flag]]
) -> list[Judged]:
    """Judge records by their values, beside the flags of each field."""
    common = Common.now()
    engines = _engines(fields)
    others = _others(fields)

    records = []
    for submission in submissions:
        pk = submission.pk
        context = common.context(submission, others.get(pk, ()))
        signs = Signs(**(submission.signs or {}))
        findings = _findings(fields[pk], signs, engines.get(pk), context)
        version = sum(field.version for field in fields[pk])
        differing = _differing(fields[pk], findings, flags)
        records.append(Judged(submission_id=pk, version=version, flags=differing))
    return records


def _fields(pks: Sequence[int], values: Mapping[str, str]) -> ByRecord[Stored]:
    rows = Field.objects.filter(submission__in=pks).in_form_order().values_list(*Stored._fields)
    by_record = defaultdict(list)
    for field in map(Stored._make, rows):
        judged_field = field._replace(value=values.get(field.name, field.value))
        by_record[field.submission_id].append(judged_field)
    return by_record


def _flags(pks: Sequence[int]) -> Mapping[int, Sequence[Flag]]:
    """Return the flags of these records that the checks have set, by the field's key."""
    by_field = defaultdict(list)
    for flag in Flag.objects.from_checks().filter(field__submission__in=pks):
        by_field[flag.field_id].append(flag)
    return by_field


def _engines(fields: ByRecord[Stored]) -> dict[int, tuple[str, str]]:
    """Return the names of the two engines of each record that two have read."""
    pks = []
    for pk, stored in fields.items():
        if any(field.second_value for field in stored):
            pks.append(pk)
    if not pks:
        return {}

    answers = RecognitionResult.objects.filter(submission__in=pks).order_by("pk")
    by_record = defaultdict(list)
    for pk, engine in answers.values_list("submission_id", "engine"):
        by_record[pk].append(engine)
    # Before these two may stand answers that nobody understood, of attempts that failed.
    return {pk: (names[-2], names[-1]) for pk, names in by_record.items()}


def _others(fields: ByRecord[Stored]) -> dict[int, list[RelatedRecord]]:
    """Return for each record those that share a certificate number or a mother's number with it.

    1. the numbers; 2. who else has them; 3. the values of those.
    """
    numbers = {pk: _numbers(stored) for pk, stored in fields.items()}

    having = _having(set().union(*numbers.values()))
    sharing: dict[int, list[int]] = {}
    for pk, record_numbers in numbers.items():
        pks: set[int] = set()
        for number in record_numbers:
            # One more than MOST_OTHERS, because the record itself may be among them.
            others = [other for other in having[number][: MOST_OTHERS + 1] if other != pk]
            pks.update(others[:MOST_OTHERS])
        sharing[pk] = sorted(pks)

    values = _values(sorted(set().union(*sharing.values())))
    return {
        pk: [RelatedRecord(f"#{other_pk}", values[other_pk]) for other_pk in pks]
        for pk, pks in sharing.items()
    }


def _numbers(stored: Iterable[Stored]) -> set[Number]:
    """Return the numbers of a record by which others are found."""
    return {
        (field.name, field.value)
        for field in stored
        if field.name in IDENTIFYING and len(field.value) >= SHORTEST_NUMBER
    }


def _having(numbers: Collection[Number]) -> Mapping[Number, Sequence[int]]:
    """Return which records have each of these numbers."""
    having = defaultdict(list)
    values = {value for _name, value in numbers}
    for name, value, pk in Field.objects.with_numbers(values):
        having[name, value].append(pk)
    return having


def _values(pks: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """Return the values of these records by the field's name."""
    by_record: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Field.objects.filter(submission__in=pks).in_form_order()
    for pk, name, value in rows.values_list("submission_id", "name", "value"):
        by_record[pk][name] = value
    return by_record


def _in_force() -> tuple[dict[str, int], dict[str, Severity | None]]:
    """Return all thresholds, and the severities that are not the catalogue's, by one query."""
    text = TextField()
    rules = RuleSeverity.objects.known().order_by()
    severities = rules.values_list(Value("severity"), "code", Cast("severity", text))
    percents = Threshold.objects.order_by()
    thresholds = percents.values_list(Value("threshold"), "name", Cast("percent", text))

    told: dict[str, dict[str, str]] = {"threshold": {}, "severity": {}}
    for kind, name, value in thresholds.union(severities, all=True).order_by():
        told[kind][name] = value
    stored = {name: int(percent) for name, percent in told["threshold"].items()}
    return Threshold.objects.among(stored), RuleSeverity.objects.among(told["severity"])


def _organisations() -> frozenset[str]:
    """Return the names of hospitals and offices on approved records, looked up every few minutes."""
    known: frozenset[str] | None = cache.get("organisations")
    if known is None:
        known = frozenset(Organisation.objects.most_frequent(KNOWN_ORGANISATIONS))
        cache.set("organisations", known, KNOWN_SECONDS)
    return known


def _findings(
    fields: Sequence[Stored],
    signs: Signs,
    engines: tuple[str, str] | None,
    context: JudgementContext,
) -> list[Finding]:
    """Return all findings about a record's values beside what one engine or two have read."""
    values = {field.name: field.value for field in fields}
    first = Record({field.name: field.reading for field in fields}, signs=signs)
    findings = judge(values, first, context)
    if engines is None:
        return findings

    proven = proven_fields(values, signs)
    unchanged = {
        field.name: field.value
        for field in fields
        if field.value == field.read_value and field.name not in proven
    }
    second = Record({field.name: ReadField(field.name, field.second_value) for field in fields})
    doubts = disagreements(unchanged, second, engines=engines)
    return [*findings, *weighed(doubts, context.severities)]


def _differing(
    fields: Sequence[Stored], findings: Iterable[Finding], stored: Mapping[int, Sequence[Flag]]
) -> dict[int, list[Flag]]:
    """Return by the field's key the flags that findings make, where the stored ones are others."""
    by_name: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_name[finding.fields[0]].append(finding)

    differing = {}
    for field in fields:
        flags = [Flag.of(field.pk, finding) for finding in by_name[field.name]]
        if not _are_same(flags, stored.get(field.pk, ())):
            differing[field.pk] = flags
    return differing


def _are_same(flags: Iterable[Flag], stored: Iterable[Flag]) -> bool:
    return [flag.content for flag in flags] == [flag.content for flag in stored]


@transaction.atomic
def keep(records: Iterable[Judged]) -> int:
    """Make the flags what was found; return how many verifications that undid."""
    field_pks: list[int] = []
    flags: list[Flag] = []
    for record in records:
        for pk, field_flags in record.flags.items():
            field_pks.append(pk)
            flags += field_flags

    stored = Flag.objects.filter(field__in=field_pks)
    undone = _undo_verifications(_newly_doubtful(flags, stored))
    _replace(_from_checks(stored), flags)
    return undone


def _replace(before: Sequence[Flag], flags: Sequence[Flag]) -> None:
    """Put flags in the place of those that were there."""
    if before:
        Flag.objects.filter(pk__in=[flag.pk for flag in before]).delete()
    Flag.objects.bulk_create(flags)


def _newly_doubtful(flags: Iterable[Flag], stored: Iterable[Flag]) -> set[int]:
    """Return the fields of which a finding asks for more than what a person has seen of them."""
    seen = set()
    for flag in stored:
        for severity in _up_to(flag.severity):
            seen.add((flag.field_id, flag.code, severity))

    newly_doubtful = set()
    for flag in flags:
        is_seen = (flag.field_id, flag.code, flag.severity) in seen
        if flag.asks_for_a_look and not is_seen:
            newly_doubtful.add(flag.field_id)
    return newly_doubtful


def _undo_verifications(pks: Collection[int]) -> int:
    """Make a person look again at these fields; return how many verifications that undid.

    A settling mark stays, with who set it: a supervisor opens the value with the new finding.
    """
    verified = Field.objects.filter(pk__in=pks).exclude(verified_by=None)
    # What was seen of it before is not all of it: who approves opens it anew, and no old tab
    # writes over it.
    verified.update(version=F("version") + 1)
    # By a mark a person has said why the value is as it is, whatever a rule finds.
    return verified.filter(mark="").update(**UNVERIFIED)


def _up_to(severity: str) -> Sequence[str]:
    """Return the severities that ask for no more than this one."""
    if severity not in ASKS_FOR_A_LOOK:
        return ()
    return ASKS_FOR_A_LOOK[ASKS_FOR_A_LOOK.index(Severity(severity)) :]
