"""Of what was read in a window, keep what belongs to the slot: no printed labels, a date part's own digits."""

from dataclasses import replace
from itertools import pairwise
from statistics import median

from reviewapp.engines.local.editions.edition5to7 import GLYPH, Form, Label, Slot
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.lines import Box

DATE_DIGITS = {"年": 4, "月": 2, "日": 2, "时": 2, "分": 2}
LABEL_SLACK = 0.7
HALF_A_GLYPH, GLYPH_HEIGHT, GLYPH_WIDTH = 0.75, 4.5, 3.7
WIDEST_MARGIN, WIDEST_GAP = 1.2, 1.7


def within_slot(
    reading: Reading, window: Box, slot: Slot, form: Form, *, is_coloured: bool
) -> Reading:
    """Leave out glyphs that stand on a label's place; of a date part keep its two or four digits.

    Where labels were told by their colour, a glyph that ends a longer text there is the value's
    own.
    """
    places = places_of(reading, window)
    kept = [
        (glyph, x)
        for glyph, x in zip(reading.glyphs, places, strict=True)
        if x > slot.x0 - LABEL_SLACK
    ]
    label = following_label(slot, form)
    is_cut = False
    while (
        kept
        and label
        and _is_label_glyph(*kept[-1], label)
        and not (is_coloured and _goes_on(kept))
    ):
        is_cut |= _goes_on(kept)
        kept.pop()
    kept = _before(kept, label) if label and len(label.text) > 1 else kept
    length = (
        2
        if slot.key.endswith("Age") and slot.key != "gestationalAge"
        else DATE_DIGITS.get(slot.part)
    )
    if length and len(kept) > length:
        starts = range(len(kept) - length + 1)
        best = max(
            starts, key=lambda i: sum(_worth(glyph, x, slot) for glyph, x in kept[i : i + length])
        )
        kept = kept[best : best + length]
    return replace(reading, glyphs=tuple(glyph for glyph, _ in kept), is_cut=is_cut)


def places_of(reading: Reading, window: Box) -> list[float]:
    """Return the x in mm of every glyph's middle."""
    return [window.x0 + glyph.at * (window.x1 - window.x0) for glyph in reading.glyphs]


def following_label(slot: Slot, form: Form) -> Label | None:
    """Return the label that ends a slot."""
    near = (
        label
        for label in form.labels
        if abs(label.y - slot.y) < 0.1 and abs(label.x - slot.x1) < 0.1
    )
    return next(near, None)


def _is_label_glyph(glyph: Glyph, x: float, label: Label) -> bool:
    """Tell whether a glyph is one of a label's, in its very place; a long value may print the same one beside it."""
    text = label.text.replace("(", "（").replace(")", "）") if glyph.char in "（）" else label.text
    return any(
        char == glyph.char and abs(label.x + GLYPH * (place + 0.5) - x) < 0.9
        for place, char in enumerate(text)
    )


def _before(kept: list[tuple[Glyph, float]], label: Label) -> list[tuple[Glyph, float]]:
    """Cut a label of several characters off, with all behind it, where it begins near its place."""
    text = "".join(glyph.char for glyph, _ in kept).translate(str.maketrans("（）", "()"))
    at = text.rfind(label.text)
    return kept[:at] if at >= 0 and abs(kept[at][1] - label.x - GLYPH / 2) < 1.5 else kept


def _goes_on(kept: list[tuple[Glyph, float]]) -> bool:
    """Tell whether the last glyph follows the others at their own pitch."""
    places = [x for _, x in kept]
    steps = [after - before for before, after in pairwise(places)]
    return len(steps) > 1 and steps[-1] < 1.5 * median(steps[:-1])


def _worth(glyph: Glyph, x: float, slot: Slot) -> float:
    return glyph.prob - (0.6 if x > slot.x1 + 0.3 or x < slot.x0 else 0.0)


def ink_of(tight: Box, kept: Reading, window: Box) -> Box:
    """Narrow the ink's box to the glyphs that were kept: beside them are labels, specks and rules."""
    if not kept.glyphs:
        return tight
    places = places_of(kept, window)
    steps = [after - before for before, after in pairwise(places)]
    reach = HALF_A_GLYPH * (median(steps) if steps else min(tight.height, GLYPH_HEIGHT))
    x0, x1 = max(tight.x0, places[0] - reach), min(tight.x1, places[-1] + reach)
    return replace(tight, x0=x0, x1=x1) if x0 < x1 else tight


def has_unread_ink(reading: Reading, window: Box, ink: Box) -> bool:
    """Tell whether a line's ink is longer than its glyphs account for: one was passed over."""
    written = [
        (glyph, x) for glyph, x in zip(reading.glyphs, places_of(reading, window), strict=True)
    ]
    written = [(glyph, x) for glyph, x in written if not glyph.char.isspace()]
    if not written:
        return True
    places = [x for _, x in written]
    steps = [after - before for before, after in pairwise(places)]
    pitch = median(steps) if steps else min(ink.height, GLYPH_WIDTH)
    wide = [
        step
        for step, (a, b) in zip(steps, pairwise(glyph.char for glyph, _ in written), strict=True)
        if _is_solid(a, b)
    ]
    margin = max(places[0] - ink.x0, ink.x1 - places[-1])
    return margin > WIDEST_MARGIN * pitch or max(wide, default=0.0) > WIDEST_GAP * pitch


def _is_solid(before: str, after: str) -> bool:
    """Tell whether two characters stand side by side without room of their own, as Chinese ones do."""
    return "\u3400" <= before <= "\u9fff" and "\u3400" <= after <= "\u9fff"
