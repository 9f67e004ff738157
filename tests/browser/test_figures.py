"""Figures are drawn, and stand in tables for whoever has no script."""

from playwright.sync_api import expect

from reviewapp.models import User
from tests.browser.conftest import OpenPage
from tests.factories import submission_at, true_values


def test_each_figure_is_drawn_and_its_table_folded(open_page: OpenPage, supervisor: User) -> None:
    for number, status in enumerate(("approved", "reviewed", "recognised")):
        submission_at(status, values=true_values(number))
    page = open_page(supervisor, "/figures/")
    drawn = page.locator("[data-figure]:has([data-drawing])")
    assert drawn.count() >= 4
    expect(drawn.locator("canvas")).to_have_count(drawn.count())
    ink = "node => node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some(value => value > 0)"
    for number in range(drawn.count()):
        assert drawn.nth(number).locator("canvas").evaluate(ink)
    expect(page.get_by_role("table")).to_have_count(0)
    page.locator("#figure-days summary").click()
    expect(page.locator("#figure-days table")).to_contain_text("Submitted")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0


def test_without_scripts_the_tables_are_open(open_page: OpenPage, supervisor: User) -> None:
    submission_at("reviewed")
    page = open_page(supervisor, "/figures/", java_script_enabled=False)
    expect(page.locator("#figure-days table")).to_be_visible()
