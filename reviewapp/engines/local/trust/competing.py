"""What speaks for another character than the one that was read: other choices, look-alikes, how
common they are.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import after_divisions
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.line import Line
from reviewapp.facts.frequencies import Role, per_million
from reviewapp.facts.misreadings import SUSPICIOUS, odds, roles
from reviewapp.facts.scripts import is_chinese

# Decimal logarithms of odds, between which a competing character's lie: a hundred thousand times
# less likely is never, a hundred times likelier is as bad as it gets.
LEAST, MOST = -5.0, 2.0
# A decimal logarithm: from a tenth of the odds at which the rules warn up to ten times as much.
SUSPICION = 1.0
# Shares that are left of a competing character's odds: within a known division's name, and where
# one of the two is Chinese and the other is not, which no reader takes for each other.
WITHIN_DIVISION, OTHER_SCRIPT = 0.01, 0.2
# A probability by which is divided: no glyph was read more doubtfully.
LEAST_PROB = 1e-3
_PLACES = ("Address", "Institutions", "Authority", "Place")


class Competition(NamedTuple):
    """A glyph that was read, its place in the value, and the characters it may be, each with its
    probability.
    """

    place: int
    glyph: Glyph
    others: list[tuple[str, float]]


def strongest_competitor(value: Value, sex: str) -> float:
    """Return the decimal logarithm of the odds of the likeliest other character, LEAST to MOST.

    Competing characters are what any reading of a line has, or thought of, in the same place. The
    odds are those of the two probabilities, times how much commoner the other character is where it
    stands: 杆 for 村 in an address is unlikely however surely it was read. A division's name that is
    known leaves little room for others. `sex` is the child's.
    """
    if value.key.endswith(_PLACES):
        default_role, role_by_place = Role.PLACE, {}
        known_length = _length_of_divisions(value.text)
    else:
        default_role, role_by_place = Role.GENERAL, dict(_roles_in_name(value, sex))
        known_length = 0

    highest_odds = 10**LEAST
    for place, glyph, others in _competitions(value.lines):
        role = role_by_place.get(place, default_role)
        weights = [prob * _commoner(char, glyph.char, role) for char, prob in others]
        likelihood = WITHIN_DIVISION if place < known_length else 1.0
        weight = likelihood * max(weights, default=0.0)
        highest_odds = max(highest_odds, weight / max(glyph.prob, LEAST_PROB))
    return min(MOST, math.log10(highest_odds))


def suspicion(value: Value, sex: str) -> float:
    """Return how much speaks for a look-alike of a character of a name or an address, however sure
    all readers are.

    That is the decimal logarithm of the odds by which the rules warn of it (`rules.lookalikes`), of
    those at which they do: 0 for a tenth of them and less, 2 for ten times and more. 好 is rare in
    names, and 妤, which looks like it, is not; behind an address's divisions 黄土 is commoner than 黄士.
    `sex` is the child's.
    """
    highest_odds: float = 10**-SUSPICION
    for place, role in _places_to_suspect(value, sex):
        char = value.text[place]
        highest_odds = max(highest_odds, odds(char, role) / SUSPICIOUS[role])
    return min(SUSPICION, math.log10(highest_odds)) + SUSPICION


def _places_to_suspect(value: Value, sex: str) -> list[tuple[int, Role]]:
    key, text = value.key, value.text
    if key.endswith("Name"):
        return _roles_in_name(value, sex)
    if not key.endswith("Address"):
        return []
    behind_divisions = range(_length_of_divisions(text), len(text))
    return [(place, Role.PLACE) for place in behind_divisions if is_chinese(text[place])]


def _length_of_divisions(text: str) -> int:
    return len(text) - len(after_divisions(text))


def solid(reading: Reading) -> Sequence[Glyph]:
    """Return a reading's glyphs but for spaces and the points that specks are read as."""
    return [glyph for glyph in reading.glyphs if glyph.char.isalnum() or glyph.char in "+*/·"]


def _competitions(lines: Sequence[Line]) -> Iterator[Competition]:
    """Yield every glyph of a value's lines with the characters that compete with it."""
    start = 0
    for line in lines:
        glyphs = solid(line.reading)
        readings = [glyphs, *map(solid, line.others)]
        # Only readings of the same length tell which glyphs stand in the same place.
        same_length = [reading for reading in readings if len(reading) == len(glyphs)]
        for place, in_this_place in enumerate(zip(*same_length, strict=True)):
            glyph = in_this_place[0]
            options: list[tuple[str, float]] = []
            for read in in_this_place:
                options += [(read.char, read.prob), *read.others]
            others = [(char, prob) for char, prob in options if char != glyph.char]
            yield Competition(start + place, glyph, others)
        start += len(glyphs)


def _roles_in_name(value: Value, sex: str) -> list[tuple[int, Role]]:
    """Return the places of a name's Chinese characters with their roles, without those of a
    compound surname.
    """
    is_boy = sex == "男" and value.key.startswith("neonatal")
    is_male = is_boy or value.key.startswith("father")
    role = Role.MALE if is_male else Role.FEMALE
    return roles(value.text, frozenset(), role)


def _commoner(competing: str, char: str, role: Role) -> float:
    """Return how much commoner a competing character is than another, as far as both are
    Chinese ones.
    """
    if is_chinese(competing) != is_chinese(char):
        return OTHER_SCRIPT
    if not is_chinese(char):
        return 1.0
    return per_million(competing, role) / per_million(char, role)
