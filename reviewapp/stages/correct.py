"""Correct: a clerk changes, verifies, marks, submits or rejects; a second one reads what is unsure.

Nothing is overwritten without a trace.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from reviewapp.certificate.fields import ON_EVERY_FORM
from reviewapp.exceptions import (
    ChangedSinceShown,
    ClaimLost,
    IllegalTransition,
    NotAllowed,
    ReviewError,
    StaleWrite,
)
from reviewapp.models import Batch, Field, Submission, User
from reviewapp.models.field import EMPTY_MARKS, SETTLING_MARKS, UNVERIFIED
from reviewapp.models.submission import CLAIMABLE, FREE, SECOND, UNDOABLE
from reviewapp.permissions import check_can_read_second, check_can_review
from reviewapp.rules.typed import kept_form
from reviewapp.stages.sheet import SECOND_READING, Sheet, rules_against
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus, ValueMark
from reviewapp.transitions import follow, move, settle

VALUE_LIMIT = 500
# The moves by which a second reader passes a record on.
SECOND_WORDS = (EventKind.SECOND_READ, EventKind.ESCALATED)


class Decision(NamedTuple):
    """What a second reader says of an unsure value; None: they are unsure, too."""

    value: str | None
    version: int
    override_reason: str = ""


def clean(value: str) -> str:
    """Return a typed value without control characters and outer spaces.

    Raises ReviewError when it is longer than VALUE_LIMIT characters.
    """
    printable = [char for char in value if unicodedata.category(char) not in ("Cc", "Cs")]
    line = "".join(printable).strip()
    if len(line) > VALUE_LIMIT:
        raise ReviewError("valueTooLong", limit=VALUE_LIMIT)
    return line


def written(field: Field, typed: str) -> str:
    """Return how a value is stored that a person types: ３２７０克 in the field of the weight as 3270.

    What stands there already stays as it is. Raises what `clean` raises.
    """
    value = clean(typed)
    return value if value == field.value else kept_form(field.name, value)


def correct(
    field: Field,
    *,
    value: str,
    version: int,
    by: User,
    verify: bool = False,
    override_reason: str = "",
) -> Sequence[Field]:
    """Set the value of a field as a person reads it, and then verify it when they say so.

    Return all values of the record as they are now. The value is kept also when it cannot be
    verified. Raises what `change` and `verify_value` raise.
    """
    kept, refusal = _correct(field, value, version, by, override_reason if verify else None)
    if refusal is not None:
        raise refusal
    return kept


@transaction.atomic
def _correct(
    field: Field, value: str, version: int, by: User, override_reason: str | None
) -> tuple[Sequence[Field], ReviewError | None]:
    """Write a value and its verification at once, or the value alone and why it is not verified.

    1. the claim; 2. the value against the version that the person saw; 3. what the rules say of the
    record now; 4. the verification; 5. all of it is written, with its trace.
    """
    _require_claim(field.submission, by=by)
    sheet = Sheet(field.submission, by=by)
    present = sheet.field(field.name)
    value = written(present, value)
    if value != present.value:
        _check_as_seen(field, present, version)
        sheet.set_value(present, value)
        sheet.judge()

    refusal = None
    if override_reason is not None and not present.is_verified:
        refusal = _try_to_verify(sheet, present, override_reason)
    _record(sheet)
    _take_on(field, present)
    return sheet.fields, refusal


def _try_to_verify(sheet: Sheet, field: Field, override_reason: str) -> ReviewError | None:
    """Verify a value in hand; return why not."""
    try:
        override_reason = clean(override_reason)
    except ReviewError as error:
        return error
    if field.has_error and not override_reason:
        return ReviewError("overrideReasonMissing")
    sheet.verify(field, override_reason=override_reason)
    return None


def change(field: Field, *, value: str, version: int, by: User) -> None:
    """Set the value of a field.

    Sending the present value again, as a browser does after a lost answer, changes nothing.
    Raises ClaimLost, and StaleWrite when somebody else has changed the value since `version`.
    """
    correct(field, value=value, version=version, by=by)


@transaction.atomic
def verify_value(field: Field, *, by: User, override_reason: str = "") -> None:
    """Verify the present value of a field.

    One with an error needs a reason why it is right all the same. Raises ClaimLost, ReviewError
    without a needed reason, StaleWrite when the value is changed meanwhile.
    """
    _require_claim(field.submission, by=by)
    if field.is_verified:
        return
    sheet = Sheet(field.submission, by=by)
    present = sheet.field(field.name)
    _check_as_seen(field, present, field.version)
    refusal = _try_to_verify(sheet, present, override_reason)
    if refusal is not None:
        raise refusal
    _record(sheet)
    _take_on(field, present)


def _check_as_seen(field: Field, present: Field, version: int) -> None:
    """Refuse to write over what the person has not seen, and show it in hand."""
    if present.version != version:
        _take_on(field, present)
        raise StaleWrite("staleWrite")


def _take_on(field: Field, present: Field) -> None:
    """Bring the field in hand to what is stored now, with its flags."""
    for column in Field._meta.concrete_fields:
        setattr(field, column.attname, getattr(present, column.attname))
    field.verified_by = present.verified_by
    field.__dict__["_prefetched_objects_cache"] = present.__dict__.get(
        "_prefetched_objects_cache", {}
    )


@transaction.atomic
def mark_value(
    field: Field, *, mark: str, version: int, by: User, should_say: str = "", reason: str = ""
) -> Sequence[Field]:
    """Say of a value what its text does not say, or no longer ("").

    1. the claim, and what makes no sense; 2. what is not there to be read is emptied; 3. the mark,
    guarded by the version that the person saw; 4. the trace.

    A settling mark verifies the value and is itself the reason against any rule. `should_say` is
    what a paper that is wrong should say, and then needed. Saying the same again changes nothing.
    Return all values of the record as they are now. Raises ClaimLost, ReviewError for a mark that
    makes no sense here, StaleWrite.
    """
    should_say, reason = clean(should_say), clean(reason)
    _require_claim(field.submission, by=by)
    sheet = Sheet(field.submission, by=by)
    present = sheet.field(field.name)
    if (present.mark, present.should_say) == (mark, should_say):
        return sheet.fields
    _check_mark(present, mark, should_say)
    _check_as_seen(field, present, version)

    old_state = present.state
    if mark in EMPTY_MARKS and present.value:
        sheet.set_value(present, "")
        sheet.judge()

    columns: dict[str, Any] = {**UNVERIFIED, "mark": mark, "should_say": should_say}
    if mark in SETTLING_MARKS:
        columns |= {"verified_by": by, "verified_at": timezone.now(), "override_reason": reason}
    sheet.put(present, **columns)

    rules = rules_against(present) if present.is_verified else []
    params = {"should_say": should_say, "rules": rules, "second": False}
    states = {"old": old_state.value, "new": present.state.value}
    sheet.tell(present, EventKind.MARKED, reason=reason, params=params, **states)
    _record(sheet)
    _take_on(field, present)
    return sheet.fields


def _check_mark(field: Field, mark: str, should_say: str) -> None:
    if mark == ValueMark.PAPER_WRONG:
        if not should_say:
            raise ReviewError("shouldSayMissing")
        if should_say == field.value:
            raise ReviewError("shouldSaySame")
    elif should_say:
        raise ReviewError("shouldSayAlone")
    if mark == ValueMark.NOT_ON_FORM and field.name in ON_EVERY_FORM:
        raise ReviewError("onEveryForm")


def _record(sheet: Sheet) -> None:
    """Write what was changed in hand, with its trace."""
    sheet.write()


def _require_claim(
    submission: Submission, *, by: User, statuses: Collection[SubmissionStatus] = CLAIMABLE
) -> None:
    """Demand the claim, and make a change of a value that is under way end first."""
    if not submission.keep(by, minutes=settings.CLAIM_MINUTES, statuses=statuses):
        raise ClaimLost("claimLost")


@transaction.atomic
def submit(submission: Submission, *, by: User) -> None:
    """Finish a record; one with unsure values goes to a second reader.

    1. the claim, and the batch; 2. what is left to look at, and what else is in the batch; 3. the
    move; 4. the batch. Raises IllegalTransition while flagged fields are not verified, ClaimLost.
    """
    check_can_review(by, submission)
    if not submission.is_claimable:
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    batch = _require_claim_and_batch(submission, by=by)

    is_doubtful, is_unsure, beside = _standing(submission)
    if is_doubtful:
        doubtful, _unsure = submission.fields.left()
        raise IllegalTransition("stillDoubtful", count=doubtful)

    if is_unsure:
        finished = {**FREE, "reviewed_by": by, "reviewed_at": timezone.now()}
        move(submission, SubmissionStatus.UNSURE, by=by, values=finished)
    else:
        move(submission, SubmissionStatus.REVIEWED, by=by, values=FREE)

    if batch.status != BatchStatus.APPROVED:
        follow(batch, batch.status_of({*beside, submission.status}), by=by)


def _require_claim_and_batch(submission: Submission, *, by: User) -> Batch:
    """Demand the claim, and make what is under way in the record and its batch end first."""
    records = Submission.objects.select_related("batch")
    both = records.select_for_update(no_key=True, of=("self", "batch"))
    held = both.get(pk=submission.pk)
    if held.status not in CLAIMABLE or held.claimed_by_id != by.pk:
        raise ClaimLost("claimLost")
    submission.batch = held.batch
    return held.batch


def _standing(submission: Submission) -> tuple[bool, bool, set[str]]:
    """Return whether a value is doubtful, whether one is unsure, and what else is in the batch.

    One query tells it, for a record that is held still with its batch.
    """
    of_record = Field.objects.filter(submission=OuterRef("pk"))
    asked = submission.batch.first_statuses(without=submission.pk)
    this = Submission.objects.filter(pk=submission.pk)
    told = this.annotate(
        is_doubtful=Exists(of_record.doubtful()), is_unsure=Exists(of_record.unsure()), **asked
    )
    found = told.values("is_doubtful", "is_unsure", *asked).get()
    return found["is_doubtful"], found["is_unsure"], Batch.statuses_in(found)


@transaction.atomic
def read_second(
    submission: Submission, *, by: User, decisions: Mapping[str, Decision], question: str = ""
) -> None:
    """Decide, as another person, what the first one was unsure of: all of it or nothing.

    1. the claim; 2. a decision on each value, which others must not have changed; 3. what the rules
    say now; 4. the verifications; 5. the move, and the batch.

    `decisions` are by field name. Where this person is unsure too, or what they read puts another
    value in doubt, the record goes to a supervisor; `question` says what cannot be made out. Raises
    NotAllowed for one's own record, ClaimLost, StaleWrite, and ReviewError for what is missing.
    """
    check_can_read_second(by, submission)
    _require_claim(submission, by=by, statuses=SECOND)

    question = clean(question)
    sheet = Sheet(submission, by=by)
    unsure = [field for field in sheet.fields if field.is_unsure]
    if any(field.name not in decisions for field in unsure):
        raise ReviewError("decisionMissing")
    decided = [(field, decisions[field.name]) for field in unsure]
    still_unsure = [field.name for field, decision in decided if decision.value is None]
    if still_unsure and not question:
        raise ReviewError("questionMissing")

    for field, decision in decided:
        _take(sheet, field, decision)
    sheet.judge()
    for field, decision in decided:
        if decision.value is not None:
            _verify_second(sheet, field, override_reason=clean(decision.override_reason))
    _record(sheet)

    _pass_on(sheet, still_unsure=still_unsure, question=question)
    settle(submission.batch, by=by)


def _take(sheet: Sheet, field: Field, decision: Decision) -> None:
    """Take the value that a second reader decided on; as theirs it is not verified yet."""
    sheet.field(field.name, version=decision.version)
    if decision.value is None:
        sheet.put(field)
        state = field.state.value
        params = {"should_say": "", "rules": [], **SECOND_READING}
        sheet.tell(field, EventKind.MARKED, old=state, new=state, params=params)
        return
    value = written(field, decision.value)
    if value == field.value:
        sheet.put(field, **UNVERIFIED)
    else:
        sheet.set_value(field, value, params=SECOND_READING)


def _verify_second(sheet: Sheet, field: Field, *, override_reason: str) -> None:
    """Verify what a second reader decided on. The refusal says of which value it speaks."""
    if field.has_error and not override_reason:
        label = str(field.spec.label)
        raise ReviewError("readingBreaksRule", label=label, name=field.name)
    sheet.verify(field, override_reason=override_reason, is_second=True)


def _pass_on(sheet: Sheet, *, still_unsure: list[str], question: str) -> None:
    """Move a record that was read by a second person to whoever sees it next."""
    submission, by = sheet.submission, sheet.by
    doubtful = [field.name for field in sheet.fields if field.is_doubtful]
    if not still_unsure and not doubtful:
        move(submission, SubmissionStatus.REVIEWED, by=by, values=FREE)
        return
    params = {"fields": still_unsure, "doubtful": doubtful}
    move(submission, SubmissionStatus.ESCALATED, by=by, reason=question, params=params, values=FREE)


@transaction.atomic
def reject(
    submission: Submission,
    *,
    by: User,
    reason: RejectReason,
    note: str = "",
    version: int | None = None,
) -> None:
    """Put a picture aside as no certificate, unreadable or a duplicate.

    1. the record as it was at `version`, which the person saw, and the claim; 2. the move with its
    reason; 3. the batch. A supervisor can bring it back.
    """
    check_can_review(by, submission)
    _check_as_shown(submission, version)
    if submission.is_claimable:
        _require_claim(submission, by=by)

    note = clean(note)
    move(
        submission,
        SubmissionStatus.REJECTED,
        by=by,
        reason=note,
        params={"reason": reason.value},
        values=rejection(reason, note, by=by),
    )

    settle(submission.batch, by=by)


def rejection(reason: RejectReason, note: str, *, by: User) -> dict[str, Any]:
    """Return the columns that say why a picture was put aside, and by whom."""
    return {
        **FREE,
        "reject_reason": reason,
        "reject_note": note,
        "reviewed_by": by,
        "reviewed_at": timezone.now(),
    }


def _check_as_shown(submission: Submission, version: int | None) -> None:
    """Refuse a decision on what is no longer there."""
    if version not in (None, submission.version):
        raise ChangedSinceShown("changedSinceShown")


@transaction.atomic
def escalate(submission: Submission, *, by: User, question: str, field_name: str = "") -> None:
    """Ask a supervisor about a record, or about one field of it; the answer comes back to `by`.

    Raises NotAllowed, ReviewError without a question, ClaimLost, IllegalTransition when it is
    finished already.
    """
    check_can_review(by, submission)
    question = question.strip()
    if not question:
        raise ReviewError("questionMissing")
    if submission.is_for_second_reading:
        # What a second reader asks is part of their reading.
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    if submission.is_claimable:
        _require_claim(submission, by=by)

    values = {**FREE, "reviewed_by": by, "reviewed_at": timezone.now()}
    params = {"fields": [field_name] if field_name else [], "doubtful": []}
    move(
        submission, SubmissionStatus.ESCALATED, by=by, reason=question, params=params, values=values
    )
    settle(submission.batch, by=by)


@transaction.atomic
def undo(submission: Submission, *, by: User, version: int | None = None) -> None:
    """Take back what this person finished, and hold the record again with all as it was.

    1. the record is held still, so that nobody acts on it meanwhile; 2. it must be this person's
    last word; 3. the move, with the claim; 4. the batch.

    What was returned keeps its reason and who reviewed it: given back, it is offered to them first
    and, because it is to be reviewed like any other, to everybody else after that. `version` is
    what the person saw, by default the one in hand. Raises NotAllowed for somebody else's,
    ChangedSinceShown, IllegalTransition once somebody else acted on it, for a second reading, or
    when there is nothing to go on with.
    """
    check_can_review(by)
    seen = submission.version if version is None else version
    submission.refresh_from_db(from_queryset=Submission.objects.select_for_update(no_key=True))

    if not Submission.objects.filter(pk=submission.pk).undoable_by(by).exists():
        raise _why_not_undone(submission, by=by)
    _check_as_shown(submission, seen)
    if submission.batch.locked().status == BatchStatus.APPROVED:
        raise IllegalTransition("undoBatchClosed", name=submission.batch.name)

    reviewer = {} if submission.return_reason else {"reviewed_by": None, "reviewed_at": None}

    move(
        submission,
        SubmissionStatus.RECOGNISED,
        by=by,
        values={
            "claimed_by": by,
            "claimed_until": timezone.now() + timedelta(minutes=settings.CLAIM_MINUTES),
            "reject_reason": "",
            "reject_note": "",
            **reviewer,
        },
    )
    settle(submission.batch, by=by)


def _why_not_undone(submission: Submission, *, by: User) -> ReviewError:
    deeds = submission.events.deeds()
    last = deeds.select_related("by").order_by("-pk")[0]
    if last.by == by and last.kind in SECOND_WORDS and last.old in SECOND:
        return IllegalTransition("undoSecondReading")
    if not deeds.filter(by=by, kind__in=UNDOABLE).exists():
        return NotAllowed("notFinishedByYou")
    if last.by == by and last.kind == EventKind.REJECTED:
        return IllegalTransition("undoNothingRead")
    if last.by == by:
        return IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    name = last.by.display_name if last.by else gettext("the system")
    return IllegalTransition("undoTooLate", name=name, deed=str(last.get_kind_display()))
