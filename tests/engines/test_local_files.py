"""The certificate in files of every kind: values and places are those of the same picture as a plain file.

How each kind is decoded is tried in tests/test_pictures_*.py; here one of each is read to its end.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.local import LocalEngine
from reviewapp.pictures.files import Size, renderings
from tests.bench.engine import overlap_of
from tests.certificates.make import Sample, make
from tests.picture_files import STORED_AS, packed, pixels, saved, tags_of, tiff

# Nothing here needs a database, so one run of the two is enough.
pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

SEED = 5101


@cache
def sample() -> Sample:
    return make(SEED, "scan", case="plain")


def scan(mode: str = "RGB") -> Image.Image:
    return Image.fromarray(sample().image).convert(mode)


@cache
def plain(mode: str = "RGB") -> dict[str, Any]:
    return LocalEngine().recognise(saved(scan(mode), "PNG", compress_level=1)).data


def values_of(bits: int) -> np.ndarray:
    return np.round(np.asarray(scan("L")) / 255 * (2**bits - 1)).astype(np.int64)


def deep(bits: int, letter: str, polarity: int, order: str = "<") -> bytes:
    values = values_of(bits) if polarity else 2**bits - 1 - values_of(bits)
    return tiff([values.astype(order + letter).tobytes()], tags_of(values, int(letter[1]) * 8, polarity), order=order)


def turned(orientation: int, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(scan().transpose(STORED_AS[orientation] or 0), "TIFF", exif=exif, **options)


def twelve_bits() -> bytes:
    return tiff([packed(values_of(12), 12)], tags_of(values_of(12), 12))


# Files whose pixels are those of the plain file, by the mode of that.
SAME: dict[str, tuple[str, Callable[[], bytes]]] = {
    "turned by 5, LZW": ("RGB", lambda: turned(5, compression="tiff_lzw")),
    "turned by 8, deflate": ("RGB", lambda: turned(8, compression="tiff_adobe_deflate")),
    "10 bits in 16": ("L", lambda: deep(10, "u2", 1)),
    "12 bits": ("L", twelve_bits),
    "16 bits, 0 is white, Motorola": ("L", lambda: deep(16, "u2", 0, ">")),
    "32 bits": ("L", lambda: deep(32, "u4", 1)),
    "16 bits, PNG": ("L", lambda: saved(Image.fromarray((values_of(16)).astype(np.uint16)), "PNG")),
    "fax, group 4": ("1", lambda: saved(scan("1"), "TIFF", compression="group4", tiffinfo={262: 0})),
    "transparent": ("RGB", lambda: saved(scan("RGBA"), "PNG", compress_level=1)),
}


@pytest.mark.parametrize("kind", SAME)
def test_a_file_of_any_kind_is_read_as_the_same_picture_in_a_plain_file(kind: str) -> None:
    mode, content = SAME[kind]
    assert LocalEngine().recognise(content()).data == plain(mode)


def places(data: dict[str, Any]) -> dict[str, np.ndarray]:
    entries = [entry for entry in data["prism_keyValueInfo"] if entry["value"]]
    return {
        entry["key"]: np.array([[point["x"], point["y"]] for point in entry["valuePos"]], float) for entry in entries
    }


def assert_alike(data: dict[str, Any], first: dict[str, Any], scale: tuple[float, float] = (1, 1)) -> None:
    """Check that nearly all values are the same, and stand at the same places, once those are scaled."""
    same = [key for key, value in first["data"].items() if value == data["data"][key]]
    assert len(same) >= 21
    expected, found = places(first), places(data)
    shared = [overlap_of(expected[key], found[key] * scale) for key in same if key in expected]
    assert np.mean(shared) > 0.75
    assert sorted(shared)[1] > 0.5


def test_a_jpeg_without_its_end_is_read_as_the_whole_one() -> None:
    content = sample().content
    assert content.endswith(b"\xff\xd9")
    assert LocalEngine().recognise(content[:-2]).data == LocalEngine().recognise(content).data


@pytest.mark.parametrize("mode", ["CMYK", "LAB"])
def test_other_colours_are_read_as_their_rgb(mode: str) -> None:
    assert_alike(LocalEngine().recognise(saved(scan(mode), "TIFF", compression="tiff_lzw")).data, plain())


@pytest.mark.parametrize(("x_density", "y_density"), [(200, 100), (204, 98), (100, 200)])
def test_pixels_that_are_not_square_are_read_in_their_true_shape(x_density: int, y_density: int) -> None:
    width, height = scan().size
    size = (width, round(height * y_density / x_density))
    if x_density < y_density:
        size = (round(width * x_density / y_density), height)
    flat = scan().resize(size, Image.Resampling.BOX)
    content = saved(flat, "TIFF", dpi=(x_density, y_density))
    data = LocalEngine().recognise(content).data
    assert (data["orgWidth"], data["orgHeight"]) == flat.size
    screen = pixels(renderings(content, [Size(4000, 80)])[0])
    assert screen.shape[1] / screen.shape[0] == pytest.approx(width / height, rel=0.01)
    assert_alike(data, plain(), (width / size[0], height / size[1]))
