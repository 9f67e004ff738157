"""A key that also wants a human's view: the record behind the call, and the signed notice of its approval."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from io import BufferedIOBase
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from standardwebhooks.webhooks import Webhook

from reviewapp import intake
from reviewapp.administration import webhooks
from reviewapp.administration.access_keys import make_key, revoke_key, spend_nonce
from reviewapp.administration.webhooks import ATTEMPTS
from reviewapp.certificate.fields import BY_NAME
from reviewapp.engines.acs3.signing import Credentials
from reviewapp.engines.base import Recognition
from reviewapp.management.commands.worker import SteadyWorker
from reviewapp.models import AccessKey, Notice, Submission, User
from reviewapp.processes import worker
from reviewapp.stages import approve, claim, correct
from reviewapp.states import BatchStatus, SubmissionStatus
from reviewapp.tasks import tell_of_approval
from tests.api.calls import by_hand
from tests.api.running import Running
from tests.factories import answer, picture, verify_all
from tests.racing import race


class Listener:
    """Somebody's web server that takes notices, or fails to order."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        # Seconds that the body of an answer goes on, and whether one has come to its end.
        self.body_seconds = 0.0
        self.has_ended = False
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.append(({name.lower(): value for name, value in self.headers.items()}, content))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 204)
                self.end_headers()
                listener.go_on_with(self.wfile)

            def log_message(self, *arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/approved"

    def go_on_with(self, body: BufferedIOBase) -> None:
        until = time.monotonic() + self.body_seconds
        with suppress(ConnectionError):
            while time.monotonic() < until:
                body.write(b"more ")
                time.sleep(0.05)
            self.has_ended = True


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    threading.Thread(target=listening.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield listening
    listening.http.shutdown()
    listening.http.server_close()


@pytest.fixture
def key(clerk: User, admin_user: User, listener: Listener) -> AccessKey:
    made, _ = make_key(clerk, by=admin_user, label="intake", creates_submissions=True, webhook_url=listener.url)
    return made


def call(key: AccessKey, content: bytes = b"") -> Submission:
    recognition = Recognition("local", answer(), 0.5)
    record = intake.keep_api_picture(content or picture(), name="a.png", recognition=recognition, key=key)
    assert record is not None
    return record


def approve_it(record: Submission, *, clerk: User, supervisor: User) -> None:
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    approve.approve(record, by=supervisor, queue=tell_of_approval.enqueue)


def deliveries() -> Any:
    """Return the tasks of notices that a worker would do now."""
    return DBTaskResult.objects.ready().filter(task_path=tell_of_approval.module_path)


def send_due_notices() -> int:
    """Do the tasks of notices that are due, as a worker does; return how many notices arrived."""
    arrived = Notice.objects.filter(delivered_at__isnull=False)
    before = arrived.count()
    for queued in list(deliveries()):
        queued.claim("worker")
        queued.task.call(*queued.args_kwargs["args"])
        queued.set_successful(None)
    return arrived.count() - before


def hurry() -> None:
    """Let the time pass until the next attempts are due."""
    Notice.objects.update(next_attempt_at=timezone.now())
    DBTaskResult.objects.update(run_after=timezone.now())


def test_a_call_makes_a_record_with_what_the_caller_was_told(key: AccessKey, clerk: User) -> None:
    record = call(key)
    record.refresh_from_db()
    assert record.status == SubmissionStatus.RECOGNISED
    assert (record.source, record.received_by) == ("api", clerk)
    assert "intake" in record.batch.name
    assert {BY_NAME[field.name].key: field.value for field in record.fields.all()} == answer()["data"]


def test_a_key_that_does_not_ask_makes_no_record(clerk: User, admin_user: User) -> None:
    plain, _ = make_key(clerk, by=admin_user)
    recognition = Recognition("local", answer(), 0.5)
    assert intake.keep_api_picture(picture(), name="a.png", recognition=recognition, key=plain) is None
    assert not Submission.objects.exists()


def test_the_same_picture_again_is_the_same_record(key: AccessKey) -> None:
    content = picture()
    assert call(key, content) == call(key, content)
    assert Notice.objects.count() == 1


def test_a_batch_that_is_closed_gets_a_sister(key: AccessKey, clerk: User, supervisor: User) -> None:
    first = call(key)
    approve_it(first, clerk=clerk, supervisor=supervisor)
    first.batch.refresh_from_db()
    assert first.batch.status == BatchStatus.APPROVED
    assert call(key).batch.name == f"{first.batch.name} (2)"


def test_the_notice_is_signed_and_says_what_was_approved(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    record = call(key)
    assert send_due_notices() == 0
    approve_it(record, clerk=clerk, supervisor=supervisor)
    assert send_due_notices() == 1
    headers, content = listener.got[0]
    told: Any = Webhook(key.webhook_secret).verify(content, headers)
    assert told["type"] == "record.approved"
    assert told["data"]["record"] == record.pk
    assert told["data"]["sha256"] == record.sha256
    assert told["data"]["data"] == answer()["data"]
    assert send_due_notices() == 0
    assert len(listener.got) == 1


def test_a_notice_that_fails_is_sent_again_with_the_same_id(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    listener.statuses = [500, 302]
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    for expected in (0, 0, 1):
        assert send_due_notices() == expected
        hurry()
    assert len({headers["webhook-id"] for headers, _ in listener.got}) == 1
    assert Notice.objects.get().attempts == 3


def test_a_receiver_whose_answer_does_not_end_keeps_no_worker(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    listener.statuses, listener.body_seconds = [200], 30.0
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    assert send_due_notices() == 1
    assert not listener.has_ended


def test_the_waits_grow_and_end(key: AccessKey, listener: Listener, clerk: User, supervisor: User) -> None:
    listener.statuses = [503] * 20
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    waits = []
    for _ in range(ATTEMPTS + 3):
        send_due_notices()
        waits.append(Notice.objects.get().next_attempt_at - timezone.now())
        hurry()
    assert waits[0] < timedelta(seconds=6)
    assert waits[1] > 2 * waits[0]
    assert len(listener.got) == ATTEMPTS
    assert Notice.objects.get().given_up_at is not None


def test_a_revoked_key_is_told_nothing(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User, admin_user: User
) -> None:
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    revoke_key(key, by=admin_user)
    assert send_due_notices() == 0
    assert not listener.got


def test_a_nonce_is_new_once_per_key(key: AccessKey, clerk: User, admin_user: User) -> None:
    other, _ = make_key(clerk, by=admin_user)
    assert [spend_nonce(key, "n"), spend_nonce(key, "n"), spend_nonce(other, "n")] == [True, False, True]
    assert spend_nonce(key, "n" * 5000)


def test_a_key_s_owner_may_recognise_from_then_on(clerk: User, admin_user: User) -> None:
    assert not clerk.can_recognise
    make_key(clerk, by=admin_user)
    clerk.refresh_from_db()
    assert clerk.can_recognise


def test_the_command_prints_one_line_of_json(clerk: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_access_key", "--user", "clerk")
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"access_key_id", "access_key_secret"}
    key = AccessKey.objects.get(key_id=shown["access_key_id"])
    assert key.secret == shown["access_key_secret"]
    assert shown["access_key_secret"] not in key.sealed_secret


@pytest.mark.django_db
def test_the_command_refuses_what_makes_no_sense(clerk: User) -> None:
    with pytest.raises(CommandError, match="no active user"):
        call_command("create_access_key", "--user", "nobody")
    with pytest.raises(CommandError, match="Notices tell of approved records"):
        call_command("create_access_key", "--user", "clerk", "--webhook-url", "http://example.com/")


@pytest.mark.sqlite
def test_the_running_server_names_the_record_in_a_header(server: Running, known_picture: bytes) -> None:
    made = server.make_key("--create-submissions", "--webhook-url", "http://127.0.0.1:9/hook")
    assert made["webhook_secret"].startswith("whsec_")
    who = Credentials(made["access_key_id"], made["access_key_secret"])
    response = by_hand(server, body=known_picture, credentials=who)
    assert response.status == 200
    record = response.headers["x-reviewapp-record"]
    assert server.python(f"print(Submission.objects.get(pk={int(record)}).status)") == "recognised"
    assert by_hand(server, body=known_picture, credentials=who).headers["x-reviewapp-record"] == record


def work_until_nothing_waits() -> None:
    options = {"interval": 0, "batch": True, "startup_delay": False, "max_tasks": None}
    queues = {"queue_names": ["default"], "excluded_queue_names": [], "backend_name": "default"}
    SteadyWorker(worker_id="worker", **queues, **options).run()


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_notices_beside_its_work(
    listener: Listener, clerk: User, supervisor: User, admin_user: User
) -> None:
    key, _ = make_key(clerk, by=admin_user, creates_submissions=True, webhook_url=listener.url)
    record = call(key)
    work_until_nothing_waits()
    assert not listener.got
    approve_it(record, clerk=clerk, supervisor=supervisor)
    work_until_nothing_waits()
    assert Notice.objects.filter(delivered_at__isnull=False).exists()
    assert len(listener.got) == 1


def test_a_notice_and_the_approval_are_written_together_or_not_at_all(
    key: AccessKey, clerk: User, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = call(key)
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    monkeypatch.setattr(approve, "settle", fail)
    with pytest.raises(OSError, match="disk full"):
        approve.approve(record, by=supervisor, queue=tell_of_approval.enqueue)
    assert not deliveries().exists()
    record.refresh_from_db()
    assert record.status == SubmissionStatus.REVIEWED


def fail(*_: Any, **__: Any) -> None:
    raise OSError("disk full")


def test_the_records_of_a_batch_are_told_in_the_order_they_came(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    records = [call(key) for _ in range(3)]
    for record in records:
        claim.claim(record, by=clerk)
        verify_all(record, by=clerk)
        correct.submit(record, by=clerk)
    shown = {record.pk: record.version for record in records}
    approve.approve_batch(records[0].batch, by=supervisor, shown=shown, queue=tell_of_approval.enqueue)
    assert send_due_notices() == 3
    assert [json.loads(body)["data"]["record"] for _, body in listener.got] == [record.pk for record in records]


def test_who_asks_for_a_record_that_is_approved_is_told_at_once(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User, admin_user: User
) -> None:
    content = picture()
    approve_it(call(key, content), clerk=clerk, supervisor=supervisor)
    assert send_due_notices() == 1
    second, _ = make_key(clerk, by=admin_user, creates_submissions=True, webhook_url=listener.url)
    call(second, content)
    call(second, content)
    assert send_due_notices() == 1


def test_an_attempt_that_a_worker_did_not_live_to_end_is_made_up_for(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "_post", die)
        with pytest.raises(SystemExit):
            send_due_notices()
    DBTaskResult.objects.filter(status="RUNNING").update(started_at=timezone.now() - timedelta(minutes=5))
    assert worker.requeue_lost() == 1
    assert send_due_notices() == 0
    assert not listener.got
    hurry()
    assert send_due_notices() == 1
    assert Notice.objects.get().attempts == 2


def die(*_: Any) -> None:
    raise SystemExit


def test_a_delivery_that_stops_every_worker_goes_on_until_its_attempts_are_spent(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    long_ago = timezone.now() - timedelta(minutes=5)
    deliveries().update(status=TaskResultStatus.RUNNING, worker_ids=["a", "b", "c"], started_at=long_ago)
    worker.requeue_lost()
    assert DBTaskResult.objects.filter(task_path=tell_of_approval.module_path, status="FAILED").count() == 1
    assert send_due_notices() == 1
    assert len(listener.got) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_deliveries_at_the_same_time_one_tells_and_is_recorded(
    listener: Listener, clerk: User, supervisor: User, admin_user: User
) -> None:
    key, _ = make_key(clerk, by=admin_user, creates_submissions=True, webhook_url=listener.url)
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    copies = [Notice.objects.select_related("key", "submission").get() for _ in range(2)]
    outcomes = race(*(partial(webhooks.deliver, copy) for copy in copies))
    assert outcomes.count(None) == 1
    notice = Notice.objects.get()
    assert (len(listener.got), notice.attempts) == (1, 1)
    assert notice.delivered_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_wish_and_an_approval_at_the_same_time_end_in_a_notice(
    listener: Listener, clerk: User, supervisor: User, admin_user: User
) -> None:
    key, _ = make_key(clerk, by=admin_user, creates_submissions=True)
    record = call(key)
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    AccessKey.objects.update(webhook_url=listener.url, sealed_webhook_secret=key.sealed_secret)
    key.refresh_from_db()
    race(
        partial(approve.approve, record, by=supervisor, queue=tell_of_approval.enqueue),
        partial(webhooks.wish_notice, key, record, queue=tell_of_approval.enqueue),
    )
    assert deliveries().count() == 1


def test_notices_that_waited_before_they_were_tasks_are_queued_by_the_migration(
    key: AccessKey, listener: Listener, clerk: User, supervisor: User
) -> None:
    approve_it(call(key), clerk=clerk, supervisor=supervisor)
    call(key)
    deliveries().delete()
    import_module("reviewapp.migrations.0007_notices_are_tasks").queue_waiting(apps, None)
    assert deliveries().count() == 1
    assert send_due_notices() == 1
