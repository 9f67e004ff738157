"""Cutting a value out of the picture so that it reads upright."""

import math

import pytest

from reviewapp.certificate.geometry import Polygon, crop, page_turn, reading_turn

WORD = [[100, 50], [300, 50], [300, 90], [100, 90]]
SIZE = (1000, 700)


def turned(polygon: Polygon, degrees: int) -> list[list[float]]:
    """Return where corners lie when the picture is turned clockwise."""
    width, height = SIZE
    ways = {
        0: lambda x, y: [x, y],
        90: lambda x, y: [height - y, x],
        180: lambda x, y: [width - x, height - y],
        270: lambda x, y: [y, width - x],
    }
    return [ways[degrees](x, y) for x, y in polygon]


def starting_at(polygon: Polygon, corner: int) -> list[list[float]]:
    return [list(point) for point in (*polygon[corner:], *polygon[:corner])]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_text_tells_how_it_is_turned(degrees: int) -> None:
    assert reading_turn([turned(WORD, degrees), None]) == degrees


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("corner", range(4))
def test_a_page_tells_how_it_is_turned_by_its_neighbours_wherever_polygons_start(degrees: int, corner: int) -> None:
    beside = [[x + 400, y] for x, y in WORD]
    polygons = {
        "mother_name": starting_at(turned(WORD, degrees), corner),
        "mother_address": starting_at(turned(beside, degrees), corner),
        "sex": None,
    }
    assert page_turn(polygons) == degrees


def test_fields_below_each_other_do_not_turn_a_page() -> None:
    below = [[x, y + 400] for x, y in WORD]
    assert page_turn({"mother_name": WORD, "mother_address": below}) == 0


def test_a_page_without_places_lies_as_it_is() -> None:
    assert page_turn({"sex": None}) == 0


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("corner", range(4))
def test_a_crop_is_upright_whichever_corner_the_polygon_starts_with(degrees: int, corner: int) -> None:
    cut = crop(starting_at(turned(WORD, degrees), corner), turn=degrees)
    assert (cut.width, cut.height) == (200, 40)
    assert math.isclose((cut.angle - degrees) % 360, 0, abs_tol=0.01)
    assert [cut.x, cut.y] == turned([[200, 70]], degrees)[0]


def test_a_crop_follows_a_slanted_line() -> None:
    slope = math.radians(7)
    slanted = [[x * math.cos(slope) - y * math.sin(slope), x * math.sin(slope) + y * math.cos(slope)] for x, y in WORD]
    cut = crop(slanted, turn=0)
    assert (round(cut.width), round(cut.height), round(cut.angle)) == (200, 40, 7)
    assert cut.transform.startswith("rotate(-7.00 ")


def test_a_crop_has_a_margin_and_even_a_point_has_a_size() -> None:
    assert crop(WORD, turn=0).view_box == "88.0 38.0 224.0 64.0"
    point = crop([[5, 5]] * 4, turn=90)
    assert point.width == point.height > 0
    assert point.angle == 90
