"""Child processes that answer requests: one that takes too long is ended, one that dies is replaced."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from reviewapp import child_processes
from reviewapp.child_processes import Child, ChildLost, Children, ChildStarts, Work, helping
from reviewapp.waiting import Caller, CallerGone
from tests.installation import ROOT, wait_for

PATIENCE = 60.0
SLOW_SECONDS = 3.0


def make(start_seconds: float = 0.0) -> Work:
    time.sleep(start_seconds)
    return obey


def obey(request: bytes) -> object:
    if request == b"sleep":
        time.sleep(PATIENCE)
    if request == b"slow":
        time.sleep(SLOW_SECONDS)
    if request == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def soon(seconds: float = PATIENCE) -> Caller:
    return Caller(time.monotonic() + seconds)


def is_alive(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except ProcessLookupError:
        return False
    return True


def tell_mask() -> Work:
    return lambda _request: [blocked.name for blocked in signal.pthread_sigmask(signal.SIG_BLOCK, [])]


def mask_of_first_child() -> object:
    with helping(tell_mask, 1) as [child]:
        child.send(b"")
        return child.receive()


@pytest.fixture
def start() -> Iterator[Callable[..., Children]]:
    started: list[Children] = []

    def begin(start_seconds: float = 0.0) -> Children:
        started.append(Children(partial(make, start_seconds), at_once=1))
        return started[-1]

    yield begin
    for children in started:
        children.end()


def test_the_same_child_answers_again(start: Callable[..., Children]) -> None:
    children = start()
    assert children.ask(b"", caller=soon()) == children.ask(b"", caller=soon()) != os.getpid()


def test_a_child_that_takes_too_long_is_ended_and_another_answers(
    start: Callable[..., Children], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_processes, "LONGEST_SECONDS", 0.5)
    children = start()
    first = children.ask(b"", caller=soon())
    with pytest.raises(TimeoutError):
        children.ask(b"sleep", caller=soon(0.2))
    assert children.ask(b"", caller=soon()) != first
    wait_for(lambda: not is_alive(first), seconds=PATIENCE / 2)


def test_a_child_finishes_what_nobody_waits_for_and_answers_again(start: Callable[..., Children]) -> None:
    children = start()
    first, spare = {children.ask(b"", caller=soon())}, {child._process.pid for child in children._idle}
    with pytest.raises(TimeoutError):
        children.ask(b"slow", caller=soon(0.2))
    assert children.ask(b"", caller=soon()) in spare - first
    wait_for(lambda: len(children._idle) == 2)
    assert {children.ask(b"", caller=soon()) for _ in range(2)} == first


def test_who_finds_all_children_at_work_waits_for_the_first_that_is_done(start: Callable[..., Children]) -> None:
    children = start()
    ours = {child._process.pid for child in children._idle}
    for _ in range(2):
        with pytest.raises(TimeoutError):
            children.ask(b"slow", caller=soon(0.2))
    with pytest.raises(TimeoutError):
        children.ask(b"", caller=soon(0.1))
    assert children.ask(b"", caller=soon()) in ours


def test_a_caller_who_hangs_up_is_not_waited_for(start: Callable[..., Children]) -> None:
    children = start()
    children.ask(b"", caller=soon())
    ours, theirs = socket.socketpair()
    with ours, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(children.ask, b"slow", caller=Caller(soon().until, ours))
        theirs.close()
        started = time.monotonic()
        with pytest.raises(CallerGone):
            asked.result(PATIENCE)
        assert time.monotonic() - started < SLOW_SECONDS


def test_a_child_that_could_not_be_started_is_started_when_it_is_needed(
    start: Callable[..., Children], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_self: object) -> None:
        raise OSError("no memory")

    children = start()
    with monkeypatch.context() as patch:
        patch.setattr("multiprocessing.context.SpawnProcess.start", no_room)
        for _ in range(2):
            with pytest.raises(ChildLost):
                children.ask(b"die", caller=soon())
    assert children.ask(b"", caller=soon()) == children.ask(b"", caller=soon())


def test_a_child_that_dies_costs_its_own_caller_the_answer_and_nobody_else(start: Callable[..., Children]) -> None:
    children = start()
    with pytest.raises(ChildLost):
        children.ask(b"die", caller=soon())
    second = children.ask(b"", caller=soon())
    os.kill(int(str(second)), signal.SIGKILL)
    wait_for(lambda: not children._idle[-1].is_usable)
    assert children.ask(b"", caller=soon()) != second


def test_a_caller_without_patience_does_not_end_a_child_that_still_starts(start: Callable[..., Children]) -> None:
    children = start(1.0)
    starting = {child._process.pid for child in children._idle}
    with pytest.raises(ChildStarts):
        children.ask(b"", caller=soon(0.1))
    assert children.ask(b"", caller=soon()) in starting


def test_a_child_that_never_starts_is_replaced(start: Callable[..., Children], monkeypatch: pytest.MonkeyPatch) -> None:
    children = start(PATIENCE)
    children._make = make
    monkeypatch.setattr(child_processes, "START_SECONDS", 0.1)
    time.sleep(0.2)
    assert not children._idle[-1].is_usable
    stuck = [child._process.pid for child in children._idle]
    monkeypatch.setattr(child_processes, "START_SECONDS", PATIENCE)
    for child in children._idle:
        child._started_at -= PATIENCE
    assert children.ask(b"", caller=soon()) not in stuck


def test_helping_children_answer_in_their_turn_and_are_ended() -> None:
    with helping(make, 2) as children:
        for child in children * 2:
            child.send(b"")
        first, second, *again = [child.receive() for child in children * 2]
        assert again == [first, second]
        assert first != second
        children[0].send(b"die")
        with pytest.raises(ChildLost):
            children[0].receive()
    assert not any(child.is_usable for child in children)


def test_no_interruption_reaches_the_first_child_of_a_process() -> None:
    """A process of its own has not started multiprocessing's tracker yet, which would let interruptions through."""
    code = "from tests.test_child_processes import mask_of_first_child as of\nif __name__ == '__main__': print(of())"
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert signal.SIGINT.name in asked.stdout


def test_a_child_that_waits_ready_stays_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child(make)
    try:
        assert child._connection.poll(PATIENCE)
        monkeypatch.setattr(child_processes, "START_SECONDS", 0.0)
        assert child.is_usable
    finally:
        child.end()
    assert not child.is_usable
