"""Place a form of which only the labels' order is known, or of which too few labels were seen.

The picture is levelled by its text lines alone, then the form is measured in it.
"""

from collections.abc import Sequence

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import (
    ReadLine,
    height_of,
    read_lines,
    reading_corners,
    width_of,
)
from reviewapp.engines.local.find.measure import measured, to_form
from reviewapp.engines.local.find.register import PlacedBy, Registration, project
from reviewapp.engines.local.networks.reading import Image, Points, find_lines

# Pixels of the picture's long side: a sheet's smallest labels, 2 mm, are then 10 pixels high.
LOOKING = 1600
# Reading takes time; no certificate has so many lines, but a page of small print has more.
MOST_LINES = 140
# In its own heights: what is shorter stands upright and is no line.
SHORTEST = 0.6
# In its own heights: shorter lines say too little of their direction. So many tell how they meet.
LONG, FEWEST_LONG = 4, 4
# How much perspective may shrink one side of the picture against its middle, as a share: no photo
# on which a line could be read is more aslant.
MOST_BEND = 0.5


def place_plainly(
    image: Image, turn: int, form: Form, fewest_labels: int
) -> tuple[Registration, Form] | None:
    """Measure `form` in a BGR picture that `turn` quarter turns clockwise bring upright.

    1. Find and read all lines.
    2. Level them: lines of text are parallel on paper.
    3. Lay the form out by the labels among them, if they are enough.
    """
    quads = [reading_corners(box.corners, turn) for box in find_lines(image, LOOKING)]
    lying = [quad for quad in quads if width_of(quad) > SHORTEST * height_of(quad)]
    lines = read_lines(image, lying[:MOST_LINES]) if lying else []
    level = levelling(lines)
    if level is None:
        return None
    level_lines = [ReadLine(project(level, line.corners), line.reading) for line in lines]
    place = measured(level_lines, form)
    if place is None or place.labels < fewest_labels:
        return None
    registration = Registration(
        to_pixels=to_form(np.linalg.inv(level), place.scale),
        labels=place.labels,
        turn=turn,
        by=PlacedBy.PLAIN,
    )
    return registration, place.form


def levelling(lines: Sequence[ReadLine]) -> Points | None:
    """Return the homography (3, 3) that makes lines of text level, or None where there are too few.

    1. Long lines tell where parallels meet.
    2. Send that point to infinity, moving the middle of the picture least.
    3. Turn the reading direction to the right.
    """
    long_lines = [line for line in lines if _is_long(line)]
    if len(long_lines) < FEWEST_LONG:
        return None
    ends = np.array([line.ends for line in long_lines])
    middle = ends.reshape(-1, 2).mean(axis=0)
    size = float(np.abs(ends - middle).max())
    bend = _bend((ends - middle) / size)
    if np.abs(bend).max() > MOST_BEND:
        return None
    to_middle = np.array(
        [[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]]
    )
    unbending = np.eye(3)
    unbending[2, :2] = bend
    unbent = unbending @ to_middle
    parallel_ends = project(unbent, ends.reshape(-1, 2)).reshape(-1, 2, 2)
    to_size = np.diag([size, size, 1.0])
    level: Points = to_size @ _turning(parallel_ends) @ unbent
    return level


def _is_long(line: ReadLine) -> bool:
    return width_of(line.corners) > LONG * height_of(line.corners)


def _bend(ends: Points) -> Points:
    """Return the elements of a homography that send the common point of lines to infinity.

    They are the first two of its last row. `ends` (N, 2, 2) are left and right ends, the middle of
    the picture being at 0 and its borders at 1. The common point is that which all lines pass
    nearest to.
    """
    points = np.concatenate([ends, np.ones((len(ends), 2, 1))], axis=2)
    through = np.cross(points[:, 0], points[:, 1])
    _, _, by_distance = np.linalg.svd(through)
    meeting = by_distance[-1]
    place, weight = meeting[:2], meeting[2]
    reach = float(place @ place)
    if reach <= 1e-9:
        return np.zeros(2)
    bend: Points = -weight * place / reach
    return bend


def _turning(ends: Points) -> Points:
    """Return the rotation (3, 3) that makes lines with such ends (N, 2, 2) run to the right."""
    along = np.median(ends[:, 1] - ends[:, 0], axis=0)
    cos, sin = along / np.hypot(*along)
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])
