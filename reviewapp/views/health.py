from collections.abc import Callable

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
    """Answer whoever watches over the servers, whatever host they name, before any redirect."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH or request.method not in ("GET", "HEAD"):
            return get_response(request)
        response = _health()
        add_never_cache_headers(response)
        return response

    return middleware


def _health() -> JsonResponse:
    """Say whether this server can answer (503 if not), and whether pictures are being read.

    A server whose pictures are not read still serves all pages, so `degraded` comes with 200: a
    balancer keeps it.

    1. Is the database as new as the program. 2. What waits, and who reads. 3. Does it stand still.
    """
    try:
        if waiting_migrations():
            return JsonResponse({"status": "migrations wait", "database": True}, status=503)
        waiting = Submission.objects.received().count()
        workers = worker.alive()
        oldest_waits_seconds = _oldest_waits()
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "error", "database": False}, status=503)

    stands_still = waiting and not workers and worker.are_ours()
    return JsonResponse(
        {
            "status": "degraded" if stands_still else "ok",
            "database": True,
            "workers": workers,
            "waiting": waiting,
            "oldest_waits_seconds": oldest_waits_seconds,
        }
    )


def _oldest_waits() -> int:
    """Return for how many seconds the oldest task has waited that could be done now."""
    ready = DBTaskResult.objects.ready().order_by("enqueued_at")
    oldest = ready.values_list("enqueued_at", flat=True).first()
    if oldest is None:
        return 0
    return int((timezone.now() - oldest).total_seconds())
