"""One way from any kind of pixels to 8 bits of grey or RGB, for the screen and for the engines."""

import io
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, ImageOps, TiffImagePlugin

from reviewapp.pictures import bands, tiff

# Greatest values of 1, 8, 10, 12, 14, 16, 31 and 32 bits: the least that holds all pixels is white.
DEEP_RANGES = (1, 255, 1023, 4095, 16383, 65535, 2**31 - 1, 2**32 - 1)
# Resampling carries fractions a little over the white that they began with.
MOST_OVERSHOOT = 1.25
# Of the brightest value: as much below zero is noise, more is a range that has zero in its middle.
MOST_UNDERSHOOT = 0.25
# Of colours in 16 bits Pillow gives the upper 8. With less than this there, more than 2 bits are
# lost that the file does hold.
FEW_BITS = 64
# How 16 bits are stored in a file, by the end of Pillow's name for it, and the other way round.
NATIVE_SWAPPED = ";16B" if sys.byteorder == "little" else ";16L"
PACKING_END = 4
SWAPPED = {";16B": ";16L", ";16L": ";16B", ";16N": NATIVE_SWAPPED}
DEEP_COLOURS = ("RGB", "RGBA")
# Deep grey beside transparency, which Pillow takes in the byte order of PNG alone.
ONE_WAY = ("LA;16B",)
# Kinds of pixels that every program reads alike.
COMMON_MODES = ("1", "L", "P", "RGB")
# What an ICC profile calls the colours that it describes.
SPACES = {"L": "GRAY", "RGB": "RGB"}
# In the name of every profile of a common screen.
SCREENS = "sRGB"
MIDDLE_GREY = 127.5

type Numbers = NDArray[np.generic]
type Deep = NDArray[np.float32]


def are_plain(image: Image.Image) -> bool:
    """Return whether programs that do not know as many kinds as we do read the pixels as we do."""
    is_common = image.mode in COMMON_MODES and not image.has_transparency_data
    return is_common and not _lacks_polarity(image)


def plain(image: Image.Image, deep_file: bytes | None = None) -> Image.Image:
    """Return a picture in 8 bits of grey (L) or RGB, on white where it is transparent.

    `deep_file` is the file that it was opened from, where that has 16 bits for each colour.
    """
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        return _paper_light(_shallow(image), image)
    if deep_file and _is_dark(image):
        image = _with_low_bytes(image, deep_file)
    if image.has_transparency_data:
        return bands.changed(image, "RGB", _on_white)
    if image.mode in ("1", "L"):
        return _paper_light(image.convert("L"), image)
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    straight = image.convert("LA") if image.mode == "La" else image
    layers = straight.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")


# Which end is white


def _paper_light(grey: Image.Image, image: Image.Image) -> Image.Image:
    """Return grey whose paper is light, where the file does not say which end is white."""
    if not _lacks_polarity(image):
        return grey
    mean = np.asarray(grey).mean()
    return grey if mean > MIDDLE_GREY else ImageOps.invert(grey)


def _lacks_polarity(image: Image.Image) -> bool:
    return (
        tiff.tag(image, TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) is None
        and image.format == "TIFF"
    )


def _is_zero_white(image: Image.Image) -> bool:
    return tiff.tag(image, TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == tiff.WHITE_IS_ZERO


# More than 8 bits


def _shallow(image: Image.Image) -> Image.Image:
    """Return deep grey in 8 bits.

    1. The values that the file holds: Pillow leaves them as they are, also where 0 is white. 2.
    Their range, before rounding to fractions can lift them above it. 3. From 0 to 255.
    """
    ends = [_ends(_stored(band, image)) for band in bands.cut(image)]
    darkest, brightest = min(low for low, _ in ends), max(high for _, high in ends)
    is_signed = darkest < -MOST_UNDERSHOOT * abs(brightest) and image.mode != "F"
    black = _least_signed(darkest) if is_signed else 0
    white = _white(image, brightest - black)
    return bands.changed(image, "L", lambda band: _scaled(band, image, black, white))


def _ends(stored: Numbers) -> tuple[float, float]:
    return float(stored.min()), float(stored.max())


def _scaled(band: Image.Image, image: Image.Image, black: int, white: int) -> Image.Image:
    """Return deep grey of a band of `image`, whose tags it lacks, from 0 (black) to 255 (white)."""
    stored = _stored(band, image)
    grey = stored.astype(np.float32)
    grey -= np.float32(black)
    grey *= np.float32(255 / white)
    np.clip(np.rint(grey, out=grey), 0, 255, out=grey)
    if _is_zero_white(image):
        grey = 255 - grey
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[stored == transparent] = 255
    return Image.fromarray(grey.astype(np.uint8))


def _stored(band: Image.Image, image: Image.Image) -> Numbers:
    """Return the values of a band of a file's picture; what is no number is 0."""
    stored: Numbers = np.asarray(band)
    if image.mode == "F":
        stored = np.nan_to_num(stored, nan=0, posinf=0, neginf=0)
    bits = tiff.tag(image, TiffImagePlugin.BITSPERSAMPLE)
    sample_format = tiff.tag(image, TiffImagePlugin.SAMPLEFORMAT)
    if bits == 32 and sample_format in (None, tiff.UNSIGNED):
        # Pillow knows integers of 32 bits only with a sign.
        return stored.view(np.uint32)
    return stored


def _least_signed(darkest: float) -> int:
    """Return the least value of the fewest bits, 16 or 32, whose signed range holds a value."""
    return -(2**15) if darkest >= -(2**15) else -(2**31)


def _white(image: Image.Image, brightest: float) -> int:
    """Return the value that is the end of the range: as the file says, or as its pixels show."""
    bits = tiff.tag(image, TiffImagePlugin.BITSPERSAMPLE)
    stated = tiff.stated_greatest(image)
    if bits == 12:
        stated.append(2**bits - 1)
    for greatest in stated:
        if greatest >= max(brightest, 1):
            return greatest
    return _least_range(brightest / MOST_OVERSHOOT if image.mode == "F" else brightest)


def _least_range(brightest: float) -> int:
    """Return the least of DEEP_RANGES that holds a value, or the greatest of them."""
    for white in DEEP_RANGES:
        if white >= brightest:
            return white
    return DEEP_RANGES[-1]


def has_deep_colours(image: ImageFile.ImageFile) -> bool:
    """Return whether a file has 16 bits for each colour; it must not be loaded yet."""
    arguments = image.tile[0].args if image.tile else ""
    packing = str(arguments[0] if isinstance(arguments, tuple) else arguments)
    is_deep = packing[-PACKING_END:] in SWAPPED
    return is_deep and image.mode in DEEP_COLOURS and packing not in ONE_WAY


def _is_dark(image: Image.Image) -> bool:
    """Return whether all colours are; transparency may have its full range beside them."""
    return all(np.asarray(band)[..., :3].max() < FEW_BITS for band in bands.cut(image))


def _with_low_bytes(image: Image.Image, content: bytes) -> Image.Image:
    """Return dark colours of 16 bits in 8, by their own range, as transparent as they were.

    The lower bytes are what Pillow gives when it takes the file's byte order for the other one. A
    second decoding may take most of the memory there is for a picture. So the upper bytes of
    `image`, which is closed, are packed meanwhile: they become small, as the file is small.
    """
    packed = [zlib.compress(band.tobytes(), level=1) for band in bands.cut(image)]
    mode, layers = image.mode, len(image.getbands())
    image.close()
    swapped = Image.open(io.BytesIO(content), formats=["TIFF", "PNG"])
    swapped.tile = [tile._replace(args=_swapped(tile.args)) for tile in swapped.tile]
    swapped.load()

    def joined() -> Iterator[tuple[Deep, NDArray[np.uint8]]]:
        for upper, band in zip(packed, bands.cut(swapped), strict=True):
            shape = (band.height, band.width, layers)
            high = np.frombuffer(zlib.decompress(upper), np.uint8).reshape(shape)
            yield high[..., :3] * np.float32(256) + np.asarray(band)[..., :3], high[..., 3:]

    white = _white(image, max(float(values.max()) for values, _ in joined()))
    result = Image.new(mode, swapped.size)
    for place, (values, transparency) in zip(bands.places(swapped), joined(), strict=True):
        colours = np.rint(values * np.float32(255 / white)).astype(np.uint8)
        result.paste(Image.fromarray(np.dstack([colours, transparency])), place)
    return result


def _swapped(arguments: Any) -> Any:
    if isinstance(arguments, tuple):
        return (_swapped(arguments[0]), *arguments[1:])
    return arguments[:-PACKING_END] + SWAPPED[arguments[-PACKING_END:]]


# Profiles


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Return grey or RGB in the colours of a screen (sRGB, in RGB), by the ICC profile of its file.

    A profile that is damaged, or one for other inks than the picture's, changes nothing; nor does
    what a TIFF holds in its place, a text or numbers.
    """
    described = _described(profile, image.mode) if isinstance(profile, bytes) else None
    if described is None:
        return image.convert("RGB")
    try:
        changed = ImageCms.profileToProfile(image, described, _srgb(), outputMode="RGB")
    except ImageCms.PyCMSError:
        changed = None
    return changed or image.convert("RGB")


def _described(profile: bytes, mode: str) -> ImageCms.ImageCmsProfile | None:
    """Return a profile that a picture of this mode can be converted by, None where none need be."""
    try:
        described = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = described.profile.xcolor_space.strip()
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    return described if space == SPACES[mode] and SCREENS not in _name(described) else None


def _name(described: ImageCms.ImageCmsProfile) -> str:
    """Return a profile's name, nothing where it is not in ASCII, which Pillow cannot tell then."""
    try:
        return described.profile.profile_description or ""
    except ValueError:
        return ""
