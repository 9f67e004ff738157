"""What the worker does. Tasks take ids: the queue lies in the same database as the records."""

import logging

from django.tasks import task

from reviewapp.administration import reflag, webhooks
from reviewapp.administration.engine_choice import engine
from reviewapp.exceptions import (
    OUTAGES,
    EngineError,
    EnginePaused,
    IllegalTransition,
    InvalidImage,
    StorageOutage,
    outage_code,
)
from reviewapp.models import Export, Notice, Reflag, Submission
from reviewapp.stages import export, ingest, recognise

logger = logging.getLogger(__name__)

REFLAG_SECONDS = 10.0
EXPORT_SECONDS = 10.0
# The first attempt goes before the pictures: a server that is well takes milliseconds. One that
# has failed may hold a worker for seconds each time, so it is tried again while no picture waits.
FIRST_ATTEMPT, LATER_ATTEMPTS = 20, -20


@task
def read_picture(submission_id: int) -> None:
    """Make a picture ready for the screen and have it read.

    While the engine pauses it stays in the queue; what an outage interrupts is put back by the
    worker. Any other error ends in the record, never in a picture that waits for nobody.
    """
    submission = Submission.objects.select_related("batch").get(pk=submission_id)
    try:
        ingest.render(submission)
        recognise.recognise(submission, engine=engine())
    except EnginePaused as paused:
        read_picture.using(run_after=paused.until).enqueue(submission_id)
    except (EngineError, InvalidImage) as error:
        _set_aside(submission, error)
    except FileNotFoundError:
        _set_aside(submission, EngineError("pictureMissing"))
    except OUTAGES:
        raise
    except Exception as error:
        if code := outage_code(error):
            raise StorageOutage(code) from error
        logger.exception("picture not read", extra={"submission": submission_id})
        _set_aside(submission, EngineError("algorithmError"))


def _set_aside(submission: Submission, error: EngineError | InvalidImage) -> None:
    """Say in the record why it cannot be shown; one that was read already stays as it is."""
    try:
        recognise.fail(submission, error)
    except IllegalTransition:
        logger.warning("not shown", extra={"submission": submission.pk, "code": error.code})


@task(priority=10)
def reflag_for_a_while(run_id: int) -> None:
    """Flag stored records anew for some seconds, then make way for others and queue up again."""
    try:
        if not reflag.go_on(Reflag.objects.get(pk=run_id), seconds=REFLAG_SECONDS):
            reflag_for_a_while.enqueue(run_id)
    except IllegalTransition as error:
        logger.info("flagging anew stopped", extra={"run": run_id, "code": error.code})


@task(priority=10)
def export_for_a_while(export_id: int) -> None:
    """Bring an export further for some seconds, then make way for others and queue up again."""
    try:
        if not export.go_on(Export.objects.get(pk=export_id), seconds=EXPORT_SECONDS):
            export_for_a_while.enqueue(export_id)
    except IllegalTransition as error:
        logger.info("export stopped", extra={"export": export_id, "code": error.code})
    except OSError as error:
        if code := outage_code(error):
            raise StorageOutage(code) from error
        raise


@task(priority=FIRST_ATTEMPT)
def tell_of_approval(notice_id: int) -> None:
    """Tell a program of an approval, and come back until that arrives or is given up."""
    notice = Notice.objects.select_related("key", "submission").get(pk=notice_id)
    again_at = webhooks.deliver(notice)
    if again_at is not None:
        later = tell_of_approval.using(run_after=again_at, priority=LATER_ATTEMPTS)
        later.enqueue(notice_id)
