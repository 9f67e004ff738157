"""What the templates compute: masked names, and crops of the picture turned so that their text stands upright."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django import template

from reviewapp.models import Field, Submission

register = template.Library()

Point = Sequence[float]
Vector = tuple[float, float]

# Fields that stand side by side on the form, the left one first.
NEIGHBOURS = (
    ("neonatal_name", "birth_time"),
    ("gestational_age", "birth_length"),
    ("birth_place", "medical_institutions"),
    ("mother_name", "mother_address"),
    ("father_name", "father_address"),
    ("issue_date", "certificate_number"),
)
MARGIN = 0.35
SMALLEST = 4.0


@dataclass(frozen=True, slots=True)
class Crop:
    """A turned rectangle of the picture: `angle` in degrees clockwise, the rest in pixels of the picture."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def view_box(self) -> str:
        return f"{-self.width / 2:.1f} {-self.height / 2:.1f} {self.width:.1f} {self.height:.1f}"

    @property
    def transform(self) -> str:
        return f"rotate({-self.angle:.2f}) translate({-self.x:.1f} {-self.y:.1f})"


@register.filter
def masked(name: str) -> str:
    """Mask a person's name for a list: the first character, then two stars."""
    return f"{name[0]}**" if name else ""


@register.simple_tag
def crop_of(field: Field, submission: Submission) -> Crop | None:
    """Return where a field stands in the picture, turned so that its text reads upright; None without a place."""
    polygon = field.polygon
    if not polygon:
        return None
    polygons = {other.name: other.polygon for other in submission.fields.all() if other.polygon}
    return crop(polygon, reading_direction(polygons))


def reading_direction(polygons: dict[str, Sequence[Point]]) -> Vector | None:
    """Return the vector along which the lines of the page run, in pixels; None when too little was found.

    It is taken from how fields lie beside each other on the form, because the corners of a polygon may
    start anywhere and so do not say which way is up.
    """
    found = [
        (_centre(polygons[left]), _centre(polygons[right]))
        for left, right in NEIGHBOURS
        if left in polygons and right in polygons
    ]
    if not found:
        return None
    return sum(b[0] - a[0] for a, b in found), sum(b[1] - a[1] for a, b in found)


def crop(polygon: Sequence[Point], reading: Vector | None) -> Crop:
    """Return the rectangle round four corners with a margin, along the edge that runs in reading direction.

    Without a reading direction the first edge is taken for the top of the text.
    """
    along = _unit(_edge_along(polygon, reading))
    across = (-along[1], along[0])
    us = [x * along[0] + y * along[1] for x, y in polygon]
    vs = [x * across[0] + y * across[1] for x, y in polygon]
    u, v = (min(us) + max(us)) / 2, (min(vs) + max(vs)) / 2
    width, height = max(max(us) - min(us), SMALLEST), max(max(vs) - min(vs), SMALLEST)
    margin = 2 * MARGIN * min(width, height)
    return Crop(
        x=u * along[0] + v * across[0],
        y=u * along[1] + v * across[1],
        width=width + margin,
        height=height + margin,
        angle=math.degrees(math.atan2(along[1], along[0])),
    )


def _edge_along(polygon: Sequence[Point], reading: Vector | None) -> Vector:
    """Return the edge, in either direction, that comes nearest to the reading direction."""
    pairs = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    edges = [(end[0] - start[0], end[1] - start[1]) for start, end in pairs]
    if reading is None or reading == (0, 0):
        return edges[0]
    both_ways = [*edges, *((-x, -y) for x, y in edges)]
    return max(both_ways, key=lambda edge: _unit(edge)[0] * reading[0] + _unit(edge)[1] * reading[1])


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return (vector[0] / length, vector[1] / length) if length else (1.0, 0.0)


def _centre(polygon: Sequence[Point]) -> Vector:
    return sum(point[0] for point in polygon) / len(polygon), sum(point[1] for point in polygon) / len(polygon)
