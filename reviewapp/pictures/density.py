"""How wide a pixel is for its height: faxes and some scanners count more of them to one side."""

import math
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image

# Where Pillow leaves the densities (x, y) of a file, in an absolute unit or in none.
DENSITIES = ("dpi", "resolution", "jfif_density", "aspect")
# The coarsest fax has 204 × 98 pixels to the inch; a greater ratio comes of a careless writer.
MOST = 4.0
# Below, nobody sees it: the normal fax of 204 × 196 to the inch.
LEAST = 1.05


def made_square(
    sides: tuple[int, int], image: Image.Image, *, is_sideways: bool
) -> tuple[int, int]:
    """Return the sides of a picture that is stretched until its pixels are square.

    `sides` are those of the upright picture, and `is_sideways` tells that the file's tag turns it
    by a quarter. Nothing is made smaller.
    """
    width, height = sides
    stretch = _stretch(image)
    if is_sideways:
        stretch = 1 / stretch
    if stretch > 1:
        return width, round(height * stretch)
    return round(width / stretch), height


def _stretch(image: Image.Image) -> float:
    """Return how often a stored pixel's width goes into its height, 1 where no tag is to be trusted.

    The file's own density goes before that of the EXIF block, which some programs write by rote.
    """
    for x_density, y_density in _densities(image):
        if not (_is_positive(x_density) and _is_positive(y_density)):
            continue
        stretch = float(x_density) / float(y_density)
        if LEAST < max(stretch, 1 / stretch) <= MOST:
            return stretch
    return 1.0


def _densities(image: Image.Image) -> Iterator[tuple[Any, Any]]:
    for name in DENSITIES:
        if name in image.info:
            x_density, y_density = image.info[name]
            yield x_density, y_density
    exif = image.getexif()
    yield exif.get(ExifTags.Base.XResolution), exif.get(ExifTags.Base.YResolution)


def _is_positive(density: Any) -> bool:
    try:
        number = float(density)
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    return math.isfinite(number) and number > 0
