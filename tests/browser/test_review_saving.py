"""Nothing that was typed is lost: slow servers, cut networks, reloads, rivals, ended claims and sessions."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Route, expect

from reviewapp.models import Event, Submission, User
from reviewapp.stages import claim
from reviewapp.states import EventKind
from tests.browser.conftest import OpenPage, OpenReview, Screen
from tests.factories import PASSWORD, change, submission_at

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
SAVES = "**/fields/*/"


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return submission_at("recognised", probs=DOUBTFUL)


def slow(page: Page, seconds: float) -> None:
    """Let every save take its time on the way."""

    def later(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    page.route(SAVES, later)


def give_to(rival: User, record: Submission, *, holder: User) -> None:
    claim.give_back(record, by=holder)
    claim.claim(record, by=rival)


def change_behind_the_back(screen: Screen, *, rival: User, holder: User, value: str) -> None:
    """Let somebody else take the record, change the name and put it back; the holder takes it in another tab."""
    give_to(rival, screen.submission, holder=holder)
    change(screen.submission, "neonatal_name", value, by=rival, verify=False)
    give_to(holder, screen.submission, holder=rival)


def test_typing_on_during_a_slow_save_loses_nothing_and_keeps_its_order(
    open_review: OpenReview, record: Submission
) -> None:
    screen = open_review(record)
    slow(screen.page, 0.4)
    screen.type_over("neonatal_name", "王")
    screen.page.keyboard.press("Enter")
    screen.input("neonatal_name").focus()
    screen.page.keyboard.press("End")
    for character in "小明之":
        screen.page.keyboard.insert_text(character)
        screen.page.wait_for_timeout(120)
    expect(screen.input("neonatal_name")).to_have_value("王小明之")
    screen.expect_focus("neonatal_name")
    screen.page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "saved")
    field = screen.field("neonatal_name")
    assert field.value == "王小明之"
    assert not field.is_verified
    assert [correction.new_value for correction in field.corrections.all()] in (
        ["王", "王小明之"],
        ["王", "王小", "王小明之"],
        ["王", "王小明", "王小明之"],
        ["王", "王小", "王小明", "王小明之"],
    )


def test_a_network_cut_while_saving_is_survived_without_a_key(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.context.set_offline(True)
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_focus("mother_name")
    screen.page.keyboard.press("Enter")
    screen.expect_save("neonatal_name", "retrying")
    expect(screen.page.locator('[data-part="saving"]')).to_have_text("2 not saved yet")

    screen.page.context.set_offline(False)
    screen.expect_check("neonatal_name", "verified")
    screen.expect_check("mother_name", "verified")
    expect(screen.page.locator('[data-part="saving"]')).to_have_text("Everything is saved")
    assert screen.field("neonatal_name").value == "王小明"
    assert Event.objects.filter(submission=record, kind=EventKind.CORRECTED).count() == 1


def test_submitting_waits_for_the_network(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.context.set_offline(True)
    screen.page.keyboard.press("Enter")
    screen.page.keyboard.press("Enter")
    screen.page.keyboard.press("Control+Enter")
    expect(screen.page.locator('[data-part="saving"]')).to_have_text("Submitting as soon as everything is saved…")
    screen.page.context.set_offline(False)
    screen.expect_home()
    record.refresh_from_db()
    assert record.status == "reviewed"


def test_submitting_again_after_the_answer_was_lost_goes_on_to_the_next_record(
    open_review: OpenReview, record: Submission
) -> None:
    following = submission_at("recognised")
    screen = open_review(record)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    screen.page.route("**/submit/", lose_the_answer, times=1)
    screen.page.keyboard.press("Enter")
    screen.page.keyboard.press("Enter")
    screen.expect_progress("All doubtful fields are verified")
    screen.page.keyboard.press("Control+Enter")
    expect(screen.page.locator("#notices")).to_contain_text("cannot be reached")
    screen.page.keyboard.press("Control+Enter")
    screen.page.wait_for_url(f"**/records/{following.pk}/review/")
    assert record.events.filter(kind=EventKind.SUBMITTED).count() == 1


def test_an_answer_lost_on_the_way_is_not_taken_for_somebody_elses_change(
    open_review: OpenReview, record: Submission
) -> None:
    """The server stores the first value, its answer is lost, and by then another value stands in the input."""
    screen = open_review(record)
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    screen.page.route(SAVES, lose_the_answer)
    screen.type_over("neonatal_name", "王小")
    screen.page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "retrying")
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    assert screen.field("neonatal_name").value == "王小明"


def test_a_server_that_fails_is_asked_again(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    failures = [500, 503]
    screen.page.route(
        SAVES, lambda route: route.fulfill(status=failures.pop(0), body="") if failures else route.continue_()
    )
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    assert not failures
    assert screen.field("neonatal_name").value == "王小明"


def test_a_server_that_never_answers_is_given_up_and_asked_again(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.evaluate("""document.querySelector("#review").setAttribute("hx-request", '{"timeout": 400}')""")
    unanswered: list[Route] = []
    screen.page.route(SAVES, lambda route: route.continue_() if unanswered else unanswered.append(route))
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_check("neonatal_name", "verified")
    assert unanswered
    assert screen.field("neonatal_name").value == "王小明"


def test_no_browser_submits_a_field_by_itself(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    address = screen.page.url
    screen.page.evaluate("document.querySelector('#entry-neonatal_name').requestSubmit()")
    screen.page.wait_for_timeout(200)
    assert screen.page.url == address
    screen.expect_focus("neonatal_name")


def test_a_reload_puts_back_what_was_typed_and_saves_it(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.route(SAVES, lambda route: route.abort())
    screen.page.on("dialog", lambda dialog: dialog.accept())
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "retrying")
    screen.page.reload()
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    expect(screen.entry("neonatal_name")).to_contain_text("put back what you had typed")
    screen.page.unroute(SAVES)
    screen.expect_save("neonatal_name", "saved")
    expect(screen.entry("neonatal_name")).to_contain_text("put back what you had typed")
    assert screen.field("neonatal_name").value == "王小明"
    assert not screen.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))")


def test_leaving_with_something_unsaved_is_asked_about(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    screen.page.on("dialog", stay)
    screen.type_over("neonatal_name", "王小明")
    with screen.page.expect_event("dialog"):
        screen.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(("choice", "kept"), [("mine", "王小明"), ("theirs", "王大明")])
def test_two_people_who_change_one_value_see_both_and_choose_by_keyboard(
    open_review: OpenReview, record: Submission, clerk: User, clerk2: User, choice: str, kept: str
) -> None:
    screen = open_review(record)
    change_behind_the_back(screen, rival=clerk2, holder=clerk, value="王大明")
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    screen.expect_save("neonatal_name", "conflict")
    expect(screen.entry("neonatal_name").locator(".conflict")).to_contain_text("王大明")
    expect(screen.entry("neonatal_name").locator(".conflict")).to_contain_text("王小明")
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    assert screen.field("neonatal_name").value == "王大明"

    screen.page.keyboard.press("Shift+Enter")
    screen.expect_focus("neonatal_name")
    screen.page.keyboard.press("Enter")
    expect(screen.entry("neonatal_name").locator('[data-choice="mine"]')).to_be_focused()
    if choice == "theirs":
        screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Enter")
    screen.expect_save("neonatal_name", "saved")
    expect(screen.input("neonatal_name")).to_have_value(kept)
    expect(screen.entry("neonatal_name").locator(".conflict")).to_have_count(0)
    screen.expect_focus("neonatal_name")
    assert screen.field("neonatal_name").value == kept


def test_a_conflict_shows_what_was_typed_while_its_answer_was_on_the_way(
    open_review: OpenReview, record: Submission, clerk: User, clerk2: User
) -> None:
    screen = open_review(record)
    change_behind_the_back(screen, rival=clerk2, holder=clerk, value="王大明")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    screen.page.route(SAVES, hold, times=1)
    screen.type_over("neonatal_name", "王")
    screen.page.keyboard.press("Tab")
    screen.input("neonatal_name").focus()
    screen.page.keyboard.press("End")
    screen.page.keyboard.insert_text("小明")
    held.pop().continue_()
    screen.expect_save("neonatal_name", "conflict")
    expect(screen.entry("neonatal_name").locator('[data-part="yours"]')).to_have_text("王小明")


def test_a_draft_of_an_older_version_does_not_overwrite_a_rival(
    open_review: OpenReview, record: Submission, clerk: User, clerk2: User
) -> None:
    screen = open_review(record)
    screen.page.route(SAVES, lambda route: route.abort())
    screen.page.on("dialog", lambda dialog: dialog.accept())
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "retrying")
    change_behind_the_back(screen, rival=clerk2, holder=clerk, value="王大明")
    screen.page.reload()
    screen.page.unroute(SAVES)
    screen.expect_save("neonatal_name", "conflict")
    assert screen.field("neonatal_name").value == "王大明"


def test_a_lost_claim_keeps_what_was_typed_until_the_record_is_taken_again(
    open_review: OpenReview, record: Submission, clerk: User, clerk2: User
) -> None:
    screen = open_review(record)
    give_to(clerk2, record, holder=clerk)
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    banner = screen.page.locator("#review-banner")
    expect(banner).to_contain_text("You no longer hold this record.")
    screen.expect_save("neonatal_name", "blocked")
    expect(screen.input("neonatal_name")).to_have_value("王小明")

    again = banner.get_by_role("button", name="Take the record again")
    again.click()
    expect(screen.page.locator("#notices")).to_contain_text("clerk2 is working on this record")
    expect(screen.input("neonatal_name")).to_have_value("王小明")

    claim.give_back(record, by=clerk2)
    again.click()
    expect(screen.page.locator("#review-banner")).to_be_empty()
    screen.expect_check("neonatal_name", "verified")
    assert screen.field("neonatal_name").value == "王小明"


def test_a_page_read_before_a_save_landed_still_shows_what_was_typed(
    open_review: OpenReview, record: Submission, clerk: User, clerk2: User
) -> None:
    screen = open_review(record)
    page = screen.page
    give_to(clerk2, record, holder=clerk)
    screen.type_over("neonatal_name", "王小")
    page.keyboard.press("Tab")
    screen.expect_save("neonatal_name", "blocked")
    claim.give_back(record, by=clerk2)

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(SAVES, hold, times=1)

    def read_too_early(route: Route) -> None:
        """Let the save land after the server has made the page and before the browser has it."""
        early = route.fetch()
        save = held.pop()
        save.fulfill(response=save.fetch())
        route.fulfill(response=early)

    page.route("**/review/", read_too_early, times=1)
    screen.type_over("neonatal_name", "王小明")
    page.get_by_role("button", name="Take the record again").click()
    expect(page.locator("#review-banner")).to_be_empty()
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    screen.expect_save("neonatal_name", "saved")
    assert screen.field("neonatal_name").value == "王小明"


def test_a_heartbeat_keeps_the_claim_and_tells_when_it_is_lost(
    open_page: OpenPage, record: Submission, clerk: User, clerk2: User
) -> None:
    claim.claim(record, by=clerk)
    page = open_page(clerk, "/")
    page.clock.install()
    page.goto(f"/records/{record.pk}/review/")
    nearly_over = timezone.now() + timedelta(minutes=1)
    Submission.objects.filter(pk=record.pk).update(claimed_until=nearly_over)
    with page.expect_response("**/heartbeat/") as beat:
        page.clock.fast_forward(61_000)
    assert beat.value.status == 204
    record.refresh_from_db()
    assert record.claimed_until is not None
    assert record.claimed_until > nearly_over + timedelta(minutes=5)

    give_to(clerk2, record, holder=clerk)
    page.clock.fast_forward(61_000)
    expect(page.locator("#review-banner")).to_contain_text("You no longer hold this record.")


def test_an_ended_session_is_explained_and_saved_from_here_after_logging_in_elsewhere(
    open_review: OpenReview, record: Submission, clerk: User
) -> None:
    screen = open_review(record)
    Session.objects.all().delete()
    screen.type_over("neonatal_name", "王小明")
    screen.page.keyboard.press("Enter")
    banner = screen.page.locator("#review-banner")
    expect(banner).to_contain_text("Your session has ended.")
    for name in ("certificate_number", "neonatal_name"):
        screen.input(name).focus()
        expect(banner).to_be_in_viewport(ratio=1)
    expect(screen.page.locator("#entry-neonatal_name input[name=password]")).to_have_count(0)
    screen.expect_save("neonatal_name", "retrying")

    other_tab = screen.page.context.new_page()
    other_tab.goto("/login/")
    other_tab.fill("[name=username]", clerk.username)
    other_tab.fill("[name=password]", PASSWORD)
    other_tab.press("[name=password]", "Enter")
    other_tab.wait_for_url("**/")
    screen.expect_check("neonatal_name", "verified")
    expect(screen.page.locator("#review-banner")).to_be_empty()
    assert screen.field("neonatal_name").value == "王小明"


def test_a_value_that_the_server_refuses_stays_with_its_sentence(open_review: OpenReview, record: Submission) -> None:
    screen = open_review(record)
    screen.page.evaluate("document.querySelector('#value-neonatal_name').removeAttribute('maxlength')")
    screen.type_over("neonatal_name", "王" * 501)
    screen.page.keyboard.press("Enter")
    screen.expect_save("neonatal_name", "refused")
    expect(screen.entry("neonatal_name")).to_contain_text("The value has more than 500 characters.")
    assert screen.input("neonatal_name").input_value() == "王" * 501
