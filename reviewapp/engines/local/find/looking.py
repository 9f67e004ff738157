"""Look at a picture for a form's labels, reading no more than is needed: reading takes time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import (
    ReadLine,
    Sighting,
    all_anchors,
    chinese_anchors,
    read_lines,
    reading_corners,
    sightings_of,
    with_line_below,
)
from reviewapp.engines.local.find.register import (
    ENOUGH_LABELS,
    WELL_SUPPORTED,
    Registration,
    pixels_per_mm,
    place_by_labels,
    project,
)
from reviewapp.engines.local.networks.reading import Image, Points, TextBox, find_lines

# Pixels of the long side of a picture with pale print, and how many times it is enlarged at most:
# pale strokes are thin, and what a picture does not hold no enlarging brings back.
LARGEST, MOST_ENLARGED = 2000, 1.5
# Pixels, per enlargement: blur (standard deviation) that evens specks out, but leaves strokes.
SPECK_BLUR = 0.8
# The levels of pale print, as shares of white, are raised to this power: 0.9 becomes 0.4.
DARKENING = 8
# Lines that are read of a pale picture at most in the likelier and in the other turn: more than of
# others, as most of its lines read as nothing.
PALE_LIMITS = (112, 32)
# Lines that are read at once before the form is placed anew: as many as keep all threads busy.
CHUNK = 16
# Lines: where nothing tells which are labels, one of so many is read first, then the next one of
# each, so that all parts of the picture are tried.
SPREAD = 5
# mm: a label farther than this from all that were seen tells most about the form's slant, and is
# read where a line begins as near as the second to its place.
FAR, NEAR_UNSEEN = 22.0, 4.0
# Labels: of two certificates that have about as many, the larger is meant.
ALIKE = 4


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a picture: the form if it was found, and the turns tried, likeliest first."""

    registration: Registration | None
    turns: tuple["Turn", ...]

    @property
    def upright(self) -> "Turn":
        """The turn in which most labels were seen."""
        return max(self.turns, key=lambda turn: len({sighting.text for sighting in turn.sightings}))

    @property
    def lines(self) -> list[ReadLine]:
        """All lines that were read, in any turn."""
        return [line for turn in self.turns for line in turn.lines]


def look(image: Image, form: Form, side: int, limits: tuple[int, int]) -> Look:
    """Look for `form` in a BGR picture by its labels, seen with `side` pixels at most.

    1. Find text lines; their shape tells which two quarter turns to try.
    2. In each turn read at most its limit of lines, those that look like labels first, until enough
       labels agree.
    3. Then read what lies where other labels should be, and place the form anew with those.
    4. Where a second certificate lies beside the found one, take the better.
    """
    boxes = find_lines(image, side)
    turns = [Turn(image, boxes, turn, form) for turn in _likely_turns(boxes)]
    turns.sort(key=lambda turn: -turn.votes)
    for turn, limit in zip(turns, limits, strict=True):
        registration = turn.place(limit)
        if registration is not None:
            registration = turn.place_with_more(registration)
            return Look(turn.better_of_two(registration), tuple(turns))
    return Look(None, tuple(turns))


def look_at_pale_print(image: Image, form: Form) -> Look:
    """Look at the picture enlarged, its specks smoothed and its pale print made dark."""
    side = max(image.shape[:2])
    scale = float(np.clip(LARGEST / side, 1.0, MOST_ENLARGED))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), SPECK_BLUR * scale)
    levels = np.arange(256) / 255
    darkened = (255 * levels**DARKENING).astype(np.uint8)
    dark = cv2.LUT(smooth, darkened)
    seen = look(dark, form, LARGEST, PALE_LIMITS)
    if seen.registration is None:
        return seen
    to_own_pixels = np.diag([1 / scale, 1 / scale, 1.0])
    registration = replace(seen.registration, to_pixels=to_own_pixels @ seen.registration.to_pixels)
    return replace(seen, registration=registration)


def _likely_turns(boxes: Sequence[TextBox]) -> tuple[int, int]:
    """Return the two quarter turns that make lines lie: most of their length decides."""
    upright_px = 0.0
    for box in boxes:
        first, second, third, _ = box.corners
        across = np.abs(second - first)
        down = np.abs(third - second)
        width, height = float(np.hypot(*across)), float(np.hypot(*down))
        x, y = across if width > height else down
        is_upright = y > x
        excess_px = abs(width - height)
        upright_px += excess_px if is_upright else -excess_px
    return (1, 3) if upright_px > 0 else (0, 2)


def _distances(points: Points, others: Points) -> Points:
    """Return how far each point (N, 2) is from each of others (M, 2), as (N, M)."""
    distances: Points = np.linalg.norm(points[:, None] - others[None], axis=2)
    return distances


class Turn:
    """The lines of a picture under one quarter turn, read bit by bit.

    A Chinese label has its smaller English line below it, left edges aligned. Lines with such a
    neighbour are read first, and their number votes for the turn.
    """

    def __init__(self, image: Image, boxes: Sequence[TextBox], turn: int, form: Form) -> None:
        self.image = image
        self.turn = turn
        self.form = form
        self.corners = [reading_corners(box.corners, turn) for box in boxes]
        quads = np.array(self.corners).reshape(-1, 4, 2)
        self.paired = set(np.flatnonzero(with_line_below(quads)).tolist())
        self.votes = len(self.paired)
        self.waiting = sorted(range(len(boxes)), key=self._urgency)
        self.lines: list[ReadLine] = []
        self.sightings: list[Sighting] = []

    def _urgency(self, number: int) -> tuple[bool, int, int]:
        """Return what sorts lines into the order in which they are read."""
        return number not in self.paired, number % SPREAD, number

    def place(self, limit: int) -> Registration | None:
        """Read up to `limit` more lines and return a placement as soon as it is well supported."""
        registration = None
        while self.waiting and limit > 0:
            self._read(self.waiting[:CHUNK])
            limit -= CHUNK
            registration = place_by_labels(self.sightings, chinese_anchors(self.form), self.turn)
            if registration is not None and registration.labels >= WELL_SUPPORTED:
                break
        return registration or self._placed()

    def place_with_more(self, registration: Registration) -> Registration:
        """Read lines that begin where labels far from all seen ones should be; place the form anew.

        1. Those labels (mm), and where the lines that wait begin (mm).
        2. The nearest line of each such label, where it is near.
        """
        to_mm = np.linalg.inv(registration.to_pixels)
        seen = project(to_mm, self._seen_at())
        labels = [label for label in self.form.labels if len(label.text) > 1]
        starts = np.array([[label.x, label.y] for label in labels])
        from_seen = _distances(starts, seen).min(axis=1)
        unseen = starts[from_seen > FAR]
        if not len(unseen) or not self.waiting:
            return registration
        lefts = project(to_mm, self._lefts_of(self.waiting))
        distances = _distances(lefts, unseen)
        nearest = distances.argmin(axis=0)
        is_near = distances.min(axis=0) < NEAR_UNSEEN
        chosen = np.unique(nearest[is_near])
        self._read([self.waiting[number] for number in chosen])
        return self._placed() or registration

    def better_of_two(self, registration: Registration) -> Registration:
        """Return the placement with more labels of two certificates, or the larger of two alike.

        1. Is there a second one: are enough lines like labels outside the first one's frame?
        2. Place both; their sightings are kept apart by that frame, so that their values never mix.
        3. Choose.
        """
        lefts = self._lefts_of(sorted(self.paired))
        if self._is_outside(registration, lefts).sum() < ENOUGH_LABELS:
            return registration
        self._read([number for number in self.waiting if number in self.paired])
        is_outside = self._is_outside(registration, self._seen_at())
        anchors = chinese_anchors(self.form)
        both = []
        for side in (False, True):
            numbers = np.flatnonzero(is_outside == side)
            on_this_side = [self.sightings[number] for number in numbers]
            placed = place_by_labels(on_this_side, anchors, self.turn)
            if placed is not None:
                both.append(placed)
        most = max((placed.labels for placed in both), default=0)
        alike = [placed for placed in both if placed.labels >= most - ALIKE]
        return max(alike, key=lambda placed: pixels_per_mm(placed, self.form), default=registration)

    def _seen_at(self) -> Points:
        """Return where labels were seen, in pixels (N, 2)."""
        return np.array([sighting.at for sighting in self.sightings])

    def _lefts_of(self, numbers: Sequence[int]) -> Points:
        """Return the middles of lines' left edges in pixels (N, 2)."""
        lefts = [(self.corners[number][0] + self.corners[number][3]) / 2 for number in numbers]
        return np.array(lefts).reshape(-1, 2)

    def _is_outside(self, registration: Registration, points: Points) -> NDArray[np.bool_]:
        """Tell which points (N, 2) in pixels lie outside the frame of a form that was placed."""
        left, top, right, bottom = self.form.frame
        to_mm = np.linalg.inv(registration.to_pixels)
        places = project(to_mm, points)
        is_inside = (places > (left, top)) & (places < (right, bottom))
        is_outside: NDArray[np.bool_] = ~is_inside.all(axis=1)
        return is_outside

    def _placed(self) -> Registration | None:
        registration = place_by_labels(self.sightings, chinese_anchors(self.form), self.turn)
        if registration is not None:
            return registration
        return place_by_labels(self.sightings, all_anchors(self.form), self.turn)

    def _read(self, numbers: Sequence[int]) -> None:
        taken = set(numbers)
        self.waiting = [number for number in self.waiting if number not in taken]
        corners = [self.corners[number] for number in numbers]
        lines = read_lines(self.image, corners)
        self.lines += lines
        self.sightings += sightings_of(lines, all_anchors(self.form))
