"""Records that come back to a person are told on the page that is open, without a reload."""

from playwright.sync_api import expect

from reviewapp.models import User
from tests.browser.conftest import OpenPage
from tests.factories import submission_at

MINUTE_MS = 60_000


def test_a_record_that_comes_back_is_told_without_a_reload(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.clock.install()
    page.reload()
    notice = page.locator("#returned")
    expect(notice).to_be_empty()
    submission_at("returned", clerk=clerk)
    page.clock.run_for(MINUTE_MS)
    expect(notice).to_have_text("One returned")
    # The next page says it at once.
    page.goto("/batches/")
    expect(notice).to_have_text("One returned")
    notice.get_by_role("link").click()
    page.wait_for_url("**/records/?queue=returned")


def test_a_tab_that_nobody_sees_asks_nothing(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.clock.install()
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.isAway === true })")
    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/returned/" in request.url else None)
    page.evaluate("window.isAway = true")
    page.clock.run_for(5 * MINUTE_MS)
    assert not asked
    submission_at("returned", clerk=clerk)
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#returned")).to_have_text("One returned")
    assert len(asked) == 1


def test_who_is_logged_out_meanwhile_keeps_the_page(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.clock.install()
    page.reload()
    page.get_by_label("Name of the new batch").fill("A name that I typed")
    page.context.clear_cookies()
    with page.expect_response("**/login/**"):
        page.clock.run_for(MINUTE_MS)
    expect(page.get_by_label("Name of the new batch")).to_have_value("A name that I typed")
    expect(page.locator("#notices")).to_be_empty()
