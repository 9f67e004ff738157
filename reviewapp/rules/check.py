"""Check a record against all rules. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from reviewapp.certificate.fields import NO_SIGNS, Signs
from reviewapp.facts.certificates import LIMITS, Limits
from reviewapp.rules.base import Finding, Reading, RelatedRecord
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.facts import Facts
from reviewapp.rules.subjects import SUBJECTS


def check(
    record: Mapping[str, str],
    *,
    today: date,
    read: Mapping[str, Reading] | None = None,
    related: Iterable[RelatedRecord] = (),
    organisations: Collection[str] = (),
    severities: Mapping[str, Severity | None] | None = None,
    signs: Signs = NO_SIGNS,
    limits: Limits = LIMITS,
) -> list[Finding]:
    """Return all findings about a record, the most severe first, then in the form's order.

    `record` holds values by snake name; a missing key counts as not read. `read` says how values
    were read (rule 31), `related` are the stored records with the same certificate number or
    mother's number (rules 4 and 30), `organisations` the known names of hospitals and offices (rule
    35), `signs` what was seen on the paper (rules 36 and 37), `limits` the forms of numbers and the
    limits of provinces (rules 1 and 7). `severities` override the catalogue's by code; None switches
    a rule off. Raises nothing, whatever the values are.
    """
    facts = Facts(
        record,
        today=today,
        read=read or {},
        related=tuple(related),
        organisations=tuple(organisations),
        signs=signs,
        limits=limits,
    )
    findings: list[Finding] = []
    for findings_of_subject in SUBJECTS:
        findings.extend(findings_of_subject(facts))
    return sorted(weighed(findings, severities or {}), key=lambda finding: finding.rank)


def weighed(
    findings: Iterable[Finding], severities: Mapping[str, Severity | None]
) -> Iterable[Finding]:
    """Yield the findings with the severities that were chosen for their codes."""
    for finding in findings:
        severity = severities.get(finding.code, finding.severity)
        if severity == finding.severity:
            yield finding
        elif severity is not None:
            yield replace(finding, severity=severity)
