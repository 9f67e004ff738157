"""The other copies on a whole sheet, 副页 and 存根: the same values once more, to compare.

Their labels are those of the 正页 in tighter rows; where they stand is measured in the picture.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from reviewapp.engines.local.compose.values import Value, values_of
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import (
    ReadLine,
    chinese_anchors,
    read_lines,
    reading_corners,
    sightings_of,
)
from reviewapp.engines.local.find.measure import Measured, measured, to_form
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.flatten import straighten
from reviewapp.engines.local.networks.reading import Image, Points, find_lines
from reviewapp.engines.local.read.reading import read_sheet

BELOW = 150.0
LEAST_ROOM = 55.0
FINDING_SCALE, READING_SCALE = 5.4, 8.0
ENOUGH_LABELS = 8
ENOUGH_AGREEING = 0.5
FEWEST_LINES = 12
TITLES = ("副页", "存根")
SHORTEST = 1.5
COLOURED, MOST = 10, 0.4


def read_copies(
    image: Image, registration: Registration, form: Form, values: Sequence[Value]
) -> list[dict[str, str]]:
    """Read the copies below the 正页 of a BGR picture: for each one found, its texts by API key.

    1. Lay what is below the frame flat, as far as there is picture.
    2. Read its lines; a title, or the child's name, begins a copy.
    3. Measure each copy by its labels, then read it as the 正页 is read.
    4. What agrees with `values`, those of the 正页, in little is no copy, but another certificate lying there.
    """
    flat, to_pixels = _below(image, registration, form)
    if flat is None:
        return []
    lines = _lines_in(flat)
    strips = [
        lines_of_one for lines_of_one in _parted(lines, form) if len(lines_of_one) >= FEWEST_LINES
    ]
    placed = [
        place
        for strip in strips
        if (place := measured(strip, form)) and place.labels >= ENOUGH_LABELS
    ]
    read = [
        _texts(image, place, to_form(to_pixels, place.scale), registration.turn) for place in placed
    ]
    return [texts for texts in read if _agreeing(texts, values) >= ENOUGH_AGREEING]


def _agreeing(texts: dict[str, str], values: Sequence[Value]) -> float:
    filled = [texts.get(value.key) == value.text for value in values if value.text]
    return sum(filled) / max(1, len(filled))


def _below(image: Image, registration: Registration, form: Form) -> tuple[Image | None, Points]:
    """Return the flat picture of what lies below the frame, and the homography from it to the picture's pixels."""
    left, right = 0.0, form.frame[0] + form.frame[2]
    ends = [
        y
        for y in np.arange(BELOW, BELOW + 160, 5.0)
        if _is_inside(image, registration, (left + right) / 2, y)
    ]
    room = len(ends) * 5.0
    corner = np.array([[1 / READING_SCALE, 0, left], [0, 1 / READING_SCALE, BELOW], [0, 0, 1]])
    to_pixels: Points = registration.to_pixels @ corner
    if room < LEAST_ROOM:
        return None, to_pixels
    size = (round((right - left) * READING_SCALE), round(room * READING_SCALE))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(
        image, to_pixels, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    ), to_pixels


def _is_inside(image: Image, registration: Registration, x: float, y: float) -> bool:
    at = project(registration.to_pixels, np.array([[x, y]]))[0]
    return bool((at >= 0).all() and (at < image.shape[1::-1]).all())


def _lines_in(flat: Image) -> list[ReadLine]:
    """Read the lines that can hold a label: long enough, and in colour where enough lines are."""
    boxes = find_lines(flat, round(max(flat.shape[:2]) / READING_SCALE * FINDING_SCALE))
    quads = [reading_corners(box.corners, 0) for box in boxes]
    if len(quads) < FEWEST_LINES:
        return []
    long = [quad for quad in quads if np.ptp(quad[:, 0]) > SHORTEST * np.ptp(quad[:, 1])]
    coloured = [quad for quad in long if _colour_of(flat, quad) > COLOURED]
    return read_lines(flat, coloured if len(coloured) > MOST * len(long) else long)


def _colour_of(flat: Image, quad: Points) -> float:
    """Return how far apart (0-255) the channels of a line's darkest pixels are in its more colourful half.

    It is near 0 for black ink, and a label may stand before a value or after it.
    """
    (x0, y0), (x1, y1) = (
        np.maximum(quad.min(axis=0), 0).astype(int),
        np.ceil(quad.max(axis=0)).astype(int),
    )
    middle = (x0 + x1) // 2
    return max(_chroma(flat[y0:y1, x0:middle]), _chroma(flat[y0:y1, middle:x1]))


def _chroma(part: Image) -> float:
    pixels = part.reshape(-1, 3).astype(np.int16)
    if not len(pixels):
        return 0.0
    darkness = pixels.sum(axis=1)
    dark = pixels[darkness <= np.quantile(darkness, 0.12)]
    return float(np.median(dark.max(axis=1) - dark.min(axis=1)))


def _parted(lines: Sequence[ReadLine], form: Form) -> list[list[ReadLine]]:
    """Part the lines of several copies, one below the other."""
    first = [anchor for anchor in chinese_anchors(form) if anchor.text == form.labels[0].text]
    names = [(float(seen.at[1]) - 2 * READING_SCALE) for seen in sightings_of(lines, first)]
    titles = [
        float(line.ends[0][1])
        for line in lines
        if any(title in line.reading.text for title in TITLES)
    ]
    starts: list[float] = []
    for y in sorted([*names, *titles]):
        if not starts or y - starts[-1] > 20 * READING_SCALE:
            starts.append(y)
    return [
        [line for line in lines if top <= line.ends[0][1] < end]
        for top, end in pairwise([*starts, np.inf])
    ]


def _texts(image: Image, place: Measured, to_pixels: Points, turn: int) -> dict[str, str]:
    sheet = straighten(image, Registration(to_pixels, place.labels, 0.0, turn), place.form)
    return {
        value.key: value.text for value in values_of(read_sheet(sheet, place.form, is_quick=True))
    }
