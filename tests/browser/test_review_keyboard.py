"""A record is checked, corrected and submitted without the mouse."""

from playwright.sync_api import expect

from reviewapp.models import Event, User
from reviewapp.states import EventKind, SubmissionStatus
from tests.browser.conftest import OpenReview
from tests.factories import submission_at, true_values

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70, "issue_date": 80}


def test_enter_verifies_and_goes_round_the_doubtful_fields_until_the_record_is_submitted(
    open_review: OpenReview, clerk: User
) -> None:
    """Correct one of three doubtful fields, confirm two, submit: the next record opens, all by the keyboard."""
    values = true_values(3)
    record = submission_at("recognised", values=values, probs=DOUBTFUL)
    following = submission_at("recognised", probs=DOUBTFUL)
    screen = open_review(record)
    keyboard = screen.page.keyboard
    screen.expect_focus("neonatal_name")
    screen.expect_progress("Still to verify: 3 of 3")

    keyboard.press("Control+A")
    keyboard.insert_text("王小明")
    keyboard.press("Enter")
    screen.expect_focus("mother_name")
    keyboard.press("Enter")
    screen.expect_focus("issue_date")
    keyboard.press("Enter")

    expect(screen.page.locator("#finish-button")).to_be_focused()
    screen.expect_progress("All doubtful fields are verified")
    for name in DOUBTFUL:
        screen.expect_check(name, "verified")
    keyboard.press("Control+Enter")
    screen.page.wait_for_url(f"**/records/{following.pk}/review/")

    record.refresh_from_db()
    assert record.status == SubmissionStatus.REVIEWED
    assert {name: screen.field(name).value for name in DOUBTFUL} == {
        **{name: values[name] for name in DOUBTFUL},
        "neonatal_name": "王小明",
    }
    assert all(screen.field(name).verified_by == clerk for name in DOUBTFUL)


def test_shift_enter_goes_back_and_both_directions_wrap(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.expect_focus("neonatal_name")
    screen.page.keyboard.press("Shift+Enter")
    screen.expect_focus("issue_date")
    screen.page.keyboard.press("Shift+Enter")
    screen.expect_focus("mother_name")
    screen.input("issue_date").focus()
    screen.page.keyboard.press("Enter")
    screen.expect_focus("neonatal_name")


def test_tab_visits_all_fields_in_the_order_of_the_form(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.expect_focus("neonatal_name")
    visited = ["neonatal_name"]
    for _ in range(22):
        screen.page.keyboard.press("Tab")
        visited.append(screen.page.evaluate("document.activeElement.closest('.entry').dataset.field"))
    assert visited == list(true_values())


def test_what_was_typed_is_saved_on_leaving_the_field_but_not_verified(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "saved")
    assert screen.field("neonatal_name").value == "王小明"
    assert not screen.field("neonatal_name").is_verified


def test_submit_stops_at_the_first_doubtful_field(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.input("father_name").focus()
    screen.page.keyboard.press("Control+Enter")
    screen.expect_focus("neonatal_name")
    expect(screen.page.locator('[data-part="saving"]')).to_have_text("Not submitted: first verify the marked fields")
    screen.submission.refresh_from_db()
    assert screen.submission.status == SubmissionStatus.RECOGNISED


def test_escape_puts_the_saved_value_back_and_nothing_typed_is_lost(open_review: OpenReview) -> None:
    values = true_values(3)
    screen = open_review(submission_at("recognised", values=values, probs=DOUBTFUL))
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Escape")
    expect(screen.input("neonatal_name")).to_have_value(values["neonatal_name"])
    screen.page.keyboard.press("Escape")
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    screen.page.keyboard.press("Escape")
    screen.page.keyboard.press("Control+Z")
    expect(screen.input("neonatal_name")).to_have_value("王小明")


def test_one_key_goes_back_to_the_value_that_was_read(open_review: OpenReview) -> None:
    values = true_values(3)
    screen = open_review(submission_at("recognised", values=values, probs=DOUBTFUL))
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    screen.page.keyboard.press("Shift+Tab")
    screen.input("neonatal_name").focus()
    screen.page.keyboard.press("Alt+z")
    expect(screen.input("neonatal_name")).to_have_value(values["neonatal_name"])
    screen.expect_check("neonatal_name", "flagged")
    assert screen.field("neonatal_name").value == values["neonatal_name"]


def test_the_keys_are_shown_from_inside_an_input_and_outside(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    page, dialog = screen.page, screen.page.locator("#keys-dialog")
    for opener in ("F1", "Control+/"):
        page.keyboard.press(opener)
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        screen.expect_focus("neonatal_name")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    assert screen.input("neonatal_name").input_value().endswith("?")
    page.keyboard.press("Escape")
    page.locator("#finish-button").focus()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_a_picture_is_rejected_with_the_keyboard_alone(open_review: OpenReview, clerk: User) -> None:
    record = submission_at("recognised", probs=DOUBTFUL)
    screen = open_review(record)
    keyboard = screen.page.keyboard
    keyboard.press("Alt+r")
    expect(screen.page.locator("#reject-dialog")).to_be_visible()
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    keyboard.press("Tab")
    keyboard.insert_text("too dark")
    keyboard.press("Tab")
    keyboard.press("Enter")
    screen.expect_home()
    record.refresh_from_db()
    assert (record.status, record.reject_reason, record.reject_note) == ("rejected", "unreadable", "too dark")
    assert Event.objects.filter(submission=record, kind=EventKind.REJECTED, by=clerk).count() == 1


def test_a_returned_record_shows_the_supervisors_reason_and_asks_for_just_those_fields(
    open_review: OpenReview,
) -> None:
    screen = open_review(submission_at("returned", probs={"mother_name": 60}, reason="The name is cut off."))
    expect(screen.page.locator(".review__fields .notice--warning").first).to_contain_text("The name is cut off.")
    screen.expect_focus("neonatal_name")
    screen.expect_progress("Still to verify: 1 of 2")
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator("#finish-button")).to_be_focused()
    screen.page.keyboard.press("Enter")
    screen.expect_home()
    screen.submission.refresh_from_db()
    assert screen.submission.status == SubmissionStatus.REVIEWED
