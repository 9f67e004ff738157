"""Find the form in a picture by its printed labels: its turn, its skew and its perspective."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import (
    Anchor,
    ReadLine,
    Sighting,
    chinese_anchors,
    english_anchors,
    read_lines,
    reading_corners,
    sightings_of,
    with_line_below,
)
from reviewapp.engines.local.networks.reading import Image, Points, TextBox, find_lines

LARGEST = 2000
SQUASHED = 1.45
ENOUGH_LABELS = 6
WELL_SUPPORTED = 10
CHUNK = 16
ALIKE = 4
CLOSE_TOGETHER = (75.0, 30.0)
FAR = 22.0
_TOLERANCES = (14.0, 9.0, 6.0, 4.0, 2.5, 2.0)


@dataclass(frozen=True, slots=True)
class Registration:
    """Where the form lies: `to_pixels` is the homography from form mm to picture pixels (3, 3).

    `labels` counts those that agree, `error` is their root mean square distance in mm, `turn` is
    the number of quarter turns clockwise that bring the picture upright. `by` says what placed the
    form: its "labels", the ornamental "frame", or "plain" where its labels are few, close together
    or only in order.
    """

    to_pixels: Points
    labels: int
    error: float
    turn: int
    by: str = "labels"


def pixels_per_mm(registration: Registration, form: Form) -> float:
    """Return how large a form is in a picture, at the middle of its values."""
    left, top, right, bottom = form.area
    corner = np.array([(left + right) / 2, (top + bottom) / 2])
    square = corner + np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    return (
        float(np.sqrt(cv2.contourArea(project(registration.to_pixels, square).astype(np.float32))))
        / 10
    )


def project(homography: Points, points: Points) -> Points:
    """Map points (N, 2) by a homography (3, 3)."""
    moved = np.column_stack([points, np.ones(len(points))]) @ homography.T
    flat: Points = moved[:, :2] / moved[:, 2:]
    return flat


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a picture: the form if it was found, and each quarter turn that was tried, likeliest first."""

    found: Registration | None
    turns: tuple["Turn", ...]

    @property
    def upright(self) -> "Turn":
        """The turn in which most labels were seen."""
        return max(self.turns, key=lambda turn: len({sighting.text for sighting in turn.sightings}))


def look(image: Image, form: Form, side: int, limits: tuple[int, int]) -> Look:
    """Look for `form` in a BGR picture by its labels, seen with `side` pixels at most.

    1. Find text lines; their shape tells which two quarter turns to try.
    2. In each turn read at most its limit of lines, those that look like labels first, until enough labels agree.
    3. Then read what lies where other labels should be, and place the form anew with those.
    4. Where a second certificate lies beside the found one, take the better.
    """
    boxes = find_lines(image, side)
    turns = sorted(
        (Turn(image, boxes, turn, form) for turn in _likely_turns(boxes)), key=lambda t: -t.votes
    )
    for turn, limit in zip(turns, limits, strict=True):
        if found := turn.place(limit):
            return Look(turn.better_of_two(turn.place_with_more(found)), tuple(turns))
    return Look(None, tuple(turns))


def look_at_pale_print(image: Image, form: Form) -> Look:
    """Look at the picture enlarged, its specks smoothed and its pale print made dark."""
    scale = float(np.clip(LARGEST / max(image.shape[:2]), 1.0, 1.5))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    curve = (255 * (np.arange(256) / 255) ** 8).astype(np.uint8)
    seen = look(
        cv2.LUT(cv2.GaussianBlur(large, (0, 0), 0.8 * scale), curve), form, LARGEST, (112, 32)
    )
    if seen.found is None:
        return seen
    to_pixels = np.diag([1 / scale, 1 / scale, 1.0]) @ seen.found.to_pixels
    return replace(seen, found=replace(seen.found, to_pixels=to_pixels))


def _likely_turns(boxes: Sequence[TextBox]) -> tuple[int, int]:
    lying = 0.0
    for box in boxes:
        across, down = (np.abs(box.corners[i + 1] - box.corners[i]) for i in (0, 1))
        long = across if np.hypot(*across) > np.hypot(*down) else down
        excess = abs(float(np.hypot(*across) - np.hypot(*down)))
        lying += excess if long[1] > long[0] else -excess
    return (1, 3) if lying > 0 else (0, 2)


class Turn:
    """The lines of a picture under one quarter turn, read bit by bit: reading is what takes time.

    A Chinese label has its smaller English line below it, left edges aligned. Lines with such a
    neighbour are read first, and their number votes for the turn.
    """

    def __init__(self, image: Image, boxes: Sequence[TextBox], turn: int, form: Form) -> None:
        self.image, self.turn, self.form = image, turn, form
        self.corners = [reading_corners(box.corners, turn) for box in boxes]
        paired = with_line_below(np.array(self.corners).reshape(-1, 4, 2))
        self.votes = int(paired.sum())
        self.paired = np.flatnonzero(paired)
        self.waiting = sorted(range(len(boxes)), key=lambda i: (not paired[i], i % 5, i))
        self.lines: list[ReadLine] = []
        self.sightings: list[Sighting] = []

    def place(self, limit: int) -> Registration | None:
        """Read up to `limit` more lines and return a placement as soon as it is well supported."""
        found = None
        while self.waiting and limit > 0 and (found is None or found.labels < WELL_SUPPORTED):
            self._read(self.waiting[:CHUNK])
            limit -= CHUNK
            found = _place(self.sightings, chinese_anchors(self.form), self.turn)
        return found or self._placed()

    def place_with_more(self, found: Registration) -> Registration:
        """Read the lines that begin where a label far from all seen ones should be, and place the form anew."""
        to_mm = np.linalg.inv(found.to_pixels)
        starts = np.array([[label.x, label.y] for label in self.form.labels if len(label.text) > 1])
        seen_at = project(to_mm, np.array([sighting.at for sighting in self.sightings]))
        unseen = starts[np.linalg.norm(starts[:, None] - seen_at[None], axis=2).min(axis=1) > FAR]
        lefts = np.array(
            [(self.corners[i][0] + self.corners[i][3]) / 2 for i in self.waiting]
        ).reshape(-1, 2)
        if not len(unseen) or not len(lefts):
            return found
        distance = np.linalg.norm(project(to_mm, lefts)[:, None] - unseen[None], axis=2)
        near = sorted({int(i) for i in distance.argmin(axis=0)[distance.min(axis=0) < 4.0]})
        self._read([self.waiting[i] for i in near])
        return self._placed() or found

    def better_of_two(self, found: Registration) -> Registration:
        """Return the placement with more labels, or where they are about as many the larger, of two certificates.

        Their sightings are kept apart by the frame of the one that was found, so that their values
        never mix.
        """
        lefts = np.array(
            [(self.corners[i][0] + self.corners[i][3]) / 2 for i in self.paired]
        ).reshape(-1, 2)
        if self._is_outside(found, lefts).sum() < ENOUGH_LABELS:
            return found
        self._read([i for i in self.waiting if i in self.paired])
        outside = self._is_outside(found, np.array([sighting.at for sighting in self.sightings]))
        anchors = chinese_anchors(self.form)
        placed = [
            _place(
                [s for s, is_out in zip(self.sightings, outside, strict=True) if is_out == side],
                anchors,
                self.turn,
            )
            for side in (False, True)
        ]
        both = [one for one in placed if one is not None]
        most = max((one.labels for one in both), default=0)
        alike = [one for one in both if one.labels >= most - ALIKE]
        return max(alike, key=lambda one: pixels_per_mm(one, self.form), default=found)

    def _is_outside(self, found: Registration, points: Points) -> NDArray[np.bool_]:
        left, top, right, bottom = self.form.frame
        places = project(np.linalg.inv(found.to_pixels), points)
        is_in: NDArray[np.bool_] = ((places > (left, top)) & (places < (right, bottom))).all(axis=1)
        return ~is_in

    def _placed(self) -> Registration | None:
        chinese, english = chinese_anchors(self.form), english_anchors(self.form)
        found = _place(self.sightings, chinese, self.turn)
        return found or _place(self.sightings, [*chinese, *english], self.turn)

    def _read(self, chosen: Sequence[int]) -> None:
        taken = set(chosen)
        self.waiting = [i for i in self.waiting if i not in taken]
        lines = read_lines(self.image, [self.corners[i] for i in chosen])
        self.lines += lines
        self.sightings += sightings_of(
            lines, [*chinese_anchors(self.form), *english_anchors(self.form)]
        )


def _place(
    sightings: Sequence[Sighting], anchors: Sequence[Anchor], turn: int
) -> Registration | None:
    """Find the placement of the form that most sightings agree with.

    1. Each pair of a sighting and a label of its text proposes a similarity; count labels it explains.
    2. Refine the best proposals with shrinking tolerance, from similarity to homography. 副页 and 存根 have the same
       labels in tighter rows: those are not meant.
    3. Keep the one with most labels, then the least error.
    """
    same = np.array([[s.text == anchor.text for anchor in anchors] for s in sightings], dtype=bool)
    if same.sum() < ENOUGH_LABELS:
        return None
    seen = np.array([s.at for s in sightings])
    places = np.array([anchor.place for anchor in anchors])
    proposals = []
    for i, j in np.argwhere(same):
        to_mm = _similarity(sightings[i], places[j])
        miss = np.linalg.norm(project(to_mm, seen)[:, None] - places[None], axis=2)
        reach = 4.0 + 0.12 * np.linalg.norm(places - places[j], axis=1)
        proposals.append((int(((miss < reach) & same).any(axis=0).sum()), to_mm))
    proposals.sort(key=lambda proposal: -proposal[0])
    begun = [_pairs(to_mm, seen, places, same, _TOLERANCES[0])[0] for _, to_mm in proposals[:12]]
    different = {pairs.tobytes(): pairs for pairs in begun}.values()
    fits = [fit for pairs in different if (fit := _refine(pairs, seen, places, same)) is not None]
    fits = [fit for fit in fits if not _is_squashed(fit[0], places)]
    if not fits:
        return None
    to_mm, count, error = max(fits, key=lambda fit: (fit[1], -fit[2]))
    if count < ENOUGH_LABELS:
        return None
    agreeing = places[_pairs(to_mm, seen, places, same, _TOLERANCES[-1])[0][:, 1]]
    by = "plain" if count < WELL_SUPPORTED and _are_close_together(agreeing) else "labels"
    return Registration(np.linalg.inv(to_mm), count, error, turn, by)


def _is_squashed(to_mm: Points, places: Points) -> bool:
    """Tell whether a placement has another scale across than down, by more than a photo's slant explains."""
    x, y = places.mean(axis=0)
    at, right, below = project(np.linalg.inv(to_mm), np.array([[x, y], [x + 1, y], [x, y + 1]]))
    across, down = np.linalg.norm(right - at), np.linalg.norm(below - at)
    return bool(max(across, down) > SQUASHED * min(across, down))


def _are_close_together(places: Points) -> bool:
    """Tell whether places (N, 2) in mm are too near each other to tell a form's width, height and slant."""
    return bool((np.ptp(places, axis=0) < CLOSE_TOGETHER).any())


def _similarity(sighting: Sighting, place: Points) -> Points:
    cos, sin = sighting.along / max(sighting.scale, 1e-6)
    linear = np.array([[cos, sin], [-sin, cos]])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = place - linear @ sighting.at
    return matrix


def _refine(
    pairs: Points, seen: Points, places: Points, same: Points
) -> tuple[Points, int, float] | None:
    """Fit pairs of sightings and labels (N, 2) closer and closer; return homography, count and error in mm."""
    for tolerance in _TOLERANCES[1:]:
        fitted = _fit(seen[pairs[:, 0]], places[pairs[:, 1]])
        if fitted is None:
            return None
        to_mm = fitted
        pairs, miss = _pairs(to_mm, seen, places, same, tolerance)
    return to_mm, len(pairs), float(np.sqrt(np.mean(miss**2))) if len(pairs) else 99.0


def _pairs(
    to_mm: Points, seen: Points, places: Points, same: Points, tolerance: float
) -> tuple[Points, Points]:
    """Pair each label with the nearest sighting of its text within `tolerance` mm."""
    distance = np.linalg.norm(project(to_mm, seen)[:, None] - places[None], axis=2)
    distance = np.where(same, distance, np.inf)
    nearest = distance.argmin(axis=0)
    miss = distance[nearest, np.arange(len(places))]
    near = miss < tolerance
    return np.column_stack([nearest[near], np.flatnonzero(near)]), miss[near]


def _fit(seen: Points, places: Points) -> Points | None:
    if len(seen) < 3:
        return None
    if len(seen) < 10:
        is_rigid = len(seen) < 5 or _are_close_together(places)
        affine, _ = (cv2.estimateAffinePartial2D if is_rigid else cv2.estimateAffine2D)(
            seen,
            places,
            method=cv2.LMEDS if len(seen) > 6 else cv2.RANSAC,
            ransacReprojThreshold=6.0,
        )
        return None if affine is None else np.vstack([affine, [0.0, 0.0, 1.0]])
    homography, _ = cv2.findHomography(seen, places, cv2.RANSAC, 3.0)
    return homography
