"""Whoever comes to a value has the whole of it selected, and a careful click edits within it."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_review_ime import compose
from tests.factories import submission_at, true_values

SHORT, LONG = "mother_name", "mother_address"
SELECTED = "(input) => input.value.slice(input.selectionStart, input.selectionEnd)"


@pytest.fixture
def values() -> dict[str, str]:
    return true_values(3)


@pytest.fixture
def screen(open_review: OpenReview, values: dict[str, str], transactional_db: None) -> Screen:
    screen = open_review(submission_at("recognised", values=values, probs={SHORT: 60, LONG: 60}))
    screen.expect_focus(SHORT)
    return screen


def selected(box: Locator) -> str:
    text: str = box.evaluate(SELECTED)
    return text


def middle_of(box: Locator) -> dict[str, float]:
    """Return a place inside the first two characters of a value, so that a click there is no click at its end."""
    size = box.bounding_box()
    assert size is not None
    return {"x": 24, "y": size["height"] / 2}


def test_enter_selects_the_whole_of_short_and_long_values_and_what_is_typed_replaces_it(
    screen: Screen, values: dict[str, str]
) -> None:
    assert selected(screen.input(SHORT)) == values[SHORT]
    screen.page.keyboard.press("Enter")
    screen.expect_focus(LONG)
    assert selected(screen.input(LONG)) == values[LONG]
    screen.page.keyboard.insert_text("北京市海淀区")
    expect(screen.input(LONG)).to_have_value("北京市海淀区")


@pytest.mark.parametrize(("key", "start", "name"), [
    ("Tab", "mother_ethnicity", LONG), ("Shift+Tab", "mother_id_card_number", LONG),
    ("Tab", LONG, "mother_id_card_number"),
])  # fmt: skip
def test_tab_selects_the_whole_value_in_both_directions(
    screen: Screen, values: dict[str, str], key: str, start: str, name: str
) -> None:
    screen.input(start).focus()
    screen.page.keyboard.press(key)
    screen.expect_focus(name)
    assert selected(screen.input(name)) == values[name]


@pytest.mark.parametrize("name", ["father_name", "father_address"])
def test_a_first_click_selects_the_whole_value_and_a_second_places_the_caret(
    screen: Screen, values: dict[str, str], name: str
) -> None:
    box = screen.input(name)
    box.click(position=middle_of(box))
    screen.expect_focus(name)
    assert selected(box) == values[name]
    box.click(position=middle_of(box))
    assert selected(box) == ""
    assert box.evaluate("(input) => input.selectionStart < input.value.length")


def test_a_click_on_the_label_or_in_the_picture_selects_the_whole_value(screen: Screen, values: dict[str, str]) -> None:
    screen.entry("father_address").locator("label").first.click()
    screen.expect_focus("father_address")
    assert selected(screen.input("father_address")) == values["father_address"]
    screen.page.keyboard.press("Alt+0")
    screen.polygon(LONG).click()
    screen.expect_focus(LONG)
    assert selected(screen.input(LONG)) == values[LONG]


def test_a_drag_selects_just_what_it_passes_over(screen: Screen, values: dict[str, str]) -> None:
    box = screen.input("father_id_card_number")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    mouse, y = screen.page.mouse, place["y"] + place["height"] / 2
    mouse.move(place["x"] + 12, y)
    mouse.down()
    mouse.move(place["x"] + 60, y, steps=4)
    mouse.up()
    screen.expect_focus("father_id_card_number")
    assert 0 < len(selected(box)) < len(values["father_id_card_number"])


def test_a_dialog_that_closes_leaves_the_caret_where_it_was(screen: Screen) -> None:
    screen.page.keyboard.press("Home")
    screen.page.keyboard.press("F1")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Escape")
    screen.expect_focus(SHORT)
    assert selected(screen.input(SHORT)) == ""


def test_an_input_method_replaces_the_selected_value_and_its_keys_select_nothing(screen: Screen) -> None:
    cdp = screen.page.context.new_cdp_session(screen.page)
    compose(cdp, "wang")
    compose(cdp, "王芳")
    cdp.send("Input.insertText", {"text": "王芳"})
    expect(screen.input(SHORT)).to_have_value("王芳")
    assert selected(screen.input(SHORT)) == ""
