"""From the 23 values to the API's Data object, with the places of values and lines in the file's
own pixels, upright.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.editions.edition5to7 import Form
from reviewapp.engines.local.find.page import Page
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Points
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.line import Line, SheetReading

VERSION = "local-1"


def data_object(
    page: Page,
    form: Form,
    registration: Registration,
    sheet: Sheet,
    reading: SheetReading,
    values: Sequence[Value],
) -> dict[str, Any]:
    """Return the API's Data object; coordinates are the file's own pixels, upright."""
    lies_on_its_side = registration.turn % 2 == 1
    return {
        "algo_version": VERSION,
        "data": {value.key: value.text for value in values},
        "debug_info": {"kv_info": _parts(page, registration, reading)},
        "ftype": 1 if sheet.is_copy else 0,
        "height": page.width if lies_on_its_side else page.height,
        "orgHeight": page.height,
        "orgWidth": page.width,
        "prism_keyValueInfo": [_entry(value, page, registration) for value in values],
        "sliceRect": _slice_rect(page, form, registration),
        "width": page.height if lies_on_its_side else page.width,
    }


def _slice_rect(page: Page, form: Form, registration: Registration) -> dict[str, int]:
    corners_mm = Box(*form.frame).corners
    corners = project(registration.to_pixels, corners_mm) * page.scale
    inside = np.clip(np.floor(corners), 0, [page.width, page.height])
    rectangle = {}
    for number, (x, y) in enumerate(inside.astype(int).tolist()):
        rectangle[f"x{number}"] = x
        rectangle[f"y{number}"] = y
    return rectangle


def _entry(value: Value, page: Page, registration: Registration) -> dict[str, Any]:
    percent = int(100 * np.clip(value.prob, 0.0, 1.0))
    if not value.text or not value.lines:
        return {"key": value.key, "keyProb": percent, "value": "", "valueProb": percent}
    boxes = [line.ink for line in value.lines]
    corners = polygon(boxes, registration.to_pixels, page.scale)
    points = np.floor(corners).astype(int).tolist()
    return {
        "key": value.key,
        "keyProb": percent,
        "value": value.text,
        "valuePos": [{"x": x, "y": y} for x, y in points],
        "valueProb": percent,
    }


def polygon(boxes: Sequence[Box], to_pixels: Points, scale: Points) -> Points:
    """Return the smallest turned rectangle (4, 2) in the file's pixels round boxes given in form mm.

    Its corners run clockwise from the value's own top left, whichever way the picture lies.
    """
    corners_mm = np.concatenate([box.corners for box in boxes])
    corners = project(to_pixels, corners_mm) * scale
    rectangle = cv2.minAreaRect(corners.astype(np.float32))
    turned = cv2.boxPoints(rectangle).astype(np.float64)

    low, high = corners_mm.min(axis=0), corners_mm.max(axis=0)
    upright = Box(*low, *high).corners
    wanted = project(to_pixels, upright) * scale
    orders = [np.roll(turned, -first, axis=0) for first in range(4)]
    distances = [np.linalg.norm(order - wanted, axis=1).sum() for order in orders]
    return orders[int(np.argmin(distances))]


def _parts(page: Page, registration: Registration, reading: SheetReading) -> list[dict[str, Any]]:
    parts = []
    for slot_number, lines in enumerate(reading.lines.values()):
        parts += [_part(line, slot_number, page, registration) for line in lines]
    return parts


def _part(line: Line, slot_number: int, page: Page, registration: Registration) -> dict[str, Any]:
    corners = polygon([line.box], registration.to_pixels, page.scale)
    part = {
        "det_cfd": round(line.box.score, 6),
        "det_cls": slot_number,
        "det_pts": [round(float(coordinate), 3) for coordinate in corners.ravel()],
        "rec_cfd": round(line.reading.score, 6),
        "rec_tcc": _free_text(line),
    }
    if alternatives := _alternatives(line):
        part["rec_alternatives"] = alternatives
    return part


def _free_text(line: Line) -> str:
    """Return what a line was read as without regard to its slot, by a reading that has just its
    text where one has.
    """
    text = line.reading.text
    for reading in (line.reading, *line.others):
        if reading.text == reading.free == text:
            return text
    return line.reading.free


def _alternatives(line: Line) -> list[str]:
    """Return what other readings of a line say that differ in characters, not in their number."""
    text = line.reading.text
    others = dict.fromkeys(reading.text for reading in line.others)
    return [other for other in others if other != text and len(other) == len(text)]
