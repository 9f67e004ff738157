"""What speaks for another character than the one that was read: other choices, look-alikes, how common they are."""

import math
from collections.abc import Iterator, Sequence

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import after_divisions, is_chinese
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.reading import Line
from reviewapp.facts.frequencies import Role, per_million
from reviewapp.facts.misreadings import SUSPICIOUS, odds, roles

LEAST, MOST = -5.0, 2.0
SUSPICION = 1.0
WITHIN_DIVISION, OTHER_SCRIPT = 0.01, 0.2
_PLACES = ("Address", "Institutions", "Authority", "Place")


def strongest_rival(value: Value, sex: str) -> float:
    """Return the decimal logarithm of the odds of the likeliest other character, LEAST to MOST.

    Rivals are what any reading of a line has, or thought of, in the same place. The odds are those
    of the two probabilities, times how much commoner the rival is where it stands: 杆 for 村 in an
    address is unlikely however surely it was read. A division's name that is known leaves little
    room for others. `sex` is the child's.
    """
    is_place = value.key.endswith(_PLACES)
    known = len(value.text) - len(after_divisions(value.text)) if is_place else 0
    in_name = {} if is_place else dict(_roles_in_name(value, sex))
    best, start = 10**LEAST, 0
    for line in value.lines:
        for at, (glyph, rivals) in enumerate(_contested(line), start):
            role = Role.PLACE if is_place else in_name.get(at, Role.GENERAL)
            unlikely = WITHIN_DIVISION if at < known else 1.0
            weights = (prob * _commoner(char, glyph.char, role) for char, prob in rivals)
            best = max(best, unlikely * max(weights, default=0.0) / max(glyph.prob, 1e-3))
        start += len(solid(line.reading))
    return min(MOST, math.log10(best))


def suspicion(value: Value, sex: str) -> float:
    """Return how much speaks for a look-alike of a character of a name or an address, however sure all readers are.

    That is the decimal logarithm of the odds by which the rules warn of it (`rules.lookalikes`), of
    those at which they do: 0 for a tenth of them and less, 2 for ten times and more. 好 is rare in
    names, and 妤, which looks like it, is not; behind an address's divisions 黄土 is commoner than 黄士.
    `sex` is the child's.
    """
    places: list[tuple[int, Role]] = []
    if value.key.endswith("Name"):
        places = _roles_in_name(value, sex)
    elif value.key.endswith("Address"):
        known = len(value.text) - len(after_divisions(value.text))
        places = [
            (at, Role.PLACE) for at in range(known, len(value.text)) if is_chinese(value.text[at])
        ]
    likely = [odds(value.text[at], role) / SUSPICIOUS[role] for at, role in places]
    return min(SUSPICION, math.log10(max([10**-SUSPICION, *likely]))) + SUSPICION


def solid(reading: Reading) -> Sequence[Glyph]:
    """Return a reading's glyphs but for spaces and the points that specks are read as."""
    return [glyph for glyph in reading.glyphs if glyph.char.isalnum() or glyph.char in "+*/·"]


def _contested(line: Line) -> Iterator[tuple[Glyph, list[tuple[str, float]]]]:
    """Yield every glyph that was read with its rivals and their probabilities."""
    chosen = solid(line.reading)
    likewise = [other for other in map(solid, line.others) if len(other) == len(chosen)]
    for at, glyph in enumerate(chosen):
        here = [reading[at] for reading in (chosen, *likewise)]
        told = [pair for one in here for pair in ((one.char, one.prob), *one.others)]
        yield glyph, [(char, prob) for char, prob in told if char != glyph.char]


def _roles_in_name(value: Value, sex: str) -> list[tuple[int, Role]]:
    """Return the places of a name's Chinese characters with their roles, without those of a compound surname."""
    is_male = value.key.startswith("father") or (value.key.startswith("neonatal") and sex == "男")
    return roles(value.text, frozenset(), Role.MALE if is_male else Role.FEMALE)


def _commoner(rival: str, char: str, role: Role) -> float:
    """Return how much commoner a rival is than a character, as far as both are Chinese ones."""
    if is_chinese(rival) and is_chinese(char):
        return per_million(rival, role) / per_million(char, role)
    return 1.0 if is_chinese(rival) == is_chinese(char) else OTHER_SCRIPT
