"""All there is to say about a record: how its values were read, and what the rules find. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reviewapp.certificate.fields import Record
from reviewapp.facts.certificates import LIMITS, Limits
from reviewapp.rules.base import Finding, Reading, RelatedRecord
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import check, weighed
from reviewapp.rules.form import reading_findings
from reviewapp.rules.paper import proven_fields


@dataclass(frozen=True, slots=True)
class JudgementContext:
    """What a judgement depends on besides the record itself.

    `size` is (width, height) of the picture as shown, `thresholds` percent by field name; the rest
    is as `rules.check.check` takes it.
    """

    today: date
    size: tuple[int, int]
    thresholds: Mapping[str, int]
    related: Iterable[RelatedRecord] = ()
    organisations: Collection[str] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    limits: Limits = LIMITS


def judge_answer(record: Record, context: JudgementContext) -> list[Finding]:
    """Return all findings about an answer as it was read, the most severe first."""
    return judge({name: read.value for name, read in record.fields.items()}, record, context)


def judge(values: Mapping[str, str], read: Record, context: JudgementContext) -> list[Finding]:
    """Return all findings about the present `values`, the most severe first.

    1. How a value was `read` counts only while it is still the value read: what a person typed has
    no probability, no parts and no alternatives. 2. What the rules say. 3. How surely, and where,
    the values were read, but for one that the paper itself proves.
    """
    unchanged = [
        read_field
        for name, read_field in read.fields.items()
        if read_field.value == values.get(name, "")
    ]
    readings = {
        read_field.name: Reading(read_field.parts, read_field.alternatives)
        for read_field in unchanged
    }

    findings = check(
        values,
        today=context.today,
        read=readings,
        related=context.related,
        organisations=context.organisations,
        severities=context.severities,
        signs=read.signs,
        limits=context.limits,
    )

    proven = proven_fields(values, read.signs)
    for read_field in unchanged:
        if read_field.name in proven:
            continue
        about_reading = reading_findings(
            read_field, size=context.size, threshold=context.thresholds[read_field.name]
        )
        findings.extend(weighed(about_reading, context.severities))
    return sorted(findings, key=lambda finding: finding.rank)
