"""Approve: a second person approves records or sends them back."""

from collections.abc import Callable, Iterable, Mapping

from django.db import transaction

from reviewapp.certificate.fields import FIELDS
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed, ReviewError
from reviewapp.models import Batch, Field, Flag, Notice, Submission, User
from reviewapp.models.field import UNVERIFIED
from reviewapp.permissions import check_can_approve, check_can_supervise
from reviewapp.rules.base import finding
from reviewapp.rules.catalogue import RETURNED
from reviewapp.stages.flag import judge_again
from reviewapp.states import BatchStatus, SubmissionStatus
from reviewapp.transitions import move, settle

# Asks for the delivery of a notice, by its number.
type Queue = Callable[[int], object]


@transaction.atomic
def approve(submission: Submission, *, by: User, queue: Queue, version: int | None = None) -> None:
    """Approve one record as it was at `version`, which the person saw; by default the one in hand.

    `queue` is called, in the same transaction, for each program that waits for the approval.
    Raises NotAllowed for one's own work, ChangedSinceShown, IllegalTransition unless it is
    reviewed.
    """
    check_can_approve(by, submission)
    _check_as_shown(submission, version)
    move(submission, SubmissionStatus.APPROVED, by=by)
    _tell_programs([submission], queue)
    settle(submission.batch, by=by)


@transaction.atomic
def approve_batch(
    batch: Batch, *, by: User, queue: Queue, shown: Mapping[int, int]
) -> tuple[int, int]:
    """Approve the records of a batch that were shown, but for the person's own work: all or none.

    1. what was shown must be as it is; 2. the approver's own work is left out; 3. the moves, and
    the programs that wait for them; 4. the batch.

    `shown` holds the version of each record by its key. Other records that wait are left as they
    are. Return how many were approved and how many were left as the approver's own work. A batch in
    which all was rejected is closed by the same act, with nothing shown. Raises NotAllowed,
    ChangedSinceShown, IllegalTransition when nothing waits.
    """
    check_can_supervise(by)
    waiting = batch.submissions.as_shown(shown)
    if len(waiting) != len(shown):
        raise ChangedSinceShown("batchChangedSinceShown")

    touched = batch.submissions.filter(pk__in=list(shown)).touched_by(by)
    touched_pks = set(touched.values_list("pk", flat=True))
    approvable = [submission for submission in waiting if submission.pk not in touched_pks]
    if touched_pks and not approvable:
        raise NotAllowed("ownWork")
    if not approvable:
        _close(batch, by=by)
        return 0, 0

    for submission in approvable:
        move(submission, SubmissionStatus.APPROVED, by=by)
    _tell_programs(approvable, queue)

    settle(batch, by=by)
    return len(approvable), len(touched_pks)


def _tell_programs(approved: Iterable[Submission], queue: Queue) -> None:
    """Queue what programs wished to be told of these records."""
    pks = [submission.pk for submission in approved]
    wished = Notice.objects.unsettled().filter(submission__in=pks)
    for notice_pk in wished.order_by("pk").values_list("pk", flat=True):
        queue(notice_pk)


def _close(batch: Batch, *, by: User) -> None:
    """Close a batch in which everything was rejected."""
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
    version: int | None = None,
) -> None:
    """Send a record back with a reason; the named fields must be verified anew.

    1. the reason; 2. the move; 3. the fields to look at again. A picture that was rejected before
    it was read gets its 23 empty fields, so that a person can fill them in. `version` is what the
    person saw, by default the one in hand. Raises NotAllowed, ReviewError without a reason,
    ChangedSinceShown, IllegalTransition.
    """
    check_can_supervise(by)
    reason = reason.strip()
    if not reason:
        raise ReviewError("reasonMissing")
    _check_as_shown(submission, version)

    move(
        submission,
        SubmissionStatus.RETURNED,
        by=by,
        reason=reason,
        values={"return_reason": reason},
    )

    if not submission.fields.exists():
        _fill_in_by_hand(submission)
    _ask_about(submission, field_names, reason)

    settle(submission.batch, by=by)


def _ask_about(submission: Submission, field_names: Iterable[str], reason: str) -> None:
    """Have these fields verified anew; what was asked about before is no longer."""
    Flag.objects.filter(field__submission=submission, code=RETURNED).delete()
    doubted = submission.fields.filter(name__in=list(field_names))
    flags = []
    for field in doubted:
        returned = finding(RETURNED, field.name, reason=reason)
        flags.append(Flag.of(field.pk, returned))
    Flag.objects.bulk_create(flags)
    doubted.update(**UNVERIFIED)


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
