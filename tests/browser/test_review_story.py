"""One record with one of every doubt, from the first page to the next record, without a mouse."""

import pytest
from playwright.sync_api import Page, expect

from reviewapp.facts.resident import LOOK_ALIKE_DIGITS
from reviewapp.models import Submission, User
from reviewapp.states import EventKind
from tests.browser.conftest import OpenPage, OpenReview, Screen
from tests.factories import submission_at, true_values

DESKS = [((1280, 800), "en-US"), ((1920, 1080), "zh-CN")]
TRUE = true_values(3)
# A name that has a look-alike which no name has.
TRUE["neonatal_name"] = TRUE["neonatal_name"][0] + "钧"
REASON = "The paper says so, the ward confirms it."


def age(years: int) -> str:
    return str(int(TRUE["father_age"]) + years)


@pytest.fixture
def record(transactional_db: None) -> Submission:
    wrong = {
        "sex": "男",
        "neonatal_name": TRUE["neonatal_name"][0] + "钓",
        "gestational_age": "403",
        "birth_weight": "12000",
        "father_age": age(4),
    }
    return submission_at("recognised", values=TRUE | wrong, probs={"mother_name": 60})


def enter_character(page: Page, components: str, character: str) -> None:
    page.keyboard.press("Alt+k")
    expect(page.locator("#characters-query")).to_be_focused()
    page.keyboard.insert_text(components)
    first = page.locator("#characters-list [role=option]").first
    expect(first).to_have_attribute("data-character", character)
    page.keyboard.press("Enter")
    expect(page.locator("#characters-dialog")).to_be_hidden()


@pytest.mark.parametrize(("size", "locale"), DESKS)
def test_every_doubt_is_settled_by_the_keyboard_alone(
    open_page: OpenPage, record: Submission, clerk: User, size: tuple[int, int], locale: str
) -> None:
    """Settle one of every doubt.

    1. From the first page to the record. 2. A look-alike candidate. 3. A proposal. 4. An error that is so on the
    paper, with a reason. 5. Rare characters by component. 6. A contradiction, side by side. 7. Submit.
    """
    page = open_page(clerk, "/", size=size, locale=locale)
    screen, keyboard = Screen(page, record), page.keyboard
    expect(page.locator("#next")).to_be_focused()
    keyboard.press("Enter")

    screen.expect_focus("neonatal_name")
    expect(screen.entry("neonatal_name").locator(".proposal").first).to_contain_text("钧")
    keyboard.press("Alt+1")
    expect(screen.input("neonatal_name")).to_have_value(TRUE["neonatal_name"])
    keyboard.press("Enter")

    screen.expect_focus("gestational_age")
    keyboard.press("Alt+1")
    expect(screen.input("gestational_age")).to_have_value("40+3")
    keyboard.press("Enter")

    screen.expect_focus("birth_weight")
    keyboard.press("Enter")
    expect(screen.entry("birth_weight").locator("[data-part=confirmation]")).to_be_focused()
    keyboard.insert_text(REASON)
    keyboard.press("Enter")

    screen.expect_focus("mother_name")
    keyboard.press("Control+A")
    keyboard.insert_text("王")
    enter_character(page, "文武贝", "赟")
    enter_character(page, "龙天", "䶮")
    expect(screen.input("mother_name")).to_have_value("王赟䶮")
    keyboard.press("Enter")

    screen.expect_focus("father_age")
    places = screen.entry("father_age").locator(".flag__place")
    expect(places).to_have_count(2)
    screen.expect_check("mother_name", "verified")
    [left, right] = places.evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().toJSON())")
    assert left["top"] == right["top"]
    assert left["right"] <= right["left"]
    keyboard.press("Alt+1")
    expect(screen.input("father_age")).to_have_value(age(0))
    keyboard.press("Enter")
    expect(page.locator('[id^="state-"][data-state="flagged"]')).to_have_count(0)

    keyboard.press("Control+Enter")
    screen.expect_home()
    record.refresh_from_db()
    assert record.status == "reviewed"
    values = dict(record.fields.values_list("name", "value"))
    assert (values["mother_name"], values["gestational_age"], values["birth_weight"]) == ("王赟䶮", "40+3", "12000")
    verified = record.events.get(kind=EventKind.OVERRIDDEN, field_name="birth_weight")
    assert (verified.by, verified.reason) == (clerk, REASON)


def test_a_contradiction_is_settled_in_the_other_field_where_that_one_was_misread(open_review: OpenReview) -> None:
    number = TRUE["mother_id_card_number"]
    decade = next(digit for digit in "1365" if number[8] in LOOK_ALIKE_DIGITS[digit])
    wrong = number[:8] + decade + number[9:]
    screen = open_review(submission_at("recognised", values=TRUE | {"mother_id_card_number": wrong}))
    screen.expect_focus("mother_age")
    proposal = screen.entry("mother_age").locator(".proposal").first
    expect(proposal).to_contain_text(number)
    screen.page.keyboard.press("Alt+1")
    screen.expect_focus("mother_id_card_number")
    expect(screen.input("mother_id_card_number")).to_have_value(number)
    screen.expect_check("mother_age", "ok")
    screen.expect_check("mother_id_card_number", "ok")
