"""What supervisors do: approve single records and whole pages of a batch, return some; one of them reviews, too.

What was kept against a rule they open before they approve it; now and then one tries without.
"""

from typing import NamedTuple

from tests.bench.office import clerks
from tests.bench.office.browser import opened
from tests.bench.office.pages import (
    AMENDMENT,
    ASKED,
    FINDINGS,
    TO_DECIDE,
    UNSEEN,
    answerable_in,
    batches_in,
    last_page,
    numbers_in,
    overrides_in,
    version_to_approve,
    version_to_return,
    waiting_in,
)
from tests.bench.office.people import Deeds, Person


class Page(NamedTuple):
    """A page of a batch: what waits there, with versions, and what holds values that the person has not opened."""

    batch: int = 0
    number: int = 0
    waiting: dict[int, int] = {}
    unseen: tuple[int, ...] = ()

    @property
    def records(self) -> list[int]:
        return sorted({*self.waiting, *self.unseen})


def page_of_a_batch(person: Person) -> Page:
    """Return a page of a batch that waits for approval; an empty one when none does."""
    home = person.browser.get("")
    waiting = batches_in(home.text)
    if not waiting:
        person.pause()
        return Page()
    batch = person.rng.choice(waiting)
    first = person.browser.get(f"batches/{batch}/")
    number = person.rng.randint(1, last_page(first.text))
    shown = first if number == 1 else person.browser.get(f"batches/{batch}/?page={number}")
    return Page(batch, number, waiting_in(shown.text), tuple(numbers_in(shown.text, UNSEEN)))


def approve_page(person: Person) -> None:
    """Approve what a page shows; what is left out, as the page says, stays as it is."""
    page = page_of_a_batch(person)
    approvable = {pk: version for pk, version in page.waiting.items() if pk not in page.unseen}
    if not approvable:
        return
    intent = person.intent("approve batch", shown=approvable)
    form = {"shown": [f"{pk}:{version}" for pk, version in page.waiting.items()]}
    person.browser.ask(intent, f"batches/{page.batch}/approve/?page={page.number}", form)


def open_page(person: Person) -> None:
    """Open all that a page of a batch leaves out."""
    for record in page_of_a_batch(person).unseen:
        open_overrides(person, record)


def open_overrides(person: Person, record: int) -> int:
    """Open each value of a record that was kept against a rule; return the version to approve, or 0."""
    page = person.browser.get(f"records/{record}/").text
    overrides = overrides_in(page)
    if overrides and person.rng.random() < 0.2:
        approve_unseen(person, record, version_to_return(page))
    for name, version in overrides:
        intent = person.intent("see override", record=record, field_name=name, version=version)
        person.browser.ask(intent, f"records/{record}/overrides/{name}/seen/", {"version": version})
    if overrides:
        page = person.browser.get(f"records/{record}/").text
    return version_to_approve(page)


def approve_unseen(person: Person, record: int, version: int) -> None:
    """Try to approve what was kept against a rule, without having opened it."""
    intent = person.intent("approve unseen", record=record, version=version)
    person.browser.ask(intent, f"records/{record}/approve/", {"version": version})


def one_of_a_page(person: Person) -> int:
    records = page_of_a_batch(person).records
    return person.rng.choice(records) if records else 0


def approve_one(person: Person) -> None:
    record = one_of_a_page(person)
    if not record:
        return
    version = open_overrides(person, record)
    if version:
        intent = person.intent("approve", record=record, version=version)
        person.browser.ask(intent, f"records/{record}/approve/", {"version": version})


def return_one(person: Person) -> None:
    record = one_of_a_page(person)
    if not record:
        return
    version = version_to_return(person.browser.get(f"records/{record}/").text)
    if version:
        fields = person.rng.sample(clerks.TYPED, 2)
        intent = person.intent("return", record=record, version=version, text=person.browser.unique())
        form = {"version": version, "reason": intent.text, "fields": fields}
        person.browser.ask(intent, f"records/{record}/return/", form)


def answer(person: Person) -> None:
    """Answer one of the questions on the first page."""
    asked = numbers_in(person.browser.get("").text, ASKED)
    if not asked:
        return
    page = person.browser.get(f"records/{person.rng.choice(asked)}/")
    record, version = answerable_in(page.text)
    if record:
        intent = person.intent("answer", record=record, version=version, text=person.browser.unique())
        person.browser.ask(intent, f"records/{record}/answer/", {"version": version, "answer": intent.text})


def decide(person: Person) -> None:
    """Approve or refuse one of the corrections on the first page."""
    waiting = numbers_in(person.browser.get("").text, TO_DECIDE)
    if not waiting:
        return
    record = person.rng.choice(waiting)
    page = person.browser.get(f"records/{record}/").text
    amendments = numbers_in(page, AMENDMENT)
    if not amendments:
        return
    if person.rng.random() < 0.7:
        intent = person.intent("approve amendment", record=record, version=amendments[0])
        person.browser.ask(intent, f"amendments/{amendments[0]}/approve/", {"findings": FINDINGS.findall(page)[0]})
    else:
        intent = person.intent("refuse amendment", record=record, text=person.browser.unique())
        person.browser.ask(intent, f"amendments/{amendments[0]}/refuse/", {"note": intent.text})


def take_over(person: Person) -> None:
    """Take the record over that a clerk holds, by a number near to where the work is."""
    record = max(1, (person.record or person.rng.randrange(1, 50)) + person.rng.randrange(1, 10))
    intent = person.intent("take over", record=record, text=person.browser.unique())
    if opened(person.browser.ask(intent, f"records/{record}/take-over/", {"reason": intent.text})):
        person.open(record)


DEEDS: Deeds = {
    "approve a page": (50, approve_page),
    "open a page": (20, open_page),
    "approve one": (30, approve_one),
    "return one": (8, return_one),
    "answer": (15, answer),
    "decide": (10, decide),
}
# What all supervisors have worked on, none could approve: one of them reviews, the others never do.
DEEDS_OF_THE_FIRST: Deeds = {
    **DEEDS,
    "review": (20, clerks.work),
    "take over": (4, take_over),
    "ask for a correction": (2, clerks.ask_for_correction),
}
