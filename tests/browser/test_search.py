"""Finding records by the keyboard alone: the box, results, and the list of records."""

import re

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Submission, User
from tests.browser.conftest import OpenPage, OpenReview
from tests.browser.test_screens import DESK, PHONE, faults
from tests.factories import person, submission_at, true_values


@pytest.fixture
def records(transactional_db: None) -> list[Submission]:
    return [
        submission_at("reviewed", values=true_values(number) | {"neonatal_name": f"王小{char}"})
        for number, char in enumerate("明红龙")
    ]


def search_for(page: Page, text: str) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search/"))


def test_a_record_is_found_and_opened_without_the_mouse(
    open_page: OpenPage, records: list[Submission], supervisor: User
) -> None:
    page = open_page(supervisor, "/batches/")
    search_for(page, "王小")
    expect(page.locator("[data-hit]")).to_have_count(3)
    page.keyboard.press("3")
    expect(page).to_have_url(re.compile(f"/records/{records[0].pk}/$"))


def test_arrows_and_enter_open_a_result(open_page: OpenPage, records: list[Submission], supervisor: User) -> None:
    page = open_page(supervisor, "/")
    search_for(page, "wx")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{records[1].pk}/$"))


def test_arrows_leave_the_box_and_digits_are_typed_in_it(
    open_page: OpenPage, records: list[Submission], supervisor: User
) -> None:
    page = open_page(supervisor, "/search/?q=王小")
    page.locator("#search-box").focus()
    page.keyboard.press("End")
    page.keyboard.press("1")
    expect(page.locator("#search-box")).to_have_value("王小1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").first).to_be_focused()


def test_the_key_is_a_character_while_somebody_types(
    open_review: OpenReview, records: list[Submission], clerk2: User
) -> None:
    screen = open_review(submission_at("recognised", values=true_values(7)), by=clerk2)
    screen.input("mother_address").focus()
    screen.page.keyboard.press("End")
    screen.page.keyboard.type("/")
    expect(screen.input("mother_address")).to_have_value(re.compile("/"))
    expect(screen.input("mother_address")).to_be_focused()


def test_keys_of_an_input_method_do_nothing_else(
    open_page: OpenPage, records: list[Submission], supervisor: User
) -> None:
    page = open_page(supervisor, "/search/?q=王小")
    for key in ("/", "1", "ArrowDown"):
        page.evaluate(
            "key => document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " { key, isComposing: true, bubbles: true, cancelable: true }))",
            key,
        )
    expect(page.locator("body")).to_be_focused()
    expect(page).to_have_url(re.compile("/search/"))


def test_the_list_is_walked_chosen_from_and_opened_by_keys(
    open_page: OpenPage, records: list[Submission], supervisor: User
) -> None:
    page = open_page(supervisor, "/records/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("x")
    page.keyboard.press("k")
    expect(page.locator("[data-select]:checked")).to_have_count(1)
    page.get_by_role("button", name="Approve them").click()
    expect(page.locator("#notices")).to_contain_text("One record approved.")
    assert list(Submission.objects.approved()) == [records[2]]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{records[2].pk}/$"))


@pytest.mark.parametrize(("size", "locale"), [(PHONE, "zh-CN"), (DESK, "en-US"), (DESK, "zh-CN")])
def test_the_pages_are_accessible_and_fit(
    open_page: OpenPage, records: list[Submission], size: tuple[int, int], locale: str
) -> None:
    addresses = ["/search/?q=王小", "/search/?q=nobody", "/records/", "/records/?status=reviewed", "/records/?since=x"]
    page = open_page(person("supervisor"), addresses[0], size=size, locale=locale)
    wrong: list[str] = []
    for address in addresses:
        page.goto(address)
        wrong += [f"{address}: {fault}" for fault in faults(page)]
    assert not wrong, "\n".join(wrong)
