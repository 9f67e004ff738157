"""Claim: one clerk at a time holds a record, until it is submitted, given back or time is up."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed, ReviewError
from reviewapp.history import append
from reviewapp.models import Event, Skip, Submission, User
from reviewapp.models.submission import FREE, NEXT_AMONG, SubmissionQuerySet
from reviewapp.permissions import check_can_read_second, check_can_review, check_can_supervise
from reviewapp.states import EventKind

# Each looks at twice as many records as the one before.
ATTEMPTS = 7
# Longer than a shift, so that a skipped record does not come back in the same one.
SKIPPED_FOR = timedelta(hours=12)
# Who waits longer than this for something asks a supervisor.
MOST_POSTPONED = timedelta(days=90)
# How often a claim is written anew in its time, at most.
RENEWALS = 15
# What is claimed ahead waits for its turn this long; a page that is still there says so in time.
AHEAD = timedelta(minutes=5)


@transaction.atomic
def claim(submission: Submission, *, by: User) -> None:
    """Take a record, or take it on.

    Raises NotAllowed in the wrong role and for a second reading of one's own, IllegalTransition
    when there is nothing to review, ClaimLost when somebody else holds it.
    """
    check_can_review(by, submission)
    if submission.is_for_second_reading:
        check_can_read_second(by, submission)
    elif not submission.is_claimable:
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    if not _hold(submission, by=by):
        submission.refresh_from_db()
        holder = submission.holder
        raise ClaimLost("heldByOther", name=holder.display_name if holder else "?")


def _hold(submission: Submission, *, by: User) -> bool:
    """Take a record, or take it on, with its trace; return whether it was free."""
    was_held = submission.is_held_by(by)
    if not submission.hold(by, minutes=settings.CLAIM_MINUTES):
        return False
    if not was_held:
        append([Event(kind=EventKind.CLAIMED, by=by, submission=submission)])
    return True


@transaction.atomic
def take(submission: Submission, *, by: User) -> None:
    """Take a record on purpose, also one that is postponed or that this person skipped.

    Raises what `claim` raises.
    """
    claim(submission, by=by)
    Skip.objects.filter(submission=submission, by=by).delete()


def claim_next(*, by: User, after: Submission | None = None) -> Submission | None:
    """Take the next waiting record, in the order of `next_for`. None: nothing waits.

    What others take at this moment is passed over, without a wait. `after` is skipped, so that
    "next" never gives back the record just put aside.
    """
    check_can_review(by)
    return _next_among(Submission.objects.all(), by=by, without=[after.pk] if after else [])


def _next_among(
    records: SubmissionQuerySet, *, by: User, without: Collection[int]
) -> Submission | None:
    for attempt in range(ATTEMPTS):
        among = NEXT_AMONG * 2**attempt
        taken = _take_first(records.next_for(by, without=without, among=among), by=by)
        if taken is not None:
            return taken
        # Others may have been about to take all that was looked at.
        if not records.next_for(by, without=without).exists():
            return None
    return None


@transaction.atomic
def _take_first(records: SubmissionQuerySet, *, by: User) -> Submission | None:
    """Take the first record that nobody else is taking at the same moment. None: there is none."""
    waiting = records.select_related("chain")
    first = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if first is None or not _hold(first, by=by):
        return None
    return first


def renew(submission: Submission, *, by: User) -> None:
    """Hold a record for another while, also after its time if nobody else has taken it.

    A sign of life comes every few seconds, so that a lost claim is told at once; for a record read a
    moment ago with nearly all of its time before it, nothing is written. Raises ClaimLost when they
    gave it back, somebody else took it, or it is no longer to be reviewed.
    """
    whole = timedelta(minutes=settings.CLAIM_MINUTES)
    now = timezone.now()
    has_nearly_all = submission.is_held_by(by, at=now + whole - whole / RENEWALS)
    # After a clock went back a claim would last for as long as that, and more.
    has_too_much = submission.is_held_by(by, at=now + whole)
    if has_nearly_all and not has_too_much:
        return
    if not submission.keep(by, minutes=settings.CLAIM_MINUTES):
        raise ClaimLost("claimLost")


@transaction.atomic
def give_back(submission: Submission, *, by: User) -> None:
    """Put a record back for others. Nothing happens when it is no longer held."""
    held = Submission.objects.filter(pk=submission.pk, claimed_by=by)
    if held.update(**FREE) == 1:
        submission.claimed_by = submission.claimed_until = None
        append([Event(kind=EventKind.GIVEN_BACK, by=by, submission=submission)])


@transaction.atomic
def skip(submission: Submission, *, by: User, reason: str) -> None:
    """Put a record aside for a while: it is offered to others at once, to this person later.

    Raises NotAllowed in the wrong role, ReviewError without a reason, ClaimLost, IllegalTransition
    when it is finished already.
    """
    check_can_review(by)
    reason = _given(reason)
    _let_go(submission, by=by)
    until = timezone.now() + SKIPPED_FOR
    Skip.objects.update_or_create(submission=submission, by=by, defaults={"until": until})
    append([Event(kind=EventKind.SKIPPED, by=by, submission=submission, reason=reason)])


@transaction.atomic
def postpone(submission: Submission, *, by: User, reason: str, until: date) -> None:
    """Put a record aside for everybody until the day `until` begins.

    Who may review it can take it earlier on purpose. Raises NotAllowed in the wrong role,
    ReviewError without a reason or for a day that has come or is too far, ClaimLost,
    IllegalTransition when it is finished already.
    """
    check_can_review(by)
    reason = _given(reason)
    today = timezone.localdate()
    if not today < until <= today + MOST_POSTPONED:
        raise ReviewError("postponedDay", days=MOST_POSTPONED.days)

    begin = timezone.make_aware(datetime.combine(until, time.min))
    _let_go(submission, by=by, postponed_until=begin)

    told = until.isoformat()
    append([Event(kind=EventKind.POSTPONED, by=by, submission=submission, reason=reason, new=told)])


def _given(reason: str) -> str:
    """Return a reason without outer spaces; raises ReviewError when there is none."""
    reason = reason.strip()
    if not reason:
        raise ReviewError("reasonMissing")
    return reason


def _let_go(submission: Submission, *, by: User, **columns: object) -> None:
    """End a claim, also one whose time is over if nobody else has taken the record.

    Raises ClaimLost when it is not there, IllegalTransition when the record is finished already or
    waits for a second reader, who gives it back.
    """
    changes = {**FREE, **columns}
    held = Submission.objects.to_review().filter(pk=submission.pk, claimed_by=by)
    if held.update(**changes) == 1:
        for column, value in changes.items():
            setattr(submission, column, value)
        return
    submission.refresh_from_db()
    if submission.is_for_second_reading:
        raise IllegalTransition("secondNotLaidAside")
    if not submission.is_claimable:
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))
    raise ClaimLost("claimLost")


@transaction.atomic
def take_over(submission: Submission, *, by: User, reason: str = "") -> None:
    """Let a supervisor hold a record in the place of whoever holds it now.

    1. the record is held still, so that nobody finishes it meanwhile; 2. without a holder it is
    taken like any other; 3. the claim; 4. the event, which names who was displaced.

    Raises NotAllowed, IllegalTransition when there is nothing to review.
    """
    check_can_supervise(by)
    submission.refresh_from_db(from_queryset=Submission.objects.select_for_update(no_key=True))

    displaced = submission.holder
    if displaced in (None, by):
        claim(submission, by=by)
        return

    if not submission.seize(by, minutes=settings.CLAIM_MINUTES):
        raise IllegalTransition("illegalTransition", present=str(submission.get_status_display()))

    append(
        [
            Event(
                kind=EventKind.TAKEN_OVER,
                by=by,
                person=displaced,
                submission=submission,
                reason=reason.strip(),
            )
        ]
    )


@transaction.atomic
def claim_ahead(*, by: User, beside: Submission) -> Submission | None:
    """Take the record after the one at hand, for a short while, so that it can be shown at once.

    None: nothing waits, somebody else's doubt comes first, which is shown to nobody before its
    turn, or this person holds another record already. The record at hand is locked, so that two
    requests beside it never take two; and what they take back at this moment is theirs to work on,
    and never this.
    """
    check_can_review(by)
    held = Submission.objects.to_review().held_by(by)
    if not held.select_for_update(no_key=True).filter(pk=beside.pk):
        return None
    if held.exclude(pk=beside.pk).exists():
        return None
    if not by.is_supervisor and Submission.objects.for_second_reading(by).exists():
        return None
    waiting = Submission.objects.to_review().held_by_nobody()
    ahead = _next_among(waiting, by=by, without=[beside.pk])
    if ahead is not None:
        ahead.keep(by, minutes=_ahead_minutes())
    return ahead


def _ahead_minutes() -> int:
    return min(settings.CLAIM_MINUTES, int(AHEAD.total_seconds() / 60))


def take_ahead(pk: int, *, by: User) -> Submission | None:
    """Take on what was claimed ahead. None: its time is over, or somebody else took it over."""
    ahead = Submission.objects.claimable(by).held_by(by).filter(pk=pk).first()
    if ahead is None:
        return None
    try:
        claim(ahead, by=by)
    except (ClaimLost, IllegalTransition, NotAllowed):
        return None
    return ahead


def renew_ahead(pk: int, *, by: User) -> None:
    """Keep what was claimed ahead for another while. Nothing is written in the first half of it."""
    now = timezone.now()
    held = Submission.objects.to_review().held_by(by).filter(pk=pk)
    held.filter(claimed_until__lte=now + AHEAD / 2).update(claimed_until=now + AHEAD)


def let_go(*, by: User, pk: int | None = None) -> None:
    """Give back what was claimed ahead and is not worked on: one record, or whatever it is."""
    held = Submission.objects.to_review().held_by(by)
    unused = held.filter(claimed_until__lte=timezone.now() + AHEAD)
    for submission in unused if pk is None else unused.filter(pk=pk):
        give_back(submission, by=by)
