"""An auditor finds out in a browser who saw a child's record, and what that person saw that day."""

import re

import pytest
from playwright.sync_api import expect

from reviewapp.administration.view_log import note_views
from reviewapp.models import User
from reviewapp.states import EventKind
from tests.browser.conftest import OpenPage
from tests.browser.test_screens import DESK, PHONE, faults
from tests.factories import fields_of, person, submission_at, true_values

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("locale", "search", "who_saw", "viewed"),
    [("en-US", "Search", "Only who saw it", "Viewed"), ("zh-CN", "查找", "只看谁看过", str(EventKind.VIEWED.label))],
)
def test_an_auditor_finds_who_saw_a_record_by_keyboard(
    open_page: OpenPage, clerk2: User, locale: str, search: str, who_saw: str, viewed: str
) -> None:
    seen = submission_at("approved", values=true_values(3))
    submission_at("reviewed", values=true_values(4))
    note_views([seen], by=clerk2, kind=EventKind.VIEWED, address="203.0.113.7")
    number = fields_of(seen)["certificate_number"].value

    page = open_page(person("auditor"), "/history/", locale=locale)
    page.locator("#id_certificate").focus()
    page.keyboard.insert_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**certificate=*")
    expect(page.locator("tbody tr").first).to_contain_text("203.0.113.7")
    assert page.get_by_role("button", name=search).count() == 1

    page.locator("tbody").get_by_role("link", name=f"#{seen.pk}").first.press("Enter")
    page.get_by_role("link", name=who_saw).press("Enter")
    seen_by_clerk, read_by_auditor = page.locator("tbody tr").first, page.locator("tbody tr").last
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(seen_by_clerk).to_contain_text(viewed)
    expect(seen_by_clerk).to_contain_text(clerk2.display_name)
    expect(read_by_auditor).to_have_attribute("data-kind", "history_seen")
    page.locator("tbody").get_by_role("link", name=clerk2.display_name).press("Enter")
    expect(page).to_have_url(re.compile(f"/history/people/{clerk2.pk}/"))
    expect(page.locator("h1")).to_contain_text(clerk2.display_name)
    assert page.locator("img[src*=picture], image").count() == 0


@pytest.mark.parametrize(
    ("size", "locale", "colours"), [(PHONE, "zh-CN", "dark"), (PHONE, "en-US", "light"), (DESK, "en-US", "dark")]
)
def test_the_historys_pages_are_accessible_and_fit(
    open_page: OpenPage, clerk: User, size: tuple[int, int], locale: str, colours: str
) -> None:
    record = submission_at("failed")
    submission_at("approved", batch=record.batch)
    addresses = ["/history/", "/history/?day=x", f"/history/records/{record.pk}/", f"/history/people/{clerk.pk}/"]
    page = open_page(person("auditor"), addresses[0], size=size, locale=locale, color_scheme=colours)
    wrong: list[str] = []
    for address in addresses:
        page.goto(address)
        wrong += [f"{address}: {fault}" for fault in faults(page)]
    assert not wrong, "\n".join(wrong)
