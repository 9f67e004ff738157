"""One simulated clerk by HTTP: a page is looked at only as far as the next act needs it."""

import http.client
import re
import secrets
import time
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from tests.bench.queue.cast import DOUBTED

PATIENCE = 120.0
STATE = re.compile(
    rb'id="state-(\w+)".*?data-state="(\w+)"\s+data-value="([^"]*)".*?name="version"\s+value="(\d+)"', re.DOTALL
)
OPENED = re.compile(rb'data-submission="(\d+)"')
REVIEW_PAGE = re.compile(r"/records/(\d+)/review/")
# Put behind an address, which breaks no rule.
ADDED = "院"


type Form = Mapping[str, str] | Sequence[tuple[str, str]]


class Refused(Exception):
    """The server answered with what a clerk does not expect."""


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def target(self) -> str:
        return self.headers.get("hx-redirect") or self.headers.get("location") or ""


class Session:
    """A connection that stays open, with the cookies of somebody who has logged in."""

    def __init__(self, host: str, session: str) -> None:
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        token = secrets.token_hex(16)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Referer": f"http://{host}/",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en",
        }

    def ask(self, method: str, path: str, form: Form = (), *, is_htmx: bool = False) -> Answer:
        headers = {"HX-Request": "true"} if is_htmx else {}
        if method == "GET":
            return self.send(method, path, None, headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        # As the scripts of the review screen say it: the next record itself, in place of its address.
        headers["X-Takes"] = "record"
        return self.send(method, path, urlencode(form).encode(), headers)

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self.connection.request(method, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        content = response.read()
        if response.headers.get("content-encoding") == "gzip":
            content = zlib.decompress(content, zlib.MAX_WBITS | 16)
        return Answer(response.status, response.headers, content)

    def get(self, path: str) -> Answer:
        answer = self.ask("GET", path)
        if answer.status != http.client.OK:
            raise Refused(f"GET {path}: {answer.status} {answer.target}")
        return answer


@dataclass
class Diary:
    """What a clerk did: times in seconds by the kind of act, records that were opened and finished, refusals."""

    name: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    opened: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    requests: int = 0
    # Of the last step: what the answers hold, as they were read.
    step_bytes: int = 0


class Clerk:
    """Opens a record, saves two values, submits, goes on with the next one."""

    def __init__(self, host: str, name: str, session: str) -> None:
        self.session = Session(host, session)
        self.diary = Diary(name)
        self.record = 0
        # Of the record in hand: what the server answered to the submission before, if it showed the next one.
        self.shown = b""

    def begin(self) -> None:
        self._go_on(self._post("next", "/review/next/"))

    def step(self) -> None:
        """Work one record: 1. its page, unless it is here already; 2. the doubtful values; 3. on to the next."""
        begun = time.perf_counter()
        self.diary.step_bytes = 0
        if not self.shown:
            self.shown = self._timed("review_page", "GET", f"/records/{self.record}/review/").content

        left = self._save_all(DOUBTED)
        if left:
            # A rule had more to say; people would look at it, too.
            self.diary.refused.append(f"#{self.record}: also doubtful {left}")
            self._save_all(left)

        answer = self._post("submit_next", f"/records/{self.record}/submit/")
        self.diary.finished.append(self.record)
        self._go_on(answer)
        self.diary.seconds["step"].append(time.perf_counter() - begun)

    def _save_all(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Correct and verify values; return the names of others that are doubtful then."""
        states = {name.decode(): match for name, *match in STATE.findall(self.shown)}
        for name in names:
            _state, value, version = states[name]
            form = {"value": unescape(value.decode()) + ADDED, "version": version.decode(), "verify": "1"}
            answer = self._post("save", f"/records/{self.record}/fields/{name}/", form | {"override_reason": "so"})
            states |= {changed.decode(): match for changed, *match in STATE.findall(answer.content)}
        return tuple(name for name, (state, *_) in states.items() if state == b"flagged")

    def leave(self) -> None:
        if self.record:
            self.session.ask("POST", f"/records/{self.record}/give-back/")

    def _post(self, kind: str, path: str, form: Form = ()) -> Answer:
        return self._timed(kind, "POST", path, form)

    def _timed(self, kind: str, method: str, path: str, form: Form = ()) -> Answer:
        begun = time.perf_counter()
        answer = self.session.ask(method, path, form, is_htmx=method == "POST")
        self.diary.seconds[kind].append(time.perf_counter() - begun)
        self.diary.requests += 1
        self.diary.step_bytes += len(answer.content)
        if answer.status >= http.client.BAD_REQUEST:
            raise Refused(f"{method} {path}: {answer.status} {answer.content[:200]!r}")
        return answer

    def _go_on(self, answer: Answer) -> None:
        """Take in hand what an answer opens: the address of the next record, or the record itself."""
        redirected = REVIEW_PAGE.search(answer.target)
        contained = OPENED.search(answer.content)
        if redirected:
            self.record, self.shown = int(redirected[1]), b""
        elif contained:
            self.record, self.shown = int(contained[1]), answer.content
        else:
            raise Refused(f"no next record: {answer.target or answer.content[:200]!r}")
        self.diary.opened.append(self.record)
