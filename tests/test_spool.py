"""A look is recorded, now or later, and never silently not at all."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from reviewapp.administration import view_log
from reviewapp.exceptions import StorageOutage, sentence
from reviewapp.models import Event, Submission, User
from reviewapp.processes import worker
from reviewapp.spool import ASIDE, NAME, SIZE_BYTES, Entry, Spool
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import submission_at
from tests.views.pages import text

type Entries = list[Entry]


def away(entries: object) -> None:
    raise OperationalError("database is locked")


@pytest.fixture
def spool(tmp_path: Path, settings: Settings) -> Iterator[Spool]:
    """Keep the traces of this test apart."""
    settings.DATA_DIR = tmp_path
    view_log.spool.cache_clear()
    yield view_log.spool()
    view_log.spool.cache_clear()


def keep(spool: Spool, *numbers: int) -> None:
    spool.record([{"n": number} for number in numbers], write=away)


def numbers(written: Entries) -> list[int]:
    return [entry["n"] for entry in written]


@pytest.mark.django_db
def test_what_the_database_takes_is_not_kept(spool: Spool, tmp_path: Path) -> None:
    written: Entries = []
    spool.record([{"n": 1}], write=written.extend)
    assert written == [{"n": 1}]
    assert not (tmp_path / NAME).exists()


@pytest.mark.django_db
def test_what_it_does_not_take_waits_with_its_time_and_goes_along_with_the_next(spool: Spool) -> None:
    keep(spool, 1, 2)
    keep(spool, 3)
    assert spool.waiting() == 3
    written: Entries = []
    spool.record([{"n": 4}], write=written.extend)
    assert numbers(written) == [4, 1, 2, 3]
    assert ["at" in entry for entry in written] == [False, True, True, True]
    assert spool.waiting() == 0
    assert spool.drain(write=written.extend) == 0


@pytest.mark.django_db
def test_what_cannot_be_written_later_either_still_waits(spool: Spool) -> None:
    keep(spool, 1)
    with pytest.raises(OperationalError):
        spool.drain(write=away)

    def wrong(entries: object) -> None:
        raise ValueError("no such kind")

    with pytest.raises(ValueError, match="no such kind"):
        spool.drain(write=wrong)
    assert spool.waiting() == 1


@pytest.mark.django_db
def test_a_fault_in_what_waits_spoils_no_page(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no json\n")
    written: Entries = []
    spool.record([{"n": 1}], write=written.extend)
    assert numbers(written) == [1]
    assert spool.waiting() == 1


@pytest.mark.django_db
def test_half_a_line_of_a_crash_counts_for_nothing(spool: Spool, tmp_path: Path) -> None:
    keep(spool, 1)
    whole = (tmp_path / NAME).read_bytes().rstrip(b"\0")
    (tmp_path / NAME).write_bytes(whole + b'{"n": 2')
    keep(spool, 3)
    written: Entries = []
    spool.drain(write=written.extend)
    assert numbers(written) == [1, 3]


@pytest.mark.django_db
def test_the_file_has_its_room_from_the_start_and_is_for_nobody_else(spool: Spool, tmp_path: Path) -> None:
    spool.reserve()
    status = (tmp_path / NAME).stat()
    assert (status.st_size, status.st_mode & 0o777) == (SIZE_BYTES, 0o600)
    assert status.st_blocks * 512 >= SIZE_BYTES
    keep(spool, 1)
    assert (tmp_path / NAME).stat().st_size == SIZE_BYTES


@pytest.mark.django_db
def test_a_spool_without_room_says_so_and_keeps_what_it_has(spool: Spool, tmp_path: Path) -> None:
    line = json.dumps({"n": 0, "at": "2026-01-01T00:00:00+00:00"}).encode() + b"\n"
    (tmp_path / NAME).write_bytes(line * (SIZE_BYTES // len(line)))
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(StorageOutage, match="cannot be"):
        keep(spool, 1)
    assert (tmp_path / NAME).read_bytes().rstrip(b"\0") == before


@pytest.mark.django_db
def test_a_directory_that_is_gone_is_said_so(spool: Spool, tmp_path: Path) -> None:
    with pytest.raises(StorageOutage):
        keep(Spool(tmp_path / "nowhere"), 1)
    assert Spool(tmp_path / "nowhere").waiting() == 0


@pytest.mark.django_db
def test_many_who_keep_at_once_lose_nothing(spool: Spool, tmp_path: Path) -> None:
    def keep_some(first: int) -> None:
        own = Spool(tmp_path)
        for number in range(first, first + 20):
            own._keep([{"n": number}])

    threads = [threading.Thread(target=keep_some, args=(first,)) for first in range(0, 100, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written: Entries = []
    assert spool.drain(write=written.extend) == 100
    assert sorted(numbers(written)) == list(range(100))


# The look at a record


@pytest.fixture
def record(clerk: User) -> Submission:
    return submission_at(SubmissionStatus.RECOGNISED)


def views() -> list[Event]:
    return list(Event.objects.filter(kind=EventKind.VIEWED))


def test_a_look_that_cannot_be_written_down_is_so_later_with_its_own_time(
    spool: Spool, record: Submission, supervisor: User, as_supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(view_log, "_write", away)
        assert as_supervisor.get(record.get_absolute_url()).status_code == 200
        assert as_supervisor.get("/healthz").json()["degraded"] == ["traces"]
        assert not views()

    assert as_supervisor.get("/healthz").json()["degraded"] == []
    [look] = views()
    assert (look.submission, look.by) == (record, supervisor)
    assert look.params["seen_at"] < look.at.isoformat()


@pytest.mark.django_db(transaction=True)
def test_the_worker_writes_down_what_waits(
    spool: Spool, record: Submission, as_supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(view_log, "_write", away)
        as_supervisor.get(record.get_absolute_url())
    worker.try_to(view_log.write_kept_looks)
    assert len(views()) == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_look_that_can_be_kept_nowhere_is_refused(
    spool: Spool,
    record: Submission,
    as_supervisor: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setattr(view_log, "_write", away)
    (tmp_path / NAME).mkdir()
    refused = as_supervisor.get(record.get_absolute_url(), headers={"accept-language": language})
    assert refused.status_code == 503
    with translation.override(language):
        assert sentence("traceNotKept") in text(refused)


@pytest.mark.django_db(transaction=True)
def test_a_look_that_can_never_be_written_is_set_aside_and_keeps_no_other(spool: Spool, clerk: User) -> None:
    """A database that was restored from before knows nothing of some records."""
    record = submission_at("recognised")
    entry = {"kind": "viewed", "person": None, "params": {}, "by": clerk.pk, "address": None}
    spool.record([entry | {"record": 10**6}, entry | {"record": record.pk}], write=away)
    assert view_log.write_kept_looks() == 2
    assert record.events.filter(kind=EventKind.VIEWED).count() == 1
    assert spool.waiting() == 0
    aside = spool.path.with_suffix(ASIDE).read_text()
    assert json.loads(aside)["record"] == 10**6
