"""The database goes away and comes back, while real processes work on it."""

import pickle
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import InterfaceError, InternalError, OperationalError
from django.tasks import TaskResultStatus
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from reviewapp import tasks
from reviewapp.administration import reflag
from reviewapp.child_processes import Work, helping
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import StorageOutage, sentence
from reviewapp.management.commands.demo import Command as DemoCommand
from reviewapp.management.commands.worker import SteadyWorker
from reviewapp.models import RecognitionResult, Submission, User
from reviewapp.processes import worker
from reviewapp.states import SubmissionStatus
from tests.certificates.make import make
from tests.databases import URL, postgres_server
from tests.factories import AnswerEngine, submission_at
from tests.installation import Installation, installation, kill, wait_for
from tests.test_workers import READINGS, RUNNING, STATUSES
from tests.views.pages import text

OUTAGES = [OperationalError("gone"), InterfaceError("closed"), InternalError("read-only")]


@contextmanager
def working(place: Installation) -> Iterator[Popen[bytes]]:
    worker = place.start("manage.py", "worker", "--interval", "0.1")
    try:
        wait_for(lambda: place.ask("models.Heartbeat.objects.count()"))
        yield worker
    finally:
        kill(worker)


def take_in(place: Installation, tmp_path: Path, *seeds: int) -> None:
    for seed in seeds:
        path = tmp_path / f"{seed}.jpg"
        path.write_bytes(make(seed, "clean").content)
        place.manage("ingest", str(path), "--batch", "outage")


def wait_until_read(place: Installation) -> None:
    wait_for(lambda: SubmissionStatus.RECEIVED not in place.ask(STATUSES))


def make_administrator(place: Installation) -> None:
    place.manage("shell", "-v", "0", "-c", "User.objects.create_superuser('admin', password='x')")


@pytest.mark.postgres
@pytest.mark.slow
def test_a_worker_outlives_a_restart_of_postgresql_idle_and_while_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server() as server:
        monkeypatch.setenv(URL, server.get_uri())
        with installation(tmp_path) as place:
            make_administrator(place)
            with working(place) as worker:
                restart(server)
                take_in(place, tmp_path, 910, 911)
                wait_for(lambda: place.ask(RUNNING))
                restart(server)
                wait_until_read(place)
                assert worker.poll() is None
            assert place.ask(STATUSES) == [SubmissionStatus.RECOGNISED] * 2
            assert place.ask(READINGS) == [1, 1]
            assert place.ask(RUNNING) == 0


def restart(server: Any) -> None:
    """Stop PostgreSQL as `pg_ctl stop -m fast` does, and start it again some seconds later."""
    server.stop()
    time.sleep(3)
    server.start()


@pytest.mark.sqlite
@pytest.mark.slow
def test_a_worker_outlives_a_database_that_is_locked_for_longer_than_it_waits(tmp_path: Path) -> None:
    with installation(tmp_path) as place:
        make_administrator(place)
        with working(place) as worker:
            with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                time.sleep(23)
                other.execute("ROLLBACK")
            take_in(place, tmp_path, 912)
            wait_until_read(place)
            assert worker.poll() is None
        assert place.ask(STATUSES) == [SubmissionStatus.RECOGNISED]


def steady_worker(worker_id: str = "me") -> SteadyWorker:
    return SteadyWorker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )


def claimed(worker: SteadyWorker) -> DBTaskResult:
    """Return the task of a received picture, as the worker has just taken it."""
    submission = submission_at(SubmissionStatus.RECEIVED)
    task = DBTaskResult.objects.get(pk=tasks.read_picture.enqueue(submission.pk).id)
    task.claim(worker.worker_id)
    return task


class Raising:
    name = "raising"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def recognise(self, picture: bytes) -> Recognition:
        raise self.error


@pytest.mark.parametrize(
    "error", [*OUTAGES, SystemExit(1), KeyboardInterrupt()], ids=lambda error: type(error).__name__
)
def test_a_reading_that_was_interrupted_is_done_again_and_counts_as_no_attempt(
    error: BaseException, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "engine", lambda: Raising(error))
    worker = steady_worker()
    task = claimed(worker)

    worker.run_task(task)

    task.refresh_from_db()
    assert (task.status, task.worker_ids, task.finished_at) == (TaskResultStatus.READY, [], None)
    assert Submission.objects.get().status == SubmissionStatus.RECEIVED


@pytest.mark.django_db(transaction=True)
def test_what_stands_as_running_in_a_workers_name_while_it_looks_for_work_is_done_again(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "engine", AnswerEngine)
    monkeypatch.setattr(worker, "WAIT_AFTER_INTERRUPTION", worker.WAIT_AFTER_INTERRUPTION * 0)
    task = claimed(steady_worker())

    steady_worker("other").run()
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING

    steady_worker().run()
    task.refresh_from_db()
    assert task.status == TaskResultStatus.SUCCESSFUL
    assert RecognitionResult.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", [*OUTAGES, ZeroDivisionError()], ids=lambda error: type(error).__name__)
def test_nothing_that_goes_wrong_ends_a_thread_beside_the_worker(error: Exception) -> None:
    done: list[str] = []

    def work(name: str) -> None:
        done.append(name)
        raise error

    worker.try_to(work, "beat")
    assert done == ["beat"]


@pytest.mark.django_db
def test_flagging_anew_that_loses_the_database_says_how_to_go_on(
    admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: object, **options: object) -> bool:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("reviewapp.administration.reflag.go_on", gone)
    with pytest.raises(CommandError, match=r"The database went away at 0/0\. Go on with: manage\.py reflag --resume"):
        call_command("reflag", processes=1)


def _answers_that_it_is_gone(_request: bytes) -> object:
    return OperationalError("server closed the connection unexpectedly")


def _make_gone() -> Work:
    return _answers_that_it_is_gone


def test_a_database_that_a_helping_process_loses_is_no_lost_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(run_pk: int, pks: list[int]) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(reflag, "judge_chunk", gone)
    assert isinstance(reflag._judges_chunks()(pickle.dumps((1, [1]))), OperationalError)
    with helping(_make_gone, 1) as [child]:
        child.send(b"")
        with pytest.raises(OperationalError):
            reflag._judgement_of(child)


def test_the_demo_goes_on_while_its_database_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> tuple[int, int]:
        raise OperationalError("database is locked")

    monkeypatch.setattr("reviewapp.processes.demo.progress", locked)
    assert DemoCommand()._show_progress((1, 2)) == (1, 2)


# What people and programs are told meanwhile


def lose(monkeypatch: pytest.MonkeyPatch, target: str, error: Exception) -> None:
    def gone(*arguments: object, **options: object) -> object:
        raise error

    monkeypatch.setattr(target, gone)


HOME = "reviewapp.views.home.worker.stand_still"
FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("error", "code"),
    [*((error, "databaseAway") for error in OUTAGES), (FULL, "storageAway")],
    ids=lambda value: type(value).__name__,
)
def test_an_outage_is_told_in_a_persons_language_with_when_to_come_back(
    clerk: User, error: Exception, code: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client(headers={"accept-language": language}, raise_request_exception=False)
    browser.force_login(clerk)
    lose(monkeypatch, HOME, error)
    answer = browser.get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "no-store" in answer.headers["cache-control"]
    with translation.override(language):
        assert sentence(code) in text(answer)


def test_a_fault_of_ours_is_still_no_outage(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    browser.force_login(clerk)
    lose(monkeypatch, HOME, ZeroDivisionError())
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in text(answer)
    assert "retry-after" not in answer.headers


def test_nobody_is_looked_up_for_the_page_that_tells_of_an_outage(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session itself cannot be read, for the log either."""
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    browser.force_login(clerk)
    lose(monkeypatch, "django.contrib.sessions.backends.db.SessionStore.load", OperationalError("gone"))
    for answer in (browser.get("/"), browser.post("/upload/"), browser.get("/records/1/")):
        assert answer.status_code == 503
        assert sentence("databaseAway") in text(answer)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        *((error, 503, "ServiceUnavailable") for error in OUTAGES),
        (FULL, 503, "ServiceUnavailable"),
        (ZeroDivisionError(), 500, "InternalError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_program_is_told_that_it_may_come_back(
    error: Exception, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, "reviewapp.api.views._recognise", error)
    answer = Client().post("/", headers={"x-acs-action": "RecognizeBirthCertification"})
    assert (answer.status_code, answer.json()["Code"]) == (status, code)


@pytest.mark.parametrize(
    ("error", "code"), [(OperationalError("locked"), "databaseAway"), (StorageOutage("storageAway"), "storageAway")]
)
def test_the_command_that_takes_files_in_says_it_of_each_file(
    admin_user: User, tmp_path: Path, error: Exception, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, "reviewapp.intake.receive", error)
    (tmp_path / "a.png").write_bytes(b"a")
    (tmp_path / "b.png").write_bytes(b"b")
    said = StringIO()
    with pytest.raises(CommandError, match="2 of the files were not taken"):
        call_command("ingest", str(tmp_path), stderr=said)
    assert said.getvalue().count(sentence(code)) == 2


@pytest.mark.parametrize("error", [OperationalError("locked"), StorageOutage("storageAway")])
def test_without_scripts_each_file_of_a_form_is_told_of(
    as_clerk: Client, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, "reviewapp.intake.receive", error)
    files = [SimpleUploadedFile(name, b"content") for name in ("first.png", "second.png")]
    answer = as_clerk.post("/upload/", {"new_batch": "Monday", "file": files})
    assert answer.status_code == 200
    assert text(answer).lower().count("try again in a minute") >= 2
