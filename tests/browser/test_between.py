"""A proxy or a firewall answers in the server's place: that is said as what it is, and nobody counts as logged out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from reviewapp.administration.access_keys import make_key
from reviewapp.models import Submission, User
from tests.browser.conftest import OpenPage, OpenReview, Screen
from tests.browser.test_upload_files import choose, expect_row, file
from tests.factories import picture, submission_at

SAVES, NAME = "**/fields/*/", "father_name"
SAID = {
    403: "such as a proxy or a firewall, does not let this through. You are still logged in",
    413: "does not let this much through",
    429: "asks to wait",
    502: "The server cannot be reached, or cannot save at the moment.",
}
SAID_OF_PICTURES = {
    403: "such as a proxy or a firewall, does not let this picture through. You are still logged in.",
    413: "takes no picture of this size",
    429: "Too much was sent in a short time.",
    502: "The server cannot be reached at the moment.",
}
LOGGED_OUT = "logged out"


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised")


def proxy(status: int) -> Callable[[Route], None]:
    """Answer as a proxy does, with a page of its own."""

    def answered(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body=f"<html><h1>{status} by the proxy</h1></html>")

    return answered


@pytest.mark.parametrize("status", SAID)
def test_a_save_that_a_proxy_answers_is_told_of_kept_and_sent_again(
    open_review: OpenReview, record: Submission, status: int
) -> None:
    screen = open_review(record)
    page, banner = screen.page, screen.page.locator("#review-banner")
    page.route(SAVES, proxy(status))
    screen.type_over(NAME, "张三")
    page.keyboard.press("Tab")
    screen.expect_save(NAME, "retrying")
    expect(banner).to_contain_text(SAID[status])
    expect(banner).not_to_contain_text("session has ended")
    expect(banner).to_be_in_viewport(ratio=1)
    expect(page.locator("body")).not_to_contain_text("by the proxy")
    page.unroute(SAVES)
    screen.expect_save(NAME, "saved")
    expect(banner).to_be_empty()
    assert screen.field(NAME).value == "张三"


@pytest.mark.parametrize("status", [403, 413])
def test_a_record_whose_submitting_a_proxy_answers_stays_and_says_why(
    open_review: OpenReview, record: Submission, status: int
) -> None:
    screen = open_review(record)
    screen.page.route("**/submit/", proxy(status))
    screen.input(NAME).press("Control+Enter")
    expect(screen.page.locator("#review-banner")).to_contain_text(SAID[status])
    screen.page.unroute("**/submit/")
    screen.input(NAME).press("Control+Enter")
    screen.expect_home()


def test_a_heartbeat_that_a_proxy_refuses_ends_no_session(
    open_page: OpenPage, open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record)
    screen.page.route("**/heartbeat/", proxy(403))
    with screen.page.expect_response("**/heartbeat/"):
        screen.page.evaluate("document.querySelector('#heartbeat').dispatchEvent(new CustomEvent('beat'))")
    expect(screen.page.locator("#review-banner")).not_to_contain_text("session has ended")


def test_whoever_is_led_to_another_page_than_the_log_in_is_not_logged_out(
    open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record)
    screen.page.route(SAVES, lambda route: route.fulfill(status=302, headers={"location": "/static/img/favicon.svg"}))
    screen.type_over(NAME, "张三")
    screen.page.keyboard.press("Tab")
    screen.expect_save(NAME, "retrying")
    expect(screen.page.locator("#review-banner")).to_contain_text(SAID[403])


def test_a_lost_token_is_the_end_of_the_session(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.context.clear_cookies()
    screen.type_over(NAME, "张三")
    screen.page.keyboard.press("Tab")
    expect(screen.page.locator("#review-banner")).to_contain_text("Your session has ended.")
    screen.expect_save(NAME, "retrying")


def uploads(open_page: OpenPage, user: User) -> Page:
    page = open_page(user, "/upload/")
    page.get_by_label("Name of the new batch").fill("Monday")
    return page


@pytest.mark.parametrize("status", SAID_OF_PICTURES)
def test_a_picture_that_a_proxy_answers_says_so_in_its_row_and_goes_in_by_a_second_try(
    open_page: OpenPage, clerk: User, status: int
) -> None:
    page = uploads(open_page, clerk)
    page.route(
        "**/upload/", lambda route: proxy(status)(route) if route.request.method == "POST" else route.continue_()
    )
    choose(page, file("first.png", picture()))
    expect_row(page, "first.png", SAID_OF_PICTURES[status])
    expect(page.locator("#upload-list")).not_to_contain_text(LOGGED_OUT)
    page.unroute("**/upload/")
    page.get_by_role("button", name="Retry", exact=True).click()
    expect_row(page, "first.png", "Record #")


def test_a_list_that_refreshes_itself_takes_in_no_page_of_a_proxy(open_page: OpenPage, clerk: User) -> None:
    waiting = submission_at("received")
    page = open_page(clerk, "/")
    home = f"{page.url}"
    page.route(home, proxy(403))
    expect(page.locator("#notices")).to_contain_text("does not let this through. You are still logged in.")
    expect(page.locator("body")).not_to_contain_text("by the proxy")
    expect(page.locator("#waiting")).to_be_visible()
    assert waiting.status == "received"


def test_a_conflict_is_named_above_the_buttons_and_leads_to_its_field(
    open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record, size=(1280, 600))
    other = Screen(screen.page.context.new_page(), record)
    other.page.goto(f"/records/{record.pk}/review/")
    other.type_over("certificate_number", "A123456789")
    other.page.keyboard.press("Tab")
    other.expect_save("certificate_number", "saved")

    screen.type_over("certificate_number", "B123456789")
    screen.input("neonatal_name").focus()
    way = screen.page.locator("#review-banner").get_by_role("link", name="“Certificate number” was changed")
    expect(way).to_be_in_viewport(ratio=1)
    expect(screen.entry("certificate_number")).not_to_be_in_viewport()
    way.click()
    expect(screen.entry("certificate_number").locator("[data-choice=mine]")).to_be_in_viewport(ratio=1)
    screen.page.keyboard.press("Enter")
    screen.expect_save("certificate_number", "saved")
    expect(screen.page.locator("#review-banner")).to_be_empty()


def test_an_answer_that_leads_to_another_page_of_ours_is_shown(
    open_page: OpenPage, clerk: User, admin_user: User
) -> None:
    key, _secret = make_key(clerk, by=admin_user)
    page = open_page(admin_user, "/access-keys/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#notices")).to_contain_text(f"The key {key} is revoked.")
