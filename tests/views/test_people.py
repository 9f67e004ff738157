"""The pages of people: the admin that changes them, the list, the link, and the page it leads to."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from reviewapp.administration import people
from reviewapp.administration.lockout import ADDRESS
from reviewapp.administration.password_links import make_link
from reviewapp.models import Event, User
from reviewapp.stages import claim
from reviewapp.states import EventKind, Role
from tests.conftest import LogIn
from tests.factories import PASSWORD, person, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

NEW = "a long and unlikely one 17"
ADD = "/admin/reviewapp/user/add/"
CHINESE = {"accept-language": "zh-hans"}


def change_address(who: User) -> str:
    return reverse("admin:reviewapp_user_change", args=[who.pk])


def form_of(who: User, **changes: object) -> dict[str, object]:
    """Return what the admin's page of a person sends, with some of it changed."""
    values = {name: getattr(who, name) for name in people.CHANGEABLE} | {"basis": people.basis_of(who)} | changes
    return {name: value for name, value in values.items() if value is not False}


def link_in(response: HttpResponse) -> str:
    found = re.search(r'class="password-link">http://testserver(/password/[^<]+)<', response.content.decode())
    assert found
    return found[1]


def use(link: str, browser: Client, *, new: str = NEW, again: str = "", language: str = "en") -> HttpResponse:
    headers = {"accept-language": language}
    page = browser.get(link, headers=headers)
    data = {"new_password1": new, "new_password2": again or new}
    return browser.post(page.url, data, headers=headers)


# ---- the admin


def test_a_new_person_gets_a_link_and_no_password(as_admin: Client, anonymous: Client, admin_user: User) -> None:
    hostile = {"usable_password": "true", "password1": NEW, "password2": NEW, "password": NEW, "is_superuser": "on"}
    response = as_admin.post(ADD, {"username": "newcomer", "role": "supervisor", "last_name": "王", **hostile})
    assert response.status_code == 200
    newcomer = User.objects.get(username="newcomer")
    assert (newcomer.role, newcomer.is_superuser, newcomer.has_usable_password()) == ("supervisor", False, False)
    assert use(link_in(response), anonymous).url == "/login/"
    assert anonymous.post("/login/", {"username": "newcomer", "password": NEW}).url == "/"
    kinds = Event.objects.filter(person=newcomer).order_by("pk").values_list("kind", "by")
    assert list(kinds) == [
        ("person_added", admin_user.pk),
        ("password_link_made", admin_user.pk),
        ("password_changed", newcomer.pk),
    ]


@pytest.mark.parametrize("data", [{"username": "clerk"}, {"username": ""}, {"username": "a b"}, {"role": "king"}])
def test_a_new_person_that_cannot_be_is_refused_in_the_form(
    data: dict[str, str], as_admin: Client, clerk: User
) -> None:
    response = as_admin.post(ADD, {"username": "newcomer", "role": "clerk", **data})
    assert response.status_code == 200
    assert "Please correct the error" in text(response)
    assert not Event.objects.filter(kind=EventKind.PERSON_ADDED).exists()


def test_the_admin_changes_a_person_with_events(as_admin: Client, clerk: User, admin_user: User) -> None:
    response = as_admin.post(change_address(clerk), form_of(clerk, role="supervisor", can_recognise="on"))
    assert response.status_code == 302
    clerk.refresh_from_db()
    assert (clerk.role, clerk.can_recognise, clerk.is_active) == ("supervisor", True, True)
    events = Event.objects.filter(person=clerk).order_by("pk")
    assert [(event.kind, event.old, event.new) for event in events] == [
        ("role_changed", "clerk", "supervisor"),
        ("rights_changed", "no", "yes"),
    ]
    assert {(event.by, event.address) for event in events} == {(admin_user, "127.0.0.1")}


def test_the_admin_sets_no_password_and_renames_nobody(as_admin: Client, clerk: User) -> None:
    page = as_admin.get(change_address(clerk))
    names = set(re.findall(r'name="(\w+)"', page.content.decode()))
    assert not {name for name in names if "password" in name or name == "username"}
    assert clerk.password.split("$")[-1] not in page.content.decode()
    hostile = {"username": "another", "password": NEW, "password1": NEW, "password2": NEW, "is_superuser": "on"}
    assert as_admin.post(change_address(clerk), form_of(clerk) | hostile).status_code == 302
    stored = User.objects.get(pk=clerk.pk)
    assert (stored.username, stored.is_superuser) == ("clerk", False)
    assert stored.check_password(PASSWORD)
    for address in (f"/admin/reviewapp/user/{clerk.pk}/password/", f"/admin/auth/user/{clerk.pk}/password/"):
        as_admin.post(address, {"password1": NEW, "password2": NEW}, follow=True)
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_nobody_changes_their_own_role_in_the_admin(as_admin: Client, admin_user: User) -> None:
    data = form_of(admin_user, role="supervisor", last_name="王", is_active="")
    assert as_admin.post(change_address(admin_user), data).status_code == 302
    stored = User.objects.get(pk=admin_user.pk)
    assert (stored.role, stored.is_active, stored.is_staff, stored.last_name) == ("admin", True, True, "王")
    assert [event.field_name for event in Event.objects.filter(person=admin_user)] == ["last_name"]


@pytest.mark.parametrize("basis", ["", "of yesterday", "\0"])
def test_a_page_that_shows_another_state_saves_nothing(basis: str, as_admin: Client, clerk: User) -> None:
    response = as_admin.post(change_address(clerk), form_of(clerk, role="supervisor", basis=basis))
    assert response.status_code in (200, 409)
    assert User.objects.get(pk=clerk.pk).role == "clerk"
    assert not Event.objects.filter(person=clerk).exists()


def test_the_page_of_a_person_says_what_they_hold_before_they_are_switched_off(as_admin: Client, clerk: User) -> None:
    held, returned = submission_at("recognised"), submission_at("returned", clerk=clerk)
    claim.claim(held, by=clerk)
    words = text(as_admin.get(change_address(clerk)))
    assert f"Held: #{held.pk}. Returned to this person: #{returned.pk}." in words
    assert as_admin.post(change_address(clerk), form_of(clerk, is_active=False)).status_code == 302
    held.refresh_from_db()
    assert held.claimed_by is None
    words = text(as_admin.get(change_address(clerk), headers=CHINESE))
    assert f"持有：–。退回给此人：#{returned.pk}。" in words


@pytest.mark.parametrize("actor", ["clerk", "supervisor", "auditor"])
def test_nobody_else_changes_people(actor: str, log_in: LogIn, clerk2: User) -> None:
    User.objects.filter(pk=person(actor).pk).update(is_staff=True)
    browser = log_in(User.objects.get(username=actor))
    for address in (ADD, change_address(clerk2), f"/people/{clerk2.pk}/password-link/"):
        response = browser.post(address, form_of(clerk2, role="admin", username="newcomer"))
        assert response.status_code == 403, address
    assert not User.objects.filter(username="newcomer").exists()
    assert User.objects.get(pk=clerk2.pk).role == "clerk"
    assert Event.objects.count() == 0


def test_the_list_of_events_in_the_admin_tells_person_and_change(as_admin: Client, clerk: User) -> None:
    as_admin.post(change_address(clerk), form_of(clerk, role="supervisor"))
    words = text(as_admin.get("/admin/reviewapp/event/?kind__exact=role_changed"))
    assert "clerk" in words
    assert "Supervisor" in words


# ---- the list of people


@pytest.mark.parametrize("actor", ["admin", "auditor"])
def test_the_list_tells_who_works_here_and_what_was_changed(
    actor: str, as_admin: Client, log_in: LogIn, clerk: User
) -> None:
    as_admin.post(change_address(clerk), form_of(clerk, role="supervisor", is_active=False))
    browser = log_in(person(actor))
    words = " ".join(text(browser.get("/people/")).split())
    assert "admin · Role changed: clerk · role Clerk → Supervisor 127.0.0.1" in words
    assert "admin · Deactivated: clerk" in words
    assert ("Add or change people" in words) == (actor == "admin")
    chinese = " ".join(text(browser.get("/people/", headers=CHINESE)).split())
    assert "角色变更：clerk" in chinese or "角色变更: clerk" in chinese
    assert "经办人 → 审核人" in chinese


# ---- the auditor's pages


def test_an_auditor_sees_settings_and_changes_nothing(log_in: LogIn) -> None:
    browser = log_in(person("auditor"))
    home = browser.get("/").content.decode()
    for address in ("/people/", "/thresholds/", "/rules/", "/password/"):
        assert f'href="{address}"' in home
        page = browser.get(address)
        assert page.status_code == 200
        if address in ("/thresholds/", "/rules/"):
            content = page.content.decode()
            assert content.count("disabled") > 20
            assert "button--primary" not in content
            assert reverse("reflag") not in content
    for address in ("/upload/", "/batches/", "/exports/", "/api/", "/admin/"):
        assert f'href="{address}"' not in home
        assert "Auditors read the history and the settings" in text(browser.get(address))
    assert "审计员只查看历史和设置" in text(browser.get("/batches/", headers=CHINESE))


# ---- the link and its page


def test_the_link_is_shown_once_and_no_event_or_page_holds_it(as_admin: Client, clerk: User) -> None:
    response = as_admin.post(f"/people/{clerk.pk}/password-link/")
    token = link_in(response).rstrip("/").rpartition("/")[2]
    assert response.headers["cache-control"] == "no-store"
    for address in ("/people/", change_address(clerk), "/admin/reviewapp/event/"):
        assert token not in as_admin.get(address).content.decode()
    for event in Event.objects.all():
        assert token not in f"{event.old}{event.new}{event.params}"
    assert "密码链接" in text(as_admin.post(f"/people/{clerk.pk}/password-link/", headers=CHINESE))


def test_the_page_of_a_person_offers_a_link_but_not_for_oneself(
    as_admin: Client, clerk: User, admin_user: User
) -> None:
    assert f'action="/people/{clerk.pk}/password-link/"' in as_admin.get(change_address(clerk)).content.decode()
    assert "password-link/" not in as_admin.get(change_address(admin_user)).content.decode()
    response = as_admin.post(f"/people/{admin_user.pk}/password-link/")
    assert response.status_code == 403


def test_the_proof_leaves_the_address_before_a_page_is_shown(anonymous: Client, clerk: User, admin_user: User) -> None:
    link = make_link(clerk, by=admin_user)
    moved = anonymous.get(link.path)
    assert moved.status_code == 302
    assert link.token not in moved.url
    page = anonymous.get(moved.url)
    assert page.status_code == 200
    assert link.token not in page.content.decode()
    assert page.headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] != ""
    assert "For the account clerk." in text(page)
    assert "账号 clerk" in text(anonymous.get(moved.url, headers=CHINESE))


def test_the_proof_of_a_link_reaches_no_log(
    anonymous: Client, clerk: User, admin_user: User, caplog: pytest.LogCaptureFixture
) -> None:
    link = make_link(clerk, by=admin_user)
    with caplog.at_level("INFO"):
        use(link.path, anonymous)
        anonymous.get(link.path)
    logged = [str(vars(record)) for record in caplog.records]
    assert len([line for line in logged if "reviewapp.request" in line]) == 3
    assert not [line for line in logged if link.token in line]


def test_a_used_link_says_what_to_do_in_both_languages(anonymous: Client, clerk: User, admin_user: User) -> None:
    link = make_link(clerk, by=admin_user).path
    assert use(link, anonymous).status_code == 302
    response = anonymous.get(link)
    assert response.status_code == 410
    assert "Ask an administrator for a new link." in text(response)
    assert "请向管理员索取新链接" in text(anonymous.get(link, headers=CHINESE))


def test_the_old_sessions_of_the_owner_end_when_the_link_is_used(
    anonymous: Client, as_clerk: Client, clerk: User, admin_user: User
) -> None:
    link = make_link(clerk, by=admin_user).path
    assert as_clerk.get("/").status_code == 200
    use(link, anonymous)
    assert as_clerk.get("/").status_code == 302


@pytest.mark.parametrize(
    ("new", "again", "english", "chinese"),
    [
        ("short", "", "This password is too short.", "密码"),
        (NEW, "something else", "The two password fields didn’t match.", "密码"),
    ],
)
def test_a_bad_password_is_refused_and_the_link_stays_good(
    new: str, again: str, english: str, chinese: str, anonymous: Client, clerk: User, admin_user: User
) -> None:
    link = make_link(clerk, by=admin_user).path
    response = use(link, anonymous, new=new, again=again)
    assert response.status_code == 422
    assert english in text(response)
    words = text(use(link, anonymous, new=new, again=again, language="zh-hans"))
    assert chinese in words
    assert english not in words
    assert use(link, anonymous).status_code == 302


@pytest.mark.parametrize("uid", ["MQ", "x", "%00", "%F0%9F%91%B6", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
@pytest.mark.parametrize("token", ["set-password", "a-b", "%00", "a" * 2000])
def test_an_invented_link_leads_nowhere(uid: str, token: str, anonymous: Client, clerk: User) -> None:
    for send in (anonymous.get, anonymous.post):
        assert send(f"/password/{uid}/{token}/").status_code in (404, 410)
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_guessing_links_becomes_slow_for_the_address_and_for_nobody_else(
    anonymous: Client, clerk: User, admin_user: User
) -> None:
    link = make_link(clerk, by=admin_user).path
    for number in range(ADDRESS.failures):
        assert anonymous.get(f"/password/MQ/a-{number}/").status_code == 410
    response = anonymous.get(link)
    assert response.status_code == 429
    assert "Try again after" in text(response)
    elsewhere = Client(headers={"accept-language": "en"}, REMOTE_ADDR="192.0.2.77")
    assert use(link, elsewhere).status_code == 302


def test_a_form_of_another_site_sets_no_password(clerk: User, admin_user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(make_link(clerk, by=admin_user).path)
    assert browser.post(page.url, {"new_password1": NEW, "new_password2": NEW}).status_code == 403
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_the_whole_way_of_the_administrator_who_would_be_supervisor_is_seen_and_ends_at_the_approval(
    as_admin: Client, anonymous: Client, supervisor2: User, clerk: User
) -> None:
    record = submission_at("reviewed", clerk=clerk)
    people.note_login(supervisor2, address=None)
    link = link_in(as_admin.post(f"/people/{supervisor2.pk}/password-link/"))
    use(link, anonymous)
    anonymous.post("/login/", {"username": "supervisor2", "password": NEW})
    response = anonymous.post(f"/records/{record.pk}/approve/", {"version": record.version})
    assert response.status_code == 403
    assert "through a link that somebody else made" in text(response)
    made = Event.objects.get(kind=EventKind.PASSWORD_LINK_MADE)
    assert (made.by.username, made.person, made.address) == ("admin", supervisor2, "127.0.0.1")


def test_roles_that_people_may_have_are_those_of_the_product() -> None:
    assert set(Role.values) == {"clerk", "supervisor", "admin", "auditor"}
