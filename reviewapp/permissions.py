"""Who may do what.

`check_can_<verb>` raises NotAllowed with its sentence; `allowed` asks the same politely.
"""

from collections.abc import Callable

from reviewapp.exceptions import NotAllowed
from reviewapp.models import Batch, Submission, User
from reviewapp.states import Role, SubmissionStatus


def allowed[T](check: Callable[[User, T], None], user: User, obj: T) -> bool:
    """Return whether a check lets this user pass."""
    try:
        check(user, obj)
    except NotAllowed:
        return False
    return True


def check_can_upload(user: User, batch: Batch | None = None) -> None:
    """Everybody brings pictures in; no picture joins a batch that is approved."""
    if batch is not None and batch.status == "approved":
        raise NotAllowed("batchClosed", name=batch.name)


def check_can_view(user: User, submission: Submission) -> None:
    """Clerks see work that is under way and what they did themselves; the others see everything."""
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


def check_can_supervise(user: User, obj: Submission | Batch | None = None) -> None:
    """Only supervisors see the approval of batches and return records."""
    if not user.is_supervisor:
        raise NotAllowed("notSupervisor")


def check_can_approve(user: User, submission: Submission) -> None:
    """Two pairs of eyes: nobody approves a record on which they have worked."""
    check_can_supervise(user)
    if Submission.objects.filter(pk=submission.pk).touched_by(user).exists():
        raise NotAllowed("ownWork")


def check_can_administer(user: User, obj: object = None) -> None:
    """Only administrators export and change thresholds."""
    if not user.is_administrator:
        raise NotAllowed("notAdministrator")


def check_can_recognise(user: User, obj: object = None) -> None:
    """Only users with this permission use the recognition API, by key or in a browser."""
    if not user.can_recognise:
        raise NotAllowed("notRecogniser")
