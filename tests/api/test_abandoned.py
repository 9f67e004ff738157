"""A reading that takes longer than its caller waits: it ends, and costs nobody else an answer."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewapp.engines.acs3.signing import Credentials
from tests.api.calls import Answer, by_hand
from tests.api.conftest import PictureServer
from tests.api.running import Running, running
from tests.factories import answer, picture
from tests.installation import ROOT, free_port, wait_for

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

GOOD, ENDLESS = picture(number=1), picture(number=2)
SECONDS = 4


def keep_answers(replay: Path) -> None:
    """Store the good picture's answer; the other's is a pipe into which nobody writes."""
    replay.mkdir()
    (replay / name_of(GOOD)).write_text(json.dumps(answer()))
    os.mkfifo(replay / name_of(ENDLESS))


def name_of(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.json"


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory, pictures: PictureServer) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("abandoned")
    keep_answers(directory / "replay")
    hosts = pictures.allowed
    with running(directory, ENGINE="replay", API_SECONDS=str(SECONDS), FETCH_ALLOWED_HOSTS=hosts) as started:
        yield started


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as several:
        yield several


def is_answered(server: Running) -> bool:
    return by_hand(server, body=GOOD).status == 200


def children(mark: str) -> set[int]:
    """Return the recogniser's child processes, found by a variable of their environment."""
    pids = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return {pid for pid in pids if _is_child(pid, mark.encode())}


def _is_child(pid: int, mark: bytes) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return b"spawn_main" in command and mark in environment.split(b"\0")


def children_of(server: Running) -> set[int]:
    return children(f"REVIEWAPP_DATA_DIR={server.data_dir}")


@contextmanager
def blocked(server: Running, pool: ThreadPoolExecutor, calls: int) -> Iterator[list[Future[Answer]]]:
    """Send calls for the endless picture, and begin when the first is being read."""
    asked = [pool.submit(by_hand, server, body=ENDLESS) for _ in range(calls)]
    writer = wait_for(lambda: writer_of(server.data_dir / "replay"))
    try:
        yield asked
        wait(asked)
    finally:
        os.close(writer)


def writer_of(replay: Path) -> int | None:
    """Open the pipe for writing, which succeeds when somebody is reading it."""
    try:
        return os.open(replay / name_of(ENDLESS), os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_a_reading_that_takes_too_long_is_ended_and_the_next_call_is_answered(slow_server: Running) -> None:
    for _ in range(3):
        response = by_hand(slow_server, body=ENDLESS)
        assert (response.status, response.code) == (504, "ServiceTimeout")
        wait_for(lambda: is_answered(slow_server))


def test_while_readings_take_long_wrong_calls_are_told_what_is_wrong(
    slow_server: Running, pool: ThreadPoolExecutor
) -> None:
    stranger = Credentials(slow_server.key_id, "wrong")
    with blocked(slow_server, pool, calls=8) as asked:
        wrong = {
            "InvalidApi.NotFound": by_hand(slow_server, path="/other"),
            "SignatureDoesNotMatch": by_hand(slow_server, body=GOOD, credentials=stranger),
            "unsupportedImageFormat": by_hand(slow_server, body=b"no picture"),
            "illegalImageSize": by_hand(slow_server, body=picture(size=(10, 10))),
            "exceededImageContent": by_hand(slow_server, body=bytes(10 * 1024**2 + 1)),
            "imageUrlOrBodyEmpty": by_hand(slow_server),
            "notSafeImageUrl": by_hand(slow_server, query={"Url": "http://127.0.0.1/a.png"}),
            "exceededImageUrlLength": by_hand(slow_server, query={"Url": "http://a.cn/" + "a" * 2048}),
        }
        assert [response.code for response in wrong.values()] == list(wrong)
        by_hand(slow_server, body=b"x", nonce="again")
        assert by_hand(slow_server, body=b"x", nonce="again").code == "SignatureNonceUsed"
    told = {call.result().code for call in asked}
    assert "ServiceTimeout" in told
    assert told <= {"ServiceTimeout", "Throttling.User"}
    wait_for(lambda: is_answered(slow_server))


def test_who_comes_by_an_address_hears_that_it_is_no_picture_while_readings_take_long(
    slow_server: Running, pictures: PictureServer, pool: ThreadPoolExecutor
) -> None:
    with blocked(slow_server, pool, calls=4):
        response = by_hand(slow_server, query={"Url": f"{pictures.url}/text.png"})
        assert response.code == "unsupportedImageFormat"


def test_a_child_that_is_killed_is_an_error_of_its_caller_and_the_next_call_is_answered(
    slow_server: Running, pool: ThreadPoolExecutor
) -> None:
    wait_for(lambda: is_answered(slow_server))
    with blocked(slow_server, pool, calls=1) as asked:
        for pid in children_of(slow_server):
            os.kill(pid, signal.SIGKILL)
        assert asked[0].result().code == "algorithmError"
    wait_for(lambda: is_answered(slow_server))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_recogniser(slow_server: Running, how: signal.Signals) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    environment = {**slow_server.environment, "RECOGNISER": address}
    recogniser = subprocess.Popen([sys.executable, "manage.py", "recogniser"], cwd=ROOT, env=environment)
    try:
        wait_for(lambda: len(children(f"RECOGNISER={address}")) > 1)
    finally:
        recogniser.send_signal(how)
        recogniser.wait()
    wait_for(lambda: not children(f"RECOGNISER={address}"))
