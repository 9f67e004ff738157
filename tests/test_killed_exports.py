"""An export whose worker is killed in the middle goes on: no record leaves twice, and the file is whole."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.export import run
from tests.installation import Installation, installation, kill, wait_for
from tests.serving import UNLIMITED, limit_files

pytestmark = pytest.mark.slow

RECORDS = 6000
PHASE = "models.Export.objects.get().phase"
EVENTS = "list(models.Event.objects.filter(kind='exported').values_list('submission_id', flat=True).order_by('pk'))"
ITEMS = "list(models.ExportItem.objects.values_list('submission_id', flat=True).order_by('pk'))"
MADE = "(lambda e: [e.row_count, e.written_count, e.file.path])(models.Export.objects.get())"
ASK = """
from reviewapp.models import ExportFormat, User
from reviewapp.stages import export
from reviewapp.tasks import export_for_a_while
from tests.bench.export_records import REASON
export.wish(by=User.objects.get(username="admin"), format=ExportFormat.JSONL, columns=["record"],
    queue=export_for_a_while.enqueue, balance_reason=REASON)
"""
# Less than the file, and more than SQLite's own files need for nothing.
NO_ROOM_BYTES = 4096


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        run(made.environment, f"from tests.bench import export_records; export_records.make({RECORDS})")
        run(made.environment, ASK)
        yield made


def assert_whole(place: Installation) -> None:
    """Every record left once, with one event, and stands once in the file."""
    items = place.ask(ITEMS)
    row_count, written_count, path = place.ask(MADE)
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    assert (row_count, written_count, len(lines)) == (RECORDS, RECORDS, RECORDS)
    assert items == place.ask(EVENTS) == sorted({int(json.loads(line)["record"]) for line in lines})


def test_a_worker_that_is_killed_while_records_leave_is_followed_by_one_that_goes_on(place: Installation) -> None:
    worker = place.start("manage.py", "worker", "--interval", "0.1")
    wait_for(lambda: place.ask("models.ExportItem.objects.count()") >= 1000, every=0.02)
    kill(worker)
    left = len(place.ask(ITEMS))
    assert 0 < left < RECORDS
    assert left == len(place.ask(EVENTS))
    follower = place.start("manage.py", "worker", "--interval", "0.1")
    try:
        wait_for(lambda: place.ask(PHASE) == "done")
    finally:
        kill(follower)
    assert_whole(place)


@pytest.mark.postgres
def test_a_file_without_room_is_written_when_there_is_room_again(place: Installation) -> None:
    worker = place.start("manage.py", "worker", "--interval", "0.1")
    try:
        limit_files(worker, NO_ROOM_BYTES)
        wait_for(lambda: place.ask(PHASE) == "writing")
        wait_for(lambda: "put back" in (place.directory / "processes.log").read_text(errors="replace"))
        assert place.ask("models.Export.objects.get().file.name") == ""
        limit_files(worker, UNLIMITED)
        wait_for(lambda: place.ask(PHASE) == "done")
    finally:
        kill(worker)
    assert_whole(place)
