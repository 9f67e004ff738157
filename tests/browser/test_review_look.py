"""The review screen in its rarer states: readable for all, and nothing wider than the screen."""

import pytest
from playwright.sync_api import expect

from reviewapp.models import User
from reviewapp.stages import claim
from tests.browser.conftest import OpenReview
from tests.browser.test_screens import faults
from tests.factories import change, submission_at

SIZES = {"phone": (390, 844), "desk": (1280, 800), "wide": (1920, 1080)}
DOUBTFUL = {"neonatal_name": 60, "mother_name": 70, "issue_authority": 50}


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_conflicts_corrections_banners_and_dialogs_are_accessible_and_fit(
    open_review: OpenReview, clerk: User, clerk2: User, width: str, colours: str
) -> None:
    record = submission_at("recognised", values={"gestational_age": "403"}, probs=DOUBTFUL)
    screen = open_review(record, size=SIZES[width], color_scheme=colours)
    change(record, "mother_name", "熊大", by=clerk, verify=False)
    screen.type_over("mother_name", "熊二")
    screen.page.keyboard.press("Enter")
    screen.expect_save("mother_name", "conflict")
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    claim.give_back(record, by=clerk)
    claim.claim(record, by=clerk2)
    screen.type_over("sex", "?")
    screen.page.keyboard.press("Tab")
    expect(screen.page.locator("#review-banner")).not_to_be_empty()
    found = faults(screen.page)
    screen.input("gestational_age").focus()
    found += faults(screen.page)
    for key, dialog in (("F1", "#keys-dialog"), ("Alt+r", "#reject-dialog")):
        screen.page.keyboard.press(key)
        expect(screen.page.locator(dialog)).to_be_visible()
        found += faults(screen.page)
        screen.page.keyboard.press("Escape")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["neonatal_name", "father_address"])
def test_a_phone_shows_the_first_doubt_under_the_picture_and_opens_no_keyboard(
    open_review: OpenReview, name: str
) -> None:
    screen = open_review(submission_at("recognised", probs={name: 50}), size=SIZES["phone"], has_touch=True)
    expect(screen.entry(name)).to_have_attribute("aria-current", "true")
    expect(screen.entry(name)).to_be_in_viewport()
    assert screen.page.evaluate("document.activeElement.matches('input, textarea')") is False
    picture, first = screen.page.locator("#picture").bounding_box(), screen.entry(name).bounding_box()
    assert picture
    assert first
    assert picture["y"] + picture["height"] <= first["y"]
