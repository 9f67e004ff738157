"""A supervisor looks through one field of a batch by the keyboard, and returns what is wrong."""

import re

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Batch, Submission
from tests.browser.conftest import OpenPage
from tests.browser.test_screens import DESK, PHONE, faults
from tests.factories import make_batch, person, submission_at


@pytest.fixture
def batch(transactional_db: None) -> Batch:
    batch = make_batch()
    for number in range(43):
        submission_at("reviewed", batch=batch, values={"neonatal_name": f"王小{chr(0x4E00 + number)}"})
    return batch


def returned(batch: Batch) -> list[int]:
    """Return the places in the batch of the records that were returned."""
    in_order = list(batch.submissions.in_order())
    return [in_order.index(record) for record in Submission.objects.filter(status="returned").in_order()]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def turned_to(page: Page, number: int) -> None:
    expect(page.get_by_text(f"Page {number} of 2")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("[data-stop]:focus")).to_have_count(1)


def test_what_is_wrong_on_two_pages_is_marked_by_keys_and_returned_together(open_page: OpenPage, batch: Batch) -> None:
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/")
    page.get_by_role("link", name="Contact sheet").click()
    expect(page.locator("[data-record]")).to_have_count(40)
    turned_to(page, 1)
    press(page, "n", "x", "ArrowRight", "ArrowRight", "x", "p", "x", "x")
    expect(page.locator("#sheet-count")).to_have_text("Marked as wrong: 2")

    page.locator("[data-stop]").nth(39).focus()
    press(page, "n")
    turned_to(page, 2)
    expect(page.locator("#sheet-count")).to_have_text("Marked as wrong: 2 · of them on other pages: 2")
    press(page, "n", "x", "p", "p")
    turned_to(page, 1)
    expect(page.locator("[data-stop]").nth(39)).to_be_focused()
    expect(page.locator("#sheet-count")).to_have_text("Marked as wrong: 3 · of them on other pages: 1")

    press(page, "r")
    expect(page.get_by_label("Reason")).to_have_value("Neonatal name: not as in the picture.")
    press(page, "Enter")
    expect(page.locator("#notices")).to_contain_text("3 records returned.")
    assert returned(batch) == [1, 3, 41]
    expect(page.locator("#sheet-count")).not_to_contain_text("Marked")
    expect(page.locator("[data-stop]:checked")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"field=neonatal_name$"))


def test_arrows_move_by_rows_and_enter_opens_the_record_without_returning_it(open_page: OpenPage, batch: Batch) -> None:
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/sheet/")
    turned_to(page, 1)
    tops = page.locator("[data-record]").evaluate_all("cells => cells.map((cell) => cell.offsetTop)")
    across = tops.count(tops[0])
    assert across > 2
    press(page, "ArrowDown", "n", "x")
    expect(page.locator("[data-stop]").nth(across + 1)).to_be_checked()
    press(page, "ArrowUp")
    expect(page.locator("[data-stop]").nth(1)).to_be_focused()
    press(page, "Enter")
    record = batch.submissions.in_order()[1]
    expect(page).to_have_url(re.compile(f"/records/{record.pk}/$"))
    assert not returned(batch)


def test_another_field_is_chosen_by_keys_and_its_marks_are_its_own(open_page: OpenPage, batch: Batch) -> None:
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/sheet/")
    turned_to(page, 1)
    press(page, "x", "f")
    expect(page.get_by_label("Field")).to_be_focused()
    page.get_by_label("Field").select_option(label="Sex")
    press(page, "Tab", "Enter")
    expect(page).to_have_url(re.compile(r"\?field=sex$"))
    turned_to(page, 1)
    expect(page.locator("[data-stop]:checked")).to_have_count(0)
    page.go_back()
    expect(page.locator("[data-stop]:checked")).to_have_count(1)


def test_no_key_does_anything_while_somebody_composes_types_or_reads_a_dialog(
    open_page: OpenPage, batch: Batch
) -> None:
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/sheet/")
    turned_to(page, 1)
    page.evaluate(
        """["n", "x", "r", "F1"].forEach((key) => document.activeElement.dispatchEvent(new KeyboardEvent(
          "keydown", { key, isComposing: true, bubbles: true, cancelable: true })))"""
    )
    expect(page.locator("[data-stop]").first).to_be_focused()
    press(page, "F1")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("Mark the value as wrong")
    press(page, "x", "n", "r", "Escape")
    expect(keys).to_be_hidden()
    press(page, "/")
    page.keyboard.type("xnr")
    expect(page.locator("#search-box")).to_have_value("xnr")
    expect(page.locator("[data-stop]:checked")).to_have_count(0)


@pytest.mark.parametrize(("size", "locale"), [(PHONE, "zh-CN"), (DESK, "en-US")])
def test_the_sheet_is_accessible_and_fits(
    open_page: OpenPage, batch: Batch, size: tuple[int, int], locale: str
) -> None:
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/sheet/", size=size, locale=locale)
    assert not faults(page)
