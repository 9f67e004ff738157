"""What the worker does, and how it is asked to. The queue lies in the same database as the records, so
a picture and its task are written together or not at all."""

import io
import itertools
from typing import IO

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from reviewapp.engines.base import Engine, Recognition, get_engine
from reviewapp.exceptions import EngineError, InvalidImage
from reviewapp.fetching import fetch
from reviewapp.models import AccessKey, Batch, Submission, User
from reviewapp.permissions import allowed, check_can_upload
from reviewapp.stages import ingest, recognise
from reviewapp.stages.notify import wish_notice
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


class Answered:
    """An engine that has answered already."""

    def __init__(self, recognition: Recognition) -> None:
        self.name = recognition.engine
        self._recognition = recognition

    def recognise(self, picture: bytes) -> Recognition:
        return self._recognition


def _api_batch(key: AccessKey) -> Batch:
    """Return today's batch of a key, the next one when that is closed already."""
    for number in itertools.count(1):
        suffix = f" ({number})" if number > 1 else ""
        batch = ingest.batch_named(f"API {(key.label or key.key_id)[:60]} {timezone.localdate()}{suffix}", by=key.user)
        if allowed(check_can_upload, key.user, batch):
            return batch
    raise AssertionError("endless")


def keep_api_picture(content: bytes, *, name: str, recognition: Recognition, key: AccessKey) -> Submission | None:
    """Make a record of a picture that an API call brought, read as the caller was told, if the key asks for it.

    A picture that is here already keeps its one record; the key is told of that one.
    """
    if not key.creates_submissions:
        return None
    batch = _api_batch(key)
    try:
        with transaction.atomic():
            submission = receive(io.BytesIO(content), name=name, batch=batch, source=Source.API, by=key.user)
            recognise.recognise(submission, engine=Answered(recognition))
    except InvalidImage as error:
        submission = Submission.objects.get(pk=error.params["record"])
    wish_notice(key, submission)
    return submission
