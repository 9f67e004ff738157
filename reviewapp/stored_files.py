"""Read and write the stored pictures: a file is there whole or not at all, and an outage is no fault of it.

Storages raise errors of many kinds: a disk those of the system, a bucket those of its library.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.db.models.fields.files import FieldFile

from reviewapp.exceptions import StorageOutage

logger = logging.getLogger(__name__)


@contextmanager
def asking() -> Iterator[None]:
    """Turn whatever a storage raises into FileNotFoundError, where a file is gone, or StorageOutage."""
    try:
        yield
    except (FileNotFoundError, MemoryError):
        raise
    except Exception as error:
        logger.warning("storage away", extra={"error": f"{type(error).__name__}: {error}"})
        raise StorageOutage("storageAway") from error


def content_of(file: FieldFile, *, limit: int = -1) -> bytes:
    """Return a stored file's bytes, `limit` at most. Raises FileNotFoundError, StorageOutage."""
    with asking(), file.open("rb") as stream:
        content: bytes = stream.read(limit)
        return content


def store(file: FieldFile, name: str, content: bytes) -> None:
    """Keep bytes as the file of a record, which is not saved yet. Raises StorageOutage.

    What a full disk has left of it is removed. The name on the disk is chosen by chance.
    """
    setattr(file.instance, file.field.attname, _save(file, name, ContentFile(content)))


def store_from(file: FieldFile, name: str, stream: IO[bytes]) -> str:
    """Keep what a stream holds, of any length, as `store` does; return the path, which is not set."""
    return _save(file, name, File(stream))


def _save(file: FieldFile, name: str, content: File[Any]) -> str:
    path = file.field.generate_filename(file.instance, name)
    try:
        with asking():
            kept: str = file.storage.save(path, content, max_length=file.field.max_length)
    except FileNotFoundError as error:  # a directory went while the file was made
        raise StorageOutage("storageAway") from error
    except StorageOutage:
        with suppress(Exception):
            file.storage.delete(path)
        raise
    return kept
