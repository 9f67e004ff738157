"""Every screen in both languages and colours: readable for all (axe), and nothing wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from reviewapp.administration.people import change_person
from reviewapp.models import Batch, Export, Submission, User
from reviewapp.stages import claim, correct
from tests.browser.conftest import OpenPage
from tests.exports import done
from tests.factories import change, make_batch, mark, person, submission_at, true_values, verify_all

PHONE, DESK, WIDE = (390, 844), (1280, 800), (1920, 1080)
LOOKS = [(PHONE, "en-US", "dark"), (PHONE, "zh-CN", "light"), (DESK, "zh-CN", "dark"), (WIDE, "en-US", "light")]


@pytest.fixture
def mixed(transactional_db: None) -> Batch:
    """A batch with a long name, records in every state, and a changed value."""
    batch = make_batch("2026-11 龙岩市妇幼保健院 a rather long name that has to be wrapped somewhere")
    clerk = person("clerk")
    for number, status in enumerate(("received", "failed", "recognised", "returned", "rejected")):
        submission_at(status, batch=batch, values=true_values(number))
    truth = true_values(10)
    read = truth | {"mother_address": truth["mother_address"][:-1]}
    changed = submission_at("recognised", batch=batch, values=read)
    claim.claim(changed, by=clerk)
    change(changed, "mother_address", truth["mother_address"], by=clerk)
    verify_all(changed, by=clerk)
    correct.submit(changed, by=clerk)
    submission_at("approved", values=true_values(11))
    submission_at("unsure", values=true_values(12), clerk=clerk)
    kept = submission_at("recognised", batch=batch, values=true_values(13) | {"birth_weight": "120"})
    claim.claim(kept, by=clerk)
    mark(kept, "father_name", "paper_wrong", by=clerk, should_say="李明")
    verify_all(kept, by=clerk)
    correct.submit(kept, by=clerk)
    return batch


def addresses(batch: Batch) -> list[tuple[User, str]]:
    """Return every screen with somebody who may open it."""
    clerk, supervisor, admin, auditor = (person(name) for name in ("clerk", "supervisor", "admin", "auditor"))
    change_person(clerk, {"last_name": "王"}, by=admin, address="192.0.2.7")
    reviewed, kept = batch.submissions.filter(status="reviewed").order_by("pk")
    failed, unsure = batch.submissions.get(status="failed"), Submission.objects.get(status="unsure")
    reader = person("clerk2")
    claim.claim(unsure, by=reader)
    held = Submission.objects.get(batch=batch, status="recognised")
    claim.claim(held, by=clerk)
    return [
        (clerk, "/"),
        (supervisor, "/"),
        (admin, "/"),
        (clerk, "/upload/"),
        (clerk, "/password/"),
        (clerk, "/help/"),
        (auditor, "/help/admin/"),
        (clerk, "/batches/"),
        (supervisor, f"/batches/{batch.pk}/"),
        (supervisor, f"/batches/{batch.pk}/sheet/"),
        (supervisor, f"/records/{reviewed.pk}/"),
        (supervisor, f"/records/{kept.pk}/"),
        (supervisor, "/papers/"),
        (supervisor, "/figures/"),
        (clerk, "/figures/"),
        (supervisor, "/batches/?show=overdue&sort=due"),
        (reader, f"/records/{unsure.pk}/second/"),
        (clerk, f"/records/{failed.pk}/"),
        (clerk, f"/records/{held.pk}/review/"),
        (admin, "/exports/"),
        (admin, "/thresholds/"),
        (admin, "/thresholds/evidence/"),
        (admin, "/rules/"),
        (admin, "/api/"),
        (admin, "/access-keys/"),
        (admin, "/cloud/"),
        (admin, "/people/"),
        (auditor, "/"),
        (auditor, "/people/"),
        (auditor, "/thresholds/"),
        (auditor, "/rules/"),
        (auditor, "/batches/"),
        (clerk, "/password/MQ/used-up/"),
        (clerk, "/exports/"),
        (clerk, "/nowhere/"),
    ]


def faults(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is wider than the screen."""
    found = [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']][:3]}"
        for violation in Axe().run(page).response["violations"]
    ]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{overflow} px too wide"] if overflow > 0 else [])


@pytest.mark.slow
@pytest.mark.parametrize(("size", "locale", "colours"), LOOKS)
def test_every_screen_is_accessible_and_fits(
    open_page: OpenPage, mixed: Batch, size: tuple[int, int], locale: str, colours: str
) -> None:
    wrong: list[str] = []
    pages: dict[User, Page] = {}
    for user, address in addresses(mixed):
        if user not in pages:
            pages[user] = open_page(user, address, size=size, locale=locale, color_scheme=colours)
        page = pages[user]
        page.goto(address)
        wrong += [f"{user} {address}: {fault}" for fault in faults(page)]
    assert not wrong, "\n".join(wrong)


def test_the_login_is_accessible(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/login/")
    assert not faults(page)


def test_colours_can_be_chosen_and_stay(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/", color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Account").click()
    page.get_by_label("Appearance").select_option("dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto("/batches/")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_label("Appearance")).to_have_value("dark")
    page.get_by_label("Appearance").select_option("auto")
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("size", [DESK, WIDE])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_longest_header_stands_in_one_row(open_page: OpenPage, size: tuple[int, int], locale: str) -> None:
    page = open_page(person("admin"), "/", size=size, locale=locale)
    middles = page.locator(".shell-header :is(.brand, .nav a, .account-button)").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect()).map(box => (box.top + box.bottom) / 2)"
    )
    assert len(middles) >= 9
    assert max(middles) - min(middles) < 4


def test_the_account_opens_by_keyboard_closes_by_escape_and_logs_out(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/batches/")
    account, log_out = page.get_by_role("button", name="Account"), page.get_by_role("button", name="Log out")
    account.focus()
    page.keyboard.press("Enter")
    expect(log_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(log_out).to_be_hidden()
    expect(account).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Appearance")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Change password")).to_be_focused()
    page.keyboard.press("Tab")
    expect(log_out).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/")


def test_an_export_is_listed_on_the_page_that_it_was_made_on(open_page: OpenPage) -> None:
    submission_at("approved")
    page = open_page(person("admin"), "/exports/")
    expect(page.locator("#export-counts")).to_contain_text("never exported: 1")
    for number in (1, 2):
        page.get_by_role("button", name="Export", exact=True).click()
        expect(page.locator("#export-past tbody tr")).to_have_count(number)
        done(Export.objects.latest("pk"))
        expect(page.locator("#export-counts")).to_contain_text("never exported: 0")


def test_enter_on_the_first_page_starts_the_work(open_page: OpenPage, clerk: User) -> None:
    waiting = submission_at("recognised")
    page = open_page(clerk, "/")
    expect(page.locator("#next")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{waiting.pk}/review/")


def test_the_page_shows_new_work_by_itself_and_keeps_the_focus(open_page: OpenPage, clerk: User) -> None:
    submission_at("received")
    submission_at("recognised")
    page = open_page(clerk, "/")
    expect(page.locator(".hero")).to_contain_text("One record waits")
    submission_at("recognised")
    expect(page.locator(".hero")).to_contain_text("2 records wait")
    expect(page.locator("#next")).to_be_focused()


def test_a_supervisor_approves_a_batch_after_being_asked(open_page: OpenPage, supervisor: User) -> None:
    batch = submission_at("reviewed").batch
    page = open_page(supervisor, f"/batches/{batch.pk}/")
    page.get_by_role("button", name="Approve all 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("changes only as two people decide")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Approve all 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("One record approved.")


def test_a_page_that_refreshes_itself_leads_to_the_login_when_the_session_has_ended(
    open_page: OpenPage, clerk: User
) -> None:
    submission_at("received")
    page = open_page(clerk, "/")
    page.context.clear_cookies()
    page.wait_for_url("**/login/?next=/")
