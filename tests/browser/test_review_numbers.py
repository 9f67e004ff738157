"""Long numbers and proposals: what to compare is easy to see, and what is copied or saved is the bare value."""

import pytest
from playwright.sync_api import Locator, expect

from reviewapp.facts.resident import LOOK_ALIKE_DIGITS
from reviewapp.models import User
from reviewapp.stages import claim, correct
from tests.browser.conftest import OpenPage, OpenReview
from tests.factories import change, submission_at, true_values, verify_all

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
NUMBER, CERTIFICATE = "mother_id_card_number", "certificate_number"
TRUE = true_values(1)
COPIED = """node => {
  getSelection().selectAllChildren(node);
  return getSelection().toString();
}"""


def copied(place: Locator) -> str:
    """Return what somebody gets who selects this and copies it."""
    text: str = place.evaluate(COPIED)
    return text


def grouped(name: str, value: str) -> list[str]:
    first, second = (1, 3) if name == CERTIFICATE else (6, 14)
    return [value[:first], value[first:second], value[second:]]


def misread(number: str) -> str:
    """Return an ID number with a digit of its serial read as one that looks like it."""
    place, digit = next((at, digit) for at, digit in enumerate(number) if at >= 14 and digit in LOOK_ALIKE_DIGITS)
    return number[:place] + LOOK_ALIKE_DIGITS[digit][0] + number[place + 1 :]


@pytest.mark.parametrize("name", [NUMBER, CERTIFICATE])
def test_long_numbers_stand_in_groups_beside_the_input_as_they_are_typed(open_review: OpenReview, name: str) -> None:
    screen = open_review(submission_at("recognised", values=TRUE, probs=DOUBTFUL))
    groups = screen.entry(name).locator(".entry__grouped .digits")
    expect(groups).to_have_text(grouped(name, TRUE[name]))
    expect(screen.input(name)).to_have_value(TRUE[name])
    typed = TRUE[name][:-2] + "77"
    screen.type_over(name, typed)
    expect(groups).to_have_text(grouped(name, typed))
    screen.page.keyboard.press("Control+A")
    screen.page.keyboard.press("Delete")
    expect(screen.entry(name).locator(".entry__grouped")).to_have_text("")
    screen.page.keyboard.press("Escape")
    expect(groups).to_have_text(grouped(name, TRUE[name]))


@pytest.mark.parametrize("name", [NUMBER, CERTIFICATE])
def test_what_was_read_stands_in_groups_and_is_copied_bare(open_review: OpenReview, name: str) -> None:
    screen = open_review(submission_at("recognised", values=TRUE, probs=DOUBTFUL))
    typed = TRUE[name][:-1] + ("1" if TRUE[name][-1] != "1" else "2")
    screen.type_over(name, typed)
    screen.page.keyboard.press("Tab")
    read = screen.entry(name).locator(".entry__read")
    expect(read.locator(".digits")).to_have_text(grouped(name, TRUE[name]))
    assert TRUE[name] in copied(read)
    assert screen.field(name).value == typed


def test_a_proposal_marks_the_digit_that_changes_and_says_why(open_review: OpenReview) -> None:
    wrong = misread(TRUE[NUMBER])
    screen = open_review(submission_at("recognised", values=TRUE | {NUMBER: wrong}, probs=DOUBTFUL))
    screen.input(NUMBER).focus()
    finding = screen.entry(NUMBER).locator(".flag", has=screen.page.locator(".proposal")).first
    expect(finding.locator("p").first).to_be_visible()
    proposals = screen.entry(NUMBER).locator(".proposal")
    expect(proposals.first.locator("mark").first).to_be_visible()
    for proposal in proposals.all():
        value = proposal.get_attribute("value") or ""
        changed = [new for new, old in zip(value, wrong, strict=True) if new != old]
        assert "".join(proposal.locator("mark").all_inner_texts()) == "".join(changed)
        expect(proposal.locator(".digits")).to_have_text(grouped(NUMBER, value))
        assert value in copied(proposal)
    screen.page.keyboard.press("Alt+1")
    expect(screen.input(NUMBER)).to_have_value(proposals.first.get_attribute("value") or "")


def test_a_sign_that_a_proposal_adds_is_marked(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", values={"gestational_age": "403"}, probs=DOUBTFUL))
    screen.input("gestational_age").focus()
    expect(screen.entry("gestational_age").locator(".proposal mark").first).to_have_text("+")


def test_lists_show_numbers_in_groups_and_give_bare_ones(open_page: OpenPage, supervisor: User, clerk: User) -> None:
    wrong = TRUE[CERTIFICATE][:-1] + ("1" if TRUE[CERTIFICATE][-1] != "1" else "2")
    record = submission_at("recognised", values=TRUE | {CERTIFICATE: wrong})
    claim.claim(record, by=clerk)
    change(record, CERTIFICATE, TRUE[CERTIFICATE], by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    page = open_page(supervisor, f"/batches/{record.batch_id}/")
    new = page.locator(".change__new")
    expect(new.locator(".digits")).to_have_text(grouped(CERTIFICATE, TRUE[CERTIFICATE]))
    assert copied(new) == TRUE[CERTIFICATE]
    page.goto(record.get_absolute_url())
    values = page.locator(f'.value[data-field="{NUMBER}"] .value__value')
    expect(values.locator(".digits")).to_have_text(grouped(NUMBER, TRUE[NUMBER]))
    assert copied(values) == TRUE[NUMBER]
