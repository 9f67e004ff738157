"""A review page that comes back from the browser's history shows and saves the present state."""

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Submission
from tests.browser.conftest import OpenReview, Screen, go_back
from tests.factories import submission_at

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised", probs=DOUBTFUL)


def correct_and_leave(screen: Screen) -> Page:
    """Verify another name, and go to the batches by their link."""
    page = screen.page
    # With the cookies of the second visit the browser takes the page from its store, if it has one.
    page.reload()
    screen.type_over("neonatal_name", "王小明")
    page.keyboard.press("Enter")
    screen.expect_save("neonatal_name", "saved")
    page.locator("header a[href='/batches/']").first.click()
    page.wait_for_url("**/batches/")
    return page


@pytest.mark.parametrize("caching", ["no-store", "private"])
def test_a_page_that_comes_back_shows_the_present_value_and_submits_it(
    open_review: OpenReview, record: Submission, monkeypatch: pytest.MonkeyPatch, caching: str
) -> None:
    # A proxy on the way, or another browser, may keep what it should not.
    monkeypatch.setattr("reviewapp.middleware.KEEP_NOTHING", caching)
    screen = open_review(record)
    page = correct_and_leave(screen)
    go_back(page)
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    screen.expect_check("neonatal_name", "verified")
    screen.expect_focus("mother_name")
    page.keyboard.press("Enter")
    screen.expect_save("mother_name", "saved")
    page.keyboard.press("Control+Enter")
    screen.expect_home()
    record.refresh_from_db()
    assert record.status == "reviewed"
    assert screen.field("neonatal_name").value == "王小明"
