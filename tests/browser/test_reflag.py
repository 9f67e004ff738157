"""An administrator has stored records flagged anew, sees how far it has come, and goes on with what stopped."""

from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect

from reviewapp.administration import reflag
from reviewapp.models import DEFAULT_THRESHOLD, Flag, Reflag, Threshold, User
from reviewapp.tasks import reflag_for_a_while
from tests.browser.conftest import OpenPage
from tests.factories import submission_at


def records(count: int) -> None:
    for _ in range(count):
        submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD})
    Threshold.objects.create(name="sex", percent=100)


def test_flagging_anew_is_started_on_the_rules_and_shows_how_far_it_is(open_page: OpenPage, admin_user: User) -> None:
    records(3)
    page = open_page(admin_user, "/")
    page.get_by_role("navigation").get_by_role("link", name="Rules").click()
    page.get_by_role("button", name="Flag them anew").press("Enter")
    section = page.locator("#reflag")
    expect(section).to_contain_text("0 of 3 records judged.")
    assert page.url.endswith("/rules/")
    run = Reflag.objects.get()
    reflag.go_on(run, size=1, seconds=0)
    expect(section).to_contain_text("1 of 3 records judged.")
    expect(section.get_by_role("progressbar")).to_have_attribute("value", "33")
    reflag_for_a_while.func(*DBTaskResult.objects.get().args_kwargs["args"])
    expect(section).to_contain_text("3 records judged, 3 flagged otherwise than before")
    expect(section.get_by_role("progressbar")).to_have_count(0)


def test_a_run_that_stopped_goes_on_where_it_stopped(open_page: OpenPage, admin_user: User) -> None:
    records(2)
    run = reflag.begin(by=admin_user)
    reflag.go_on(run, size=1, seconds=0)
    Reflag.objects.update(moved_at="2026-01-01T00:00Z")
    page = open_page(admin_user, "/thresholds/")
    section = page.locator("#reflag")
    expect(section).to_contain_text("The last run stopped after 1 of 2 records. It can go on where it stopped.")
    section.get_by_role("button", name="Go on").press("Enter")
    expect(section).to_contain_text("1 of 2 records judged.")
    reflag_for_a_while.func(*DBTaskResult.objects.get().args_kwargs["args"])
    expect(section).to_contain_text("2 records judged, 2 flagged otherwise than before")
    assert Reflag.objects.get().pk == run.pk
    assert Flag.objects.filter(code="low_probability").count() == 2
