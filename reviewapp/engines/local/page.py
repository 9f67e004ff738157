"""From a file's bytes to an upright picture: decode, apply EXIF rotation, bring to a working size."""

import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from reviewapp.engines.local.models import Image, Points
from reviewapp.exceptions import EngineError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
WORKING_SIDE = 3200
SMALLEST_SIDE, LARGEST_SIDE, LARGEST_RATIO = 16, 8191, 50


@dataclass(frozen=True, slots=True)
class Page:
    """A picture as a browser shows it.

    `image` is BGR (H, W, 3), at most WORKING_SIDE pixels long; `width` and `height` are the sizes of the
    shown picture at full size, and `scale` is full size / working size.
    """

    image: Image
    width: int
    height: int

    @property
    def scale(self) -> Points:
        """Factors (x, y) from working pixels to pixels of the shown picture."""
        return np.array([self.width / self.image.shape[1], self.height / self.image.shape[0]])


def load(picture: bytes) -> Page:
    """Decode a picture file's bytes, first frame, EXIF rotation applied, transparency on white.

    1. Open and check the format and the sizes of the API document.
    2. Shrink while decoding where the format can (JPEG), else right after, before any copy is made.
    3. Turn by EXIF and convert to BGR.

    Raises EngineError: `unsupportedImageFormat` (not a picture, damaged), `illegalImageSize`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            opened = Pillow.open(io.BytesIO(picture), formats=FORMATS)
        _check_size(*opened.size)
        with opened as file:
            shown = _shown_size(file)
            file.draft("RGB", _working_size(*file.size))
            small = _to_rgb(_reduced(file))
            turned = ImageOps.exif_transpose(small)
    except EngineError:
        raise
    except Exception as error:
        raise EngineError("unsupportedImageFormat") from error
    return Page(cv2.cvtColor(np.asarray(turned), cv2.COLOR_RGB2BGR), *shown)


def _check_size(width: int, height: int) -> None:
    short, long = sorted((width, height))
    if short < SMALLEST_SIDE or long > LARGEST_SIDE or long >= LARGEST_RATIO * short:
        raise EngineError("illegalImageSize")


def _shown_size(file: Pillow.Image) -> tuple[int, int]:
    width, height = file.size
    lies = file.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    return (height, width) if lies else (width, height)


def _working_size(width: int, height: int) -> tuple[int, int]:
    ratio = min(1.0, WORKING_SIDE / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _reduced(file: Pillow.Image) -> Pillow.Image:
    wanted = _working_size(*file.size)
    if wanted == file.size:
        return file
    factor = max(1, file.width // wanted[0])
    if factor > 1 and file.mode in {"RGB", "L", "RGBA"}:
        file = _keeping_exif(file.reduce(factor), file)
    smooth = file if file.mode in {"RGB", "L", "RGBA"} else _to_rgb(file)
    return _keeping_exif(smooth.resize(wanted, Pillow.Resampling.BOX), file)


def _keeping_exif(image: Pillow.Image, source: Pillow.Image) -> Pillow.Image:
    image.info["exif"] = source.getexif().tobytes()
    return image


def _to_rgb(image: Pillow.Image) -> Pillow.Image:
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I") or image.mode == "F":
        grey = np.asarray(image, dtype=np.float64)
        top = 65535.0 if grey.max() > 255 else 255.0
        converted = Pillow.fromarray((grey * (255.0 / top)).clip(0, 255).astype(np.uint8)).convert("RGB")
    elif image.has_transparency_data:
        clear = image.convert("RGBA")
        converted = Pillow.alpha_composite(Pillow.new("RGBA", clear.size, "white"), clear).convert("RGB")
    else:
        converted = image.convert("RGB")
    return _keeping_exif(converted, image)
