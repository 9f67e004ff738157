"""Everybody changes their own password."""

import pytest
from django.http import HttpResponse
from django.test import Client

from reviewapp.administration.lockout import ACCOUNT
from reviewapp.models import Event, User
from reviewapp.states import EventKind
from tests.conftest import LogIn
from tests.factories import PASSWORD
from tests.views.pages import text

pytestmark = pytest.mark.django_db

NEW = "a long and unlikely one 17"


def change(
    browser: Client, *, old: str = PASSWORD, new: str = NEW, again: str | None = None, language: str = "en"
) -> HttpResponse:
    data = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return browser.post("/password/", data, headers={"accept-language": language})


@pytest.mark.parametrize("role", ["clerk", "supervisor", "admin"])
def test_everybody_changes_their_own_password(role: str, request: pytest.FixtureRequest) -> None:
    browser: Client = request.getfixturevalue(f"as_{role}")
    assert 'href="/password/"' in browser.get("/").content.decode()
    response = change(browser)
    assert (response.status_code, response.url) == (302, "/")
    assert "Your password is changed. You are logged out everywhere else." in text(browser.get("/"))
    person = User.objects.get(username=role)
    assert person.check_password(NEW)
    event = Event.objects.get()
    assert (event.kind, event.by, event.address) == (EventKind.PASSWORD_CHANGED, person, "127.0.0.1")


def test_this_session_goes_on_and_the_others_end(clerk: User, log_in: LogIn) -> None:
    here, elsewhere = log_in(clerk), log_in(clerk)
    change(here)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "english", "chinese"),
    [
        ({"old": "wrong"}, "Your old password was entered incorrectly.", "旧密码"),
        ({"again": "something else"}, "The two password fields didn’t match.", "密码"),
        ({"new": "short"}, "This password is too short.", "密码"),
        ({"new": "12345678901234"}, "This password is entirely numeric.", "密码"),
        ({"new": "password123"}, "This password is too common.", "密码"),
        ({"new": ""}, "This field is required.", "必填"),
    ],
)
def test_a_refusal_is_told_in_both_languages(
    wrong: dict[str, str], english: str, chinese: str, as_clerk: Client, clerk: User
) -> None:
    response = change(as_clerk, **wrong)
    assert response.status_code == 422
    assert english in text(response)
    words = text(change(as_clerk, language="zh-hans", **wrong))
    assert chinese in words
    assert english not in words
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
    assert not Event.objects.filter(kind=EventKind.PASSWORD_CHANGED).exists()


def test_no_password_is_shown_again(as_clerk: Client) -> None:
    assert NEW not in change(as_clerk, old="wrong").content.decode()


def test_guessing_the_old_password_is_as_slow_as_at_the_log_in(as_clerk: Client, anonymous: Client) -> None:
    for _ in range(ACCOUNT.failures):
        response = change(as_clerk, old="wrong")
    assert "There were too many wrong passwords." in text(response)
    assert change(as_clerk).status_code == 422
    assert anonymous.post("/login/", {"username": "clerk", "password": PASSWORD}).status_code == 429
    assert Event.objects.filter(kind=EventKind.LOGIN_FAILED, by__username="clerk").count() == ACCOUNT.failures


def test_the_right_old_password_takes_wrong_ones_back(as_clerk: Client, anonymous: Client) -> None:
    for _ in range(ACCOUNT.failures - 1):
        change(as_clerk, old="wrong")
    change(as_clerk)
    assert "is wrong" in text(anonymous.post("/login/", {"username": "clerk", "password": "wrong"}))
