"""What is said where nothing is to be done, finding a rule, and copying what is shown once."""

from playwright.sync_api import Page, expect

from reviewapp.models import RuleSeverity, User
from tests.browser.conftest import OpenPage, OpenReview
from tests.factories import person, submission_at, true_values

COLOUR = "node => getComputedStyle(node).color"


def test_a_record_without_a_doubt_says_that_nothing_is_doubtful(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised"))
    screen.expect_progress("Nothing is doubtful")


def test_how_much_is_left_stands_on_one_line(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs={"sex": 60}), locale="en-US")
    screen.expect_progress("Still to verify: 1 of 1")
    lines = "node => node.getClientRects().length"
    sentence = screen.page.locator('[data-part="progress"]')
    for text in ("Still to verify: 23 of 23", "All doubtful fields are verified"):
        sentence.evaluate("(node, text) => { node.textContent = text }", text)
        assert sentence.evaluate(lines) == 1


def test_information_is_not_in_the_colour_of_a_warning(open_page: OpenPage, supervisor: User) -> None:
    first = submission_at("recognised", values=true_values(1))
    second = submission_at("recognised", values=true_values(1), probs={"certificate_number": 60})
    page = open_page(supervisor, second.get_absolute_url())
    warning = page.locator('.value__flag[data-severity="W"]').first
    information = page.locator('.value__flag[data-severity="I"]').filter(has_text=str(first))
    expect(information).to_contain_text("For information:")
    assert information.evaluate(COLOUR) != warning.evaluate(COLOUR)


def rows(page: Page) -> int:
    return page.locator("[data-rule]:visible").count()


def test_a_rule_is_found_by_its_words_and_by_being_changed(open_page: OpenPage, admin_user: User) -> None:
    RuleSeverity.objects.create(code="sex_unknown", severity="W")
    page = open_page(admin_user, "/rules/")
    everything = rows(page)
    page.get_by_label("Find a rule").fill("newborn weighs")
    expect(page.locator("[data-rule]:visible")).to_have_count(1)
    page.get_by_label("Find a rule").fill("no such rule at all")
    expect(page.get_by_text("No rule is like this.")).to_be_visible()
    page.get_by_label("Find a rule").fill("")
    expect(page.locator("[data-rule]:visible")).to_have_count(everything)
    page.get_by_label("Only those changed here").check()
    expect(page.locator("[data-rule]:visible")).to_have_count(1)
    page.get_by_label("sex must be").select_option("I")
    page.get_by_role("button", name="Save sex_unknown").click()
    expect(page.locator("#notices")).to_contain_text("One rule changed.")
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "I"}


def test_the_key_that_is_shown_once_is_copied_by_a_button(open_page: OpenPage, clerk: User) -> None:
    page = open_page(person("admin"), "/access-keys/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("In whose name").select_option(str(clerk.pk))
    page.get_by_label("Used by which program").fill("intake")
    page.get_by_role("button", name="Make a key").click()
    secret = page.locator("#key-secret").inner_text()
    page.locator("[data-copies=key-secret]").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret


def test_where_the_clipboard_is_closed_the_key_is_selected_for_the_keys(open_page: OpenPage, clerk: User) -> None:
    page = open_page(person("admin"), "/access-keys/")
    page.get_by_label("In whose name").select_option(str(clerk.pk))
    page.get_by_label("Used by which program").fill("intake")
    page.get_by_role("button", name="Make a key").click()
    page.evaluate(
        """() => {
          Object.defineProperty(navigator, "clipboard", { value: undefined });
          document.execCommand = () => false;
        }"""
    )
    page.locator("[data-copies=key-secret]").click()
    expect(page.get_by_text("press Ctrl+C")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == page.locator("#key-secret").inner_text()


def test_a_thumbnail_that_lies_on_its_side_stays_in_its_frame(open_page: OpenPage, clerk: User) -> None:
    record = submission_at("recognised")
    page = open_page(clerk, record.batch.get_absolute_url())
    frame = page.locator(".records-table__thumbnail")
    expect(frame).to_be_visible()
    page.locator(".records-table__thumbnail img").evaluate("node => node.dataset.turn = '90'")
    shape = "node => (({ width, height }) => [width, height])(node.getBoundingClientRect())"
    assert page.locator(".records-table__thumbnail img").evaluate(shape) == [132, 96]
    assert frame.evaluate(shape) == [132, 96]
