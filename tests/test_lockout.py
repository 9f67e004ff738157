"""Guessing passwords becomes slow, for an account and for an address, and each attempt leaves a trace."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from reviewapp.administration import lockout
from reviewapp.administration.lockout import ACCOUNT, ADDRESS, address_of
from reviewapp.models import Event, User
from reviewapp.states import EventKind
from tests.factories import PASSWORD, person
from tests.racing import race
from tests.views.pages import text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 8, 30, 20, tzinfo=UTC)
WRONG_ONE = "wrong"
LOCKED = "There were too many wrong passwords."
WRONG = "The user name or the password is wrong."


class Clock:
    """The time as the lock sees it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the time."""
    clock = Clock()
    monkeypatch.setattr(lockout.timezone, "now", clock)
    return clock


def tried(name: str, password: str = WRONG_ONE, *, at: str = "10.0.0.1", language: str = "en", **headers: str) -> str:
    """Try to log in; return "in", "wrong", or "locked"."""
    browser = Client(headers={"accept-language": language, **headers}, REMOTE_ADDR=at)
    response = browser.post("/login/", {"username": name, "password": password})
    if response.status_code == 302:
        return "in"
    words = text(response)
    assert (response.status_code == 429) == (LOCKED in words) == (WRONG not in words)
    return "locked" if LOCKED in words else "wrong"


def locked_after(name: str, *, failures: int = ACCOUNT.failures) -> None:
    answers = [tried(name) for _ in range(failures)]
    assert answers == ["wrong"] * (failures - 1) + ["locked"]


def test_after_some_wrong_passwords_the_right_one_is_refused_until_the_delay_is_over(clerk: User, clock: Clock) -> None:
    locked_after("clerk")
    assert tried("clerk", PASSWORD) == "locked"
    clock.forward(seconds=59)
    assert tried("clerk", PASSWORD) == "locked"
    clock.forward(seconds=2)
    assert tried("clerk", PASSWORD) == "in"


def test_each_further_wrong_password_doubles_the_delay_up_to_an_hour(clerk: User, clock: Clock) -> None:
    locked_after("clerk")
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        clock.forward(minutes=minutes, seconds=-1)
        assert tried("clerk") == "locked"
        clock.forward(seconds=2)
        assert tried("clerk") == "locked", "the guess was looked at, and leads to the next delay"
    assert AccessAttempt.objects.get().failures_since_start == ACCOUNT.failures + 8


def test_trying_during_the_delay_does_not_make_it_longer(clerk: User, clock: Clock) -> None:
    locked_after("clerk")
    for _ in range(20):
        tried("clerk")
    clock.forward(seconds=61)
    assert tried("clerk", PASSWORD) == "in"


def test_success_takes_the_failures_of_the_account_back_and_of_no_other(clerk: User, clerk2: User) -> None:
    for _ in range(ACCOUNT.failures - 1):
        tried("clerk")
        tried("clerk2")
    assert tried("clerk", PASSWORD) == "in"
    assert tried("clerk") == "wrong"
    assert tried("clerk2") == "locked"


def test_failures_are_forgotten_after_a_day(clerk: User, clock: Clock) -> None:
    locked_after("clerk")
    clock.forward(hours=24, seconds=1)
    locked_after("clerk")


def test_whether_an_account_exists_is_not_told(clerk: User, clock: Clock) -> None:
    locked_after("clerk")
    locked_after("nobody")
    pages = []
    for name in ("clerk", "nobody"):
        response = Client(headers={"accept-language": "en"}).post("/login/", {"username": name, "password": "x"})
        pages.append(text(response).replace(name, "…"))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There were too many wrong passwords. Try again after 16:32;"),
        ("zh-hans", "密码错误次数过多。请在 16:32 之后重试"),
    ],
)
def test_a_locked_clerk_is_told_when_to_try_again(language: str, sentence: str, clerk: User, clock: Clock) -> None:
    for _ in range(ACCOUNT.failures):
        Client().post("/login/", {"username": "clerk", "password": "wrong"})
    browser = Client(headers={"accept-language": language})
    assert sentence in text(browser.post("/login/", {"username": "clerk", "password": PASSWORD}))


def test_one_address_that_tries_many_accounts_is_locked_later_and_for_shorter(clerk: User, clock: Clock) -> None:
    assert ADDRESS.failures > 5 * ACCOUNT.failures
    for number in range(ADDRESS.failures):
        assert tried(f"name{number}") == ("wrong" if number < ADDRESS.failures - 1 else "locked")
    assert tried("clerk", PASSWORD) == "locked"
    assert tried("clerk", PASSWORD, at="10.0.0.2") == "in"
    clock.forward(seconds=61)
    assert tried("clerk", PASSWORD) == "in"
    assert ADDRESS.delay(10_000) == timedelta(minutes=5)


def test_an_account_is_locked_from_wherever_it_is_tried(clerk: User) -> None:
    for number in range(ACCOUNT.failures):
        tried("clerk", at=f"10.0.0.{number + 1}")
    assert tried("clerk", PASSWORD, at="10.0.9.9") == "locked"


def test_colleagues_behind_one_address_log_in_while_one_of_them_is_locked(clerk: User, clerk2: User) -> None:
    locked_after("clerk")
    assert tried("clerk2", PASSWORD) == "in"


def test_an_ipv6_network_counts_as_one_address(clerk: User) -> None:
    for number in range(ADDRESS.failures):
        tried(f"name{number}", at=f"2001:db8:0:7::{number + 1:x}")
    assert tried("clerk", PASSWORD, at="2001:db8:0:7::ffff") == "locked"
    assert tried("clerk", PASSWORD, at="2001:db8:0:8::1") == "in"


def request_from(remote: str, forwarded: str) -> HttpRequest:
    return RequestFactory(REMOTE_ADDR=remote, headers={"x-forwarded-for": forwarded}).get("/")


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "forwarded", "address"),
    [
        (False, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (True, "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (True, "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (True, "10.0.0.1", "2001:db8::1", "2001:db8::1"),
        (True, "10.0.0.1", "nonsense", "10.0.0.1"),
        (True, "10.0.0.1", "", "10.0.0.1"),
        (True, "", "", None),
        (False, "", "1.2.3.4", None),
    ],
)
def test_the_address_comes_from_the_proxys_header_only_behind_a_proxy(
    behind_proxy: bool, remote: str, forwarded: str, address: str | None, settings: Settings
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    assert address_of(request_from(remote, forwarded)) == address


def test_without_any_address_the_account_is_still_guarded(clerk: User) -> None:
    for _ in range(ACCOUNT.failures):
        tried("clerk", at="")
    assert tried("clerk", PASSWORD, at="") == "locked"


def test_a_forged_header_does_not_evade_the_lock_of_an_address(clerk: User) -> None:
    for number in range(ADDRESS.failures):
        tried(f"name{number}", **{"x-forwarded-for": f"1.2.3.{number}"})
    assert tried("clerk", PASSWORD, **{"x-forwarded-for": "9.9.9.9"}) == "locked"


def test_a_name_that_no_account_has_is_kept_nowhere(clerk: User, caplog: pytest.LogCaptureFixture) -> None:
    typed = "correct horse battery staple"
    Client().post(f"/login/?next=/{typed}", {"username": typed, "password": "also secret", "extra": "also secret"})
    attempt, event = AccessAttempt.objects.get(), Event.objects.get()
    for kept in (*vars(attempt).values(), *vars(event).values(), caplog.text):
        assert typed not in str(kept)
        assert "also secret" not in str(kept)
    assert (event.kind, event.by, event.address) == (EventKind.LOGIN_FAILED, None, "127.0.0.1")


def events() -> list[tuple[str, str, str | None]]:
    return [(event.kind, getattr(event.by, "username", ""), event.address) for event in Event.objects.all()]


def test_coming_in_failing_and_going_out_are_on_record_with_the_address(clerk: User) -> None:
    tried("clerk")
    browser = Client(REMOTE_ADDR="10.0.0.7")
    browser.post("/login/", {"username": "clerk", "password": PASSWORD})
    browser.post("/logout/")
    assert events() == [
        ("login_failed", "clerk", "10.0.0.1"),
        ("logged_in", "clerk", "10.0.0.7"),
        ("logged_out", "clerk", "10.0.0.7"),
    ]


def test_a_password_that_was_not_looked_at_leaves_no_event(clerk: User) -> None:
    for _ in range(ACCOUNT.failures + 10):
        tried("clerk")
    Client().post("/login/", {"username": "clerk", "password": ""})
    assert Event.objects.count() == ACCOUNT.failures


def test_the_admin_has_no_door_of_its_own(admin_user: User) -> None:
    browser = Client()
    assert browser.get("/admin/", follow=True).redirect_chain[-1] == ("/login/?next=/admin/", 302)
    browser.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert browser.get("/admin/").status_code == 302
    response = browser.post("/login/", {"username": "admin", "password": PASSWORD, "next": "/admin/"})
    assert response.url == "/admin/"
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/password_change/").url == "/password/"
    browser.post("/admin/logout/", follow=True)
    assert browser.get("/admin/").status_code == 302
    assert [kind for kind, _, _ in events()] == ["logged_in", "logged_out"]


def test_administrators_find_who_came_in_from_where(as_admin: Client, clerk: User) -> None:
    tried("clerk", PASSWORD, at="10.0.0.7")
    page = text(as_admin.get("/admin/reviewapp/event/?q=10.0.0.7"))
    assert "Logged in" in page
    assert "10.0.0.7" in page


def test_a_switched_off_account_fails_like_a_wrong_password(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert tried("clerk", PASSWORD) == "wrong"


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_looked_at_than_of_many_in_a_row() -> None:
    person("clerk")
    AccessAttempt.objects.create(
        username="clerk", ip_address="10.0.0.1", user_agent="", failures_since_start=ACCOUNT.failures - 1
    )
    AccessAttempt.objects.update(attempt_time=timezone.now())
    race(*[partial(tried, "clerk", at=f"10.0.0.{number}") for number in range(1, 7)])
    assert AccessAttempt.objects.filter(failures_since_start__gt=0).count() <= 2
    assert Event.objects.filter(kind=EventKind.LOGIN_FAILED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_right_password_among_many_guesses_at_once_comes_in_only_as_one_of_those_looked_at() -> None:
    person("clerk")
    passwords = [*["wrong"] * 7, PASSWORD]
    answers = race(*[partial(tried, "clerk", password) for password in passwords])
    failed = Event.objects.filter(kind=EventKind.LOGIN_FAILED).count()
    assert failed <= (7 if "in" in answers else ACCOUNT.failures)
