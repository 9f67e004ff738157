"""Text as a 24-pin printer sets it: dots of 0.19 mm in a grid of 180 to the inch."""

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.strangers.fonts import installed

PITCH = 25.4 / 180  # mm between dots
FACTOR = 3  # a finer grid decides which dots are struck


@functools.lru_cache(maxsize=64)
def face(family: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(installed()[family], pixels)


def dot_path(text: str, family: str, size: float) -> str:
    """Return an SVG path with one point for each dot, in mm, in a line `size` mm high."""
    points = [(x, y) for y, x in np.argwhere(raster(text, family, size))]
    return "".join(f"M{x * PITCH:.2f} {y * PITCH:.2f}h0" for x, y in points)


def raster(text: str, family: str, size: float) -> np.ndarray:
    """Return which dots are struck, (rows, columns) of bool."""
    pixels = round(size / PITCH)
    font = face(family, pixels * FACTOR)
    width = int(font.getlength(text)) + FACTOR
    image = Image.new("L", (width, pixels * FACTOR))
    ImageDraw.Draw(image).text((0, round(0.86 * pixels * FACTOR)), text, fill=255, font=font, anchor="ls")
    small = image.resize((max(width // FACTOR, 1), pixels), Image.Resampling.BOX)
    return np.asarray(small) > 90
