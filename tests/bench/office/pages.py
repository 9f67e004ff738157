"""What a person sees on the pages: values with their versions, records that wait, what a form holds."""

import re
from dataclasses import dataclass

from tests.bench.office.browser import text_of

STATE = re.compile(
    r'id="state-(?P<name>\w+)".*?data-state="(?P<state>\w+)"\s+data-value="(?P<value>[^"]*)"(?P<more>.*?)'
    r'name="version"\s+value="(?P<version>\d+)"',
    re.DOTALL,
)
SHOWN = re.compile(r'name="shown"\s+value="(\d+):(\d+)"')
BATCH = re.compile(r'href="/batches/(\d+)/"')
PAGES = re.compile(r"\?page=(\d+)")
UNSEEN = re.compile(r'data-unseen\s+href="/records/(\d+)/#overrides"')
OVERRIDE = re.compile(r'action="/records/\d+/overrides/(\w+)/seen/".*?name="version"\s+value="(\d+)"', re.DOTALL)
RETURN = re.compile(r'action="/records/\d+/return/".*?name="version"\s+value="(\d+)"', re.DOTALL)
SECOND_VALUE = re.compile(r'<fieldset class="card second" data-field="(\w+)">(.*?)</fieldset>', re.DOTALL)
CHOICE = re.compile(r'type="radio"\s+name="\w+-choice"\s+value="(\w+)"')
SECOND_VERSION = re.compile(r'name="\w+-version"\s+value="(\d+)"')
VERSION = re.compile(r'action="/records/\d+/approve/".*?name="version" value="(\d+)"', re.DOTALL)
UNDO = re.compile(r'="/records/(\d+)/undo/".*?name="version" value="(\d+)"', re.DOTALL)
CLAIM = re.compile(r'action="/records/(\d+)/claim/"')
ASKED = re.compile(r'href="/records/(\d+)/#question"')
ANSWER = re.compile(r'action="/records/(\d+)/answer/".*?name="version"\s+value="(\d+)"', re.DOTALL)
TO_DECIDE = re.compile(r'href="/records/(\d+)/#amendment"')
AMENDMENT = re.compile(r'action="/amendments/(\d+)/approve/"')
FINDINGS = re.compile(r'name="findings"\s+value="([^"]*)"')
INPUT = re.compile(r'<input type="(?:text|hidden)" name="(\w+)"(?: value="([^"]*)")?')


@dataclass(frozen=True)
class Shown:
    """One value as the review screen shows it."""

    name: str
    value: str
    version: int
    is_doubtful: bool
    is_unsure: bool
    has_error: bool


@dataclass(frozen=True)
class Unsure:
    """One value as the page of a second reader shows it: what can be said of it."""

    name: str
    version: int
    choices: tuple[str, ...]
    needs_reason: bool


def unsure_in(page: str) -> list[Unsure]:
    """Return the values about which the page of a second reader asks."""
    found = []
    for name, part in SECOND_VALUE.findall(page):
        version = SECOND_VERSION.search(part)
        assert version is not None
        found.append(Unsure(name, int(version[1]), tuple(CHOICE.findall(part)), f'name="{name}-reason"' in part))
    return found


def values_of(page: str) -> dict[str, Shown]:
    """Return the values of a review screen, or of its answer to a change, by field name."""
    found = {}
    for match in STATE.finditer(page):
        found[match["name"]] = Shown(
            name=match["name"],
            value=text_of(match["value"]),
            version=int(match["version"]),
            is_doubtful=match["state"] == "flagged",
            is_unsure=match["state"] == "unsure",
            has_error="data-error" in match["more"],
        )
    return found


def waiting_in(page: str) -> dict[int, int]:
    """Return the records that the page of a batch offers for approval, with their versions."""
    return {int(pk): int(version) for pk, version in SHOWN.findall(page)}


def batches_in(page: str) -> list[int]:
    return sorted({int(pk) for pk in BATCH.findall(page)})


def last_page(page: str) -> int:
    return max(map(int, PAGES.findall(page)), default=1)


def version_to_approve(page: str) -> int:
    """Return the version that a record's page offers for approval; 0 when it offers none."""
    return _number(VERSION.search(page))


def version_to_return(page: str) -> int:
    """Return the version that a record's page lets return; 0 when it lets none."""
    return _number(RETURN.search(page))


def overrides_in(page: str) -> list[tuple[str, int]]:
    """Return the values kept against a rule that a record's page asks to open, with their versions."""
    return [(name, int(version)) for name, version in OVERRIDE.findall(page)]


def undoable_in(page: str) -> tuple[int, int]:
    """Return the record that a page offers to take back, and its version; zeros when it offers none."""
    return _pair(UNDO.search(page))


def answerable_in(page: str) -> tuple[int, int]:
    """Return the record whose question a page lets answer, and its version; zeros when it lets none."""
    return _pair(ANSWER.search(page))


def _number(found: re.Match[str] | None) -> int:
    return int(found[1]) if found else 0


def _pair(found: re.Match[str] | None) -> tuple[int, int]:
    return (int(found[1]), int(found[2])) if found else (0, 0)


def numbers_in(page: str, pattern: re.Pattern[str]) -> list[int]:
    return sorted({int(number) for number in pattern.findall(page)})


def inputs_of(page: str) -> dict[str, str]:
    """Return the inputs of a form of text, by name."""
    return {name: text_of(value or "") for name, value in INPUT.findall(page)}
