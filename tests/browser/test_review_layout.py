"""The whole certificate in one look: every value beside the whole picture, as the paper has them."""

import pytest
from playwright.sync_api import expect

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import User
from tests.browser.conftest import OpenReview, Screen
from tests.browser.test_screens import faults
from tests.factories import change, mark, submission_at, true_values

LOCALES = ["en-US", "zh-CN"]
DOUBTFUL = {"neonatal_name": 60, "father_name": 70}
SHORT, LONG = 18, len(FIELDS)
SEEN = """() => {
  const values = document.querySelector("#record-values").getBoundingClientRect();
  const isSeen = (entry) => {
    const box = entry.getBoundingClientRect();
    const isWithin = box.top >= Math.max(values.top, 0) - 0.5 &&
      box.bottom <= Math.min(values.bottom, innerHeight) + 0.5 && box.right <= innerWidth;
    const corners = [[box.left + 4, box.top + 2], [box.right - 4, box.bottom - 3]];
    return isWithin && corners.every(([x, y]) => entry.contains(document.elementFromPoint(x, y)));
  };
  return [...document.querySelectorAll(".entry")].filter(isSeen).map((entry) => entry.dataset.field);
}"""
# What is cut off at its right end.
CUT = "node => node.scrollWidth > node.clientWidth"
# The most that one line of text is high.
LINE_PX = 24


def seen(screen: Screen) -> list[str]:
    """Return the fields that lie wholly on the screen, with nothing over them."""
    names: list[str] = screen.page.evaluate(SEEN)
    return names


def rows(screen: Screen) -> list[list[str]]:
    """Return the fields that are not open by the lines of the screen on which they begin."""
    tops = screen.page.locator(".entry:not([aria-current])").evaluate_all(
        "entries => entries.map(entry => [entry.dataset.field, Math.round(entry.getBoundingClientRect().top)])"
    )
    lines: dict[int, list[str]] = {}
    for name, top in tops:
        lines.setdefault(top, []).append(name)
    return list(lines.values())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("size", "least"), [((1600, 1000), LONG), ((1920, 1080), LONG), ((1280, 800), SHORT)])
def test_all_values_are_seen_in_one_look_beside_the_whole_picture(
    open_review: OpenReview, size: tuple[int, int], least: int, locale: str
) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), size=size, locale=locale)
    screen.expect_focus("neonatal_name")
    assert len(seen(screen)) >= least, {spec.name for spec in FIELDS} - set(seen(screen))
    screen.page.keyboard.press("Alt+0")
    page = screen.page.locator("#picture-page image").bounding_box()
    values = screen.page.locator("#record-values").bounding_box()
    assert page
    assert values
    assert page["x"] >= 0
    assert page["x"] + page["width"] <= values["x"]
    assert page["y"] + page["height"] <= size[1]
    assert page["width"] >= 0.45 * size[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_whichever_field_is_open_the_others_stay_in_view(open_review: OpenReview, locale: str) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), size=(1600, 1000), locale=locale)
    for spec in FIELDS:
        screen.expect_focus(spec.name)
        assert len(seen(screen)) == LONG, spec.name
        screen.page.keyboard.press("Tab")
    expect(screen.page.locator("#finish-button")).to_be_focused()


def test_short_values_share_rows_as_on_the_paper(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), size=(1600, 1000))
    screen.input("birth_place").focus()
    assert rows(screen) == [
        ["neonatal_name", "sex", "birth_time"],
        ["gestational_age", "birth_weight", "birth_length"],
        ["medical_institutions"],
        ["mother_name", "mother_age", "mother_nationality", "mother_ethnicity"],
        ["mother_address"],
        ["mother_id_card_number"],
        ["father_name", "father_age", "father_nationality", "father_ethnicity"],
        ["father_address"],
        ["father_id_card_number"],
        ["issue_authority"],
        ["issue_date", "certificate_number"],
    ]


def test_a_doubtful_field_says_its_sentence_in_one_line_until_it_is_open(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL), size=(1600, 1000))
    sentence = screen.entry("father_name").locator(".entry__flags")
    expect(sentence).to_be_visible()
    assert sentence.evaluate("node => node.clientHeight") <= LINE_PX
    screen.input("father_name").focus()
    assert not sentence.evaluate(CUT)
    assert sentence.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 14


def test_a_probability_is_said_where_it_is_below_its_threshold(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    entries = screen.page.locator(".entry__state")
    expect(entries.filter(has_text="99 % sure")).to_have_count(0)
    expect(screen.entry("neonatal_name").locator(".entry__sure")).to_have_text("60 % sure")


def test_what_a_person_typed_says_the_probability_with_what_was_read(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    read = screen.field("mother_name").read_value
    screen.type_over("mother_name", "熊二")
    screen.page.keyboard.press("Enter")
    screen.expect_check("mother_name", "verified")
    expect(screen.entry("mother_name").locator(".entry__read")).to_have_text(f"Read: {read} 99 % sure")
    expect(screen.entry("mother_name").locator(".entry__sure")).to_have_count(1)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800), (390, 844)])
def test_a_busy_record_overlaps_nothing(
    open_review: OpenReview, clerk: User, size: tuple[int, int], locale: str
) -> None:
    """Long values, corrected and marked ones, and what the rules say of many."""
    values = true_values() | {"gestational_age": "403", "birth_weight": "12000", "mother_address": "福建省" * 25}
    record = submission_at("recognised", values=values, probs=DOUBTFUL)
    screen = open_review(record, size=size, locale=locale)
    change(record, "mother_name", "熊大", by=clerk)
    mark(record, "mother_ethnicity", "illegible", by=clerk)
    screen.page.reload()
    expect(screen.entry("mother_name").locator(".entry__read")).to_be_visible()
    boxes = screen.page.locator(".entry").evaluate_all(
        "entries => entries.map(entry => entry.getBoundingClientRect()).map(({left, top, right, bottom}) => "
        "[left, top, right, bottom])"
    )
    for position, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[position + 1 :]:
            is_apart = right <= other[0] + 1 or other[2] <= left + 1 or bottom <= other[1] + 1 or other[3] <= top + 1
            assert is_apart, (FIELDS[position].name, other)
    assert not faults(screen.page)


# A phone, and a screen of 1280 × 800 at 200 %.
@pytest.mark.parametrize("size", [(390, 844), (640, 400)])
@pytest.mark.parametrize("locale", LOCALES)
def test_on_a_small_screen_nothing_covers_the_crop_and_submitting_is_at_hand(
    open_review: OpenReview, size: tuple[int, int], locale: str
) -> None:
    values = {"gestational_age": "403", "birth_weight": "12000", "mother_address": "福建省" * 25}
    screen = open_review(submission_at("recognised", values=values, probs=DOUBTFUL), size=size, locale=locale)
    for name in ("sex", "birth_weight", "mother_address", "father_name", "certificate_number", "neonatal_name"):
        screen.input(name).focus()
        crop = screen.entry(name).locator(".entry__work > .crop").bounding_box()
        picture = screen.page.locator(".review__picture").bounding_box()
        bar = screen.page.locator(".review__submit").bounding_box()
        assert crop
        assert picture
        assert bar
        assert picture["y"] + picture["height"] <= crop["y"] + 1, name
        assert crop["y"] + crop["height"] <= bar["y"] + 1, name
        expect(screen.page.locator("#finish-button")).to_be_in_viewport(ratio=1)
