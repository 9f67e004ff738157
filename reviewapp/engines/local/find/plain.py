"""Place a form of which only the order of its labels is known, or of which too few labels were seen.

The picture is levelled by its text lines alone, then the form is measured in it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import ReadLine, read_lines, reading_corners
from reviewapp.engines.local.find.measure import measured, to_form
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.networks.reading import Image, Points, find_lines
from reviewapp.engines.local.read.line import SheetReading

LOOKING = 1600
MOST_LINES = 140
SHORTEST = 0.6


def place_plainly(
    image: Image, turn: int, form: Form, enough: int, by: str
) -> tuple[Registration, Form] | None:
    """Measure `form` in a BGR picture that `turn` quarter turns clockwise bring upright.

    1. Find and read all lines.
    2. Level them: lines of text are parallel on paper.
    3. Lay the form out by the labels among them, if `enough` are.
    """
    quads = [reading_corners(box.corners, turn) for box in find_lines(image, LOOKING)]
    quads = [quad for quad in quads if _width(quad) > SHORTEST * _height(quad)][:MOST_LINES]
    lines = read_lines(image, quads) if quads else []
    level = levelling(lines)
    if level is None:
        return None
    place = measured([ReadLine(project(level, line.corners), line.reading) for line in lines], form)
    if place is None or place.labels < enough:
        return None
    to_pixels = to_form(np.linalg.inv(level), place.scale)
    return Registration(to_pixels, place.labels, 0.0, turn, by), place.form


def doubting_guesses(reading: SheetReading) -> SheetReading:
    """Say of lines in slots whose label was not seen that ink may have been passed over: they may begin elsewhere."""
    lines = {
        name: [replace(line, is_whole=line.is_whole and not line.slot.is_guessed) for line in found]
        for name, found in reading.lines.items()
    }
    return replace(reading, lines=lines)


def _width(quad: Points) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def _height(quad: Points) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]))


def levelling(lines: Sequence[ReadLine]) -> Points | None:
    """Return the homography (3, 3) that makes lines of text level, or None where there are too few.

    1. Long lines tell where parallels meet: the point that all of them pass nearest to.
    2. Send that point to infinity, moving the middle of the picture least.
    3. Turn the reading direction to the right.
    """
    ends = np.array(
        [line.ends for line in lines if _width(line.corners) > 4 * _height(line.corners)]
    )
    if len(ends) < 4:
        return None
    middle = ends.reshape(-1, 2).mean(axis=0)
    size = float(np.abs(ends - middle).max())
    points = np.concatenate([(ends - middle) / size, np.ones((len(ends), 2, 1))], axis=2)
    through = np.cross(points[:, 0], points[:, 1])
    meeting = np.linalg.svd(through)[2][-1]
    reach = float(meeting[:2] @ meeting[:2])
    bend = -meeting[2] * meeting[:2] / reach if reach > 1e-9 else np.zeros(2)
    if np.abs(bend).max() > 0.5:
        return None
    to_middle = np.array(
        [[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]]
    )
    unbent = np.array([[1.0, 0, 0], [0, 1.0, 0], [*bend, 1.0]]) @ to_middle
    moved = project(unbent, ends.reshape(-1, 2)).reshape(-1, 2, 2)
    x, y = np.median(moved[:, 1] - moved[:, 0], axis=0)
    cos, sin = np.array([x, y]) / np.hypot(x, y)
    turned = np.diag([size, size, 1.0]) @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])
    level: Points = turned @ unbent
    return level
