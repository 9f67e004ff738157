"""Approve: a second person opens what was kept against a rule, approves records or returns them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from reviewapp.certificate.fields import FIELDS
from reviewapp.content import contents_with, digest_of
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed, ReviewError
from reviewapp.history import append
from reviewapp.models import (
    Approval,
    Batch,
    Event,
    Field,
    Flag,
    Notice,
    OverrideSight,
    Submission,
    User,
)
from reviewapp.models.field import UNVERIFIED
from reviewapp.organisations import note_approved
from reviewapp.permissions import (
    check_can_approve,
    check_can_close,
    check_can_supervise,
    why_closed,
)
from reviewapp.rules.base import finding
from reviewapp.rules.catalogue import RETURNED
from reviewapp.sets import LeftOut, SetOutcome, Sorted, chunks, sort_out, together
from reviewapp.stages.flag import judge_again
from reviewapp.states import BatchStatus, EventKind, SubmissionStatus
from reviewapp.transitions import lock, move, move_all, reopen, settle

# Asks for the delivery of a notice, by its number.
type Queue = Callable[[int], object]


class BatchApproval(NamedTuple):
    """What became of the records of a batch: how many were approved, and why others were not."""

    approved: int
    own: int
    unseen: tuple[int, ...] = ()


@transaction.atomic
def approve(submission: Submission, *, by: User, queue: Queue, version: int | None = None) -> None:
    """Approve one record as it was at `version`, which the person saw; by default the one in hand.

    `queue` is called, in the same transaction, for each program that waits for the approval.
    Raises NotAllowed for one's own work and for what one knows from a role that one left today,
    ChangedSinceShown, IllegalTransition unless it is reviewed and each value that was kept against
    a rule was opened.
    """
    check_can_approve(by, submission)
    _check_as_shown(submission, version)
    if _with_unseen([submission.pk], by=by):
        raise IllegalTransition("overridesUnseen")
    give_approval(submission, by=by)
    _tell_programs([submission], queue)
    settle(submission.batch, by=by)


@transaction.atomic
def approve_batch(
    batch: Batch, *, by: User, queue: Queue, shown: Mapping[int, int]
) -> BatchApproval:
    """Approve the records of a batch that were shown, but for what this person must not approve.

    1. what was shown must be as it is; 2. left out are records closed to the approver, as their own
    work is, and records with values kept against a rule that they have not opened; 3. the moves,
    also that of the batch, and the programs that wait for them.

    `shown` holds the version of each record by its key. Other records that wait are left as they
    are. A batch in which all was rejected is closed by the same act, with nothing shown. Raises
    NotAllowed, ChangedSinceShown, IllegalTransition when nothing waits or nothing is left.
    """
    check_can_supervise(by)
    parted = _parted(shown, by=by)
    elsewhere = any(record.batch_id != batch.pk for record in parted.chosen)
    if elsewhere or LeftOut.CHANGED in parted.left_out:
        raise ChangedSinceShown("batchChangedSinceShown")

    closed, unseen = (parted.left_out.get(why, []) for why in (LeftOut.CLOSED, LeftOut.UNSEEN))
    if unseen and not parted.chosen:
        records = ", ".join(f"#{pk}" for pk in unseen)
        raise IllegalTransition("overridesUnseenInBatch", records=records)
    if closed and not parted.chosen:
        raise NotAllowed(why_closed(by, Submission.objects.filter(pk__in=closed).closed_to(by)))
    if not parted.chosen:
        _close(batch, by=by)
        return BatchApproval(approved=0, own=0)

    _approve_all(parted.chosen, by=by, queue=queue)
    return BatchApproval(len(parted.chosen), len(closed), tuple(unseen))


def approve_records(shown: Mapping[int, int], *, by: User, queue: Queue) -> SetOutcome:
    """Approve records of any batches that are as they were shown; tell what was left out, and why.

    `shown` holds the version of each record by its key. Each chunk is a transaction of its own, so
    what was interrupted is asked for again with the same `shown`, and nothing is done twice.
    Raises NotAllowed.
    """
    check_can_supervise(by)
    return together([_approve_chunk(chunk, by=by, queue=queue) for chunk in chunks(shown)])


@transaction.atomic
def _approve_chunk(shown: Mapping[int, int], *, by: User, queue: Queue) -> SetOutcome:
    parted = _parted(shown, by=by)
    _approve_all(parted.chosen, by=by, queue=queue)
    return parted.outcome


def _parted(shown: Mapping[int, int], *, by: User) -> Sorted:
    """Hold records that were shown, and tell which of them this person may approve."""
    awaited = Notice.objects.unsettled().filter(submission=OuterRef("pk"))
    return sort_out(shown, by=by, why_not=_why_not_approved, is_awaited=Exists(awaited))


def _why_not_approved(record: Submission) -> LeftOut | None:
    if record.status != SubmissionStatus.REVIEWED:
        return LeftOut.CHANGED
    if record.is_closed:
        return LeftOut.CLOSED
    return LeftOut.UNSEEN if record.is_unseen else None


def _approve_all(held: Sequence[Submission], *, by: User, queue: Queue) -> None:
    """Approve records that are held, and tell the programs that wait for one of them."""
    digests = _bind(held, by=by)
    params = {pk: {"digest": digest} for pk, digest in digests.items()}
    move_all(held, SubmissionStatus.APPROVED, by=by, params=params)
    note_approved(_pks(held))
    if awaited := [record for record in held if record.is_awaited]:
        _tell_programs(awaited, queue)


def _with_unseen(pks: Sequence[int], *, by: User) -> list[int]:
    """Return those of these records that hold overrides which this person has not opened."""
    records = Submission.objects.filter(pk__in=pks).with_unseen_overrides(by)
    return list(records.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def see_override(field: Field, *, version: int, by: User) -> None:
    """Note that a supervisor has opened a value that was kept against a rule, as it is at `version`.

    1. who may, and whether it is as they saw it; 2. the sight, once; 3. its event. Raises
    NotAllowed, IllegalTransition unless the record awaits approval, ChangedSinceShown, ReviewError
    for a value that is kept against no rule.
    """
    check_can_supervise(by)
    record = field.submission
    if record.status != SubmissionStatus.REVIEWED:
        raise IllegalTransition("illegalTransition", present=str(record.get_status_display()))
    if version != field.version:
        raise ChangedSinceShown("changedSinceShown")
    if not field.is_override:
        raise ReviewError("noOverride")

    _sight, is_new = OverrideSight.objects.get_or_create(field=field, by=by, version=version)

    if is_new:
        seen = Event(
            kind=EventKind.OVERRIDE_SEEN,
            by=by,
            submission=record,
            field_name=field.name,
            new=field.value,
        )
        append([seen])


def give_approval(submission: Submission, *, by: User) -> None:
    """Bind an approval to the content of a record, and move the record.

    It is held, so that it does not change meanwhile. Raises IllegalTransition when it has moved.
    """
    lock([submission], to=SubmissionStatus.APPROVED)
    digests = _bind([submission], by=by)
    params = {"digest": digests[submission.pk]}
    move(submission, SubmissionStatus.APPROVED, by=by, params=params)
    note_approved([submission.pk])


def _bind(held: Sequence[Submission], *, by: User) -> dict[int, str]:
    """Store a person's word for what each record says now; return the digests of that."""
    said = contents_with({record.pk: record.sha256 for record in held}) if held else {}
    digests = {pk: digest_of(content) for pk, content in said.items()}

    now = timezone.now()
    approvals = []
    for record in held:
        approval = Approval(
            submission=record, version=record.version + 1, digest=digests[record.pk], by=by, at=now
        )
        approvals.append(approval)
    Approval.objects.bulk_create(approvals)
    return digests


def _pks(submissions: Iterable[Submission]) -> list[int]:
    return [submission.pk for submission in submissions]


def _tell_programs(approved: Iterable[Submission], queue: Queue) -> None:
    """Queue what programs wished to be told of these records."""
    wished = Notice.objects.unsettled().filter(submission__in=_pks(approved))
    for notice_pk in wished.order_by("pk").values_list("pk", flat=True):
        queue(notice_pk)


def _close(batch: Batch, *, by: User) -> None:
    """Close a batch in which everything was rejected."""
    check_can_close(by, batch)
    if batch.submissions.awaiting_approval().exists():
        raise ChangedSinceShown("batchChangedSinceShown")
    if batch.status != BatchStatus.SUBMITTED:
        raise IllegalTransition("nothingToApprove")
    move(batch, BatchStatus.APPROVED, by=by)


@transaction.atomic
def return_to_clerk(
    submission: Submission,
    *,
    by: User,
    reason: str,
    field_names: Iterable[str] = (),
    comments: Mapping[str, str] | None = None,
    version: int | None = None,
) -> None:
    """Send a record back with a reason; the named fields must be verified anew.

    1. the reason, and what is said of single fields; 2. the move, whose event keeps how the values
    were; 3. the fields to look at again.

    `comments` say by a field's name what is asked of it, where the reason does not. A picture that
    was rejected before it was read gets its 23 empty fields, so that a person can fill them in.
    `version` is what the person saw, by default the one in hand. Raises NotAllowed, ReviewError
    without a reason, ChangedSinceShown, IllegalTransition.
    """
    check_can_supervise(by)
    reason = reason.strip()
    if not reason:
        raise ReviewError("reasonMissing")
    _check_as_shown(submission, version)
    if submission.status == SubmissionStatus.ESCALATED:
        # A question goes back with its answer.
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    asked = dict.fromkeys(field_names, "")
    for name, comment in (comments or {}).items():
        asked[name] = comment.strip()

    before = submission.fields.states_by_record([submission.pk]).get(submission.pk, {})
    move(
        submission,
        SubmissionStatus.RETURNED,
        by=by,
        reason=reason,
        params={"fields": asked, "before": before},
        values={"return_reason": reason},
    )

    if not before:
        _fill_in_by_hand(submission)
    _ask_about([submission.pk], asked, reason)

    reopen(submission.batch, by=by)
    settle(submission.batch, by=by)


def return_many(
    shown: Mapping[int, int], *, by: User, reason: str, field_names: Sequence[str] = ()
) -> SetOutcome:
    """Send records back with one reason; of those that are not as shown, tell which were left out.

    The named fields of each must be verified anew. What `approve_records` says of `shown` holds
    here, too. Raises NotAllowed, ReviewError without a reason.
    """
    check_can_supervise(by)
    reason = reason.strip()
    if not reason:
        raise ReviewError("reasonMissing")
    asked = dict.fromkeys(field_names, "")
    done = [_return_chunk(chunk, by=by, reason=reason, asked=asked) for chunk in chunks(shown)]
    return together(done)


@transaction.atomic
def _return_chunk(
    shown: Mapping[int, int], *, by: User, reason: str, asked: Mapping[str, str]
) -> SetOutcome:
    """1. The records; 2. how their values were; 3. the moves; 4. the fields to look at again."""
    parted = sort_out(shown, by=by, why_not=_why_not_returned)
    pks = _pks(parted.chosen)
    if not pks:
        return parted.outcome

    before = Field.objects.states_by_record(pks)
    params = {pk: {"fields": dict(asked), "before": before.get(pk, {})} for pk in pks}
    values = {"return_reason": reason}
    returned = SubmissionStatus.RETURNED
    move_all(parted.chosen, returned, by=by, reason=reason, params=params, values=values)

    for record in parted.chosen:
        if record.pk not in before:
            _fill_in_by_hand(record)
    _ask_about(pks, asked, reason)
    return parted.outcome


def _why_not_returned(record: Submission) -> LeftOut | None:
    """A question goes back with its answer; what is under way or approved does not go back."""
    may_be = record.status in (SubmissionStatus.REVIEWED, SubmissionStatus.REJECTED)
    return None if may_be else LeftOut.STATUS


@transaction.atomic
def answer(submission: Submission, *, by: User, text: str, version: int | None = None) -> None:
    """Answer a question; the record goes back to who worked on it first.

    That is who asked, unless a second reader did: they see no more of the record than what was
    unsure, so the answer goes to the first one, who finishes it. Who answers has not worked on the
    values and may approve them later. `version` is what the person saw, by default the one in hand.
    Raises NotAllowed, ReviewError without an answer, ChangedSinceShown, IllegalTransition when
    nobody asks any more.
    """
    check_can_supervise(by)
    text = text.strip()
    if not text:
        raise ReviewError("reasonMissing")
    _check_as_shown(submission, version)
    if submission.status != SubmissionStatus.ESCALATED:
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))

    values = {"return_reason": text}
    move(submission, SubmissionStatus.RETURNED, by=by, reason=text, values=values)
    settle(submission.batch, by=by)


def _ask_about(records: Sequence[int], asked: Mapping[str, str], reason: str) -> None:
    """Have these fields verified anew; what was asked about before is no longer."""
    Flag.objects.filter(field__submission__in=records, code=RETURNED).delete()
    doubted = Field.objects.filter(submission__in=records, name__in=list(asked))
    flags = []
    for field in doubted:
        returned = finding(RETURNED, field.name, reason=asked[field.name] or reason)
        flags.append(Flag.of(field.pk, returned))
    Flag.objects.bulk_create(flags)
    doubted.update(version=F("version") + 1, **UNVERIFIED)


def _check_as_shown(submission: Submission, version: int | None) -> None:
    """Refuse a decision on what is no longer there."""
    if version not in (None, submission.version):
        raise ChangedSinceShown("changedSinceShown")


def _fill_in_by_hand(submission: Submission) -> None:
    fields = []
    for position, spec in enumerate(FIELDS):
        fields.append(Field(submission=submission, name=spec.name, position=position))
    Field.objects.bulk_create(fields)
    judge_again(submission)
