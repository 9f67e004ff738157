"""A supervisor chooses records of a batch by keyboard and mouse, and returns them with one reason."""

from playwright.sync_api import Page, expect

from reviewapp.models import Submission
from tests.browser.conftest import OpenPage
from tests.factories import make_batch, person, submission_at, true_values


def checked(page: Page) -> list[bool]:
    return [box.is_checked() for box in page.locator("input[name='chosen']").all()]


def test_records_are_chosen_by_key_by_click_and_all_at_once_and_returned(
    transactional_db: None, open_page: OpenPage
) -> None:
    batch = make_batch()
    records = [submission_at("reviewed", batch=batch, values=true_values(number)) for number in range(4)]
    page = open_page(person("supervisor"), f"/batches/{batch.pk}/")
    returns = page.get_by_role("button", name="Return chosen…")
    expect(returns).to_be_disabled()

    page.locator(f"#record-{records[0].pk}").focus()
    page.keyboard.press("x")
    assert checked(page) == [True, False, False, False]
    boxes = page.locator("input[name='chosen']")
    boxes.nth(2).click(modifiers=["Shift"])
    assert checked(page) == [True, True, True, False]
    page.get_by_label("All on this page").check()
    expect(page.get_by_text("Chosen: 4")).to_be_visible()
    boxes.nth(3).uncheck()

    returns.click()
    page.get_by_label("Reason", exact=True).fill("Look at the x in the name.")
    page.get_by_role("dialog").get_by_role("button", name="Return", exact=True).click()
    expect(page.get_by_text("3 records returned.")).to_be_visible()
    assert Submission.objects.filter(status="returned").count() == 3
