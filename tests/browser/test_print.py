"""A record on paper: what it says, who decided when, who printed it, and nothing to press."""

import re

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Submission, User
from reviewapp.stages import approve, claim, correct
from tests.browser.conftest import OpenPage
from tests.factories import change, see_overrides, submission_at, verify_all

PAPER = (794, 1123)
HIDDEN = (".shell-header", ".page-head .button-row", ".picture-tools", "#return", ".record__history")


@pytest.fixture
def approved(transactional_db: None, clerk: User, supervisor: User) -> Submission:
    record = submission_at("recognised", probs={"sex": 60})
    claim.claim(record, by=clerk)
    change(record, "birth_weight", "120", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    see_overrides(record, by=supervisor)
    approve.approve(record, by=supervisor, queue=lambda _: None)
    return record


def printed(page: Page) -> Page:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    return page


def test_the_paper_says_values_states_people_and_times(
    open_page: OpenPage, approved: Submission, supervisor: User, clerk: User
) -> None:
    page = printed(open_page(supervisor, approved.get_absolute_url(), size=PAPER, color_scheme="dark"))
    for hidden in HIDDEN:
        expect(page.locator(hidden).first).to_be_hidden()
    line = page.locator(".printed__line")
    expect(line).to_have_text(re.compile(rf"Record {approved}, printed by {supervisor}, \d{{4}}-\d\d-\d\d \d\d:\d\d"))
    expect(page.locator(".printed__mark")).to_be_visible()
    facts = page.locator(".printed__facts")
    expect(facts).to_contain_text("Approved")
    for name in (clerk.display_name, supervisor.display_name):
        expect(facts).to_contain_text(name)
    weight = page.locator('.value[data-field="birth_weight"]')
    expect(weight).to_contain_text("120")
    expect(weight).to_contain_text("Kept all the same: It stands so on the paper.")
    expect(page.locator('.value[data-field="sex"] .value__verifier')).to_contain_text(clerk.display_name)
    expect(page.locator("#picture image")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_on_the_screen_nothing_of_the_paper_is_seen(
    open_page: OpenPage, approved: Submission, admin_user: User
) -> None:
    page = open_page(admin_user, approved.get_absolute_url())
    expect(page.locator("#print")).to_be_visible()
    for part in (".printed__mark", ".printed__line", ".printed__facts", ".value__verifier"):
        expect(page.locator(part).first).to_be_hidden()


def test_the_whole_picture_is_printed_and_the_screen_is_as_before(
    open_page: OpenPage, approved: Submission, admin_user: User
) -> None:
    page = open_page(admin_user, approved.get_absolute_url())
    picture = page.locator("#picture")
    whole = picture.get_attribute("viewBox")
    page.locator('.value[data-field="sex"] button').click()
    near = picture.get_attribute("viewBox")
    assert near != whole
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert [float(number) for number in (picture.get_attribute("viewBox") or "").split()] == [
        float(number) for number in (whole or "").split()
    ]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert picture.get_attribute("viewBox") == near


def test_a_record_takes_two_sheets_at_most(open_page: OpenPage, approved: Submission, admin_user: User) -> None:
    page = open_page(admin_user, approved.get_absolute_url())
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, print_background=True))
    assert 1 <= len(sheets) <= 2
