"""What the worker does, and how it is asked to. The queue lies in the same database as the records, so
a picture and its task are written together or not at all."""

from typing import IO

from django.conf import settings
from django.db import transaction
from django.tasks import task

from reviewapp.engines.base import Engine, get_engine
from reviewapp.exceptions import EngineError
from reviewapp.fetching import fetch
from reviewapp.models import Batch, Submission, User
from reviewapp.stages import ingest, recognise
from reviewapp.states import Source


def engine(name: str = "") -> Engine:
    """Return an engine as the settings set it up; without a name the installation's own."""
    chosen = name or settings.ENGINE
    return get_engine(chosen, **settings.ENGINE_OPTIONS.get(chosen, {}))


@task
def read_picture(submission_id: int) -> None:
    """Make a picture ready for the screen and have it read."""
    submission = Submission.objects.select_related("batch").get(pk=submission_id)
    try:
        ingest.render(submission)
    except OSError:
        recognise.fail(submission, EngineError("pictureMissing"))
        return
    recognise.recognise(submission, engine=engine())


@transaction.atomic
def receive(file: IO[bytes], *, name: str, batch: Batch, source: Source, by: User) -> Submission:
    """Take a picture in and queue its reading. Raises what `ingest.receive` raises."""
    submission = ingest.receive(file, name=name, batch=batch, source=source, by=by)
    read_picture.enqueue(submission.pk)
    return submission


def receive_url(url: str, *, batch: Batch, by: User) -> Submission:
    """Fetch a picture from a web address and take it in. Raises InvalidImage with a sentence."""
    fetched = fetch(url, allowed_hosts=settings.FETCH_ALLOWED_HOSTS)
    return receive(fetched.file(), name=fetched.name, batch=batch, source=Source.URL, by=by)


@transaction.atomic
def retry(submission: Submission, *, by: User) -> None:
    """Have a failed picture read again. Raises IllegalTransition when it has not failed."""
    recognise.retry(submission, by=by)
    read_picture.enqueue(submission.pk)
