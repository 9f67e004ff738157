"""Six interruptions in the middle of a word, typed plainly or composed: the word is saved in the end, nothing old is.

The server is a process of its own, which one of the interruptions kills. While each lasts, somebody else saves.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from reviewapp.models import Submission
from reviewapp.stages import claim
from tests.browser.conftest import PATIENCE_MS, WIDE
from tests.browser.test_review_ime import compose
from tests.factories import PASSWORD, change, person, submission_at
from tests.installation import installation, kill
from tests.serving import Serving, serving

HERE = f"__import__({__name__!r}, fromlist=['_'])"
DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
WORD, OF_ANOTHER = "王小明", "王大明"
TWO_MINUTES_MS = 120_000


# ---- What happens beside the browser; the installation runs these itself, by `ask`.


def record_in_hand() -> int:
    """Let the clerk take a new record with two doubtful names."""
    record = submission_at("recognised", probs=DOUBTFUL)
    claim.claim(record, by=person("clerk"))
    return record.pk


def lapse(pk: int) -> None:
    """Let the clerk's time with a record run out, and somebody else take it."""
    Submission.objects.filter(pk=pk).update(claimed_until=timezone.now())
    claim.claim(Submission.objects.get(pk=pk), by=person("clerk2"))


def give_back(pk: int) -> None:
    claim.give_back(Submission.objects.get(pk=pk), by=person("clerk2"))


def save_as_another(pk: int, name: str, value: str) -> None:
    """Save a value as somebody else; who held the record before holds it again after that."""
    record, another = Submission.objects.get(pk=pk), person("clerk2")
    holder = record.holder
    assert holder
    if holder != another:
        claim.give_back(record, by=holder)
        claim.claim(record, by=another)
    change(record, name, value, by=another, verify=False)
    if holder != another:
        claim.give_back(record, by=another)
        claim.claim(record, by=holder)


def corrections(pk: int, name: str) -> list[str]:
    """Return all values that were ever written over what the recogniser read."""
    found = Submission.objects.get(pk=pk).fields.get(name=name)
    return [found.read_value, *found.corrections.order_by("pk").values_list("new_value", flat=True), found.value]


# ---- A clerk at a desk.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with installation(tmp_path_factory.mktemp("place")) as place, serving(place) as started:
        yield started


@dataclass
class Desk:
    """A clerk before a record; `second` is another tab with the same one.

    `is_left`: the tab is not the one at hand any more, which ends every composition.
    """

    server: Serving
    context: BrowserContext
    page: Page
    pk: int
    second: Page | None = None
    is_left: bool = False

    @property
    def address(self) -> str:
        return f"{self.server.url}/records/{self.pk}/review/"

    def ask(self, call: str) -> object:
        return self.server.place.ask(f"{HERE}.{call}")

    def input(self, name: str) -> Locator:
        return self.page.locator(f"#value-{name}")

    def expect_save(self, state: str) -> None:
        expect(self.page.locator("#entry-neonatal_name")).to_have_attribute("data-save", state)

    def written(self, name: str) -> list[str]:
        """Return what the recogniser read, each value that was saved over it, and the value now."""
        found = self.ask(f"corrections({self.pk}, {name!r})")
        assert isinstance(found, list)
        return found

    def come_back(self) -> None:
        """Go to the tab and the field again."""
        self.page.bring_to_front()
        if self.page.url != self.address:
            self.page.goto(self.address)
        self.input("neonatal_name").focus()

    def save_meanwhile(self, name: str, value: str) -> None:
        """Save a value as somebody else, or as the clerk in the other tab."""
        if not self.second:
            self.ask(f"save_as_another({self.pk}, {name!r}, {value!r})")
            return
        self.second.locator(f"#value-{name}").fill(value)
        self.second.keyboard.press("Tab")
        expect(self.second.locator(f"#entry-{name}")).to_have_attribute("data-save", "saved")


@pytest.fixture
def desk(server: Serving, chromium: Browser) -> Iterator[Desk]:
    width, height = WIDE
    size = {"width": width, "height": height}
    context = chromium.new_context(base_url=server.url, viewport=size, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    context.clock.install()
    page = context.new_page()
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    enter(page)
    made = Desk(server, context, page, server.place.ask(f"{HERE}.record_in_hand()"))
    page.goto(made.address)
    yield made
    context.close()
    assert not faults


def enter(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^https?://[^/]+/$"))


# ---- Two ways to type a word, each with a middle.


class Plainly:
    first = "王"

    def begin(self, page: Page) -> None:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("王")

    def go_on(self, page: Page) -> None:
        page.keyboard.insert_text("小明")


class Composed:
    """An input method shows letters, and puts characters in their place when it is done."""

    first = "wang"

    def begin(self, page: Page) -> None:
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        compose(page.context.new_cdp_session(page), "wang")

    def go_on(self, page: Page) -> None:
        method = page.context.new_cdp_session(page)
        compose(method, WORD)
        method.send("Input.insertText", {"text": WORD})


type Typing = Plainly | Composed


# ---- Six interruptions: each begins, lasts while the clerk types on, and ends.


@contextmanager
def two_minutes_without_network(desk: Desk) -> Iterator[None]:
    desk.context.set_offline(True)
    yield
    desk.expect_save("retrying")
    desk.page.clock.fast_forward(TWO_MINUTES_MS)
    desk.expect_save("retrying")
    desk.context.set_offline(False)


@contextmanager
def a_restart_of_the_server(desk: Desk) -> Iterator[None]:
    kill(desk.server.process)
    yield
    desk.expect_save("retrying")
    desk.server.process = Serving.on(desk.server.place, desk.server.port).process
    desk.page.clock.fast_forward(TWO_MINUTES_MS)


@contextmanager
def the_end_of_the_session(desk: Desk) -> Iterator[None]:
    sessions = "__import__('django.contrib.sessions.models', fromlist=['_']).Session.objects"
    desk.server.place.ask(f"{sessions}.all().delete()")
    yield
    expect(desk.page.locator("#review-banner")).to_contain_text("Your session has ended.")
    enter(desk.context.new_page())
    desk.page.clock.fast_forward(TWO_MINUTES_MS)


@contextmanager
def the_loss_of_the_record(desk: Desk) -> Iterator[None]:
    desk.ask(f"lapse({desk.pk})")
    yield
    again = desk.page.get_by_role("button", name="Take the record again")
    expect(again).to_be_visible()
    desk.expect_save("blocked")
    desk.ask(f"give_back({desk.pk})")
    again.click()


@contextmanager
def a_second_tab(desk: Desk) -> Iterator[None]:
    desk.is_left = True
    desk.second = desk.context.new_page()
    desk.second.goto(desk.address)
    yield


@contextmanager
def a_tab_that_is_closed_and_restored(desk: Desk) -> Iterator[None]:
    """Close the tab before it could save; a tab that it opened has what it had stored, as a restored one has."""
    desk.is_left = True
    desk.context.set_offline(True)
    with desk.context.expect_page() as opened:
        desk.page.evaluate("void window.open('about:blank')")
    desk.page.close()
    desk.context.set_offline(False)
    desk.page = opened.value
    yield


INTERRUPTIONS = [
    two_minutes_without_network,
    a_restart_of_the_server,
    the_end_of_the_session,
    the_loss_of_the_record,
    a_second_tab,
    a_tab_that_is_closed_and_restored,
]
type Interruption = Callable[[Desk], AbstractContextManager[None]]

interrupted = pytest.mark.parametrize("interruption", INTERRUPTIONS)
typed = pytest.mark.parametrize("typing", [Plainly(), Composed()], ids=["plainly", "composed"])


def type_through(desk: Desk, typing: Typing, interruption: Interruption, *, meanwhile: tuple[str, str]) -> None:
    """Type a word over the child's name, with an interruption in its middle and a value that another saves then.

    1. The first half. 2. The interruption, and the other's value. 3. The second half; who was in another tab, or has
    this one back, finds the first half and begins anew. 4. The end of the interruption.
    """
    expect(desk.input("neonatal_name")).to_be_focused()
    typing.begin(desk.page)
    expect(desk.input("neonatal_name")).to_have_value(typing.first)
    with interruption(desk):
        desk.save_meanwhile(*meanwhile)
        if desk.is_left:
            desk.come_back()
            expect(desk.input("neonatal_name")).to_have_value(typing.first)
            typing.begin(desk.page)
        typing.go_on(desk.page)
        expect(desk.input("neonatal_name")).to_have_value(WORD)
        desk.page.keyboard.press("Tab")
    expect(desk.input("neonatal_name")).to_have_value(WORD)


@interrupted
@typed
def test_a_word_interrupted_in_its_middle_is_saved_and_nothing_old_is_written_back(
    desk: Desk, interruption: Interruption, typing: Typing
) -> None:
    type_through(desk, typing, interruption, meanwhile=("mother_name", OF_ANOTHER))
    desk.expect_save("saved")
    read, *written, now = desk.written("neonatal_name")
    assert (written[-1], now) == (WORD, WORD)
    assert read not in written
    # What somebody else saved on the same record stays, although this page shows what was before.
    assert desk.written("mother_name")[1:] == [OF_ANOTHER, OF_ANOTHER]
    desk.page.reload()
    expect(desk.input("neonatal_name")).to_have_value(WORD)
    expect(desk.input("mother_name")).to_have_value(OF_ANOTHER)


@interrupted
@typed
def test_a_word_that_somebody_else_wrote_meanwhile_is_overwritten_only_by_choice(
    desk: Desk, interruption: Interruption, typing: Typing
) -> None:
    type_through(desk, typing, interruption, meanwhile=("neonatal_name", OF_ANOTHER))
    desk.expect_save("conflict")
    conflict = desk.page.locator("#entry-neonatal_name .conflict")
    expect(conflict).to_contain_text(OF_ANOTHER)
    expect(conflict).to_contain_text(WORD)
    assert desk.written("neonatal_name")[-2:] == [OF_ANOTHER, OF_ANOTHER]
    conflict.locator('[data-choice="mine"]').click()
    desk.expect_save("saved")
    # Whoever looks at another tab leaves the field, which may save the first half before all this.
    read, *written, now = desk.written("neonatal_name")
    assert [value for value in written if value != typing.first] == [OF_ANOTHER, WORD]
    assert (now, read in written) == (WORD, False)
