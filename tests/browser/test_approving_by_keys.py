"""A supervisor goes through a batch by the keyboard: approves, returns and moves on, with the picture in view."""

import re

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Batch, Submission
from tests.browser.conftest import OpenPage
from tests.browser.test_review_ime import compose
from tests.factories import make_batch, person, submission_at, true_values

LOCALES = ["en-US", "zh-CN"]


@pytest.fixture
def batch(transactional_db: None) -> Batch:
    batch = make_batch()
    for number in range(4):
        submission_at("reviewed", batch=batch, values=true_values(number))
    return batch


def in_order(batch: Batch) -> list[Submission]:
    return list(batch.submissions.in_order())


def at_record(page: Page, record: Submission) -> None:
    """Wait until a record and its picture are shown, and its keys are listened to."""
    expect(page).to_have_url(re.compile(f"/records/{record.pk}/(#.*)?$"))
    page.wait_for_load_state()
    expect(page.locator(".picture-frame[data-is-shown]")).to_be_visible()
    expect(page.locator("#picture")).to_have_attribute("data-turn", re.compile(r"\d"))


@pytest.mark.parametrize("locale", LOCALES)
def test_twenty_records_are_approved_by_twenty_two_keys_and_one_is_returned(
    transactional_db: None, open_page: OpenPage, locale: str
) -> None:
    batch = make_batch()
    records = [submission_at("reviewed", batch=batch, values=true_values(number)) for number in range(21)]
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/", locale=locale)
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    press("Enter")
    for record in records[:20]:
        at_record(page, record)
        press("a")
    at_record(page, records[20])
    assert keys <= 22
    assert Submission.objects.approved().count() == 20

    page.keyboard.press("r")
    expect(page.locator("#return textarea")).to_be_focused()
    expect(page.locator("#picture")).to_be_in_viewport(ratio=0.5)
    page.keyboard.insert_text("名字不对。")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(f"/batches/{batch.pk}/$"))
    records[20].refresh_from_db()
    assert (records[20].status, records[20].return_reason) == ("returned", "名字不对。")


def test_the_record_before_and_the_next_are_opened_without_a_decision(open_page: OpenPage, batch: Batch) -> None:
    first, second, *_rest = in_order(batch)
    page = open_page(person("supervisor"), f"/records/{first.pk}/")
    at_record(page, first)
    page.keyboard.press("j")
    at_record(page, second)
    page.keyboard.press("k")
    at_record(page, first)
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile(f"/batches/{batch.pk}/$"))
    assert batch.submissions.awaiting_approval().count() == 4


def test_the_list_is_walked_approved_from_and_chosen_from_by_keys(open_page: OpenPage, batch: Batch) -> None:
    first, second, third, last = in_order(batch)
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(page.locator(f"#record-{first.pk}")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("One record approved.")
    expect(page.locator(f"#record-{second.pk}")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.press("Space")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("input[name='chosen']:checked")).to_have_count(2)
    page.keyboard.press("Shift+A")
    page.get_by_role("dialog").get_by_role("button", name="Approve").press("Enter")
    expect(page.locator("#notices")).to_contain_text("2 records approved.")
    page.wait_for_load_state()
    assert set(batch.submissions.approved()) == {first, second, third}

    page.keyboard.press("j")
    expect(page.locator(f"#record-{last.pk}")).to_be_focused()
    page.keyboard.press("o")
    expect(page.locator("#large-picture img")).to_have_js_property("complete", True)
    expect(page.locator("#large-picture img")).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.insert_text("Look again.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("One record returned.")
    assert list(Submission.objects.filter(status="returned")) == [last]


def test_enter_on_a_box_of_the_list_opens_the_record_and_returns_nothing(open_page: OpenPage, batch: Batch) -> None:
    first = in_order(batch)[0]
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/")
    page.locator("input[name='chosen']").first.check()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{first.pk}/$"))


def test_what_was_kept_against_a_rule_is_opened_before_the_key_approves(
    transactional_db: None, open_page: OpenPage
) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"})
    page = open_page(person("supervisor"), f"/batches/{record.batch_id}/")
    page.keyboard.press("j")
    page.keyboard.press("a")
    at_record(page, record)
    expect(page).to_have_url(re.compile("#overrides$"))
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="I have looked at it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#override-birth_weight")).to_contain_text("Opened by you")
    at_record(page, record)
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("is approved")


def test_no_key_approves_before_the_picture_has_come(open_page: OpenPage, batch: Batch) -> None:
    first, second, *_rest = in_order(batch)
    page = open_page(person("supervisor"), f"/records/{second.pk}/")
    at_record(page, second)
    page.route(f"**/records/{first.pk}/picture/screen/", lambda route: route.abort())
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"/records/{first.pk}/$"))
    page.wait_for_load_state()
    expect(page.locator(".picture-lost")).to_be_visible()
    page.keyboard.press("F1")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("j")
    at_record(page, second)
    assert batch.submissions.awaiting_approval().count() == 4


@pytest.mark.parametrize("locale", LOCALES)
def test_no_key_does_anything_while_somebody_types_composes_or_reads_a_dialog(
    open_page: OpenPage, batch: Batch, locale: str
) -> None:
    first = in_order(batch)[0]
    page = open_page(person("supervisor"), f"/records/{first.pk}/", locale=locale)
    at_record(page, first)
    page.keyboard.press("r")
    page.keyboard.type("ajkrob")
    cdp = page.context.new_cdp_session(page)
    compose(cdp, "wang")
    for key in ("a", "Enter", "F1", "j"):
        cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": 229})
    cdp.send("Input.insertText", {"text": "王"})
    expect(page.locator("#return textarea")).to_have_value("ajkrob王")
    page.keyboard.press("Escape")
    page.evaluate(
        """["a", "r", "j", "F1"].forEach((key) => document.body.dispatchEvent(new KeyboardEvent(
          "keydown", { key, isComposing: true, bubbles: true, cancelable: true })))"""
    )
    page.keyboard.press("F1")
    keys = page.locator("#keys-dialog")
    expect(keys).to_be_visible()
    for key in ("a", "j", "r", "b"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    at_record(page, first)
    assert batch.submissions.awaiting_approval().count() == 4


@pytest.mark.parametrize("locale", LOCALES)
def test_the_keys_are_listed_on_the_list_the_record_and_the_sheet(
    open_page: OpenPage, batch: Batch, locale: str
) -> None:
    addresses = (f"/batches/{batch.pk}/", f"/batches/{batch.pk}/sheet/", f"/records/{in_order(batch)[0].pk}/")
    page = open_page(person("supervisor"), addresses[0], locale=locale)
    for address in addresses:
        page.goto(address)
        page.keyboard.press("F1")
        expect(page.locator("#keys-dialog")).to_contain_text("Show these keys" if locale == "en-US" else "快捷键")
        assert page.locator("#keys-dialog dt").count() >= 7
