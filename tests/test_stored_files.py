"""A place for pictures that is full, broken, closed or gone, and files that no record names."""

import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus
from django.test import Client
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from reviewapp import intake, tasks
from reviewapp.administration import orphans
from reviewapp.exceptions import ReviewError, StorageOutage, outage_code, sentence
from reviewapp.models import Submission, User
from reviewapp.stages import ingest
from reviewapp.states import Source, SubmissionStatus
from tests.factories import AnswerEngine, make_batch, picture, receive, submission_at
from tests.test_outages import steady_worker
from tests.views.pages import text

pytestmark = pytest.mark.django_db

ROOM_BYTES = 1024


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file of this process grow beyond a little, as a disk does that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def place_of(submission: Submission, kind: str = "original") -> Path:
    return Path(getattr(submission, kind).path)


def take_in(clerk: User) -> Submission:
    return intake.receive(io.BytesIO(picture()), name="a.png", batch=make_batch(), source=Source.UPLOAD, by=clerk)


def test_a_picture_without_room_leaves_neither_a_record_nor_half_a_file(clerk: User, private_media: Path) -> None:
    batch = make_batch()
    with no_room(), pytest.raises(StorageOutage) as refused:
        intake.receive(io.BytesIO(picture()), name="a.png", batch=batch, source=Source.UPLOAD, by=clerk)
    assert outage_code(refused.value) == "storageAway"
    assert not Submission.objects.exists()
    assert not files(private_media)


def test_without_room_for_what_the_screen_needs_the_picture_waits(
    clerk: User, private_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "engine", AnswerEngine)
    submission = take_in(clerk)
    worker, task = steady_worker(), DBTaskResult.objects.get()
    task.claim(worker.worker_id)
    with no_room():
        worker.run_task(task)

    task.refresh_from_db()
    submission.refresh_from_db()
    assert (task.status, task.worker_ids) == (TaskResultStatus.READY, [])
    assert (submission.status, submission.failure_code) == (SubmissionStatus.RECEIVED, "")
    assert files(private_media) == [place_of(submission)]

    task.claim(worker.worker_id)
    worker.run_task(task)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED
    assert len(files(private_media)) == 3


def test_without_room_for_the_thumbnail_no_larger_one_stays_behind(
    clerk: User, private_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = take_in(clerk)
    monkeypatch.setattr(ingest, "renderings", lambda content, sizes: [b"x" * 10, b"x" * 2 * ROOM_BYTES])
    with no_room(), pytest.raises(StorageOutage):
        ingest.render(submission)
    assert files(private_media) == [place_of(submission)]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), PermissionError(13, "closed"), RuntimeError("S3")])
def test_a_storage_that_does_not_answer_is_no_fault_of_the_picture(
    clerk: User, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = take_in(clerk)

    def broken(*arguments: object) -> object:
        raise error

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._open", broken)
    with pytest.raises(StorageOutage):
        tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECEIVED


def test_what_nobody_foresaw_ends_in_the_record_and_can_be_tried_again(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = take_in(clerk)

    def broken() -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "engine", broken)
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, "algorithmError")


def test_only_what_passes_is_an_outage() -> None:
    assert outage_code(OSError(28, "full")) == "storageAway"
    assert outage_code(StorageOutage("traceNotKept")) == "traceNotKept"
    for error in (FileNotFoundError(2, "gone"), OSError("no number"), ValueError(), ReviewError("notYours"), None):
        assert outage_code(error) is None


# A picture that is missing


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_missing_picture_is_said_in_a_sentence_and_its_record_opens(as_clerk: Client, language: str) -> None:
    record = submission_at(SubmissionStatus.RECOGNISED)
    for kind in ("original", "screen", "thumbnail"):
        place_of(record, kind).unlink()
        missing = as_clerk.get(f"/records/{record.pk}/picture/{kind}/", headers={"accept-language": language})
        with translation.override(language):
            assert sentence("pictureMissing") in text(missing)
        assert missing.status_code == 404
        assert missing.headers["cache-control"] == "no-store"
    page = as_clerk.get(record.get_absolute_url())
    assert page.status_code == 200
    assert "The stored picture cannot be shown." in text(page)


def test_a_picture_that_cannot_be_read_at_the_moment_is_asked_for_again(
    as_clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = submission_at(SubmissionStatus.RECOGNISED)

    def broken(*arguments: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._open", broken)
    answer = as_clerk.get(f"/records/{record.pk}/picture/screen/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert sentence("storageAway") in text(answer)


# Files that no record names


def orphan(directory: Path, name: str = "ab/abc.png", *, age: timedelta = timedelta(hours=2)) -> Path:
    path = directory / "pictures" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a picture")
    then = (timezone.now() - age).timestamp()
    os.utime(path, (then, then))
    return path


def aged(directory: Path) -> None:
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    for path in files(directory):
        os.utime(path, (long_ago, long_ago))


def test_files_without_a_record_are_swept_and_all_others_stay(
    private_media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = receive()
    aged(private_media)
    kept = {place_of(record, kind) for kind in orphans.FILES}
    young = orphan(private_media, "ab/young.png", age=timedelta(minutes=50))
    future = orphan(private_media, "ab/future.png", age=-timedelta(hours=2))
    beside = orphan(private_media, f"{place_of(record).parent.name}/beside.png")
    old = orphan(private_media, "zz/old.png")

    call_command("sweep", dry_run=True)
    assert f"pictures/zz/{old.name}" in capsys.readouterr().out
    assert beside.exists()

    call_command("sweep")
    assert "2 files without a record were removed." in capsys.readouterr().out
    assert set(files(private_media)) == kept | {young, future}


def test_files_of_a_database_that_is_not_theirs_are_not_swept(private_media: Path) -> None:
    receive()
    aged(private_media)
    found = [orphan(private_media, f"{number:02}/a.png") for number in range(orphans.FEW + 1)]
    with pytest.raises(CommandError, match=r"11 of 14 stored files have no record.*Nothing was removed"):
        call_command("sweep")
    assert all(path.exists() for path in found)
    call_command("sweep", even_many=True)
    assert not any(path.exists() for path in found)


def test_before_the_first_picture_nothing_is_swept(private_media: Path) -> None:
    assert orphans.sweep() == 0


def test_what_is_swept_in_the_middle_of_taking_pictures_in_is_none_of_theirs(
    clerk: User, private_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its file and its record a picture is young."""
    store = ingest.store

    def swept(*arguments: object) -> None:
        store(*arguments)  # type: ignore[arg-type]
        assert orphans.sweep() == 0

    monkeypatch.setattr(ingest, "store", swept)
    assert place_of(take_in(clerk)).exists()


# Who may read them


def test_the_database_and_the_directories_are_for_nobody_else(
    settings_of: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    settings_of()
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "db.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_there_keeps_its_content(
    settings_of: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "db.sqlite3").write_bytes(b"records")
    settings_of()
    assert (tmp_path / "data" / "db.sqlite3").read_bytes() == b"records"


def test_directories_of_pictures_are_for_nobody_else(private_media: Path, settings: Settings) -> None:
    receive()
    for path in private_media.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
