"""The pages around the API: its documentation with the form to try it, the access keys, the calls to the cloud."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviewapp.administration.access_keys import make_key
from reviewapp.models import AccessKey, Breaker, CloudCall, Event, User
from reviewapp.processes import recogniser
from reviewapp.processes.line import Line
from reviewapp.states import EventKind
from tests.factories import AnswerEngine, answer, picture


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def engine(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnswerEngine]:
    """Run the recogniser's own server in a thread, with an engine that has one answer."""
    answering = AnswerEngine()
    line = Line(lambda caller: answering, at_once=1, waiting=1)
    monkeypatch.setattr(recogniser, "_line", lambda: line)
    server = make_server("127.0.0.1", 0, recogniser.application, handler_class=QuietHandler)
    settings.RECOGNISER = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield answering
    server.shutdown()
    server.server_close()


@pytest.fixture
def as_caller(as_clerk: Client, clerk: User) -> Client:
    clerk.can_recognise = True
    clerk.save()
    return as_clerk


def test_the_page_shows_this_server_in_every_language(as_caller: Client, clerk: User, admin_user: User) -> None:
    key, secret = make_key(clerk, by=admin_user)
    page = as_caller.get(reverse("api_docs")).content.decode()
    for language in ("Python", "Node.js", "Java", "Go", "PHP", "C#"):
        assert f"<summary>{language}</summary>" in page
    assert page.count("testserver") >= 7
    assert page.count(key.key_id) == 6
    assert secret not in page
    assert "unmatchedImageType" in page


def test_who_may_not_call_the_api_may_not_try_it(as_clerk: Client) -> None:
    assert reverse("api_try") not in as_clerk.get(reverse("api_docs")).content.decode()
    assert as_clerk.post(reverse("api_try"), {"url": "http://example.com"}).status_code == 403


def test_trying_a_picture_shows_the_answer(as_caller: Client, engine: AnswerEngine) -> None:
    file = SimpleUploadedFile("a.png", picture())
    page = as_caller.post(reverse("api_try"), {"file": file}).content.decode()
    assert "HTTP 200" in page
    assert answer()["data"]["neonatalName"] in page


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "imageUrlOrBodyEmpty"),
        ({"url": "http://127.0.0.1/a.png"}, "notSafeImageUrl"),
        ({"url": "http://example.com/" + "a" * 2048}, "exceededImageUrlLength"),
        ({"file": b"no picture"}, "unsupportedImageFormat"),
        ({"file": b"x", "url": "http://example.com/"}, "imageUrlOrBodyEmpty"),
    ],
)
def test_trying_what_the_api_refuses_shows_its_code(
    as_caller: Client, engine: AnswerEngine, sent: dict[str, Any], code: str
) -> None:
    if "file" in sent:
        sent = {**sent, "file": SimpleUploadedFile("a.png", sent["file"])}
    page = as_caller.post(reverse("api_try"), sent).content.decode()
    assert code in page


@pytest.mark.parametrize(("error", "code"), [("unmatchedImageType", "HTTP 400"), ("noReplay", "ServiceUnavailable")])
def test_what_the_engine_refuses_is_shown_as_the_api_says_it(
    as_caller: Client, engine: AnswerEngine, error: str, code: str
) -> None:
    engine.error = error
    file = SimpleUploadedFile("a.png", picture())
    assert code in as_caller.post(reverse("api_try"), {"file": file}).content.decode()


def test_without_a_recogniser_the_service_is_unavailable(as_caller: Client, settings: Any) -> None:
    settings.RECOGNISER = "http://127.0.0.1:9"
    file = SimpleUploadedFile("a.png", picture())
    assert "ServiceUnavailable" in as_caller.post(reverse("api_try"), {"file": file}).content.decode()


def test_a_server_that_is_busy_says_so_and_that_the_picture_is_not_wrong(
    as_caller: Client, engine: AnswerEngine, settings: Any
) -> None:
    sent = {"file": SimpleUploadedFile("a.png", picture())}
    engine.error = "unmatchedImageType"
    assert "The server is busy" not in as_caller.post(reverse("api_try"), sent).content.decode()
    engine.error = "Throttling.User"
    sent = {"file": SimpleUploadedFile("a.png", picture())}
    assert "The server is busy" in as_caller.post(reverse("api_try"), sent).content.decode()
    settings.RECOGNISER = "http://127.0.0.1:9"
    sent = {"file": SimpleUploadedFile("a.png", picture())}
    assert "The server is busy" in as_caller.post(reverse("api_try"), sent).content.decode()


def test_the_recogniser_answers_only_who_knows_the_secret_key(engine: AnswerEngine, settings: Any) -> None:
    response = httpx.post(settings.RECOGNISER, content=picture(), headers={"X-Seconds": "5"}, trust_env=False)
    assert response.status_code == 403


# Access keys


def test_an_administrator_makes_a_key_and_sees_its_secret_once(as_admin: Client, clerk: User) -> None:
    sent = {"user": clerk.pk, "label": "intake", "creates_submissions": "on", "webhook_url": "https://example.com/hook"}
    made = as_admin.post(reverse("access_keys"), sent)
    key = AccessKey.objects.get()
    assert key.secret in made.content.decode()
    assert key.webhook_secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    listed = as_admin.get(reverse("access_keys")).content.decode()
    assert key.key_id in listed
    assert key.secret not in listed
    assert Event.objects.get(kind=EventKind.KEY_MADE).new == key.key_id


@pytest.mark.parametrize(
    "wrong", [{"user": ""}, {"label": ""}, {"webhook_url": "https://example.com/"}, {"webhook_url": "no address"}]
)
def test_a_key_that_makes_no_sense_is_refused_with_the_reason(
    as_admin: Client, clerk: User, wrong: dict[str, str]
) -> None:
    response = as_admin.post(reverse("access_keys"), {"user": clerk.pk, "label": "x", **wrong})
    assert response.status_code == 422
    assert not AccessKey.objects.exists()


def test_an_administrator_revokes_a_key(as_admin: Client, as_clerk: Client, clerk: User, admin_user: User) -> None:
    key, _ = make_key(clerk, by=admin_user)
    assert as_clerk.post(reverse("access_key_revoke", args=[key.pk])).status_code == 403
    for _ in range(2):
        assert as_admin.post(reverse("access_key_revoke", args=[key.pk])).status_code == 302
    key.refresh_from_db()
    assert (key.is_revoked, key.revoked_by) == (True, admin_user)
    assert Event.objects.filter(kind=EventKind.KEY_REVOKED).count() == 1
    assert "revoked" in as_admin.get(reverse("access_keys")).content.decode()


@pytest.mark.parametrize("name", ["access_keys", "cloud"])
def test_others_see_neither_keys_nor_calls(as_clerk: Client, as_supervisor: Client, name: str) -> None:
    assert as_clerk.get(reverse(name)).status_code == 403
    assert as_supervisor.get(reverse(name)).status_code == 403


# The cloud


def test_the_page_of_calls_adds_up(as_admin: Client, settings: Any) -> None:
    settings.ALIYUN_FREE_QUOTA, settings.ALIYUN_PRICE, settings.ALIYUN_BUDGET = 1, "0.2", "5"
    for outcome in ("read", "read", "unknown", "refused"):
        CloudCall.objects.create(sha256="0" * 64, outcome=outcome, code="Some.Code", request_id="R-1", seconds=1.25)
    page = as_admin.get(reverse("cloud")).content.decode()
    assert "0.4 / 5" in page
    assert page.count("Some.Code") == 4


def test_an_open_breaker_is_shown_and_closed_by_an_administrator(as_admin: Client, as_clerk: Client) -> None:
    Breaker.the_one()
    later = timezone.now() + timedelta(minutes=5)
    Breaker.objects.update(
        code="accountRefused", params={"vendor_code": "noPermission"}, opened_at=timezone.now(), open_until=later
    )
    assert "noPermission" in as_admin.get(reverse("cloud")).content.decode()
    assert "noPermission" in as_admin.get(reverse("home")).content.decode()
    assert as_clerk.post(reverse("cloud_resume")).status_code == 403
    assert Breaker.the_one().is_open
    as_admin.post(reverse("cloud_resume"))
    assert not Breaker.the_one().code
    assert Event.objects.filter(kind=EventKind.READING_RESUMED).count() == 1
