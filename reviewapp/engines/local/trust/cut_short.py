"""Tell of which values more may be printed than was read, so that nobody takes a part of one for the whole.

Forms are drawn for short values. Printers run long ones over the slot's edge or on to one more line than there is room
for, where they meet a label, another value, the frame or the picture's edge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import is_chinese
from reviewapp.engines.local.editions.edition5to7 import Alphabet
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.networks.reading import Points
from reviewapp.engines.local.read.lines import Box
from reviewapp.engines.local.read.reading import WORDS, Line, SheetReading

# Shares of the height of a line, which is about the width of a character.
NEAR, BORDER, NEXT_LINE, AS_TALL = 0.5, 0.25, 0.8, 0.55
TWO_LINES = 1.5
# Above and below these are the seal, the frame and the number's panel.
_CROWDED = {"issueAuthority", "issueDate", "certificateNumber"}


@dataclass(frozen=True, slots=True)
class _Picture:
    """How a sheet's millimetres come to the picture's pixels, and its size there."""

    to_pixels: Points
    width: int
    height: int


def cut_short(
    values: Sequence[Value], reading: SheetReading, registration: Registration, size: tuple[int, int]
) -> set[str]:
    """Return the API keys of values that may go on beyond what was read; `size` is the picture's (width, height)."""
    picture = _Picture(registration.to_pixels, *size)
    lines = [line for found in reading.lines.values() for line in found]
    usual = median(line.ink.height for line in lines) if lines else 0.0
    return {
        line.slot.key
        for value in values
        for line in value.lines
        if line.reading.is_cut
        or _passes_slot(line)
        or _touches_border(line, picture)
        or (line.slot.key not in _CROWDED and _has_more_beside(line, lines, reading.left_out, usual))
    }


def _passes_slot(line: Line) -> bool:
    """Tell whether a word or number runs over the label behind it or into the frame.

    Parts of a place run into each other, and lose nothing by it.
    """
    is_long = line.slot.alphabet in WORDS or line.slot.alphabet == Alphabet.ID_NUMBER
    return is_long and line.slot.key != "birthPlace" and line.ink.x1 > line.slot.x1


def _touches_border(line: Line, picture: _Picture) -> bool:
    """Tell whether a line ends where the picture does."""
    ink = line.ink
    corners = np.array([[ink.x0, ink.y0], [ink.x1, ink.y0], [ink.x1, ink.y1], [ink.x0, ink.y1]])
    places = project(picture.to_pixels, corners)
    margin = BORDER * float(np.linalg.norm(places[3] - places[0]))
    low, high = places.min(axis=0), places.max(axis=0)
    return bool((low < margin).any() or (high > np.array([picture.width, picture.height]) - margin).any())


def _has_more_beside(line: Line, lines: Sequence[Line], left_out: Sequence[Box], usual: float) -> bool:
    """Tell whether words meet another value, or stand above or below words that no slot was given."""
    if line.slot.alphabet not in WORDS:
        return False
    others = [other for other in lines if other.slot.key != line.slot.key]
    return (
        any(_meet(line.ink, other.ink) for other in others)
        or any(_follows(line.ink, box) for box in left_out)
        or any(_holds_words(other, usual) for other in _below(line, others))
    )


def _meet(ink: Box, other: Box) -> bool:
    """Tell whether nothing keeps two values of a row apart."""
    gap = max(other.x0 - ink.x1, ink.x0 - other.x1)
    return abs(other.middle - ink.middle) < NEAR * ink.height and gap < NEAR * ink.height


def _follows(ink: Box, box: Box) -> bool:
    """Tell whether a line of text stands right above or below what was read, and is as tall."""
    gap = max(box.y0 - ink.y1, ink.y0 - box.y1)
    shared = box.overlap(ink.x0, ink.x1)
    narrower = min(box.x1 - box.x0, ink.x1 - ink.x0)
    return box.height > AS_TALL * ink.height and gap < NEXT_LINE * ink.height and shared > narrower / 2


def _below(line: Line, others: Sequence[Line]) -> Iterator[Line]:
    for other in others:
        is_next = line.ink.middle < other.ink.middle and other.ink.y0 - line.ink.y1 < NEXT_LINE * line.ink.height
        if is_next and other.ink.overlap(line.ink.x0, line.ink.x1) > 0:
            yield other


def _holds_words(line: Line, usual: float) -> bool:
    """Tell whether a number's slot holds words, or more than one line."""
    has_words = any(is_chinese(char) for char in line.reading.free)
    return line.slot.alphabet not in WORDS and (has_words or line.ink.height > TWO_LINES * usual)
