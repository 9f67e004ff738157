"""Read lines of a picture and see which of them look like labels of a form."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, ENGLISH_PITCH, GLYPH, Form
from reviewapp.engines.local.networks.reading import (
    READ_HEIGHT,
    Glyph,
    Image,
    Points,
    Reading,
    read_crops,
)
from reviewapp.facts.scripts import PLAIN_BRACKETS

# Characters: shorter English words, such as Age or Sex, are like too much else.
SHORTEST_ENGLISH = 8
# For a line and the smaller one below it, in heights of the upper one: how far apart their left
# edges are at most, and from where to where the lower one's left edge lies below the upper one's.
SIDEWAYS, BELOW = 0.8, (0.5, 1.8)
# The lower line's height is at most this share of the upper one's, being English.
SMALLER = 0.97
# In its own heights, a Chinese label of two characters is at least so long.
LABEL_LENGTH = 1.7
# Unit vectors (x, y) of the reading direction in a picture, by the quarter turns clockwise that
# bring it upright.
READING_DIRECTIONS = np.array([(1, 0), (0, -1), (-1, 0), (0, 1)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in the picture whose text looks like a label.

    `at` is the centre of its first glyph in pixels, `along` is the unit vector of the reading
    direction, `scale` the pixels per mm that its glyphs' pitch tells, `slips` the number of
    characters that read otherwise.
    """

    text: str
    at: Points
    along: Points
    scale: float
    slips: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed text of two characters or more: its first glyph's centre and its pitch, in mm."""

    text: str
    place: tuple[float, float]
    pitch: float

    @property
    def slips(self) -> int:
        """How many of its characters may be read wrong."""
        if len(self.text) < 3:
            return 0
        return 1 if len(self.text) < 5 else 2


def chinese_anchors(form: Form) -> list[Anchor]:
    """Return the labels that are read best and measured best."""
    anchors = []
    for label in form.labels:
        if len(label.text) > 1:
            anchor = Anchor(text=label.text, place=(label.x + GLYPH / 2, label.y), pitch=GLYPH)
            anchors.append(anchor)
    return anchors


def english_anchors(form: Form) -> list[Anchor]:
    """Return the longer English lines: pale copies lose the fine strokes of Chinese labels."""
    anchors = []
    for label in form.labels:
        if len(label.english) >= SHORTEST_ENGLISH:
            anchor = Anchor(
                text=label.english.replace(" ", ""),
                place=(label.x + ENGLISH_PITCH / 2, label.y + ENGLISH_BELOW),
                pitch=ENGLISH_PITCH,
            )
            anchors.append(anchor)
    return anchors


def all_anchors(form: Form) -> list[Anchor]:
    """Return Chinese and English anchors."""
    return [*chinese_anchors(form), *english_anchors(form)]


def width_of(quad: Points) -> float:
    """Return how long, in pixels, a line is whose corners (4, 2) are in reading order."""
    return float(np.linalg.norm(quad[1] - quad[0]))


def height_of(quad: Points) -> float:
    """Return how high, in pixels, a line is whose corners (4, 2) are in reading order."""
    return float(np.linalg.norm(quad[3] - quad[0]))


def crop_of(image: Image, corners: Points, height: int) -> Image:
    """Cut the quadrilateral `corners` (4, 2) upright, `height` pixels high."""
    upper_edge = float(np.linalg.norm(corners[1] - corners[0]))
    right_edge = float(np.linalg.norm(corners[2] - corners[1]))
    width = max(4, round(height * upper_edge / max(1.0, right_edge)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_crop = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(image, to_crop, (width, height), borderMode=cv2.BORDER_REPLICATE)


def reading_corners(corners: Points, turn: int) -> Points:
    """Roll a box's corners so that its first edge runs as the text of a turned picture does."""
    edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*edges.T)
    direction = READING_DIRECTIONS[turn % 4]
    forwards = edges @ direction
    cosines = forwards / np.maximum(lengths, 1e-6)
    first = int(np.argmax(cosines))
    return np.roll(corners, -first, axis=0)


def _directions(edges: Points) -> tuple[Points, Points]:
    """Return the unit vectors (N, 2) and the lengths (N,) of edges (N, 2)."""
    lengths = np.linalg.norm(edges, axis=1)
    longer_than_nothing = np.maximum(lengths, 1)
    return edges / longer_than_nothing[:, None], lengths


def with_line_below(quads: Points) -> NDArray[np.bool_]:
    """Tell which lines (N, 4, 2) have a lower line right below them with the same left edge (N,).

    1. Each line's left edge, and its directions along and down with its width and height.
    2. How far each line (second axis) lies along and down from each other one (first axis), in the
       other one's heights.
    3. Which of them are lower ones.
    """
    if not len(quads):
        return np.zeros(0, bool)
    top_lefts, bottom_lefts = quads[:, 0], quads[:, 3]
    lefts = (top_lefts + bottom_lefts) / 2
    along, widths = _directions(quads[:, 1] - top_lefts)
    down, heights = _directions(bottom_lefts - top_lefts)

    ways = lefts[None] - lefts[:, None]
    upper_heights = heights[:, None]
    sideways = np.abs(np.einsum("ijk,ik->ij", ways, along)) / upper_heights
    downwards = np.einsum("ijk,ik->ij", ways, down) / upper_heights

    is_aligned = sideways < SIDEWAYS
    nearest, farthest = BELOW
    is_below = (downwards > nearest) & (downwards < farthest)
    is_smaller = heights[None] < SMALLER * upper_heights
    has_lower_line = (is_aligned & is_below & is_smaller).any(axis=1)
    is_label: NDArray[np.bool_] = has_lower_line & (widths > LABEL_LENGTH * heights)
    return is_label


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
    # As high as the reader wants them, so that nothing is scaled twice.
    readings = read_crops([crop_of(image, quad, READ_HEIGHT) for quad in corners])
    return [ReadLine(quad, reading) for quad, reading in zip(corners, readings, strict=True)]


def sightings_of(lines: Sequence[ReadLine], anchors: Sequence[Anchor]) -> list[Sighting]:
    """List what reads like one of the anchors."""
    by_text = {anchor.text: anchor for anchor in anchors}
    sightings = []
    for line in lines:
        for anchor in by_text.values():
            sightings += _sightings_in(line, anchor)
    return sightings


def _sightings_in(line: ReadLine, anchor: Anchor) -> list[Sighting]:
    """Find an anchor's text in one line that was read, but for its slips."""
    glyphs = [glyph for glyph in line.reading.glyphs if glyph.char != " "]
    text = "".join(glyph.char for glyph in glyphs).translate(PLAIN_BRACKETS)
    length = len(anchor.text)
    sightings = []
    for start in range(len(text) - length + 1):
        end = start + length
        slips = sum(map(ne, text[start:end], anchor.text))
        if slips <= anchor.slips:
            sightings.append(_sighting(line, glyphs[start:end], anchor, slips))
    return sightings


def _sighting(line: ReadLine, window: Sequence[Glyph], anchor: Anchor, slips: int) -> Sighting:
    """Say where the first glyph of a window of a line stands, and how large a mm is there."""
    left, right = line.ends
    length_px = max(float(np.linalg.norm(right - left)), 1e-6)
    # Shares of the line, 0 left to 1 right. The first one by itself is less sure than all together.
    places = np.array([glyph.at for glyph in window])
    steps = len(window) - 1
    pitch = (places[-1] - places[0]) / steps
    first = places.mean() - pitch * steps / 2
    return Sighting(
        text=anchor.text,
        at=left + first * (right - left),
        along=(right - left) / length_px,
        scale=pitch * length_px / anchor.pitch,
        slips=slips,
    )
