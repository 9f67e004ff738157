"""One key for each mark of the field at hand, and no empty value verified by Enter alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_review_ime import open_with_composition
from tests.factories import submission_at, true_values

FIRST, SECOND = "mother_name", "issue_date"


@pytest.fixture(params=["en-US", "zh-CN"])
def screen(open_review: OpenReview, transactional_db: None, request: pytest.FixtureRequest) -> Screen:
    screen = open_review(submission_at("recognised", probs={FIRST: 60, SECOND: 60}), locale=request.param)
    screen.expect_focus(FIRST)
    return screen


@pytest.mark.parametrize(("key", "mark", "state"), [
    ("u", "unsure", "unsure"), ("i", "illegible", "verified"), ("l", "blank", "verified"),
])  # fmt: skip
def test_one_key_marks_the_value_and_goes_to_the_next_doubtful_field(
    screen: Screen, key: str, mark: str, state: str
) -> None:
    value = true_values()[FIRST] if mark == "unsure" else ""
    screen.page.keyboard.press(f"Alt+{key}")
    screen.expect_focus(SECOND)
    screen.expect_check(FIRST, state)
    expect(screen.input(FIRST)).to_have_value(value)
    field = screen.field(FIRST)
    assert (field.mark, field.value) == (mark, value)
    screen.page.keyboard.press(f"Alt+{key}")
    expect(screen.page.locator("#finish-button")).to_be_focused()
    screen.page.keyboard.press("Control+Enter")
    screen.expect_home()
    screen.submission.refresh_from_db()
    assert screen.submission.status == ("unsure" if mark == "unsure" else "reviewed")


def test_one_key_and_one_line_say_what_a_wrong_paper_should_say(screen: Screen) -> None:
    screen.page.keyboard.press("Alt+w")
    expect(screen.entry(FIRST).locator("[name=should_say]")).to_be_focused()
    screen.page.keyboard.insert_text("王丽")
    screen.page.keyboard.press("Enter")
    screen.expect_focus(SECOND)
    screen.expect_check(FIRST, "verified")
    field = screen.field(FIRST)
    assert (field.mark, field.should_say, field.value) == ("paper_wrong", "王丽", true_values()[FIRST])


def test_escape_from_the_line_says_nothing_and_one_without_an_answer_comes_back(screen: Screen) -> None:
    screen.page.keyboard.press("Alt+w")
    screen.page.keyboard.press("Escape")
    screen.expect_focus(FIRST)
    screen.page.keyboard.press("Alt+w")
    screen.page.keyboard.press("Enter")
    expect(screen.entry(FIRST).get_by_role("alert")).to_be_visible()
    screen.expect_focus(FIRST)
    assert screen.field(FIRST).mark == ""


def test_what_was_typed_just_before_the_key_is_saved_with_the_mark(screen: Screen) -> None:
    screen.type_over(FIRST, "王丽")
    screen.page.keyboard.press("Alt+u")
    screen.expect_focus(SECOND)
    screen.expect_check(FIRST, "unsure")
    field = screen.field(FIRST)
    assert (field.value, field.mark) == ("王丽", "unsure")


def test_a_record_is_submitted_as_soon_as_the_last_mark_has_landed(screen: Screen) -> None:
    for key in ("Alt+u", "Alt+i", "Control+Enter"):
        screen.page.keyboard.press(key)
    screen.expect_home()
    screen.submission.refresh_from_db()
    assert screen.submission.status == "unsure"
    assert screen.field(SECOND).mark == "illegible"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_an_empty_doubtful_value_is_not_verified_by_enter_alone(
    open_review: OpenReview, transactional_db: None, locale: str
) -> None:
    screen = open_review(submission_at("recognised", values={"mother_age": ""}), locale=locale)
    screen.expect_focus("mother_age")
    screen.page.keyboard.press("Enter")
    alert = screen.entry("mother_age").get_by_role("alert")
    expect(alert).to_contain_text("Alt+L")
    screen.expect_focus("mother_age")
    assert not screen.field("mother_age").is_verified

    screen.page.keyboard.insert_text("29")
    expect(alert).to_have_count(0)
    screen.page.keyboard.press("Control+A")
    screen.page.keyboard.press("Delete")
    screen.page.keyboard.press("Enter")
    expect(alert).to_be_visible()
    screen.page.keyboard.press("Alt+l")
    expect(screen.page.locator("#state-mother_age")).to_have_attribute("data-state", "verified")
    assert screen.field("mother_age").mark == "blank"


def test_a_value_emptied_by_a_person_is_saved_but_not_verified_by_enter(screen: Screen) -> None:
    screen.page.keyboard.press("Delete")
    screen.page.keyboard.press("Enter")
    expect(screen.entry(FIRST).get_by_role("alert")).to_contain_text("Alt+I")
    screen.expect_focus(FIRST)
    screen.page.keyboard.press("Tab")
    screen.expect_save(FIRST, "saved")
    assert (screen.field(FIRST).value, screen.field(FIRST).is_verified) == ("", False)


def test_no_key_marks_while_an_input_method_composes(open_review: OpenReview, transactional_db: None) -> None:
    screen, cdp = open_with_composition(open_review)
    marks: list[str] = []
    screen.page.on("request", lambda request: marks.append(request.url) if "/mark/" in request.url else None)
    for key in "UILW":
        pressed = {"type": "rawKeyDown", "key": key.lower(), "code": f"Key{key}", "modifiers": 1}
        cdp.send("Input.dispatchKeyEvent", {**pressed, "windowsVirtualKeyCode": 229})
    screen.page.wait_for_timeout(300)
    screen.expect_focus("neonatal_name")
    assert not marks
