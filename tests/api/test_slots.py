"""Places for readings always come back: callers hang up, break off, wait too long; processes are killed."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.calls import by_hand
from tests.api.raw import Raw, answered, hanging
from tests.api.running import Running, running
from tests.api.test_abandoned import ENDLESS, GOOD, children_of, is_answered, keep_answers, writer_of
from tests.installation import wait_for

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

# No caller of these tests hears of an end of its time but who says it is Node.
PATIENT, NODE_SECONDS = 600, 2
SLOTS = 2
# A picture without an end is read for 15 s, and then a child starts; a busy machine needs its time.
SOON = 120.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One process with two places, in front of a recogniser with two: one reads, one waits."""
    directory = tmp_path_factory.mktemp("slots")
    keep_answers(directory / "replay")
    limits = {"API_SLOTS": str(SLOTS), "RECOGNISER_WAITING": str(SLOTS - 1)}
    times = {"API_SECONDS": str(PATIENT), "API_SECONDS_NODE": str(NODE_SECONDS)}
    with running(directory, workers=1, ENGINE="replay", **limits, **times) as started:
        yield started


def take_all(server: Running) -> list[Raw]:
    """Send calls until all places are taken, which is told by as many refusals as there are calls too many.

    Return those that hang; none while a caller who is gone still holds a place.
    """
    calls = [Raw(server).send(ENDLESS) for _ in range(SLOTS + 3)]
    for _ in range(3):
        ready = answered(calls, seconds=SOON)
        assert ready, "more places than there should be"
        assert ready[0].code == "Throttling.User"
        calls.remove(ready[0])
    if not answered(calls, seconds=1):
        return calls
    with hanging(calls):
        return []


def hang_up_while_read(server: Running) -> None:
    for _ in range(3):
        with hanging([Raw(server).send(ENDLESS) for _ in range(6)]):
            time.sleep(0.5)


def break_off_while_read(server: Running) -> None:
    for call in [Raw(server).send(ENDLESS) for _ in range(6)]:
        call.break_off()


def hang_up_in_the_body(server: Running) -> None:
    calls = [Raw(server) for _ in range(12)]
    for call in calls:
        call.send_head(GOOD, {"Content-Length": str(len(GOOD))})
        call.socket.sendall(GOOD[:100])
    with hanging(calls):
        time.sleep(0.5)


def hang_up_in_a_chunk(server: Running) -> None:
    calls = [Raw(server) for _ in range(12)]
    for call in calls:
        call.send_head(GOOD, {"Transfer-Encoding": "chunked"})
        call.socket.sendall(b"1000\r\n" + GOOD[:100])
    for call in calls:
        call.break_off()


def break_off_in_the_answer(server: Running) -> None:
    for _ in range(12):
        call = Raw(server).send(GOOD)
        call.socket.recv(10)
        call.break_off()


def wait_too_long(server: Running) -> None:
    calls = [Raw(server).send(ENDLESS, **{"user-agent": "Node.js"}) for _ in range(6)]
    assert {call.code for call in calls} == {"ServiceTimeout", "Throttling.User"}


@contextmanager
def being_read(server: Running) -> Iterator[Raw]:
    """Send the endless picture and begin when a child has opened its pipe, and none of a test before."""
    replay = server.data_dir / "replay"
    while left_over := writer_of(replay):
        os.close(left_over)
    call = Raw(server).send(ENDLESS)
    writer = wait_for(lambda: writer_of(replay), seconds=SOON)
    try:
        yield call
    finally:
        os.close(writer)


def lose_the_children(server: Running) -> None:
    with being_read(server) as call:
        for pid in children_of(server):
            os.kill(pid, signal.SIGKILL)
        assert call.code == "algorithmError"


def lose_the_recogniser(server: Running) -> None:
    """Kill the process that the children belong to; another takes its place."""
    with being_read(server) as call:
        (parent,) = {parent_of(child) for child in children_of(server)}
        os.kill(parent, signal.SIGKILL)
        assert call.code == "ServiceUnavailable"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


WAYS = [
    hang_up_while_read,
    break_off_while_read,
    hang_up_in_the_body,
    hang_up_in_a_chunk,
    break_off_in_the_answer,
    wait_too_long,
    lose_the_children,
    lose_the_recogniser,
]


@pytest.mark.parametrize("lose", WAYS, ids=lambda way: way.__name__)
def test_all_places_come_back(server: Running, lose: Callable[[Running], None]) -> None:
    lose(server)
    wait_for(lambda: is_answered(server), seconds=SOON)
    with hanging(wait_for(lambda: take_all(server), seconds=SOON)):
        assert by_hand(server, body=GOOD).code == "Throttling.User"
    wait_for(lambda: is_answered(server), seconds=SOON)
