"""Any field is reached by its number or the initials of its name, the doubtful ones by an arrow."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_review_ime import compose, open_with_composition
from tests.factories import submission_at, true_values

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70, "issue_date": 80}


@pytest.fixture(params=["en-US", "zh-CN"])
def screen(open_review: OpenReview, transactional_db: None, request: pytest.FixtureRequest) -> Screen:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), locale=request.param)
    screen.expect_focus("neonatal_name")
    return screen


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.parametrize(("keys", "name"), [
    ("2 3", "certificate_number"), ("2 Enter", "sex"), ("9", "mother_name"),
    ("x b", "sex"), ("b h", "certificate_number"), ("X B", "sex"), ("m i n Enter", "mother_id_card_number"),
    ("c n", "certificate_number"), ("m a g Enter", "mother_age"), ("2 4 3", "certificate_number"),
    ("q Backspace 9", "mother_name"), ("m n ArrowDown Enter", "mother_nationality"),
])  # fmt: skip
def test_a_number_or_initials_go_to_a_field_whose_value_is_then_replaced(screen: Screen, keys: str, name: str) -> None:
    screen.page.keyboard.press("Alt+g")
    expect(screen.page.locator("#jump-fields")).to_be_focused()
    press(screen.page, keys)
    screen.expect_focus(name)
    expect(screen.page.locator("#jump-dialog")).to_be_hidden()
    screen.page.keyboard.insert_text("王")
    expect(screen.input(name)).to_have_value("王")


def test_field_23_costs_three_keys_and_its_text(screen: Screen) -> None:
    press(screen.page, "Alt+g 2 3")
    screen.page.keyboard.insert_text("A123456789")
    screen.page.keyboard.press("Enter")
    screen.expect_save("certificate_number", "saved")
    assert screen.field("certificate_number").value == "A123456789"
    assert screen.field("certificate_number").is_verified


def test_escape_leaves_the_field_and_its_caret_as_they_were(screen: Screen) -> None:
    press(screen.page, "Home Alt+g m q Escape")
    screen.expect_focus("neonatal_name")
    expect(screen.input("neonatal_name")).to_have_value(true_values()["neonatal_name"])
    assert screen.input("neonatal_name").evaluate("(input) => input.selectionEnd") == 0
    press(screen.page, "Alt+g")
    expect(screen.page.locator("#jump-dialog [data-part='typed']")).to_have_text("")


def test_the_list_shows_each_number_and_a_click_goes_there(screen: Screen) -> None:
    screen.page.keyboard.press("Alt+g")
    options = screen.page.locator("#jump-fields [role=option]")
    expect(options).to_have_count(23)
    assert [text.split()[0] for text in options.all_inner_texts()] == [str(number) for number in range(1, 24)]
    options.nth(21).click()
    screen.expect_focus("issue_date")


def test_the_arrows_go_round_the_doubtful_fields_and_verify_nothing(screen: Screen) -> None:
    for key, name in (("Down", "mother_name"), ("Down", "issue_date"), ("Down", "neonatal_name"), ("Up", "issue_date")):
        screen.page.keyboard.press(f"Alt+Arrow{key}")
        screen.expect_focus(name)
    assert not any(screen.field(name).is_verified for name in DOUBTFUL)
    screen.page.locator("#finish-button").focus()
    screen.page.keyboard.press("Alt+ArrowUp")
    screen.expect_focus("mother_name")


def test_no_key_jumps_while_an_input_method_composes(open_review: OpenReview, transactional_db: None) -> None:
    screen, cdp = open_with_composition(open_review)
    page = screen.page
    for key, code in (("g", "KeyG"), ("ArrowDown", "ArrowDown"), ("ArrowUp", "ArrowUp")):
        pressed = {"type": "rawKeyDown", "key": key, "code": code, "modifiers": 1, "windowsVirtualKeyCode": 229}
        cdp.send("Input.dispatchKeyEvent", pressed)
    screen.expect_focus("neonatal_name")
    expect(page.locator("#jump-dialog")).to_be_hidden()

    compose(cdp, "王小明")
    cdp.send("Input.insertText", {"text": "王小明"})
    page.wait_for_timeout(100)
    page.keyboard.press("Alt+g")
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "9", "windowsVirtualKeyCode": 229})
    expect(page.locator("#jump-fields")).to_be_focused()
    page.keyboard.press("9")
    screen.expect_focus("mother_name")
    screen.expect_save("neonatal_name", "saved")
    assert screen.field("neonatal_name").value == "王小明"
