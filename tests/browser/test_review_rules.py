"""What the rules find, on the screen: errors that need a reason, proposals, fields that contradict each other."""

from playwright.sync_api import APIResponse, Route, expect

from reviewapp.models import Event, User
from reviewapp.states import EventKind
from tests.browser.conftest import OpenReview
from tests.factories import submission_at, true_values

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}


def test_an_error_is_verified_with_a_reason_by_the_keyboard(open_review: OpenReview, clerk: User) -> None:
    screen = open_review(submission_at("recognised", values={"birth_weight": "12000"}, probs=DOUBTFUL))
    reason = screen.entry("birth_weight").locator("[data-part=confirmation]")
    screen.input("birth_weight").focus()
    expect(screen.entry("birth_weight")).to_contain_text("Must be resolved: No newborn weighs 12000 g.")
    screen.page.keyboard.press("Enter")
    expect(reason).to_be_focused()
    screen.page.keyboard.press("Enter")
    expect(reason).to_be_focused()
    screen.page.keyboard.insert_text("the paper says so")
    screen.page.keyboard.press("Enter")
    screen.expect_focus("mother_name")
    screen.expect_check("birth_weight", "verified")
    expect(screen.entry("birth_weight")).to_contain_text("Kept all the same: the paper says so")
    field = screen.field("birth_weight")
    assert (field.verified_by, field.override_reason) == (clerk, "the paper says so")
    assert Event.objects.get(kind=EventKind.OVERRIDDEN, submission=screen.submission).reason == "the paper says so"


def test_a_value_that_is_corrected_into_an_error_is_kept_and_comes_round_again(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.type_over("birth_weight", "12000")
    screen.page.keyboard.press("Enter")
    screen.expect_check("birth_weight", "flagged")
    screen.expect_save("birth_weight", "saved")
    expect(screen.entry("birth_weight")).to_contain_text("say why it is right all the same")
    screen.expect_progress("Still to verify: 3 of 3")
    field = screen.field("birth_weight")
    assert (field.value, field.is_verified) == ("12000", False)


def test_a_proposal_is_taken_with_one_key_and_verified_with_another(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", values={"gestational_age": "403"}, probs=DOUBTFUL))
    screen.input("gestational_age").focus()
    expect(screen.entry("gestational_age").locator(".proposal").first).to_contain_text("40+3")
    screen.page.keyboard.press("Alt+1")
    expect(screen.input("gestational_age")).to_have_value("40+3")
    screen.expect_save("gestational_age", "saved")
    assert not screen.field("gestational_age").is_verified
    screen.expect_focus("gestational_age")
    screen.page.keyboard.press("Enter")
    screen.expect_check("gestational_age", "verified")
    assert screen.field("gestational_age").value == "40+3"


def test_changing_one_field_puts_another_in_doubt_and_takes_it_out_again(open_review: OpenReview) -> None:
    values = true_values(1)
    screen = open_review(submission_at("recognised", values=values, probs=DOUBTFUL))
    screen.expect_progress("Still to verify: 2 of 2")
    year = int(values["issue_date"][:4]) + 1
    screen.type_over("birth_time", f"{year}{values['birth_time'][4:]}")
    screen.page.keyboard.press("Tab")
    screen.expect_check("issue_date", "flagged")
    screen.input("issue_date").focus()
    places = screen.entry("issue_date").locator(".flag__place")
    expect(places).to_have_count(2)
    expect(places.nth(0)).to_contain_text(values["issue_date"])
    expect(places.nth(1)).to_contain_text(str(year))

    screen.type_over("birth_time", values["birth_time"])
    screen.page.keyboard.press("Tab")
    screen.expect_check("issue_date", "ok")
    screen.expect_progress("Still to verify: 2 of 2")


def test_a_save_that_another_answer_overtakes_still_shows_what_became_of_it(open_review: OpenReview) -> None:
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    held: list[Route] = []
    screen.page.route("**/fields/*/", lambda route: route.continue_() if held else held.append(route))
    screen.page.keyboard.press("Enter")
    screen.expect_focus("mother_name")
    screen.type_over("mother_name", "熊二")
    screen.page.keyboard.press("Enter")
    screen.expect_check("mother_name", "verified")
    held[0].continue_()
    screen.expect_check("neonatal_name", "verified")
    screen.expect_progress("All doubtful fields are verified")


def test_an_answer_that_was_overtaken_does_not_bring_back_an_older_state(open_review: OpenReview) -> None:
    """A slow answer about one field tells of another field as it was before its own save."""
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    first: list[Route] = []
    held: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if first:
            route.continue_()
            return
        first.append(route)
        held.append((route, route.fetch()))

    screen.page.route("**/fields/*/", hold_the_first)
    screen.type_over("sex", "女" if screen.field("sex").value == "男" else "男")
    screen.page.keyboard.press("Tab")
    while not held:
        screen.page.wait_for_timeout(50)
    screen.type_over("mother_name", "熊二")
    screen.page.keyboard.press("Enter")
    screen.expect_check("mother_name", "verified")
    [(route, response)] = held
    route.fulfill(response=response)
    screen.expect_save("sex", "saved")
    screen.expect_check("mother_name", "verified")
    expect(screen.entry("mother_name").locator("[data-part=version]")).to_have_value(
        str(screen.field("mother_name").version)
    )
