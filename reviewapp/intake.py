"""Take pictures in: what comes in becomes a record, and its reading is queued.

The queue lies in the same database as the records, so a picture and its task are written together
or not at all.
"""

import io
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp.administration import cloud_budget
from reviewapp.administration.webhooks import wish_notice
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import InvalidImage
from reviewapp.models import AccessKey, Batch, Submission, User
from reviewapp.permissions import allowed, check_can_upload
from reviewapp.pictures.fetching import fetch
from reviewapp.stages import ingest, recognise
from reviewapp.states import Source
from reviewapp.tasks import read_picture, tell_of_approval

# A batch's name has a hundred characters, with the date and a number behind the program.
PROGRAM_LIMIT = 60


def receive(file: IO[bytes], *, name: str, batch: Batch, source: Source, by: User) -> Submission:
    """Take a picture in and queue its reading. Raises what `ingest.receive` raises."""
    return ingest.receive(
        file, name=name, batch=batch, source=source, by=by, queue=read_picture.enqueue
    )


def receive_url(url: str, *, batch: Callable[[], Batch], by: User) -> Submission:
    """Fetch a picture from a web address and take it in.

    The batch is asked for once the picture is here, so that a refusal leaves no new batch behind.
    Raises InvalidImage with a sentence, and what asking for the batch raises.
    """
    fetched = fetch(url, allowed_hosts=settings.FETCH_ALLOWED_HOSTS)
    with transaction.atomic():
        return receive(fetched.file(), name=fetched.name, batch=batch(), source=Source.URL, by=by)


@transaction.atomic
def retry(submission: Submission, *, by: User) -> None:
    """Have a failed picture read again. Raises IllegalTransition when it has not failed."""
    recognise.retry(submission, by=by)
    read_picture.enqueue(submission.pk)


def resume_cloud(*, by: User) -> None:
    """Let calls to the cloud be made again, and have what waits for them read now.

    Raises NotAllowed.
    """
    cloud_budget.resume(by=by)
    now = timezone.now()
    readings = DBTaskResult.objects.filter(task_path=read_picture.module_path)
    waiting = readings.filter(status=TaskResultStatus.READY, run_after__gt=now)
    waiting.update(run_after=now)


def keep_api_picture(
    content: bytes, *, name: str, recognition: Recognition, key: AccessKey
) -> Submission | None:
    """Make a record of a picture that an API call brought, if the key asks for it.

    Its fields are made of the answer that the caller got; no engine reads it again. A picture that
    is here already keeps its one record; the key is told of that one.
    """
    if not key.creates_submissions:
        return None
    try:
        with transaction.atomic():
            batch = _api_batch(key)
            submission = receive(
                io.BytesIO(content), name=name, batch=batch, source=Source.API, by=key.user
            )
            recognise.keep_answer(submission, recognition)
    except InvalidImage as error:
        submission = Submission.objects.get(pk=error.params["record"])
    wish_notice(key, submission, queue=tell_of_approval.enqueue)
    return submission


def _api_batch(key: AccessKey) -> Batch:
    """Return today's batch of a key, the next one when that is closed already."""
    program = (key.label or key.key_id)[:PROGRAM_LIMIT]
    name = f"API {program} {timezone.localdate()}"
    batch = ingest.batch_named(name, by=key.user)
    number = 1
    while not allowed(check_can_upload, key.user, batch):
        number += 1
        batch = ingest.batch_named(f"{name} ({number})", by=key.user)
    return batch
