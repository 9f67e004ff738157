"""Claim: one clerk at a time holds a record, until it is submitted, given back or time is up."""

from django.conf import settings
from django.db import transaction

from reviewapp.exceptions import ClaimLost, IllegalTransition
from reviewapp.models import Event, Submission, User
from reviewapp.models.submission import FREE
from reviewapp.permissions import check_can_review
from reviewapp.states import EventKind

ATTEMPTS = 20


@transaction.atomic
def claim(submission: Submission, *, by: User) -> None:
    """Take a record, or take it on.

    Raises NotAllowed in the wrong role, IllegalTransition when there is nothing to review,
    ClaimLost when somebody else holds it.
    """
    check_can_review(by, submission)
    if not submission.is_claimable:
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    was_held = submission.is_held_by(by)
    if not submission.hold(by, minutes=settings.CLAIM_MINUTES):
        submission.refresh_from_db()
        holder = submission.holder
        raise ClaimLost("heldByOther", name=holder.display_name if holder else "?")
    if not was_held:
        Event.objects.create(kind=EventKind.CLAIMED, by=by, submission=submission)


def claim_next(*, by: User, after: Submission | None = None) -> Submission | None:
    """Take the next waiting record: one returned to this clerk first, then the oldest.

    None: nothing waits.

    `after` is skipped, so that "next" never gives back the record just put aside.
    """
    check_can_review(by)
    for _ in range(ATTEMPTS):
        waiting = Submission.objects.claimable(by).returned_first()
        candidate = (waiting.exclude(pk=after.pk) if after else waiting).first()
        if candidate is None:
            return None
        try:
            claim(candidate, by=by)
        except (ClaimLost, IllegalTransition):
            continue
        return candidate
    return None


def renew(submission: Submission, *, by: User) -> None:
    """Hold a record for another while, also after its time if nobody else has taken it.

    Raises ClaimLost when they gave it back, somebody else took it, or it is no longer to be
    reviewed.
    """
    if not submission.keep(by, minutes=settings.CLAIM_MINUTES):
        raise ClaimLost("claimLost")


@transaction.atomic
def give_back(submission: Submission, *, by: User) -> None:
    """Put a record back for others. Nothing happens when it is no longer held."""
    held = Submission.objects.filter(pk=submission.pk, claimed_by=by)
    if held.update(**FREE) == 1:
        submission.claimed_by = submission.claimed_until = None
        Event.objects.create(kind=EventKind.GIVEN_BACK, by=by, submission=submission)
