import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp import intake, tasks
from reviewapp.models import Heartbeat, Submission, User
from reviewapp.processes import worker
from reviewapp.states import Source, SubmissionStatus
from tests.certificates.make import make
from tests.factories import make_batch, picture, submission_at
from tests.installation import Installation, installation, kill, wait_for

STATUSES = "list(models.Submission.objects.order_by('pk').values_list('status', flat=True))"
READINGS = "[s.recognitions.count() for s in models.Submission.objects.order_by('pk')]"
RUNNING = "__import__('django_tasks_db.models', fromlist=['x']).DBTaskResult.objects.filter(status='RUNNING').count()"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as made:
        made.manage("shell", "-v", "0", "-c", "User.objects.create_superuser('admin', password='x')")
        yield made


def test_a_worker_killed_in_the_middle_of_reading_leaves_every_picture_read_once(
    place: Installation, tmp_path: Path
) -> None:
    paths = []
    for seed in range(3):
        paths.append(tmp_path / f"{seed}.jpg")
        paths[-1].write_bytes(make(900 + seed, "clean").content)
    place.manage("ingest", *map(str, paths), "--batch", "kill")

    first = place.start("manage.py", "worker", "--interval", "0.1")
    wait_for(lambda: place.ask(RUNNING))
    kill(first)
    assert SubmissionStatus.RECEIVED in place.ask(STATUSES)

    second = place.start("manage.py", "worker", "--interval", "0.1")
    try:
        wait_for(lambda: SubmissionStatus.RECEIVED not in place.ask(STATUSES))
    finally:
        kill(second)
    assert place.ask(STATUSES) == [SubmissionStatus.RECOGNISED] * 3
    assert place.ask(READINGS) == [1, 1, 1]


@pytest.fixture
def queued(clerk: User) -> DBTaskResult:
    submission = submission_at(SubmissionStatus.RECEIVED)
    result = tasks.read_picture.enqueue(submission.pk)
    return DBTaskResult.objects.get(pk=result.id)


def run_by(task: DBTaskResult, *worker_ids: str, ago: timedelta = timedelta(minutes=5)) -> None:
    task.status, task.worker_ids, task.started_at = TaskResultStatus.RUNNING, list(worker_ids), timezone.now() - ago
    task.save()


def test_the_task_of_a_silent_worker_is_put_back(queued: DBTaskResult) -> None:
    run_by(queued, "gone")

    assert worker.requeue_lost() == 1

    queued.refresh_from_db()
    assert queued.status == TaskResultStatus.READY


def test_the_task_of_a_living_worker_stays(queued: DBTaskResult) -> None:
    run_by(queued, "gone", "alive")
    worker.beat("alive")

    assert worker.requeue_lost() == 0


def test_a_task_that_has_only_begun_stays(queued: DBTaskResult) -> None:
    run_by(queued, "new", ago=timedelta(seconds=1))

    assert worker.requeue_lost() == 0


def test_a_picture_that_stops_every_worker_is_given_up_with_a_sentence(queued: DBTaskResult) -> None:
    run_by(queued, "a", "b", "c")

    worker.requeue_lost()

    queued.refresh_from_db()
    submission = Submission.objects.get()
    assert queued.status == TaskResultStatus.FAILED
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, "workerLost")
    assert "3 times" in submission.failure_sentence


def test_a_record_that_another_worker_finished_is_not_given_up(clerk: User) -> None:
    submission = submission_at(SubmissionStatus.RECOGNISED)
    task = DBTaskResult.objects.get(pk=tasks.read_picture.enqueue(submission.pk).id)
    run_by(task, "a", "b", "c")

    worker.requeue_lost()

    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED


def test_workers_that_were_silent_for_a_day_are_forgotten(db: None) -> None:
    Heartbeat.objects.create(worker_id="old", beat_at=timezone.now() - timedelta(days=2))

    worker.beat("new")

    assert list(Heartbeat.objects.values_list("worker_id", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_while_it_works_and_leaves_no_sign_when_it_stops(settings: pytest.FixtureRequest) -> None:
    settings.WORKER_SILENT_SECONDS = 1
    with worker.beating("me"):
        first = Heartbeat.objects.get(worker_id="me").beat_at
        wait_for(lambda: Heartbeat.objects.get(worker_id="me").beat_at > first, seconds=5)
    assert not Heartbeat.objects.exists()


def test_a_picture_and_its_task_are_written_together_or_not_at_all(
    clerk: User, monkeypatch: pytest.MonkeyPatch, private_media: Path
) -> None:
    def full(self: object, *args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(tasks.read_picture), "enqueue", full)

    with pytest.raises(OSError, match="disk full"):
        intake.receive(io.BytesIO(picture()), name="a.png", batch=make_batch(), source=Source.UPLOAD, by=clerk)
    assert not Submission.objects.exists()
    assert not list(private_media.rglob("*.png"))
