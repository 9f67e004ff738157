"""The record after the one at hand is claimed and fetched while this one is worked on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Submission, User
from reviewapp.stages import claim
from reviewapp.states import EventKind
from tests.browser.conftest import OpenReview, Screen
from tests.factories import submission_at, true_values
from tests.installation import wait_for

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
STEP_BYTES = 40 * 1024
STEP_REQUESTS = 3


@pytest.fixture
def first(transactional_db: None) -> Submission:
    return submission_at("recognised", values=true_values(1), probs=DOUBTFUL)


@pytest.fixture
def second(first: Submission) -> Submission:
    return submission_at("recognised", values=true_values(2), probs={"father_name": 60})


@pytest.fixture
def third(second: Submission) -> Submission:
    return submission_at("recognised", values=true_values(3), probs=DOUBTFUL)


def holder_of(record: Submission) -> User | None:
    record.refresh_from_db()
    return record.holder


def is_held_by(record: Submission, user: User) -> Callable[[], bool]:
    return lambda: holder_of(record) == user


def expect_shown(page: Page, record: Submission) -> None:
    expect(page.locator("#record-head")).to_have_attribute("data-submission", str(record.pk))
    expect(page).to_have_url(re.compile(rf"/records/{record.pk}/review/$"))


def open_with_one_ahead(open_review: OpenReview, first: Submission, second: Submission, clerk: User) -> Screen:
    """Open a record, wait until the one after it is here, and settle all doubts."""
    screen = open_review(first)
    wait_for(is_held_by(second, clerk))
    screen.page.wait_for_load_state("networkidle")
    for name in DOUBTFUL:
        screen.expect_focus(name)
        screen.page.keyboard.press("Enter")
        screen.expect_check(name, "verified")
    return screen


def test_a_step_is_one_small_answer_when_the_next_record_is_here_already(
    open_review: OpenReview, first: Submission, second: Submission, clerk: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
    Screen(page, second).expect_focus("father_name")
    page.wait_for_load_state("networkidle")
    step = {url: size for url, size in sizes.items() if not url.endswith("/ahead/")}
    assert len(step) <= STEP_REQUESTS
    assert sum(size for url, size in step.items() if "/picture/" not in url) <= STEP_BYTES
    [answer] = [size for url, size in step.items() if url.endswith("/submit/")]
    assert answer < 1024, "the record is not sent a second time"
    expect(page.locator("#undo-last")).to_contain_text(f"Take back record {first}")


def test_a_record_taken_over_meanwhile_gives_way_to_the_one_after_it(
    open_review: OpenReview, first: Submission, second: Submission, third: Submission, clerk: User, supervisor: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    claim.take_over(second, by=supervisor)
    page.keyboard.press("Control+Enter")
    expect_shown(page, third)
    assert holder_of(second) == supervisor


def test_a_record_that_changed_meanwhile_is_shown_as_it_is(
    open_review: OpenReview, first: Submission, second: Submission, clerk: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    second.fields.filter(name="sex").update(value="未知", version=2)
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
    expect(Screen(page, second).input("sex")).to_have_value("未知")


def test_who_leaves_gives_back_what_was_claimed_ahead(
    open_review: OpenReview, first: Submission, second: Submission, clerk: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    page.locator("header a[href='/batches/']").first.click()
    page.wait_for_url("**/batches/")
    wait_for(lambda: holder_of(second) is None)
    assert holder_of(first) == clerk
    assert second.events.filter(kind=EventKind.GIVEN_BACK, by=clerk).exists()


def test_who_logs_out_gives_back_what_was_claimed_ahead(
    open_review: OpenReview, first: Submission, second: Submission, clerk: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    page.evaluate("document.querySelector('form[action*=logout], form[action*=\"log-out\"]').requestSubmit()")
    page.wait_for_url("**/login/**")
    wait_for(lambda: holder_of(second) is None)


def test_a_second_tab_has_a_record_of_its_own_and_takes_none_from_the_first(
    open_review: OpenReview, first: Submission, second: Submission, third: Submission, clerk: User
) -> None:
    screen = open_with_one_ahead(open_review, first, second, clerk)
    claim.take(third, by=clerk)
    tab = screen.page.context.new_page()
    tab.goto(f"/records/{third.pk}/review/")
    Screen(tab, third).expect_focus("neonatal_name")
    tab.close()
    assert holder_of(third) == clerk, "closing a tab gives back nothing that is worked on"
    screen.page.bring_to_front()
    screen.page.keyboard.press("Control+Enter")
    expect_shown(screen.page, second)


def test_a_session_that_ended_keeps_the_record_on_the_screen(
    open_review: OpenReview, first: Submission, second: Submission, clerk: User
) -> None:
    page = open_with_one_ahead(open_review, first, second, clerk).page
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-session-ended]")).to_be_visible()
    expect(page.locator("#record-head")).to_have_attribute("data-submission", str(first.pk))
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
