"""What edition 4 alone has: the ticked sex, and numbers whose digits stand in boxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form, Label, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Glyph, Image, Reading, read_crops
from reviewapp.engines.local.read.box import Box, pixels_of
from reviewapp.engines.local.read.ink import tight_box
from reviewapp.engines.local.read.line import CHARACTERS, Line, SheetReading

# mm: how far the box for the tick reaches beside its label, and above and below the label's line.
TICK_REACH, HALF_ROW = 4.4, 2.3
# The chosen box has so many times the ink of the other one, and so much at all (0 to 1).
TICKED, LEAST_INK = 1.25, 0.01
# A tick says less than a printed word, so its probability stays below this.
SUREST_TICK = 0.99

# mm: half the height of a row of boxes with its borders.
HALF_BOX = 3.0
# mm: vertical and horizontal lines that are longer than any stroke of a digit are a box's.
TALL, WIDE = 3.4, 4.0
# mm: what is taken away round the middle of such a line, which is printed about so wide.
LINE_WIDTH = 0.25
# Levels, 0 to 255: ink is darker than the first; of a box's line so much darkness is left at least.
INK, RULED = 165, 50
# Index, in BGR, of the channel in which a red seal is light.
RED = 2
# mm: the gap between digits that were moved together, and the white left round them; printed
# digits stand about so far apart, and the networks know such lines.
KEPT_GAP, MARGIN = 0.8, 0.6
# mm by which the box round ink is larger, as it is for all other lines.
INK_MARGIN = 0.2
# A number has 15 digits (until 1999) or 18; of fewer, other ink was read.
FEWEST_DIGITS = 15


def with_marks(sheet: Sheet, form: Form, reading: SheetReading) -> SheetReading:
    """Add what only edition 4 has: the ticked sex, and numbers whose digits stand in boxes."""
    lines = dict(reading.lines)
    ticked = _ticked_sex(sheet, form)
    if ticked is not None:
        lines["sex"] = [ticked]
    middles = {}
    for slot in form.slots:
        if slot.alphabet == Alphabet.ID_NUMBER:
            in_slot = lines[slot.name]
            middles[slot] = in_slot[0].box.middle if in_slot else slot.y + reading.offset
    for line in _boxed_numbers(sheet, middles):
        if len(line.reading.text) >= FEWEST_DIGITS:
            lines[line.slot.name] = [line]
    return replace(reading, lines=lines)


def _ticked_sex(sheet: Sheet, form: Form) -> Line | None:
    """Tell whether 男 or 女 is ticked; the boxes stand before both or behind both.

    1. Where the form has more print: before 男, or behind 女.
    2. Which of the two boxes has more ink, and how much more.
    """
    labels = {label.text: label for label in form.labels}
    male, female = labels["男"], labels["女"]
    before_male = _beside(male, is_behind=False)
    behind_female = _beside(female, is_behind=True)
    print_before = _darkness(sheet.image, sheet, before_male)
    print_behind = _darkness(sheet.image, sheet, behind_female)
    is_behind = print_behind > print_before

    boxes = [_beside(label, is_behind=is_behind) for label in (male, female)]
    amounts = [_darkness(sheet.ink, sheet, box) for box in boxes]
    chosen = int(np.argmax(amounts))
    most, least = amounts[chosen], amounts[1 - chosen]
    if most < TICKED * least or most < LEAST_INK:
        return None
    char = "男女"[chosen]
    # As much ink in both boxes is worth one half, none in the other is sure.
    prob = float(np.clip(1.0 - 0.5 * least / most, 0.0, SUREST_TICK))
    return Line(
        slot=_sex_slot(male, female),
        box=boxes[chosen],
        ink=tight_box(sheet, sheet.ink, boxes[chosen]),
        reading=Reading((Glyph(char, prob, 0.5),), char),
    )


def _sex_slot(male: Label, female: Label) -> Slot:
    return Slot(
        key="sex",
        part="",
        x0=male.x,
        x1=female.right,
        y=male.y,
        top=male.y - HALF_ROW,
        bottom=male.y + HALF_ROW,
        alphabet=Alphabet.SEX,
    )


def _beside(label: Label, *, is_behind: bool) -> Box:
    x0 = label.right if is_behind else label.x - TICK_REACH
    return Box(x0=x0, y0=label.y - HALF_ROW, x1=x0 + TICK_REACH, y1=label.y + HALF_ROW, score=1.0)


def _darkness(layer: Image, sheet: Sheet, box: Box) -> float:
    """Return the mean darkness, 0 to 1, of a box in one of a sheet's pictures."""
    x0, y0, x1, y1 = pixels_of(sheet, box)
    return 1.0 - float(layer[y0:y1, x0:x1].mean()) / 255


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row of boxes: its slot, where it is, and the ink in it (H, W) without the boxes' lines."""

    slot: Slot
    band: Box
    ink: Image

    @property
    def inked_columns(self) -> NDArray[np.intp]:
        """Numbers of the columns that hold ink, from left to right."""
        columns: NDArray[np.intp] = np.flatnonzero((self.ink < INK).any(axis=0))
        return columns

    @property
    def inked_rows(self) -> NDArray[np.intp]:
        """Numbers of the rows that hold ink, from the top down."""
        rows: NDArray[np.intp] = np.flatnonzero((self.ink < INK).any(axis=1))
        return rows


def _boxed_numbers(sheet: Sheet, middles: Mapping[Slot, float]) -> list[Line]:
    """Read numbers whose digits stand far apart, each in its box.

    The boxes are taken away, and the digits moved together. `middles` tells at which height (mm)
    each slot's line is.
    """
    strips = list(_strips(sheet, middles))
    if not strips:
        return []
    crops = []
    for strip in strips:
        close = _moved_together(strip, sheet.scale)
        crops.append(cv2.cvtColor(close, cv2.COLOR_GRAY2BGR))
    readings = read_crops(crops, [CHARACTERS[strip.slot.alphabet] for strip in strips])
    lines = []
    for strip, reading in zip(strips, readings, strict=True):
        ink = _ink_of(strip, sheet.scale)
        lines.append(Line(strip.slot, strip.band, ink, reading))
    return lines


def _strips(sheet: Sheet, middles: Mapping[Slot, float]) -> Iterator[_Strip]:
    """Yield the rows of boxes that hold any ink."""
    for slot, y in middles.items():
        band = Box(x0=slot.x0, y0=y - HALF_BOX, x1=slot.x1, y1=y + HALF_BOX, score=1.0)
        ink = _without_boxes(sheet, band)
        if (ink < INK).any():
            yield _Strip(slot, band, ink)


def _without_boxes(sheet: Sheet, band: Box) -> Image:
    """Return the ink in a band without lines longer than any digit's.

    Those are seen in the channel where the seal is light.
    """
    x0, y0, x1, y1 = pixels_of(sheet, band)
    ink = sheet.ink[y0:y1, x0:x1].copy()
    light_red = sheet.image[y0:y1, x0:x1, RED]
    print_too = 255 - light_red
    height = round(TALL * sheet.scale)
    width = round(WIDE * sheet.scale)
    around = 2 * round(LINE_WIDTH / 2 * sheet.scale) + 1
    for line in ((height, 1), (1, width)):
        ruled = cv2.morphologyEx(print_too, cv2.MORPH_OPEN, np.ones(line, np.uint8))
        thick = cv2.dilate(ruled, np.ones((around, around), np.uint8))
        ink[thick > RULED] = 255
    return ink


def _moved_together(strip: _Strip, scale: float) -> Image:
    """Cut gaps between characters down to KEPT_GAP, and the paper round them to MARGIN."""
    width = strip.ink.shape[1]
    reach = max(1, round(KEPT_GAP / 2 * scale))
    is_close = np.zeros(width, bool)
    columns = strip.inked_columns
    for step in range(-reach, reach + 1):
        beside = np.clip(columns + step, 0, width - 1)
        is_close[beside] = True
    rows = strip.inked_rows
    close = strip.ink[rows[0] : rows[-1] + 1, is_close]
    margin = round(MARGIN * scale)
    return cv2.copyMakeBorder(close, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)


def _ink_of(strip: _Strip, scale: float) -> Box:
    """Return the box (mm) round a strip's ink."""
    columns, rows = strip.inked_columns, strip.inked_rows
    x0 = strip.band.x0 + columns[0] / scale
    x1 = strip.band.x0 + (columns[-1] + 1) / scale
    y0 = strip.band.y0 + rows[0] / scale
    y1 = strip.band.y0 + (rows[-1] + 1) / scale
    return Box(
        x0=float(x0) - INK_MARGIN,
        y0=float(y0) - INK_MARGIN,
        x1=float(x1) + INK_MARGIN,
        y1=float(y1) + INK_MARGIN,
        score=1.0,
    )
