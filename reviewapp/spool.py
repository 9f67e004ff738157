"""What must be recorded and cannot be now waits in a file of the data directory until it can be.

A page that was looked at leaves a trace. While the database takes no writing (it is locked, its disk
is full, it is a standby) the page is shown all the same, and the trace waits here. The file has its
room from the start: on a full disk nothing could be added to one that grows. Where it cannot be
written either, the look is refused: none goes unrecorded.

One file for all processes of a machine; whoever writes or empties it holds its lock.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from reviewapp.exceptions import OUTAGES, StorageOutage

logger = logging.getLogger(__name__)

NAME = "spool.jsonl"
# The end of the name under which lies what can never be written.
ASIDE = ".aside.jsonl"
# Room for some 8000 traces: a busy office looks at as many records in a day.
SIZE_BYTES = 1024 * 1024
EMPTY = b"\0"
# A page waits this long for SQLite's one lock for writing, where a save waits for 20 s.
PATIENCE_MS = 1000
# Who has waited in vain does not wait again for as long: a page may leave many traces.
AWAY_SECONDS = 5.0

type Entry = dict[str, Any]
# Writes entries into the database, all or none.
type Write = Callable[[Sequence[Entry]], object]


class Spool:
    """A file of lines of JSON in a directory; its unused room is filled with zero bytes."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME
        self._away_until = 0.0

    def record(self, entries: Sequence[Entry], *, write: Write) -> None:
        """Write entries into the database now, or keep them until that takes them.

        One that was kept comes to `write` with the time when it came about, as `at`. What waited
        from before is written, too. Raises StorageOutage where entries can be neither written nor
        kept, and what else `write` raises.
        """
        try:
            with impatient(self._patience_ms()):
                write(entries)
        except OUTAGES as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("traces kept for later", extra={"error": str(error)})
            self._keep(entries)
        else:
            self._drain_if_possible(write)

    def drain(self, *, write: Write) -> int:
        """Write into the database what waits, and return how much that was.

        A crash between the two writes an entry twice rather than never. Raises OUTAGES,
        StorageOutage, and what else `write` raises; then all still waits.
        """
        if self._is_empty():
            return 0
        with self._locked() as descriptor:
            lines = _lines(descriptor)
            try:
                _write_all(lines, write)
            except OUTAGES:
                raise
            except DatabaseError:
                self._write_singly(lines, write)
            _write_at(descriptor, EMPTY * sum(len(line) for line in lines), 0)
        logger.info("kept traces written", extra={"count": len(lines)})
        return len(lines)

    def _write_singly(self, lines: Sequence[bytes], write: Write) -> None:
        """Write what can be written, and set aside what never can: of a record that is not there."""
        for line in lines:
            try:
                _write_all([line], write)
            except OUTAGES:
                raise
            except DatabaseError:
                logger.exception("a kept trace is set aside")
                with self.path.with_suffix(ASIDE).open("ab") as file:
                    file.write(line)

    def waiting(self) -> int:
        """Return how many entries wait."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return 0
        return content.count(b"\n")

    def reserve(self) -> None:
        """Make the file with all its room, while the disk has some. Raises StorageOutage."""
        with self._locked():
            pass

    def _keep(self, entries: Sequence[Entry]) -> None:
        now = timezone.now().isoformat()
        added = b"".join(json.dumps({**entry, "at": now}).encode() + b"\n" for entry in entries)
        with self._locked() as descriptor:
            end = sum(len(line) for line in _lines(descriptor))
            if end + len(added) > SIZE_BYTES:
                raise StorageOutage("traceNotKept")
            _write_at(descriptor, added, end)

    def _drain_if_possible(self, write: Write) -> None:
        """Use that the database takes writing; what fails here waits on, and the page is shown."""
        try:
            self.drain(write=write)
        except Exception:
            logger.exception("kept traces not written")

    def _patience_ms(self) -> int:
        return 0 if time.monotonic() < self._away_until else PATIENCE_MS

    def _is_empty(self) -> bool:
        try:
            with self.path.open("rb") as file:
                return file.read(1) in (b"", EMPTY)
        except FileNotFoundError:
            return True

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Hold the file, with all its room; whoever else needs it waits. Raises StorageOutage."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                _fill(descriptor)
                yield descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageOutage("traceNotKept") from error


def _write_all(lines: Sequence[bytes], write: Write) -> None:
    with impatient(PATIENCE_MS), transaction.atomic():
        write([json.loads(line) for line in lines])


def _fill(descriptor: int) -> None:
    """Give a file its room by writing it: one with holes has none on a full disk."""
    size = os.fstat(descriptor).st_size
    if size < SIZE_BYTES:
        _write_at(descriptor, EMPTY * (SIZE_BYTES - size), size)


def _write_at(descriptor: int, content: bytes, position: int) -> None:
    """Write all of it to the disk. Raises OSError."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], position + written)
    os.fsync(descriptor)


def _lines(descriptor: int) -> list[bytes]:
    """Return the lines that wait, each with its end; half a line of a crash counts for nothing."""
    content = os.pread(descriptor, SIZE_BYTES, 0)
    written, _end, _unused = content.partition(EMPTY)
    return [line for line in written.splitlines(keepends=True) if line.endswith(b"\n")]


@contextmanager
def impatient(milliseconds: int) -> Iterator[None]:
    """Wait only so long for SQLite's one lock for writing, or for another's locks of rows."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            # 0 would be for ever.
            cursor.execute(f"SET LOCAL lock_timeout = {max(1, milliseconds):d}")
            yield
        return
    usual_ms = 1000 * connection.settings_dict["OPTIONS"].get("timeout", 5)
    connection.ensure_connection()
    connection.connection.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {usual_ms:d}")
