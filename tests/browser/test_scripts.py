"""How the browser takes the scripts of the review page."""

from playwright.sync_api import ConsoleMessage

from reviewapp.models import User
from reviewapp.stages import claim
from tests.browser.conftest import OpenPage
from tests.factories import submission_at

MODULES = """() => [...document.querySelectorAll("link[rel=modulepreload]")].map(({ href }) => href)"""
# When each script was asked for and when it had come, in milliseconds.
TIMES = """() => Object.fromEntries(performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/js/"))
  .map(({ name, startTime, responseEnd }) => [name, [startTime, responseEnd]]))"""
# Chromium warns of a preload that no script has used a few seconds after the load.
UNUSED_MS = 5000


def test_every_module_of_the_review_page_is_fetched_early_and_only_once(
    open_page: OpenPage, clerk: User, transactional_db: None
) -> None:
    record = submission_at("recognised", probs={"neonatal_name": 60})
    claim.claim(record, by=clerk)
    page = open_page(clerk, "/")
    warnings: list[str] = []
    asked: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"}:
            warnings.append(message.text)

    page.on("console", note)
    page.on("request", lambda request: asked.append(request.url) if "/js/" in request.url else None)
    page.goto(f"/records/{record.pk}/review/", wait_until="load")
    page.locator("#value-neonatal_name:focus").wait_for()
    modules = page.evaluate(MODULES)
    times = page.evaluate(TIMES)
    [start] = [address for address in modules if address.endswith("/review/main.js")]
    _, start_came = times[start]
    assert len(modules) > 20
    # None was found only by reading the module that starts the page, or one that it imports.
    assert [address for address in modules if times[address][0] >= start_came] == []
    assert sorted(asked) == sorted(set(asked))
    page.wait_for_timeout(UNUSED_MS)
    assert not warnings
