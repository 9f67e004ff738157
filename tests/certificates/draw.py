"""Print an invented certificate onto its form and tell where every value lies."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from . import form, paper, printing
from . import seal as seals
from .fonts import Style
from .paper import Rgb
from .printing import Pass
from .truth import KEYS, Truth

Polygon = list[tuple[int, int]]


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
        return {key: outline(self.parts[key]) if key in self.parts else None for key in KEYS}


def outline(parts: np.ndarray) -> Polygon:
    """Return the floored corners of the smallest turned rectangle round all parts, clockwise from the text's top left.

    This is how the recogniser composes `valuePos` (cv2.minAreaRect).
    """
    corners = cv2.boxPoints(cv2.minAreaRect(parts.reshape(-1, 2).astype(np.float32)))
    along, down = parts[0, 1] - parts[0, 0], parts[0, 3] - parts[0, 0]
    direction = along / max(float(np.hypot(*along)), 1e-6) + down / max(float(np.hypot(*down)), 1e-6)
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
    dots: bool = False,
    spills: bool = False,
    inks: tuple[Rgb, Rgb] | None = None,
) -> Page:
    """Draw the 正页: values overprinted up to `misprint_mm` off their slots, the seal over the issuing authority.

    `inks` are the colours of the values and of the number, where these are not black.
    """
    printed = Pass(paper.blank(edition, dpi).shape[:2], dpi, font, rng, misprint_mm, spills=spills)
    printed.main(truth)
    blank = paper.blank(edition, dpi)
    return finished(blank, printed, truth, rng, seal=seal, dots=dots, edition=edition, inks=inks)


def draw_sheet(
    truth: Truth,
    *,
    rng: random.Random,
    font: Style = "song",
    edition: int = 6,
    seal: bool = True,
    misprint_mm: float = 1.5,
    dpi: int = 200,
    dots: bool = False,
) -> Page:
    """Draw the whole A4 sheet, with the same values on 副页 and 存根; the parts are those of the 正页."""
    variant = int(truth.values["certificateNumber"][-1]) % form.STRIP_VARIANTS
    blank, strips = paper.blank_sheet(edition, dpi, variant), form.strips(variant)
    printed = Pass(blank.shape[:2], dpi, font, rng, misprint_mm)
    printed.main(truth)
    for strip in strips:
        printed.strip(strip, truth)
    return finished(blank, printed, truth, rng, seal=seal, strips=strips, dots=dots, edition=edition)


def finished(
    blank: np.ndarray,
    printed: Pass,
    truth: Truth,
    rng: random.Random,
    *,
    seal: bool,
    dots: bool,
    edition: int = 6,
    inks: tuple[Rgb, Rgb] | None = None,
    strips: Sequence[form.Strip] = (),
) -> Page:
    """Put the printed ink, the number and the seal onto the blank form."""
    values = np.asarray(printed.mask)
    if dots:
        values = printing.as_dots(values, printed.pen.dpi)
    number = printing.number(printed, truth.slots["certificateNumber"], strips)
    if edition == 7:
        number = printing.barcode(number, truth.slots["certificateNumber"], printed.pen.dpi)
    of_values, of_number = inks or (rng.uniform(12, 70), 30)
    image = overprinted(overprinted(blank, values, of_values), number, of_number)
    if seal:
        for centre in _seal_places(rng, strips):
            image = seals.stamp(image, rng, truth.values["issueAuthority"], centre, printed.pen.dpi)
    return Page(image, np.maximum(values, number), printed.parts(truth))


def _seal_places(rng: random.Random, strips: Sequence[form.Strip]) -> list[tuple[float, float]]:
    """Return the seals' centres (mm): on the issuing authority, and on the 副页's where there is one."""
    main = (rng.uniform(52, 74), rng.uniform(113, 121))
    return [main, *((main[0] + rng.uniform(-4, 4), strip.y(form.ROWS[-2]) - 3) for strip in strips[:1])]


def overprinted(image: np.ndarray, ink: np.ndarray, colour: float | Rgb) -> np.ndarray:
    """Print the ink over the picture; `colour` is the grey, or the colour, of full ink."""
    alpha = (ink.astype(np.float32) / 255)[..., None]
    return (image * (1 - alpha) + np.float32(colour) * alpha).astype(np.uint8)
