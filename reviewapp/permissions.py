"""Who may do what.

`check_can_<verb>` raises NotAllowed with its sentence; `allowed` asks the same politely.
"""

from collections.abc import Callable

from django.utils import timezone

from reviewapp.exceptions import NotAllowed
from reviewapp.models import Amendment, Batch, Event, Submission, User
from reviewapp.models.submission import SubmissionQuerySet
from reviewapp.models.user import SETTLING_TIME
from reviewapp.states import Role, SubmissionStatus


def allowed[T](check: Callable[[User, T], None], user: User, obj: T) -> bool:
    """Return whether a check lets this user pass."""
    try:
        check(user, obj)
    except NotAllowed:
        return False
    return True


def check_is_no_auditor(user: User, obj: object = None) -> None:
    """Auditors read history and settings; no record, picture or export is open to them."""
    if user.is_auditor:
        raise NotAllowed("auditorOnlyReads")


def check_can_upload(user: User, batch: Batch | None = None) -> None:
    """Everybody but auditors brings pictures in; no picture joins a batch that is approved."""
    check_is_no_auditor(user)
    if batch is not None and batch.status == "approved":
        raise NotAllowed("batchClosed", name=batch.name)


def check_can_view(user: User, submission: Submission) -> None:
    """Clerks see work that is under way and what they did themselves.

    Supervisors and administrators see everything, auditors only the history.
    """
    check_is_no_auditor(user)
    if user.role != Role.CLERK or submission.status != SubmissionStatus.APPROVED:
        return
    if user.pk not in (submission.reviewed_by_id, submission.received_by_id):
        raise NotAllowed("notYours")


def check_can_review(user: User, submission: Submission | None = None) -> None:
    """Clerks and supervisors review.

    A returned record goes to its clerk, if still here, or to a supervisor.
    """
    if not user.is_reviewer:
        raise NotAllowed("notReviewer")
    if submission is None or submission.status != SubmissionStatus.RETURNED or user.is_supervisor:
        return
    clerk = submission.reviewed_by
    if clerk not in (None, user) and clerk.is_active and clerk.is_reviewer:
        raise NotAllowed("returnedToOther", name=clerk.display_name)


def check_can_read_second(user: User, submission: Submission) -> None:
    """Clerks and supervisors read what somebody else was unsure of, never their own."""
    check_can_review(user)
    if Submission.objects.filter(pk=submission.pk).touched_by(user).exists():
        raise NotAllowed("ownUnsure")


def check_can_open(user: User, submission: Submission) -> None:
    """Who may read a record as the second one sees nothing of what the first one read.

    Supervisors see it: they answer for the whole.
    """
    check_can_view(user, submission)
    if user.role != Role.CLERK or not submission.is_for_second_reading:
        return
    if not Submission.objects.filter(pk=submission.pk).touched_by(user).exists():
        raise NotAllowed("secondReadingBlind")


def check_can_oversee(user: User, obj: object = None) -> None:
    """Supervisors and administrators see what is wrong with the papers of hospitals."""
    if not (user.is_supervisor or user.is_administrator):
        raise NotAllowed("notOverseer")


def check_can_supervise(user: User, obj: Submission | Batch | None = None) -> None:
    """Only supervisors see the approval of batches and return records."""
    if not user.is_supervisor:
        raise NotAllowed("notSupervisor")


def check_can_approve(user: User, submission: Submission) -> None:
    """Two pairs of eyes: nobody approves a record on which they have worked.

    Nor, for a day, what they had to do with before their role rose; nor anything for a day after
    they set a password through a link, which somebody else made and could have opened.
    """
    check_can_supervise(user)
    this_one = Submission.objects.filter(pk=submission.pk)
    if this_one.closed_to(user).exists():
        raise NotAllowed(why_closed(user, this_one))


def check_can_close(user: User, batch: Batch) -> None:
    """Only supervisors close a batch of rejected pictures, and not just after a link."""
    check_can_supervise(user)
    if is_settling(user):
        raise NotAllowed("passwordSetByLink")


def why_closed(user: User, closed: SubmissionQuerySet) -> str:
    """Return the code of why a person must not approve these records, which are all closed."""
    if closed.touched_by(user).exists():
        return "ownWork"
    return "passwordSetByLink" if is_settling(user) else "knownBeforeRise"


def is_settling(user: User) -> bool:
    """Return whether a person who had done something has just set a password through a link."""
    since = timezone.now() - SETTLING_TIME
    return Event.objects.passwords_by_link(user, since=since).exists()


def check_can_read_history(user: User, obj: object = None) -> None:
    """Supervisors and auditors read what everybody did with records, people and settings.

    The pages of history are for those who watch over others, also over administrators; these have
    the bare events in Django's admin, and the last changes on the pages of settings and people.
    """
    if not (user.is_supervisor or user.is_auditor):
        raise NotAllowed("notHistoryReader")


def check_can_read_settings(user: User, obj: object = None) -> None:
    """Administrators and auditors see thresholds, rules and people."""
    if not user.is_auditor:
        check_can_administer(user)


def check_can_amend(user: User, submission: Submission) -> None:
    """Who reviews may ask for a correction of an approved record that they may view."""
    check_can_review(user)
    check_can_view(user, submission)


def check_can_decide(user: User, amendment: Amendment) -> None:
    """Two pairs of eyes: who asked for a correction, or worked on the record, does not decide."""
    check_can_supervise(user)
    if amendment.asked_by_id == user.pk:
        raise NotAllowed("amendmentOwn")
    check_can_approve(user, amendment.submission)


def check_can_withdraw(user: User, amendment: Amendment) -> None:
    """Who asked for a correction withdraws it, or, where they are gone, any supervisor."""
    check_can_review(user)
    asker = amendment.asked_by
    if asker == user:
        return
    if asker.is_active and asker.is_reviewer:
        raise NotAllowed("amendmentOfOther", name=asker.display_name)
    check_can_supervise(user)


def check_can_count_numbers(user: User, obj: object = None) -> None:
    """Supervisors and administrators see which numbers are missing or stand twice."""
    if not user.is_administrator:
        check_can_supervise(user)


def check_can_administer(user: User, obj: object = None) -> None:
    """Only administrators export and change thresholds."""
    if not user.is_administrator:
        raise NotAllowed("notAdministrator")


def check_can_recognise(user: User, obj: object = None) -> None:
    """Only users with this permission use the recognition API, by key or in a browser."""
    if not user.may_recognise:
        raise NotAllowed("notRecogniser")
