"""From a file's bytes to an upright picture: decode, turn by its tag, bring to a working size."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow

from reviewapp.engines.local.networks.reading import Image, Points
from reviewapp.exceptions import EngineError, InvalidImage
from reviewapp.pictures.files import Opened, opaque, opened

# Pixels: the long side of A4 at 11 per mm; no sheet is laid flat much finer (flatten.FINEST).
WORKING_SIDE = 3200
# Modes in which pixels can be averaged; in others, such as palettes, they are numbers of colours.
PLAIN_MODES = {"RGB", "L", "RGBA"}
# Refusals of a file that are about its sides.
ILLEGAL_SIDES = {"illegalImageSize", "illegalImageRatio"}


@dataclass(frozen=True, slots=True)
class Page:
    """A picture as a browser shows it.

    `image` is BGR (H, W, 3), at most WORKING_SIDE pixels long; `width` and `height` are the sizes
    of the shown picture at full size, and `scale` is full size / working size.
    """

    image: Image
    width: int
    height: int

    @property
    def scale(self) -> Points:
        """Factors (x, y) from working pixels to pixels of the shown picture."""
        return np.array([self.width / self.image.shape[1], self.height / self.image.shape[0]])


def load(picture: bytes) -> Page:
    """Decode a picture file's bytes, first frame, turned by its tag, transparency on white.

    1. Open and check the format and the sizes of the API document.
    2. Shrink while decoding where the format can (JPEG), else right after, before any copy is made.
    3. Turn and convert to BGR.

    Raises EngineError: `unsupportedImageFormat` (not a picture, damaged), `illegalImageSize`.
    """
    opened_file = _opened(picture)
    try:
        with opened_file.image as file:
            file.draft("RGB", _working_size(*file.size))
            upright = opened_file.upright(opaque(_reduced(file)))
    except Exception as error:
        raise EngineError("unsupportedImageFormat") from error
    image = cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR)
    return Page(image, opened_file.width, opened_file.height)


def _opened(picture: bytes) -> Opened:
    try:
        return opened(picture)
    except InvalidImage as error:
        if error.code in ILLEGAL_SIDES:
            raise EngineError("illegalImageSize", **error.params) from error
        raise EngineError("unsupportedImageFormat") from error


def _working_size(width: int, height: int) -> tuple[int, int]:
    ratio = min(1.0, WORKING_SIDE / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _reduced(file: Pillow.Image) -> Pillow.Image:
    wanted = _working_size(*file.size)
    if wanted == file.size:
        return file
    image = file if file.mode in PLAIN_MODES else opaque(file)
    factor = max(1, image.width // wanted[0])
    if factor > 1:
        image = image.reduce(factor)
    return image.resize(wanted, Pillow.Resampling.BOX)
