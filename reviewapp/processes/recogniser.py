"""The recogniser as a process of its own: reading for API callers costs the pages nothing.

The web processes hand it a picture over a private socket and wait a bounded time; it reads few
pictures at once, lets few wait, and turns the others away at once. A reading that takes longer than
its caller waits is ended.
"""

import hmac
import json
import logging
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import close_old_connections

from reviewapp.administration import engine_choice
from reviewapp.child_processes import ChildLost, Children, Work
from reviewapp.encryption import derive
from reviewapp.engines.base import Engine, Recognition
from reviewapp.engines.second import SecondOpinionEngine
from reviewapp.exceptions import EngineError, InvalidImage, ReviewError
from reviewapp.pictures.files import BYTE_LIMIT

logger = logging.getLogger(__name__)

SAMPLE = settings.BASE_DIR / "reviewapp" / "data" / "samples" / "01-clean.jpg"
UNIX = "unix:"
PATH_LIMIT = 100
CONNECT_SECONDS = 1.0
FIRST_GUESS, LEARNING, MARGIN = 1.5, 0.2, 1.25
# No certificate is read in less, and a reading that is begun in vain costs a child process.
SHORTEST_SECONDS = 0.5
# Calls of the cloud under way, also those without a caller; each ends within two minutes.
CLOUD_THREADS = 16
JSON = ("Content-Type", "application/json")


def address() -> str:
    """Return where the recogniser listens: `unix:PATH`, or by setting `http://HOST:PORT`."""
    return settings.RECOGNISER or UNIX + str(_socket_path())


def _socket_path() -> Path:
    """Return a path in the data directory, or where that is too long, in one of this user's own."""
    path: Path = settings.DATA_DIR / "recogniser.sock"
    if len(str(path)) <= PATH_LIMIT:
        return path
    directory = Path(tempfile.gettempdir()) / f"reviewapp-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if not _is_private(directory):
        raise OSError(f"{directory} belongs to somebody else. Set RECOGNISER to another address.")
    digest = sha256(str(path).encode()).hexdigest()
    return directory / f"{digest[:24]}.sock"


def _is_private(directory: Path) -> bool:
    """Return whether a directory, no link to one, is this user's and closed to all others."""
    status = directory.lstat()
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_ours and not status.st_mode & 0o077


def _password() -> str:
    return derive("recogniser").hex()


def ask(picture: bytes, *, seconds: float) -> Recognition:
    """Have a picture read within `seconds`.

    Raises InvalidImage, EngineError as the engine does, and `Throttling.User` when too much waits,
    `ServiceTimeout`, `ServiceUnavailable` when no recogniser runs.
    """
    client = _client(address())
    headers = {"Authorization": _password(), "X-Seconds": str(seconds)}
    limits = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    try:
        answer = client.post("/", content=picture, headers=headers, timeout=limits).json()
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
    base_url, socket_path = where, None
    if where.startswith(UNIX):
        base_url, socket_path = "http://recogniser", where.removeprefix(UNIX)
    transport = httpx.HTTPTransport(uds=socket_path)
    return httpx.Client(transport=transport, base_url=base_url, trust_env=False)


class Queue:
    """Reads `at_once` pictures at a time, lets `waiting` more wait, and turns the others away.

    One whose turn would come too late is turned away at once. `engine` gives the engine for a
    reading that must end at a moment of the monotonic clock.
    """

    def __init__(self, engine: Callable[[float], Engine], *, at_once: int, waiting: int) -> None:
        self._engine = engine
        self._at_once = at_once
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._running = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = FIRST_GUESS

    def read(self, picture: bytes, *, seconds: float) -> Recognition:
        """Read a picture within `seconds`.

        Raises EngineError: Throttling.User, ServiceTimeout, or the engine's own.
        """
        until = time.monotonic() + seconds
        with self._place(seconds):
            if not self._running.acquire(timeout=max(0.0, until - time.monotonic())):
                raise EngineError("ServiceTimeout")
            try:
                return self._reading(picture, until)
            finally:
                self._running.release()

    def _reading(self, picture: bytes, until: float) -> Recognition:
        """Have the engine read, and learn how long that usually takes."""
        started = time.monotonic()
        if until - started < SHORTEST_SECONDS:
            raise EngineError("ServiceTimeout")
        try:
            return self._engine(until).recognise(picture)
        finally:
            ended = time.monotonic()
            # A reading that was ended because its time was up says nothing of how long others take.
            if ended < until:
                seconds = ended - started
                self._usual += LEARNING * (seconds - self._usual)

    @contextmanager
    def _place(self, seconds: float) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise EngineError("Throttling.User")
        with self._lock:
            ahead = self._inside
            self._inside += 1
        try:
            rounds = ahead // self._at_once + 1
            expected_seconds = MARGIN * self._usual * rounds
            if rounds > 1 and expected_seconds > seconds:
                raise EngineError("Throttling.User")
            yield
        finally:
            with self._lock:
                self._inside -= 1
            self._places.release()


@cache
def _queue() -> Queue:
    return Queue(_engine, at_once=settings.RECOGNISER_AT_ONCE, waiting=settings.RECOGNISER_WAITING)


def _engine(until: float) -> Engine:
    """Return the engine for one reading, which ends at a moment of the monotonic clock."""
    if settings.ENGINE == "aliyun":
        return Cloud(until)
    if settings.ENGINE == "aliyun+local":
        return SecondOpinionEngine(Cloud(until), InChild("local", until))
    return InChild(settings.ENGINE, until)


@dataclass(slots=True)
class InChild:
    """An engine of this machine, in a child process: no thread can be stopped as it computes."""

    name: str
    until: float

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture.

        Raises what the engine raises, ServiceTimeout, and algorithmError when the child died.
        """
        try:
            answer = _children(self.name).ask(picture, until=self.until)
        except TimeoutError as error:
            logger.warning("reading ended, it took too long", extra={"engine": self.name})
            raise EngineError("ServiceTimeout") from error
        except ChildLost as error:
            logger.warning("child process lost", extra={"engine": self.name})
            raise EngineError("algorithmError") from error
        if isinstance(answer, ReviewError):
            raise answer
        assert isinstance(answer, Recognition)
        return answer


@cache
def _children(engine: str) -> Children:
    return Children(partial(reading, engine), at_once=settings.RECOGNISER_AT_ONCE)


def reading(engine: str) -> Work:
    """Return what reads pictures in a child process: an error of the engine is its answer, too."""
    warm_up(engine)
    return partial(_read, engine)


def _read(engine: str, picture: bytes) -> Recognition | ReviewError:
    try:
        return engine_choice.engine(engine).recognise(picture)
    except ReviewError as error:
        return error
    except Exception:
        logger.exception("engine failed")
        return EngineError("algorithmError")


def warm_up(engine: str) -> None:
    """Load the local engine's models before a caller waits for them; other engines have none.

    Some are loaded only when a certificate is read, so one is.
    """
    if engine == "local":
        with suppress(EngineError):
            engine_choice.engine(engine).recognise(SAMPLE.read_bytes())


@dataclass(slots=True)
class Cloud:
    """The cloud's engine. A call that takes too long goes on without its caller.

    It costs no processor time, has limits of its own, and its answer, which may be paid for, is
    kept for when the caller comes again; ended, it would hold one of the calls at once for minutes.
    """

    until: float
    name: str = "aliyun"

    def recognise(self, picture: bytes) -> Recognition:
        """Have the cloud read a picture. Raises what the engine raises, and ServiceTimeout."""
        call = _cloud_threads().submit(_call_cloud, picture)
        try:
            return call.result(max(0.0, self.until - time.monotonic()))
        except TimeoutError as error:
            call.cancel()
            raise EngineError("ServiceTimeout") from error


@cache
def _cloud_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CLOUD_THREADS, "cloud")


def _call_cloud(picture: bytes) -> Recognition:
    try:
        return engine_choice.engine("aliyun").recognise(picture)
    finally:
        close_old_connections()


def start() -> None:
    """Start the child processes, so that they are ready for the first caller."""
    if settings.ENGINE != "aliyun":
        _children(settings.ENGINE.removeprefix("aliyun+"))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one picture (WSGI): the engine's answer, or the code of its refusal, as JSON.

    1. May this caller ask. 2. The reading. 3. The answer.
    """
    shown = environ.get("HTTP_AUTHORIZATION", "")
    if not hmac.compare_digest(shown.encode(), _password().encode()):
        start_response("403 Forbidden", [JSON])
        return [b"{}"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    picture = environ["wsgi.input"].read(min(length, BYTE_LIMIT))
    try:
        recognition = _queue().read(picture, seconds=float(environ["HTTP_X_SECONDS"]))
        answer = asdict(recognition)
    except ReviewError as error:
        answer = {
            "code": error.code,
            "params": error.params,
            "is_picture": isinstance(error, InvalidImage),
        }
    except Exception:
        logger.exception("engine failed")
        answer = {"code": "algorithmError", "params": {}, "is_picture": False}
    start_response("200 OK", [JSON])
    return [json.dumps(answer).encode()]
