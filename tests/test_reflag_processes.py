"""Flagging anew in processes of its own, interrupted and killed as an operator or a machine would."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.installation import Installation, installation, wait_for

pytestmark = pytest.mark.slow

# As many as take a second on a fast machine, so that a run is stopped before its end.
RECORDS, CHUNK = 400, 10
RUNS = "list(models.Reflag.objects.order_by('pk').values('last_pk', 'total', 'judged', 'changed', 'undone'))"
MOVED = "SELECT count(*) FROM reviewapp_reflag WHERE judged > 0"
FLAGGED = "models.Flag.objects.filter(code='low_probability').values('field__submission').distinct().count()"
TWICE = "models.Flag.objects.values('field', 'code', 'params').annotate(n=__import__('django').db.models.Count('pk'))"
EVENTS = "list(models.Event.objects.filter(kind='reflagged').values_list('params', flat=True))"
REFLAG = ("manage.py", "reflag", "--processes", "2", "--batch-size", str(CHUNK))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("reflag")) as made:
        make = f"from tests.bench import reflag_records as r; r.make({RECORDS}); r.set_threshold(100, everywhere=True)"
        made.manage("shell", "-v", "0", "-c", make)
        yield made


@pytest.fixture
def place(stored: Installation) -> Installation:
    """Return the installation with nothing flagged and nothing said yet."""
    clean = "for model in (models.Flag, models.Reflag, models.Event): model.objects.all().delete()"
    imports = "from reviewapp import models\nfrom tests.guards import guards_off"
    stored.manage("shell", "--no-imports", "-v", "0", "-c", f"{imports}\nwith guards_off():\n    {clean}")
    os.truncate(stored.directory / "processes.log", 0)
    return stored


def has_moved(place: Installation) -> bool:
    """Look into the database itself: a command that asks takes as long as half a run."""
    url = place.environment["DATABASE_URL"]
    database = psycopg.connect(url) if url else sqlite3.connect(place.directory / "db.sqlite3")
    with closing(database):
        row = database.execute(MOVED).fetchone()
    return bool(row and row[0])


def started(place: Installation, *, in_background: bool = False) -> subprocess.Popen[bytes]:
    process = place.start(*REFLAG, in_background=in_background)
    wait_for(lambda: has_moved(place), every=0.05)
    assert process.poll() is None, "it was over before it could be stopped"
    return process


def is_empty(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def helpers(pid: int) -> list[int]:
    """Return the processes that a process has started to judge with it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def judged(place: Installation) -> int:
    return int(place.ask(RUNS)[-1]["judged"])


def said(place: Installation) -> str:
    return (place.directory / "processes.log").read_text()


def finish(place: Installation) -> None:
    """Go on to the end, and see that every record was judged and counted once."""
    place.manage(*REFLAG[1:], "--resume")
    [run] = place.ask(RUNS)
    assert (run["total"], run["judged"], run["changed"], run["undone"]) == (RECORDS, RECORDS, RECORDS, 0)
    assert place.ask(FLAGGED) == RECORDS
    assert place.ask(f"{TWICE}.filter(n__gt=1).count()") == 0
    assert place.ask(EVENTS) == [{"judged": RECORDS, "changed": RECORDS, "undone": 0, "total": RECORDS}]


def test_an_interrupted_run_says_how_to_go_on_and_does(place: Installation) -> None:
    process = started(place)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    assert "manage.py reflag --resume" in said(place)
    assert "Traceback" not in said(place)
    wait_for(lambda: is_empty(process.pid), seconds=10)
    assert 0 < judged(place) < RECORDS
    finish(place)


def test_a_run_that_is_interrupted_while_its_processes_start_ends_without_a_trace(place: Installation) -> None:
    process = place.start(*REFLAG)
    wait_for(lambda: place.ask("models.Reflag.objects.unfinished().exists()"))
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    assert "Traceback" not in said(place)
    wait_for(lambda: is_empty(process.pid), seconds=10)


def test_a_killed_run_leaves_no_process_behind_and_can_go_on(place: Installation) -> None:
    process = started(place)
    process.kill()
    process.wait()
    wait_for(lambda: is_empty(process.pid), seconds=10)
    assert 0 < judged(place) < RECORDS
    finish(place)


@pytest.mark.parametrize("in_background", [False, True], ids=["from the keyboard", "in the background"])
def test_a_run_whose_helper_is_killed_says_how_to_go_on(place: Installation, *, in_background: bool) -> None:
    process = started(place, in_background=in_background)
    children = helpers(process.pid)
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    assert process.wait(30) == 1
    wait_for(lambda: is_empty(process.pid), seconds=10)
    assert "manage.py reflag --resume" in said(place)
    assert "Traceback" not in said(place)
    finish(place)
