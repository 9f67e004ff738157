"""Parts of a file, as a browser asks for them to go on with a download (RFC 9110, section 14)."""

import re
from collections.abc import Mapping
from typing import IO, NamedTuple

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class NotSatisfiable(Exception):
    """The part that is asked for lies beyond the end."""


class Part(NamedTuple):
    """The first and the last byte of a part, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def asked_part(headers: Mapping[str, str], *, size: int, etag: str) -> Part | None:
    """Return the part that a request asks for; None for the whole.

    1. one range, of this file; 2. its last bytes; 3. a first and perhaps a last byte.

    The whole goes, too, where several parts are asked for, where what is asked makes no sense, and
    where the browser has the beginning of another file (`If-Range`). Raises NotSatisfiable.
    """
    found = ONE_RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    if found is None or headers.get("If-Range", etag) != etag:
        return None
    first_text, last_text = found.groups()
    if not first_text and not last_text:
        return None
    if not first_text:
        length = min(int(last_text), size)
        if not length:
            raise NotSatisfiable
        return Part(size - length, size - 1)
    first, last = int(first_text), int(last_text or size)
    if last < first:
        return None
    if first >= size:
        raise NotSatisfiable
    return Part(first, min(last, size - 1))


class Limited:
    """A file that ends after so many bytes."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file = file
        self._left = length

    def read(self, size: int = -1) -> bytes:
        most = self._left if size < 0 else min(size, self._left)
        content = self._file.read(most)
        self._left -= len(content)
        return content

    def close(self) -> None:
        self._file.close()
