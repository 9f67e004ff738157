"""Judge stored records, one or many, with all that the database knows, and keep what was found as flags."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from reviewapp.certificate.fields import FIELDS, Kind, Record
from reviewapp.certificate.wire import parse
from reviewapp.exceptions import EngineError
from reviewapp.models import Field, Flag, RecognitionResult, RuleSeverity, Submission, Threshold
from reviewapp.models.field import ASKS_FOR_A_LOOK, IDENTIFYING
from reviewapp.rules.agreement import disagreements
from reviewapp.rules.base import Finding, RelatedRecord
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import weighed
from reviewapp.rules.judge import JudgementContext, judge

ORGANISATION_FIELDS = [spec.name for spec in FIELDS if spec.kind == Kind.ORGANISATION]
KNOWN_ORGANISATIONS, KNOWN_SECONDS = 2000, 300
# What many records have in common instead of a number, such as a slash, is shorter than any number.
SHORTEST_NUMBER = 6
MOST_OTHERS = 20


class Stored(NamedTuple):
    """One value of a record as it is stored."""

    submission_id: int
    pk: int
    name: str
    value: str
    version: int


class Answer(NamedTuple):
    """An engine's answer as it is stored."""

    submission_id: int
    text: str
    engine: str


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
            timezone.localdate(),
            Threshold.objects.percents(),
            _organisations(),
            RuleSeverity.objects.overrides(),
        )

    def context(self, submission: Submission, related: Iterable[RelatedRecord]) -> JudgementContext:
        """Return what the judgement of one record depends on."""
        size = (submission.width, submission.height)
        return JudgementContext(
            self.today, size, self.thresholds, related, self.organisations, self.severities
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What is found on a record and is not what its flags say: by the field's key, its flags as they should be.

    `version` grows whenever one of the record's values is changed or confirmed.
    """

    submission_id: int
    version: int
    flags: Mapping[int, Sequence[Flag]]


def judge_again(submission: Submission) -> None:
    """Judge the present values of a record; a finding that is new on a field undoes its confirmation."""
    keep(judged([submission]))


def judged(submissions: Sequence[Submission]) -> list[Judged]:
    """Judge the present values of records, with as many queries for all of them as for one.

    1. what they have in common; 2. what is stored of each; 3. the judgements, beside the flags.
    """
    common = Common.now()

    among = [submission.pk for submission in submissions]
    fields = _fields(among)
    answers = _answers(among)
    flags = _flags(among)
    others = _others(fields)

    found = []
    for submission in submissions:
        own = fields[submission.pk]
        values = {field.name: field.value for field in own}
        findings = _findings(
            values,
            answers[submission.pk],
            common.context(submission, others.get(submission.pk, ())),
        )
        found.append(
            Judged(
                submission.pk, sum(field.version for field in own), _differing(own, findings, flags)
            )
        )
    return found


def _fields(among: Sequence[int]) -> dict[int, list[Stored]]:
    rows = Field.objects.filter(submission__in=among).in_form_order().values_list(*Stored._fields)
    return _grouped(map(Stored._make, rows))


def _answers(among: Sequence[int]) -> dict[int, list[Answer]]:
    rows = RecognitionResult.objects.filter(submission__in=among).order_by("pk")
    return _grouped(map(Answer._make, rows.values_list("submission_id", "answer", "engine")))


def _grouped[T: (Stored, Answer)](rows: Iterable[T]) -> dict[int, list[T]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.submission_id].append(row)
    return grouped


def _flags(among: Sequence[int]) -> dict[int, list[Flag]]:
    """Return the flags of these records that the checks have set, by the field's key."""
    grouped = defaultdict(list)
    for flag in Flag.objects.from_checks().filter(field__submission__in=among):
        grouped[flag.field_id].append(flag)
    return grouped


def _others(fields: Mapping[int, Sequence[Stored]]) -> dict[int, list[RelatedRecord]]:
    """Return for each record those that share a certificate number or a mother's number with it.

    1. the numbers; 2. who else has them; 3. the values of those.
    """
    numbers = {
        pk: {
            (field.name, field.value)
            for field in own
            if field.name in IDENTIFYING and _is_number(field.value)
        }
        for pk, own in fields.items()
    }

    having = defaultdict(list)
    for name, value, pk in Field.objects.with_numbers(
        {value for own in numbers.values() for _name, value in own}
    ):
        having[name, value].append(pk)
    sharing = {
        pk: sorted({other for number in own for other in having[number][: MOST_OTHERS + 1]} - {pk})
        for pk, own in numbers.items()
    }

    values = _fields(sorted({other for some in sharing.values() for other in some}))
    known = {
        pk: RelatedRecord(f"#{pk}", {field.name: field.value for field in own})
        for pk, own in values.items()
    }
    return {pk: [known[other] for other in some] for pk, some in sharing.items()}


def _is_number(value: str) -> bool:
    return len(value) >= SHORTEST_NUMBER


def _organisations() -> frozenset[str]:
    """Return the names of hospitals and offices on approved records, looked up every few minutes."""
    known: frozenset[str] | None = cache.get("organisations")
    if known is None:
        known = frozenset(
            Field.objects.approved_values(ORGANISATION_FIELDS, most=KNOWN_ORGANISATIONS)
        )
        cache.set("organisations", known, KNOWN_SECONDS)
    return known


def _findings(
    values: Mapping[str, str], answers: Iterable[Answer], context: JudgementContext
) -> list[Finding]:
    """Return all findings about a record's values beside the answers of one engine or two."""
    first, *more = _readable(answers) or [(Record.empty(), "")]
    findings = judge(values, first[0], context)
    kept = {
        name: read.value for name, read in first[0].fields.items() if read.value == values.get(name)
    }
    for record, engine in more:
        findings += weighed(
            disagreements(kept, record, engines=(first[1], engine)), context.severities
        )
    return findings


def _readable(answers: Iterable[Answer]) -> list[tuple[Record, str]]:
    """Return the latest reading that was understood, and the second opinion that came with it."""
    read = []
    for answer in answers:
        try:
            read.append((parse(json.loads(answer.text)), answer.engine))
        except EngineError:
            continue
    return read


def _differing(
    fields: Sequence[Stored], findings: Iterable[Finding], stored: Mapping[int, Sequence[Flag]]
) -> dict[int, list[Flag]]:
    """Return the flags that a record's findings make, by the field's key, where the stored ones are others."""
    by_name = {field.name: field.pk for field in fields}
    flags: dict[int, list[Flag]] = {field.pk: [] for field in fields}
    for finding in findings:
        pk = by_name[finding.fields[0]]
        flags[pk].append(Flag.of(pk, finding))
    return {
        pk: some
        for pk, some in flags.items()
        if [flag.said for flag in some] != [flag.said for flag in stored.get(pk, ())]
    }


@transaction.atomic
def keep(records: Iterable[Judged]) -> int:
    """Make the flags what was found; return how many confirmations that undid."""
    flags = {pk: some for record in records for pk, some in record.flags.items()}
    stored = Flag.objects.filter(field__in=list(flags))
    found = [flag for some in flags.values() for flag in some]
    undone = _undo_confirmations(found, stored)
    stored.from_checks().delete()
    Flag.objects.bulk_create(found)
    return undone


def _undo_confirmations(found: Iterable[Flag], stored: Iterable[Flag]) -> int:
    """Make a person look again where a finding asks for more than what they have seen."""
    asked = {
        (flag.field_id, flag.code, severity)
        for flag in stored
        for severity in _up_to(flag.severity)
    }
    surprised = {
        flag.field_id
        for flag in found
        if flag.asks_for_a_look and (flag.field_id, flag.code, flag.severity) not in asked
    }
    confirmed = Field.objects.filter(pk__in=surprised).exclude(verified_by=None)
    return confirmed.update(verified_by=None, verified_at=None, confirmation="")


def _up_to(severity: str) -> Sequence[str]:
    """Return the severities that ask for no more than this one."""
    return (
        ASKS_FOR_A_LOOK[ASKS_FOR_A_LOOK.index(Severity(severity)) :]
        if severity in ASKS_FOR_A_LOOK
        else ()
    )
