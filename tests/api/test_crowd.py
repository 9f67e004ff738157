"""A crowd of API callers leaves the clerks' pages the threads that they need."""

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from tests.api.conftest import PictureServer
from tests.api.raw import Raw, answered, hanging
from tests.api.running import Running, running
from tests.api.test_abandoned import is_answered, keep_answers
from tests.api.test_slots import PATIENT, SLOTS, SOON, take_all
from tests.installation import wait_for
from tests.syntax import ROOT

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

# Half of what a caller waits: longer than the test takes.
FETCH_SECONDS = 15
# Each would hold its thread for the two seconds for which a call waits to have its address fetched.
TOO_MANY = 16
# These would be 16 s of the two threads that are left.
PROMPT_SECONDS = 6.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pictures: PictureServer) -> Iterator[Running]:
    """One process with six threads, as it is deployed."""
    directory = tmp_path_factory.mktemp("crowd")
    keep_answers(directory / "replay")
    limits = {"API_SLOTS": str(SLOTS), "RECOGNISER_WAITING": str(SLOTS - 1)}
    times = {"API_SECONDS": str(PATIENT), "API_SECONDS_NODE": str(2 * FETCH_SECONDS)}
    hosts = {"FETCH_ALLOWED_HOSTS": pictures.allowed}
    with running(directory, workers=1, ENGINE="replay", **limits, **times, **hosts) as started:
        yield started


def fetching(server: Running, pictures: PictureServer) -> Raw:
    """Send a call for a picture whose server says nothing."""
    return Raw(server).send_url(f"{pictures.url}/silent.png", **{"user-agent": "Node.js"})


def test_callers_for_whom_no_thread_is_left_are_sent_away_at_once(server: Running, pictures: PictureServer) -> None:
    with hanging(take_all(server)), hanging([fetching(server, pictures) for _ in range(SLOTS)]) as fetched:
        assert not answered(fetched, seconds=1), "fewer places than there should be"

        began = time.monotonic()
        with hanging([fetching(server, pictures) for _ in range(TOO_MANY)]) as crowd:
            page = httpx.get(f"{server.url}healthz", trust_env=False, timeout=SOON)
            assert {call.code for call in crowd} == {"Throttling.User"}
        assert page.status_code == httpx.codes.OK
        assert time.monotonic() - began < PROMPT_SECONDS

    # Who hung up, and whose time is over, has given the place back.
    wait_for(lambda: is_answered(server), seconds=SOON)


@pytest.mark.parametrize("path", ["docs/deploy.md", "reviewapp/processes/demo.py", "tests/api/running.py"])
def test_a_server_has_two_threads_more_than_callers_may_have(path: str) -> None:
    threads = re.findall(r"--threads\W+(\d+)", (ROOT / path).read_text())
    assert threads == [str(settings.API_CALLS + 2)]
