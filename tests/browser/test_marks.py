"""Marks on the review screen, the second reader's page by the keyboard, and overrides opened before approval."""

import re

import pytest
from playwright.sync_api import expect

from reviewapp.models import User
from reviewapp.stages import claim
from tests.browser.conftest import OpenPage, OpenReview
from tests.factories import person, submission_at

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "mother_name"


def test_a_value_is_marked_by_the_keyboard_and_its_input_follows(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs={NAME: 60}))
    screen.expect_focus(NAME)
    screen.page.keyboard.press("Alt+m")
    menu = screen.entry(NAME).locator("select")
    expect(menu).to_be_focused()
    menu.select_option("illegible")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Enter")
    screen.expect_check(NAME, "verified")
    expect(screen.input(NAME)).to_have_value("")
    expect(screen.page.locator("#finish-button")).to_be_focused()
    expect(screen.entry(NAME)).to_contain_text("Illegible")
    screen.expect_progress("All doubtful fields are verified")
    assert screen.field(NAME).mark == "illegible"


def test_what_was_typed_just_before_a_mark_is_saved_first(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs={NAME: 60}))
    screen.type_over(NAME, "王丽")
    screen.page.keyboard.press("Alt+m")
    screen.entry(NAME).locator("select").select_option("unsure")
    screen.entry(NAME).get_by_role("button", name="Save this").click()
    screen.expect_check(NAME, "unsure")
    expect(screen.input(NAME)).to_have_value("王丽")
    field = screen.field(NAME)
    assert (field.value, field.mark) == ("王丽", "unsure")
    screen.input(NAME).press("Control+Enter")
    screen.expect_home()
    screen.submission.refresh_from_db()
    assert screen.submission.status == "unsure"


def test_a_mark_that_makes_no_sense_says_so_beside_the_field(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs={NAME: 60}))
    screen.page.keyboard.press("Alt+m")
    screen.entry(NAME).locator("select").select_option("paper_wrong")
    screen.entry(NAME).get_by_role("button", name="Save this").click()
    expect(screen.entry(NAME).get_by_role("alert")).to_contain_text("Say what the paper should say")
    expect(screen.entry(NAME).locator("select")).to_be_visible()
    screen.entry(NAME).get_by_label("What the paper should say").fill("王丽")
    screen.entry(NAME).get_by_role("button", name="Save this").click()
    screen.expect_check(NAME, "verified")
    assert screen.field(NAME).should_say == "王丽"


def test_a_second_reader_decides_by_the_keyboard(open_page: OpenPage, clerk2: User) -> None:
    record = submission_at("unsure")
    page = open_page(clerk2)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{record.pk}/second/")
    page.keyboard.press("2")  # two equal readings are one
    expect(page.locator(f"[name='{NAME}-typed']")).to_be_focused()
    page.keyboard.insert_text("4")
    expect(page.locator(f"[name='{NAME}-choice'][value='other']")).to_be_checked()
    page.locator(f"[name='{NAME}-choice']").first.focus()
    page.keyboard.press("1")
    expect(page.locator(f"[name='{NAME}-choice']").first).to_be_checked()
    expect(page.get_by_role("button", name="Save, next record")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))
    record.refresh_from_db()
    assert record.status == "reviewed"
    assert record.fields.get(name=NAME).verified_by == clerk2


def test_the_second_page_follows_the_finger_on_a_phone(open_page: OpenPage) -> None:
    record = submission_at("unsure")
    reader = person("clerk2")
    claim.claim(record, by=reader)
    page = open_page(reader, f"/records/{record.pk}/second/", size=(390, 844), locale="zh-CN")
    page.get_by_text("我也不确定").click()
    page.get_by_label("无法辨认之处").fill("看不清")
    page.get_by_role("button", name="保存，下一条").click()
    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))
    record.refresh_from_db()
    assert record.status == "escalated"


def test_overrides_are_opened_and_then_the_record_is_approved(open_page: OpenPage, supervisor: User) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"})
    page = open_page(supervisor, f"/records/{record.pk}/")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Open one value kept against a rule").click()
    page.locator("#override-birth_weight summary").click()
    page.get_by_role("button", name="I have looked at it").click()
    expect(page.locator("#override-birth_weight")).to_contain_text("Opened by you")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("is approved")
