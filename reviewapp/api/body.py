"""The body of an API request, read from the server's stream with a limit on size and time.

Django's own reading is not used: it gives nothing for chunked bodies, which the Node SDK always sends,
and refuses long ones with a page.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SHUT_RD, socket
from typing import Any

from reviewapp.api.errors import ApiError
from reviewapp.pictures import BYTE_LIMIT

logger = logging.getLogger(__name__)

# gunicorn copies all it has read ahead for every piece, so small pieces of a large body are slow.
PIECE = 2 * 1024 * 1024
BODY_SECONDS = 30.0
DRAIN_BYTES = 64 * 1024 * 1024


class Body:
    """The bytes that a client still has to send."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._stream = environ["wsgi.input"]
        self._socket: socket | None = environ.get("gunicorn.socket")
        is_chunked = bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")
        length = environ.get("CONTENT_LENGTH") or "0"
        self._left = DRAIN_BYTES if is_chunked else min(int(length), DRAIN_BYTES) if length.isdecimal() else 0
        self._is_too_long = not is_chunked and self._left > BYTE_LIMIT

    def read(self) -> bytes:
        """Return the whole body. Raises ApiError: exceededImageContent over 10 MB, ServiceTimeout for a slow sender."""
        if self._is_too_long:
            raise ApiError("exceededImageContent")
        content = bytearray()
        for piece in self._pieces():
            content += piece
            if len(content) > BYTE_LIMIT:
                raise ApiError("exceededImageContent")
        return bytes(content)

    def drain(self) -> None:
        """Read the rest and throw it away: a client that is still sending would not see the answer."""
        try:
            for _ in self._pieces():
                pass
        except ApiError:
            logger.info("client stopped sending")

    def _pieces(self) -> Iterator[bytes]:
        with _time_limit(self._socket):
            while self._left > 0:
                try:
                    piece = self._stream.read(min(PIECE, self._left))
                except OSError as error:
                    self._left = 0
                    raise ApiError("ServiceTimeout") from error
                self._left = self._left - len(piece) if piece else 0
                if piece:
                    yield piece


@contextmanager
def _time_limit(connection: socket | None) -> Iterator[None]:
    """End the reading of a connection after BODY_SECONDS, however slowly its bytes drip."""
    if connection is None:
        yield
        return
    timer = threading.Timer(BODY_SECONDS, _hang_up, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: socket) -> None:
    try:
        connection.shutdown(SHUT_RD)
    except OSError:
        logger.info("client was gone")
