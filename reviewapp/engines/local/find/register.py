"""Place a form in a picture by its printed labels: its turn, its skew and its perspective."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.labels import Anchor, Sighting
from reviewapp.engines.local.networks.reading import Points

# Labels that must agree: fewer do so by chance, as labels of 副页 and 存根 and other papers do.
ENOUGH_LABELS = 6
# With so many labels in agreement no more are looked for, wherever on the form they stand.
WELL_SUPPORTED = 10
# Ratio of the scales across and down: more than a photo's slant explains.
SQUASHED = 1.45
# mm across and down: labels nearer together tell neither a form's width and height nor its slant.
CLOSE_TOGETHER = (75.0, 30.0)
# mm: a proposal by one label explains others this near to their places, and more by this share of
# their distance from that label, whose direction and scale are only roughly known.
PROPOSAL_REACH, PROPOSAL_SLACK = 4.0, 0.12
# Proposals that are refined: those that explain most.
MOST_PROPOSALS = 12
# mm, closer and closer: how far a label may be from its place while the placement is refined.
TOLERANCES = (14.0, 9.0, 6.0, 4.0, 2.5, 2.0)
# Pairs that each kind of fit needs to be sure of itself: a similarity, an affine map, a homography;
# and from how many on the median tells outliers better than chance does.
FEWEST_FOR_FIT, FEWEST_FOR_AFFINE, FEWEST_FOR_HOMOGRAPHY, ENOUGH_FOR_MEDIAN = 3, 5, 10, 7
# mm: how far pairs may be from such a fit and count as explained by it.
AFFINE_REACH, HOMOGRAPHY_REACH = 6.0, 3.0
# mm: the error of a placement that explains nothing.
NO_FIT = 99.0
# mm: the side of the square by which a picture's scale is measured, about three labels wide.
MEASURED_SIDE = 10.0
UNIT_SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


class PlacedBy(StrEnum):
    """What placed a form in a picture.

    Its labels, where many agree; its ornamental frame; or plainly its labels where they are few,
    close together, or only in order.
    """

    LABELS = "labels"
    FRAME = "frame"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Registration:
    """Where the form lies: `to_pixels` is the homography from form mm to picture pixels (3, 3).

    `labels` counts those that agree, `turn` is the number of quarter turns clockwise that bring the
    picture upright, `by` what placed the form.
    """

    to_pixels: Points
    labels: int
    turn: int
    by: PlacedBy = PlacedBy.LABELS

    @property
    def is_sure(self) -> bool:
        """Whether labels that agree placed the form, so that all its places are known well."""
        return self.by is PlacedBy.LABELS


def pixels_per_mm(registration: Registration, form: Form) -> float:
    """Return how large a form is in a picture, at the middle of its values."""
    left, top, right, bottom = form.area
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    square_mm = middle + MEASURED_SIDE * UNIT_SQUARE
    square_px = project(registration.to_pixels, square_mm)
    area_px = cv2.contourArea(square_px.astype(np.float32))
    return float(np.sqrt(area_px)) / MEASURED_SIDE


def project(homography: Points, points: Points) -> Points:
    """Map points (N, 2) by a homography (3, 3)."""
    ones = np.ones(len(points))
    mapped = np.column_stack([points, ones]) @ homography.T
    flat: Points = mapped[:, :2] / mapped[:, 2:]
    return flat


def flat_to_mm(scale: float, left: float, top: float) -> Points:
    """Return the homography (3, 3) from pixels of a flat picture, `scale` per mm, to mm.

    The picture's corner is at `left`, `top` mm.
    """
    return np.array([[1 / scale, 0, left], [0, 1 / scale, top], [0, 0, 1]])


@dataclass(frozen=True, slots=True)
class _Matches:
    """Places seen (N, 2) in pixels, labels' places (M, 2) in mm, and which share a text (N, M)."""

    seen: Points
    places: Points
    is_same: Points


@dataclass(frozen=True, slots=True)
class _Fit:
    """A homography from pixels to mm (3, 3), the labels it explains, and their error.

    `error` is the root mean square of their distances in mm.
    """

    to_mm: Points
    count: int
    error: float


def place_by_labels(
    sightings: Sequence[Sighting], anchors: Sequence[Anchor], turn: int
) -> Registration | None:
    """Find the placement of the form that most sightings agree with.

    1. Each pair of a sighting and a label of its text proposes a similarity.
    2. Refine the best proposals with shrinking tolerance, from similarity to homography. 副页 and
       存根 have the same labels in tighter rows: those are not meant.
    3. Keep the one with most labels, then the least error.
    """
    matches = _matches(sightings, anchors)
    if matches.is_same.sum() < ENOUGH_LABELS:
        return None
    fits = []
    for pairs in _proposals(sightings, matches):
        fit = _refine(pairs, matches)
        if fit is not None and not _is_squashed(fit.to_mm, matches.places):
            fits.append(fit)
    best = max(fits, key=lambda fit: (fit.count, -fit.error), default=None)
    if best is None or best.count < ENOUGH_LABELS:
        return None
    pairs, _ = _pairs(best.to_mm, matches, TOLERANCES[-1])
    agreeing = matches.places[pairs[:, 1]]
    is_plain = best.count < WELL_SUPPORTED and _are_close_together(agreeing)
    return Registration(
        to_pixels=np.linalg.inv(best.to_mm),
        labels=best.count,
        turn=turn,
        by=PlacedBy.PLAIN if is_plain else PlacedBy.LABELS,
    )


def _matches(sightings: Sequence[Sighting], anchors: Sequence[Anchor]) -> _Matches:
    is_same = [[sighting.text == anchor.text for anchor in anchors] for sighting in sightings]
    return _Matches(
        seen=np.array([sighting.at for sighting in sightings]),
        places=np.array([anchor.place for anchor in anchors]),
        is_same=np.array(is_same, dtype=bool),
    )


def _proposals(sightings: Sequence[Sighting], matches: _Matches) -> list[Points]:
    """Return pairs of sightings and labels (N, 2) that single pairs propose, the best first.

    1. Count the labels that each pair explains by itself.
    2. Of those that explain most, take the pairs that are explained, each set of pairs once.
    """
    counted = []
    for number, label in np.argwhere(matches.is_same):
        origin = matches.places[label]
        to_mm = _similarity(sightings[number], origin)
        from_origin = np.linalg.norm(matches.places - origin, axis=1)
        reach = PROPOSAL_REACH + PROPOSAL_SLACK * from_origin
        is_explained = (_misses(to_mm, matches) < reach) & matches.is_same
        count = int(is_explained.any(axis=0).sum())
        counted.append((count, to_mm))
    counted.sort(key=lambda proposal: -proposal[0])
    different = {}
    for _, to_mm in counted[:MOST_PROPOSALS]:
        pairs, _ = _pairs(to_mm, matches, TOLERANCES[0])
        different[pairs.tobytes()] = pairs
    return list(different.values())


def _similarity(sighting: Sighting, place_mm: Points) -> Points:
    """Return the map from pixels to mm (3, 3) that one sighting of a label in its place tells."""
    cos, sin = sighting.along / max(sighting.scale, 1e-6)
    linear = np.array([[cos, sin], [-sin, cos]])
    similarity = np.eye(3)
    similarity[:2, :2] = linear
    similarity[:2, 2] = place_mm - linear @ sighting.at
    return similarity


def _misses(to_mm: Points, matches: _Matches) -> Points:
    """Return how far (mm) each sighting is from each label's place (N, M)."""
    seen_mm = project(to_mm, matches.seen)
    misses: Points = np.linalg.norm(seen_mm[:, None] - matches.places[None], axis=2)
    return misses


def _pairs(to_mm: Points, matches: _Matches, tolerance_mm: float) -> tuple[Points, Points]:
    """Pair each label with the nearest sighting of its text.

    Returns their numbers (K, 2), and how far apart (mm) they are (K,).
    """
    misses = np.where(matches.is_same, _misses(to_mm, matches), np.inf)
    nearest = misses.argmin(axis=0)
    least = misses.min(axis=0)
    is_near = least < tolerance_mm
    labels = np.flatnonzero(is_near)
    pairs = np.column_stack([nearest[is_near], labels])
    return pairs, least[is_near]


def _refine(pairs: Points, matches: _Matches) -> _Fit | None:
    """Fit pairs of sightings and labels (N, 2) closer and closer; None where too few are left."""
    refined = None
    for tolerance in TOLERANCES[1:]:
        to_mm = _fit(matches.seen[pairs[:, 0]], matches.places[pairs[:, 1]])
        if to_mm is None:
            return None
        pairs, misses = _pairs(to_mm, matches, tolerance)
        error = float(np.sqrt(np.mean(misses**2))) if len(pairs) else NO_FIT
        refined = _Fit(to_mm, len(pairs), error)
    return refined


def _fit(seen: Points, places: Points) -> Points | None:
    """Return the map (3, 3) from pixels (N, 2) to mm (N, 2), None where they tell of none.

    1. Many pairs tell a homography.
    2. Fewer, an affine map; few or close ones, a similarity.
    """
    count = len(seen)
    if count < FEWEST_FOR_FIT:
        return None
    if count >= FEWEST_FOR_HOMOGRAPHY:
        homography, _ = cv2.findHomography(seen, places, cv2.RANSAC, HOMOGRAPHY_REACH)
        return homography
    is_rigid = count < FEWEST_FOR_AFFINE or _are_close_together(places)
    estimate = cv2.estimateAffinePartial2D if is_rigid else cv2.estimateAffine2D
    affine, _ = estimate(
        seen,
        places,
        method=cv2.LMEDS if count >= ENOUGH_FOR_MEDIAN else cv2.RANSAC,
        ransacReprojThreshold=AFFINE_REACH,
    )
    if affine is None:
        return None
    return np.vstack([affine, [0.0, 0.0, 1.0]])


def _is_squashed(to_mm: Points, places: Points) -> bool:
    """Tell whether scales across and down differ more than a photo's slant explains."""
    x, y = places.mean(axis=0)
    steps_mm = np.array([[x, y], [x + 1, y], [x, y + 1]])
    to_pixels = np.linalg.inv(to_mm)
    at, right, below = project(to_pixels, steps_mm)
    across_px = float(np.linalg.norm(right - at))
    down_px = float(np.linalg.norm(below - at))
    shorter_px, longer_px = sorted((across_px, down_px))
    return longer_px > SQUASHED * shorter_px


def _are_close_together(places: Points) -> bool:
    """Tell whether places (N, 2) in mm are too near each other to tell a form's size and slant."""
    extent = np.ptp(places, axis=0)
    return bool((extent < CLOSE_TOGETHER).any())
