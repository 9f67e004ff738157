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
# Times its breadth: a longer polygon tells by its sides along which axis its text runs.
WIDE = 1.5
# Pixels: a crop that is smaller shows nothing.
SMALLEST = 12.0
# Of the crop's height, on every side of it.
MARGIN = 0.3

type Vector = tuple[float, float]
# Where there is no polygon: its votes count nothing.
NO_SIDES: tuple[Vector, Vector] = ((0.0, 0.0), (0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Crop:
    """A turned rectangle: its centre, its sides along and across the reading direction `angle`."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def view_box(self) -> str:
        """Return the rectangle with a margin as the `viewBox` of an SVG."""
        margin = MARGIN * self.height
        width = self.width + 2 * margin
        height = self.height + 2 * margin
        left = self.x - width / 2
        top = self.y - height / 2
        return f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}"

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
    to_right = _from_left_to_right(polygons)
    if not any(to_right):
        return turn
    turn_by_neighbours = _quarter(to_right)
    is_same_axis = turn_by_neighbours % 180 == turn % 180
    return turn_by_neighbours if is_same_axis else turn


def _from_left_to_right(polygons: Mapping[str, Polygon | None]) -> Vector:
    """Return the sum of the ways from fields on the left to their neighbours on the right."""
    ways = []
    for left_field, right_field in NEIGHBOURS:
        left = polygons.get(left_field)
        right = polygons.get(right_field)
        if left and right:
            ways.append(_way(_centre(left), _centre(right)))
    return sum(x for x, _y in ways), sum(y for _x, y in ways)


def reading_turn(polygons: Iterable[Polygon | None]) -> int:
    """Return how far text is turned: 0, 90, 180 or 270, by the wide polygons' long sides.

    A polygon that starts at its top left tells all four; one that starts elsewhere only its axis,
    and then the smaller turn is taken.
    """
    votes: Counter[int] = Counter()
    for polygon in polygons:
        first, second = _sides(polygon) if polygon else NO_SIDES
        first_length = math.hypot(*first)
        second_length = math.hypot(*second)
        if first_length >= WIDE * second_length:
            votes[_quarter(first)] += round(first_length)
        elif second_length >= WIDE * first_length:
            votes[_quarter(second) % 180] += round(second_length)
    if not votes:
        return 0
    [(turn, _pixels)] = votes.most_common(1)
    return turn


def crop(polygon: Polygon, *, turn: int) -> Crop:
    """Return the rectangle round a value, upright on a page that is turned by `turn` degrees.

    The polygon may start at any of its corners.
    """
    along, across = _reading_sides(polygon, turn)
    length = math.hypot(*along)
    x, y = _centre(polygon)
    return Crop(
        x=x,
        y=y,
        width=max(length, SMALLEST),
        height=max(math.hypot(*across), SMALLEST),
        angle=_angle(along) if length else float(turn),
    )


def _reading_sides(polygon: Polygon, turn: int) -> tuple[Vector, Vector]:
    """Return the side along which a value is read, the nearest to a turn, and the side across."""
    first, second = _sides(polygon)
    choices = [
        (first, second),
        (second, first),
        (_opposite(first), second),
        (_opposite(second), first),
    ]

    def degrees_away(sides: tuple[Vector, Vector]) -> float:
        along, _across = sides
        return abs(_difference(_angle(along), turn))

    return min(choices, key=degrees_away)


def _sides(polygon: Polygon) -> tuple[Vector, Vector]:
    """Return the first two sides of four corners as vectors."""
    start, corner, end, *_fourth = polygon
    return _way(start, corner), _way(corner, end)


def _way(start: Point, end: Point) -> Vector:
    start_x, start_y = start
    end_x, end_y = end
    return end_x - start_x, end_y - start_y


def _opposite(side: Vector) -> Vector:
    x, y = side
    return -x, -y


def _centre(polygon: Polygon) -> Vector:
    x = sum(point[0] for point in polygon) / len(polygon)
    y = sum(point[1] for point in polygon) / len(polygon)
    return x, y


def _angle(side: Vector) -> float:
    x, y = side
    return math.degrees(math.atan2(y, x))


def _quarter(side: Vector) -> int:
    quarters = round(_angle(side) / 90)
    return quarters * 90 % 360


def _difference(angle: float, from_angle: float) -> float:
    """Return the way to an angle from another, -180 to 180."""
    return (angle - from_angle + 180) % 360 - 180
