"""A disk without room: a sentence says so, pages are read, and what was taken in is read later."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import Popen

import pytest
from django.utils import translation

from reviewapp.exceptions import sentence
from reviewapp.states import SubmissionStatus
from tests.installation import Installation, installation, kill, wait_for
from tests.serving import IN_CHINESE, UNLIMITED, family, limit_files, serving, words
from tests.test_workers import READINGS, STATUSES

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

# Less than any picture, and less than the database's files have already.
NO_ROOM_BYTES = 4096
VIEWS = "list(models.Event.objects.filter(kind='viewed').values_list('by__username', flat=True).order_by('pk'))"
SEEN = "[bool(event.params) for event in models.Event.objects.filter(kind='viewed').order_by('pk')]"
FAILED_TASKS = (
    "__import__('django_tasks_db.models', fromlist=['x']).DBTaskResult.objects.exclude(status='SUCCESSFUL').count()"
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        yield made


@contextmanager
def full(process: Popen[bytes]) -> Iterator[None]:
    """Let a process find no room on the disk."""
    limit_files(process, NO_ROOM_BYTES)
    try:
        yield
    finally:
        limit_files(process, UNLIMITED)


def in_chinese(code: str) -> str:
    with translation.override("zh-hans"):
        return sentence(code)


def files(place: Installation) -> list[Path]:
    return [path for path in (place.directory / "media").rglob("*") if path.is_file()]


def test_what_needs_no_room_goes_on_and_what_does_says_so(place: Installation) -> None:
    with serving(place) as server:
        clerk, supervisor = server.visitor("clerk"), server.visitor("supervisor")
        chinese = server.visitor("clerk", IN_CHINESE)
        assert clerk.upload(930).status_code == 200
        before = files(place)

        with full(server.process):
            assert supervisor.get("/records/1/").status_code == 200
            assert clerk.get("/records/1/").status_code == 200
            assert clerk.get("/").status_code == 200
            assert server.health["degraded"] == ["workers", "traces"]

            refused = clerk.upload(931)
            assert refused.status_code == 503
            assert refused.text.lstrip().startswith("<li")
            assert sentence("storageAway") in words(refused)
            assert in_chinese("storageAway") in words(chinese.upload(931))
            assert files(place) == before

            lost = supervisor.post("/logout/")
            assert lost.status_code == 503
            assert lost.headers["retry-after"]
            assert sentence("databaseAway") in words(lost)
            assert in_chinese("databaseAway") in words(chinese.post("/logout/"))
            assert place.ask(VIEWS) == []

        assert clerk.upload(931).status_code == 200
        # The next look that is written takes those along that wait.
        assert clerk.get("/records/2/").status_code == 200
        assert sorted(place.ask(VIEWS)) == ["clerk", "clerk", "supervisor"]
        assert sorted(place.ask(SEEN)) == [False, True, True]


def test_without_any_room_for_the_trace_the_record_is_not_shown(place: Installation) -> None:
    with serving(place) as server:
        supervisor = server.visitor("supervisor")
        assert server.visitor("clerk").upload(932).status_code == 200
        (place.directory / "spool.jsonl").write_bytes(b'{"record": 1, "by": 1}\n' * 400)
        with full(server.process):
            refused = supervisor.get("/records/1/")
            assert refused.status_code == 503
            assert sentence("traceNotKept") in words(refused)


def test_a_picture_waits_until_the_worker_has_room_and_is_read_once(place: Installation) -> None:
    with serving(place) as server:
        clerk = server.visitor("clerk")
        worker = place.start("manage.py", "worker", "--interval", "0.1")
        try:
            wait_for(lambda: server.health["workers"])
            with full(worker):
                assert clerk.upload(933).status_code == 200
                wait_for(lambda: server.health["degraded"] == ["workers"])
                assert worker.poll() is None
                assert place.ask(STATUSES) == [SubmissionStatus.RECEIVED]
                assert len(files(place)) == 1
            wait_for(lambda: SubmissionStatus.RECEIVED not in place.ask(STATUSES))
            wait_for(lambda: place.ask(FAILED_TASKS) == 0)
        finally:
            kill(worker)
        assert place.ask(STATUSES) == [SubmissionStatus.RECOGNISED]
        assert place.ask(READINGS) == [1]
        assert len(files(place)) == 3


def test_the_database_stays_readable_on_a_full_disk_though_nobody_else_has_it_open(place: Installation) -> None:
    with serving(place) as server:
        clerk = server.visitor("clerk")
        assert clerk.get("/").status_code == 200
        # Without these, a reader would have to make them, for which there is no room.
        assert (place.directory / "db.sqlite3-shm").exists()
        assert (place.directory / "db.sqlite3-wal").exists()
        assert len(family(server.process)) == 2


def test_a_record_is_shown_while_somebody_else_writes_for_a_long_time(place: Installation) -> None:
    with serving(place) as server:
        supervisor, clerk = server.visitor("supervisor"), server.visitor("clerk")
        assert clerk.upload(935).status_code == 200
        with closing(sqlite3.connect(place.directory / "db.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert supervisor.get("/records/1/").status_code == 200
            assert supervisor.get("/batches/1/").status_code == 200
            refused = clerk.post("/records/1/retry/")
            assert refused.status_code == 503
            assert sentence("databaseAway") in words(refused)
            other.execute("ROLLBACK")
        assert place.ask(VIEWS) == []
        worker = place.start("manage.py", "worker", "--interval", "0.1")
        try:
            wait_for(lambda: place.ask(VIEWS) == ["supervisor"])
        finally:
            kill(worker)
