"""In a browser: from the key that submits to the next record shown and decoded, and what went over the wire."""

import os
import statistics
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.queue.cast import DOUBTED
from tests.bench.queue.figures import milliseconds
from tests.bench.queue.place import Place

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = (1280, 800)
STEPS, WARM_UP = 30, 3
PATIENCE_MS = 60_000
# Which record is on the screen, once its picture is decoded; else null.
SHOWN = """() => {
    const review = document.querySelector("[data-submission]");
    const image = document.querySelector(".review__picture image, .review__picture img");
    if (!review || !image || document.readyState !== "complete") return null;
    const address = image.getAttribute("href") || image.currentSrc || image.getAttribute("src") || "";
    return address.includes(`/records/${review.dataset.submission}/`) ? review.dataset.submission : null;
}"""
# When another record than this one was shown, decoded and painted; else null.
DECODED = """(before) => {
    const record = (SHOWN)();
    if (!record || record === before) return null;
    window.benchDecoded ??= {};
    if (!(record in window.benchDecoded)) {
        window.benchDecoded[record] = null;
        const image = document.querySelector(".review__picture image, .review__picture img");
        const note = () => { window.benchDecoded[record] = Date.now(); };
        image.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(note)));
    }
    return window.benchDecoded[record];
}""".replace("SHOWN", SHOWN)
# A page that is left does not keep what it knew; the tab does.
NOTE_KEY = """document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) sessionStorage.setItem("bench-pressed", String(Date.now()));
}, true);"""
PRESSED = "() => Number(sessionStorage.getItem('bench-pressed'))"
NOTHING_ON_THE_WAY = "() => !document.querySelector('[data-sending], .htmx-request')"


@dataclass
class Wire:
    """Requests and bytes as they went over the wire, pictures apart."""

    requests: int = 0
    size: int = 0
    pictures: dict[str, bool] = field(default_factory=dict)

    def watch(self, session: Any) -> None:
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.loadingFinished", self._ended)

    def _begun(self, event: dict[str, Any]) -> None:
        is_picture = "/picture/" in event["request"]["url"]
        is_answered_here = event["request"]["url"].startswith(("data:", "blob:"))
        self.pictures[event["requestId"]] = is_picture or is_answered_here
        if not self.pictures[event["requestId"]]:
            self.requests += 1

    def _ended(self, event: dict[str, Any]) -> None:
        if not self.pictures.get(event["requestId"], False):
            self.size += event["encodedDataLength"]

    def empty(self) -> None:
        self.requests = self.size = 0


def measure(place: Place) -> dict[str, Any]:
    """Work thirty records by keys; return times, and the median of requests and bytes of a step."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(
            base_url=f"http://{place.host}", viewport={"width": WIDE[0], "height": WIDE[1]}, locale="en-US"
        )
        context.set_default_timeout(PATIENCE_MS)
        session = {"name": "sessionid", "value": place.sessions["clerk31"], "url": f"http://{place.host}"}
        context.add_cookies([session])  # type: ignore[list-item]
        page = context.new_page()
        page.add_init_script(NOTE_KEY)
        wire = Wire()
        wire.watch(context.new_cdp_session(page))
        page.goto("/")
        page.locator('form[action="/review/next/"] button').first.click()
        page.wait_for_function(SHOWN)
        seconds, requests, sizes = [], [], []
        for number in range(WARM_UP + STEPS):
            spent = _step(page, wire)
            if number >= WARM_UP:
                seconds.append(spent)
                requests.append(wire.requests)
                sizes.append(wire.size)
        browser.close()
    return {
        "submit_to_shown_ms": milliseconds(seconds),
        "requests": statistics.median(requests),
        "bytes": round(statistics.median(sizes)),
    }


def _step(page: Page, wire: Wire) -> float:
    """Verify what is doubtful and submit; return how many seconds passed until the next record was there.

    Only what follows the key counts: what was saved before is saved.
    """
    before = page.evaluate(SHOWN)
    for name in DOUBTED:
        entry = page.locator(f"#value-{name}")
        entry.focus()
        entry.press("Enter")
        page.wait_for_selector(f'#state-{name}[data-state="verified"]', state="attached")
    page.wait_for_function(NOTHING_ON_THE_WAY)
    page.wait_for_timeout(500)

    wire.empty()
    page.keyboard.press("Control+Enter")
    shown_at = page.wait_for_function(DECODED, arg=before, polling=5).json_value()
    pressed = page.evaluate(PRESSED)
    page.wait_for_timeout(300)
    return float(shown_at - pressed) / 1000
