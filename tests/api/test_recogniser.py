"""The recogniser's line and its socket, and bodies that come slowly or never end."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reviewapp.api.body import read_body
from reviewapp.api.errors import ApiError
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import EngineError
from reviewapp.incoming import DRAIN_BYTES, PIECE, Incoming, Patience
from reviewapp.pictures.files import BYTE_LIMIT
from reviewapp.processes import recogniser
from reviewapp.processes.line import FIRST_GUESS, Line
from reviewapp.waiting import Caller
from tests.factories import answer, picture

PICTURE = picture(number=1)


class SlowEngine:
    """Holds every picture until it is let go."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.running = self.most = 0

    def recognise(self, picture: bytes) -> Recognition:
        self.running += 1
        self.most = max(self.most, self.running)
        self.go.wait(10)
        self.running -= 1
        return Recognition(self.name, answer(), 0.1)


@pytest.fixture
def engine() -> Iterator[SlowEngine]:
    slow = SlowEngine()
    yield slow
    slow.go.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as several:
        yield several


def waiting(seconds: float) -> Caller:
    return Caller(time.monotonic() + seconds)


def fill(
    line: Line, engine: SlowEngine, pool: ThreadPoolExecutor, count: int, running: int = 1
) -> list[Future[Recognition]]:
    """Put pictures into the line and wait until they are in, and some of them with the engine."""
    asked = [pool.submit(line.read, PICTURE, caller=waiting(60)) for _ in range(count)]
    until = time.monotonic() + 10
    while (line.length < count or engine.running < running) and time.monotonic() < until:
        time.sleep(0.01)
    return asked


def test_few_are_read_at_once_and_few_wait(engine: SlowEngine, pool: ThreadPoolExecutor) -> None:
    line = Line(lambda caller: engine, at_once=2, waiting=1)
    asked = fill(line, engine, pool, 3, running=2)
    with pytest.raises(EngineError) as raised:
        line.read(PICTURE, caller=waiting(60))
    assert raised.value.code == "Throttling.User"
    engine.go.set()
    assert [reading.result(10).engine for reading in asked] == ["slow"] * 3
    assert engine.most == 2
    assert line.read(PICTURE, caller=waiting(60)).engine == "slow"


def test_who_would_be_answered_too_late_is_turned_away_at_once(engine: SlowEngine, pool: ThreadPoolExecutor) -> None:
    line = Line(lambda caller: engine, at_once=1, waiting=5)
    fill(line, engine, pool, 1)
    started = time.monotonic()
    with pytest.raises(EngineError) as raised:
        line.read(PICTURE, caller=waiting(FIRST_GUESS))
    assert raised.value.code == "Throttling.User"
    assert time.monotonic() - started < 1
    engine.go.set()


def test_who_has_waited_long_enough_is_told_so(engine: SlowEngine, pool: ThreadPoolExecutor) -> None:
    line = Line(lambda caller: engine, at_once=1, waiting=5)
    line._usual_seconds = 0.01
    fill(line, engine, pool, 1)
    with pytest.raises(EngineError) as raised:
        line.read(PICTURE, caller=waiting(0.2))
    assert raised.value.code == "ServiceTimeout"
    engine.go.set()


@pytest.mark.django_db
def test_an_engine_that_breaks_is_an_error_of_the_algorithm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name = "broken"

        def recognise(self, picture: bytes) -> Recognition:
            raise ZeroDivisionError

    line = Line(lambda caller: Broken(), at_once=1, waiting=1)
    monkeypatch.setattr(recogniser, "_line", lambda: line)
    said: list[str] = []
    environ = {
        "HTTP_AUTHORIZATION": recogniser._password(),
        "HTTP_X_SECONDS": "5",
        "CONTENT_LENGTH": str(len(PICTURE)),
        "wsgi.input": io.BytesIO(PICTURE),
    }
    answered = b"".join(recogniser.application(environ, lambda status, headers: said.append(status)))
    assert said == ["200 OK"]
    assert b"algorithmError" in answered


def test_the_local_engine_is_loaded_before_the_first_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    class Counting:
        def __init__(self, name: str) -> None:
            self.name = name

        def recognise(self, picture: bytes) -> Recognition:
            asked.append(picture)
            raise EngineError("unmatchedImageType")

    monkeypatch.setattr("reviewapp.administration.engine_choice.engine", Counting)
    recogniser.reading("replay")
    assert not asked
    recogniser.reading("local")
    assert len(asked) == 1


def test_a_data_directory_with_a_long_name_has_its_socket_elsewhere(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings.DATA_DIR = tmp_path / ("long" * 30)
    path = Path(recogniser.address().removeprefix("unix:"))
    assert path.is_relative_to(tmp_path)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.chmod(0o755)
    with pytest.raises(OSError, match="belongs to somebody else"):
        recogniser.address()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_sender_who_falls_silent_is_not_waited_for(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewapp.api.body.KNOWN", Patience(0.3))
    ours, theirs = pair
    theirs.sendall(b"x" * 10)
    environ = {"wsgi.input": ours.makefile("rb"), "gunicorn.socket": ours, "CONTENT_LENGTH": "1000"}
    started = time.monotonic()
    with pytest.raises(ApiError) as raised:
        read_body(environ)
    assert raised.value.code == "ServiceTimeout"
    assert time.monotonic() - started < 3


def test_a_body_without_end_is_read_to_a_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    stream = Endless()
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    environ["wsgi.input"] = waiting = Incoming(environ)
    with pytest.raises(ApiError) as raised:
        read_body(environ)
    assert raised.value.code == "exceededImageContent"
    before = stream.given
    assert before <= BYTE_LIMIT + 2 * PIECE
    waiting.finish()
    assert stream.given - before == DRAIN_BYTES


@pytest.mark.parametrize("length", ["", "-5", "many"])
def test_a_length_that_is_none_is_no_body(length: str) -> None:
    assert read_body({"wsgi.input": io.BytesIO(b"abc"), "CONTENT_LENGTH": length}) == b""
