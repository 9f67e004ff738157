"""Find the form in a picture by its printed labels: its turn, its skew and its perspective."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reviewapp.engines.local.layout import GLYPH, Form, Label
from reviewapp.engines.local.models import Image, Points, Reading, TextBox, find_lines, read_crops

FINDING_SIDE = 1216
ENOUGH_LABELS = 6
_TOLERANCES = (14.0, 9.0, 6.0, 4.0, 2.5, 2.0)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in the picture whose text looks like a label: centre of its first glyph, and its own axes."""

    text: str
    at: Points
    along: Points
    pitch: float


@dataclass(frozen=True, slots=True)
class Registration:
    """Where the form lies: `to_pixels` is the homography from form mm to picture pixels (3, 3).

    `labels` counts those that agree, `error` is their root mean square distance in mm, `turn` is the
    number of quarter turns clockwise that bring the picture upright.
    """

    to_pixels: Points
    labels: int
    error: float
    turn: int


def project(homography: Points, points: Points) -> Points:
    """Map points (N, 2) by a homography (3, 3)."""
    moved = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return moved[:, :2] / moved[:, 2:]


def quarter_turn(points: Points, turns: int, width: int, height: int) -> Points:
    """Map points (N, 2) of a picture of that size to the picture turned clockwise by quarter turns."""
    for _ in range(turns % 4):
        points = np.column_stack([height - points[:, 1], points[:, 0]])
        width, height = height, width
    return points


def quarter_turn_matrix(turns: int, width: int, height: int) -> Points:
    """Return the (3, 3) matrix of `quarter_turn`."""
    matrix = np.eye(3)
    for _ in range(turns % 4):
        matrix = np.array([[0.0, -1.0, height], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ matrix
        width, height = height, width
    return matrix


def crop_of(image: Image, corners: Points, height: float) -> Image:
    """Cut the quadrilateral `corners` (4, 2) upright, `height` pixels high."""
    top, right = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1])
    width = max(4, round(height * float(top) / max(1.0, float(right))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(image, matrix, (width, round(height)), borderMode=cv2.BORDER_REPLICATE)


def register(image: Image, form: Form) -> Registration | None:
    """Find `form` in a BGR picture by its labels.

    1. Find text lines and the two quarter turns in which most of them can be read.
    2. Read the lines in one of them, in the other if it shows too few labels.
    3. Try the placement that each sighting proposes; keep the one most labels agree with.

    Returns None when fewer than ENOUGH_LABELS labels agree.
    """
    boxes = find_lines(image, FINDING_SIDE)
    best: Registration | None = None
    for turn in _likely_turns(boxes):
        sightings = sight_labels(image, boxes, turn, form)
        found = _place(sightings, form, turn)
        if found and (best is None or found.labels > best.labels):
            best = found
        if best and best.labels >= 2 * ENOUGH_LABELS:
            break
    return best


def _likely_turns(boxes: Sequence[TextBox]) -> tuple[int, int]:
    lying = 0.0
    for box in boxes:
        across, down = (np.abs(box.corners[i + 1] - box.corners[i]) for i in (0, 1))
        long = across if np.hypot(*across) > np.hypot(*down) else down
        excess = abs(float(np.hypot(*across) - np.hypot(*down)))
        lying += excess if long[1] > long[0] else -excess
    return (1, 3) if lying > 0 else (0, 2)


def reading_corners(corners: Points, turn: int) -> Points:
    """Roll a box's corners so that its first edge runs in the reading direction of a turned picture."""
    direction = np.array([(1, 0), (0, -1), (-1, 0), (0, 1)][turn % 4], dtype=np.float64)
    edges = np.roll(corners, -1, axis=0) - corners
    along = (edges @ direction) / np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    return np.roll(corners, -int(np.argmax(along)), axis=0)


def sight_labels(image: Image, boxes: Sequence[TextBox], turn: int, form: Form) -> list[Sighting]:
    """Read the boxes under a quarter turn and list every place that reads like one of the form's labels."""
    turned = [reading_corners(box.corners, turn) for box in boxes]
    readings = read_crops([crop_of(image, corners, 48) for corners in turned])
    texts = {label.text for label in form.labels if len(label.text) > 1}
    return [
        sighting
        for corners, reading in zip(turned, readings, strict=True)
        for text in texts
        for sighting in _sightings_in(corners, reading, text)
    ]


def _sightings_in(corners: Points, reading: Reading, label: str) -> list[Sighting]:
    read = reading.text.translate(str.maketrans("（）", "()"))
    length = len(label)
    allowed = 0 if length < 3 else 1 if length < 5 else 2
    found = []
    for start in range(len(read) - length + 1):
        window = read[start : start + length]
        if sum(a != b for a, b in zip(window, label, strict=True)) > allowed:
            continue
        places = np.array([glyph.at for glyph in reading.glyphs[start : start + length]])
        left, right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
        long = float(np.linalg.norm(right - left))
        step = (places[-1] - places[0]) / (length - 1)
        first = places.mean() - step * (length - 1) / 2
        found.append(Sighting(label, left + first * (right - left), (right - left) / max(long, 1e-6), step * long))
    return found


def _place(sightings: Sequence[Sighting], form: Form, turn: int) -> Registration | None:
    """Find the placement of the form that most sightings agree with.

    1. Each pair of a sighting and a label of its text proposes a similarity; count labels it explains.
    2. Refine the best proposals with shrinking tolerance, from similarity to homography.
    3. Keep the one with most labels, then the least error.
    """
    labels = [label for label in form.labels if len(label.text) > 1]
    same = np.array([[s.text == label.text for label in labels] for s in sightings], dtype=bool)
    if same.sum() < ENOUGH_LABELS:
        return None
    seen = np.array([s.at for s in sightings])
    places = np.array([[label.x + GLYPH / 2, label.y] for label in labels])
    proposals = []
    for i, j in np.argwhere(same):
        to_mm = _similarity(sightings[i], places[j])
        miss = np.linalg.norm(project(to_mm, seen)[:, None] - places[None], axis=2)
        reach = 4.0 + 0.12 * np.linalg.norm(places - places[j], axis=1)
        proposals.append((int(((miss < reach) & same).any(axis=0).sum()), to_mm))
    proposals.sort(key=lambda proposal: -proposal[0])
    fits = [fit for _, to_mm in proposals[:12] if (fit := _refine(to_mm, seen, places, same)) is not None]
    if not fits:
        return None
    to_mm, count, error = max(fits, key=lambda fit: (fit[1], -fit[2]))
    if count < ENOUGH_LABELS:
        return None
    return Registration(np.linalg.inv(to_mm), count, error, turn)


def _similarity(sighting: Sighting, place: Points) -> Points:
    scale = GLYPH / max(sighting.pitch, 1e-6)
    cos, sin = sighting.along * scale
    linear = np.array([[cos, sin], [-sin, cos]])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = place - linear @ sighting.at
    return matrix


def _refine(to_mm: Points, seen: Points, places: Points, same: Points) -> tuple[Points, int, float] | None:
    pairs, miss = _pairs(to_mm, seen, places, same, _TOLERANCES[0])
    for tolerance in _TOLERANCES[1:]:
        fitted = _fit(seen[pairs[:, 0]], places[pairs[:, 1]])
        if fitted is None:
            return None
        to_mm = fitted
        pairs, miss = _pairs(to_mm, seen, places, same, tolerance)
    return to_mm, len(pairs), float(np.sqrt(np.mean(miss**2))) if len(pairs) else 99.0


def _pairs(to_mm: Points, seen: Points, places: Points, same: Points, tolerance: float) -> tuple[Points, Points]:
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
        affine, _ = (cv2.estimateAffinePartial2D if len(seen) < 5 else cv2.estimateAffine2D)(
            seen, places, method=cv2.LMEDS if len(seen) > 6 else cv2.RANSAC, ransacReprojThreshold=6.0
        )
        return None if affine is None else np.vstack([affine, [0.0, 0.0, 1.0]])
    homography, _ = cv2.findHomography(seen, places, cv2.RANSAC, 3.0)
    return homography
