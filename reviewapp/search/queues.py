"""What waits for a person, by name: the numbers of the first page and the lists behind them."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviewapp.models import Submission, User
from reviewapp.models.submission import SubmissionQuerySet
from reviewapp.states import REVIEWERS, Role


class Queue(NamedTuple):
    """Records that somebody counts and lists; whoever has one of these roles may open them all."""

    label: str | Promise
    records: Callable[[User], SubmissionQuerySet]
    roles: tuple[Role, ...] = REVIEWERS


def midnight() -> datetime:
    """Return when today began, where this installation is."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _begun(user: User) -> SubmissionQuerySet:
    """Return what a person holds, but for a second reading, which no list may show to clerks."""
    return Submission.objects.begun_by(user).open_to(user)


def _finished_today(user: User) -> SubmissionQuerySet:
    return Submission.objects.finished_by(user, since=midnight())


def _second(user: User) -> SubmissionQuerySet:
    return Submission.objects.for_second_reading(user)


def _never_exported(user: User) -> SubmissionQuerySet:
    return Submission.objects.approved().never_exported()


QUEUES = {
    "to_review": Queue(_("To review"), Submission.objects.claimable),
    "second": Queue(_("For a second reader"), _second, (Role.SUPERVISOR,)),
    "returned": Queue(_("Returned to me"), Submission.objects.returned_to),
    "begun": Queue(_("Begun by me"), _begun),
    "finished": Queue(_("Finished by me today"), _finished_today),
    "skipped": Queue(_("Skipped by me"), Submission.objects.skipped_by),
    "postponed": Queue(pgettext_lazy("records", "Postponed"), Submission.objects.postponed),
    "never_exported": Queue(_("Never exported"), _never_exported, (Role.ADMIN,)),
}


def queues_of(user: User) -> dict[str, Queue]:
    """Return the queues that this person's role has."""
    return {name: queue for name, queue in QUEUES.items() if user.role in queue.roles}
