"""Processes that are killed without a word: what was acknowledged is there, and nothing half-done is seen."""

import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import translation

from reviewapp.exceptions import sentence
from reviewapp.states import SubmissionStatus
from tests.certificates.make import make
from tests.databases import SURVIVING, URL, postgres_server
from tests.installation import Installation, installation, kill, wait_for
from tests.serving import IN_CHINESE, Serving, Visitor, serving, words
from tests.test_outages import working
from tests.test_workers import READINGS, RUNNING, STATUSES

pytestmark = pytest.mark.slow

PICTURES = range(940, 952)
DIGESTS = "list(models.Submission.objects.order_by('pk').values_list('sha256', flat=True))"
PATHS = "[s.original.path for s in models.Submission.objects.order_by('pk')]"
READY = "__import__('django_tasks_db.models', fromlist=['x']).DBTaskResult.objects.filter(status='READY').count()"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        yield made


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def upload_until_refused(visitor: Visitor, acknowledged: list[str]) -> None:
    """Note each picture that the server says it has, until it says nothing any more."""
    for seed in PICTURES:
        try:
            answer = visitor.upload(seed)
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            acknowledged.append(digest_of(make(seed, "clean").content))


def test_a_server_killed_in_the_middle_of_an_upload_has_what_it_acknowledged(place: Installation) -> None:
    with serving(place) as server:
        clerk = server.visitor("clerk")
        acknowledged: list[str] = []
        uploading = threading.Thread(target=upload_until_refused, args=(clerk, acknowledged))
        uploading.start()
        wait_for(lambda: len(acknowledged) >= 3, every=0.005)
        kill(server.process)
        uploading.join()

        kept: list[str] = place.ask(DIGESTS)
        # The last one may be there although nobody was told.
        assert kept[: len(acknowledged)] == acknowledged
        assert len(kept) - len(acknowledged) in (0, 1)
        assert [digest_of(Path(path).read_bytes()) for path in place.ask(PATHS)] == kept
        assert place.ask(READY) == len(kept)

        server.process = Serving.on(place, server.port).process
        # The session and the form from before are good.
        again = clerk.upload(PICTURES[0])
        assert again.status_code == 422
        assert "is already here" in words(again)
        assert clerk.upload(999).status_code == 200


@pytest.mark.postgres
def test_a_killed_postgresql_is_said_in_a_sentence_and_all_go_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server(SURVIVING) as database:
        monkeypatch.setenv(URL, database.get_uri())
        with installation(tmp_path) as place, serving(place) as server:
            clerk, chinese = server.visitor("clerk"), server.visitor("clerk", IN_CHINESE)
            with working(place) as worker:
                # At work.
                assert clerk.upload(960).status_code == 200
                wait_for(lambda: place.ask(RUNNING) or SubmissionStatus.RECEIVED not in place.ask(STATUSES))
                kill_database(database)
                assert_outage_is_said(server, clerk, chinese)
                database.start()
                wait_for(lambda: clerk.get("/").status_code == 200)
                wait_for(lambda: SubmissionStatus.RECEIVED not in place.ask(STATUSES))

                # Idle: nobody asks while it is away.
                kill_database(database)
                database.start()
                assert clerk.get("/records/1/").status_code == 200
                assert clerk.upload(961).status_code == 200
                wait_for(lambda: SubmissionStatus.RECEIVED not in place.ask(STATUSES))
                assert worker.poll() is None
            assert place.ask(STATUSES) == [SubmissionStatus.RECOGNISED] * 2
            assert place.ask(READINGS) == [1, 1]


def kill_database(server: Any) -> None:
    """Kill PostgreSQL; its own processes end when they notice that the first is gone.

    In a container nobody may bury the dead, whose number would look taken to the next start.
    """
    pid: int = server.get_pid()
    children = children_of(pid)
    os.kill(pid, signal.SIGKILL)
    for child in children:
        wait_for(lambda child=child: not is_running(child))
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (Path(server.pgdata) / name).unlink(missing_ok=True)


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def assert_outage_is_said(server: Serving, clerk: Visitor, chinese: Visitor) -> None:
    assert server.health == {"status": "error", "database": False}
    for answer in (clerk.get("/"), clerk.get("/records/1/"), clerk.post("/records/1/retry/"), clerk.upload(961)):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert sentence("databaseAway") in words(answer)
        assert "no-store" in answer.headers["cache-control"]
    with translation.override("zh-hans"):
        assert sentence("databaseAway") in words(chinese.get("/"))
