"""Finding characters that no input method offers: by components, strokes or code point. Pure.

`python -m tests.tables.components` rebuilds the tables; docs/decisions/0030 says where they come
from.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """A character that a query means.

    `level` is 1–3 in the 8105 standard characters, 0 outside of them.
    """

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
        chars = _by_order(query)
    elif code_point := CODE_POINT.fullmatch(query):
        chars = _by_code_point(int(code_point[1], 16))
    else:
        chars = _by_components(query)
    matches = [Match(char, levels().get(char, 0)) for char in chars]
    if standard_only:
        matches = [match for match in matches if match.level]
    return matches[:most]


def _by_code_point(number: int) -> list[str]:
    char = chr(number) if number <= 0x10FFFF else ""
    return [char] if HAN.fullmatch(char) else []


def _by_order(digits: str) -> list[str]:
    """Return what begins with these strokes: first what has no more, then by level and length."""
    shortest: dict[str, int] = {}
    for char, orders in _orders().items():
        lengths = [len(order) for order in orders if order.startswith(digits)]
        if lengths and HAN.fullmatch(char):
            shortest[char] = min(lengths)

    def rank(char: str) -> tuple[bool, int, int, str]:
        has_more = shortest[char] != len(digits)
        return has_more, _level(char), shortest[char], char

    return sorted(shortest, key=rank)


def _by_components(query: str) -> list[str]:
    """Return the characters with all components and, if given, the number of strokes."""
    count = STROKE_COUNT.search(query)
    without_count = STROKE_COUNT.sub("", query)
    parts = [char for char in without_count if HAN.fullmatch(char) or RADICAL.match(char)]
    if not parts and not count:
        return []
    chars = _with_all(parts) if parts else {*_parts(), *_orders()}
    if count:
        strokes = int(count[1])
        chars = {char for char in chars if strokes in _lengths(char)}
    # Radicals are components, but nobody's name has one.
    chars = {char for char in chars if HAN.fullmatch(char)}
    return _best_first(chars, parts)


def _with_all(parts: Sequence[str]) -> set[str]:
    """Return the characters that have every component, each as often as it is given."""
    chars = set.intersection(*(_holding(part) for part in set(parts)))
    for part, times in Counter(parts).items():
        if times > 1:
            chars = {char for char in chars if _times(char, forms_of(part)) >= times}
    return chars


def _best_first(chars: Iterable[str], parts: Sequence[str]) -> list[str]:
    """Return characters in the order in which they are likely meant by their components.

    1. A component itself. 2. An exact sum of strokes, as the components were typed, then in other
    forms. 3. The standard characters, then the rest, each with the fewest further strokes first.
    """
    sums_as_typed = _sums(parts)
    sums_in_any_form = _sums([forms_of(part) for part in parts])

    def rank(char: str) -> tuple[bool, int, int, int, str]:
        lengths = _lengths(char)
        further = min(abs(length - total) for length in lengths for total in sums_as_typed)
        if further == 0:
            inexact = 0
        elif sums_in_any_form.intersection(lengths):
            inexact = 1
        else:
            inexact = 2
        return char not in parts, inexact, _level(char), further, char

    return sorted(chars, key=rank)


def _sums(places: Iterable[str]) -> set[int]:
    """Return the numbers of strokes that components can have together.

    Each place has one character, or all of its forms.
    """
    sums = {0}
    for forms in places:
        lengths = {length for form in forms for length in _lengths(form)}
        sums = {total + length for total in sums for length in lengths}
    return sums


def _level(char: str) -> int:
    return levels().get(char, NO_LEVEL)


@cache
def _lengths(char: str) -> tuple[int, ...]:
    """Return the numbers of strokes of a character.

    Where no order is known, they are added up from its components.
    """
    orders = _orders().get(char)
    if orders:
        return tuple(map(len, orders))
    parts = _parts().get(char, "")
    return (sum(_lengths(part)[0] for part in parts),)


def _holding(part: str) -> set[str]:
    """Return what a component stands in, in any of its forms and at any depth.

    The forms themselves are among it.
    """
    chars: set[str] = set()
    fresh = set(forms_of(part))
    while fresh:
        chars |= fresh
        wholes = {whole for char in fresh for whole in _wholes().get(char, ())}
        fresh = wholes - chars
    return chars


def _times(char: str, forms: str) -> int:
    """Return how often a component, in any of its forms, stands in a character."""
    if char in forms:
        return 1
    return sum(_times(part, forms) for part in _parts().get(char, ""))


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
    for line in _lines(path):
        char, _tab, rest = line.partition("\t")
        yield char, rest
