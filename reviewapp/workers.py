"""Signs of life of the worker processes, and what happens to the work of one that has gone silent."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp.exceptions import EngineError, IllegalTransition
from reviewapp.models import Heartbeat, Submission
from reviewapp.stages import recognise
from reviewapp.tasks import read_picture

logger = logging.getLogger(__name__)

BEATS_IN_SILENCE = 6
FORGET_AFTER = timedelta(days=1)
ATTEMPTS = 3


def silence() -> timedelta:
    """Return how long a worker may be silent before its tasks are given to others."""
    return timedelta(seconds=settings.WORKER_SILENT_SECONDS)


def beat(worker_id: str) -> None:
    """Say that this worker lives."""
    Heartbeat.objects.update_or_create(worker_id=worker_id, defaults={"beat_at": timezone.now()})
    Heartbeat.objects.filter(beat_at__lt=timezone.now() - FORGET_AFTER).delete()


def requeue_lost() -> int:
    """Put back the tasks of workers that have gone silent; return how many.

    A task that stopped its worker ATTEMPTS times is given up, and its record says so.
    """
    alive = set(Heartbeat.objects.filter(beat_at__gte=timezone.now() - silence()).values_list("worker_id", flat=True))
    long_ago = timezone.now() - silence()
    lost = [
        task
        for task in DBTaskResult.objects.running().filter(started_at__lt=long_ago)
        if not task.worker_ids or task.worker_ids[-1] not in alive
    ]
    return sum(_give_up(task) if len(task.worker_ids) >= ATTEMPTS else _requeue(task) for task in lost)


def _requeue(task: DBTaskResult[..., object]) -> int:
    running = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
    logger.warning("task put back", extra={"task": str(task.pk), "attempts": len(task.worker_ids)})
    return running.update(status=TaskResultStatus.READY)


@transaction.atomic
def _give_up(task: DBTaskResult[..., object]) -> int:
    error = EngineError("workerLost", attempts=len(task.worker_ids))
    task.set_failed(error)
    if task.task_path != read_picture.module_path:
        return 0
    submission = Submission.objects.select_related("batch").filter(pk=task.args_kwargs["args"][0]).first()
    try:
        if submission is not None:
            recognise.fail(submission, error)
    except IllegalTransition:
        logger.info("record was finished by another worker", extra={"submission": task.args_kwargs["args"][0]})
    return 0


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Beat and look for lost tasks beside the worker's own work."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(stop, worker_id), name="heartbeat", daemon=True)
    beat(worker_id)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        Heartbeat.objects.filter(worker_id=worker_id).delete()


def _beat_until(stop: threading.Event, worker_id: str) -> None:
    while not stop.wait(settings.WORKER_SILENT_SECONDS / BEATS_IN_SILENCE):
        close_old_connections()
        try:
            beat(worker_id)
            requeue_lost()
        except OperationalError:
            logger.warning("heartbeat failed, trying again", exc_info=True)
    connection.close()
