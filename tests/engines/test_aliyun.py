"""The client against a cloud that misbehaves. Real sockets, the real database, the real pipeline."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, NoReturn

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviewapp import intake, tasks
from reviewapp.administration import cloud_budget as gate
from reviewapp.administration.cloud_budget import DatabaseGate, Terms, ledger
from reviewapp.engines.aliyun import AliyunEngine
from reviewapp.exceptions import EngineError, EnginePaused
from reviewapp.models import Breaker, CallOutcome, CloudCall, Submission, User
from reviewapp.stages.recognise import recognise
from reviewapp.states import SubmissionStatus
from tests.engines import cloud as act
from tests.engines.cloud import FAST, Cloud, MakeEngine
from tests.factories import answer, picture, receive

pytestmark = pytest.mark.django_db


def outcomes() -> list[tuple[str, str, int]]:
    calls = CloudCall.objects.order_by("pk")
    return [(call.outcome, call.code, call.attempt) for call in calls]


def code_of(engine: AliyunEngine, content: bytes = b"") -> str:
    with pytest.raises(EngineError) as raised:
        engine.recognise(content or picture())
    assert str(raised.value)
    return raised.value.code


# A call that goes well


def test_a_picture_goes_as_it_is_and_its_answer_comes_back(engine: AliyunEngine, cloud: Cloud) -> None:
    content = picture()
    recognition = engine.recognise(content)
    assert (recognition.engine, recognition.data, recognition.request_id) == ("aliyun", answer(), act.REQUEST_ID)
    assert cloud.seen[0].body == content
    assert cloud.seen[0].query == {}
    assert cloud.seen[0].headers["content-type"] == "application/octet-stream"
    assert cloud.seen[0].headers["x-acs-action"] == "RecognizeBirthCertification"
    assert outcomes() == [("read", "", 1)]


def test_a_temporary_key_sends_its_token(engine_of: MakeEngine, cloud: Cloud) -> None:
    engine_of(token=act.TOKEN).recognise(picture())
    assert cloud.seen[0].headers["x-acs-security-token"] == act.TOKEN
    assert cloud.seen[0].headers["x-acs-accesskey-id"] == act.KEY_ID


@pytest.mark.parametrize(
    "url", ["https://example.com/a b.jpg?x=1&y=(2)*~!", "https://例子.中国/出生.jpg", "https://h/%20+"]
)
def test_a_url_reaches_the_cloud_as_it_was_given(engine: AliyunEngine, cloud: Cloud, url: str) -> None:
    assert engine.recognise_url(url).data == answer()
    assert cloud.seen[0].query == {"Url": url}
    assert cloud.seen[0].body == b""
    assert "content-type" not in cloud.seen[0].headers


def test_the_command_has_the_cloud_fetch_an_address(
    cloud: Cloud, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ALIYUN_ENDPOINT = cloud.url
    settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET = act.KEY_ID, act.SECRET
    cloud.will(act.well, act.refuse("IllegalImageUrl", 400), act.refuse("IllegalImageUrl", 400))
    call_command("recognise", "https://example.com/a.jpg", "https://example.com/b.jpg", "--engine", "aliyun")
    read, refused = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert read["data"] == answer()
    assert refused["error"]["code"] == "IllegalImageUrl"
    assert [seen.query["Url"][-5] for seen in cloud.seen] == ["a", "b", "b"]


def test_the_wrapper_that_the_document_prints_is_taken_off(engine: AliyunEngine, cloud: Cloud) -> None:
    cloud.will(act.data({"Data": answer()}))
    assert engine.recognise(picture()).data == answer()


def test_data_as_an_object_is_read_too(engine: AliyunEngine, cloud: Cloud) -> None:
    cloud.will(act.body(json.dumps({"RequestId": "R", "Data": answer()}).encode()))
    assert engine.recognise(picture()).data == answer()


def test_missing_polygons_are_no_failure_of_the_call(engine: AliyunEngine, cloud: Cloud) -> None:
    bare = answer(without_place=tuple(answer()["data"]))
    cloud.will(act.data({"data": bare["data"]}))
    assert engine.recognise(picture()).data == {"data": bare["data"]}


# Faults that pass


# Only what is slow by intent is given up soon: a busy machine may take a second for any answer.
SLOW, PATIENT = {"silence", "drip"}, 30.0
PASSING = {
    "reset": (act.reset, "unknown", "cloudUnreachable"),
    "silence": (act.silence(2), "unknown", "cloudSilent"),
    "drip": (act.drip, "unknown", "cloudSilent"),
    "cut short": (act.cut_short, "unknown", "cloudUnreachable"),
    "html 502": (act.body(b"<html>Bad Gateway</html>", 502), "refused", "ServiceUnavailable"),
    "html 200": (act.body(b"<html>Log in</html>"), "unknown", "unreadableAnswer"),
    "truncated": (act.body(b'{"RequestId": "R", "Data": "{\\"data\\"'), "unknown", "unreadableAnswer"),
    "data cut": (act.body(b'{"RequestId": "R", "Data": "{\\"data\\": {"}'), "unknown", "unreadableAnswer"),
    "list": (act.body(b"[1, 2]"), "unknown", "unreadableAnswer"),
    "wrong types": (act.data({"data": [1], "prism_keyValueInfo": "x"}), "unknown", "unreadableAnswer"),
    "no field": (act.data({"data": {"other": 1}}), "unknown", "unreadableAnswer"),
    "deep": (act.body(b"[" * 100_000), "unknown", "unreadableAnswer"),
    "500": (act.refuse("InternalError", 500), "refused", "InternalError"),
    "503": (act.refuse("algorithmError", 503), "refused", "algorithmError"),
    "504": (act.refuse("ServiceTimeout", 504), "refused", "ServiceTimeout"),
    "image time out": (act.refuse("imageTimeOut", 400), "refused", "imageTimeOut"),
    "throttled": (act.refuse("Throttling.User", 400), "refused", "Throttling.User"),
    "gateway throttled": (act.refuse("Throttling.Api", 429), "refused", "Throttling.Api"),
    "nonce": (act.refuse("SignatureNonceUsed", 400), "refused", "SignatureNonceUsed"),
    "200 with code": (act.refuse("algorithmError", 200), "refused", "algorithmError"),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_costs_one_more_attempt(engine_of: MakeEngine, cloud: Cloud, name: str) -> None:
    fault, outcome, code = PASSING[name]
    cloud.will(fault)
    engine = engine_of(read_seconds=1.0 if name in SLOW else PATIENT)
    assert engine.recognise(picture()).data == answer()
    assert outcomes() == [(outcome, code, 1), ("read", "", 2)]
    nonces = [seen.headers["x-acs-signature-nonce"] for seen in cloud.seen]
    assert len(set(nonces)) == 2


LASTING = {**PASSING, "IllegalImageUrl": (act.refuse("IllegalImageUrl", 400), "refused", "IllegalImageUrl")}
TRIED_TWICE = {"unreadableAnswer", "IllegalImageUrl"}
SHOWN = {"Throttling.Api": "Throttling.User", "SignatureNonceUsed": "cloudRefused"}


@pytest.mark.parametrize("name", [name for name in LASTING if name != "drip"])
def test_a_fault_that_lasts_ends_in_its_sentence_and_a_picture_to_try_again(
    engine_of: MakeEngine, cloud: Cloud, name: str
) -> None:
    fault, _, code = LASTING[name]
    cloud.will(*[fault] * 10)
    submission = receive()
    recognise(submission, engine=engine_of(attempts=3, read_seconds=0.3 if name in SLOW else PATIENT))
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.FAILED
    assert submission.failure_code == SHOWN.get(code, code)
    assert submission.failure_sentence
    assert len(cloud.seen) == (2 if code in TRIED_TWICE else 3)

    cloud.script.clear()
    intake.retry(submission, by=submission.received_by)
    recognise(submission, engine=engine_of())
    assert submission.status == SubmissionStatus.RECOGNISED


PICTURES = ["unmatchedImageType", "unsupportedImageFormat", "illegalImageSize", "exceededImageContent"]


@pytest.mark.parametrize("code", [*PICTURES, "InvalidVersion", "NewCode"])
def test_a_fault_of_the_picture_is_not_tried_again(engine: AliyunEngine, cloud: Cloud, code: str) -> None:
    cloud.will(act.refuse(code, 400))
    shown = code_of(engine)
    assert shown in {code, "cloudRefused"}
    assert len(cloud.seen) == 1


def test_retry_after_is_obeyed(engine: AliyunEngine, cloud: Cloud) -> None:
    cloud.will(act.refuse("Throttling.User", 400, x_acs_retry_after="700"))
    started = time.monotonic()
    engine.recognise(picture())
    assert time.monotonic() - started >= 0.7


def test_nobody_listening_is_told_apart_from_silence(engine_of: MakeEngine) -> None:
    assert code_of(engine_of(endpoint="http://127.0.0.1:9", attempts=2)) == "cloudUnreachable"
    assert outcomes() == [("refused", "cloudUnreachable", 1), ("refused", "cloudUnreachable", 2)]


def test_the_attempts_end_in_time(engine_of: MakeEngine, cloud: Cloud) -> None:
    cloud.will(*[act.silence(5)] * 10)
    started = time.monotonic()
    assert code_of(engine_of(attempts=50, read_seconds=0.3, total_seconds=1.0)) == "cloudSilent"
    assert time.monotonic() - started < 4


# Nothing is paid for twice


def test_an_answer_that_was_paid_for_is_not_asked_for_again(engine: AliyunEngine, cloud: Cloud) -> None:
    content = picture()
    first, second = engine.recognise(content), engine.recognise(content)
    assert first.data == second.data
    assert second.request_id == act.REQUEST_ID
    assert len(cloud.paid) == 1


def _killed(data: Any) -> NoReturn:
    raise KeyboardInterrupt


def test_a_worker_killed_after_the_answer_does_not_pay_again(
    engine: AliyunEngine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = receive()
    with monkeypatch.context() as patched:
        patched.setattr("reviewapp.stages.recognise.parse", _killed)
        with pytest.raises(KeyboardInterrupt):
            recognise(submission, engine=engine)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECEIVED
    recognise(submission, engine=engine)
    assert submission.status == SubmissionStatus.RECOGNISED
    assert len(cloud.paid) == 1


def test_paid_answers_are_forgotten_after_a_day(engine: AliyunEngine, cloud: Cloud) -> None:
    content = picture()
    engine.recognise(content)
    CloudCall.objects.update(started_at=timezone.now() - timedelta(days=2))
    engine.recognise(picture())
    assert not CloudCall.objects.order_by("pk").first().answer
    engine.recognise(content)
    assert len(cloud.paid) == 3


# The breaker


ACCOUNT = [
    "noPermission",
    "OcrServiceExpired",
    "InvalidAccessKeyId.NotFound",
    "SignatureDoesNotMatch",
    "Arrearage.User",
]


@pytest.mark.parametrize("code", ACCOUNT)
def test_a_key_that_is_refused_pauses_the_queue_and_loses_no_picture(
    engine: AliyunEngine, cloud: Cloud, code: str
) -> None:
    cloud.will(act.refuse(code, 401))
    waiting = [receive() for _ in range(20)]
    for submission in waiting:
        with pytest.raises(EnginePaused) as raised:
            recognise(submission, engine=engine)
        assert code in str(raised.value)
    assert len(cloud.seen) == 1
    assert Submission.objects.received().count() == 20
    assert code in Breaker.the_one().sentence


def test_the_task_waits_in_the_queue_while_calls_are_paused(
    cloud: Cloud, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ENGINE, settings.ALIYUN_ENDPOINT = "aliyun", cloud.url
    settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET = act.KEY_ID, act.SECRET
    cloud.will(act.refuse("OcrServiceExpired", 401))
    submission = receive()
    before = timezone.now()
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECEIVED
    task = DBTaskResult.objects.get()
    assert task.run_after > before + timedelta(minutes=5)


def test_an_administrator_lets_reading_go_on_at_once(
    cloud: Cloud, engine: AliyunEngine, admin_user: User, settings: Any
) -> None:
    settings.ENGINE, settings.ALIYUN_ENDPOINT = "aliyun", cloud.url
    settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET = act.KEY_ID, act.SECRET
    cloud.will(act.refuse("OcrServiceExpired", 401))
    submission = receive()
    tasks.read_picture.call(submission.pk)
    intake.resume_cloud(by=admin_user)
    assert not Breaker.the_one().is_open
    assert DBTaskResult.objects.get().run_after <= timezone.now()
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED


def test_a_cloud_that_is_down_pauses_the_queue_and_one_call_tries_again(engine_of: MakeEngine, cloud: Cloud) -> None:
    cloud.will(*[act.body(b"", 503)] * 6)
    engine = engine_of(attempts=20)
    with pytest.raises(EnginePaused) as raised:
        engine.recognise(picture())
    assert raised.value.code == "cloudDown"
    assert len(cloud.seen) == gate.FAILURES_IN_A_ROW

    with pytest.raises(EnginePaused):
        engine.recognise(picture())
    assert len(cloud.seen) == gate.FAILURES_IN_A_ROW

    _let_pause_end()
    with pytest.raises(EnginePaused):
        engine.recognise(picture())
    assert len(cloud.seen) == gate.FAILURES_IN_A_ROW + 1
    assert Breaker.the_one().open_until > timezone.now() + timedelta(seconds=45)

    _let_pause_end()
    assert engine.recognise(picture()).data == answer()
    assert (Breaker.the_one().is_open, Breaker.the_one().failures) == (False, 0)


def _let_pause_end() -> None:
    Breaker.objects.update(open_until=timezone.now() - timedelta(seconds=1))


def test_while_one_call_tries_no_other_does(engine: AliyunEngine, cloud: Cloud) -> None:
    Breaker.the_one()
    Breaker.objects.update(
        code="cloudDown", params={"vendor_code": "x"}, failures=5, opened_at=timezone.now(), open_until=timezone.now()
    )
    terms = DatabaseGate(FAST)
    assert terms.admit("a" * 64, 1)
    with pytest.raises(EnginePaused):
        terms.admit("b" * 64, 1)


def test_pictures_that_cannot_be_read_do_not_open_the_breaker(engine_of: MakeEngine, cloud: Cloud) -> None:
    cloud.will(*[act.refuse("algorithmError", 503)] * 40)
    for _ in range(4):
        assert code_of(engine_of(attempts=3)) == "algorithmError"
    assert not Breaker.the_one().is_open


# Money


def test_the_month_is_counted_against_quota_price_and_budget(engine: AliyunEngine, cloud: Cloud) -> None:
    cloud.will(act.well, act.well, act.well, act.refuse("unmatchedImageType", 400))
    for _ in range(3):
        engine.recognise(picture())
    code_of(engine)
    CloudCall.objects.create(sha256="0" * 64, outcome=CallOutcome.READ, started_at=timezone.now() - timedelta(days=40))
    month = ledger(Terms(free_quota=2, price=Decimal("0.15")))
    assert (month.calls, month.billable, month.free_left, month.cost) == (4, 3, 0, Decimal("0.15"))


def test_the_budget_stops_before_it_is_passed(engine_of: MakeEngine, cloud: Cloud) -> None:
    engine = engine_of(replace(FAST, free_quota=2, price=Decimal("0.5"), budget=Decimal("1.2")))
    for _ in range(4):
        engine.recognise(picture())
    with pytest.raises(EnginePaused) as raised:
        engine.recognise(picture())
    assert raised.value.code == "budgetSpent"
    assert str(raised.value)
    assert len(cloud.seen) == 4
    engine_of(replace(FAST, free_quota=2, price=Decimal("0.5"), budget=Decimal(2))).recognise(picture())


def test_a_lost_answer_counts_as_paid(engine_of: MakeEngine, cloud: Cloud) -> None:
    cloud.will(act.reset)
    engine_of(attempts=2).recognise(picture())
    assert ledger(FAST).billable == 2


# The pace


def test_calls_keep_the_pace(engine_of: MakeEngine, cloud: Cloud) -> None:
    engine = engine_of(Terms(per_second=10, at_once=8))
    started = time.monotonic()
    for _ in range(5):
        engine.recognise(picture())
    assert time.monotonic() - started >= 0.4


@pytest.mark.django_db(transaction=True)
def test_workers_together_keep_the_pace_the_number_at_once_and_the_budget(engine_of: MakeEngine, cloud: Cloud) -> None:
    terms = Terms(per_second=20, at_once=2, price=Decimal(1), budget=Decimal(8))
    cloud.seconds = 0.15

    def work(content: bytes) -> str:
        try:
            return engine_of(terms).recognise(content).engine
        except EnginePaused as paused:
            return paused.code
        finally:
            connection.close()

    started = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(work, [picture() for _ in range(12)]))
    assert sorted(results) == ["aliyun"] * 8 + ["budgetSpent"] * 4
    assert cloud.most_running <= 2
    assert time.monotonic() - started >= 0.35
    assert len(cloud.paid) == 8


# Secrets


@pytest.mark.parametrize("fault", [act.well, act.refuse("SignatureDoesNotMatch", 400), act.reset])
def test_secrets_reach_neither_the_database_nor_the_log(
    engine_of: MakeEngine, cloud: Cloud, caplog: pytest.LogCaptureFixture, fault: act.Act
) -> None:
    cloud.will(fault)
    submission = receive()
    with caplog.at_level("DEBUG", logger="reviewapp"), suppress(EnginePaused):
        recognise(submission, engine=engine_of(token=act.TOKEN))
    rows = str([*CloudCall.objects.values(), *Breaker.objects.values(), *Submission.objects.values()])
    for secret in (act.SECRET, act.TOKEN):
        assert secret not in rows
        assert secret not in caplog.text
        assert secret not in repr(engine_of()._account)


def test_without_a_key_the_sentence_says_what_to_set(settings: Any) -> None:
    settings.ENGINE, settings.ALIYUN_KEY_ID = "aliyun", ""
    submission = receive()
    tasks.read_picture.call(submission.pk)
    submission.refresh_from_db()
    assert submission.failure_code == "cloudNotSetUp"
