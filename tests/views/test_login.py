"""The frame round every page: logging in, the language, the pages that say no."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from reviewapp.models import User
from tests.factories import PASSWORD
from tests.views.pages import text

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_login_and_back(anonymous: Client, clerk: User) -> None:
    response = anonymous.get("/batches/", follow=True)
    assert response.redirect_chain == [("/login/?next=/batches/", 302)]
    response = anonymous.post(
        "/login/", {"username": clerk.username, "password": PASSWORD, "next": "/batches/"}, follow=True
    )
    assert response.redirect_chain == [("/batches/", 302)]


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/batches/?page=1", "http://testserver/batches/?page=1"),
        ("http://evil.example/batches/", "/"),
        ("//evil.example", "/"),
        ("", "/"),
    ],
)
def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(
    page: str, back: str, anonymous: Client, clerk: User
) -> None:
    login = anonymous.post("/review/next/", headers={"referer": page})
    [next_page] = parse_qs(urlsplit(login.url).query)["next"]
    response = anonymous.post(
        "/login/", {"username": clerk.username, "password": PASSWORD, "next": next_page}, follow=True
    )
    assert response.redirect_chain == [(back, 302)]
    assert response.status_code == 200


def test_the_address_of_a_button_is_explained(as_clerk: Client) -> None:
    response = as_clerk.get("/review/next/")
    assert response.status_code == 405
    assert "It belongs to a button." in text(response)
    assert "To the start page" in text(response)


def test_a_wrong_password_is_told_without_telling_which_was_wrong(anonymous: Client, clerk: User) -> None:
    for username in (clerk.username, "nobody"):
        response = anonymous.post("/login/", {"username": username, "password": "wrong"})
        assert "The user name or the password is wrong." in text(response)
        assert "_auth_user_id" not in anonymous.session


def test_logging_out_takes_a_post_and_ends_the_session(as_clerk: Client) -> None:
    assert as_clerk.get("/logout/").status_code == 405
    assert as_clerk.post("/logout/", follow=True).redirect_chain == [("/login/", 302)]
    assert as_clerk.get("/").status_code == 302


def test_the_language_is_chinese_first_and_can_be_switched(clerk: User) -> None:
    browser = Client()
    response = browser.get("/login/")
    assert '<html lang="zh-Hans">' in response.content.decode()
    assert "登录" in text(response)
    browser.post("/language/", {"language": "en"}, headers={"referer": "http://testserver/login/"})
    response = browser.get("/login/")
    assert '<html lang="en">' in response.content.decode()
    assert "Log in" in text(response)


def test_switching_the_language_leads_back_and_never_away(anonymous: Client) -> None:
    here = anonymous.post("/language/", {"language": "en"}, headers={"referer": "http://testserver/login/"})
    assert here.url == "http://testserver/login/"
    away = anonymous.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert away.url == "/"


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        ("clerk", ["home", "upload", "batches"], ["exports", "thresholds", "admin:index"]),
        ("supervisor", ["home", "upload", "batches"], ["exports", "thresholds", "admin:index"]),
        ("admin", ["home", "upload", "batches", "exports", "thresholds", "admin:index"], []),
    ],
)
def test_the_navigation_offers_what_the_role_may_open(
    role: str, seen: list[str], hidden: list[str], request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(f"as_{role}").get("/").content.decode()
    nav = page[page.index("<nav") : page.index("</nav>")]
    for name in seen:
        assert f'href="{reverse(name)}"' in nav, name
    for name in hidden:
        assert f'href="{reverse(name)}"' not in nav, name
    assert nav.count('aria-current="page"') == 1


def test_htmx_shows_conflicts_and_errors_and_never_evaluates_text(as_clerk: Client) -> None:
    page = as_clerk.get("/").content.decode()
    config = re.search(r'name="htmx-config"\s+content=\'([^\']+)\'', page)
    assert config is not None
    assert '"allowEval": false' in config[1]
    assert '"selfRequestsOnly": true' in config[1]
    assert '"historyCacheSize": 0' in config[1], "no page with names is kept in the browser's storage"
    assert '{"code": "403|409|413|422", "swap": true}' in config[1]


def test_an_unknown_address_says_what_to_do_in_both_languages(as_clerk: Client) -> None:
    response = as_clerk.get("/records/999999/")
    assert response.status_code == 404
    assert "There is nothing at this address" in text(response)
    response = as_clerk.get("/nothing/here/", headers={"accept-language": "zh-hans"})
    assert response.status_code == 404
    assert "此网址没有内容" in text(response)


def test_a_page_of_another_role_is_refused_with_its_sentence(as_clerk: Client) -> None:
    response = as_clerk.get("/exports/")
    assert response.status_code == 403
    assert "Only administrators may do this." in text(response)
    assert "To the start page" in text(response)


def test_htmx_gets_a_refusal_as_a_notice_at_the_top(as_clerk: Client) -> None:
    response = as_clerk.post("/batches/1/approve/", headers={"hx-request": "true"})
    assert response.status_code == 404
    response = as_clerk.get("/exports/", headers={"hx-request": "true"})
    assert response.status_code == 403
    assert response.headers["HX-Retarget"] == "#notices"
    assert "<html" not in response.content.decode()
    assert "Only administrators may do this." in text(response)


def test_a_missing_csrf_token_is_explained(clerk: User) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(clerk)
    response = browser.post("/upload/", {"new_batch": "A"})
    assert response.status_code == 403
    assert "The page was open for too long" in text(response)


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_a_fault_of_ours_shows_no_trace(as_admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("reviewapp.models.threshold.ThresholdQuerySet.percents", broken)
    as_admin.raise_request_exception = False
    response = as_admin.get("/thresholds/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in text(response)
    assert "secret detail" not in text(response)
