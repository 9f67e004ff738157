from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django_tasks_db.models import DBTaskResult

from reviewapp.models import Submission
from reviewapp.processes import worker
from reviewapp.processes.readiness import waiting_migrations

PATH = "/healthz"


def answer_health_checks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer whoever watches over the servers, by whatever name or address they ask, before any redirect."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH or request.method not in ("GET", "HEAD"):
            return get_response(request)
        response = _health()
        add_never_cache_headers(response)
        return response

    return middleware


def _health() -> JsonResponse:
    """Say whether this server can answer (503 if not), and whether pictures are being read.

    1. Does the database answer. 2. Is it as new as the program. 3. What waits, and who reads. A
    server whose pictures are not read still serves all pages, so `degraded` comes with 200: a
    balancer keeps it.
    """
    try:
        if waiting_migrations():
            return JsonResponse({"status": "migrations wait", "database": True}, status=503)
        waiting = Submission.objects.received().count()
        alive = worker.alive()
        found: dict[str, Any] = {
            "workers": alive,
            "waiting": waiting,
            "oldest_waits_seconds": _oldest_waits(),
        }
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "error", "database": False}, status=503)
    is_degraded = waiting and not alive and worker.are_ours()
    return JsonResponse({"status": "degraded" if is_degraded else "ok", "database": True, **found})


def _oldest_waits() -> int:
    """Return for how many seconds the oldest task has waited that could be done now."""
    oldest = (
        DBTaskResult.objects.ready()
        .order_by("enqueued_at")
        .values_list("enqueued_at", flat=True)
        .first()
    )
    return int((timezone.now() - oldest).total_seconds()) if oldest else 0
