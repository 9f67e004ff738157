"""A review page that comes back from a browser that keeps whole pages, or as a second tab: it shows the present state.

Nothing that somebody has saved since is ever written over by what such a page had.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from reviewapp.models import Submission
from tests.browser.conftest import CHROMIUM, FLAGS, OpenReview, Screen, go_back
from tests.factories import submission_at, true_values

NAME, SAVES = "father_name", "**/fields/*/"
# Of the same family, so that no rule doubts them.
FAMILY = true_values()["father_name"][0]
FIRST, SECOND, THIRD = FAMILY + "明", FAMILY + "亮", FAMILY + "强"


@pytest.fixture(scope="module")
def chromium(chromium: Browser) -> Iterator[Browser]:
    """A browser that keeps whole pages for going back, as people's browsers do and tests' browsers do not."""
    kept = ["--disable-back-forward-cache"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=FLAGS, ignore_default_args=kept)
    yield browser
    browser.close()


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised")


def save(screen: Screen, value: str) -> None:
    screen.type_over(NAME, value)
    screen.page.keyboard.press("Tab")
    screen.expect_save(NAME, "saved")


def leave(page: Page) -> None:
    page.locator("header a[href='/batches/']").first.click()
    page.wait_for_url("**/batches/")


@pytest.mark.parametrize("caching", ["no-store", "private"])
def test_back_shows_what_was_saved_and_submits_it(
    open_review: OpenReview, record: Submission, monkeypatch: pytest.MonkeyPatch, caching: str
) -> None:
    monkeypatch.setattr("reviewapp.middleware.KEEP_NOTHING", caching)
    screen = open_review(record)
    save(screen, FIRST)
    leave(screen.page)
    go_back(screen.page)
    expect(screen.input(NAME)).to_have_value(FIRST)
    screen.input(NAME).press("Control+Enter")
    screen.expect_home()
    assert screen.field(NAME).value == FIRST


@pytest.mark.parametrize("caching", ["no-store", "private"])
def test_back_and_forward_and_back_show_what_another_tab_saved_meanwhile(
    open_review: OpenReview, record: Submission, monkeypatch: pytest.MonkeyPatch, caching: str
) -> None:
    monkeypatch.setattr("reviewapp.middleware.KEEP_NOTHING", caching)
    screen = open_review(record)
    page = screen.page
    save(screen, FIRST)
    leave(page)
    other = Screen(page.context.new_page(), record)
    other.page.goto(f"/records/{record.pk}/review/")
    save(other, SECOND)
    go_back(page)
    expect(screen.input(NAME)).to_have_value(SECOND)
    page.evaluate("void setTimeout(() => history.forward())")
    page.wait_for_url("**/batches/")
    save(other, THIRD)
    go_back(page)
    expect(screen.input(NAME)).to_have_value(THIRD)
    screen.input(NAME).press("Control+Enter")
    screen.expect_home()
    assert screen.field(NAME).value == THIRD


def test_back_to_the_record_before_the_next_one_saves_nothing_under_the_other_record(
    open_review: OpenReview, record: Submission
) -> None:
    further = submission_at("recognised")
    screen = open_review(record)
    screen.input(NAME).press("Control+Enter")
    screen.page.wait_for_url(f"**/records/{further.pk}/review/")
    coming = Screen(screen.page, further)
    save(coming, FIRST)
    leave(screen.page)
    go_back(screen.page)
    expect(screen.page.locator("#record-head")).to_have_attribute("data-submission", str(further.pk))
    expect(coming.input(NAME)).to_have_value(FIRST)
    assert record.fields.get(name=NAME).value != FIRST


def duplicate(screen: Screen) -> Screen:
    """Open a second tab of the page, which begins with all that the first one has stored, as a duplicated tab does."""
    with screen.page.context.expect_page() as opened:
        screen.page.evaluate("void window.open(location.href)")
    return Screen(opened.value, screen.submission)


def test_a_duplicated_tab_does_not_write_its_unsaved_text_over_a_later_value(
    open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record)
    screen.page.context.route(SAVES, lambda route: route.abort())
    screen.type_over(NAME, FIRST)
    screen.page.keyboard.press("Tab")
    screen.expect_save(NAME, "retrying")
    twin = duplicate(screen)
    expect(twin.input(NAME)).to_have_value(FIRST)
    twin.page.route(SAVES, lambda route: route.abort())
    screen.page.context.unroute(SAVES)
    screen.expect_save(NAME, "saved")
    save(screen, SECOND)

    twin.page.unroute(SAVES)
    twin.expect_save(NAME, "conflict")
    expect(twin.entry(NAME).locator(".conflict")).to_contain_text(SECOND)
    assert screen.field(NAME).value == SECOND


def test_a_duplicated_tab_of_a_saved_page_has_nothing_to_save(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    save(screen, FIRST)
    twin = duplicate(screen)
    expect(twin.input(NAME)).to_have_value(FIRST)
    save(screen, SECOND)
    twin.input(NAME).press("Control+Enter")
    expect(twin.page).not_to_have_url(f"**/records/{record.pk}/review/")
    assert screen.field(NAME).value == SECOND


def test_a_tab_that_is_restored_after_another_saved_shows_what_is_present(
    open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record)
    save(screen, FIRST)
    twin = duplicate(screen)
    expect(twin.input(NAME)).to_have_value(FIRST)
    screen.page.close()
    save(twin, SECOND)
    restored = duplicate(twin)
    expect(restored.input(NAME)).to_have_value(SECOND)
