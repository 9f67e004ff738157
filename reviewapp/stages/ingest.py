"""Ingest: a picture comes in, is checked, and is kept byte for byte."""

import hashlib
import logging
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import PurePosixPath
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile

from reviewapp.exceptions import OUTAGES, InvalidImage, ReviewError
from reviewapp.history import append
from reviewapp.models import Batch, Event, Submission, User
from reviewapp.permissions import check_can_supervise, check_can_upload
from reviewapp.pictures.files import BYTE_LIMIT, Size, inspect, renderings
from reviewapp.search import index
from reviewapp.states import EventKind, Source
from reviewapp.stored_files import store
from reviewapp.transitions import settle

logger = logging.getLogger(__name__)

NAME_LIMIT, SUFFIX_LIMIT = 200, 10
BATCH_NAME_LIMIT = 100
# What supervisors plan of a batch.
PLAN = ("priority", "due_on", "announced")
# What of it says when the records are offered.
TURN = frozenset({"priority", "due_on"})
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
        append([Event(kind=EventKind.CREATED, by=by, batch=batch, new=batch.status)])
    return batch


@transaction.atomic
def change_batch(batch: Batch, *, by: User, **columns: int | date | None) -> None:
    """Change what is planned of a batch: `priority`, `due_on`, `announced`, those that are given.

    1. the batch, held still; 2. what differs; 3. the turn of its records; 4. the event, with old
    and new. Nothing happens when nothing differs. Raises NotAllowed.
    """
    check_can_supervise(by, batch)
    if any(columns.get(column) != getattr(batch, column) for column in TURN):
        # Like anybody who finishes one of them: the records first, and then their batch.
        batch.submissions.hold_still()
    held = batch.locked()

    old = {column: getattr(held, column) for column in PLAN}
    new = {column: columns.get(column, old[column]) for column in PLAN}
    changed = [column for column in PLAN if new[column] != old[column]]
    if not changed:
        return
    for column in changed:
        setattr(held, column, new[column])
        setattr(batch, column, new[column])
    held.save(update_fields=changed)
    if not TURN.isdisjoint(changed):
        priority, due_by = held.turn
        batch.submissions.update(priority=priority, due_by=due_by)

    params = {
        "old": {column: _told(old[column]) for column in changed},
        "new": {column: _told(new[column]) for column in changed},
    }
    append([Event(kind=EventKind.BATCH_CHANGED, by=by, batch=batch, params=params)])


def _told(value: int | date | None) -> int | str | None:
    return value.isoformat() if isinstance(value, date) else value


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
    Raises NotAllowed, InvalidImage with the sentence for whoever sent the file, and StorageOutage.
    """
    check_can_upload(by, batch)

    content = file.read(BYTE_LIMIT + 1)
    picture = inspect(content)
    width, height = picture.shown
    digest = hashlib.sha256(content).hexdigest()
    _refuse_duplicate(digest)

    submission = Submission(
        batch=batch,
        source=source,
        original_name=clean_name(name),
        sha256=digest,
        media_type=picture.media_type,
        byte_size=len(content),
        width=width,
        height=height,
        received_by=by,
    )
    store(submission.original, f"original{picture.suffix}", content)

    try:
        _put_in(submission, by=by, queue=queue)
    except OUTAGES:
        # Whether the record was written is unknown: without a record the file is swept later.
        raise
    except BaseException as error:
        _remove(submission.original)
        if isinstance(error, IntegrityError):
            _refuse_duplicate(digest)
        raise
    return submission


@transaction.atomic
def _put_in(submission: Submission, *, by: User, queue: Callable[[int], object]) -> None:
    """Write the record of a picture into its batch, unless that was approved meanwhile."""
    batch = submission.batch.locked()
    check_can_upload(by, batch)
    submission.priority, submission.due_by = batch.turn
    submission.save()
    received = Event(
        kind=EventKind.RECEIVED,
        by=by,
        submission=submission,
        new=submission.status,
        params={"picture": submission.sha256},
    )
    append([received])
    index.add_file(submission)
    settle(submission.batch, by=by)
    queue(submission.pk)


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
    """Make the WebP for the screen and the thumbnail, once, and keep their digests.

    1. Nothing to do where they are known. 2. The renderings of the picture that came in. 3. Both
    are kept, or neither. 4. The record; files from before digests were kept go.

    Raises FileNotFoundError where the file is gone, PictureSwapped where it is another,
    StorageOutage, and InvalidImage for one that cannot be shown: it may have come in before it
    would be refused.
    """
    if submission.is_rendered:
        return
    content = submission.picture_content("original")
    try:
        screen, thumbnail = renderings(content, [SCREEN, THUMBNAIL])
    except InvalidImage:
        raise
    except Exception as error:  # an odd file makes the decoders raise nearly anything
        logger.exception("picture not shown", extra={"submission": submission.pk})
        raise InvalidImage("truncatedImage") from error

    unknown = [submission.screen.name, submission.thumbnail.name]
    try:
        store(submission.screen, "screen.webp", screen)
        store(submission.thumbnail, "thumbnail.webp", thumbnail)
    except BaseException:
        _remove(submission.screen)
        raise

    submission.rendering_digests = {
        "screen": hashlib.sha256(screen).hexdigest(),
        "thumbnail": hashlib.sha256(thumbnail).hexdigest(),
    }
    submission.save(update_fields=["screen", "thumbnail", "rendering_digests"])
    for name in filter(None, unknown):
        with suppress(Exception):
            submission.screen.storage.delete(name)


def _remove(file: FieldFile) -> None:
    """Remove a file that no record names, if the storage lets us; `sweep` finds it otherwise."""
    if file:
        with suppress(Exception):
            file.delete(save=False)
