"""An administrator makes a person, hands the link over, and only its owner ever knows the password."""

import pytest
from playwright.sync_api import Page, expect

from reviewapp.administration.password_links import make_link
from reviewapp.models import User
from tests.browser.conftest import OpenPage
from tests.browser.test_screens import PHONE, faults
from tests.factories import person

NEW = "a long and unlikely one 17"


def set_password(page: Page) -> None:
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password confirmation").fill(NEW)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/login/")


def test_a_new_person_sets_a_password_through_the_link(open_page: OpenPage) -> None:
    admin = open_page(person("admin"), "/admin/reviewapp/user/add/")
    admin.get_by_label("Username").fill("newcomer")
    admin.get_by_label("Role").select_option("auditor")
    admin.get_by_role("button", name="Save", exact=True).click()
    link = admin.locator(".password-link").inner_text()
    assert not faults(admin)

    owner = open_page(person("clerk2"), link)
    expect(owner.get_by_text("For the account newcomer.")).to_be_visible()
    assert link.rstrip("/").rpartition("/")[2] not in owner.url
    set_password(owner)
    owner.get_by_label("User name").fill("newcomer")
    owner.get_by_label("Password").fill(NEW)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="Hello, newcomer")).to_be_visible()
    owner.get_by_role("navigation").get_by_role("link", name="People").click()
    expect(owner.get_by_role("row", name="newcomer")).to_contain_text("Auditor")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_pages_of_a_link_are_accessible_and_fit_a_phone(
    open_page: OpenPage, clerk: User, admin_user: User, locale: str
) -> None:
    admin = open_page(admin_user, f"/admin/reviewapp/user/{clerk.pk}/change/", size=PHONE, locale=locale)
    admin.locator("form[action$='/password-link/'] input[type=submit]").click()
    expect(admin.locator(".password-link")).to_be_visible()
    assert not faults(admin)
    owner = open_page(clerk, "/", size=PHONE, locale=locale)
    owner.goto(make_link(User.objects.get(pk=clerk.pk), by=admin_user).path)
    expect(owner.locator("input[type=password]")).to_have_count(2)
    assert not faults(owner)


def test_an_administrator_switches_a_person_off_in_the_admin(
    open_page: OpenPage, clerk: User, admin_user: User
) -> None:
    at_work = open_page(clerk, "/")
    admin = open_page(admin_user, f"/admin/reviewapp/user/{clerk.pk}/change/")
    expect(admin.get_by_text("Held: –.")).to_be_visible()
    expect(admin.locator("input[name=basis]")).to_be_hidden()
    admin.get_by_label("Active").uncheck()
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("was changed successfully")).to_be_visible()
    at_work.reload()
    expect(at_work.get_by_label("Password")).to_be_visible()
