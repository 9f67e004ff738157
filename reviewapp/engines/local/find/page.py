"""From a file's bytes to an upright picture of a working size."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow

from reviewapp.engines.local.networks.reading import Image, Points
from reviewapp.exceptions import EngineError, InvalidImage
from reviewapp.pictures.files import Opened, Sides, opened

# Pixels: the long side of A4 at 11 per mm; no sheet is laid flat much finer (flatten.FINEST).
WORKING_SIDE = 3200
# Refusals of a file that are about its sides.
ILLEGAL_SIDES = {"illegalImageSize", "illegalImageRatio"}


@dataclass(frozen=True, slots=True)
class Page:
    """A picture as people see it.

    `image` is BGR (H, W, 3), at most WORKING_SIDE pixels long, its pixels square; `width` and
    `height` are the upright sides in pixels of the file.
    """

    image: Image
    width: int
    height: int

    @property
    def scale(self) -> Points:
        """Factors (x, y) from working pixels to pixels of the file, upright."""
        return np.array([self.width / self.image.shape[1], self.height / self.image.shape[0]])


def load(picture: bytes) -> Page:
    """Decode a picture file's bytes, first frame, as people see it, at a working size.

    Raises EngineError: `unsupportedImageFormat` (not a picture, damaged), `illegalImageSize`.
    """
    file = _opened(picture)
    try:
        drawn = file.drawn(WORKING_SIDE, _resized)
    except Exception as error:
        raise EngineError("unsupportedImageFormat") from error
    image = cv2.cvtColor(np.asarray(drawn), cv2.COLOR_RGB2BGR)
    return Page(image, file.width, file.height)


def _opened(picture: bytes) -> Opened:
    try:
        return opened(picture)
    except InvalidImage as error:
        if error.code in ILLEGAL_SIDES:
            raise EngineError("illegalImageSize", **error.params) from error
        raise EngineError("unsupportedImageFormat") from error


def _resized(image: Pillow.Image, sides: Sides) -> Pillow.Image:
    """Average pixels where there are too many; draw between them where a side is stretched."""
    width, height = sides
    if width > image.width or height > image.height:
        return image.resize(sides, Pillow.Resampling.BICUBIC)
    factor = max(1, image.width // width)
    if factor > 1:
        image = image.reduce(factor)
    return image.resize(sides, Pillow.Resampling.BOX)
