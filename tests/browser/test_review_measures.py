"""A weight typed with its unit shows the form in which it is saved, and it is that which is verified."""

import pytest
from playwright.sync_api import expect

from reviewapp.models import User
from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_review_ime import compose
from tests.factories import submission_at

NAME = "birth_weight"


@pytest.fixture(params=["en-US", "zh-CN"])
def screen(open_review: OpenReview, transactional_db: None, request: pytest.FixtureRequest) -> Screen:
    record = submission_at("recognised", probs={NAME: 60, "issue_date": 60})
    screen = open_review(record, locale=request.param)
    screen.expect_focus(NAME)
    return screen


@pytest.mark.parametrize(("typed", "saved"), [("３２７０克", "3270"), ("3.1kg", "3100")])
def test_enter_verifies_the_form_that_the_field_then_shows(screen: Screen, clerk: User, typed: str, saved: str) -> None:
    screen.page.keyboard.insert_text(typed)
    screen.page.keyboard.press("Enter")
    screen.expect_focus("issue_date")
    screen.expect_check(NAME, "verified")
    screen.expect_save(NAME, "saved")
    expect(screen.input(NAME)).to_have_value(saved)
    told = screen.entry(NAME).get_by_role("status")
    expect(told).to_contain_text(typed)
    expect(told).to_contain_text(saved)
    field = screen.field(NAME)
    assert (field.value, field.verified_by) == (saved, clerk)

    screen.page.keyboard.press("Shift+Tab")
    screen.page.reload()
    expect(screen.input(NAME)).to_have_value(saved)
    screen.expect_check(NAME, "verified")


def test_a_refused_form_is_shown_as_it_is_saved_and_asks_for_a_reason(screen: Screen) -> None:
    screen.page.keyboard.insert_text("１２０克")
    screen.page.keyboard.press("Enter")
    expect(screen.entry(NAME).get_by_role("alert")).to_be_visible()
    expect(screen.input(NAME)).to_have_value("120")
    screen.expect_save(NAME, "saved")
    assert (screen.field(NAME).value, screen.field(NAME).is_verified) == ("120", False)
    screen.input(NAME).press("Enter")
    expect(screen.entry(NAME).locator("[data-part='confirmation']")).to_be_focused()
    screen.page.keyboard.insert_text("纸上如此")
    screen.page.keyboard.press("Enter")
    screen.expect_check(NAME, "verified")
    assert screen.field(NAME).override_reason == "纸上如此"


def test_a_weight_composed_by_an_input_method_is_saved_in_its_plain_form(screen: Screen) -> None:
    cdp = screen.page.context.new_cdp_session(screen.page)
    compose(cdp, "3270ke")
    cdp.send("Input.insertText", {"text": "３２７０克"})
    expect(screen.input(NAME)).to_have_value("３２７０克")
    screen.page.wait_for_timeout(100)
    screen.page.keyboard.press("Tab")
    screen.expect_save(NAME, "saved")
    expect(screen.input(NAME)).to_have_value("3270")
    assert (screen.field(NAME).value, screen.field(NAME).is_verified) == ("3270", False)
