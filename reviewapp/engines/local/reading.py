"""From the flat sheet to what stands in each slot: lines found, given to slots, read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from reviewapp.engines.local.layout import GLYPH, Alphabet, Form, Label, Slot
from reviewapp.engines.local.lines import Box, find_slot_lines, middle_of_row, pixels_of, tight_box, without_labels
from reviewapp.engines.local.models import Glyph, Image, Reading, read_crops
from reviewapp.engines.local.straighten import Sheet

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = {
    Alphabet.TEXT: "",
    Alphabet.ETHNICITY: "",
    Alphabet.DIGITS: _DIGITS + "/",
    Alphabet.WEEKS: _DIGITS + "+*/⁺⁰¹²³⁴⁵⁶",
    Alphabet.DECIMAL: _DIGITS + "./",
    Alphabet.ID_NUMBER: _DIGITS + _LETTERS + "()/",
    Alphabet.CERTIFICATE_NUMBER: _DIGITS + _LETTERS,
    Alphabet.SEX: "男女/",
}
LABEL_SLACK = 0.7
DOUBTFUL = 0.93
DATE_DIGITS = {"年": 4, "月": 2, "日": 2, "时": 2, "分": 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a slot: where it was found, the tight box of its ink, and what it was read as.

    `agreed` is False when two readings of a doubtful line differ.
    """

    slot: Slot
    box: Box
    ink: Box
    reading: Reading
    contrast: float
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class SheetReading:
    """All lines of a sheet by slot name, top to bottom; `offset` is how far (mm) values lie below their lines."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    offset: float = 0.0


def read_sheet(sheet: Sheet, form: Form) -> SheetReading:
    """Read every slot of a flat sheet.

    1. Find each slot's lines in the ink layer, with printed labels painted over where colour cannot tell them.
    2. Read all lines in one go with their slots' alphabets; read doubtful ones and incomplete dates again.
    """
    ink = sheet.ink if sheet.is_coloured else without_labels(sheet, form)
    places, offset = find_slot_lines(sheet, ink, form)
    lines = _read_lines(sheet, ink, places, form)
    by_name = {slot.name: [line for line in lines if line.slot is slot] for slot in form.slots}
    return SheetReading(by_name | _second_look(sheet, ink, by_name, form, offset), offset)


def _second_look(
    sheet: Sheet, ink: Image, lines: dict[str, list[Line]], form: Form, offset: float
) -> dict[str, list[Line]]:
    """Read date parts that lack digits again, across their whole slot."""
    lacking = [s for s in form.slots if s.part in DATE_DIGITS and _digits_in(lines[s.name]) < DATE_DIGITS[s.part]]
    row_lines = {s.y: [line.ink for n in lines for line in lines[n] if line.slot.y == s.y] for s in lacking}
    places = []
    for slot in lacking:
        middle = middle_of_row(row_lines[slot.y], slot, offset)
        places.append((slot, Box(slot.x0 - 0.6, middle - 2.2, slot.x1 + 0.6, middle + 2.2)))
    again = _read_lines(sheet, ink, places, form) if places else []
    return {line.slot.name: [line] for line in again if _digits_in([line]) == DATE_DIGITS[line.slot.part]}


def _digits_in(lines: Sequence[Line]) -> int:
    return sum(glyph.char in _DIGITS for line in lines for glyph in line.reading.glyphs)


def _read_lines(sheet: Sheet, ink: Image, places: Sequence[tuple[Slot, Box]], form: Form) -> list[Line]:
    """Read the lines of all slots in one go.

    1. Take each line's window; where labels were painted over, look under the paint beside a label.
    2. Read, then leave out what stands on a label's place and lines that are mere remains.
    """
    tights = [tight_box(sheet, ink, box) for _, box in places]
    windows = []
    for (slot, box), tight in zip(places, tights, strict=True):
        window = _with_margin(box, tight)
        windows.append(window if sheet.is_coloured else _over_next_label(window, slot, form))
    crops = []
    for window in windows:
        x0, y0, x1, y1 = pixels_of(sheet, window)
        crops.append(cv2.cvtColor(sheet.ink[y0:y1, x0:x1], cv2.COLOR_GRAY2BGR))
    readings = read_crops(crops, [CHARACTERS[slot.alphabet] for slot, _ in places])
    lines = []
    for (slot, box), tight, window, crop, reading in zip(places, tights, windows, crops, readings, strict=True):
        kept = within_slot(reading, window, slot, form)
        lines.append(Line(slot, box, _tight_of(tight, reading, kept, window), kept, _contrast(crop)))
    return _confirmed([line for line in lines if not _is_remains(line, lines)], sheet, form)


def _confirmed(lines: Sequence[Line], sheet: Sheet, form: Form) -> list[Line]:
    """Read doubtful lines once more in a narrower window; keep the surer reading, and note whether both agree."""
    doubtful = [line for line in lines if line.reading.lowest < DOUBTFUL]
    windows = [_grown(line.ink, 0.5) for line in doubtful]
    crops = []
    for window in windows:
        x0, y0, x1, y1 = pixels_of(sheet, window)
        crops.append(cv2.cvtColor(sheet.ink[y0:y1, x0:x1], cv2.COLOR_GRAY2BGR))
    readings = read_crops(crops, [CHARACTERS[line.slot.alphabet] for line in doubtful]) if crops else []
    second = {}
    for line, window, reading in zip(doubtful, windows, readings, strict=True):
        other = within_slot(reading, window, line.slot, form)
        surer = max(line.reading, other, key=lambda r: (r.lowest + r.score) * bool(r.glyphs))
        second[id(line)] = replace(line, reading=surer, agreed=other.text == line.reading.text)
    return [second.get(id(line), line) for line in lines]


def _grown(box: Box, by: float) -> Box:
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by, box.score)


def _over_next_label(window: Box, slot: Slot, form: Form) -> Box:
    """Widen a window that ends at a label, so that a value printed into the label is read with it."""
    label = _following(slot, form)
    if label is None or window.x1 < label.x - 1.2:
        return window
    return replace(window, x1=max(window.x1, label.right + 0.4))


def within_slot(reading: Reading, window: Box, slot: Slot, form: Form) -> Reading:
    """Leave out glyphs that stand on a label's place; of a date part keep its two or four digits."""
    places = [window.x0 + glyph.at * (window.x1 - window.x0) for glyph in reading.glyphs]
    kept = [(glyph, x) for glyph, x in zip(reading.glyphs, places, strict=True) if x > slot.x0 - LABEL_SLACK]
    following = _following(slot, form)
    while kept and following and _is_label_glyph(*kept[-1], following):
        kept.pop()
    length = 2 if slot.key.endswith("Age") and slot.key != "gestationalAge" else DATE_DIGITS.get(slot.part)
    if length and len(kept) > length:
        starts = range(len(kept) - length + 1)
        best = max(starts, key=lambda i: sum(_worth(glyph, x, slot) for glyph, x in kept[i : i + length]))
        kept = kept[best : best + length]
    return Reading(tuple(glyph for glyph, _ in kept), reading.free)


def _is_label_glyph(glyph: Glyph, x: float, label: Label) -> bool:
    """Tell whether a glyph is one of a label's, in its very place; a long value may print the same one beside it."""
    text = label.text.replace("(", "（").replace(")", "）") if glyph.char in "（）" else label.text
    return any(char == glyph.char and abs(label.x + GLYPH * (place + 0.5) - x) < 0.9 for place, char in enumerate(text))


def _following(slot: Slot, form: Form) -> Label | None:
    near = (label for label in form.labels if abs(label.y - slot.y) < 0.1 and abs(label.x - slot.x1) < 0.1)
    return next(near, None)


def _worth(glyph: Glyph, x: float, slot: Slot) -> float:
    return glyph.prob - (0.6 if x > slot.x1 + 0.3 or x < slot.x0 else 0.0)


def _tight_of(tight: Box, reading: Reading, kept: Reading, window: Box) -> Box:
    """Narrow the ink's box to the glyphs that were kept."""
    if len(kept.glyphs) == len(reading.glyphs) or not kept.glyphs:
        return tight
    wide = window.x1 - window.x0
    pitch = wide * (kept.glyphs[-1].at - kept.glyphs[0].at) / max(1, len(kept.glyphs) - 1) or 2.0
    left = window.x0 + wide * kept.glyphs[0].at - 0.65 * pitch
    right = window.x0 + wide * kept.glyphs[-1].at + 0.65 * pitch
    x0 = max(tight.x0, left) if kept.glyphs[0] is not reading.glyphs[0] else tight.x0
    x1 = max(tight.x1, right) if right > tight.x1 else min(tight.x1, right)
    return replace(tight, x0=x0, x1=x1 if kept.glyphs[-1] is not reading.glyphs[-1] else tight.x1)


def _is_remains(line: Line, lines: Sequence[Line]) -> bool:
    """Tell whether a line is what is left of a label or the seal beside a real line of the same slot."""
    others = [other for other in lines if other.slot is line.slot and other is not line]
    if not others:
        return False
    tallest = max(other.ink.y1 - other.ink.y0 for other in others)
    best = max(other.reading.score for other in others)
    is_small = line.ink.y1 - line.ink.y0 < 0.6 * tallest
    is_doubtful = line.reading.score < 0.8 * best and len(line.reading.glyphs) < 3
    return is_small or is_doubtful or not line.reading.glyphs


def _with_margin(box: Box, tight: Box) -> Box:
    return Box(
        min(box.x0, tight.x0 - 0.5),
        min(box.y0, tight.y0 - 0.5),
        max(box.x1, tight.x1 + 0.5),
        max(box.y1, tight.y1 + 0.5),
    )


def _contrast(crop: Image) -> float:
    low, high = np.quantile(crop, (0.03, 0.8))
    return float(high - low) / 255
