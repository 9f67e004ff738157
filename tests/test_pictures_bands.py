"""Large pictures: worked on in bands of rows, with the same pixels and within the memory that there is."""

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reviewapp.pictures import bands
from tests.picture_files import assert_all_agree, quarters, saved, tags_of, tiff
from tests.test_pictures_colours import deep_png

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

# Several bands, the last of which is not full; the brightest pixels are in the first ones.
TALL = (96, 3 * bands.HEIGHT + 7)
# A picture of SIDE squared may take so many bytes for each of its pixels while it is drawn. Pillow
# holds 4 for the decoded picture and 4 for the drawn one, and 6 in place of these for a TIFF of one
# strip of 16-bit colours while it is decoded; the rest is what does not grow with the picture.
SIDE, BYTES_PER_PIXEL = 3000, 12

# A process begins with its parent's ru_maxrss, and with a VmHWM of its own.
MEASURE = """
import sys
from pathlib import Path
from reviewapp.pictures.files import Size, renderings
def most():
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return 1024 * int(line.split()[1])
renderings(Path(sys.argv[1]).with_suffix(".small").read_bytes(), [Size(2400, 82)])
content = Path(sys.argv[1]).read_bytes()
before = most()
renderings(content, [Size(2400, 82)])
print(most() - before)
"""


def deep(bits: int, mode: str = "RGB") -> np.ndarray:
    shown = np.asarray(quarters(*TALL, mode=mode), float)
    return np.round(shown / 255 * (2**bits - 1)).astype("<u2")


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("is_transparent", [False, True])
def test_deep_colours_look_alike_in_all_bands(bits: int, *, is_transparent: bool) -> None:
    values = deep(bits)
    if is_transparent:
        values = np.dstack([values, np.full(values.shape[:2], 65535)])
    assert_all_agree(deep_png(values.astype(">u2")), quarters(*TALL))


@pytest.mark.parametrize("bits", [10, 16])
def test_deep_grey_looks_alike_in_all_bands(bits: int) -> None:
    values = deep(bits, "L")
    assert_all_agree(tiff([values.tobytes()], tags_of(values, 16)), quarters(*TALL, mode="L"))


def test_fractions_look_alike_in_all_bands() -> None:
    values = (np.asarray(quarters(*TALL, mode="L")) / 255).astype("<f4")
    assert_all_agree(tiff([values.tobytes()], tags_of(values, 32, t339=3)), quarters(*TALL, mode="L"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_white_in_all_bands(kind: str) -> None:
    layers = quarters(*TALL).convert("RGBA")
    layers.putalpha(Image.linear_gradient("L").resize(TALL))
    shown = Image.alpha_composite(Image.new("RGBA", TALL, "white"), layers)
    assert_all_agree(saved(layers, kind), shown.convert("RGB"))


def large(kind: str, side: int) -> bytes:
    """Return a picture of a kind that once took several copies of all its pixels."""
    rng = np.arange(side * 3) % 4096
    colours = np.tile(rng.reshape(1, side, 3), (side, 1, 1))
    if kind == "dark PNG":
        return deep_png(colours.astype(">u2"))
    if kind == "dark TIFF":
        strip = zlib.compress(colours.astype("<u2").tobytes(), 1)
        return tiff([strip], {**tags_of(colours, 16, 2), 259: 8})
    if kind == "fractions":
        values = (colours[..., 0] / 4095).astype("<f4")
        return tiff([zlib.compress(values.tobytes(), 1)], {**tags_of(values, 32, t339=3), 259: 8})
    return saved(Image.new("RGBA", (side, side), (200, 0, 0, 99)), "PNG")


@pytest.mark.parametrize("kind", ["dark PNG", "dark TIFF", "fractions", "transparent"])
def test_a_large_picture_is_drawn_within_twice_the_room_of_its_pixels(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(large(kind, SIDE))
    file.with_suffix(".small").write_bytes(large(kind, 64))
    command = [sys.executable, "-c", MEASURE, str(file)]
    measured = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(measured.stdout) < BYTES_PER_PIXEL * SIDE**2
