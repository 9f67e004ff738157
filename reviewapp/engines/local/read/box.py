"""Upright rectangles on the form, and where they lie on a sheet."""

from dataclasses import dataclass, replace

import numpy as np

from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Image, Points


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in form mm, and the finder's score (0 where only ink was seen)."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 0.0

    @property
    def middle(self) -> float:
        """Centre y in mm."""
        return (self.y0 + self.y1) / 2

    @property
    def width(self) -> float:
        """Width in mm."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in mm."""
        return self.y1 - self.y0

    @property
    def corners(self) -> Points:
        """Corners (4, 2) in mm, clockwise from the top left."""
        return np.array(
            [[self.x0, self.y0], [self.x1, self.y0], [self.x1, self.y1], [self.x0, self.y1]]
        )

    def overlap(self, x0: float, x1: float) -> float:
        """Length in mm shared with an interval of x."""
        return max(0.0, min(self.x1, x1) - max(self.x0, x0))

    def shared_area(self, other: "Box") -> float:
        """Area in mm² shared with another box."""
        shared_height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return self.overlap(other.x0, other.x1) * max(0.0, shared_height)

    def joined(self, other: "Box") -> "Box":
        """The smallest box round both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
            max(self.score, other.score),
        )

    def grown(self, margin: float) -> "Box":
        """The box with so many mm more on every side."""
        return replace(
            self, x0=self.x0 - margin, y0=self.y0 - margin, x1=self.x1 + margin, y1=self.y1 + margin
        )


def pixels_of(sheet: Sheet, box: Box) -> tuple[int, int, int, int]:
    """Return a box's first column and row on a sheet, and the ones behind its last.

    They are at least two apart, and cut off at the sheet's borders.
    """
    height, width = sheet.ink.shape
    left, top = sheet.origin
    scale = sheet.scale
    x0 = round((box.x0 - left) * scale)
    y0 = round((box.y0 - top) * scale)
    x1 = round((box.x1 - left) * scale)
    y1 = round((box.y1 - top) * scale)
    x0 = max(0, min(x0, width - 2))
    y0 = max(0, min(y0, height - 2))
    x1 = max(x0 + 2, min(x1, width))
    y1 = max(y0 + 2, min(y1, height))
    return x0, y0, x1, y1


def part_of(layer: Image, sheet: Sheet, box: Box) -> Image:
    """Return what a layer of a sheet has in a box (h, w), not as a copy."""
    x0, y0, x1, y1 = pixels_of(sheet, box)
    return layer[y0:y1, x0:x1]


def place_of(sheet: Sheet, x: float, y: float) -> tuple[float, float]:
    """Return where on the form (x, y in mm) a place on a sheet is, given in pixels."""
    left, top = sheet.origin
    return x / sheet.scale + left, y / sheet.scale + top
