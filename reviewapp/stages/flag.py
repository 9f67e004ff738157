"""Flag: stored records are judged with all that the database knows, and findings kept as flags."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from reviewapp.certificate.fields import FIELDS, Kind, Point, ReadField, Record
from reviewapp.models import Field, Flag, RecognitionResult, RuleSeverity, Submission, Threshold
from reviewapp.models.field import ASKS_FOR_A_LOOK, IDENTIFYING, UNVERIFIED
from reviewapp.rules.agreement import disagreements
from reviewapp.rules.base import Finding, RelatedRecord
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import weighed
from reviewapp.rules.judge import JudgementContext, judge

ORGANISATION_FIELDS = [spec.name for spec in FIELDS if spec.kind == Kind.ORGANISATION]
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
        return cls(
            today=timezone.localdate(),
            thresholds=Threshold.objects.percents(),
            organisations=_organisations(),
            severities=RuleSeverity.objects.overrides(),
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


def judged(submissions: Sequence[Submission]) -> list[Judged]:
    """Judge the present values of records, with as many queries for all of them as for one.

    1. what they have in common; 2. what is stored of each; 3. the judgements, beside the flags.
    """
    common = Common.now()

    pks = [submission.pk for submission in submissions]
    fields = _fields(pks)
    flags = _flags(pks)
    engines = _engines(fields)
    others = _others(fields)

    records = []
    for submission in submissions:
        pk = submission.pk
        context = common.context(submission, others.get(pk, ()))
        findings = _findings(fields[pk], engines.get(pk), context)
        version = sum(field.version for field in fields[pk])
        differing = _differing(fields[pk], findings, flags)
        records.append(Judged(submission_id=pk, version=version, flags=differing))
    return records


def _fields(pks: Sequence[int]) -> ByRecord[Stored]:
    rows = Field.objects.filter(submission__in=pks).in_form_order().values_list(*Stored._fields)
    by_record = defaultdict(list)
    for field in map(Stored._make, rows):
        by_record[field.submission_id].append(field)
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
            # One more than MOST_OTHERS, because the record itself is among them.
            pks.update(having[number][: MOST_OTHERS + 1])
        sharing[pk] = sorted(pks - {pk})

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


def _organisations() -> frozenset[str]:
    """Return the names of hospitals and offices on approved records, looked up every few minutes."""
    known: frozenset[str] | None = cache.get("organisations")
    if known is None:
        names = Field.objects.approved_values(ORGANISATION_FIELDS, most=KNOWN_ORGANISATIONS)
        known = frozenset(names)
        cache.set("organisations", known, KNOWN_SECONDS)
    return known


def _findings(
    fields: Sequence[Stored], engines: tuple[str, str] | None, context: JudgementContext
) -> list[Finding]:
    """Return all findings about a record's values beside what one engine or two have read."""
    values = {field.name: field.value for field in fields}
    first = Record({field.name: field.reading for field in fields})
    findings = judge(values, first, context)
    if engines is None:
        return findings

    unchanged = {field.name: field.value for field in fields if field.value == field.read_value}
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
    undone = _undo_verifications(flags, stored)
    stored.from_checks().delete()
    Flag.objects.bulk_create(flags)
    return undone


def _undo_verifications(flags: Iterable[Flag], stored: Iterable[Flag]) -> int:
    """Make a person look again where a finding asks for more than what they have seen."""
    seen = set()
    for flag in stored:
        for severity in _up_to(flag.severity):
            seen.add((flag.field_id, flag.code, severity))

    newly_doubtful = set()
    for flag in flags:
        is_seen = (flag.field_id, flag.code, flag.severity) in seen
        if flag.asks_for_a_look and not is_seen:
            newly_doubtful.add(flag.field_id)

    verified = Field.objects.filter(pk__in=newly_doubtful).exclude(verified_by=None)
    return verified.update(**UNVERIFIED)


def _up_to(severity: str) -> Sequence[str]:
    """Return the severities that ask for no more than this one."""
    if severity not in ASKS_FOR_A_LOOK:
        return ()
    return ASKS_FOR_A_LOOK[ASKS_FOR_A_LOOK.index(Severity(severity)) :]
