"""Values as pages show them: long numbers in groups, and where one value differs from another. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from reviewapp.certificate.fields import BY_NAME, Kind

type Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Grouping:
    """After how many characters a gap comes, in texts of a shape.

    `shape` is a regular expression that a whole text matches, written as Python and JavaScript both
    read it. It lets misread letters and a character too many or too few through.
    """

    shape: str
    cuts: tuple[int, ...]


# A resident number is place, date of birth and the rest; a certificate's is letter, province and
# serial. A passport's number is shorter than either, and has no such parts.
GROUPINGS: Mapping[Kind, Grouping] = {
    Kind.ID_NUMBER: Grouping("[0-9A-Za-z]{16,20}", (6, 14)),
    Kind.CERTIFICATE_NUMBER: Grouping("[0-9A-Za-z]{9,11}", (1, 3)),
}


def changed_pieces(new: str, old: str) -> list[Piece]:
    """Cut a value into pieces, each with whether it differs from the other value.

    1. Numbers of one length are compared place by place: a digit means something by its place.
    2. All else by what both have in common.
    """
    if len(new) == len(old) and new.isascii() and new.isalnum():
        places = [(char, char != other) for char, other in zip(new, old, strict=True)]
        return _joined(places)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pieces = []
    for kind, _, _, start, end in matcher.get_opcodes():
        if start < end:
            pieces.append((new[start:end], kind != "equal"))
    return pieces


def grouped_pieces(name: str, value: str, other: str | None = None) -> list[list[Piece]]:
    """Cut a field's value into the groups that gaps stand between, each in pieces as above.

    Without `other` nothing differs. `name` may be no field's, whose values have one group.
    """
    pieces = [(value, False)] if other is None else changed_pieces(value, other)
    characters = [(char, is_changed) for piece, is_changed in pieces for char in piece]
    ends = [0, *_cuts(name, value), len(characters)]
    return [_joined(characters[start:end]) for start, end in pairwise(ends)]


def grouping_of(name: str) -> Grouping | None:
    """Return how a field's values are grouped; None where they are not."""
    spec = BY_NAME.get(name)
    return GROUPINGS.get(spec.kind) if spec else None


def _cuts(name: str, value: str) -> tuple[int, ...]:
    grouping = grouping_of(name)
    if grouping is None or not re.fullmatch(grouping.shape, value):
        return ()
    return grouping.cuts


def _joined(characters: list[Piece]) -> list[Piece]:
    """Put neighbouring characters that are both changed, or both not, into one piece."""
    runs = groupby(characters, key=lambda piece: piece[1])
    return [("".join(char for char, _ in run), is_changed) for is_changed, run in runs]
