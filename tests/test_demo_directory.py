"""The demo keeps away from what is not its own: it resets passwords and removes what it finds."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reviewapp.processes import demo
from tests.installation import ROOT, free_port
from tests.test_demo import ENVIRONMENT

pytestmark = pytest.mark.sqlite

REFUSAL = "belongs to an installation. The demo would reset passwords"


def start(directory: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", "demo", "--port", str(free_port())]
    return subprocess.run(
        [*command, "--data-dir", str(directory), *options],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def contents(directory: Path) -> dict[str, str]:
    """Return what lies in a directory, but for what SQLite keeps there while somebody reads."""
    paths = [path for path in directory.rglob("*") if path.is_file()]
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if not path.name.endswith(("-wal", "-shm"))
    }


def make_database(path: Path, statement: str = "CREATE TABLE records (id)") -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(statement)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_an_installation_is_left_as_it_is(tmp_path: Path, options: tuple[str, ...]) -> None:
    environment = ENVIRONMENT | {"REVIEWAPP_DATA_DIR": str(tmp_path)}
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "picture.png").write_bytes(b"picture")
    before = contents(tmp_path)

    refused = start(tmp_path, *options)
    assert refused.returncode == 1
    assert REFUSAL in refused.stderr
    assert "--data-dir" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert contents(tmp_path) == before


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_pictures_whose_records_lie_in_another_database_are_left_as_they_are(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "media" / "pictures").mkdir(parents=True)
    (tmp_path / "media" / "pictures" / "picture.png").write_bytes(b"picture")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "manifest.json").write_bytes(b"{}")
    before = contents(tmp_path)

    refused = start(tmp_path, *options)
    assert refused.returncode == 1
    assert REFUSAL in refused.stderr
    assert before.items() <= contents(tmp_path).items()
    assert not (tmp_path / "demo_directory.txt").exists()


@pytest.mark.slow
def test_the_directory_of_an_environment_is_an_installation_s_too(tmp_path: Path) -> None:
    environment = ENVIRONMENT | {"REVIEWAPP_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py"]
    subprocess.run([*command, "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    before = contents(tmp_path)

    fresh = [*command, "demo", "--fresh", "--port", str(free_port())]
    refused = subprocess.run(fresh, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, contents(tmp_path)) == (1, before)
    assert REFUSAL in refused.stderr


@pytest.mark.parametrize("name", ["media", "spool.jsonl"])
def test_what_a_server_keeps_beside_another_database_is_an_installation(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert not demo.may_use(tmp_path)


def test_a_fresh_demo_forgets_the_looks_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "spool.jsonl").write_text("{}\n")
    demo.clear(tmp_path)
    assert not (tmp_path / "spool.jsonl").exists()


def test_a_file_that_is_no_database_is_somebody_s(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_bytes(b"something else" * 100)
    assert not demo.may_use(tmp_path)


def test_a_directory_in_which_nothing_was_kept_is_new(tmp_path: Path) -> None:
    assert demo.may_use(tmp_path)
    (tmp_path / "secret_key").write_text("x" * 50)
    make_database(tmp_path / "db.sqlite3", "PRAGMA user_version")
    assert demo.may_use(tmp_path)
    make_database(tmp_path / "db.sqlite3")
    assert not demo.may_use(tmp_path)


@pytest.mark.parametrize("name", ["demo_accounts.json", "demo_directory.txt"])
def test_what_a_demo_made_is_its_own(tmp_path: Path, name: str) -> None:
    make_database(tmp_path / "db.sqlite3")
    (tmp_path / name).touch()
    assert demo.may_use(tmp_path)


def test_a_demo_marks_its_directory_and_the_mark_outlives_a_fresh_start(tmp_path: Path) -> None:
    demo.mark(tmp_path)
    demo.clear(tmp_path)
    make_database(tmp_path / "db.sqlite3")
    assert demo.may_use(tmp_path)
    assert "no real records" in (tmp_path / "demo_directory.txt").read_text()
