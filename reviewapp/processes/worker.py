"""Signs of life of the worker processes, and what happens to the work of a silent one.

The clock may jump. Forward, all look silent until their next beat, so that a picture may be read
twice, of which one reading counts. Back, a beat and a start lie in the future: they say nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp import evidence
from reviewapp.administration import ledger
from reviewapp.administration.view_log import write_kept_looks
from reviewapp.exceptions import OUTAGES, EngineError, IllegalTransition, StorageOutage
from reviewapp.models import Heartbeat, Submission
from reviewapp.stages import export, recognise
from reviewapp.tasks import export_for_a_while, read_picture, tell_of_approval

logger = logging.getLogger(__name__)

OWN_BACKEND = "django_tasks_db.DatabaseBackend"
BEATS_IN_SILENCE = 6
FORGET_AFTER = timedelta(days=1)
ATTEMPTS = 3
# A task that ended by one of these was interrupted by what is not its fault.
INTERRUPTIONS = (*OUTAGES, StorageOutage, SystemExit, KeyboardInterrupt)
INTERRUPTION_PATHS = {f"{kind.__module__}.{kind.__qualname__}" for kind in INTERRUPTIONS}
# An interrupted task waits this long, so that one that is interrupted again and again blocks no
# other.
WAIT_AFTER_INTERRUPTION = timedelta(seconds=5)


def silence() -> timedelta:
    """Return how long a worker may be silent before its tasks are given to others."""
    return timedelta(seconds=settings.WORKER_SILENT_SECONDS)


def alive() -> int:
    """Return how many workers have given a sign of life."""
    return _beating_now().count()


def _beating_now() -> QuerySet[Heartbeat]:
    """Return the workers with a sign of life; one from the future is from before the clock jumped."""
    now = timezone.now()
    return Heartbeat.objects.filter(beat_at__range=(now - silence(), now + silence()))


def are_ours() -> bool:
    """Return whether workers give signs of life; those of another queue give none."""
    return bool(settings.TASKS["default"]["BACKEND"] == OWN_BACKEND)


def stand_still(waiting: int) -> bool:
    """Return whether this many pictures wait in vain, because no worker lives.

    Asks nothing when none waits.
    """
    return waiting > 0 and are_ours() and not alive()


def beat(worker_id: str) -> None:
    """Say that this worker lives."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(worker_id=worker_id, defaults={"beat_at": now})
    Heartbeat.objects.exclude(beat_at__range=(now - FORGET_AFTER, now + FORGET_AFTER)).delete()


def requeue_lost() -> int:
    """Put back the tasks of workers that have gone silent; return how many.

    A task that stopped its worker ATTEMPTS times is given up, and its record says so.
    """
    now = timezone.now()
    living = set(_beating_now().values_list("worker_id", flat=True))
    has_time_to_beat = Q(started_at__range=(now - silence(), now + silence()))

    requeued = 0
    for task in DBTaskResult.objects.running().exclude(has_time_to_beat):
        if task.worker_ids and task.worker_ids[-1] in living:
            continue
        if len(task.worker_ids) >= ATTEMPTS:
            _give_up(task)
        else:
            requeued += _requeue(task)
    return requeued


def _requeue(task: DBTaskResult[..., object]) -> int:
    running = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
    logger.warning("task put back", extra={"task": str(task.pk), "attempts": len(task.worker_ids)})
    return running.update(status=TaskResultStatus.READY)


def put_back_interrupted(worker_id: str) -> int:
    """Put back what stands as running in the name of a worker that does nothing; return how many.

    The database went before the end of the task could be written down, and the worker outlived it.
    """
    running = DBTaskResult.objects.running()
    own_tasks = [task for task in running if task.worker_ids[-1:] == [worker_id]]
    return sum(put_back(task) for task in own_tasks)


def was_interrupted(task: DBTaskResult[..., object]) -> bool:
    """Return whether a task ended because the database or its worker went."""
    return (
        task.status == TaskResultStatus.FAILED and task.exception_class_path in INTERRUPTION_PATHS
    )


def put_back(task: DBTaskResult[..., object]) -> int:
    """Have an interrupted task done again in some seconds.

    It does not count as one that stopped its worker.
    """
    same = DBTaskResult.objects.filter(pk=task.pk, status=task.status, started_at=task.started_at)
    logger.warning("interrupted task put back", extra={"task": str(task.pk)})
    return same.update(
        status=TaskResultStatus.READY,
        worker_ids=task.worker_ids[:-1],
        run_after=timezone.now() + WAIT_AFTER_INTERRUPTION,
        finished_at=None,
        exception_class_path="",
        traceback="",
    )


@transaction.atomic
def _give_up(task: DBTaskResult[..., object]) -> None:
    """End a task that stopped its workers, and let what it was about know."""
    error = EngineError("workerLost", attempts=len(task.worker_ids))
    task.set_failed(error)
    if task.task_path == read_picture.module_path:
        _fail_reading(task.args_kwargs["args"][0], error)
    elif task.task_path == tell_of_approval.module_path:
        # Each attempt is counted, so that this ends.
        tell_of_approval.enqueue(*task.args_kwargs["args"])
    elif task.task_path == export_for_a_while.module_path:
        export.give_up(task.args_kwargs["args"][0], error)


def _fail_reading(submission_id: int, error: EngineError) -> None:
    submission = Submission.objects.select_related("batch").filter(pk=submission_id).first()
    if submission is None:
        return
    try:
        recognise.fail(submission, error)
    except IllegalTransition:
        logger.info("record was finished by another worker", extra={"submission": submission_id})


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Beat and look for lost tasks beside the worker's own work."""
    stop = threading.Event()
    thread = threading.Thread(
        target=_beat_until, args=(stop, worker_id), name="heartbeat", daemon=True
    )
    try_to(beat, worker_id)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        try_to(_forget, worker_id)


def _forget(worker_id: str) -> None:
    Heartbeat.objects.filter(worker_id=worker_id).delete()


def _beat_until(stop: threading.Event, worker_id: str) -> None:
    while not stop.wait(settings.WORKER_SILENT_SECONDS / BEATS_IN_SILENCE):
        try_to(beat, worker_id)
        try_to(requeue_lost)
        try_to(write_kept_looks)
        try_to(ledger.anchor_when_due)
        try_to(evidence.sum_when_due)
    connection.close()


def try_to(work: Callable[..., object], *arguments: object) -> None:
    """Do what is done again soon.

    Nothing that goes wrong in it, least of all an outage, may end who does it.
    """
    close_old_connections()
    try:
        work(*arguments)
    except OUTAGES as error:
        logger.warning(
            "database away, trying again", extra={"work": work.__name__, "error": str(error)}
        )
    except Exception:
        logger.exception("failed, trying again", extra={"work": work.__name__})
