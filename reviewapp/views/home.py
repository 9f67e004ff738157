"""The first page: what waits, and one obvious next thing to do."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviewapp.http import PersonRequest
from reviewapp.models import Batch, Breaker, Submission, User
from reviewapp.processes import worker
from reviewapp.states import Role

SHOWN = 10


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Show a person what waits for their role.

    htmx asks for the changing part alone while pictures are read.
    """
    role = Role(request.user.role)
    waiting = WAITING[role](request.user)
    context: dict[str, Any] = {
        "waiting": waiting,
        "waiting_template": f"home/{role}.html",
        "standstill": worker.stand_still(waiting["received"]),
    }
    if request.htmx:
        return render(request, "home/home.html#waiting", context)

    finished = Submission.objects.finished_by(request.user, since=_midnight())
    context["finished"] = finished.select_related("batch")
    return render(request, "home/home.html", context)


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _failed() -> dict[str, Any]:
    failed = Submission.objects.failed()
    return {"failed": failed.count(), "not_read": failed.select_related("batch").in_order()[:SHOWN]}


def _for_clerk(user: User) -> dict[str, Any]:
    submissions = Submission.objects
    return {
        "held": submissions.to_review().held_by(user).in_order(),
        "returned": submissions.returned_to(user).count(),
        "to_review": submissions.claimable(user).count(),
        "received": submissions.received().count(),
        **_failed(),
    }


def _for_supervisor(user: User) -> dict[str, Any]:
    batches = Batch.objects.awaiting_approval().with_counts().oldest_first()
    return {"batches": batches[:SHOWN], "batch_count": len(batches), **_for_clerk(user)}


def _for_admin(user: User) -> dict[str, Any]:
    submissions = Submission.objects
    return {
        "breaker": Breaker.objects.first(),
        "to_export": submissions.approved().never_exported().count(),
        "approved": submissions.approved().count(),
        **_failed(),
        "received": submissions.received().count(),
    }


WAITING = {Role.CLERK: _for_clerk, Role.SUPERVISOR: _for_supervisor, Role.ADMIN: _for_admin}
