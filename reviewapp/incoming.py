"""The body of a request, with limits on how long and for how much of it is waited.

Built around three ways of gunicorn's threads (27.0). A body that ends early is given short, without
an error. One that was left unread is waited for after the answer, for five seconds. A connection
that is to be closed is waited for up to two seconds, in the loop that hands out all requests of the
process. After shutdown(SHUT_RD) none of this waits any more.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RD, socket
from typing import Any

from gunicorn.http.errors import ParseException

type Environ = dict[str, Any]
type Application = Callable[[Environ, Any], Iterable[bytes]]

# gunicorn copies all it has read ahead for every piece, so small pieces of a large body are slow.
PIECE = 2 * 1024 * 1024


class CutOff(OSError):
    """The sender stopped before the end, or was no longer waited for."""


class GaveWay(CutOff):
    """The sender is slow, and so is another one, who is waited for already."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a body is waited for in all, and at most without a single byte (`silence`).

    After `alone_after` seconds only one sender at a time is waited for any longer, so that one
    thread waits and the others answer.
    """

    seconds: float
    silence: float | None = None
    alone_after: float | None = None
    place: threading.Semaphore = field(default_factory=threading.Semaphore, compare=False)


# A stranger's form arrives with its headers: 0.3 s is long. One of them at a time may be on a slow
# line.
STRANGER = Patience(10.0, alone_after=0.3)
# A picture of 10 MB takes 0.8 s at 100 Mbit/s, one of 1.5 MB a second at 12 Mbit/s.
KNOWN = Patience(30.0, alone_after=2.0)
# Enough for a picture of 10 MB and more, so that a caller with a wrong key hears of it after
# sending one.
STRANGER_DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_BYTES = 64 * 1024 * 1024


class Incoming:
    """The bytes that a client still has to send, in the place of the server's stream."""

    def __init__(self, environ: Environ) -> None:
        length = environ.get("CONTENT_LENGTH") or ""
        may_be_chunked = "HTTP_TRANSFER_ENCODING" in environ and not length
        self._stream = environ["wsgi.input"]
        self._socket: socket | None = environ.get("gunicorn.socket")
        self._closes = _asks_to_close(environ)
        self.is_chunked = may_be_chunked and bool(environ.get("wsgi.input_terminated"))
        self.left = int(length) if length.isdecimal() else 0
        self.is_known = False
        self._is_over = False
        self._gave_way = False

    @staticmethod
    def of(environ: Environ) -> "Incoming":
        """Return the body of a request, also where its server does without our `limited`."""
        stream = environ["wsgi.input"]
        return stream if isinstance(stream, Incoming) else Incoming(environ)

    @property
    def has_ended(self) -> bool:
        return not self.left and not self.is_chunked

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline, size, is_line=True)

    def _counted(self, read: Callable[[int], bytes], size: int, *, is_line: bool = False) -> bytes:
        """Return what was read. Raises CutOff where less has come than was announced."""
        if self.has_ended and not self._is_over:
            return b""
        if not self.is_chunked:
            size = self.left if size < 0 else min(size, self.left)
        content = self._read(read, size)
        if self.is_chunked:
            self.is_chunked = bool(content)
            return content

        self.left -= len(content)
        is_whole = len(content) == size or (is_line and content.endswith(b"\n"))
        if not is_whole:
            self.hang_up()
            raise self._cut_off()
        return content

    def _read(self, read: Callable[[int], bytes], size: int) -> bytes:
        if self._is_over:
            raise self._cut_off()
        try:
            return read(size)
        except (OSError, ParseException) as error:
            self.hang_up()
            raise self._cut_off() from error

    def _cut_off(self) -> CutOff:
        return GaveWay() if self._gave_way else CutOff()

    @contextmanager
    def waiting(self, patience: Patience) -> Iterator[None]:
        """Hang up on a sender who is slower than this; what reads meanwhile gets CutOff."""
        if self._socket is None or self.has_ended:
            yield
            return
        is_done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(is_done, patience), daemon=True)
        before = self._socket.gettimeout()
        self._socket.settimeout(patience.silence)
        watch.start()
        try:
            yield
        finally:
            is_done.set()
            watch.join()
            self._socket.settimeout(before)

    def _watch(self, is_done: threading.Event, patience: Patience) -> None:
        at_first = patience.seconds if patience.alone_after is None else patience.alone_after
        if is_done.wait(at_first):
            return
        if patience.alone_after is not None:
            self._gave_way = not patience.place.acquire(blocking=False)
            if not self._gave_way:
                try:
                    if is_done.wait(patience.seconds - at_first):
                        return
                finally:
                    patience.place.release()
        self.hang_up()

    def finish(self) -> None:
        """Throw away what is left, within limits; then be done with a connection that will close.

        A client that is still sending would not see the answer.
        """
        limit = DRAIN_BYTES if self.is_known else STRANGER_DRAIN_BYTES
        if not self._is_over and self.left <= limit:
            self._drain(limit)
        if not self.has_ended or self._closes:
            self.hang_up()

    def _drain(self, limit: int) -> None:
        """Read at most so many bytes, from a sender who is not too slow."""
        patience = KNOWN if self.is_known else STRANGER
        with suppress(CutOff), self.waiting(patience):
            while limit > 0:
                piece = self.read(min(PIECE, limit))
                if not piece:
                    return
                limit -= len(piece)

    def hang_up(self) -> None:
        """Read nothing more from this connection; it closes after the answer."""
        self._is_over = True
        if hasattr(self._stream, "failed"):
            # Told so, gunicorn looks for no further request in what still arrives.
            self._stream.failed = True
        if self._socket is not None:
            with suppress(OSError):
                # The method of a TLS socket would end the encryption, and the answer go out in the
                # clear.
                socket.shutdown(self._socket, SHUT_RD)


def _asks_to_close(environ: Environ) -> bool:
    asked: str = environ.get("HTTP_CONNECTION", "").strip().lower()
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return asked != "keep-alive"
    return asked == "close"


def limited(application: Application) -> Application:
    """Let an application read bodies within limits, and leave the server none to wait for."""

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        incoming = Incoming(environ)
        environ["wsgi.input"] = incoming
        response = application(environ, start_response)
        incoming.finish()
        return response

    return answer
