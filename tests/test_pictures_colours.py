"""Palettes, transparency, deep PNG and ICC profiles: one way to grey or RGB for the screen and for the engines."""

import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from reviewapp.engines.local.find.page import load
from tests.picture_files import SRGB, WIDE, assert_all_agree, linear, paper, profile, quarters, saved

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

NO_INK = (255, 255, 255)


def on_nothing(image: Image.Image) -> Image.Image:
    """Return a picture whose white is transparent, and black where that is ignored."""
    white = (np.asarray(image) == 255).all(axis=-1)
    layers = np.dstack([np.asarray(image), np.where(white, 0, 255)]).astype(np.uint8)
    layers[white] = 0
    return Image.fromarray(layers)


# Palettes


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("count", [2, 4, 8, 16, 256])
def test_a_palette_of_any_length_shows_its_colours(kind: str, count: int) -> None:
    shown = quarters() if count > 2 else paper("1").convert("RGB")
    assert_all_agree(saved(shown.quantize(count), kind), shown)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_black_and_white_by_a_palette_that_begins_with_white_is_no_negative(kind: str) -> None:
    image = Image.fromarray(np.where(np.asarray(paper("1")), 0, 1).astype(np.uint8)).convert("P")
    image.putpalette([255, 255, 255, 0, 0, 0])
    assert_all_agree(saved(image, kind), paper("1"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_what_is_transparent_is_white(kind: str) -> None:
    layers = on_nothing(quarters())
    assert_all_agree(saved(layers, kind), quarters())


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_colour_of_a_palette_that_is_transparent_is_white(kind: str) -> None:
    image = quarters().quantize(8)
    index = image.getpixel((95, 63))
    colours = image.getpalette()
    colours[3 * index : 3 * index + 3] = [0, 0, 0]
    image.putpalette(colours)
    assert_all_agree(saved(image, kind, transparency=index), quarters())


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_value_of_a_png_that_is_transparent_is_white(mode: str) -> None:
    image = quarters(mode=mode) if mode == "RGB" else paper(mode)
    black = {"1": 0, "L": 0, "RGB": (200, 0, 0)}[mode]
    shown = np.asarray(image.convert("RGB")).copy()
    shown[(shown == np.asarray(black)).all(axis=-1)] = NO_INK
    assert_all_agree(saved(image, "PNG", transparency=black), Image.fromarray(shown))


# Deep PNG


def deep(mode: str) -> np.ndarray:
    return np.asarray(quarters(mode=mode), np.uint16) * 257


def test_deep_grey_of_a_png_is_scaled_not_cut_off() -> None:
    assert_all_agree(saved(Image.fromarray(deep("L")), "PNG"), quarters(mode="L"))


def test_a_value_of_deep_grey_that_is_transparent_is_white() -> None:
    values = np.where(np.asarray(paper()) == 0, 700, 65535).astype(np.uint16)
    assert_all_agree(saved(Image.fromarray(values), "PNG", transparency=700), Image.new("L", (96, 64), 255))


@pytest.mark.parametrize(
    ("mode", "bits"), [("RGB", 8), ("RGB", 12), ("RGB", 16), ("RGBA", 8), ("RGBA", 12), ("RGBA", 16), ("LA", 16)]
)
def test_deep_colours_of_a_png_look_alike(mode: str, bits: int) -> None:
    shown = quarters(mode="L" if mode == "LA" else "RGB")
    most = 2**bits - 1
    values = np.round(np.asarray(shown, float) / 255 * most).astype(">u2").reshape(64, 96, -1)
    if mode.endswith("A"):
        values = np.dstack([values, np.full((64, 96), 65535)]).astype(">u2")
    assert_all_agree(deep_png(values), shown)


def deep_png(values: np.ndarray) -> bytes:
    """Return a PNG of 16 bits, of any kind: Pillow writes only grey."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[values.shape[2]]
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    header = values.shape[1].to_bytes(4) + values.shape[0].to_bytes(4) + bytes([16, kind, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


# Profiles


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_grey_is_shown_by_its_profile(kind: str, gamma: float) -> None:
    shown = quarters(mode="L")
    stored = Image.fromarray(np.round(linear(shown) ** (1 / gamma) * 255).astype(np.uint8))
    if kind == "WEBP":  # which has no grey, so that a profile of grey is not for it
        assert_all_agree(saved(shown, kind, icc_profile=profile(gamma)), shown)
        return
    assert_all_agree(saved(stored, kind, icc_profile=profile(gamma)), shown)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_colours_of_a_wide_range_are_shown_by_their_profile(kind: str) -> None:
    light = linear(quarters()) @ np.array(SRGB) @ np.linalg.inv(np.array(WIDE))
    stored = Image.fromarray(np.round(np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8))
    assert_all_agree(saved(stored, kind, icc_profile=profile(2.2, WIDE)), quarters())


def test_the_profile_of_screens_changes_no_pixel() -> None:
    screens = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(quarters(), "PNG", icc_profile=screens)
    assert (load(content).image == load(saved(quarters(), "PNG")).image).all()


def test_a_profile_with_a_name_that_is_not_ascii_is_used_all_the_same() -> None:
    stored = Image.fromarray(np.round(linear(quarters(mode="L")) * 255).astype(np.uint8))
    content = saved(stored, "PNG", icc_profile=profile(1.0, name="Grau für Entwürfe".encode("latin-1")))
    assert_all_agree(content, quarters(mode="L"))


@pytest.mark.parametrize(
    "broken",
    [
        profile(1.0)[:90],
        bytes(range(256)) * 4,
        profile(2.2, WIDE)[:-60],
        profile(1.0),
        profile(2.2, WIDE).replace(b"RGB ", b"R\xf5B "),
    ],
    ids=["short", "noise", "cut", "of grey", "of no colours"],
)
def test_a_profile_that_cannot_be_used_changes_nothing(broken: bytes) -> None:
    assert_all_agree(saved(quarters(), "PNG", icc_profile=broken), quarters())
