"""Of what was read in a window, keep what belongs to the slot: no printed labels, a date part's own
digits.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import GLYPH, Alphabet, Form, Label, Slot
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.box import Box
from reviewapp.facts.scripts import PLAIN_BRACKETS, is_chinese

DATE_DIGITS = {"年": 4, "月": 2, "日": 2, "时": 2, "分": 2}
AGE_DIGITS = 2
# mm that a value may begin before its slot: networks place glyphs that inexactly.
LABEL_SLACK = 0.7
# mm: how far before its slot the middle of a value's first character may stand.
ON_LABEL = 3.0
# mm between a glyph and the printed one that it may be: of a label's single glyph, and of the first
# of several, whose text tells it already.
SAME_PLACE, NEAR_PLACE = 0.9, 1.5
# Of the usual step between glyphs: the next one of the same text follows within it.
NEXT_GLYPH = 1.5
# What a glyph outside of its slot loses of its probability, and the mm behind the slot that are
# free.
OUTSIDE_COST, BEHIND_SLOT = 0.6, 0.3
# Of the step between glyphs, half of one with its room; the usual height and width of glyphs in mm,
# where a single one tells no step.
HALF_A_GLYPH, GLYPH_HEIGHT, GLYPH_WIDTH = 0.75, 4.5, 3.7
# A stray glyph behind so many others at least: how far off it stands, of their pitch, and below which
# probability.
FEWEST_BEFORE_STRAY, FAR_BEHIND, DOUBTFUL_STRAY = 2, 1.8, 0.8
# Of the usual step: ink beyond the outer glyph, or a gap between two, in which a glyph has room.
# Of the pitch of Chinese glyphs: ink beyond the last one's middle in which a digit has room.
WIDEST_MARGIN, WIDEST_GAP, BEHIND_CHINESE = 1.2, 1.7, 0.88


class Placed(NamedTuple):
    """A glyph, and the x in mm of its middle."""

    glyph: Glyph
    x: float


def within_slot(
    reading: Reading, window: Box, slot: Slot, form: Form, *, is_coloured: bool
) -> Reading:
    """Leave out glyphs that stand on a label's place; of a date part keep its two or four digits.

    Where labels were told by their colour, a glyph that ends a longer text there is the value's
    own.
    """
    glyphs = _behind_label(placed(reading, window), slot, form, is_coloured=is_coloured)
    label = following_label(slot, form)
    is_cut = False
    if label is not None:
        glyphs, is_cut = _without_label(glyphs, label, is_coloured=is_coloured)
    if slot.alphabet == Alphabet.TEXT:
        glyphs = _without_stray_end(glyphs)
    length = _digits_of(slot)
    if length and len(glyphs) > length:
        glyphs = _likeliest_part(glyphs, length, slot)
    of_value = tuple(place.glyph for place in glyphs)
    return replace(reading, glyphs=of_value, is_cut=is_cut)


def _behind_label(
    glyphs: list[Placed], slot: Slot, form: Form, *, is_coloured: bool
) -> list[Placed]:
    """Leave out glyphs that stand on the label before a slot.

    Where labels were told by their colour, a value may begin on its label's last character: what is
    left there and reads otherwise is the value's.
    """
    label = _label_before(slot, form)
    first_x = slot.x0 - LABEL_SLACK
    if not is_coloured or label is None:
        return [place for place in glyphs if place.x > first_x]
    behind = []
    for place in glyphs:
        is_words = is_chinese(place.glyph.char) and place.x > slot.x0 - ON_LABEL
        if place.x > first_x or (is_words and place.glyph.char not in label.text):
            behind.append(place)
    return behind


def _label_before(slot: Slot, form: Form) -> Label | None:
    """Return the label behind which a slot begins."""
    for label in form.labels:
        if abs(label.y - slot.y) < 0.1 and abs(label.right - slot.x0) < 0.1:
            return label
    return None


def placed(reading: Reading, window: Box) -> list[Placed]:
    """Return a reading's glyphs with their places."""
    return [Placed(glyph, window.x0 + glyph.at * window.width) for glyph in reading.glyphs]


def following_label(slot: Slot, form: Form) -> Label | None:
    """Return the label that ends a slot."""
    for label in form.labels:
        if abs(label.y - slot.y) < 0.1 and abs(label.x - slot.x1) < 0.1:
            return label
    return None


def _without_label(
    glyphs: list[Placed], label: Label, *, is_coloured: bool
) -> tuple[list[Placed], bool]:
    """Take a label's glyphs off the end; tell whether one of them follows the others like one of
    theirs.
    """
    is_cut = False
    while glyphs and _is_label_glyph(glyphs[-1], label):
        is_like_others = _goes_on(glyphs)
        if is_like_others and is_coloured:
            break
        is_cut |= is_like_others
        glyphs = glyphs[:-1]
    return _before(glyphs, label) if len(label.text) > 1 else glyphs, is_cut


def _without_stray_end(glyphs: list[Placed]) -> list[Placed]:
    """Take off a doubtful last glyph that stands far behind the others: what specks were read as."""
    if len(glyphs) < FEWEST_BEFORE_STRAY + 1:
        return glyphs
    *before, last = glyphs
    step = _pitch(_steps(before))
    is_far = last.x - before[-1].x > FAR_BEHIND * step
    return before if is_far and last.glyph.prob < DOUBTFUL_STRAY else glyphs


def _digits_of(slot: Slot) -> int | None:
    """Return how many digits a slot has at most, None where that is not known."""
    is_age = slot.key.endswith("Age") and slot.key != "gestationalAge"
    return AGE_DIGITS if is_age else DATE_DIGITS.get(slot.part)


def _likeliest_part(glyphs: list[Placed], length: int, slot: Slot) -> list[Placed]:
    """Return so many neighbouring glyphs of the most probability within their slot."""
    parts = [glyphs[start : start + length] for start in range(len(glyphs) - length + 1)]
    return max(parts, key=lambda part: sum(_worth(place, slot) for place in part))


def _worth(place: Placed, slot: Slot) -> float:
    is_outside = place.x > slot.x1 + BEHIND_SLOT or place.x < slot.x0
    return place.glyph.prob - (OUTSIDE_COST if is_outside else 0.0)


def _is_label_glyph(place: Placed, label: Label) -> bool:
    """Tell whether a glyph is one of a label's, in its very place; a long value may print the same
    one beside it.
    """
    char = place.glyph.char.translate(PLAIN_BRACKETS)
    for number, printed in enumerate(label.text):
        x = label.x + GLYPH * (number + 0.5)
        if printed == char and abs(x - place.x) < SAME_PLACE:
            return True
    return False


def _before(glyphs: list[Placed], label: Label) -> list[Placed]:
    """Cut a label of several characters off, with all behind it, where it begins near its place."""
    text = "".join(place.glyph.char for place in glyphs)
    start = text.translate(PLAIN_BRACKETS).rfind(label.text)
    if start < 0:
        return glyphs
    distance = abs(glyphs[start].x - label.x - GLYPH / 2)
    return glyphs[:start] if distance < NEAR_PLACE else glyphs


def _goes_on(glyphs: Sequence[Placed]) -> bool:
    """Tell whether the last glyph follows the others at their own pitch."""
    steps = _steps(glyphs)
    return len(steps) > 1 and steps[-1] < NEXT_GLYPH * median(steps[:-1])


def _steps(glyphs: Sequence[Placed]) -> list[float]:
    """Return the distances in mm between neighbouring glyphs' middles."""
    return [after.x - before.x for before, after in pairwise(glyphs)]


def ink_of(tight: Box, reading: Reading, window: Box) -> Box:
    """Narrow the ink's box to the glyphs of the value: beside them are labels, specks, rules."""
    glyphs = placed(reading, window)
    if not glyphs:
        return tight
    steps = _steps(glyphs)
    step = median(steps) if steps else min(tight.height, GLYPH_HEIGHT)
    reach = HALF_A_GLYPH * step
    x0 = max(tight.x0, glyphs[0].x - reach)
    x1 = min(tight.x1, glyphs[-1].x + reach)
    return replace(tight, x0=x0, x1=x1) if x0 < x1 else tight


def has_unread_ink(reading: Reading, window: Box, ink: Box) -> bool:
    """Tell whether a line's ink is longer than its glyphs account for: one was passed over."""
    # Dots at the ends are what rules were read as.
    glyphs = [place for place in placed(reading, window) if place.glyph.char.isalnum()]
    if not glyphs:
        return True
    steps = _steps(glyphs)
    step = median(steps) if steps else min(ink.height, GLYPH_WIDTH)
    before = glyphs[0].x - ink.x0
    behind = ink.x1 - glyphs[-1].x
    if max(before, behind) > WIDEST_MARGIN * step:
        return True
    if steps and is_chinese(glyphs[-1].glyph.char) and behind > BEHIND_CHINESE * _pitch(steps):
        return True
    widest_gap = WIDEST_GAP * step
    pairs = zip(steps, pairwise(glyphs), strict=True)
    return any(gap > widest_gap and _are_solid(pair) for gap, pair in pairs)


def _pitch(steps: Sequence[float]) -> float:
    """Return the distance (mm) of Chinese glyphs in a line, where digits stand closer."""
    return float(np.quantile(steps, 0.75))


def _are_solid(pair: tuple[Placed, Placed]) -> bool:
    """Tell whether two glyphs stand side by side without room of their own, as only Chinese ones
    do.
    """
    return all(is_chinese(place.glyph.char) for place in pair)
