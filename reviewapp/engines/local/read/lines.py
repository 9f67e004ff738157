"""Find where values are printed on the flat sheet, and give each line to its slot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, Alphabet, Form, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Image, find_lines

FINDING_SCALE = 5.2
TWO_LINES = 6.0
INK_MARGIN = 0.2
PALE = 0.6
REACH = 2.5
ROOM_FOR_DAYS = 3.5
_LINE_GAP = 2.2
GLYPH_TO_HEIGHT, TALL_INK, DENSE_INK = 0.85, 0.5, 0.12
NEAR_SEAL = {"issueAuthority", "issueDate", "certificateNumber"}
# Ink right beside these is mostly the seal's or the frame's.
_CROWDED = NEAR_SEAL | {"motherAddress", "fatherAddress"}
_SIGNIFICANT = 1.6
COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in form mm, and the finder's score (0 where only ink was seen)."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 0.0

    @property
    def middle(self) -> float:
        """Centre y in mm."""
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        """Height in mm."""
        return self.y1 - self.y0

    def overlap(self, x0: float, x1: float) -> float:
        """Length in mm shared with an interval of x."""
        return max(0.0, min(self.x1, x1) - max(self.x0, x0))

    def shared_area(self, other: "Box") -> float:
        """Area in mm² shared with another box."""
        return self.overlap(other.x0, other.x1) * max(
            0.0, min(self.y1, other.y1) - max(self.y0, other.y0)
        )

    def joined(self, other: "Box") -> "Box":
        """The smallest box round both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
            max(self.score, other.score),
        )


@dataclass(frozen=True, slots=True)
class SlotLines:
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
    3. Give each line to its slot, cutting those that run over several; look for ink in slots left empty.
    """
    boxes = _found_boxes(sheet, cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR), form)
    offset = print_offset(boxes, form)
    by_slot = _give_to_slots(boxes, form, offset, sheet, ink)
    for slot in form.slots:
        if not by_slot.get(slot.name):
            by_slot[slot.name] = _ink_box(sheet, ink, slot, offset)
    places = [
        (slot, box) for slot in form.slots for box in _lines_of(by_slot[slot.name], slot, offset)
    ]
    return SlotLines(places, [box for box in boxes if not _is_covered(box, places)], offset)


def _is_covered(box: Box, places: Sequence[tuple[Slot, Box]]) -> bool:
    """Tell whether slots were given most of a line."""
    shared = sum(box.shared_area(place) for _, place in places)
    return shared > COVERED * (box.x1 - box.x0) * box.height


def _found_boxes(sheet: Sheet, picture: Image, form: Form) -> list[Box]:
    boxes = []
    long_side = round(max(picture.shape[:2]) / sheet.scale * FINDING_SCALE)
    for found in find_lines(picture, long_side):
        corners = sheet.to_mm(found.corners)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        box = Box(float(x0), float(y0), float(x1), float(y1), found.score)
        if (
            x1 - x0 > 1.2
            and 1.8 < y1 - y0 < 14
            and not _is_english(box, form)
            and not _is_label(box, form)
        ):
            boxes.append(box)
    pieces = [piece for box in boxes for piece in _split_lines(box, sheet, sheet.ink)]
    return _as_dark_as_most(pieces, sheet)


def _split_lines(box: Box, sheet: Sheet, ink: Image) -> list[Box]:
    """Split a box that holds two lines, one touching the other, where it has least ink."""
    tight = tight_box(sheet, ink, box)
    if tight.y1 - tight.y0 < TWO_LINES:
        return [box]
    x0, top, x1, bottom = pixels_of(sheet, replace(box, y0=tight.y0, y1=tight.y1))
    amount = (255.0 - ink[top:bottom, x0:x1]).sum(axis=1)
    third = len(amount) // 3
    valley = third + int(amount[third : 2 * third].argmin())
    if amount[valley] > 0.45 * float(np.median(amount)):
        return [box]
    border = float(sheet.to_mm(np.array([[0.0, top + valley + 0.5]]))[0, 1])
    return [replace(box, y1=border), replace(box, y0=border)]


def _as_dark_as_most(boxes: Sequence[Box], sheet: Sheet) -> list[Box]:
    """Leave out what is much paler than the values, which are all printed by one printer: remains of the seal."""
    darkness = [_darkness(sheet.ink, pixels_of(sheet, box)) for box in boxes]
    usual = float(np.median(darkness)) if boxes else 0.0
    return [box for box, dark in zip(boxes, darkness, strict=True) if dark > PALE * usual]


def _darkness(ink: Image, pixels: tuple[int, int, int, int]) -> float:
    x0, y0, x1, y1 = pixels
    return 1.0 - float(np.quantile(ink[y0:y1, x0:x1], 0.04)) / 255


def _is_english(box: Box, form: Form) -> bool:
    for label in form.labels:
        y = label.y + ENGLISH_BELOW
        if abs(box.middle - y) < 1.3 and box.y1 - box.y0 < 4.4:
            inside = box.overlap(label.x - 1.5, label.english_right + 2.0)
            if inside > 0.7 * (box.x1 - box.x0):
                return True
    return False


def _is_label(box: Box, form: Form) -> bool:
    """Tell whether a box covers what remains of a Chinese label and no more."""
    for label in form.labels:
        inside = box.overlap(label.x - 0.6, label.right + 0.6)
        if abs(box.middle - label.y) < 2.4 and inside > 0.8 * (box.x1 - box.x0):
            return True
    return False


def print_offset(boxes: Sequence[Box], form: Form) -> float:
    """Estimate how far below the labels' line the values are printed, in mm, from -4 to +5."""
    rows = np.array(sorted({slot.y for slot in form.slots}))
    middles = np.array([box.middle for box in boxes if box.y1 - box.y0 < 8])
    if not len(middles):
        return 0.0
    offsets = np.arange(-4.0, 5.01, 0.25)
    distance = np.abs(middles[:, None, None] - rows[None, :, None] - offsets[None, None]).min(
        axis=1
    )
    support = np.exp(-((distance / 0.9) ** 2)).sum(axis=0) - 0.05 * np.abs(offsets)
    return float(offsets[support.argmax()])


def _give_to_slots(
    boxes: Sequence[Box], form: Form, offset: float, sheet: Sheet, ink: Image
) -> dict[str, list[Box]]:
    rows = [(box, *_row_of(box, form, offset)) for box in boxes]
    given: dict[str, list[Box]] = {slot.name: [] for slot in form.slots}
    for box, best, row in rows:
        if best is None:
            continue
        middle = middle_of_row(
            [other for other, touched, _ in rows if touched and touched.y == best.y], best, offset
        )
        part = (
            box
            if best.wraps
            else replace(box, y0=max(box.y0, middle - REACH), y1=min(box.y1, middle + REACH))
        )
        if part.height > 1.5:
            for slot, piece in _cut(part, row, sheet, ink):
                given[slot.name].append(piece)
    return given


def middle_of_row(boxes: Sequence[Box], slot: Slot, offset: float) -> float:
    """Return the y on which a row's values stand: rows differ a little in how far below their line they are."""
    usual = slot.y + offset
    middles = [box.middle for box in boxes if box.height < 7 and abs(box.middle - usual) < 2]
    return float(np.median(middles)) if middles else usual


def _row_of(box: Box, form: Form, offset: float) -> tuple[Slot | None, list[Slot]]:
    """Return the slot nearest to a box, and the slots of its line from left to right."""
    y = box.middle - offset
    reach = {slot.name: abs(y - slot.y) for slot in form.slots}
    for slot in form.slots:
        if (
            slot.wraps
            and slot.top - 1 < y < slot.bottom + 1
            and box.overlap(slot.x0 - 2, slot.x1) > 0
        ):
            reach[slot.name] = min(reach[slot.name], max(0.0, reach[slot.name] - 5.2))
    near = [slot for slot in form.slots if slot.top - 1.5 < y < slot.bottom + 1.5]
    touched = [slot for slot in near if box.overlap(slot.x0 - 3.5, slot.x1 + 0.5) > 0]
    if not touched:
        return None, []
    best = min(touched, key=lambda slot: reach[slot.name])
    return best, sorted((slot for slot in form.slots if slot.y == best.y), key=lambda slot: slot.x0)


def _cut(box: Box, row: Sequence[Slot], sheet: Sheet, ink: Image) -> list[tuple[Slot, Box]]:
    """Give a box to the slots of its row, cut at the widest gap near a border it clearly crosses."""
    shares = [(slot, box.overlap(slot.x0, slot.x1)) for slot in row]
    total = sum(share for _, share in shares)
    held = [slot for slot, share in shares if share > max(_SIGNIFICANT, 0.15 * total)]
    if not held:
        middle = (box.x0 + box.x1) / 2
        reachable = [slot for slot in row if slot.x0 - 4.5 < middle < slot.x1 + 1.5]
        return [(max(reachable, key=lambda slot: slot.x0), box)] if reachable else []
    pieces = []
    for slot, following in pairwise(held):
        border = _widest_gap(sheet, ink, box, slot.x1 - 3.0, following.x0 + 4.0)
        pieces.append((slot, replace(box, x1=border)))
        box = replace(box, x0=border)
    return [*pieces, (held[-1], box)]


def pixels_of(sheet: Sheet, box: Box) -> tuple[int, int, int, int]:
    """Return a box's first and last column and row on a sheet, at least two apart, and cut off at its borders."""
    height, width = sheet.ink.shape
    left, top = sheet.origin
    x0 = max(0, min(round((box.x0 - left) * sheet.scale), width - 2))
    y0 = max(0, min(round((box.y0 - top) * sheet.scale), height - 2))
    x1 = max(x0 + 2, min(round((box.x1 - left) * sheet.scale), width))
    y1 = max(y0 + 2, min(round((box.y1 - top) * sheet.scale), height))
    return x0, y0, x1, y1


def _ink_mask(ink: Image, pixels: tuple[int, int, int, int], scale: float) -> NDArray[np.bool_]:
    """Return where ink is in a part of the layer (h, w), without specks and without dotted or solid rules."""
    x0, y0, x1, y1 = pixels
    part = ink[y0:y1, x0:x1]
    darkest, paper = np.quantile(part, (0.02, 0.5))
    level = min(0.82 * 255, darkest + 0.6 * (paper - darkest))
    mask = (part < level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, area = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    keep = (area > 0.12 * scale * scale) & (
        (height > 0.7 * scale) | (stats[:, cv2.CC_STAT_WIDTH] < 3.5 * scale)
    )
    keep[0] = False
    return keep[labels] if count > 1 else np.zeros(part.shape, bool)


def _widest_gap(sheet: Sheet, ink: Image, box: Box, x0: float, x1: float) -> float:
    x0, x1 = max(x0, box.x0), min(x1, box.x1)
    if x1 - x0 < 1.0:
        return (x0 + x1) / 2
    window = pixels_of(sheet, replace(box, x0=x0, x1=x1))
    gaps = _runs(~_ink_mask(ink, window, sheet.scale).any(axis=0))
    if not gaps:
        return (x0 + x1) / 2
    start, stop = max(gaps, key=lambda gap: gap[1] - gap[0])
    return float(sheet.to_mm(np.array([[window[0] + (start + stop) / 2, 0.0]]))[0, 0])


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first place of each run of flags that are set, and the place behind its last."""
    edges = np.flatnonzero(np.diff(np.pad(flags.astype(np.int8), 1)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def tight_box(sheet: Sheet, ink: Image, box: Box) -> Box:
    pixels = pixels_of(sheet, box)
    mask = _ink_mask(ink, pixels, sheet.scale)
    if not mask.any():
        return box
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    corners = np.array(
        [
            [pixels[0] + columns[0], pixels[1] + rows[0]],
            [pixels[0] + columns[-1] + 1, pixels[1] + rows[-1] + 1],
        ]
    )
    (x0, y0), (x1, y1) = sheet.to_mm(corners.astype(np.float64)) + np.array(
        [[-INK_MARGIN], [INK_MARGIN]]
    )
    return Box(float(x0), float(y0), float(x1), float(y1), box.score)


def _ink_box(sheet: Sheet, ink: Image, slot: Slot, offset: float) -> list[Box]:
    """Look for ink that the finder has missed, such as a lone slash or digit, on a slot's line."""
    band = Box(slot.x0 + 0.4, slot.y + offset - 2.4, slot.x1 - 0.4, slot.y + offset + 2.4)
    pixels = pixels_of(sheet, band)
    mask = _ink_mask(ink, pixels, sheet.scale)
    if (
        mask.sum() < 0.5 * sheet.scale**2
        or ink[pixels[1] : pixels[3], pixels[0] : pixels[2]].min() > 140
    ):
        return []
    tight = tight_box(sheet, ink, band)
    if tight.y1 - tight.y0 < 1.5:
        return []
    return [Box(tight.x0 - 0.6, tight.y0 - 0.6, tight.x1 + 0.6, tight.y1 + 0.6)]


def _lines_of(boxes: Sequence[Box], slot: Slot, offset: float) -> list[Box]:
    """Join boxes side by side into lines, top to bottom.

    1. The lines; beside the weeks of gestation there is room for the small raised days.
    2. Where nothing wraps, only the line where the form has it.
    """
    lines: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if lines and box.middle - lines[-1].middle < _LINE_GAP:
            lines[-1] = lines[-1].joined(box)
        else:
            lines.append(box)
    if slot.alphabet == Alphabet.WEEKS:
        lines = [replace(line, y0=line.y0 - 0.8, x1=line.x1 + ROOM_FOR_DAYS) for line in lines]
    if len(lines) > 1 and not slot.wraps:
        return [min(lines, key=lambda line: abs(line.middle - slot.y - offset))]
    return lines


def goes_on(sheet: Sheet, ink: Image, line: Box, slot: Slot) -> bool:
    """Tell whether glyphs of the slot stand right beside a line's, that the finder left out.

    1. Where seal and frame are, they are mostly theirs.
    2. Find ink that is as tall as the line's.
    3. Is any right beside it, and fills its place as characters do? Specks and remains of rules do not.
    """
    if slot.key in _CROWDED:
        return False
    band = replace(line, x0=min(line.x0, slot.x0), x1=max(line.x1, slot.x1))
    pixels = pixels_of(sheet, band)
    mask = _ink_mask(ink, pixels, sheet.scale)
    glyph = line.height * GLYPH_TO_HEIGHT * sheet.scale
    reach = round(0.2 * glyph)
    around = cv2.dilate(mask.astype(np.uint8), np.ones((1, 2 * reach + 1)))
    runs = [(start + reach, stop - reach) for start, stop in _runs(around.mean(axis=0) > TALL_INK)]
    left, right = ((x - sheet.origin[0]) * sheet.scale - pixels[0] for x in (line.x0, line.x1))
    return any(
        (left - 0.6 * glyph < stop and start < left - 0.4 * glyph)
        or (right + 0.4 * glyph < stop and start < right + 0.6 * glyph)
        for start, stop in runs
        if stop > start and mask[:, start:stop].mean() > DENSE_INK
    )


def without_labels(sheet: Sheet, form: Form) -> Image:
    """Return the ink layer with the labels painted over, English lines only below the Chinese ones."""
    ink = sheet.ink.copy()
    for label in form.labels:
        for y, reach in ((label.y, 1.8), (label.y + ENGLISH_BELOW, 1.4)):
            box = Box(label.x - 0.5, y - reach, label.right + 0.4, y + reach)
            x0, y0, x1, y1 = pixels_of(sheet, box)
            ink[y0:y1, x0:x1] = 255
    return ink
