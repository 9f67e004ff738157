"""A record passes from hand to hand, as the people see it: nothing typed is lost, and who must know is told at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reviewapp.models import Submission, User
from reviewapp.stages import claim
from tests.browser.conftest import OpenPage, OpenReview, Screen
from tests.browser.test_review_ime import compose
from tests.factories import submission_at, verify_all

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised", probs=DOUBTFUL)


def open_dialog(page: Page, button: str) -> None:
    """Open a dialog by the keyboard alone."""
    page.get_by_role("button", name=button, exact=True).focus()
    page.keyboard.press("Enter")


def test_a_record_taken_over_in_the_middle_of_a_composition_loses_nothing_and_is_told_at_once(
    open_review: OpenReview, record: Submission, clerk: User, supervisor: User
) -> None:
    screen = open_review(record)
    page, banner = screen.page, screen.page.locator("#review-banner")
    screen.type_over("mother_name", "王小")
    screen.input("neonatal_name").focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    cdp = page.context.new_cdp_session(page)
    compose(cdp, "wang")

    claim.take_over(Submission.objects.get(), by=supervisor, reason="You are ill.")
    # Nothing is pressed or saved from here on: the sign of life alone tells.
    expect(banner).to_contain_text("supervisor has taken this record over from you.")
    expect(banner).to_contain_text("You are ill.")
    screen.expect_focus("neonatal_name")
    compose(cdp, "王小明")
    cdp.send("Input.insertText", {"text": "王小明"})
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    assert screen.field("neonatal_name").value != "王小明"

    claim.give_back(Submission.objects.get(), by=supervisor)
    page.get_by_role("button", name="Take the record again").click()
    expect(banner).to_be_empty()
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    # It is saved before the page comes again, or by that page.
    for name, typed in (("neonatal_name", "王小明"), ("mother_name", "王小")):
        expect(page.locator(f"#state-{name}")).to_have_attribute("data-value", typed)
        assert screen.field(name).value == typed
    assert Submission.objects.get().holder == clerk


def test_the_way_back_stays_where_it_is_and_a_return_to_the_page_is_told_at_once(
    open_page: OpenPage, record: Submission, clerk: User, supervisor: User
) -> None:
    claim.claim(record, by=clerk)
    page = open_page(clerk, "/")
    page.clock.install()
    page.goto(f"/records/{record.pk}/review/")
    beats: list[str] = []
    page.on("request", lambda request: beats.append(request.url) if "/heartbeat/" in request.url else None)
    # Nobody has touched the page for so long that it gives no sign of life by itself any more.
    page.clock.fast_forward(1_000_000)
    beats.clear()
    claim.take_over(Submission.objects.get(), by=supervisor)
    page.keyboard.press("Shift")
    again = page.get_by_role("button", name="Take the record again")
    expect(again).to_be_visible()
    assert len(beats) == 1
    again.focus()
    page.clock.fast_forward(30_000)
    page.keyboard.press("Shift")
    expect(again).to_be_focused()
    assert len(beats) == 1


def test_a_supervisor_takes_over_from_the_record_and_finds_it_as_it_was_saved(
    open_page: OpenPage, open_review: OpenReview, record: Submission, supervisor: User
) -> None:
    clerks = open_review(record)
    clerks.type_over("neonatal_name", "王小明")
    clerks.page.keyboard.press("Enter")
    clerks.expect_check("neonatal_name", "verified")

    page = open_page(supervisor, f"/records/{record.pk}/")
    open_dialog(page, "Take over…")
    page.keyboard.insert_text("You are ill.")
    page.locator("#take_over-dialog").get_by_role("button", name="Take over", exact=True).press("Enter")
    page.wait_for_url("**/review/")
    expect(page.locator("#value-neonatal_name")).to_have_value("王小明")
    expect(clerks.page.locator("#review-banner")).to_contain_text("You are ill.")


def test_a_record_is_skipped_and_another_postponed_by_the_keyboard(
    open_review: OpenReview, record: Submission, clerk: User
) -> None:
    second = submission_at("recognised")
    screen = open_review(record)
    page = screen.page
    open_dialog(page, "Skip…")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # An empty reason does not leave the dialog; the browser says so before the server would.
    expect(page.locator("#skip-dialog")).to_be_visible()
    page.locator("#skip_reason").fill("I do not know this form.")
    page.locator("#skip_reason").press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{second.pk}/review/")

    open_dialog(page, "Postpone…")
    page.locator("#postpone_reason").fill("The ward is asked.")
    page.locator("#postpone_until").fill(str(timezone.localdate()))
    page.locator("#postpone_until").press("Enter")
    expect(page.locator("#postpone-dialog .errorlist")).to_contain_text("Choose a day after today")
    expect(page.locator("#postpone_reason")).to_have_value("The ward is asked.")
    page.locator("#postpone_until").fill(str(timezone.localdate() + timedelta(days=1)))
    page.locator("#postpone_until").press("Enter")
    screen.expect_home()
    expect(page.locator("#notices")).to_contain_text("You skipped one record")
    expect(page.locator("[aria-labelledby=skipped]")).to_contain_text("I do not know this form.")
    expect(page.locator("[aria-labelledby=postponed]")).to_contain_text("The ward is asked.")

    page.locator(f"#take-{second.pk}").press("Enter")
    page.wait_for_url(f"**/records/{second.pk}/review/")
    assert Submission.objects.get(pk=second.pk).holder == clerk


def test_a_refusal_is_seen_although_a_dialog_asked_for_it(
    open_review: OpenReview, record: Submission, clerk: User, supervisor: User
) -> None:
    screen = open_review(record)
    page = screen.page
    open_dialog(page, "Skip…")
    page.locator("#skip_reason").fill("later")
    claim.take_over(Submission.objects.get(), by=supervisor)
    page.locator("#skip-dialog").get_by_role("button", name="Skip", exact=True).click()
    expect(page.locator("#skip-dialog")).to_be_hidden()
    expect(page.locator("#review-banner")).to_contain_text("supervisor has taken this record over from you.")
    expect(page.locator("#skip_reason")).to_have_value("later")


def test_a_question_is_asked_answered_and_read_by_who_asked_in_chinese(
    open_page: OpenPage, record: Submission, clerk: User, supervisor: User
) -> None:
    claim.claim(record, by=clerk)
    page = open_page(clerk, f"/records/{record.pk}/review/", locale="zh-CN")
    open_dialog(page, "请示审核人…")
    page.locator("#ask_question").fill("这是钧字吗？")
    expect(page.locator("#ask_field")).to_have_value("neonatal_name")
    page.locator("#ask-dialog").get_by_role("button", name="提交问题").click()
    Screen(page, record).expect_home()

    desk = open_page(supervisor, "/", locale="zh-CN")
    desk.locator(f"#question-{record.pk}").click()
    expect(desk.locator("#question .crop")).to_be_visible()
    expect(desk.locator("#question")).to_contain_text("这是钧字吗？")
    desk.locator("#id_answer").fill("是，产科已确认。")
    desk.locator("#question").get_by_role("button", name="答复").click()
    expect(desk.locator("#notices")).to_contain_text("的问题已答复")

    page.reload()
    page.locator("#next").press("Enter")
    page.wait_for_url(f"**/records/{record.pk}/review/")
    expect(page.locator("#answer")).to_contain_text("这是钧字吗？")
    expect(page.locator("#answer")).to_contain_text("是，产科已确认。")


def test_the_last_record_is_taken_back_from_the_next_one_and_what_is_typed_there_waits(
    open_review: OpenReview, record: Submission, clerk: User
) -> None:
    following = submission_at("recognised", probs=DOUBTFUL)
    screen = open_review(record)
    verify_all(record, by=clerk)
    page = screen.page
    page.reload()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/records/{following.pk}/review/")
    other = Screen(page, following)
    other.type_over("neonatal_name", "王小明")
    page.locator("#undo-last").press("Enter")
    page.wait_for_url(f"**/records/{record.pk}/review/")
    screen.expect_check("neonatal_name", "verified")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/records/{following.pk}/review/")
    expect(other.input("neonatal_name")).to_have_value("王小明")
    assert Submission.objects.get(pk=record.pk).status == "reviewed"
