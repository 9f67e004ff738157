"""What may come in as a picture, and how it is made ready for the screen. Pure.

Limits: the RecognizeBirthCertification document. Sizes are pixels as a browser shows the picture, that
is after EXIF rotation.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image, ImageOps

from reviewapp.exceptions import InvalidImage

BYTE_LIMIT = 10 * 1024 * 1024
SIDE_ABOVE, SIDE_BELOW, RATIO_BELOW = 15, 8192, 50
ADVISED_BYTES, ADVISED_SIDE = 1_572_864, 500
MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}
# MPO is what a JPEG with several pictures turns out to be once it is open.
FORMATS = [name for name in MEDIA_TYPES if name != "MPO"]
MAGIC = re.compile(rb"\x89PNG|\xff\xd8\xff|BM|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP", re.DOTALL)
SUFFIXES = {"image/jpeg": ".jpg"}
ORIENTATION_TAG = 0x0112
SIDEWAYS = range(5, 9)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file that was decoded once, to its end."""

    media_type: str
    width: int
    height: int

    @property
    def suffix(self) -> str:
        return SUFFIXES.get(self.media_type, "." + self.media_type.removeprefix("image/"))


def inspect(content: bytes) -> Picture:
    """Decode a picture file to its end and return what it is.

    1. bytes; 2. format; 3. sides, before a pixel is decoded; 4. the pixels; 5. the sides as shown.
    Raises InvalidImage with the API's error code.
    """
    if not content:
        raise InvalidImage("emptyFile")
    if len(content) > BYTE_LIMIT:
        raise InvalidImage("exceededImageContent")

    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InvalidImage("imageBomb") from error
    except Exception as error:  # a hostile file makes the decoders raise nearly anything
        is_damaged = MAGIC.match(content) is not None
        raise InvalidImage("truncatedImage" if is_damaged else "unsupportedImageFormat") from error

    width, height = image.size
    if min(width, height) <= SIDE_ABOVE or max(width, height) >= SIDE_BELOW:
        raise InvalidImage("illegalImageSize", width=width, height=height)
    if max(width, height) >= RATIO_BELOW * min(width, height):
        raise InvalidImage("illegalImageRatio", width=width, height=height)

    try:
        image.load()
        is_sideways = image.getexif().get(ORIENTATION_TAG) in SIDEWAYS
    except Exception as error:  # as above
        raise InvalidImage("truncatedImage") from error

    if is_sideways:
        width, height = height, width
    return Picture(MEDIA_TYPES[image.format or ""], width, height)


def rendering(content: bytes, *, side: int, quality: int) -> bytes:
    """Return a WebP of a picture as it is shown, at most `side` pixels long, on white where it is transparent."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        image.draft("RGB", (side, side))
        shown = ImageOps.exif_transpose(image)
        shown = _opaque(shown)
        shown.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        image = ImageOps.autocontrast(image.convert("F").point(lambda value: value / 257).convert("L"))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")
