"""The next record comes as the answer to the step before, without another page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from reviewapp.models import Submission
from tests.browser.conftest import OpenReview, Screen, go_back
from tests.factories import submission_at, true_values

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
OTHER_DOUBT = {"father_name": 60}


@pytest.fixture
def first(transactional_db: None) -> Submission:
    return submission_at("recognised", values=true_values(1), probs=DOUBTFUL)


@pytest.fixture
def second(first: Submission) -> Submission:
    return submission_at("recognised", values=true_values(2), probs=OTHER_DOUBT)


@pytest.fixture
def third(second: Submission) -> Submission:
    return submission_at("recognised", values=true_values(3), probs=DOUBTFUL)


def mark_page(page: Page) -> None:
    """Write on the page what another page does not have."""
    page.evaluate("document.documentElement.dataset.same = 'yes'")


def expect_same_page(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-same", "yes")


def expect_shown(page: Page, record: Submission) -> None:
    expect(page.locator("#record-head")).to_have_attribute("data-submission", str(record.pk))
    expect(page).to_have_url(re.compile(rf"/records/{record.pk}/review/$"))
    expect(page).to_have_title(re.compile(rf"^Review record {record} · "))


def verify(screen: Screen, *names: str) -> None:
    for name in names:
        screen.expect_focus(name)
        screen.page.keyboard.press("Enter")


def drafts_of(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))")
    return keys


def test_the_keyboard_alone_goes_through_three_records_on_one_page(
    open_review: OpenReview, first: Submission, second: Submission, third: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    screen.type_over("neonatal_name", "王小明")
    page.keyboard.press("Enter")
    verify(screen, "mother_name")
    page.keyboard.press("Control+Enter")

    expect_shown(page, second)
    screen = Screen(page, second)
    expect(page.locator('[data-part="told"]')).to_have_text(f"Review record {second}")
    screen.expect_progress("Still to verify: 1 of 1")
    assert drafts_of(page) == []
    verify(screen, "father_name")
    screen.expect_check("father_name", "verified")
    page.keyboard.press("Control+Enter")

    expect_shown(page, third)
    screen = Screen(page, third)
    verify(screen, "neonatal_name", "mother_name")
    page.keyboard.press("Control+Enter")
    screen.expect_home()
    for record in (first, second, third):
        record.refresh_from_db()
        assert record.status == "reviewed"
    assert first.fields.get(name="neonatal_name").value == "王小明"


def test_back_leads_to_the_record_that_was_submitted(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    verify(screen, "neonatal_name", "mother_name")
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
    go_back(page)
    expect(page).to_have_url(re.compile(rf"/records/{first.pk}/$"))


def test_a_submit_that_the_network_cut_is_sent_again_and_goes_on(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    verify(screen, "neonatal_name", "mother_name")
    screen.expect_check("mother_name", "verified")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/submit/", lose_the_answer, times=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("cannot be reached")
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
    expect_same_page(page)
    expect(page.locator("#notices")).to_be_empty()


def test_pieces_that_do_not_fit_are_loaded_as_a_page(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    verify(screen, "neonatal_name", "mother_name")
    screen.expect_check("mother_name", "verified")

    def break_it(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body="<p>half of it</p>")

    page.route("**/submit/", break_it)
    page.keyboard.press("Control+Enter")
    expect_shown(page, second)
    expect(page.locator("html[data-same]")).to_have_count(0)
    Screen(page, second).expect_focus("father_name")


def test_a_skipped_record_makes_way_for_the_next_and_keeps_what_was_typed(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    page.route(f"**/records/{first.pk}/fields/**", lambda route: route.abort())
    screen.type_over("neonatal_name", "王小明")
    page.locator("[data-opens-dialog=skip-dialog]").click()
    page.locator("#skip-form [name=reason]").fill("The picture is upside down.")
    page.locator("#skip-form [type=submit]").click()
    expect_shown(page, second)
    expect_same_page(page)
    expect(page.locator("dialog[open]")).to_have_count(0)
    Screen(page, second).expect_focus("father_name")
    [draft] = drafts_of(page)
    assert f":{first.pk}:neonatal_name" in draft


def test_a_refused_rejection_stays_and_a_good_one_goes_on(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    page.keyboard.press("Alt+r")
    page.locator("#reject-form [type=radio]").first.check()
    page.locator("#reject-form [type=submit]").click()
    expect_shown(page, second)
    expect_same_page(page)
    first.refresh_from_db()
    assert first.status == "rejected"


def test_a_dialog_is_empty_again_and_of_the_record_that_came(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    mark_page(page)
    page.locator("[data-opens-dialog=ask-dialog]").click()
    page.locator("#ask-form [name=question]").fill(" ")
    page.locator("#ask-form [type=submit]").click()
    expect(page.locator("#ask-form .errorlist")).to_be_visible()
    page.keyboard.press("Escape")
    screen.input("neonatal_name").focus()
    verify(screen, "neonatal_name", "mother_name")
    page.keyboard.press("Control+Enter")

    expect_shown(page, second)
    page.locator("[data-opens-dialog=ask-dialog]").click()
    expect(page.locator("#ask-form .errorlist")).to_have_count(0)
    expect(page.locator("#ask-form [name=question]")).to_have_value("")
    page.locator("#ask-form [name=question]").fill("Is this seal genuine?")
    page.locator("#ask-form [type=submit]").click()
    Screen(page, second).expect_home()
    for record, status in ((first, "reviewed"), (second, "escalated")):
        record.refresh_from_db()
        assert record.status == status


def test_nothing_happens_while_an_input_method_composes(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first)
    page = screen.page
    verify(screen, "neonatal_name", "mother_name")
    screen.expect_check("mother_name", "verified")
    screen.input("mother_name").focus()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "wang", "selectionStart": 4, "selectionEnd": 4})
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state("networkidle")
    assert not [url for url in urls if url.endswith("/submit/")]
    expect(page.locator("#record-head")).to_have_attribute("data-submission", str(first.pk))


def test_a_phone_shows_the_next_record_from_its_top(
    open_review: OpenReview, first: Submission, second: Submission
) -> None:
    screen = open_review(first, size=(390, 844), has_touch=True, is_mobile=True)
    page = screen.page
    for name in ("neonatal_name", "mother_name"):
        screen.input(name).focus()
        page.keyboard.press("Enter")
        screen.expect_check(name, "verified")
    page.locator("#finish-button").click()
    expect_shown(page, second)
    expect(Screen(page, second).entry("father_name")).to_have_attribute("aria-current", "true")
