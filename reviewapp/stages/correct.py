"""Correct: a clerk changes, verifies, submits or rejects.

Nothing is overwritten without a trace.
"""

import unicodedata

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, ReviewError, StaleWrite
from reviewapp.models import Correction, Event, Field, Submission, User
from reviewapp.models.field import UNVERIFIED
from reviewapp.models.submission import FREE
from reviewapp.permissions import check_can_review
from reviewapp.stages.flag import judge_again
from reviewapp.states import EventKind, RejectReason, SubmissionStatus
from reviewapp.transitions import move, settle

VALUE_LIMIT = 500


def clean(value: str) -> str:
    """Return a typed value without control characters and outer spaces.

    Raises ReviewError when it is longer than VALUE_LIMIT characters.
    """
    printable = [char for char in value if unicodedata.category(char) not in ("Cc", "Cs")]
    line = "".join(printable).strip()
    if len(line) > VALUE_LIMIT:
        raise ReviewError("valueTooLong", limit=VALUE_LIMIT)
    return line


def correct(
    field: Field,
    *,
    value: str,
    version: int,
    by: User,
    verify: bool = False,
    override_reason: str = "",
) -> None:
    """Set the value of a field as a person reads it, and then verify it when they say so.

    The value is kept also when it cannot be verified. Raises what `change` and `verify_value`
    raise.
    """
    change(field, value=value, version=version, by=by)
    if verify:
        verify_value(field, by=by, override_reason=override_reason)


@transaction.atomic
def change(field: Field, *, value: str, version: int, by: User) -> None:
    """Set the value of a field.

    1. the claim; 2. the guarded write against the version that the person saw; 3. the trace; 4.
    what the rules say of the record now.

    Sending the present value again, as a browser does after a lost answer, changes nothing.
    Raises ClaimLost, and StaleWrite when somebody else has changed the value since `version`.
    """
    value = clean(value)
    _require_claim(field.submission, by=by)

    old = field.value
    if value == old:
        return
    _write(field, version=version, value=value, **UNVERIFIED)

    Correction.objects.create(field=field, old_value=old, new_value=value, by=by)
    _record(field, EventKind.CORRECTED, by=by, old=old, new=value)

    judge_again(field.submission)


@transaction.atomic
def verify_value(field: Field, *, by: User, override_reason: str = "") -> None:
    """Verify the present value of a field.

    One with an error needs a reason why it is right all the same. Raises ClaimLost, ReviewError
    without a needed reason, StaleWrite when the value is changed meanwhile.
    """
    _require_claim(field.submission, by=by)
    if field.is_verified:
        return
    override_reason = clean(override_reason)
    if field.has_error and not override_reason:
        raise ReviewError("overrideReasonMissing")

    _write(
        field,
        version=field.version,
        verified_by=by,
        verified_at=timezone.now(),
        override_reason=override_reason,
    )
    _record(field, EventKind.VERIFIED, by=by, new=field.value, reason=override_reason)


def _write(field: Field, *, version: int, **columns: object) -> None:
    """Change columns of a field that is as it was at `version`, also of the one in hand.

    Raises StaleWrite when it is not.
    """
    as_seen = Field.objects.filter(pk=field.pk, version=version)
    written = as_seen.update(version=F("version") + 1, **columns)
    field.refresh_from_db()
    if written != 1:
        raise StaleWrite("staleWrite")


def _record(
    field: Field, kind: EventKind, *, by: User, new: str, old: str = "", reason: str = ""
) -> None:
    Event.objects.create(
        submission=field.submission,
        field_name=field.name,
        kind=kind,
        by=by,
        old=old,
        new=new,
        reason=reason,
    )


def _require_claim(submission: Submission, *, by: User) -> None:
    """Demand the claim, and make a change of a value that is under way end first."""
    if not submission.keep(by, minutes=settings.CLAIM_MINUTES):
        raise ClaimLost("claimLost")


@transaction.atomic
def submit(submission: Submission, *, by: User) -> None:
    """Finish a record.

    Raises IllegalTransition while flagged fields are not verified, ClaimLost.
    """
    check_can_review(by, submission)
    if submission.is_claimable:
        _require_claim(submission, by=by)
    doubtful = submission.fields.doubtful().count()
    if doubtful:
        raise IllegalTransition("stillDoubtful", count=doubtful)
    move(submission, SubmissionStatus.REVIEWED, by=by, values=FREE)
    settle(submission.batch, by=by)


@transaction.atomic
def reject(submission: Submission, *, by: User, reason: RejectReason, note: str = "") -> None:
    """Put a picture aside as no certificate, unreadable or a duplicate.

    1. the claim; 2. the move with its reason; 3. the batch. A supervisor can bring it back.
    """
    check_can_review(by, submission)
    if submission.is_claimable:
        _require_claim(submission, by=by)

    note = clean(note)
    values = {
        **FREE,
        "reject_reason": reason,
        "reject_note": note,
        "reviewed_by": by,
        "reviewed_at": timezone.now(),
    }
    move(
        submission,
        SubmissionStatus.REJECTED,
        by=by,
        reason=note,
        params={"reason": reason.value},
        values=values,
    )

    settle(submission.batch, by=by)
