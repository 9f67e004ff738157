"""Who works in the office: each does the next thing that their table of deeds gives them, until it closes."""

import random
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from tests.bench.office.browser import Browser, Closed, Intent, opened, target
from tests.bench.office.pages import Shown, Unsure, unsure_in, values_of

THINKING_SECONDS = 0.05
IDLE_SECONDS = 1.0
KEPT_IN_MIND = 20

type Deed = Callable[[Person], None]
# What a person may do next, by name, each with how often they do it.
type Deeds = Mapping[str, tuple[int, Deed]]


class Desk:
    """The pictures that are not handed in yet; each is taken by one person."""

    def __init__(self, directory: Path) -> None:
        self._paths = sorted(directory.iterdir())
        self._lock = threading.Lock()

    def take(self) -> Path | None:
        with self._lock:
            return self._paths.pop() if self._paths else None

    @property
    def is_empty(self) -> bool:
        return not self._paths


class Person(threading.Thread):
    """Somebody at a browser, with at most one record in hand."""

    def __init__(self, url: str, name: str, deeds: Deeds, *, desk: Desk, closing: threading.Event, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.rng = random.Random(f"{seed}/{name}")
        self.browser = Browser(url, name, self.rng, closing)
        self.deeds, self.desk, self.closing = deeds, desk, closing
        self.record = 0
        self.values: dict[str, Shown] = {}
        # What somebody else was unsure of, in a record that is in hand for a second reading.
        self.unsure: list[Unsure] = []
        self.page = ""
        # Records that this person has finished, the last ones: of some they ask a correction later.
        self.finished: deque[int] = deque(maxlen=KEPT_IN_MIND)
        self.failure = ""

    def run(self) -> None:
        """Log in, then do one thing after the other; what nobody thought of ends the person and is told."""
        try:
            self.browser.log_in()
            while not self.closing.is_set():
                self.choose(self.deeds)(self)
                self.pause(self.rng.expovariate(1 / THINKING_SECONDS))
        except Closed:
            pass
        except Exception:  # noqa: BLE001 – whatever it is, the office must hear of it
            self.failure = traceback.format_exc()

    def choose(self, deeds: Deeds) -> Deed:
        weights = [weight for weight, _deed in deeds.values()]
        _weight, deed = self.rng.choices(list(deeds.values()), weights)[0]
        return deed

    def intent(self, action: str, **about: object) -> Intent:
        return Intent(self.name, action, **about)  # type: ignore[arg-type]

    def pause(self, seconds: float = IDLE_SECONDS) -> None:
        if self.closing.wait(seconds):
            raise Closed

    def open(self, record: int) -> None:
        """Take a record in hand and look at its review screen; nothing is in hand when it shows none."""
        self.leave()
        if not record:
            return
        page = self.browser.get(f"records/{record}/review/")
        if target(page).endswith("/second/"):
            page = self.browser.get(f"records/{record}/second/")
        self.record, self.page = record, page.text
        if page.is_success:
            self.values, self.unsure = values_of(page.text), unsure_in(page.text)
        if not (self.values or self.unsure):
            self.record = 0

    def go_on(self, intent: Intent, address: str, data: Mapping[str, object] | None = None, **options: bool) -> None:
        """Do what ends with the next record, and open that one."""
        self.follow(intent, self.browser.ask(intent, address, data, **options))

    def follow(self, intent: Intent, response: httpx.Response | None) -> None:
        """Open the record to which an answer leads, if any."""
        following = opened(response)
        if following:
            begun, ended, status = intent.attempts[-1]
            claimed = self.intent("next", record=following, attempts=[(begun, ended, status)], outcome="done")
            self.browser.journal.append(claimed)
        self.open(following)

    def leave(self) -> None:
        self.record, self.values, self.unsure, self.page = 0, {}, [], ""


def open_for(seconds: float, is_done: Callable[[], bool], closing: threading.Event) -> None:
    """Wait until all is done or the time is up, then close the office."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not is_done():
        time.sleep(1)
    closing.set()
