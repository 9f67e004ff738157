"""How alike characters look, compared as a font draws them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Similarities = NDArray[np.float32]
CANVAS, SIZE, SMALL, BLUR = 64, 52, 32, 2.0


def similarities(chars: Sequence[str], fonts: Sequence[Path]) -> Similarities:
    """Return (N, N) correlations of blurred glyphs, the least over all fonts, 0 on the diagonal.

    Raises OSError for a file that is no font.
    """
    least: Similarities | None = None
    for path in fonts:
        font = ImageFont.truetype(str(path), SIZE)
        shapes = np.stack([_shape(char, font) for char in chars])
        alike = shapes @ shapes.T
        least = alike if least is None else np.minimum(least, alike)
    if least is None:
        return np.zeros((len(chars), len(chars)), np.float32)
    np.fill_diagonal(least, 0)
    return least


def _shape(char: str, font: ImageFont.FreeTypeFont) -> NDArray[np.float32]:
    """Return a character's blurred picture as a vector of mean 0 and length 1."""
    image = Image.new("L", (CANVAS, CANVAS))
    ImageDraw.Draw(image).text((CANVAS / 2, CANVAS / 2), char, font=font, fill=255, anchor="mm")
    blurred = cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), BLUR)
    shape = np.asarray(cv2.resize(blurred, (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.float32).ravel()
    shape = shape - np.float32(shape.mean())
    return np.asarray(shape / (np.linalg.norm(shape) + 1e-9), np.float32)
