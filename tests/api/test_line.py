"""The line before the recogniser: who came first is read first, and who has hung up leaves it."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import EngineError
from reviewapp.processes.line import Line
from reviewapp.waiting import Caller, CallerGone
from tests.factories import answer
from tests.installation import wait_for

PATIENCE = 30.0


class Recorder:
    """Notes which picture it reads, and holds each until it is let go."""

    name = "recorder"

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.go = threading.Event()

    def __call__(self, _caller: Caller) -> Engine:
        return self

    def recognise(self, picture: bytes) -> Recognition:
        self.seen.append(picture)
        assert self.go.wait(PATIENCE)
        return Recognition(self.name, answer(), 0.1)


@pytest.fixture
def engine() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.go.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(10) as several:
        yield several


def waiting(connection: socket.socket | None = None) -> Caller:
    return Caller(time.monotonic() + PATIENCE, connection)


def arrive(line: Line, pool: ThreadPoolExecutor, picture: bytes, caller: Caller | None = None) -> None:
    """Send a picture, and wait until it stands in the line."""
    before = line.length
    pool.submit(line.read, picture, caller=caller or waiting())
    wait_for(lambda: line.length > before, seconds=PATIENCE, every=0.01)


def test_pictures_are_read_in_the_order_in_which_they_came(engine: Recorder, pool: ThreadPoolExecutor) -> None:
    line = Line(engine, at_once=1, waiting=9)
    pictures = [bytes([number]) for number in range(8)]
    for picture in pictures:
        arrive(line, pool, picture)
    engine.go.set()
    wait_for(lambda: line.length == 0, seconds=PATIENCE, every=0.01)
    assert engine.seen == pictures


def test_who_hangs_up_leaves_the_line_and_is_never_read(engine: Recorder, pool: ThreadPoolExecutor) -> None:
    line = Line(engine, at_once=1, waiting=2)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        arrive(line, pool, b"first")
        arrive(line, pool, b"gone", waiting(ours))
        arrive(line, pool, b"last")
        with pytest.raises(EngineError) as raised:
            line.read(b"one too many", caller=waiting())
        assert raised.value.code == "Throttling.User"
        theirs.close()
        wait_for(lambda: line.length == 2, seconds=PATIENCE, every=0.01)
        arrive(line, pool, b"in the free place")
        engine.go.set()
        wait_for(lambda: line.length == 0, seconds=PATIENCE, every=0.01)
    assert engine.seen == [b"first", b"last", b"in the free place"]


def test_a_caller_is_gone_who_closes_and_not_who_is_silent_or_sends_more() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        caller = waiting(ours)
        assert not caller.is_gone
        theirs.sendall(b"the next request")
        assert not caller.is_gone
        theirs.close()
        assert caller.is_gone
        with pytest.raises(CallerGone):
            caller.wait(lambda _seconds: True)


def test_who_waits_is_told_that_the_time_is_up() -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        Caller(started + 0.5).wait(time.sleep)
    assert 0.5 <= time.monotonic() - started < PATIENCE
