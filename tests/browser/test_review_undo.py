"""Ctrl+Z over all fields, also of what is saved, and the last record taken back by a key."""

import pytest
from playwright.sync_api import expect

from reviewapp.models import Submission, User
from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_review_ime import open_with_composition
from tests.factories import submission_at, true_values, verify_all

FIRST, SECOND = "neonatal_name", "mother_name"
DOUBTFUL = {FIRST: 60, SECOND: 70}


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised", probs=DOUBTFUL)


@pytest.fixture
def screen(open_review: OpenReview, record: Submission) -> Screen:
    screen = open_review(record)
    screen.expect_focus(FIRST)
    return screen


def type_and_go(screen: Screen, text: str, key: str = "Enter") -> None:
    screen.page.keyboard.insert_text(text)
    screen.page.keyboard.press(key)


def expect_saved(screen: Screen, name: str, value: str) -> None:
    """Wait until a field shows a value, and says that it is saved."""
    expect(screen.input(name)).to_have_value(value)
    expect(screen.page.locator(f"#state-{name}")).to_have_attribute("data-value", value)
    screen.expect_save(name, "saved")


def test_the_last_saved_change_is_undone_from_another_field(screen: Screen) -> None:
    type_and_go(screen, "王小明")
    screen.expect_focus(SECOND)
    screen.expect_save(FIRST, "saved")
    screen.page.keyboard.press("Control+z")
    screen.expect_focus(FIRST)
    expect_saved(screen, FIRST, true_values()[FIRST])
    screen.expect_check(FIRST, "flagged")
    assert screen.field(FIRST).value == true_values()[FIRST]


def test_changes_of_several_fields_go_back_one_after_the_other(screen: Screen) -> None:
    type_and_go(screen, "王小明")
    screen.expect_focus(SECOND)
    type_and_go(screen, "王丽")
    expect(screen.page.locator("#finish-button")).to_be_focused()
    screen.page.keyboard.press("Control+z")
    screen.expect_focus(SECOND)
    screen.page.keyboard.press("Control+z")
    screen.expect_focus(FIRST)
    for name in DOUBTFUL:
        expect_saved(screen, name, true_values()[name])
    screen.page.keyboard.press("Control+z")
    for name in DOUBTFUL:
        expect(screen.input(name)).to_have_value(true_values()[name])
        assert screen.field(name).value == true_values()[name]


def test_two_changes_of_one_field_go_back_in_turn(screen: Screen) -> None:
    for text in ("王小明", "王大明"):
        screen.type_over(FIRST, text)
        screen.page.keyboard.press("Tab")
        expect_saved(screen, FIRST, text)
    screen.page.keyboard.press("Control+z")
    expect_saved(screen, FIRST, "王小明")
    screen.page.keyboard.press("Control+z")
    expect_saved(screen, FIRST, true_values()[FIRST])


def test_what_is_typed_and_not_saved_is_the_browsers_to_undo(screen: Screen) -> None:
    type_and_go(screen, "王小明", "Tab")
    screen.expect_save(FIRST, "saved")
    screen.input(SECOND).focus()
    screen.page.keyboard.press("End")
    screen.page.keyboard.type("x")
    screen.page.keyboard.press("Control+z")
    expect(screen.input(SECOND)).to_have_value(true_values()[SECOND])
    screen.expect_focus(SECOND)
    assert screen.field(FIRST).value == "王小明"
    screen.page.keyboard.press("Control+z")
    screen.expect_focus(FIRST)
    expect_saved(screen, FIRST, true_values()[FIRST])


def test_a_value_that_a_mark_emptied_comes_back(screen: Screen) -> None:
    screen.page.keyboard.press("Alt+i")
    screen.expect_check(FIRST, "verified")
    screen.expect_focus(SECOND)
    screen.page.keyboard.press("Control+z")
    expect_saved(screen, FIRST, true_values()[FIRST])
    field = screen.field(FIRST)
    assert (field.mark, field.value) == ("", true_values()[FIRST])


def test_nothing_is_undone_while_an_input_method_composes(open_review: OpenReview, record: Submission) -> None:
    screen, cdp = open_with_composition(open_review)
    pressed = {"type": "rawKeyDown", "key": "z", "code": "KeyZ", "windowsVirtualKeyCode": 229}
    for modifiers in (2, 1 + 8):  # Ctrl; Alt and Shift
        cdp.send("Input.dispatchKeyEvent", {**pressed, "modifiers": modifiers})
    screen.page.wait_for_timeout(300)
    screen.expect_focus(FIRST)
    expect(screen.input(FIRST)).to_have_value("wang")


@pytest.mark.parametrize(("locale", "words"), [("en-US", "is submitted."), ("zh-CN", "已提交")])
def test_a_submitted_record_is_taken_back_by_a_key_that_the_next_screen_names(
    open_review: OpenReview, record: Submission, clerk: User, locale: str, words: str
) -> None:
    following = submission_at("recognised", probs=DOUBTFUL)
    screen = open_review(record, locale=locale)
    verify_all(record, by=clerk)
    page = screen.page
    page.reload()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/records/{following.pk}/review/")
    expect(page.locator("#record-undo")).to_contain_text(f"{record} {words}")
    expect(page.locator("#record-undo")).to_contain_text("Alt+Shift+Z")
    Screen(page, following).expect_focus(FIRST)
    page.keyboard.press("Alt+Shift+Z")
    page.wait_for_url(f"**/records/{record.pk}/review/")
    record.refresh_from_db()
    assert record.status == "recognised"


def test_a_rejected_record_is_brought_back_by_the_same_key(open_review: OpenReview, record: Submission) -> None:
    following = submission_at("recognised", probs=DOUBTFUL)
    page = open_review(record).page
    page.keyboard.press("Alt+r")
    for key in ("Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/records/{following.pk}/review/")
    expect(page.locator("#record-undo")).to_contain_text(f"{record} is rejected.")
    page.keyboard.press("Alt+Shift+Z")
    page.wait_for_url(f"**/records/{record.pk}/review/")
    record.refresh_from_db()
    assert (record.status, record.reject_reason) == ("recognised", "")


def test_the_last_record_of_all_is_taken_back_from_the_first_page_by_the_same_key(screen: Screen, clerk: User) -> None:
    verify_all(screen.submission, by=clerk)
    screen.page.reload()
    screen.page.keyboard.press("Control+Enter")
    screen.expect_home()
    expect(screen.page.locator("[data-takes-back]")).to_contain_text("Alt+Shift+Z")
    screen.page.keyboard.press("Alt+Shift+Z")
    screen.page.wait_for_url(f"**/records/{screen.submission.pk}/review/")
