"""A real Chromium before a live server, and the review screen as a clerk handles it."""

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import enumerate as running_threads
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from reviewapp.models import Field, Submission, User
from reviewapp.stages import claim
from tests.installation import wait_for

# Playwright's own loop runs in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = (1280, 800)
# Other tests use the same processors; what comes, comes at once on a machine with nothing else to do.
PATIENCE_MS = 30_000

expect.set_options(timeout=PATIENCE_MS)

type OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no browser at {CHROMIUM}; CHROMIUM names another")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, log_in: Callable[[User], Client]) -> Iterator[OpenPage]:
    """Open pages, each in a browser of its own; at the end no script may have failed and no policy been broken."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(user: User, path: str = "/", *, size: tuple[int, int] = WIDE, **options: Any) -> Page:
        width, height = size
        options = {"locale": "en-US", "reduced_motion": "reduce", **options}
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        session = log_in(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            # The tables are emptied after this, which a save still on its way would get between.
            expect(page.locator("[data-sending], .htmx-request")).to_have_count(0)
        context.close()
    wait_for(lambda: not is_serving(), every=0.02)
    assert not faults


def is_serving() -> bool:
    """Return whether a connection to the live server is open, which has a thread of its own.

    What is still answered, a search for one, and the emptying of the tables could wait for each other in PostgreSQL.
    """
    return any("process_request_thread" in thread.name for thread in running_threads())


def go_back(page: Page) -> None:
    """Go back as the button does: the driver's own way waits for a load that a page kept whole does not have.

    The page asks for it after its answer to the driver, which the way back would cut off.
    """
    page.evaluate("void setTimeout(() => history.back())")


@dataclass(frozen=True, slots=True)
class Place:
    """A box on the screen, in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Screen:
    """The review screen of one record."""

    page: Page
    submission: Submission

    def entry(self, name: str) -> Locator:
        return self.page.locator(f"#entry-{name}")

    def input(self, name: str) -> Locator:
        return self.page.locator(f"#value-{name}")

    def polygon(self, name: str) -> Locator:
        return self.page.locator(f'#picture polygon[data-field="{name}"]')

    def field(self, name: str) -> Field:
        """Return the field as the database has it now."""
        return self.submission.fields.get(name=name)

    def type_over(self, name: str, value: str) -> None:
        """Replace a field's text by the keyboard, without leaving the field."""
        self.input(name).focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(value)

    def expect_focus(self, name: str) -> None:
        expect(self.input(name)).to_be_focused()
        expect(self.entry(name)).to_have_attribute("aria-current", "true")

    def expect_save(self, name: str, state: str) -> None:
        """Wait until the field says that it is saved, retrying, in conflict …"""
        expect(self.entry(name)).to_have_attribute("data-save", state)

    def expect_check(self, name: str, state: str) -> None:
        """Wait until the field counts as flagged, verified or ok, and its polygon too."""
        expect(self.page.locator(f"#state-{name}")).to_have_attribute("data-state", state)
        expect(self.polygon(name)).to_have_attribute("data-state", state)

    def expect_progress(self, text: str) -> None:
        expect(self.page.locator('[data-part="progress"]')).to_have_text(text)

    def expect_home(self) -> None:
        expect(self.page).to_have_url(re.compile(r"^https?://[^/]+/$"))

    def view_box(self) -> list[float]:
        """Return the seen part of the picture as x, y, width, height."""
        text = self.page.locator("#picture").get_attribute("viewBox") or ""
        return [float(number) for number in re.split(r"[ ,]+", text)]

    def place(self, name: str) -> Place:
        """Return where a polygon's corners lie on the screen; its lines, which have a width, do not count."""
        corners = self.polygon(name).evaluate(
            """(node) => [...node.points].map(({ x, y }) => {
              const point = new DOMPoint(x, y).matrixTransform(node.getScreenCTM());
              return [point.x, point.y];
            })"""
        )
        xs, ys = zip(*corners, strict=True)
        return Place(min(xs), min(ys), max(xs), max(ys))

    def shot(self) -> Image.Image:
        """Return what the screen shows, without the lines over the picture."""
        self.page.evaluate(
            """document.querySelectorAll("#picture polygon, .picture-tools").forEach(
              (node) => node.style.setProperty("visibility", "hidden"))"""
        )
        return Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")


type OpenReview = Callable[..., Screen]


@pytest.fixture
def open_review(open_page: OpenPage, clerk: User) -> OpenReview:
    """Let a clerk take a record and open its review screen."""

    def opened(submission: Submission, *, by: User | None = None, **options: Any) -> Screen:
        holder = by or clerk
        claim.claim(submission, by=holder)
        page = open_page(holder, f"/records/{submission.pk}/review/", **options)
        return Screen(page, submission)

    return opened
