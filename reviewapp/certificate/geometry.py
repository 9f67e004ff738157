"""Where a value stands in the picture, and how to cut it out so that it reads upright. Pure.

Points are [x, y] in pixels of the picture as shown; angles are degrees, clockwise as the screen
counts them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Point = Sequence[float]
Polygon = Sequence[Point]

# Fields that stand side by side on the form, the left one first (正页 of editions 5–7).
NEIGHBOURS = (
    ("neonatal_name", "birth_time"),
    ("gestational_age", "birth_length"),
    ("birth_place", "medical_institutions"),
    ("mother_name", "mother_address"),
    ("father_name", "father_address"),
    ("issue_date", "certificate_number"),
)
WIDE = 1.5
SMALLEST = 12.0
MARGIN = 0.3


@dataclass(frozen=True, slots=True)
class Crop:
    """A turned rectangle: centre, sides along and across the reading direction, and that direction."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def view_box(self) -> str:
        """Return the rectangle with a margin as the `viewBox` of an SVG."""
        margin = MARGIN * self.height
        width, height = self.width + 2 * margin, self.height + 2 * margin
        return f"{self.x - width / 2:.1f} {self.y - height / 2:.1f} {width:.1f} {height:.1f}"

    @property
    def transform(self) -> str:
        """Return the turn that makes the value read from left to right."""
        return f"rotate({-self.angle:.2f} {self.x:.1f} {self.y:.1f})"


def page_turn(polygons: Mapping[str, Polygon | None]) -> int:
    """Return how far a page is turned: 0, 90, 180 or 270.

    The long sides of the polygons tell along which axis the lines run; which way, the fields that
    lie beside each other, because a polygon may start at any of its corners.
    """
    turn = reading_turn(polygons.values())
    pairs = [(polygons.get(left), polygons.get(right)) for left, right in NEIGHBOURS]
    ways = [_between(left, right) for left, right in pairs if left and right]
    total = (sum(x for x, _ in ways), sum(y for _, y in ways))
    return _quarter(total) if any(total) and _quarter(total) % 180 == turn % 180 else turn


def reading_turn(polygons: Iterable[Polygon | None]) -> int:
    """Return how far text is turned: 0, 90, 180 or 270, by the wide polygons' long sides.

    A polygon that starts at its top left tells all four; one that starts elsewhere only its axis,
    and then the smaller turn is taken.
    """
    votes: Counter[int] = Counter()
    for polygon in polygons:
        along, across = _sides(polygon) if polygon else ((0.0, 0.0), (0.0, 0.0))
        length, breadth = math.hypot(*along), math.hypot(*across)
        if length >= WIDE * breadth:
            votes[_quarter(along)] += round(length)
        elif breadth >= WIDE * length:
            votes[_quarter(across) % 180] += round(breadth)
    return votes.most_common(1)[0][0] if votes else 0


def crop(polygon: Polygon, *, turn: int) -> Crop:
    """Return the rectangle round a value, upright on a page that is turned by `turn` degrees.

    The polygon may start at any of its corners.
    """
    first, second = _sides(polygon)
    sides = [first, second, (-first[0], -first[1]), (-second[0], -second[1])]
    along = min(sides, key=lambda side: abs(_difference(_angle(side), turn)))
    across = second if along in (sides[0], sides[2]) else first
    x, y = _centre(polygon)
    width, height = (max(math.hypot(*side), SMALLEST) for side in (along, across))
    angle = _angle(along) if math.hypot(*along) else float(turn)
    return Crop(x, y, width, height, angle)


def _sides(polygon: Polygon) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the first two sides of four corners as vectors."""
    (x0, y0), (x1, y1), (x2, y2) = polygon[:3]
    return (x1 - x0, y1 - y0), (x2 - x1, y2 - y1)


def _centre(polygon: Polygon) -> tuple[float, float]:
    return sum(point[0] for point in polygon) / len(polygon), sum(
        point[1] for point in polygon
    ) / len(polygon)


def _between(left: Polygon, right: Polygon) -> tuple[float, float]:
    (x0, y0), (x1, y1) = _centre(left), _centre(right)
    return x1 - x0, y1 - y0


def _angle(side: tuple[float, float]) -> float:
    return math.degrees(math.atan2(side[1], side[0]))


def _quarter(side: tuple[float, float]) -> int:
    return round(_angle(side) / 90) * 90 % 360


def _difference(one: float, other: float) -> float:
    """Return the way from one angle to another, -180 to 180."""
    return (one - other + 180) % 360 - 180
