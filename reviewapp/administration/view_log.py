"""View: a look at a child's record leaves a trace."""

from datetime import timedelta

from django.utils import timezone

from reviewapp.models import Event, Submission, User
from reviewapp.states import EventKind

QUIET = timedelta(minutes=10)


def note_view(submission: Submission, *, by: User) -> None:
    """Record that a person opened a record that they do not hold, once in QUIET at most.

    Source: 未成年人网络保护条例, article 36 (access to minors' data must be recorded).
    """
    if submission.is_held_by(by):
        return
    recently = timezone.now() - QUIET
    views = submission.events.filter(kind=EventKind.VIEWED, by=by)
    if not views.filter(at__gt=recently).exists():
        Event.objects.create(submission=submission, kind=EventKind.VIEWED, by=by)
