"""Read lines of a picture and see which of them look like labels of a form."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, ENGLISH_PITCH, GLYPH, Form
from reviewapp.engines.local.networks.reading import Glyph, Image, Points, Reading, read_crops

READ_AT = 48


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in the picture whose text looks like a label: centre of its first glyph, its direction and scale.

    `along` is the unit vector of the reading direction, `scale` the pixels per mm that its glyphs'
    pitch tells, `slips` the number of characters that read otherwise.
    """

    text: str
    at: Points
    along: Points
    scale: float
    slips: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed text of two characters or more: centre of its first glyph (mm) and its glyphs' pitch (mm)."""

    text: str
    place: tuple[float, float]
    pitch: float

    @property
    def slips(self) -> int:
        """How many of its characters may be read wrong."""
        return 0 if len(self.text) < 3 else 1 if len(self.text) < 5 else 2


def chinese_anchors(form: Form) -> list[Anchor]:
    """Return the labels that are read best and measured best."""
    labels = [label for label in form.labels if len(label.text) > 1]
    return [Anchor(label.text, (label.x + GLYPH / 2, label.y), GLYPH) for label in labels]


def english_anchors(form: Form) -> list[Anchor]:
    """Return the longer English lines, for copies so pale that the labels' fine strokes are lost."""
    labels = [label for label in form.labels if len(label.english) > 7]
    return [
        Anchor(
            label.english.replace(" ", ""),
            (label.x + ENGLISH_PITCH / 2, label.y + ENGLISH_BELOW),
            ENGLISH_PITCH,
        )
        for label in labels
    ]


def crop_of(image: Image, corners: Points, height: float) -> Image:
    """Cut the quadrilateral `corners` (4, 2) upright, `height` pixels high."""
    top, right = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1])
    width = max(4, round(height * float(top) / max(1.0, float(right))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(
        image, matrix, (width, round(height)), borderMode=cv2.BORDER_REPLICATE
    )


def reading_corners(corners: Points, turn: int) -> Points:
    """Roll a box's corners so that its first edge runs in the reading direction of a turned picture."""
    direction = np.array([(1, 0), (0, -1), (-1, 0), (0, 1)][turn % 4], dtype=np.float64)
    edges = corners[[1, 2, 3, 0]] - corners
    along = (edges @ direction) / np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-6)
    first = int(np.argmax(along))
    return corners[[(first + i) % 4 for i in range(4)]]


def with_line_below(quads: Points) -> NDArray[np.bool_]:
    """Tell which lines (N, 4, 2) have a lower line right below them with the same left edge (N,)."""
    if not len(quads):
        return np.zeros(0, bool)
    lefts = (quads[:, 0] + quads[:, 3]) / 2
    along, down = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    wide, high = np.linalg.norm(along, axis=1), np.linalg.norm(down, axis=1)
    along, down = along / np.maximum(wide, 1)[:, None], down / np.maximum(high, 1)[:, None]
    way = lefts[None] - lefts[:, None]
    sideways = np.abs(np.einsum("ijk,ik->ij", way, along)) / high[:, None]
    downwards = np.einsum("ijk,ik->ij", way, down) / high[:, None]
    is_lower = (
        (sideways < 0.8)
        & (downwards > 0.5)
        & (downwards < 1.8)
        & (high[None] < 0.97 * high[:, None])
    )
    found: NDArray[np.bool_] = is_lower.any(axis=1) & (wide > 1.7 * high)
    return found


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read: its corners (4, 2) in reading order, in pixels."""

    corners: Points
    reading: Reading

    @property
    def ends(self) -> tuple[Points, Points]:
        """Middle of its left and of its right edge."""
        return (self.corners[0] + self.corners[3]) / 2, (self.corners[1] + self.corners[2]) / 2

    def place_of(self, glyph: Glyph) -> Points:
        """Return where the middle of one of its glyphs lies."""
        left, right = self.ends
        place: Points = left + glyph.at * (right - left)
        return place


def read_lines(image: Image, corners: Sequence[Points]) -> list[ReadLine]:
    """Read lines of a BGR picture, given by their corners in reading order."""
    readings = read_crops([crop_of(image, quad, READ_AT) for quad in corners])
    return [ReadLine(quad, reading) for quad, reading in zip(corners, readings, strict=True)]


def sightings_of(lines: Sequence[ReadLine], anchors: Sequence[Anchor]) -> list[Sighting]:
    """List what reads like one of the anchors."""
    by_text = {anchor.text: anchor for anchor in anchors}.values()
    return [s for line in lines for anchor in by_text for s in _sightings_in(line, anchor)]


def _sightings_in(line: ReadLine, anchor: Anchor) -> list[Sighting]:
    """Find an anchor's text in one line that was read.

    1. the characters and the line's direction; 2. every window that reads like the anchor, but for its slips;
    3. where the window's first character stands, and how large a millimetre is there.
    """
    glyphs = [glyph for glyph in line.reading.glyphs if glyph.char != " "]
    read = "".join(glyph.char for glyph in glyphs).translate(str.maketrans("（）", "()"))
    length = len(anchor.text)
    found = []
    for start in range(len(read) - length + 1):
        window = read[start : start + length]
        slips = sum(map(ne, window, anchor.text))
        if slips > anchor.slips:
            continue
        left, right = line.ends
        long = max(float(np.linalg.norm(right - left)), 1e-6)
        places = np.array([glyph.at for glyph in glyphs[start : start + length]])
        step = (places[-1] - places[0]) / (length - 1)
        first = places.mean() - step * (length - 1) / 2
        scale = step * long / anchor.pitch
        found.append(
            Sighting(
                anchor.text, left + first * (right - left), (right - left) / long, scale, slips
            )
        )
    return found
