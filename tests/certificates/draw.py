"""Print an invented certificate onto its form and tell where every value lies."""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import form, paper, seal as seals
from .fonts import Style
from .ink import Pen
from .truth import KEYS, Truth

POINT = 25.4 / 72
Polygon = list[tuple[int, int]]
_RAISED = str.maketrans("⁺⁰¹²³⁴⁵⁶", "+0123456")


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page.

    `image` is (height, width, 3) uint8 RGB; `ink` (height, width) uint8 holds the printed values alone, 255 where
    the ink is full. `parts` gives each field with a value its parts as a float32 array (parts, 4, 2) of corners in
    pixels, clockwise from the text's top left.
    """

    image: np.ndarray
    ink: np.ndarray
    parts: dict[str, np.ndarray]

    @property
    def polygons(self) -> dict[str, Polygon | None]:
        """Return the polygon of every field, None for a field without a value."""
        return {
            key: outline(self.parts[key]) if key in self.parts else None for key in KEYS
        }


def outline(parts: np.ndarray) -> Polygon:
    """Return the floored corners of the smallest turned rectangle round all parts, clockwise from the text's top left.

    This is how the recogniser composes `valuePos` (cv2.minAreaRect).
    """
    corners = cv2.boxPoints(cv2.minAreaRect(parts.reshape(-1, 2).astype(np.float32)))
    along, down = parts[0, 1] - parts[0, 0], parts[0, 3] - parts[0, 0]
    direction = along / max(float(np.hypot(*along)), 1e-6) + down / max(
        float(np.hypot(*down)), 1e-6
    )
    first = int(np.argmin(corners @ direction))
    ordered = np.roll(corners, -first, axis=0)
    one, two = ordered[1] - ordered[0], ordered[2] - ordered[1]
    if one[0] * two[1] - one[1] * two[0] < 0:
        ordered = ordered[[0, 3, 2, 1]]
    return [(int(x), int(y)) for x, y in np.floor(ordered)]


def draw(
    truth: Truth,
    *,
    rng: random.Random,
    font: Style = "song",
    edition: int = 6,
    seal: bool = True,
    misprint_mm: float = 1.5,
    dpi: int = 200,
) -> Page:
    """Draw the 正页: the values overprinted up to `misprint_mm` off their slots, the seal over the issuing authority."""
    image = paper.blank(edition, dpi).copy()
    sheet = _Print(image.shape[:2], dpi, font, rng, misprint_mm)
    for name, slot in form.SLOTS.items():
        sheet.value(name, slot, truth.slots[name])
    for who, kind in truth.id_kinds.items():
        sheet.tick(who, kind)
    number = sheet.number(truth.slots["certificateNumber"])
    ink = np.asarray(sheet.mask)
    image = _overprinted(image, ink, rng.uniform(12, 70))
    image = _overprinted(image, number, 30)
    if seal:
        centre = (rng.uniform(52, 74), rng.uniform(113, 121))
        image = seals.stamp(image, rng, truth.values["issueAuthority"], centre, dpi)
    return Page(image, np.maximum(ink, number), sheet.parts(truth))


def _overprinted(image: np.ndarray, ink: np.ndarray, black: float) -> np.ndarray:
    """Print the ink over the picture; `black` is the grey of full ink."""
    alpha = (ink.astype(np.float32) / 255)[..., None]
    return (image * (1 - alpha) + black * alpha).astype(np.uint8)


class _Print:
    """One pass of the hospital's printer over the form: its size of type, its offset, its ink."""

    def __init__(
        self,
        shape: tuple[int, int],
        dpi: int,
        style: Style,
        rng: random.Random,
        misprint: float,
    ) -> None:
        """Choose the pass's type size, offset and slope."""
        self.mask = Image.new("L", (shape[1], shape[0]))
        self.pen = Pen(ImageDraw.Draw(self.mask), dpi)
        self.dpi = dpi
        self.style: Style = style
        self.rng = rng
        self.size = rng.choice((10, 10.5, 10.5, 11, 12)) * POINT
        self.offset = (
            rng.uniform(-misprint, misprint) / 2,
            rng.uniform(-misprint, misprint),
        )
        self.slope = rng.uniform(-0.004, 0.004)
        self.boxes: dict[str, list[tuple[int, int, int, int]]] = {}

    def value(self, name: str, slot: form.Slot, text: str) -> None:
        """Print one slot's text, on as many lines as it needs."""
        lines, size = self._fitted(slot, text)
        for index, line in enumerate(lines):
            x = slot.x + self.offset[0]
            y = (
                slot.y
                + 0.4
                + self.offset[1]
                + self.slope * (slot.x - 105)
                + index * size * 1.2
            )
            self.boxes.setdefault(name, []).append(self._line(x, y, line, size))

    def _line(
        self, x: float, y: float, line: str, size: float
    ) -> tuple[int, int, int, int]:
        """Print one line, superscript days small and raised, and return the ink's box."""
        plain = line.rstrip("⁺⁰¹²³⁴⁵⁶")
        left, top, right, bottom = self.pen.text(x, y, plain, size, self.style, 255)
        if plain != line:
            raised = line[len(plain) :].translate(_RAISED)
            at = x + self.pen.width(plain, size, self.style) + 0.1
            box = self.pen.text(
                at, y - size * 0.26, raised, size * 0.58, self.style, 255
            )
            return left, min(top, box[1]), box[2], bottom
        return left, top, right, bottom

    def _fitted(self, slot: form.Slot, text: str) -> tuple[list[str], float]:
        """Return the lines and the type size (mm) that fit the slot: first smaller type, then more lines."""
        wide = self.pen.width(text, self.size, self.style)
        if wide <= slot.width or slot.lines == 1 or wide * 0.86 <= slot.width:
            return [text], min(self.size, self.size * slot.width / wide)
        lines = 2 if wide <= slot.width * 2.4 else 3
        length = -(-len(text) // lines)
        if "·" in text:
            length = text.index("·") + 1
        pieces = [text[start : start + length] for start in range(0, len(text), length)]
        widest = max(self.pen.width(piece, self.size, self.style) for piece in pieces)
        return pieces, min(self.size, self.size * slot.width / widest)

    def tick(self, who: str, kind: str) -> None:
        """Tick the box of the parent's kind of identity document."""
        if (who, kind) in form.BOXES:
            x, y = form.BOXES[who, kind]
            points = ((x + 0.4, y), (x + 1.1, y + 0.9), (x + 2.6, y - 1.3))
            at = [
                (self.pen.px(a + self.offset[0]), self.pen.px(b + self.offset[1]))
                for a, b in points
            ]
            self.pen.draw.line(at, fill=255, width=max(2, self.pen.px(0.35)))

    def number(self, text: str) -> np.ndarray:
        """Return the certificate's number as ink of its own: it was printed with the form, not over it."""
        mask = Image.new("L", self.mask.size)
        pen = Pen(ImageDraw.Draw(mask), self.dpi)
        boxes = [
            pen.text(
                form.NUMBER_SLOT.x + index * 2.45,
                form.NUMBER_SLOT.y,
                character,
                4.1,
                "hei",
                255,
            )
            for index, character in enumerate(text)
        ]
        columns = list(zip(*boxes, strict=True))
        self.boxes["certificateNumber"] = [
            (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))
        ]
        return np.asarray(mask)

    def parts(self, truth: Truth) -> dict[str, np.ndarray]:
        """Return the corners of the parts of every field that has a value, with a hair of margin."""
        margin = max(1, self.pen.px(0.15))
        found = {}
        for key in KEYS:
            boxes = [
                box for name in form.PARTS.get(key, (key,)) for box in self.boxes[name]
            ]
            if truth.values[key]:
                found[key] = np.array(
                    [_corners(box, margin) for box in boxes], np.float32
                )
        return found


def _corners(box: tuple[int, int, int, int], margin: int) -> list[tuple[int, int]]:
    left, top, right, bottom = (
        box[0] - margin,
        box[1] - margin,
        box[2] + margin,
        box[3] + margin,
    )
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
