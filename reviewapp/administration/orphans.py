"""Sweep: remove the stored files that no record names, and exports after their last day.

A process that is killed between a file and its record, or a disk that is full, leaves one behind. It
may show a certificate, so it must not lie there for ever.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.storage import Storage, default_storage
from django.db.models import Q
from django.utils import timezone

from reviewapp.exceptions import ReviewError
from reviewapp.models import Export, Submission

logger = logging.getLogger(__name__)

# Under each lie directories of files; the pictures' and those of exports.
DIRECTORIES = ("pictures", "exports")
FILES = ("original", "screen", "thumbnail")
# Longer than any picture takes from its file to its record.
YOUNG = timedelta(hours=1)
# A restored or mistaken database knows few of the files; those it does not know are then no orphans.
MOST_SWEPT_SHARE = 0.1
FEW = 10


@dataclass(slots=True)
class Found:
    """What lies in the storage: how many files, and which of them no record names."""

    files: int = 0
    orphans: list[str] = field(default_factory=list)

    @property
    def are_many(self) -> bool:
        """Return whether more are orphans than crashes leave behind."""
        return len(self.orphans) > max(FEW, MOST_SWEPT_SHARE * self.files)


def orphans() -> Found:
    """Return the files that no record names and that no picture under way can have made.

    A file is looked for in the database after it was seen on the disk: a record that is written
    meanwhile is found. One from the future, before the clock jumped back, is left alone.
    """
    found = Found()
    long_ago = timezone.now() - YOUNG
    for directory in _directories(default_storage):
        _, names = default_storage.listdir(directory)
        paths = [f"{directory}/{name}" for name in names]
        old = [path for path in paths if default_storage.get_modified_time(path) < long_ago]
        known = _known(directory) if old else set()
        found.files += len(paths)
        found.orphans += [path for path in old if path not in known]
    return found


def sweep(*, even_many: bool = False) -> int:
    """Remove the files that no record names, and return how many.

    Raises ReviewError where they are so many that this is hardly the database of these pictures.
    """
    found = orphans()
    if found.are_many and not even_many:
        raise ReviewError("tooManyOrphans", count=len(found.orphans), files=found.files)
    for path in found.orphans:
        default_storage.delete(path)
        logger.info("orphan removed", extra={"file": path})
    return len(found.orphans)


def _directories(storage: Storage) -> Iterator[str]:
    """Yield the directories of stored files; none where nothing has come in or left yet."""
    for directory in DIRECTORIES:
        try:
            names, _ = storage.listdir(directory)
        except FileNotFoundError:
            continue
        for name in sorted(names):
            yield f"{directory}/{name}"


def _known(directory: str) -> set[str]:
    """Return the files in a directory that records name."""
    known: set[str] = set()
    for column in FILES:
        inside = Q(**{f"{column}__startswith": f"{directory}/"})
        known.update(Submission.objects.filter(inside).values_list(column, flat=True))
    inside_exports = Export.objects.filter(file__startswith=f"{directory}/")
    known.update(inside_exports.values_list("file", flat=True))
    return known


def remove_old_exports() -> int:
    """Remove the files of exports that were kept long enough, and return how many.

    What left stays on record. A file whose name could not be taken back is removed the next time.
    """
    removed = 0
    for export in Export.objects.with_old_files():
        default_storage.delete(str(export.file))
        removed += Export.objects.filter(pk=export.pk).update(file="")
        logger.info("file of an export removed", extra={"export": export.pk})
    return removed
