"""Place the form by its ornamental frame, where too few labels can be read."""

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from reviewapp.engines.local.editions.edition5to7 import TITLE, Alphabet, Form
from reviewapp.engines.local.find.labels import (
    Anchor,
    ReadLine,
    Sighting,
    all_anchors,
    sightings_of,
)
from reviewapp.engines.local.find.register import PlacedBy, Registration, project
from reviewapp.engines.local.networks.reading import Image, Points, clockwise

# Pixels of the picture's long side: the frame is its largest shape, and fine print only disturbs.
LOOKING = 900
# Pixels there: ink is darker by so many of 255 levels than the mean of a square of so many pixels,
# and gaps of up to the last are closed, for a frame is made of small ornaments.
NEIGHBOURHOOD, DARKER, GAP = 31, 6, 3
# A quadrilateral's least share of the picture, and how many of the largest shapes are looked at:
# beyond the frame, sheet, table and folds.
SMALLEST, MOST_SHAPES = 0.12, 8
# How far, as a share of its outline, a shape may be from the quadrilateral that is made of it.
ROUGHNESS = 0.03
# mm: how far what was read may be from its place in the form. A photographed sheet is not flat, so
# what its corners tell of its inside is not exact; rows are 8 mm apart.
NEAR = 7.0
# Things that must stand in their places: one may do so by chance.
ENOUGH = 2
# mm: where the middle of the title stands in editions 5 to 7.
TITLE_AT = (103.6, 22.0)
NUMBERS = {Alphabet.ID_NUMBER, Alphabet.CERTIFICATE_NUMBER}
_NUMBER = re.compile(r"\d{17}[\dX]|[A-Z]\d{9}")


def place_by_frame(image: Image, lines: Sequence[ReadLine], form: Form) -> Registration | None:
    """Find the frame of `form` in a BGR picture, of which `lines` were read.

    1. Every large quadrilateral may be the frame, with any of its sides above.
    2. What was read must confirm it: labels, title or numbers at ENOUGH of their places, in that
       reading direction.
    """
    left, top, right, bottom = form.frame
    frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    anchors = all_anchors(form)
    sightings = sightings_of(lines, anchors)
    best, most = None, (ENOUGH, -NEAR)
    for corners in quadrilaterals(image):
        for side in range(4):
            turned = np.roll(corners, -side, axis=0).astype(np.float32)
            to_pixels = cv2.getPerspectiveTransform(frame, turned)
            count, error = _confirmations(
                to_pixels, sightings, anchors=anchors, lines=lines, form=form
            )
            if (count, -error) > most:
                most = (count, -error)
                best = Registration(
                    to_pixels=to_pixels, labels=count, turn=(4 - side) % 4, by=PlacedBy.FRAME
                )
    return best


def quadrilaterals(image: Image) -> Iterator[Points]:
    """Yield the corners (4, 2) of large quadrilaterals, clockwise from top left, largest first.

    1. Outlines of dark shapes in a small picture, made convex.
    2. The largest, down to SMALLEST, that have four corners; in pixels of the picture itself.
    """
    ratio = min(1.0, LOOKING / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    hulls = [cv2.convexHull(contour) for contour in _outlines(grey)]
    hulls.sort(key=cv2.contourArea, reverse=True)
    for hull in hulls[:MOST_SHAPES]:
        if cv2.contourArea(hull) < SMALLEST * grey.size:
            return
        roughness = ROUGHNESS * cv2.arcLength(hull, closed=True)
        corners = cv2.approxPolyDP(hull, roughness, closed=True).reshape(-1, 2)
        if len(corners) == 4:
            yield clockwise(corners) / ratio


def _outlines(grey: Image) -> Sequence[Points]:
    """Return the outlines of what is darker than its neighbourhood in a grey picture (H, W)."""
    dark = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, NEIGHBOURHOOD, DARKER
    )
    closed = cv2.dilate(dark, np.ones((GAP, GAP), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return contours


def _confirmations(
    to_pixels: Points,
    sightings: Sequence[Sighting],
    *,
    anchors: Sequence[Anchor],
    lines: Sequence[ReadLine],
    form: Form,
) -> tuple[int, float]:
    """Return how many different things stand where the form has them, and how far off they are.

    That is the root mean square of their distances in mm.
    """
    to_mm = np.linalg.inv(to_pixels)
    misses: dict[str, float] = {}
    for sighting in sightings:
        miss = _miss_of(sighting, anchors, to_mm)
        if miss < NEAR:
            misses[sighting.text] = min(miss, misses.get(sighting.text, NEAR))
    for name, miss in _misses_of_others(to_mm, lines, form):
        if miss < NEAR:
            misses[name] = min(miss, misses.get(name, NEAR))
    if not misses:
        return 0, NEAR
    squares = np.square(list(misses.values()))
    return len(misses), float(np.sqrt(np.mean(squares)))


def _miss_of(sighting: Sighting, anchors: Sequence[Anchor], to_mm: Points) -> float:
    """Return how far (mm) a sighting is from the nearest place of its text.

    It is infinitely far where the sighting runs another way than the form.
    """
    ahead_px = sighting.at + sighting.along
    at, ahead = project(to_mm, np.array([sighting.at, ahead_px]))
    right, down = ahead - at
    if right <= abs(down):
        return np.inf
    places = np.array([anchor.place for anchor in anchors if anchor.text == sighting.text])
    distances = np.linalg.norm(places - at, axis=1)
    return float(distances.min())


def _misses_of_others(
    to_mm: Points, lines: Sequence[ReadLine], form: Form
) -> Iterator[tuple[str, float]]:
    """Yield title and numbers, which have places too, and how far (mm) from them they are."""
    slots = [slot for slot in form.slots if slot.alphabet in NUMBERS]
    for line in lines:
        (left, _), (right, y) = project(to_mm, np.array(line.ends))
        if is_title(line.reading.text):
            title_x, title_y = TITLE_AT
            middle = (left + right) / 2
            yield TITLE, float(np.hypot(middle - title_x, y - title_y))
        if right <= left or not _NUMBER.search(line.reading.text):
            continue
        for slot in slots:
            if slot.x0 - NEAR < right < slot.x1 + NEAR:
                yield slot.name, abs(y - slot.y)


def is_title(text: str) -> bool:
    """Tell whether a text holds the title; ornaments may hide its first or its last character."""
    return TITLE[1:] in text or TITLE[:-1] in text
