"""Ingest: a picture comes in, is checked, and is kept byte for byte."""

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from reviewapp.exceptions import InvalidImage, ReviewError
from reviewapp.models import Batch, Event, Submission, User
from reviewapp.permissions import check_can_upload
from reviewapp.pictures.files import BYTE_LIMIT, Size, inspect, renderings
from reviewapp.states import EventKind, Source
from reviewapp.transitions import settle

NAME_LIMIT, SUFFIX_LIMIT = 200, 10
BATCH_NAME_LIMIT = 100
SCREEN, THUMBNAIL = Size(side=2400, quality=82), Size(side=320, quality=70)


@transaction.atomic
def batch_named(name: str, *, by: User) -> Batch:
    """Return the batch of this name, made anew when there is none.

    Raises ReviewError for an empty name.
    """
    name = _printable(name)[:BATCH_NAME_LIMIT].strip()
    if not name:
        raise ReviewError("batchNameMissing")
    batch, is_new = Batch.objects.get_or_create(name=name, defaults={"created_by": by})
    if is_new:
        Event.objects.create(kind=EventKind.CREATED, by=by, batch=batch, new=batch.status)
    return batch


def receive(
    file: IO[bytes],
    *,
    name: str,
    batch: Batch,
    source: Source,
    by: User,
    queue: Callable[[int], object],
) -> Submission:
    """Take a picture in.

    1. may this batch still grow; 2. what the bytes are; 3. the file, which goes again when
    4. the record cannot be written, because the batch was approved or the picture came meanwhile.

    `queue` asks for the reading, by the record's number, in the same transaction: both or neither.
    It is short, because all else is done before: it holds the one lock for writing that SQLite has.
    Raises NotAllowed, and InvalidImage with the sentence for whoever sent the file.
    """
    check_can_upload(by, batch)

    content = file.read(BYTE_LIMIT + 1)
    picture = inspect(content)
    digest = hashlib.sha256(content).hexdigest()
    _refuse_duplicate(digest)

    submission = Submission(
        batch=batch,
        source=source,
        original_name=clean_name(name),
        sha256=digest,
        media_type=picture.media_type,
        byte_size=len(content),
        width=picture.width,
        height=picture.height,
        received_by=by,
    )
    submission.original.save(f"original{picture.suffix}", ContentFile(content), save=False)

    try:
        with transaction.atomic():
            check_can_upload(by, batch.locked())
            submission.save()
            Event.objects.create(
                kind=EventKind.RECEIVED, by=by, submission=submission, new=submission.status
            )
            settle(batch, by=by)
            queue(submission.pk)
    except BaseException as error:
        submission.original.delete(save=False)
        if isinstance(error, IntegrityError):
            _refuse_duplicate(digest)
        raise
    return submission


def _refuse_duplicate(digest: str) -> None:
    twin = Submission.objects.select_related("batch").filter(sha256=digest).first()
    if twin is not None:
        raise InvalidImage("duplicatePicture", record=twin.pk, batch=twin.batch.name)


def clean_name(name: str) -> str:
    """Return the last part of a file name from outside, printable and not over NAME_LIMIT."""
    path = PurePosixPath(_printable(name).replace("\\", "/"))
    last = PurePosixPath(path.name.strip(". "))
    suffix = last.suffix[:SUFFIX_LIMIT]
    stem = last.stem[: NAME_LIMIT - len(suffix)]
    return stem + suffix or "picture"


def _printable(text: str) -> str:
    """Drop control, format, surrogate and private characters, which could disguise a name."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


def render(submission: Submission) -> None:
    """Make the WebP for the screen and the thumbnail, once."""
    if submission.screen and submission.thumbnail:
        return
    with submission.original.open("rb") as file:
        content = file.read()
    screen, thumbnail = renderings(content, [SCREEN, THUMBNAIL])
    submission.screen.save("screen.webp", ContentFile(screen), save=False)
    submission.thumbnail.save("thumbnail.webp", ContentFile(thumbnail), save=False)
    submission.save(update_fields=["screen", "thumbnail"])
