"""The other copies on a whole sheet, 副页 and 存根: the same values once more, to compare.

Their labels are those of the 正页 in tighter rows; where they stand is measured in the picture.
"""

from collections.abc import Sequence
from itertools import pairwise

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
from reviewapp.engines.local.find.register import Registration, flat_to_mm, project
from reviewapp.engines.local.flatten import straighten, warped
from reviewapp.engines.local.networks.reading import Image, Points, find_lines
from reviewapp.engines.local.read.reading import read_sheet

# mm of the form: right below its frame begins what is looked through, down to two sheets' lengths;
# it is followed in such steps, and a copy needs so much room at least.
BELOW, LONGEST, STEP, LEAST_ROOM = 150.0, 160.0, 5.0, 55.0
# Pixels per mm to find lines and to read them: labels are 2 mm high, and read well at 16 pixels.
FINDING_SCALE, READING_SCALE = 5.4, 8.0
# Labels by which a copy is measured, so that no other paper is taken for one.
ENOUGH_LABELS = 8
# Share of the values that must be those of the 正页; copies are read quickly, with more mistakes.
ENOUGH_AGREEING = 0.5
# Lines: with fewer, there are not ENOUGH_LABELS and values.
FEWEST_LINES = 12
TITLES = ("副页", "存根")
# mm: a copy begins so far above its first label's middle, and ends so far below at the earliest: a
# title and the child's name begin the same one.
ABOVE_FIRST_LABEL, SHORTEST_COPY = 2.0, 20.0
# In its own heights: labels of two characters and more are longer.
SHORTEST_LINE = 1.5
# Levels, 0 to 255, that the channels of coloured ink are apart; where more than the share of all
# lines are coloured, labels are, and black lines need not be read.
COLOURED, MOST = 10, 0.4
# The darkest share of a line's pixels is its ink.
INK_QUANTILE = 0.12


def read_copies(
    image: Image, registration: Registration, form: Form, values: Sequence[Value]
) -> list[dict[str, str]]:
    """Read the copies below the 正页 of a BGR picture: for each one found, its texts by API key.

    1. Lay what is below the frame flat, as far as there is picture.
    2. Read its lines; a title, or the child's name, begins a copy.
    3. Measure each copy by its labels, then read it as the 正页 is read.
    4. What agrees in little with `values`, those of the 正页, is another certificate lying there.
    """
    room_mm = _room_below(image, registration, form)
    if room_mm < LEAST_ROOM:
        return []
    to_pixels = registration.to_pixels @ flat_to_mm(READING_SCALE, 0.0, BELOW)
    size = (round(_right_of(form) * READING_SCALE), round(room_mm * READING_SCALE))
    lines = _lines_in(warped(image, to_pixels, size))

    copies = []
    for strip in _parted(lines, form):
        place = measured(strip, form) if len(strip) >= FEWEST_LINES else None
        if place is None or place.labels < ENOUGH_LABELS:
            continue
        texts = _texts(image, place, to_form(to_pixels, place.scale), registration.turn)
        if _share_agreeing(texts, values) >= ENOUGH_AGREEING:
            copies.append(texts)
    return copies


def _share_agreeing(texts: dict[str, str], values: Sequence[Value]) -> float:
    agrees = [texts.get(value.key) == value.text for value in values if value.text]
    return sum(agrees) / max(1, len(agrees))


def _right_of(form: Form) -> float:
    """Return the right end (mm) of what is looked through: as far off the frame as its left."""
    return form.frame[0] + form.frame[2]


def _room_below(image: Image, registration: Registration, form: Form) -> float:
    """Return how many mm of a sheet below the frame a picture shows."""
    middle = _right_of(form) / 2
    rows = np.arange(BELOW, BELOW + LONGEST, STEP)
    inside = [y for y in rows if _is_inside(image, registration, middle, y)]
    return len(inside) * STEP


def _is_inside(image: Image, registration: Registration, x: float, y: float) -> bool:
    """Tell whether a place of the form (mm) is in the picture."""
    pixel = project(registration.to_pixels, np.array([[x, y]]))[0]
    return bool((pixel >= 0).all() and (pixel < image.shape[1::-1]).all())


def _lines_in(flat: Image) -> list[ReadLine]:
    """Read the lines that can hold a label: long enough, and in colour where enough lines are."""
    finding_side = round(max(flat.shape[:2]) / READING_SCALE * FINDING_SCALE)
    boxes = find_lines(flat, finding_side)
    if len(boxes) < FEWEST_LINES:
        return []
    quads = [reading_corners(box.corners, 0) for box in boxes]
    long_lines = [quad for quad in quads if _is_long(quad)]
    coloured = [quad for quad in long_lines if _colour_of(flat, quad) > COLOURED]
    are_labels_coloured = len(coloured) > MOST * len(long_lines)
    return read_lines(flat, coloured if are_labels_coloured else long_lines)


def _is_long(quad: Points) -> bool:
    width, height = np.ptp(quad, axis=0)
    return bool(width > SHORTEST_LINE * height)


def _colour_of(flat: Image, quad: Points) -> float:
    """Return how coloured (see `_chroma`) a line's ink is in its more colourful half.

    It is near 0 for black ink, and a label may stand before a value or after it.
    """
    top_left = np.maximum(quad.min(axis=0), 0)
    bottom_right = np.ceil(quad.max(axis=0))
    x0, y0 = top_left.astype(int)
    x1, y1 = bottom_right.astype(int)
    middle = (x0 + x1) // 2
    first_half = flat[y0:y1, x0:middle]
    second_half = flat[y0:y1, middle:x1]
    return max(_chroma(first_half), _chroma(second_half))


def _chroma(part: Image) -> float:
    """Return how far apart (0-255) the channels of a BGR picture's (H, W, 3) darkest pixels are."""
    pixels = part.reshape(-1, 3).astype(np.int16)
    if not len(pixels):
        return 0.0
    brightness = pixels.sum(axis=1)
    ink = pixels[brightness <= np.quantile(brightness, INK_QUANTILE)]
    return float(np.median(ink.max(axis=1) - ink.min(axis=1)))


def _parted(lines: Sequence[ReadLine], form: Form) -> list[list[ReadLine]]:
    """Part the lines of several copies, one below the other."""
    tops = sorted([*_tops_of_names(lines, form), *_tops_of_titles(lines)])
    starts: list[float] = []
    for y in tops:
        if not starts or y - starts[-1] > SHORTEST_COPY * READING_SCALE:
            starts.append(y)
    strips = []
    for top, end in pairwise([*starts, np.inf]):
        strips.append([line for line in lines if top <= line.ends[0][1] < end])
    return strips


def _tops_of_names(lines: Sequence[ReadLine], form: Form) -> list[float]:
    """Return where (pixels) copies begin by the label of the child's name, the first of all."""
    label = form.labels[0].text
    anchors = [anchor for anchor in chinese_anchors(form) if anchor.text == label]
    above = ABOVE_FIRST_LABEL * READING_SCALE
    return [float(sighting.at[1]) - above for sighting in sightings_of(lines, anchors)]


def _tops_of_titles(lines: Sequence[ReadLine]) -> list[float]:
    """Return where (pixels) copies begin by their titles."""
    tops = []
    for line in lines:
        if any(title in line.reading.text for title in TITLES):
            left, _ = line.ends
            tops.append(float(left[1]))
    return tops


def _texts(image: Image, place: Measured, to_pixels: Points, turn: int) -> dict[str, str]:
    """Read a copy: its texts by API key."""
    registration = Registration(to_pixels, place.labels, turn)
    sheet = straighten(image, registration, place.form)
    reading = read_sheet(sheet, place.form, is_quick=True)
    return {value.key: value.text for value in values_of(reading)}
