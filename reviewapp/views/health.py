import shutil
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django_tasks_db.models import DBTaskResult

from reviewapp.administration import view_log
from reviewapp.models import Submission
from reviewapp.processes import worker
from reviewapp.processes.readiness import waiting_migrations

PATH = "/healthz"
# Room for ten pictures, with what the screen and the database need for each.
ROOM_BYTES = 200 * 1024 * 1024


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
    """Say whether this server can answer (503 if not), and what does not go on behind its pages.

    A server whose pictures are not read still serves all pages, so `degraded` comes with 200: a
    balancer keeps it.

    1. Is the database as new as the program. 2. What waits, and who reads. 3. The answer.
    """
    try:
        if waiting_migrations():
            return JsonResponse({"status": "migrations wait", "database": True}, status=503)
        waiting = Submission.objects.received().count()
        workers = worker.alive()
        oldest_waits_seconds = _oldest_waits()
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "error", "database": False}, status=503)

    degraded = _degraded(waiting, workers)
    return JsonResponse(
        {
            "status": "degraded" if degraded else "ok",
            "degraded": degraded,
            "database": True,
            "workers": workers,
            "waiting": waiting,
            "oldest_waits_seconds": oldest_waits_seconds,
        }
    )


def _degraded(waiting: int, workers: int) -> list[str]:
    """Name what does not go on: reading, taking pictures in, or writing down who looked."""
    is_degraded = {
        "workers": bool(waiting) and not workers and worker.are_ours(),
        "storage": _is_nearly_full(),
        "traces": _traces_wait(),
    }
    return [name for name, is_so in is_degraded.items() if is_so]


def _traces_wait() -> bool:
    """Return whether traces of looks still wait.

    Whoever watches over the servers asks every few seconds, also where no worker runs: so what waits
    is written as soon as it can be.
    """
    with suppress(Exception):
        view_log.write_kept_looks()
    return view_log.spool().waiting() > 0


def _is_nearly_full() -> bool:
    """Return whether the disk of the data directory has hardly any room."""
    return shutil.disk_usage(settings.DATA_DIR).free < ROOM_BYTES


def _oldest_waits() -> int:
    """Return for how many seconds the oldest task has waited that could be done now."""
    ready = DBTaskResult.objects.ready().order_by("enqueued_at")
    oldest = ready.values_list("enqueued_at", flat=True).first()
    if oldest is None:
        return 0
    return int((timezone.now() - oldest).total_seconds())
