"""Somebody else sits down at the machine: nothing of the last person's records is left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from reviewapp.models import Submission, User
from reviewapp.stages import claim
from tests.browser.conftest import CHROMIUM, FLAGS, OpenPage, OpenReview, go_back
from tests.factories import submission_at, true_values

NAME = true_values()["neonatal_name"]
DRAFTS = "Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))"


@pytest.fixture(scope="module")
def chromium(chromium: Browser) -> Iterator[Browser]:
    """A browser that keeps whole pages for going back, as people's browsers do and tests' browsers do not."""
    kept = ["--disable-back-forward-cache"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=FLAGS, ignore_default_args=kept)
    yield browser
    browser.close()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/")


@pytest.mark.parametrize("address", ["/records/{}/", "/records/{}/review/"])
def test_after_logging_out_back_shows_neither_values_nor_picture(
    open_page: OpenPage, clerk: User, address: str
) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    page = open_page(clerk, "/")
    page.goto(address.format(record.pk))
    expect(page.locator("#main")).to_contain_text("Neonatal name")
    assert NAME in page.content()
    log_out(page)
    go_back(page)
    page.wait_for_url("**/login/?next=**")
    assert NAME not in page.content()
    assert not page.locator("#picture").count()


def test_after_logging_out_a_picture_that_was_seen_is_not_shown(open_page: OpenPage, clerk: User) -> None:
    record = submission_at("recognised")
    page = open_page(clerk, f"/records/{record.pk}/")
    ask = f"fetch('/records/{record.pk}/picture/screen/').then((answer) => answer.headers.get('content-type'))"
    assert page.evaluate(ask) == "image/webp"
    log_out(page)
    assert page.evaluate(ask).startswith("text/html")


def unsaved(open_review: OpenReview, record: Submission) -> Page:
    """Return the review screen of a record with a value that no server has."""
    screen = open_review(record)
    screen.page.route("**/fields/**", lambda route: route.abort())
    screen.type_over("mother_name", "未存")
    screen.page.keyboard.press("Tab")
    screen.expect_save("mother_name", "retrying")
    assert screen.page.evaluate(DRAFTS)
    return screen.page


def test_logging_out_leaves_no_draft_in_the_browser(open_review: OpenReview) -> None:
    page = unsaved(open_review, submission_at("recognised"))
    page.on("dialog", lambda dialog: dialog.accept())
    log_out(page)
    assert page.evaluate(DRAFTS) == []


def test_a_draft_outlives_the_end_of_a_session(open_review: OpenReview) -> None:
    page = unsaved(open_review, submission_at("recognised"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.clear_cookies()
    page.reload()
    page.wait_for_url("**/login/?next=**")
    assert page.evaluate(DRAFTS)


def test_whoever_stays_when_asked_keeps_the_draft(open_review: OpenReview) -> None:
    page = unsaved(open_review, submission_at("recognised"))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Account").click()
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Log out").click()
    assert page.evaluate(DRAFTS)
