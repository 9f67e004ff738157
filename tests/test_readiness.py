"""Whether the installation can work, and what it says where it cannot."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from reviewapp import tasks
from reviewapp.models import Submission, User
from reviewapp.processes import readiness, worker
from reviewapp.states import SubmissionStatus
from tests.factories import person, submission_at
from tests.installation import ROOT, Installation, free_port, installation, kill, wait_for
from tests.views.pages import text

STANDSTILL = "Pictures wait, but nothing is reading them at the moment."


def health(client: Client, **options: Any) -> tuple[int, dict[str, Any]]:
    response = client.get("/healthz", **options)
    assert "no-store" in response.headers["cache-control"]
    return response.status_code, response.json()


@pytest.fixture
def waiting(clerk: User) -> Submission:
    submission = submission_at(SubmissionStatus.RECEIVED)
    tasks.read_picture.enqueue(submission.pk)
    return submission


@pytest.mark.django_db
def test_an_installation_without_work_is_well(client: Client) -> None:
    found = {"status": "ok", "degraded": [], "database": True}
    nothing_waits = {"workers": 0, "waiting": 0, "oldest_waits_seconds": 0}
    assert health(client) == (200, found | nothing_waits)


def test_pictures_that_nobody_reads_are_told_to_whoever_watches(client: Client, waiting: Submission) -> None:
    status, found = health(client)
    assert (status, found["status"], found["workers"], found["waiting"]) == (200, "degraded", 0, 1)
    assert found["degraded"] == ["workers"]
    worker.beat("alive")
    assert health(client)[1]["status"] == "ok"


def test_the_oldest_waiting_picture_is_told_in_seconds(client: Client, waiting: Submission) -> None:
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=5))
    assert 300 <= health(client)[1]["oldest_waits_seconds"] < 400


def test_another_queues_workers_give_no_sign_of_life(client: Client, waiting: Submission, settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "somebody.elses.Backend"}}
    assert health(client)[1]["status"] == "ok"


@pytest.mark.django_db
def test_health_is_answered_by_any_address_and_without_a_redirect(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert health(client, headers={"host": "10.1.2.3:8000"})[0] == 200
    assert client.head("/healthz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_without_a_database_health_is_an_error(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def gone() -> list[str]:
        raise error

    monkeypatch.setattr("reviewapp.views.health.waiting_migrations", gone)
    assert health(client) == (503, {"status": "error", "database": False})


@pytest.mark.django_db
def test_an_old_database_is_an_error_with_a_word(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_newest", lambda: frozenset({("reviewapp", "9999_tomorrow")}))
    assert health(client) == (503, {"status": "migrations wait", "database": True})


@pytest.mark.parametrize("role", ["clerk", "supervisor", "admin"])
def test_the_first_page_says_that_nothing_is_read_and_what_to_do(
    waiting: Submission, role: str, log_in: Callable[[User], Client]
) -> None:
    browser = log_in(person(role))
    assert STANDSTILL in text(browser.get("/"))
    assert "manage.py worker" in text(browser.get("/", headers={"hx-request": "true"}))
    worker.beat("alive")
    assert STANDSTILL not in text(browser.get("/"))


def test_the_batchs_page_says_that_nothing_is_read(waiting: Submission, as_clerk: Client) -> None:
    address = waiting.batch.get_absolute_url()
    assert STANDSTILL in text(as_clerk.get(address))
    assert STANDSTILL in text(as_clerk.get(address, headers={"hx-request": "true"}))
    worker.beat("alive")
    assert STANDSTILL not in text(as_clerk.get(address))


@pytest.mark.parametrize("role", ["clerk", "supervisor", "admin"])
def test_the_upload_page_says_that_nothing_is_read(
    waiting: Submission, role: str, log_in: Callable[[User], Client]
) -> None:
    browser = log_in(person(role))
    assert STANDSTILL in text(browser.get("/upload/"))
    worker.beat("alive")
    assert STANDSTILL not in text(browser.get("/upload/"))


@pytest.mark.django_db
def test_a_disk_with_hardly_any_room_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewapp.views.health.ROOM_BYTES", 2**60)
    assert health(client)[1] | {"status": "degraded", "degraded": ["storage"]} == health(client)[1]


def test_the_sentence_is_there_in_chinese(waiting: Submission, as_clerk: Client) -> None:
    with translation.override("zh-hans"):
        assert "目前没有后台程序在识别" in text(as_clerk.get("/", headers={"accept-language": "zh-hans"}))


# Starting


def attempt(place: Installation, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        env=place.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def serve(port: int) -> tuple[str, ...]:
    return ("-m", "gunicorn", "reviewapp.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket")


COMMANDS = [
    ("manage.py", "worker"),
    ("manage.py", "recogniser"),
    ("manage.py", "ingest", "README.md"),
    ("manage.py", "reflag"),
    ("manage.py", "create_access_key", "--user", "admin"),
]


@pytest.mark.slow
def test_nothing_starts_on_an_old_database_and_the_command_is_named(tmp_path: Path) -> None:
    with installation(tmp_path) as place:
        place.manage("migrate", "reviewapp", "0001", "-v", "0")
        for command in COMMANDS:
            refused = attempt(place, *command)
            assert refused.returncode == 1, command
            assert "then run: manage.py migrate" in refused.stderr, command
            assert "Traceback" not in refused.stderr, command

        refused = attempt(place, *serve(free_port()))
        assert refused.returncode != 0
        assert "then run: manage.py migrate" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.sqlite
@pytest.mark.slow
def test_without_a_database_the_server_starts_and_says_so_and_other_commands_refuse(tmp_path: Path) -> None:
    port = free_port()
    place = without_database(tmp_path)
    server = place.start(*serve(port))
    try:
        answer = wait_for(lambda: health_of(port))
        assert (answer.status_code, answer.json()) == (503, {"status": "error", "database": False})
    finally:
        kill(server)
    refused = attempt(place, "manage.py", "ingest", "README.md")
    assert refused.returncode == 1
    assert "The database does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.sqlite
@pytest.mark.slow
def test_a_worker_and_a_recogniser_that_are_started_before_the_database_wait_for_it(tmp_path: Path) -> None:
    place = without_database(tmp_path)
    for name in ("worker", "recogniser"):
        waiting = place.start("manage.py", name)
        try:
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(8)
        finally:
            kill(waiting)


def without_database(directory: Path) -> Installation:
    return Installation(directory, f"postgres://nobody@127.0.0.1:{free_port()}/nothing")


def health_of(port: int) -> Any:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=30)
    except httpx.HTTPError:
        return None
