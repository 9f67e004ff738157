"""The hospital's printer: one pass over a form, with its size of type, its offset and its ink."""

import random
from collections.abc import Sequence

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from . import form
from .fonts import Style
from .ink import Box, Pen
from .truth import KEYS, Truth

POINT = 25.4 / 72
_RAISED = str.maketrans("⁺⁰¹²³⁴⁵⁶", "+0123456")
_LINE_STEP = 1.15
PINS_PER_INCH = 180
SEVERAL_LINES_SIZE = 10 * POINT


class Pass:
    """All values printed onto one sheet, as ink alone.

    `mask` is a greyscale picture of the ink, 255 where it is full; `boxes` tells per slot where its lines lie, in
    pixels, on the 正页 only.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        dpi: int,
        style: Style,
        rng: random.Random,
        misprint: float,
        *,
        spills: bool = False,
    ) -> None:
        """Choose type size, offset and slope of a pass over a picture of `shape` (height, width).

        A pass that `spills` keeps its size of type and breaks lines at columns of its own, whatever the form has
        room for.
        """
        self.mask = Image.new("L", (shape[1], shape[0]))
        self.pen = Pen(ImageDraw.Draw(self.mask), dpi)
        self.style: Style = style
        self.size = rng.choice((10, 10.5, 10.5, 11, 12)) * POINT
        self.offset = (rng.uniform(-misprint, misprint) / 2, rng.uniform(-misprint, misprint))
        self.slope = rng.uniform(-0.004, 0.004)
        self.boxes: dict[str, list[Box]] = {}
        self.column = 0.0
        if spills:
            self.column = rng.choice((0.9, 1.0, 1.1, 1.2, 1.25))
            self.offset = (rng.uniform(-2.0, 3.0), self.offset[1])

    def main(self, truth: Truth) -> None:
        """Print the values of the 正页."""
        for name, slot in form.SLOTS.items():
            self.boxes[name] = self.value(slot, truth.slots[name], self.size)
        for who, kind in truth.id_kinds.items():
            self._tick(who, kind)

    def strip(self, strip: form.Strip, truth: Truth) -> None:
        """Print the same values once more on the 副页 or the 存根."""
        for name, slot in form.SLOTS.items():
            place = slot._replace(x=strip.x(slot.x, slot.y), y=strip.y(slot.y), drop=0.0)
            self.value(place, truth.slots[name], form.STRIP_VALUE_SIZE)

    def value(self, slot: form.Slot, text: str, size: float) -> list[Box]:
        """Print one slot's text, on as many lines as it needs, and return the lines' boxes."""
        lines, size = self._fitted(slot, text, size)
        x = slot.x + self.offset[0]
        y = slot.y + slot.drop + self.offset[1] + self.slope * (slot.x - 105)
        return [self._line(x, y + index * size * _LINE_STEP, line, size) for index, line in enumerate(lines)]

    def _line(self, x: float, y: float, line: str, size: float) -> Box:
        """Print one line, superscript days small and raised, and return the ink's box."""
        plain = line.rstrip("⁺⁰¹²³⁴⁵⁶")
        left, top, right, bottom = self.pen.text(x, y, plain, size, self.style, 255)
        if plain == line:
            return left, top, right, bottom
        raised = line[len(plain) :].translate(_RAISED)
        at = x + self.pen.width(plain, size, self.style) + 0.1
        box = self.pen.text(at, y - size * 0.26, raised, size * 0.58, self.style, 255)
        return left, min(top, box[1]), box[2], bottom

    def _fitted(self, slot: form.Slot, text: str, size: float) -> tuple[list[str], float]:
        """Return the lines and the type size (mm) that fit the slot: slightly smaller type first, then more lines."""
        if self.column:
            return self._spilt(slot, text, size), size
        wide = self.pen.width(text.translate(_RAISED), size, self.style)
        if slot.lines == 1 or wide * 0.86 <= slot.width:
            return [text], min(size, size * slot.width / wide)
        lines = 2 if wide <= slot.width * 2.6 else 3
        length = text.index("·") + 1 if "·" in text else -(-len(text) // lines)
        pieces = [text[start : start + length] for start in range(0, len(text), length)]
        widest = max(self.pen.width(piece, size, self.style) for piece in pieces)
        return pieces, min(size, SEVERAL_LINES_SIZE, size * slot.width / widest)

    def _spilt(self, slot: form.Slot, text: str, size: float) -> list[str]:
        """Return the lines of a text that is broken at the office's own columns."""
        if slot.lines == 1:
            return [text]
        length = max(2, int(slot.width * self.column / size))
        length = max(length, -(-len(text) // slot.lines))
        return [text[start : start + length] for start in range(0, len(text), length)]

    def _tick(self, who: str, kind: str) -> None:
        """Tick the box of the parent's kind of identity document."""
        if (who, kind) in form.BOXES:
            x, y = form.BOXES[who, kind]
            points = ((x + 0.4, y), (x + 1.1, y + 0.9), (x + 2.6, y - 1.3))
            at = [(self.pen.px(a + self.offset[0] / 2), self.pen.px(b + self.offset[1] / 2)) for a, b in points]
            self.pen.draw.line(at, fill=255, width=max(2, self.pen.px(0.35)))

    def parts(self, truth: Truth) -> dict[str, np.ndarray]:
        """Return the corners of the parts of every field that has a value, with a hair of margin."""
        margin = max(1, self.pen.px(0.15))
        found = {}
        for key in KEYS:
            if truth.values[key]:
                boxes = [box for name in form.PARTS.get(key, (key,)) for box in self.boxes[name]]
                found[key] = np.array([_corners(box, margin) for box in boxes], np.float32)
        return found


def number(printed: Pass, text: str, strips: Sequence[form.Strip]) -> np.ndarray:
    """Return the certificate's number as ink of its own: it was printed with the form, not over it."""
    mask = Image.new("L", printed.mask.size)
    pen = Pen(ImageDraw.Draw(mask), printed.pen.dpi)
    slot = form.NUMBER_SLOT
    printed.boxes["certificateNumber"] = [pen.text(slot.x, slot.y, text, 4.2, "hei", 255)]
    for strip in strips:
        pen.text(strip.x(slot.x, form.ROWS[-1]), strip.y(form.ROWS[-1]), text, 3.2, "hei", 255)
    return np.asarray(mask)


def barcode(mask: np.ndarray, text: str, dpi: int) -> np.ndarray:
    """Return a number's ink with its Code 128 below the panel, bars 0.2 mm and more wide."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    bars = 255 - np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))[:1]
    left, top, _, bottom = (round(edge * dpi / 25.4) for edge in form.BARCODE)
    width = round(bars.shape[1] * form.BARCODE_MODULE * dpi / 25.4)
    drawn = mask.copy()
    drawn[top:bottom, left : left + width] = cv2.resize(bars, (width, bottom - top), interpolation=cv2.INTER_AREA)
    return drawn


def as_dots(ink: np.ndarray, dpi: int) -> np.ndarray:
    """Return the ink as the 24 pins of a dot-matrix printer leave it: whole dots of 1/180 inch, a little spread."""
    height, width = ink.shape
    pins = cv2.resize(
        ink, (round(width * PINS_PER_INCH / dpi), round(height * PINS_PER_INCH / dpi)), interpolation=cv2.INTER_AREA
    )
    dots = np.where(pins > 90, 255, 0).astype(np.uint8)
    return cv2.GaussianBlur(cv2.resize(dots, (width, height), interpolation=cv2.INTER_NEAREST), (3, 3), 0.5)


def _corners(box: Box, margin: int) -> list[tuple[int, int]]:
    left, top, right, bottom = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
