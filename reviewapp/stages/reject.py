"""Reject: many pictures are put aside for one reason; a single one is where it is corrected."""

from collections.abc import Mapping
from functools import partial

from django.db import transaction

from reviewapp.models import Submission, User
from reviewapp.permissions import allowed, check_can_review
from reviewapp.sets import LeftOut, SetOutcome, chunks, sort_out, together
from reviewapp.stages.correct import clean, rejection
from reviewapp.states import SUBMISSION_TRANSITIONS, RejectReason, SubmissionStatus
from reviewapp.transitions import move_all


def reject_many(
    shown: Mapping[int, int], *, by: User, reason: RejectReason, note: str = ""
) -> SetOutcome:
    """Put pictures aside for one reason; tell which were left out, and why.

    One that nobody else holds is taken by the same act. `shown` holds the version of each record by
    its key; each chunk is a transaction of its own. Raises NotAllowed.
    """
    check_can_review(by)
    note = clean(note)
    done = [_reject_chunk(chunk, by=by, reason=reason, note=note) for chunk in chunks(shown)]
    return together(done)


@transaction.atomic
def _reject_chunk(
    shown: Mapping[int, int], *, by: User, reason: RejectReason, note: str
) -> SetOutcome:
    parted = sort_out(shown, by=by, why_not=partial(_why_not_rejected, by))
    move_all(
        parted.chosen,
        SubmissionStatus.REJECTED,
        by=by,
        reason=note,
        params={record.pk: {"reason": reason.value} for record in parted.chosen},
        values=rejection(reason, note, by=by),
    )
    return parted.outcome


def _why_not_rejected(by: User, record: Submission) -> LeftOut | None:
    """Return why this person must not reject a record that is as it was shown."""
    transition = SUBMISSION_TRANSITIONS.get(
        (SubmissionStatus(record.status), SubmissionStatus.REJECTED)
    )
    if transition is None or by.role not in transition.roles:
        return LeftOut.STATUS
    if not allowed(check_can_review, by, record):
        return LeftOut.OTHERS
    return None if record.holder in (None, by) else LeftOut.HELD
