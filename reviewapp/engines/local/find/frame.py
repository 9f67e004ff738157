"""Place the form by its ornamental frame, where too few labels can be read."""

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from reviewapp.engines.local.editions.edition5to7 import TITLE, Alphabet, Form
from reviewapp.engines.local.find.labels import (
    ReadLine,
    chinese_anchors,
    english_anchors,
    sightings_of,
)
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.networks.reading import Image, Points

LOOKING = 900
SMALLEST = 0.12
NEAR = 7.0
ENOUGH = 2
TITLE_AT = (103.6, 22.0)
_NUMBER = re.compile(r"\d{17}[\dX]|[A-Z]\d{9}")


def place_by_frame(image: Image, lines: Sequence[ReadLine], form: Form) -> Registration | None:
    """Find the frame of `form` in a BGR picture, of which `lines` were read.

    1. Every large quadrilateral may be the frame, with any of its sides above.
    2. What was read must confirm it: labels, title or numbers at ENOUGH of their places, in that reading direction.
    """
    left, top, right, bottom = form.frame
    frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    best, found = (ENOUGH, -NEAR), None
    for corners in quadrilaterals(image):
        for side in range(4):
            to_pixels = cv2.getPerspectiveTransform(
                frame, np.roll(corners, -side, axis=0).astype(np.float32)
            )
            count, error = _confirmations(to_pixels, lines, form)
            if (count, -error) > best:
                best, found = (
                    (count, -error),
                    Registration(to_pixels, count, error, (4 - side) % 4, "frame"),
                )
    return found


def quadrilaterals(image: Image) -> Iterator[Points]:
    """Yield the corners (4, 2) of large quadrilaterals in a picture, clockwise from top left, largest first."""
    ratio = min(1.0, LOOKING / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    dark = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 6
    )
    contours, _ = cv2.findContours(
        cv2.dilate(dark, np.ones((3, 3), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE
    )
    hulls = sorted(
        (cv2.convexHull(contour) for contour in contours), key=cv2.contourArea, reverse=True
    )
    for hull in hulls[:8]:
        if cv2.contourArea(hull) < SMALLEST * grey.size:
            return
        corners = cv2.approxPolyDP(
            hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True
        ).reshape(-1, 2)
        if len(corners) == 4:
            middle = corners.mean(axis=0)
            ordered = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
            yield np.roll(ordered, -int(ordered.sum(axis=1).argmin()), axis=0) / ratio


def _confirmations(to_pixels: Points, lines: Sequence[ReadLine], form: Form) -> tuple[int, float]:
    """Return how many different things stand where the form has them, and their mean square root distance in mm."""
    to_mm = np.linalg.inv(to_pixels)
    misses: dict[str, float] = {}
    anchors = [*chinese_anchors(form), *english_anchors(form)]
    for seen in sightings_of(lines, anchors):
        at, ahead = project(to_mm, np.array([seen.at, seen.at + seen.along]))
        places = np.array([anchor.place for anchor in anchors if anchor.text == seen.text])
        miss = float(np.linalg.norm(places - at, axis=1).min())
        if miss < NEAR and ahead[0] - at[0] > abs(ahead[1] - at[1]):
            misses[seen.text] = min(miss, misses.get(seen.text, NEAR))
    for name, miss in _places_of_others(to_mm, lines, form):
        if miss < NEAR:
            misses[name] = min(miss, misses.get(name, NEAR))
    return len(misses), float(
        np.sqrt(np.mean(np.square(list(misses.values()))))
    ) if misses else NEAR


def _places_of_others(
    to_mm: Points, lines: Sequence[ReadLine], form: Form
) -> Iterator[tuple[str, float]]:
    """Yield what else has a place of its own, title and numbers, and how far (mm) from it each was read."""
    kinds = {Alphabet.ID_NUMBER, Alphabet.CERTIFICATE_NUMBER}
    numbers = [slot for slot in form.slots if slot.alphabet in kinds]
    for line in lines:
        (x0, _), (x1, y) = project(to_mm, np.array(line.ends))
        if TITLE[1:] in line.reading.text or TITLE[:-1] in line.reading.text:
            yield TITLE, float(np.hypot((x0 + x1) / 2 - TITLE_AT[0], y - TITLE_AT[1]))
        if _NUMBER.search(line.reading.text) and x1 > x0:
            yield from (
                (slot.name, abs(y - slot.y))
                for slot in numbers
                if slot.x0 - NEAR < x1 < slot.x1 + NEAR
            )
