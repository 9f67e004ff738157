"""The recogniser as a process of its own, so that reading pictures for API callers costs the pages nothing.

The web processes hand it a picture over a private socket and wait a bounded time; it reads few pictures
at once, lets few wait, and turns the others away at once.
"""

import hmac
import io
import json
import logging
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import close_old_connections
from PIL import Image, ImageDraw, ImageFont

from reviewapp import tasks
from reviewapp.encryption import derive
from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import EngineError, InvalidImage, ReviewError
from reviewapp.pictures import BYTE_LIMIT, inspect

logger = logging.getLogger(__name__)

UNIX = "unix:"
PATH_LIMIT = 100
CONNECT_SECONDS = 1.0
FIRST_GUESS, LEARNING, MARGIN = 1.5, 0.2, 1.25
JSON = ("Content-Type", "application/json")


def address() -> str:
    """Return where the recogniser listens: `unix:PATH`, or by setting `http://HOST:PORT`."""
    return settings.RECOGNISER or UNIX + str(_socket_path())


def _socket_path() -> Path:
    """Return a path in the data directory, or in one of this user's own where that is too long for a socket."""
    path: Path = settings.DATA_DIR / "recogniser.sock"
    if len(str(path)) <= PATH_LIMIT:
        return path
    directory = Path(tempfile.gettempdir()) / f"reviewapp-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise OSError(f"{directory} belongs to somebody else. Set RECOGNISER to another address.")
    return directory / f"{sha256(str(path).encode()).hexdigest()[:24]}.sock"


def _password() -> str:
    return derive("recogniser").hex()


def ask(picture: bytes, *, seconds: float) -> Recognition:
    """Have a picture read within `seconds`.

    Raises InvalidImage, EngineError as the engine does, and `Throttling.User` when too much waits, `ServiceTimeout`,
    `ServiceUnavailable` when no recogniser runs.
    """
    headers = {"Authorization": _password(), "X-Seconds": str(seconds)}
    limits = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    try:
        response = _client(address()).post("/", content=picture, headers=headers, timeout=limits)
        answer = response.json()
    except httpx.TimeoutException as error:
        raise EngineError("ServiceTimeout") from error
    except (httpx.HTTPError, ValueError) as error:
        logger.warning("recogniser does not answer", extra={"error": type(error).__name__})
        raise EngineError("ServiceUnavailable") from error
    if "code" in answer:
        kind = InvalidImage if answer["is_picture"] else EngineError
        raise kind(answer["code"], **answer["params"])
    return _recognition(answer)


def _recognition(answer: dict[str, Any]) -> Recognition:
    second = answer.pop("second")
    return Recognition(**answer, second=_recognition(second) if second else None)


@cache
def _client(where: str) -> httpx.Client:
    """Return a client that keeps its connections, one for each process."""
    uds = where.removeprefix(UNIX) if where.startswith(UNIX) else None
    base = "http://recogniser" if uds else where
    return httpx.Client(transport=httpx.HTTPTransport(uds=uds), base_url=base, trust_env=False)


class Queue:
    """Reads `at_once` pictures at a time, lets `waiting` more wait, and turns away what would be too late anyway."""

    def __init__(self, engine: Callable[[], Engine], *, at_once: int, waiting: int) -> None:
        self._engine = engine
        self._at_once = at_once
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._running = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = FIRST_GUESS

    def read(self, picture: bytes, *, seconds: float) -> Recognition:
        """Read a picture within `seconds`.

        Raises InvalidImage, EngineError: Throttling.User, ServiceTimeout, or the engine's own.
        """
        until = time.monotonic() + seconds
        with self._place(seconds):
            if not self._running.acquire(timeout=max(0.0, until - time.monotonic())):
                raise EngineError("ServiceTimeout")
            started = time.monotonic()
            try:
                inspect(picture)
                return self._engine().recognise(picture)
            finally:
                self._running.release()
                self._usual += LEARNING * (time.monotonic() - started - self._usual)

    @contextmanager
    def _place(self, seconds: float) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise EngineError("Throttling.User")
        with self._lock:
            ahead = self._inside
            self._inside += 1
        try:
            if ahead >= self._at_once and MARGIN * self._usual * (ahead // self._at_once + 1) > seconds:
                raise EngineError("Throttling.User")
            yield
        finally:
            with self._lock:
                self._inside -= 1
            self._places.release()


@cache
def _queue() -> Queue:
    return Queue(tasks.engine, at_once=settings.RECOGNISER_AT_ONCE, waiting=settings.RECOGNISER_WAITING)


def warm_up() -> None:
    """Load the local engine's models before a caller waits for them; any other engine has none, or a price."""
    if settings.ENGINE != "local":
        return
    picture = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(picture).text((40, 200), "0123456789", "black", ImageFont.load_default(size=60))
    content = io.BytesIO()
    picture.save(content, "PNG")
    with suppress(EngineError):
        tasks.engine().recognise(content.getvalue())


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one picture (WSGI): the engine's answer, or the code of its refusal, as JSON."""
    if not hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode(), _password().encode()):
        start_response("403 Forbidden", [JSON])
        return [b"{}"]
    picture = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), BYTE_LIMIT))
    try:
        answer = asdict(_queue().read(picture, seconds=float(environ["HTTP_X_SECONDS"])))
    except ReviewError as error:
        answer = {"code": error.code, "params": error.params, "is_picture": isinstance(error, InvalidImage)}
    except Exception:
        logger.exception("engine failed")
        answer = {"code": "algorithmError", "params": {}, "is_picture": False}
    finally:
        close_old_connections()
    start_response("200 OK", [JSON])
    return [json.dumps(answer).encode()]
