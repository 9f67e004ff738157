"""Sex, nationality and ethnic group offer their words at once, and stand in the way of nobody who types."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenReview, Screen
from tests.factories import submission_at

ETHNICITY, NATIONALITY = "mother_ethnicity", "mother_nationality"
WRONG = {ETHNICITY: "汗族"}


def words(screen: Screen, name: str) -> Locator:
    return screen.entry(name).locator(".offers__word:visible")


@pytest.fixture
def screen(open_review: OpenReview) -> Screen:
    return open_review(submission_at("recognised", values=WRONG))


def test_a_field_with_few_words_shows_all_of_them_as_soon_as_it_is_entered(screen: Screen) -> None:
    screen.input("sex").focus()
    expect(words(screen, "sex")).to_have_text(["男", "女"])
    screen.input(ETHNICITY).focus()
    expect(words(screen, "sex")).to_have_count(0)
    expect(words(screen, ETHNICITY)).to_have_count(58)
    expect(words(screen, ETHNICITY).first).to_have_text("汉族")
    screen.input(NATIONALITY).focus()
    expect(words(screen, NATIONALITY).first).to_have_text("中国")
    screen.input("mother_name").focus()
    expect(screen.page.locator(".offers__word:visible")).to_have_count(0)


def test_a_word_is_chosen_by_arrow_taken_by_enter_and_verified_by_another_enter(screen: Screen) -> None:
    entry = screen.input(ETHNICITY)
    entry.focus()
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("ArrowUp")
    expect(entry).to_have_attribute("aria-activedescendant", f"offers-of-{ETHNICITY}-0")
    screen.page.keyboard.press("Enter")
    expect(entry).to_have_value("汉族")
    expect(entry).to_be_focused()
    screen.expect_save(ETHNICITY, "saved")
    assert not screen.field(ETHNICITY).is_verified
    screen.page.keyboard.press("Enter")
    screen.expect_check(ETHNICITY, "verified")
    assert screen.field(ETHNICITY).value == "汉族"


def test_typing_narrows_the_words_and_takes_any_other_text(screen: Screen) -> None:
    screen.type_over(ETHNICITY, "塔")
    expect(words(screen, ETHNICITY)).to_have_text(["塔吉克族", "塔塔尔族"])
    screen.type_over(ETHNICITY, "穿青")
    screen.page.keyboard.press("Tab")
    screen.expect_save(ETHNICITY, "saved")
    assert screen.field(ETHNICITY).value == "穿青"


def test_a_word_is_taken_by_a_click_and_the_caret_stays(screen: Screen) -> None:
    screen.input("sex").focus()
    other = words(screen, "sex").filter(has_not_text=screen.field("sex").value)
    text = other.inner_text()
    other.click()
    expect(screen.input("sex")).to_have_value(text)
    expect(screen.input("sex")).to_be_focused()
    screen.expect_save("sex", "saved")
    assert screen.field("sex").value == text


def test_escape_leaves_the_choice_and_then_goes_back_to_what_is_saved(screen: Screen) -> None:
    screen.type_over(ETHNICITY, "回")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Escape")
    expect(screen.input(ETHNICITY)).to_have_value("回")
    screen.page.keyboard.press("Escape")
    expect(screen.input(ETHNICITY)).to_have_value("汗族")


def test_an_input_method_has_the_arrows_and_enter_while_it_composes(screen: Screen) -> None:
    screen.input(ETHNICITY).focus()
    screen.page.keyboard.press("Control+A")
    session = screen.page.context.new_cdp_session(screen.page)
    session.send("Input.imeSetComposition", {"text": "hui", "selectionStart": 3, "selectionEnd": 3})
    expect(words(screen, ETHNICITY)).to_have_count(0)
    for key in ("ArrowDown", "Enter"):
        screen.page.keyboard.press(key)
    expect(screen.input(ETHNICITY)).not_to_have_attribute("aria-activedescendant", f"offers-of-{ETHNICITY}-0")
    session.send("Input.insertText", {"text": "回"})
    expect(screen.input(ETHNICITY)).to_have_value("回")
    expect(words(screen, ETHNICITY)).to_have_text(["回族"])
