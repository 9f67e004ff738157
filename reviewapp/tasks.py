"""What the worker does. Tasks take ids: the queue lies in the same database as the records."""

import logging

from django.tasks import task

from reviewapp.administration import reflag, webhooks
from reviewapp.administration.engine_choice import engine
from reviewapp.exceptions import EngineError, EnginePaused, IllegalTransition
from reviewapp.models import Notice, Reflag, Submission
from reviewapp.stages import ingest, recognise

logger = logging.getLogger(__name__)

REFLAG_SECONDS = 10.0
# The first attempt goes before the pictures: a server that is well takes milliseconds. One that
# has failed may hold a worker for seconds each time, so it is tried again while no picture waits.
FIRST_ATTEMPT, LATER_ATTEMPTS = 20, -20


@task
def read_picture(submission_id: int) -> None:
    """Make a picture ready for the screen and have it read.

    While the engine pauses it stays in the queue.
    """
    submission = Submission.objects.select_related("batch").get(pk=submission_id)
    try:
        ingest.render(submission)
    except OSError:
        recognise.fail(submission, EngineError("pictureMissing"))
        return
    try:
        recognise.recognise(submission, engine=engine())
    except EnginePaused as paused:
        read_picture.using(run_after=paused.until).enqueue(submission_id)
    except EngineError as error:
        recognise.fail(submission, error)


@task(priority=10)
def reflag_for_a_while(run_id: int) -> None:
    """Flag stored records anew for some seconds, then make way for others and queue up again."""
    try:
        if not reflag.go_on(Reflag.objects.get(pk=run_id), seconds=REFLAG_SECONDS):
            reflag_for_a_while.enqueue(run_id)
    except IllegalTransition as error:
        logger.info("flagging anew stopped", extra={"run": run_id, "code": error.code})


@task(priority=FIRST_ATTEMPT)
def tell_of_approval(notice_id: int) -> None:
    """Tell a program of an approval, and come back until that arrives or is given up."""
    notice = Notice.objects.select_related("key", "submission").get(pk=notice_id)
    again_at = webhooks.deliver(notice)
    if again_at is not None:
        later = tell_of_approval.using(run_after=again_at, priority=LATER_ATTEMPTS)
        later.enqueue(notice_id)
