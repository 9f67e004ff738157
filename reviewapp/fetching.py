"""Fetch a picture from a web address without reaching where it must not."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reviewapp.exceptions import InvalidImage


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture file from the web: its name and its bytes."""

    name: str
    content: bytes

    def file(self) -> io.BytesIO:
        return io.BytesIO(self.content)


def fetch(url: str, *, allowed_hosts: Sequence[str] = ()) -> Fetched:
    """Refuse every address until the guarded client is here."""
    raise InvalidImage("notSafeImageUrl")
