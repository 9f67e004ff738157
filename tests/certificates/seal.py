"""The round red seal 出生医学证明专用章."""

import math
import random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import fonts
from .ink import Pen

RED = np.array((208, 38, 44), np.float32)


def stamp(
    image: np.ndarray,
    rng: random.Random,
    owner: str,
    centre: tuple[float, float],
    dpi: int,
) -> np.ndarray:
    """Return the picture with the seal of `owner` pressed on it around `centre` (mm); print shows through its ink."""
    radius = rng.uniform(18.5, 21.0)
    side = round(radius * 2.2 * dpi / 25.4)
    mask = _mask(owner, radius, side, dpi).rotate(rng.uniform(-12, 12), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(rng.getrandbits(32)).random((side // 6 + 1, side // 6 + 1), np.float32)
    worn = cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    alpha = np.asarray(mask, np.float32) / 255 * np.clip(0.45 + worn * 0.6, 0.3, 0.9)
    return _pressed(image, alpha, [round(value * dpi / 25.4) - side // 2 for value in centre])


def _pressed(image: np.ndarray, alpha: np.ndarray, corner: list[int]) -> np.ndarray:
    """Multiply the seal into the picture at the corner (x, y), cut off at the picture's edges."""
    height, width = image.shape[:2]
    x0, y0 = max(0, corner[0]), max(0, corner[1])
    x1, y1 = (
        min(width, corner[0] + alpha.shape[1]),
        min(height, corner[1] + alpha.shape[0]),
    )
    part = alpha[y0 - corner[1] : y1 - corner[1], x0 - corner[0] : x1 - corner[0], None]
    region = image[y0:y1, x0:x1].astype(np.float32)
    image[y0:y1, x0:x1] = (region * (1 - part * (1 - RED / 255))).astype(np.uint8)
    return image


def _mask(owner: str, radius: float, side: int, dpi: int) -> Image.Image:
    """Draw ring, star, the owner along the upper arc and 出生医学证明专用章 below the star."""
    mask = Image.new("L", (side, side))
    pen = Pen(ImageDraw.Draw(mask), dpi)
    middle = side / 2
    reach = radius * dpi / 25.4
    box = (middle - reach, middle - reach, middle + reach, middle + reach)
    pen.draw.ellipse(box, outline=255, width=max(2, pen.px(1.0)))
    pen.draw.polygon(_star(middle, reach * 0.3), fill=255)
    pen.centred(
        radius * 1.1,
        radius * 1.1 + radius * 0.52,
        "出生医学证明专用章",
        radius * 0.125,
        "song",
        255,
    )
    _arc(mask, owner, middle, reach)
    return mask


def _star(middle: float, reach: float) -> list[tuple[float, float]]:
    """Return the ten corners of a five-pointed star around the middle."""
    corners = []
    for step in range(10):
        angle = math.pi * step / 5 - math.pi / 2
        length = reach if step % 2 == 0 else reach * 0.382
        corners.append((middle + length * math.cos(angle), middle + length * math.sin(angle)))
    return corners


def _arc(mask: Image.Image, text: str, middle: float, reach: float) -> None:
    """Set the characters upright along the upper arc of the ring."""
    size = round(reach * min(0.25, 3.2 / len(text)))
    spread = min(4.2, 0.42 * len(text))
    for index, character in enumerate(text):
        angle = spread * ((index + 0.5) / len(text) - 0.5)
        tile = Image.new("L", (size * 2, size * 2))
        font = fonts.font("song", character, size)
        ImageDraw.Draw(tile).text((size, size), character, font=font, fill=255, anchor="mm")
        turned = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        x = middle + 0.76 * reach * math.sin(angle) - size
        y = middle - 0.76 * reach * math.cos(angle) - size
        mask.paste(255, (round(x), round(y)), turned)
