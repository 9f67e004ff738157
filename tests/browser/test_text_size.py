"""How large text is on the review screen: never too small to read, and larger for whoever wants it."""

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import User
from reviewapp.stages import claim
from tests.browser.conftest import OpenPage, OpenReview
from tests.browser.test_screens import faults
from tests.factories import submission_at

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
# In CSS pixels: of what carries a reason, and of the name of a key.
REASON_PX, KEY_PX = 14, 11
REASONS = ".entry__flags, .entry__facts, .entry__label, .review__progress, .review__saved, .marking, .proposal"
SIZES_OF = "nodes => nodes.map(node => parseFloat(getComputedStyle(node).fontSize))"
FONT = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
# The size of the text when the body began, before anything was painted.
NOTE_SIZE = """new MutationObserver((_, watcher) => {
  if (document.body) {
    watcher.disconnect();
    window.firstSize = parseFloat(getComputedStyle(document.documentElement).fontSize);
  }
}).observe(document, { childList: true, subtree: true });"""


def choose(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_no_reason_and_no_key_is_too_small_to_read(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", values={"gestational_age": "403"}, probs=DOUBTFUL))
    screen.input("gestational_age").focus()
    expect(screen.entry("gestational_age").locator(".proposal").first).to_be_visible()
    assert min(screen.page.locator(REASONS).evaluate_all(SIZES_OF)) >= REASON_PX
    assert min(screen.page.locator("#review kbd").evaluate_all(SIZES_OF)) >= KEY_PX


@pytest.mark.parametrize("size", [(1600, 1000), (390, 844)])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_can_be_made_larger_and_everything_still_fits(
    open_review: OpenReview, size: tuple[int, int], colours: str
) -> None:
    record = submission_at("recognised", values={"gestational_age": "403"}, probs=DOUBTFUL)
    screen = open_review(record, size=size, color_scheme=colours, locale="zh-CN")
    before = screen.page.evaluate(FONT)
    choose(screen.page, "A+")
    larger = screen.page.evaluate(FONT)
    assert not faults(screen.page)
    choose(screen.page, "A++")
    assert before < larger < screen.page.evaluate(FONT)
    assert not faults(screen.page)


def test_the_size_is_kept_for_the_person_and_there_before_the_first_paint(
    open_page: OpenPage, open_review: OpenReview, clerk2: User
) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    usual = screen.page.evaluate(FONT)
    choose(screen.page, "A++")
    chosen = screen.page.evaluate(FONT)
    screen.page.add_init_script(NOTE_SIZE)
    screen.page.reload()
    assert screen.page.evaluate("window.firstSize") == chosen
    expect(screen.page.get_by_role("button", name="A++", exact=True)).to_have_attribute("aria-pressed", "true")
    other = submission_at("recognised", probs=DOUBTFUL)
    claim.claim(other, by=clerk2)
    page = open_page(clerk2, "/")
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    screen.page.context.add_cookies([{"name": "sessionid", "value": session["value"], "url": page.url}])
    screen.page.goto(f"/records/{other.pk}/review/")
    assert screen.page.evaluate(FONT) == usual
