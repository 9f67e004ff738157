"""Amend: a correction after approval, asked for by one person and decided by another."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviewapp.content import digest_of
from reviewapp.evidence import note_changed
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, ReviewError
from reviewapp.history import append
from reviewapp.models import (
    AmendedValue,
    Amendment,
    Correction,
    Event,
    Export,
    Field,
    Flag,
    Notice,
    Recall,
    Submission,
    User,
    Voiding,
)
from reviewapp.organisations import ORGANISATION_FIELDS, note_voided
from reviewapp.permissions import check_can_amend, check_can_decide, check_can_withdraw
from reviewapp.rules.catalogue import Severity
from reviewapp.search import index
from reviewapp.stages.approve import Queue, give_approval
from reviewapp.stages.correct import clean, written
from reviewapp.stages.flag import foreseen, judge_again
from reviewapp.stages.sheet import rules_against
from reviewapp.states import AmendmentOutcome, EventKind, Evidence, SubmissionStatus
from reviewapp.transitions import move

# A field's key, the code of a rule, and how severe its finding is.
type Found = tuple[int, str, str]


@transaction.atomic
def ask(
    submission: Submission,
    *,
    changes: Mapping[str, str],
    by: User,
    reason: str,
    evidence: Evidence,
    evidence_note: str,
    version: int,
) -> Amendment:
    """Ask for other values in an approved record; nothing changes before another person decides.

    1. who asks, and why; 2. the record, held, as the person saw it at `version`; 3. what differs;
    4. the request, and the event.

    Raises NotAllowed, ReviewError without reason, evidence or a real change, ChangedSinceShown,
    IllegalTransition for a record that is not approved or for which a request waits.
    """
    check_can_amend(by, submission)
    reason, evidence_note = clean(reason), clean(evidence_note)
    if not reason:
        raise ReviewError("reasonMissing")
    if not evidence_note:
        raise ReviewError("evidenceMissing")

    held = _held(submission.pk, version=version)
    if held.amendments.waiting().exists():
        raise IllegalTransition("amendmentWaits")

    differing = _differing(held, changes)
    if not differing:
        raise ReviewError("noChange")

    amendment = Amendment.objects.create(
        submission=held,
        version=held.version,
        asked_by=by,
        reason=reason,
        evidence=evidence,
        evidence_note=evidence_note,
    )
    for value in differing:
        value.amendment = amendment
    AmendedValue.objects.bulk_create(differing)
    params = _params(amendment)
    append(
        [
            Event(
                kind=EventKind.AMENDMENT_ASKED, by=by, submission=held, reason=reason, params=params
            )
        ]
    )
    return amendment


def _held(pk: int, *, version: int) -> Submission:
    """Return an approved record that nobody else decides on until the transaction ends."""
    held = Submission.objects.select_for_update(no_key=True).get(pk=pk)
    if held.version != version:
        raise ChangedSinceShown("changedSinceShown")
    if held.status != SubmissionStatus.APPROVED:
        raise IllegalTransition("illegalTransition", present=str(held.get_status_display()))
    return held


def _differing(submission: Submission, changes: Mapping[str, str]) -> list[AmendedValue]:
    """Return the values that shall be others, in the form's order."""
    differing = []
    for field in submission.fields.in_form_order().filter(name__in=list(changes)):
        value = written(field, changes[field.name])
        if value != field.value:
            differing.append(AmendedValue(field=field, old_value=field.value, new_value=value))
    return differing


def _params(amendment: Amendment) -> dict[str, Any]:
    return {
        "amendment": amendment.pk,
        "evidence": str(amendment.evidence),
        "note": amendment.evidence_note,
        "changes": amendment.changes,
    }


def _note(
    record: Submission, kind: EventKind, *, by: User, reason: str, params: dict[str, Any]
) -> None:
    append([Event(kind=kind, by=by, submission=record, reason=reason, params=params)])


def expected_findings(amendment: Amendment) -> list[Flag]:
    """Return what the rules will say of the new values, for whoever decides on them.

    That is: of a changed value all that asks for a look, of the others what is not found yet, and
    what is found of them beside a changed one.
    """
    record = amendment.submission
    new = {change["field"]: change["new"] for change in amendment.changes}
    return _to_answer_for(foreseen(record, new), amendment, before=_found(record))


def _to_answer_for(
    flags: Iterable[Flag], amendment: Amendment, *, before: Collection[Found]
) -> list[Flag]:
    changed = {change["field"] for change in amendment.changes}
    return [
        flag
        for flag in flags
        if flag.asks_for_a_look and (_key(flag) not in before or not changed.isdisjoint(flag.names))
    ]


def _found(record: Submission) -> set[Found]:
    """Return what the rules find of a record now."""
    stored = Flag.objects.from_checks().filter(field__submission=record)
    return set(map(_key, stored))


def _key(flag: Flag) -> Found:
    return flag.field_id, flag.code, str(flag.severity)


def digest_of_errors(findings: Iterable[Flag]) -> str:
    """Return what tells these errors from any others; empty without any."""
    errors = sorted(
        [[flag.names, flag.code, flag.params] for flag in findings if _is_error(flag)], key=str
    )
    return digest_of({"errors": errors}) if errors else ""


def _is_error(flag: Flag) -> bool:
    return flag.severity == Severity.ERROR


@transaction.atomic
def approve_amendment(
    amendment: Amendment, *, by: User, queue: Queue, shown: str | None = None
) -> None:
    """Make an approved record say what was asked for, and approve it anew.

    1. the decision, which one person makes; 2. the record, held, as it was when it was asked for;
    3. the end of its approval; 4. the values, and what the rules say of them; 5. the new approval;
    6. what had left with the old values; 7. the event.

    The batch stays as it is. `queue` is called for each program that was told the old values.
    `shown` is the digest of the errors that the person saw, by default those that come out. Raises
    NotAllowed for one's own request or work, ChangedSinceShown, IllegalTransition when it is
    decided already.
    """
    check_can_decide(by, amendment)
    _decide(amendment, AmendmentOutcome.APPROVED, by=by)

    record = _held(amendment.submission_id, version=amendment.version)
    _void(record, amendment, by=by)

    told = _params(amendment)
    _set_values(record, amendment)
    _judge(record, amendment, shown=shown)

    give_approval(record, by=by)

    exports = _recall(record, amendment)
    _tell_programs_again(record, queue)

    params = {**told, "exports": [export.pk for export in exports]}
    _note(record, EventKind.AMENDED, by=by, reason=amendment.reason, params=params)


@transaction.atomic
def refuse_amendment(amendment: Amendment, *, by: User, note: str) -> None:
    """Leave an approved record as it is, and say why.

    Raises NotAllowed for one's own request or work, ReviewError without a note, IllegalTransition
    when it is decided already.
    """
    check_can_decide(by, amendment)
    note = clean(note)
    if not note:
        raise ReviewError("reasonMissing")
    _decide(amendment, AmendmentOutcome.REFUSED, by=by, note=note)
    params = {"amendment": amendment.pk}
    _note(amendment.submission, EventKind.AMENDMENT_REFUSED, by=by, reason=note, params=params)


@transaction.atomic
def withdraw_amendment(amendment: Amendment, *, by: User) -> None:
    """Take a request back before anybody has decided on it; the record stays as it is.

    Raises NotAllowed for the request of somebody else who is still here, IllegalTransition when it
    is decided already.
    """
    check_can_withdraw(by, amendment)
    _decide(amendment, AmendmentOutcome.WITHDRAWN, by=by)
    params = {"amendment": amendment.pk}
    _note(amendment.submission, EventKind.AMENDMENT_WITHDRAWN, by=by, reason="", params=params)


def _decide(amendment: Amendment, outcome: AmendmentOutcome, *, by: User, note: str = "") -> None:
    """Close a request; the guarded write decides who was faster."""
    waiting = Amendment.objects.waiting().filter(pk=amendment.pk)
    decision = {
        "outcome": outcome,
        "decided_by": by,
        "decided_at": timezone.now(),
        "decision_note": note,
    }
    if waiting.update(**decision) != 1:
        raise IllegalTransition("amendmentDecided")
    for column, value in decision.items():
        setattr(amendment, column, value)


def _void(record: Submission, amendment: Amendment, *, by: User) -> None:
    """End the approval that stands, and take the record back behind it.

    What is known and summed from its values is so no longer.
    """
    standing = record.approvals.standing().get()
    Voiding.objects.create(approval=standing, by=by, reason=amendment.reason)
    move(
        record,
        SubmissionStatus.REVIEWED,
        by=by,
        reason=amendment.reason,
        params={"amendment": amendment.pk},
        values={"approved_by": None, "approved_at": None},
    )
    new = [change["new"] for change in amendment.changes if _names_an_organisation(change)]
    note_voided(record.pk, new=new)
    note_changed([record.reviewed_at])


def _names_an_organisation(change: Mapping[str, str]) -> bool:
    return change["field"] in ORGANISATION_FIELDS


def _set_values(record: Submission, amendment: Amendment) -> None:
    """Write the new values as those of who asked for them, with their corrections and events."""
    by = amendment.asked_by
    corrections, events = [], []
    for amended in amendment.values.select_related("field").order_by("field__position"):
        old, new = amended.old_value, amended.new_value
        as_asked = Field.objects.filter(pk=amended.field_id, value=old)
        columns = {**_verified(by), "value": new, "mark": "", "should_say": ""}
        if as_asked.update(version=F("version") + 1, **columns) != 1:
            raise ChangedSinceShown("changedSinceShown")
        index.change_value(amended.field, old=old, new=new)
        corrections.append(Correction(field=amended.field, old_value=old, new_value=new, by=by))
        events.append(_event(record, amended.field, EventKind.CORRECTED, by=by, old=old, new=new))
    Correction.objects.bulk_create(corrections)
    append(events)


def _judge(record: Submission, amendment: Amendment, *, shown: str | None) -> None:
    """Ask the rules, and let who asked answer for all that they find now.

    1. what was decided before, which a new finding takes away; 2. the rules, which must find the
    errors that were shown; 3. what is in doubt now: it is verified by who asked, against an error
    that is new with their reason; 4. the events.
    """
    before = _found(record)
    decided = {field.pk: field for field in record.fields.all()}

    judge_again(record)
    stored = Flag.objects.from_checks().filter(field__submission=record)
    findings = _to_answer_for(stored, amendment, before=before)
    if shown not in (None, digest_of_errors(findings)):
        raise ChangedSinceShown("findingsChangedSinceShown")

    changed = set(amendment.values.values_list("field", flat=True))
    against_rules = {
        flag.field_id
        for flag in filter(_is_error, findings)
        if flag.field_id in changed or _key(flag) not in before
    }
    events = []
    for field in record.fields.in_form_order().prefetch_related("flags"):
        if field.is_doubtful or field.pk in changed & against_rules:
            reason = amendment.reason if field.pk in against_rules else ""
            events.append(_answer_for(field, decided[field.pk], amendment, reason=reason))
    append(events)


def _verified(by: User) -> dict[str, Any]:
    return {"verified_by": by, "verified_at": timezone.now(), "override_reason": ""}


def _answer_for(field: Field, decided: Field, amendment: Amendment, *, reason: str) -> Event:
    """Verify a value as who asked for the amendment; return the event.

    Without a reason against a rule, what was decided against an older finding stands.
    """
    by = amendment.asked_by
    columns = _verified(by)
    if not reason and field.has_error:
        names = ("verified_by", "verified_at", "override_reason")
        columns = {name: getattr(decided, name) for name in names}
    columns |= {"override_reason": reason} if reason else {}
    Field.objects.filter(pk=field.pk).update(version=F("version") + 1, **columns)

    kind = EventKind.OVERRIDDEN if reason else EventKind.VERIFIED
    event = _event(amendment.submission, field, kind, by=by, new=field.value, reason=reason)
    if reason:
        event.params = {"rules": rules_against(field), "second": False}
    return event


def _event(record: Submission, field: Field, kind: EventKind, *, by: User, **said: str) -> Event:
    """Return an event about one value; `said` are its old, new and reason."""
    return Event(kind=kind, by=by, submission=record, field_name=field.name, **said)


def _recall(record: Submission, amendment: Amendment) -> Iterable[Export]:
    """Note which exports hold an old value; the next one tells it.

    An export takes the chain of each of its records, as the moves before this have done: so it has
    either ended, and is seen here, or it begins after this.
    """
    names = {change["field"] for change in amendment.changes}
    exports = Export.objects.of_values(record, names)
    recalls = [Recall(amendment=amendment, export=export) for export in exports]
    Recall.objects.bulk_create(recalls)
    return exports


def _tell_programs_again(record: Submission, queue: Queue) -> None:
    """Tell the programs that know the old values; those that wait will hear the new ones alone."""
    for notice in Notice.objects.delivered().filter(submission=record):
        notice.renew()
        queue(notice.pk)
