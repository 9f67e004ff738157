"""What must hold whatever picture is read: turning, scaling and storing it otherwise change nothing but places."""

import io
import unicodedata
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from reviewapp.pictures.files import Size, inspect, renderings
from tests.bench.engine import overlap_of
from tests.certificates.make import Sample, make

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

LOSSLESS: dict[str, dict[str, Any]] = {"PNG": {"compress_level": 1}, "TIFF": {}, "WEBP": {"lossless": True}}
PICTURES = [(3301, "scan"), (3302, "photo")]
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
# How pixels are stored under an orientation tag.
STORED_AS = {
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@cache
def sample_of(seed: int, profile: str) -> Sample:
    return make(seed, profile, case="plain")


@cache
def answer_of(seed: int, profile: str) -> dict[str, Any]:
    return answer(Image.fromarray(sample_of(seed, profile).image))


def answer(image: Image.Image, kind: str = "PNG", **options: Any) -> dict[str, Any]:
    file = io.BytesIO()
    image.save(file, kind, **LOSSLESS[kind], **options)
    return LocalEngine().recognise(file.getvalue()).data


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def right_values(data: dict[str, Any], sample: Sample) -> int:
    return sum(plain(data["data"][key]) == plain(truth) for key, truth in sample.truth.items())


def places(data: dict[str, Any]) -> dict[str, np.ndarray]:
    entries = [entry for entry in data["prism_keyValueInfo"] if entry["value"]]
    return {e["key"]: np.array([[point["x"], point["y"]] for point in e["valuePos"]], float) for e in entries}


def turned(points: np.ndarray, degrees: int, width: int, height: int) -> np.ndarray:
    """Return where points are in the turned picture; they are floored, so the pixel they name turns with it."""
    x, y = points.T
    width, height = width - 1, height - 1
    ways = {90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    return np.column_stack(ways[degrees])


def overlaps(expected: dict[str, np.ndarray], data: dict[str, Any], first: dict[str, Any]) -> list[float]:
    same = [key for key, value in first["data"].items() if value and value == data["data"][key]]
    found = places(data)
    return [overlap_of(expected[key], found[key]) for key in same]


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture[1])
def test_turning_a_picture_turns_its_polygons(picture: tuple[int, str], degrees: int) -> None:
    sample, first = sample_of(*picture), answer_of(*picture)
    height, width = sample.image.shape[:2]
    data = answer(Image.fromarray(sample.image).transpose(TURNS[degrees]))
    expected = {key: turned(points, degrees, width, height) for key, points in places(first).items()}
    shared = overlaps(expected, data, first)
    assert right_values(data, sample) >= right_values(first, sample) - 1
    assert len(shared) >= 20
    assert np.mean(shared) > 0.75
    assert sorted(shared)[1] > 0.5
    assert min(shared) > 0.25


@pytest.mark.parametrize("scale", [0.75, 1.4])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture[1])
def test_scaling_a_picture_scales_its_polygons(picture: tuple[int, str], scale: float) -> None:
    sample, first = sample_of(*picture), answer_of(*picture)
    height, width = sample.image.shape[:2]
    size = (round(width * scale), round(height * scale))
    data = answer(Image.fromarray(sample.image).resize(size, Image.Resampling.LANCZOS))
    shared = overlaps({key: points * scale for key, points in places(first).items()}, data, first)
    assert (data["orgWidth"], data["orgHeight"]) == size
    assert len(shared) >= 18
    assert np.mean(shared) > 0.7
    assert sorted(shared)[1] > 0.4
    assert min(shared) > 0.25


@pytest.mark.parametrize(
    ("kind", "orientation"), [*(("PNG", tag) for tag in STORED_AS), *(("TIFF", tag) for tag in STORED_AS), ("WEBP", 6)]
)
def test_how_a_picture_is_stored_changes_nothing_in_its_answer(kind: str, orientation: int) -> None:
    first = answer_of(3302, "photo")
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(sample_of(3302, "photo").image).transpose(STORED_AS[orientation])
    assert answer(stored, kind, exif=exif) == first


@pytest.mark.parametrize("orientation", [6, 7])
def test_the_places_in_a_turned_tiff_lie_on_the_values_that_the_screen_shows(orientation: int) -> None:
    sample = sample_of(3302, "photo")
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(sample.image).transpose(STORED_AS[orientation]).save(file, "TIFF", exif=exif)
    picture, data = inspect(file.getvalue()), LocalEngine().recognise(file.getvalue()).data
    screen = Image.open(io.BytesIO(renderings(file.getvalue(), [Size(2400, 80)])[0]))
    assert (data["orgWidth"], data["orgHeight"]) == (picture.width, picture.height) == sample.image.shape[1::-1]
    assert screen.width / screen.height == pytest.approx(picture.width / picture.height, rel=0.01)
    found = places(data)
    on_value = [overlap_of(np.array(drawn), found[key]) for key, drawn in sample.polygons.items() if key in found]
    assert sorted(on_value)[1] > 0.5
