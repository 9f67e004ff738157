"""Finding characters that no input method offers: by components, strokes or code point. Pure.

`python -m tests.tables.components` rebuilds the tables; docs/decisions/0030 says where they come
from.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewapp.facts.frequencies import DATA, levels
from reviewapp.facts.scripts import HAN

COMPONENTS = DATA / "components.tsv"
FORMS = DATA / "component_forms.txt"
STROKES = DATA / "strokes.tsv"

MOST = 36
NO_LEVEL = 4
CODE_POINT = re.compile(r"(?:U\+?|\\U|0X)?([0-9A-F]{4,6})", re.IGNORECASE)
STROKE_ORDER = re.compile(r"[1-5]+")
STROKE_COUNT = re.compile(r"([0-9]{1,2})\s*[画畫劃]")
RADICAL = re.compile(r"[\u2e80-\u2fdf]")


@dataclass(frozen=True, slots=True)
class Match:
    """A character that was found; `level` is 1–3 in the 8105 standard characters, 0 outside of them."""

    char: str
    level: int

    @property
    def code_point(self) -> str:
        return f"U+{ord(self.char):04X}"


def find(query: str, *, standard_only: bool = False, most: int = MOST) -> list[Match]:
    """Return the characters that a query means, the likeliest first.

    A query is a code point (U+4DAE, 4DAE), the order of strokes as digits (1 across, 2 down, 3 to
    the left, 4 dot or to the right, 5 bent; the first few are enough), components (文武贝, in any form
    and order), or the number of strokes (16画), alone or with components.
    """
    query = query.strip()
    if STROKE_ORDER.fullmatch(query):
        found = _by_order(query)
    elif match := CODE_POINT.fullmatch(query):
        found = _by_code_point(int(match[1], 16))
    else:
        found = _by_components(query)
    matches = [Match(char, levels().get(char, 0)) for char in found]
    return [match for match in matches if match.level or not standard_only][:most]


def _by_code_point(number: int) -> list[str]:
    char = chr(number) if number <= 0x10FFFF else ""
    return [char] if HAN.fullmatch(char) else []


def _by_order(digits: str) -> list[str]:
    """Return what begins with these strokes: first what has no more, then by level and length."""
    found: dict[str, int] = {}
    for char, orders in _orders().items():
        lengths = [len(order) for order in orders if order.startswith(digits)]
        if lengths and HAN.fullmatch(char):
            found[char] = min(lengths)
    return sorted(
        found, key=lambda char: (found[char] != len(digits), _level(char), found[char], char)
    )


def _by_components(query: str) -> list[str]:
    """Return the characters with all components and, if given, the number of strokes.

    1. what is asked; 2. what has every component, each as often; 3. exact sums of strokes first, as
    typed and then in other forms, then the standard characters, then the rest, each with the fewest
    further strokes first.
    """
    count = STROKE_COUNT.search(query)
    parts = "".join(
        char for char in STROKE_COUNT.sub("", query) if HAN.fullmatch(char) or RADICAL.match(char)
    )
    if not parts and not count:
        return []

    found = set.intersection(*map(_holding, set(parts))) if parts else {*_parts(), *_orders()}
    repeated = {part: times for part, times in Counter(parts).items() if times > 1}
    found = {
        char
        for char in found
        if all(_times(char, forms_of(part)) >= n for part, n in repeated.items())
    }
    if count:
        found = {char for char in found if int(count[1]) in _lengths(char)}

    own, others = _sums(*parts), _sums(*map(forms_of, parts))
    found = {char for char in found if HAN.fullmatch(char)}
    more = {
        char: min(abs(length - total) for length in _lengths(char) for total in own)
        for char in found
    }
    exact = {
        char: 0 if more[char] == 0 else 2 - bool(others & set(_lengths(char))) for char in found
    }
    return sorted(
        found, key=lambda char: (char not in parts, exact[char], _level(char), more[char], char)
    )


def _sums(*places: str) -> set[int]:
    """Return the numbers of strokes that components can have together; each place has one character or its forms."""
    sums = {0}
    for forms in places:
        sums = {total + length for total in sums for form in forms for length in _lengths(form)}
    return sums


def _level(char: str) -> int:
    return levels().get(char, NO_LEVEL)


@cache
def _lengths(char: str) -> tuple[int, ...]:
    """Return the numbers of strokes of a character, by those of its components where no order is known."""
    orders = _orders().get(char)
    if orders:
        return tuple(map(len, orders))
    return (sum(_lengths(part)[0] for part in _parts().get(char, "")),)


def _holding(part: str) -> set[str]:
    """Return what a component stands in, in any of its forms and at any depth, and these forms themselves."""
    found: set[str] = set()
    waiting = set(forms_of(part))
    while waiting:
        found |= waiting
        waiting = {whole for char in waiting for whole in _wholes().get(char, ())} - found
    return found


def _times(char: str, forms: str) -> int:
    """Return how often a component, in any of its forms, stands in a character."""
    return 1 if char in forms else sum(_times(part, forms) for part in _parts().get(char, ""))


def forms_of(char: str) -> str:
    """Return the forms of a component: 贝 and 貝, 水 and 氵."""
    return _forms().get(char, char)


@cache
def _parts() -> Mapping[str, str]:
    return dict(_pairs(COMPONENTS))


@cache
def _wholes() -> Mapping[str, list[str]]:
    wholes: dict[str, list[str]] = {}
    for whole, parts in _parts().items():
        for part in dict.fromkeys(parts):
            wholes.setdefault(part, []).append(whole)
    return wholes


@cache
def _forms() -> Mapping[str, str]:
    return {char: group for group in _lines(FORMS) for char in group}


@cache
def _orders() -> Mapping[str, tuple[str, ...]]:
    return {char: tuple(orders.split()) for char, orders in _pairs(STROKES)}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _pairs(path: Path) -> Iterable[tuple[str, str]]:
    return ((char, rest) for char, _tab, rest in (line.partition("\t") for line in _lines(path)))
