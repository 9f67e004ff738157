"""The recogniser as a process of its own: reading for API callers costs the pages nothing.

The web processes hand it a picture over a private socket and wait a bounded time; it reads few
pictures at once, lets few wait, and turns the others away at once. A reading that takes longer than
its caller waits gives its place to the next, and so does one whose caller has hung up: a program that
gives up early and asks again would otherwise find the place taken by its own first call.
"""

import hmac
import json
import logging
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cache, partial
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import wait as wait_for_one
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from reviewapp.administration import engine_choice
from reviewapp.child_processes import ChildLost, Children, Work
from reviewapp.encryption import derive
from reviewapp.engines.base import Engine, Recognition
from reviewapp.engines.second import SecondOpinionEngine
from reviewapp.exceptions import EngineError, InvalidImage, ReviewError
from reviewapp.pictures.files import BYTE_LIMIT
from reviewapp.processes.line import Line
from reviewapp.waiting import Caller, CallerGone

logger = logging.getLogger(__name__)

SAMPLE = settings.BASE_DIR / "reviewapp" / "data" / "samples" / "01-clean.jpg"
UNIX = "unix:"
PATH_LIMIT = 100
CONNECT_SECONDS = 1.0
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


def ask(picture: bytes, *, seconds: float, connection: socket | None = None) -> Recognition:
    """Have a picture read within `seconds`, and as long as the caller's `connection` is open.

    Raises InvalidImage, EngineError as the engine does, and `Throttling.User` when too much waits,
    `ServiceTimeout`, `ServiceUnavailable` when no recogniser runs.
    """
    caller = Caller(time.monotonic() + seconds, connection)
    try:
        answer = _asked(picture, caller)
    except CallerGone as error:
        logger.info("caller gone")
        raise EngineError("ServiceTimeout") from error
    except TimeoutError as error:
        raise EngineError("ServiceTimeout") from error
    except (OSError, HTTPException, ValueError) as error:
        logger.warning("recogniser does not answer", extra={"error": type(error).__name__})
        raise EngineError("ServiceUnavailable") from error
    if "code" in answer:
        kind = InvalidImage if answer["is_picture"] else EngineError
        raise kind(answer["code"], **answer["params"])
    return _recognition(answer)


def _asked(picture: bytes, caller: Caller) -> dict[str, Any]:
    """Return the recogniser's answer; hanging up, also on the way there, ends the reading.

    Raises TimeoutError, CallerGone, OSError, HTTPException, ValueError.
    """
    headers = {"Authorization": _password(), "X-Seconds": str(caller.seconds_left)}
    with closing(_connection(address())) as recogniser:
        recogniser.connect()
        recogniser.sock.settimeout(max(CONNECT_SECONDS, caller.seconds_left))
        recogniser.request("POST", "/", body=picture, headers=headers)
        caller.wait(lambda seconds: wait_for_one([recogniser.sock], seconds))
        answer: dict[str, Any] = json.load(recogniser.getresponse())
    return answer


class _SocketConnection(HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("recogniser", timeout=CONNECT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(CONNECT_SECONDS)
        self.sock.connect(self._path)


def _connection(where: str) -> HTTPConnection:
    """Return a connection for one picture: the end of one is the end of its reading."""
    if where.startswith(UNIX):
        return _SocketConnection(where.removeprefix(UNIX))
    return HTTPConnection(where.removeprefix("http://").rstrip("/"), timeout=CONNECT_SECONDS)


def _recognition(answer: dict[str, Any]) -> Recognition:
    second = answer.pop("second")
    return Recognition(**answer, second=_recognition(second) if second else None)


@cache
def _line() -> Line:
    return Line(_engine, at_once=settings.RECOGNISER_AT_ONCE, waiting=settings.RECOGNISER_WAITING)


def _engine(caller: Caller) -> Engine:
    """Return the engine for one reading, which goes on as long as its caller waits."""
    if settings.ENGINE == "aliyun":
        return Cloud(caller)
    if settings.ENGINE == "aliyun+local":
        return SecondOpinionEngine(Cloud(caller), InChild("local", caller))
    return InChild(settings.ENGINE, caller)


@dataclass(slots=True)
class InChild:
    """An engine of this machine, in a child process: no thread can be stopped as it computes."""

    name: str
    caller: Caller

    def recognise(self, picture: bytes) -> Recognition:
        """Read a picture.

        Raises what the engine raises, ServiceTimeout, and algorithmError when the child died.
        """
        try:
            answer = _children(self.name).ask(picture, caller=self.caller)
        except TimeoutError as error:
            why = "caller gone" if isinstance(error, CallerGone) else "it took too long"
            logger.warning("reading without an answer: %s", why, extra={"engine": self.name})
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

    caller: Caller
    name: str = "aliyun"

    def recognise(self, picture: bytes) -> Recognition:
        """Have the cloud read a picture. Raises what the engine raises, and ServiceTimeout."""
        call = _cloud_threads().submit(_call_cloud, picture)
        try:
            self.caller.wait(lambda seconds: wait([call], seconds).done)
        except TimeoutError as error:
            call.cancel()
            raise EngineError("ServiceTimeout") from error
        return call.result()


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
        until = time.monotonic() + float(environ["HTTP_X_SECONDS"])
        caller = Caller(until, environ.get("gunicorn.socket"))
        recognition = _line().read(picture, caller=caller)
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
