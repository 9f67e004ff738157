"""Rare characters come into a value by the keyboard alone."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import OpenReview, Screen
from tests.factories import submission_at, true_values

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
DIALOG, QUERY, OPTIONS = "#characters-dialog", "#characters-query", "#characters-list [role=option]"


def opened(open_review: OpenReview, name: str, **options: object) -> Screen:
    """Open a record whose child has this name, with the caret behind the name."""
    values = {**true_values(3), "neonatal_name": name}
    screen = open_review(submission_at("recognised", values=values, probs=DOUBTFUL), **options)
    screen.expect_focus("neonatal_name")
    return screen


def ask(screen: Screen, query: str, first: str) -> None:
    """Open the dialog, type a query and wait until its first answer is seen."""
    screen.page.keyboard.press("Alt+k")
    expect(screen.page.locator(QUERY)).to_be_focused()
    screen.page.keyboard.insert_text(query)
    expect(screen.page.locator(OPTIONS).first).to_have_attribute("data-character", first)
    expect(screen.page.locator(f"{DIALOG} [data-query]")).to_have_attribute("data-query", query)


def test_characters_are_entered_by_their_components_and_saved(open_review: OpenReview) -> None:
    screen = opened(open_review, "王小")
    keyboard = screen.page.keyboard
    ask(screen, "文武贝", "赟")
    keyboard.press("1")
    expect(screen.page.locator(DIALOG)).to_be_hidden()
    screen.expect_focus("neonatal_name")
    ask(screen, "龙天", "䶮")
    keyboard.press("Enter")
    expect(screen.input("neonatal_name")).to_have_value("王小赟䶮")
    keyboard.press("Enter")
    screen.expect_focus("mother_name")
    screen.expect_check("neonatal_name", "verified")
    assert screen.field("neonatal_name").value == "王小赟䶮"


def test_the_character_stands_at_the_caret_and_replaces_what_was_selected(open_review: OpenReview) -> None:
    screen = opened(open_review, "王小明")
    screen.page.keyboard.press("End")
    screen.page.keyboard.press("ArrowLeft")
    screen.page.keyboard.press("Shift+ArrowLeft")
    ask(screen, "U+8D5F", "赟")
    screen.page.keyboard.press("Enter")
    expect(screen.input("neonatal_name")).to_have_value("王赟明")
    screen.page.keyboard.press("Control+z")
    expect(screen.input("neonatal_name")).to_have_value("王小明")


def test_arrows_and_alt_digits_choose_where_digits_are_part_of_the_query(open_review: OpenReview) -> None:
    screen = opened(open_review, "王")
    ask(screen, "1354", "友")
    second = screen.page.locator(OPTIONS).nth(1)
    screen.page.keyboard.press("ArrowRight")
    expect(second).to_have_attribute("aria-selected", "true")
    wanted = second.get_attribute("data-character")
    screen.page.keyboard.press("Alt+2")
    expect(screen.input("neonatal_name")).to_have_value(f"王{wanted}")


def test_the_digits_mean_the_row_of_the_chosen_one(open_review: OpenReview) -> None:
    screen = opened(open_review, "王")
    ask(screen, "氵心", "沁")
    wanted = screen.page.locator(OPTIONS).nth(10).get_attribute("data-character")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("2")
    expect(screen.input("neonatal_name")).to_have_value(f"王{wanted}")


def test_nothing_is_asked_or_chosen_while_an_input_method_composes(open_review: OpenReview) -> None:
    screen = opened(open_review, "王")
    composer = screen.page.context.new_cdp_session(screen.page)
    composer.send("Input.imeSetComposition", {"text": "wen", "selectionStart": 3, "selectionEnd": 3})
    screen.page.keyboard.press("Alt+k")
    expect(screen.page.locator(DIALOG)).to_be_hidden()
    composer.send("Input.insertText", {"text": "文"})
    ask(screen, "龙天", "䶮")
    composer.send("Input.imeSetComposition", {"text": "bei", "selectionStart": 3, "selectionEnd": 3})
    screen.page.keyboard.press("1")
    expect(screen.page.locator(DIALOG)).to_be_visible()


def test_escape_leaves_the_value_as_it_was(open_review: OpenReview) -> None:
    screen = opened(open_review, "王小明")
    ask(screen, "龙天", "䶮")
    screen.page.keyboard.press("Escape")
    screen.expect_focus("neonatal_name")
    expect(screen.input("neonatal_name")).to_have_value("王小明")


def test_a_character_without_a_code_point_is_marked_and_keeps_its_picture(open_review: OpenReview) -> None:
    screen = opened(open_review, "王")
    screen.page.keyboard.press("Alt+k")
    screen.page.keyboard.press("Alt+0")
    expect(screen.input("neonatal_name")).to_have_value("王〓")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    expect(screen.page.locator("#state-neonatal_name")).to_contain_text("no code point")
    expect(screen.page.locator("#entry-neonatal_name .crop").first).to_be_visible()
    assert screen.field("neonatal_name").value == "王〓"
    screen.page.goto(reverse("submission", args=[screen.submission.pk]))
    expect(screen.page.locator('.value[data-field="neonatal_name"] .crop')).to_be_visible()
    expect(screen.page.locator('.value[data-field="mother_name"] .crop')).to_have_count(0)


def test_what_no_font_can_draw_is_said_beside_the_value(open_review: OpenReview) -> None:
    """A private-use character is in no font; characters that one draws raise no alarm."""
    screen = opened(open_review, "王\ue123")
    note = screen.page.locator("#entry-neonatal_name .entry__undrawn")
    expect(note).to_have_text(re.compile(r"cannot draw .\s*\(U\+E123\); it is saved correctly"))
    screen.type_over("neonatal_name", "王小明赟")
    expect(note).to_be_hidden()
    expect(screen.page.locator(".entry__undrawn:visible")).to_have_count(0)


def test_the_key_is_in_the_help(open_review: OpenReview) -> None:
    screen = opened(open_review, "王小明")
    screen.page.keyboard.press("F1")
    expect(screen.page.locator("#keys-dialog")).to_contain_text("Find a rare character")
