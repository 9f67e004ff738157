"""The suite runs on the databases that it says it runs on, set up as an installation has them."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from reviewapp.models import Threshold
from tests.databases import URL, dealt, settings_environment
from tests.syntax import ROOT

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, eq=False)
class Item:
    """What is looked at of a test when tests are dealt to workers."""

    mark: str = ""
    path: Path = Path("tests/test_short.py")

    def get_closest_marker(self, name: str) -> bool:
        return name == self.mark


@pytest.mark.sqlite
@pytest.mark.parametrize("workers", [1, 2, 3, 5, 40])
def test_every_test_is_dealt_once_and_long_ones_of_a_kind_to_one_worker(workers: int) -> None:
    reading = Path("tests/engines/test_reading.py")
    items: Any = [Item(), *(Item(mark) for mark in ("slow", "browser", "slow", "") * 3), Item(path=reading), Item()]
    order = dealt(items, workers)
    assert set(order) == set(items)
    assert len(order) == len(items)
    assert [item.mark for item in order[:3]] == ["browser"] * 3


def test_this_run_is_on_the_database_that_it_names() -> None:
    assert connection.vendor == ("postgresql" if os.environ.get(URL) else "sqlite")


@pytest.mark.postgres
def test_it_is_a_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert cursor.fetchone()[0].startswith("PostgreSQL ")
    assert connection.features.has_select_for_update


@pytest.mark.sqlite
def test_sqlite_writes_ahead_and_takes_the_write_lock_at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"
    assert connection.transaction_mode == "IMMEDIATE"


def test_an_error_in_a_transaction_takes_everything_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Threshold.objects.create(name="sex", percent=1 // 0)
    assert not Threshold.objects.exists()


@pytest.mark.parametrize("url", ["", "postgresql://postgres:@/postgres?host=/nowhere"])
def test_every_test_process_gets_a_directory_of_its_own(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, url)
    first, second = settings_environment(), settings_environment()
    directories = [Path(found["REVIEWAPP_DATA_DIR"]) for found in (first, second)]
    assert directories[0] != directories[1]
    assert all(directory.is_dir() and not list(directory.iterdir()) for directory in directories)
    assert (first["DATABASE_URL"], bool(first["SECRET_KEY"])) == (url, bool(url))
    for directory in directories:
        directory.rmdir()


@pytest.mark.sqlite
@pytest.mark.parametrize(("choice", "databases"), [("sqlite", ["SQLite"]), ("both", ["SQLite", "PostgreSQL"])])
def test_one_command_runs_the_tests_on_the_chosen_databases(choice: str, databases: list[str]) -> None:
    target = "tests/test_databases.py::test_this_run_is_on_the_database_that_it_names"
    command = [sys.executable, "-m", "pytest", "--no-cov", "-p", "no:cacheprovider", "--db", choice, target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert [
        line.removeprefix("database: ") for line in done.stdout.splitlines() if line.startswith("database: ")
    ] == databases
    assert done.stdout.count("1 passed") == len(databases)
