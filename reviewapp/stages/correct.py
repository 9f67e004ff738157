"""Correct: a clerk changes, verifies, submits or rejects. Nothing is overwritten without a trace."""

import unicodedata
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, ReviewError, StaleWrite
from reviewapp.models import Correction, Event, Field, Submission, Threshold, User
from reviewapp.models.submission import FREE
from reviewapp.permissions import check_can_review
from reviewapp.rules.form import Finding, reading_findings, value_findings
from reviewapp.states import EventKind, RejectReason, SubmissionStatus
from reviewapp.transitions import move, settle

VALUE_LIMIT = 500


def clean(value: str) -> str:
    """Return a typed value without control characters and outer spaces.

    Raises ReviewError when it is longer than VALUE_LIMIT characters.
    """
    kept = "".join(char for char in value if unicodedata.category(char) not in ("Cc", "Cs")).strip()
    if len(kept) > VALUE_LIMIT:
        raise ReviewError("valueTooLong", limit=VALUE_LIMIT)
    return kept


@transaction.atomic
def correct(field: Field, *, value: str, version: int, by: User, verify: bool = False) -> None:
    """Set the value of a field as a person reads it, and verify it when they say so.

    1. the claim; 2. the guarded write against the version that the person saw; 3. the trace.

    Sending the present value again, as a browser does after a lost answer, changes nothing.
    Raises ClaimLost, and StaleWrite when somebody else has changed the value since `version`.
    """
    value = clean(value)
    if not field.submission.keep(by, minutes=settings.CLAIM_MINUTES):
        raise ClaimLost("claimLost")

    old, changed = field.value, value != field.value
    if not changed and (field.is_verified or not verify):
        return
    who, when = (by, timezone.now()) if verify else (None, None)
    seen = Field.objects.filter(pk=field.pk, version=version if changed else field.version)
    if seen.update(value=value, version=F("version") + 1, verified_by=who, verified_at=when) != 1:
        field.refresh_from_db()
        raise StaleWrite("staleWrite")
    field.refresh_from_db()

    if changed:
        Correction.objects.create(field=field, old_value=old, new_value=value, by=by)
        _record(field, EventKind.CORRECTED, by=by, old=old, new=value)
        field.replace_flags(findings(field))
    if verify:
        _record(field, EventKind.VERIFIED, by=by, new=value)


def findings(field: Field) -> Iterator[Finding]:
    """Judge the present value; how it was read counts only while it is still the value read."""
    yield from value_findings(field.name, field.value)
    if not field.is_corrected:
        size = (field.submission.width, field.submission.height)
        threshold = Threshold.objects.percents()[field.name]
        yield from reading_findings(field.value, field.value_prob, field.polygon, size=size, threshold=threshold)


def _record(field: Field, kind: EventKind, *, by: User, old: str = "", new: str = "") -> None:
    Event.objects.create(submission=field.submission, field_name=field.name, kind=kind, by=by, old=old, new=new)


def _require_claim(submission: Submission, *, by: User) -> None:
    """Demand the claim, and make a change of a value that is under way end first."""
    if submission.is_claimable and not submission.keep(by, minutes=settings.CLAIM_MINUTES):
        raise ClaimLost("claimLost")


@transaction.atomic
def submit(submission: Submission, *, by: User) -> None:
    """Finish a record. Raises IllegalTransition while flagged fields are not verified, ClaimLost."""
    check_can_review(by, submission)
    _require_claim(submission, by=by)
    doubtful = submission.fields.doubtful().count()
    if doubtful:
        raise IllegalTransition("stillDoubtful", count=doubtful)
    move(submission, SubmissionStatus.REVIEWED, by=by, values=FREE)
    settle(submission.batch, by=by)


@transaction.atomic
def reject(submission: Submission, *, by: User, reason: RejectReason, note: str = "") -> None:
    """Put a picture aside as no certificate, unreadable or a duplicate; a supervisor can bring it back."""
    check_can_review(by, submission)
    _require_claim(submission, by=by)
    values = {
        **FREE,
        "reject_reason": reason,
        "reject_note": clean(note),
        "reviewed_by": by,
        "reviewed_at": timezone.now(),
    }
    move(submission, SubmissionStatus.REJECTED, by=by, reason=_reject_text(reason, note), values=values)
    settle(submission.batch, by=by)


def _reject_text(reason: RejectReason, note: str) -> str:
    return f"{reason.value}: {clean(note)}" if note else reason.value
