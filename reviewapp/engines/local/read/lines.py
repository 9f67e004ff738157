"""Find where values are printed on the flat sheet, and give each line to its slot."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np

from reviewapp.engines.local.editions.edition5to7 import (
    ENGLISH_BELOW,
    NEAR_SEAL,
    Alphabet,
    Form,
    Label,
    Slot,
)
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Image, find_lines
from reviewapp.engines.local.read.box import Box, part_of, pixels_of, place_of
from reviewapp.engines.local.read.ink import (
    WHITE,
    darkness_of,
    ink_mask,
    runs,
    tight_box,
    to_end_of_ink,
)
from reviewapp.engines.local.read.line import WORDS

# Pixels per mm at which the finder looks: a character of 3.7 mm is then 19 pixels high. This and
# all that follows was chosen on generated pictures of every kind.
FINDING_SCALE = 5.2

# All in mm. What holds a value is at least so wide, and so high with its margin.
NARROWEST, LOWEST, HIGHEST = 1.2, 1.8, 14.0
# Of a line without its margin: what is at least so high holds two lines.
TWO_LINES = 6.0
# Where two lines touch, the rows between have at most this share of the usual row's ink.
VALLEY = 0.45
# Darkness, of the sheet's usual line; what is paler was printed by something else: the seal.
PALE = 0.6
# How far a line may lie from a label's and still be what remains of it, and which share of it then
# lies within the label's reach (mm to the left and right).
ENGLISH_OFF, ENGLISH_HIGHEST, ENGLISH_SHARE = 1.3, 4.4, 0.7
ENGLISH_LEFT, ENGLISH_RIGHT = 1.5, 2.0
CHINESE_OFF, CHINESE_SHARE, CHINESE_REACH = 2.4, 0.8, 0.6

# The printer's offset: looked for from the first to the second in such steps, by boxes of one line.
# A box a spread away from its row is an e-th of evidence; each mm of offset costs a little, so that
# rows are not taken for their neighbours.
OFFSETS = np.arange(-4.0, 5.01, 0.25)
ONE_LINE, ROW_SPREAD, OFFSET_COST = 8.0, 0.9, 0.05
# A row's middle is told by boxes of one line that lie at most so far from where it is expected.
ROW_HIGHEST, ROW_OFF = 7.0, 2.0
# Half the height of a row: what lies beyond belongs to the next one. A part of less height is none.
REACH, LOWEST_PART = 2.5, 1.5
# How far from a slot's room a box may lie, up and down, to the left and right, and still be its.
SLOT_OFF, SLOT_LEFT, SLOT_RIGHT = 1.5, 3.5, 0.5
# The same for rows into which values wrap, and how far such a row lies from the slot's own.
WRAP_OFF, WRAP_LEFT, NEXT_ROW = 1.0, 2.0, 5.2
# A box belongs to a slot of which it covers so much, and such a share of all it covers.
SIGNIFICANT, SIGNIFICANT_SHARE = 1.6, 0.15
# One that covers no slot so far may begin so far before one, or behind it.
BEFORE_SLOT, BEHIND_SLOT = 4.5, 1.5
# Where to look for a gap about the border of two slots, and the least room that can have one.
GAP_BEFORE, GAP_BEHIND, LEAST_ROOM = 3.0, 4.0, 1.0
# Share of a box's area that slots were given; of less, some words may be lost.
COVERED = 0.6

# A slot that no box was given: the band about its line, its least ink in mm² and grey value, and
# the margin round it.
BAND_REACH, BAND_SIDE, LEAST_INK, FAINTEST_INK, BAND_MARGIN = 2.4, 0.4, 0.5, 140, 0.6
# Boxes whose middles lie closer are of one line.
LINE_GAP = 2.2
# Room for days of gestation, which are small and raised: to the right, and above.
ROOM_FOR_DAYS, RAISED_BY = 3.5, 0.8


class SlotLines(NamedTuple):
    """The lines of all slots, top to bottom, and those that no slot was given.

    `offset` is how far (mm) values are printed below their labels' line.
    """

    places: list[tuple[Slot, Box]]
    left_out: list[Box]
    offset: float


def find_slot_lines(sheet: Sheet, ink: Image, form: Form) -> SlotLines:
    """Find each slot's lines.

    1. Find text lines in the ink layer (H, W), leaving out remains of labels and of the seal.
    2. Estimate how far below their lines the values are printed.
    3. Give each line to its slot, cutting those that run over several; look for ink in slots left
       empty.
    4. Follow words to their end, where the finder has left their last characters out.
    """
    boxes = _value_boxes(sheet, ink, form)
    offset = print_offset(boxes, form)
    by_slot = _give_to_slots(boxes, form, offset, sheet, ink)
    places: list[tuple[Slot, Box]] = []
    for slot in form.slots:
        in_slot = by_slot[slot.name] or _ink_box(sheet, ink, slot, offset)
        lines = _lines_of(in_slot, slot, offset)
        places += [(slot, line) for line in lines]
    places = [(slot, _to_end(sheet, ink, form, slot, line, places)) for slot, line in places]
    left_out = [box for box in boxes if not _is_covered(box, places)]
    return SlotLines(places, left_out, offset)


def _to_end(
    sheet: Sheet, ink: Image, form: Form, slot: Slot, line: Box, places: Sequence[tuple[Slot, Box]]
) -> Box:
    """Return a line of words with its last characters, up to the next value of its row.

    Where colour cannot tell, it ends before the next label and the frame. Near the seal all ink
    may be the seal's.
    """
    if slot.alphabet not in WORDS or slot.key in NEAR_SEAL:
        return line
    _, _, last_x, _ = form.area
    if not sheet.is_coloured:
        last_x = min(slot.x1, form.frame[2] - form.ornament)
    for _, other in places:
        is_beside = abs(other.middle - line.middle) < LINE_GAP
        if is_beside and other.x0 > line.x0 and other != line:
            last_x = min(last_x, other.x0)
    return to_end_of_ink(sheet, ink, line, last_x)


def _is_covered(box: Box, places: Sequence[tuple[Slot, Box]]) -> bool:
    """Tell whether slots were given most of a box."""
    shared = sum(box.shared_area(place) for _, place in places)
    return shared > COVERED * box.width * box.height


def _value_boxes(sheet: Sheet, ink: Image, form: Form) -> list[Box]:
    """Find boxes of one line each that may hold values."""
    picture = cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR)
    long_side_mm = max(ink.shape) / sheet.scale
    pieces: list[Box] = []
    for text_box in find_lines(picture, round(long_side_mm * FINDING_SCALE)):
        corners = sheet.to_mm(text_box.corners)
        x0, y0 = corners.min(axis=0).tolist()
        x1, y1 = corners.max(axis=0).tolist()
        box = Box(x0, y0, x1, y1, text_box.score)
        if _can_hold_value(box, form):
            pieces += _split_lines(box, sheet)
    return _as_dark_as_most(pieces, sheet)


def _can_hold_value(box: Box, form: Form) -> bool:
    if box.width <= NARROWEST or not LOWEST < box.height < HIGHEST:
        return False
    return not any(_is_english(box, label) or _is_chinese(box, label) for label in form.labels)


def _is_english(box: Box, label: Label) -> bool:
    """Tell whether a box covers what remains of a label's English line and no more."""
    english_y = label.y + ENGLISH_BELOW
    if abs(box.middle - english_y) >= ENGLISH_OFF or box.height >= ENGLISH_HIGHEST:
        return False
    left = label.x - ENGLISH_LEFT
    right = label.english_right + ENGLISH_RIGHT
    return box.overlap(left, right) > ENGLISH_SHARE * box.width


def _is_chinese(box: Box, label: Label) -> bool:
    """Tell whether a box covers what remains of a label's Chinese line and no more."""
    if abs(box.middle - label.y) >= CHINESE_OFF:
        return False
    left = label.x - CHINESE_REACH
    right = label.right + CHINESE_REACH
    return box.overlap(left, right) > CHINESE_SHARE * box.width


def _split_lines(box: Box, sheet: Sheet) -> list[Box]:
    """Split a box that holds two lines, one touching the other, where it has least ink."""
    tight = tight_box(sheet, sheet.ink, box)
    if tight.height < TWO_LINES:
        return [box]
    both_lines = replace(box, y0=tight.y0, y1=tight.y1)
    darkness = WHITE - part_of(sheet.ink, sheet, both_lines)
    ink_of_rows = darkness.sum(axis=1)
    third = len(ink_of_rows) // 3
    middle_rows = ink_of_rows[third : 2 * third]
    if middle_rows.min() > VALLEY * float(np.median(ink_of_rows)):
        return [box]
    first_row = pixels_of(sheet, both_lines)[1] + third
    valley = first_row + int(middle_rows.argmin())
    _, border = place_of(sheet, 0.0, valley + 0.5)
    return [replace(box, y1=border), replace(box, y0=border)]


def _as_dark_as_most(boxes: Sequence[Box], sheet: Sheet) -> list[Box]:
    """Leave out what is much paler than the values, which are all printed by one printer: remains
    of the seal.
    """
    if not boxes:
        return []
    darkness = [darkness_of(sheet, box) for box in boxes]
    palest = PALE * float(np.median(darkness))
    pairs = zip(boxes, darkness, strict=True)
    return [box for box, dark in pairs if dark > palest]


def print_offset(boxes: Sequence[Box], form: Form) -> float:
    """Estimate how far below the labels' line the values are printed, in mm, from -4 to +5."""
    middles = [box.middle for box in boxes if box.height < ONE_LINE]
    if not middles:
        return 0.0
    rows = sorted({slot.y for slot in form.slots})
    # (boxes, rows, offsets), then to the nearest row (boxes, offsets), in mm
    below_rows = np.array(middles)[:, None, None] - np.array(rows)[None, :, None]
    distances = np.abs(below_rows - OFFSETS).min(axis=1)
    evidence = np.exp(-((distances / ROW_SPREAD) ** 2)).sum(axis=0)
    support = evidence - OFFSET_COST * np.abs(OFFSETS)
    return float(OFFSETS[support.argmax()])


def _give_to_slots(
    boxes: Sequence[Box], form: Form, offset: float, sheet: Sheet, ink: Image
) -> dict[str, list[Box]]:
    """Return by name of slot what of the boxes is its: of the row of the nearest slot, cut between
    its slots.
    """
    by_slot: dict[str, list[Box]] = {slot.name: [] for slot in form.slots}
    nearest = [(box, _nearest_slot(box, form, offset)) for box in boxes]
    for box, slot in nearest:
        if slot is None:
            continue
        part = box
        if not slot.wraps:
            in_row = [other for other, its in nearest if its and its.y == slot.y]
            middle = middle_of_row(in_row, slot, offset)
            part = _within_row(box, middle)
        if part.height <= LOWEST_PART:
            continue
        row = _row_of(slot, form)
        for slot_of_piece, piece in _cut(part, row, sheet, ink):
            by_slot[slot_of_piece.name].append(piece)
    return by_slot


def _row_of(slot: Slot, form: Form) -> list[Slot]:
    """Return the slots of a slot's line from left to right."""
    row = [in_row for in_row in form.slots if in_row.y == slot.y]
    return sorted(row, key=lambda in_row: in_row.x0)


def _within_row(box: Box, middle: float) -> Box:
    return replace(box, y0=max(box.y0, middle - REACH), y1=min(box.y1, middle + REACH))


def middle_of_row(boxes: Sequence[Box], slot: Slot, offset: float) -> float:
    """Return the y on which a row's values stand: rows differ a little in how far below their line
    they are.
    """
    usual = slot.y + offset
    middles = []
    for box in boxes:
        is_one_line = box.height < ROW_HIGHEST
        if is_one_line and abs(box.middle - usual) < ROW_OFF:
            middles.append(box.middle)
    return float(np.median(middles)) if middles else usual


def _nearest_slot(box: Box, form: Form, offset: float) -> Slot | None:
    """Return the slot whose line is nearest to a box, of those that it touches."""
    y = box.middle - offset
    touched = [slot for slot in form.slots if _touches(box, y, slot)]
    return min(touched, key=lambda slot: _distance(box, y, slot), default=None)


def _touches(box: Box, y: float, slot: Slot) -> bool:
    """Tell whether a box at a height lies in a slot's room, or not far off."""
    if not slot.top - SLOT_OFF < y < slot.bottom + SLOT_OFF:
        return False
    return box.overlap(slot.x0 - SLOT_LEFT, slot.x1 + SLOT_RIGHT) > 0


def _distance(box: Box, y: float, slot: Slot) -> float:
    """Return how far (mm) a box at a height is from a slot's line, or from one of those into which
    it wraps.
    """
    distance = abs(y - slot.y)
    if not slot.wraps:
        return distance
    is_beside = box.overlap(slot.x0 - WRAP_LEFT, slot.x1) > 0
    is_in_room = slot.top - WRAP_OFF < y < slot.bottom + WRAP_OFF
    if is_beside and is_in_room:
        return max(0.0, distance - NEXT_ROW)
    return distance


def _cut(box: Box, row: Sequence[Slot], sheet: Sheet, ink: Image) -> list[tuple[Slot, Box]]:
    """Give a box to the slots of its row, cut at the widest gap near a border that it crosses."""
    shares = [box.overlap(slot.x0, slot.x1) for slot in row]
    least = max(SIGNIFICANT, SIGNIFICANT_SHARE * sum(shares))
    slots = [slot for slot, share in zip(row, shares, strict=True) if share > least]
    if not slots:
        return _beside_slots(box, row)
    pieces = []
    rest = box
    for slot, following in pairwise(slots):
        left = slot.x1 - GAP_BEFORE
        right = following.x0 + GAP_BEHIND
        border = _widest_gap(sheet, ink, rest, left, right)
        pieces.append((slot, replace(rest, x1=border)))
        rest = replace(rest, x0=border)
    return [*pieces, (slots[-1], rest)]


def _beside_slots(box: Box, row: Sequence[Slot]) -> list[tuple[Slot, Box]]:
    """Give a box that lies in no slot to the last one that begins not far behind it."""
    middle = (box.x0 + box.x1) / 2
    for slot in reversed(row):
        if slot.x0 - BEFORE_SLOT < middle < slot.x1 + BEHIND_SLOT:
            return [(slot, box)]
    return []


def _widest_gap(sheet: Sheet, ink: Image, box: Box, x0: float, x1: float) -> float:
    """Return the middle (mm) of the widest gap in a box's ink from x0 to x1, or half way."""
    x0 = max(x0, box.x0)
    x1 = min(x1, box.x1)
    half_way = (x0 + x1) / 2
    if x1 - x0 < LEAST_ROOM:
        return half_way
    room = replace(box, x0=x0, x1=x1)
    mask = ink_mask(part_of(ink, sheet, room), sheet.scale)
    gaps = runs(~mask.any(axis=0))
    if not gaps:
        return half_way
    start, stop = max(gaps, key=lambda gap: gap[1] - gap[0])
    first_column, _, _, _ = pixels_of(sheet, room)
    middle, _ = place_of(sheet, first_column + (start + stop) / 2, 0.0)
    return middle


def _ink_box(sheet: Sheet, ink: Image, slot: Slot, offset: float) -> list[Box]:
    """Look for ink that the finder has missed, such as a lone slash or digit, on a slot's line."""
    middle = slot.y + offset
    band = Box(
        x0=slot.x0 + BAND_SIDE,
        y0=middle - BAND_REACH,
        x1=slot.x1 - BAND_SIDE,
        y1=middle + BAND_REACH,
    )
    part = part_of(ink, sheet, band)
    least_pixels = LEAST_INK * sheet.scale**2
    if ink_mask(part, sheet.scale).sum() < least_pixels or part.min() > FAINTEST_INK:
        return []
    tight = tight_box(sheet, ink, band)
    return [tight.grown(BAND_MARGIN)] if tight.height >= LOWEST_PART else []


def _with_room_for_days(weeks: Box) -> Box:
    return replace(weeks, y0=weeks.y0 - RAISED_BY, x1=weeks.x1 + ROOM_FOR_DAYS)


def _lines_of(boxes: Sequence[Box], slot: Slot, offset: float) -> list[Box]:
    """Join boxes side by side into lines, top to bottom.

    1. The lines; beside the weeks of gestation there is room for the small raised days.
    2. Where nothing wraps, only the line where the form has it.
    """
    lines: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if lines and box.middle - lines[-1].middle < LINE_GAP:
            lines[-1] = lines[-1].joined(box)
        else:
            lines.append(box)
    if slot.alphabet == Alphabet.WEEKS:
        lines = [_with_room_for_days(line) for line in lines]
    if len(lines) < 2 or slot.wraps:
        return lines
    return [min(lines, key=lambda line: abs(line.middle - slot.y - offset))]
