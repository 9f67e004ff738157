"""A person's browser: one session, real forms, and a journal of all that was asked and answered."""

import html
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from tests.bench.office.cast import PASSWORD

PATIENCE = 40.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REVIEW_PAGE = re.compile(r"/records/(\d+)/(?:review|second)/")
# What happens to an intent: it was done, it was refused, or nobody knows.
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
NO_ANSWER = 0
WAIT_SECONDS = 0.5


@dataclass
class Intent:
    """Something that a person wants done once, however often they must press the button.

    `text` is theirs alone, so that it can be found again; `attempts` are beginning, end and status of each.
    """

    person: str
    action: str
    record: int = 0
    field_name: str = ""
    text: str = ""
    reason: str = ""
    version: int = 0
    shown: dict[int, int] = field(default_factory=dict)
    attempts: list[tuple[float, float, int]] = field(default_factory=list)
    outcome: str = UNKNOWN
    note: str = ""

    @property
    def had_no_answer(self) -> bool:
        return any(_is_unknown(status) for _begun, _ended, status in self.attempts)


def _is_unknown(status: int) -> bool:
    return status == NO_ANSWER or status >= httpx.codes.INTERNAL_SERVER_ERROR


class Closed(Exception):
    """The office closes; whoever waits for an answer goes home."""


class Browser:
    """One person's session with the server; it outlives the server."""

    def __init__(self, url: str, name: str, rng: random.Random, closing: threading.Event) -> None:
        self.name, self.rng, self.closing = name, rng, closing
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False)
        self.journal: list[Intent] = []
        self.seconds: list[float] = []
        self._numbers = 0

    def unique(self) -> str:
        """Return a text that nobody else types, and this person never again."""
        self._numbers += 1
        return f"{self.name} {self._numbers}"

    def log_in(self) -> None:
        while True:
            page = self.get("login/")
            token = TOKEN.search(page.text)
            assert token is not None
            form = {"username": self.name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
            if self._send("POST", "login/", form).status_code == httpx.codes.FOUND:
                return

    def get(self, address: str) -> httpx.Response:
        """Return a page, as soon as there is a server that gives it."""
        while True:
            response = self._send("GET", address)
            if not _is_unknown(response.status_code):
                return response
            self._wait()

    def ask(
        self,
        intent: Intent,
        address: str,
        data: Mapping[str, Any] | None = None,
        *,
        files: Any = None,
        is_htmx: bool = False,
    ) -> httpx.Response | None:
        """Post a form until it is answered, as a person presses a button again; keep it in the journal.

        Now and then a person who got no answer gives up: None.
        """
        self.journal.append(intent)
        while True:
            begun = time.time()
            response = self._send("POST", address, data, files=files, is_htmx=is_htmx)
            intent.attempts.append((begun, time.time(), response.status_code))
            if not _is_unknown(response.status_code):
                break
            if self.rng.random() < 0.1:
                return None
            self._wait()
        intent.outcome = DONE if response.status_code < httpx.codes.BAD_REQUEST else REFUSED
        if "/login/" in target(response):
            intent.outcome = REFUSED
            self.log_in()
        return response

    def _send(
        self,
        method: str,
        address: str,
        data: Mapping[str, Any] | None = None,
        *,
        files: Any = None,
        is_htmx: bool = False,
    ) -> httpx.Response:
        """Return the answer; one without content and with status 0 where there was none."""
        headers = {"Referer": str(self.http.base_url), "X-CSRFToken": self.http.cookies.get("csrftoken", "")}
        if is_htmx:
            headers["HX-Request"] = "true"
        begun = time.perf_counter()
        try:
            response = self.http.request(method, address, data=data, files=files, headers=headers)
        except httpx.HTTPError:
            return httpx.Response(NO_ANSWER)
        self.seconds.append(time.perf_counter() - begun)
        return response

    def _wait(self) -> None:
        if self.closing.wait(WAIT_SECONDS):
            raise Closed

    def diary(self) -> list[dict[str, Any]]:
        return [asdict(intent) for intent in self.journal]


def target(response: httpx.Response) -> str:
    """Return where a browser goes next after an answer, with or without htmx."""
    return response.headers.get("hx-redirect") or response.headers.get("location") or ""


def opened(response: httpx.Response | None) -> int:
    """Return the record whose review screen an answer opens; 0 when it opens none."""
    found = REVIEW_PAGE.search(target(response)) if response is not None else None
    return int(found[1]) if found else 0


def text_of(value: str) -> str:
    return html.unescape(value)
