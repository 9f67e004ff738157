"""Judge a stored record with all that the database knows, and keep what was found as flags."""

from collections.abc import Iterable, Mapping, Sequence

from django.core.cache import cache
from django.utils import timezone

from reviewapp.certificate import FIELDS, Kind, Record
from reviewapp.exceptions import EngineError
from reviewapp.models import Field, Flag, RecognitionResult, RuleSeverity, Submission, Threshold
from reviewapp.models.field import IDENTIFYING
from reviewapp.rules.agreement import disagreements
from reviewapp.rules.base import Finding, Other
from reviewapp.rules.judge import Circumstances, judge
from reviewapp.stages.parse import parse

ORGANISATION_FIELDS = [spec.name for spec in FIELDS if spec.kind == Kind.ORGANISATION]
KNOWN_ORGANISATIONS, KNOWN_SECONDS = 2000, 300


def circumstances(submission: Submission, values: Mapping[str, str]) -> Circumstances:
    """Gather what a judgement of this record's values depends on."""
    return Circumstances(
        today=timezone.localdate(),
        size=(submission.width, submission.height),
        thresholds=Threshold.objects.percents(),
        others=_others(submission, values),
        organisations=_organisations(),
        severities=RuleSeverity.objects.overrides(),
    )


def _others(submission: Submission, values: Mapping[str, str]) -> list[Other]:
    """Return the records that share a certificate number or a mother's number with this one."""
    sharing = Submission.objects.sharing({name: values.get(name, "") for name in IDENTIFYING}).exclude(pk=submission.pk)
    found = sharing.prefetch_related("fields")
    return [Other(f"#{other.pk}", {field.name: field.value for field in other.fields.all()}) for other in found]


def _organisations() -> frozenset[str]:
    """Return the names of hospitals and offices on approved records, looked up every few minutes."""
    known: frozenset[str] | None = cache.get("organisations")
    if known is None:
        known = frozenset(Field.objects.approved_values(ORGANISATION_FIELDS, most=KNOWN_ORGANISATIONS))
        cache.set("organisations", known, KNOWN_SECONDS)
    return known


def judge_again(submission: Submission) -> None:
    """Judge the present values of a record; a finding that is new on a field undoes its confirmation."""
    fields = list(submission.fields.prefetch_related("flags"))
    values = {field.name: field.value for field in fields}
    answers = list(submission.recognitions.order_by("pk"))
    keep(fields, findings_of(submission, values, answers))


def findings_of(
    submission: Submission, values: Mapping[str, str], answers: Sequence[RecognitionResult]
) -> list[Finding]:
    """Return all findings about a record's values beside the answers of one engine or two."""
    first, *more = _readable(answers) or [(Record.empty(), "")]
    findings = judge(values, first[0], circumstances(submission, values))
    kept = {name: read.value for name, read in first[0].fields.items() if read.value == values.get(name)}
    for record, engine in more:
        findings += disagreements(kept, record, engines=(first[1], engine))
    return findings


def _readable(answers: Sequence[RecognitionResult]) -> list[tuple[Record, str]]:
    """Return the latest reading that was understood, and the second opinion that came with it."""
    read = []
    for answer in answers:
        try:
            read.append((parse(answer.data), answer.engine))
        except EngineError:
            continue
    return read


def keep(fields: Sequence[Field], findings: Iterable[Finding]) -> None:
    """Replace the flags of a record's fields, whose `flags` are prefetched, by these findings."""
    by_name = {field.name: field for field in fields}
    flags = [Flag.of(by_name[finding.fields[0]], finding) for finding in findings]
    _undo_confirmations(fields, flags)
    Flag.objects.filter(field__in=fields).from_checks().delete()
    Flag.objects.bulk_create(flags)


def _undo_confirmations(fields: Sequence[Field], flags: Iterable[Flag]) -> None:
    """Make a person look again where a finding came up that they have not seen."""
    seen = {(flag.field_id, flag.code) for field in fields for flag in field.flags.all()}
    surprised = {flag.field_id for flag in flags if flag.asks_for_a_look and (flag.field_id, flag.code) not in seen}
    confirmed = Field.objects.filter(pk__in=surprised).exclude(verified_by=None)
    confirmed.update(verified_by=None, verified_at=None, confirmation="")
