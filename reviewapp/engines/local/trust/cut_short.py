"""Tell of which values more may be printed than was read, so that nobody takes a part of one for
the whole.

Forms are drawn for short values. Printers run long ones over the slot's edge or on to one more line
than there is room for, where they meet a label, another value, the frame or the picture's edge.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import NEAR_SEAL, Alphabet
from reviewapp.engines.local.find.register import project
from reviewapp.engines.local.networks.reading import Points
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.line import WORDS, Line, SheetReading
from reviewapp.facts.scripts import has_chinese

# Shares of a line's height, which is about a character's width: how far apart two values, or a
# value and the picture's border, stand at least; how far below the next line begins; how tall it is
# at least.
NEAR, BORDER, NEXT_LINE, AS_TALL = 0.5, 0.25, 0.8, 0.55
# Ink as tall as this, in heights of the sheet's usual line, is two lines.
TWO_LINES = 1.5


def cut_short(reading: SheetReading, to_pixels: Points, size: tuple[int, int]) -> set[str]:
    """Return the API keys of values that may go on beyond what was read.

    `to_pixels` (3, 3) maps form mm to pixels of the picture, whose (width, height) is `size`.
    """
    lines = [line for slot_lines in reading.lines.values() for line in slot_lines]
    usual_height = median(line.ink.height for line in lines) if lines else 0.0
    keys = set()
    for line in lines:
        if (
            line.reading.is_cut
            or _passes_slot(line)
            or _touches_border(line.ink, to_pixels, size)
            or _has_more_beside(line, lines, reading.left_out, usual_height)
        ):
            keys.add(line.slot.key)
    return keys


def _passes_slot(line: Line) -> bool:
    """Tell whether a word or number runs over the label behind it or into the frame.

    Parts of a place run into each other, and lose nothing by it.
    """
    is_long = line.slot.alphabet in WORDS or line.slot.alphabet == Alphabet.ID_NUMBER
    return is_long and line.slot.key != "birthPlace" and line.ink.x1 > line.slot.x1


def _touches_border(ink: Box, to_pixels: Points, size: tuple[int, int]) -> bool:
    """Tell whether a line ends where the picture does."""
    corners = project(to_pixels, ink.corners)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    margin = BORDER * height
    is_at_start = corners < margin
    is_at_end = corners > np.array(size) - margin
    return bool((is_at_start | is_at_end).any())


def _has_more_beside(
    line: Line, lines: Sequence[Line], left_out: Sequence[Box], usual_height: float
) -> bool:
    """Tell whether words meet another value, or stand above or below words that no slot was given.

    Near the seal nothing can be told, for it has words of its own.
    """
    if line.slot.alphabet not in WORDS or line.slot.key in NEAR_SEAL:
        return False
    if any(_follows(line.ink, box) for box in left_out):
        return True
    for other in lines:
        if other.slot.key == line.slot.key:
            continue
        is_more = _is_below(other.ink, line.ink) and _holds_words(other, usual_height)
        if is_more or _meet(line.ink, other.ink):
            return True
    return False


def _meet(ink: Box, other: Box) -> bool:
    """Tell whether nothing keeps two values of a row apart."""
    least = NEAR * ink.height
    if abs(other.middle - ink.middle) >= least:
        return False
    gap = max(other.x0 - ink.x1, ink.x0 - other.x1)
    return gap < least


def _follows(ink: Box, box: Box) -> bool:
    """Tell whether a line of text stands right above or below what was read, and is as tall."""
    gap = max(box.y0 - ink.y1, ink.y0 - box.y1)
    if gap >= NEXT_LINE * ink.height or box.height <= AS_TALL * ink.height:
        return False
    narrower = min(box.width, ink.width)
    return box.overlap(ink.x0, ink.x1) > narrower / 2


def _is_below(other: Box, ink: Box) -> bool:
    """Tell whether another line stands right below what was read."""
    is_next = ink.middle < other.middle and other.y0 - ink.y1 < NEXT_LINE * ink.height
    return is_next and other.overlap(ink.x0, ink.x1) > 0


def _holds_words(line: Line, usual_height: float) -> bool:
    """Tell whether a number's slot holds words, or more than one line."""
    if line.slot.alphabet in WORDS:
        return False
    return has_chinese(line.reading.free) or line.ink.height > TWO_LINES * usual_height
