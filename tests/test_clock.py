"""The clock jumps, back by an hour or forward by a day: nothing is lost, and no two people hold a record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.tasks import TaskResultStatus
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp import tasks
from reviewapp.administration import lockout
from reviewapp.administration.view_log import note_views
from reviewapp.exceptions import ClaimLost
from reviewapp.models import Event, Heartbeat, RecognitionResult, Submission, User
from reviewapp.processes import worker
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import PASSWORD, AnswerEngine, change, receive, submission_at
from tests.test_outages import steady_worker

pytestmark = pytest.mark.django_db

BACK, FORWARD = -timedelta(hours=1), timedelta(days=1)
JUMPS = pytest.mark.parametrize("jump", [BACK, FORWARD], ids=["back", "forward"])

WRONG = "wrong"

type Jump = Callable[[timedelta], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Let the clock of the whole product jump."""
    true_now = timezone.now

    def jump(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: true_now() + by)

    return jump


@pytest.fixture
def record(clerk: User) -> Submission:
    return submission_at(SubmissionStatus.RECOGNISED)


# Claims


def holders(record: Submission, *people: User) -> list[User]:
    record.refresh_from_db()
    return [person for person in people if record.is_held_by(person)]


def test_a_clock_that_goes_back_leaves_a_record_with_who_holds_it(
    record: Submission, clerk: User, clerk2: User, clock: Jump
) -> None:
    claim.claim(record, by=clerk)
    clock(BACK)
    with pytest.raises(ClaimLost):
        claim.claim(record, by=clerk2)
    assert claim.claim_next(by=clerk2) is None
    assert holders(record, clerk, clerk2) == [clerk]

    # As soon as the holder's page gives a sign, all is as long as ever.
    claim.renew(record, by=clerk)
    clock(BACK + timedelta(minutes=settings.CLAIM_MINUTES + 1))
    claim.claim(record, by=clerk2)
    assert holders(record, clerk, clerk2) == [clerk2]


def test_a_clock_that_goes_forward_gives_a_record_to_one_other_at_most(
    record: Submission, clerk: User, clerk2: User, clock: Jump
) -> None:
    claim.claim(record, by=clerk)
    clock(FORWARD)
    assert holders(record, clerk, clerk2) == []

    # Nobody came between: who held it goes on.
    change(record, by=clerk, name="father_name", value="张三")
    claim.renew(record, by=clerk)
    with pytest.raises(ClaimLost):
        claim.claim(record, by=clerk2)
    assert holders(record, clerk, clerk2) == [clerk]


def test_who_comes_between_holds_it_alone_and_nothing_is_overwritten(
    record: Submission, clerk: User, clerk2: User, clock: Jump
) -> None:
    claim.claim(record, by=clerk)
    clock(FORWARD)
    claim.claim(record, by=clerk2)
    clock(timedelta())
    assert holders(record, clerk, clerk2) == [clerk2]
    field = record.fields.get(name="father_name")
    with pytest.raises(ClaimLost):
        correct.correct(field, by=clerk, value="李四", version=field.version)
    with pytest.raises(ClaimLost):
        claim.renew(record, by=clerk)


# Workers


@pytest.fixture
def task(clerk: User) -> DBTaskResult:
    submission = receive()
    return DBTaskResult.objects.get(pk=tasks.read_picture.enqueue(submission.pk).id)


@JUMPS
def test_a_picture_is_read_whatever_the_clock_says(
    task: DBTaskResult, clock: Jump, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "engine", AnswerEngine)
    clock(jump)
    worker_here = steady_worker()
    found = DBTaskResult.objects.ready().get_locked()
    assert found is not None
    found.claim(worker_here.worker_id)
    worker_here.run_task(found)
    assert Submission.objects.get().status == SubmissionStatus.RECOGNISED


@JUMPS
def test_a_worker_that_died_before_the_jump_is_dead_after_it(task: DBTaskResult, clock: Jump, jump: timedelta) -> None:
    worker.beat("gone")
    task.claim("gone")
    assert (worker.alive(), worker.requeue_lost()) == (1, 0)
    clock(jump)
    assert worker.alive() == 0
    assert worker.stand_still(1)
    assert worker.requeue_lost() == 1
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY


@JUMPS
def test_a_living_worker_keeps_its_picture_from_its_next_beat_on(
    task: DBTaskResult, clock: Jump, jump: timedelta
) -> None:
    worker.beat("alive")
    task.claim("alive")
    clock(jump)
    worker.beat("alive")
    assert worker.alive() == 1
    assert worker.requeue_lost() == 0


def test_a_picture_that_two_workers_read_because_of_a_jump_has_one_reading(
    task: DBTaskResult, clock: Jump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "engine", AnswerEngine)
    worker.beat("first")
    task.claim("first")
    clock(FORWARD)
    assert worker.requeue_lost() == 1

    for name in ("second", "first"):
        steady_worker(name).run_task(task)
    assert Submission.objects.get().status == SubmissionStatus.RECOGNISED
    assert RecognitionResult.objects.count() == 1


def test_beats_from_a_future_that_is_over_are_forgotten(clock: Jump) -> None:
    clock(timedelta(days=3))
    worker.beat("from the future")
    clock(timedelta())
    worker.beat("here")
    assert list(Heartbeat.objects.values_list("worker_id", flat=True)) == ["here"]


# People


def guess(name: str, password: str = WRONG) -> User | None:
    request = RequestFactory().post("/login/")
    found = authenticate(request, username=name, password=password)
    assert found is None or isinstance(found, User)
    return found


def test_who_was_locked_out_is_not_so_for_an_hour_more_because_the_clock_went_back(clerk: User, clock: Jump) -> None:
    for _ in range(lockout.ACCOUNT.failures):
        assert guess("clerk") is None
    assert guess("clerk", PASSWORD) is None
    clock(BACK)
    assert guess("clerk", PASSWORD) == clerk


def test_a_clock_that_went_back_gives_no_more_than_one_guess(clerk: User, clock: Jump) -> None:
    for _ in range(lockout.ACCOUNT.failures):
        assert guess("clerk") is None
    clock(BACK)
    assert guess("clerk") is None
    assert guess("clerk", PASSWORD) is None


def test_a_session_outlives_a_clock_that_goes_back_and_ends_a_day_later(as_clerk: Client, clock: Jump) -> None:
    clock(BACK)
    assert as_clerk.get("/").status_code == 200
    clock(FORWARD)
    led_to_login = as_clerk.get("/")
    assert led_to_login.headers["location"].startswith("/login/")
    # The clock is set right, and nobody was really away.
    clock(timedelta())
    assert Session.objects.exists()


@JUMPS
def test_a_look_is_recorded_whatever_the_clock_says(
    record: Submission, supervisor: User, clock: Jump, jump: timedelta
) -> None:
    looks = Event.objects.filter(kind=EventKind.VIEWED)
    note_views([record], by=supervisor, kind=EventKind.VIEWED, address=None)
    clock(jump)
    note_views([record], by=supervisor, kind=EventKind.VIEWED, address=None)
    assert looks.count() == 2
    note_views([record], by=supervisor, kind=EventKind.VIEWED, address=None)
    assert looks.count() == 2
