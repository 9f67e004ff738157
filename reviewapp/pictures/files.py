"""What may come in as a picture, and how it is made ready for the screen and for the engines. Pure.

Limits: the RecognizeBirthCertification document. Sizes are pixels as a browser shows the picture,
that is after it was turned as its tag asks. Whoever opens a picture file does it here, so that all
agree on its size, its turn and its grey.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PIL import Image, TiffImagePlugin

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
# By the tag: what brings the stored pixels upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# TIFF 6.0, NewSubfileType: a small copy of another page (bit 0), and a mask of its transparency
# (bit 2).
SUBFILE_TAG, NO_PAGE_OF_ITS_OWN = 254, 0b101
# Nobody scans more into one file; a hostile one can hold hundreds of thousands, each slow to open.
MOST_PAGES = 1000
# EOFError behind the last page; the others where a careless writer left any address for a next one.
NO_FURTHER_PAGE = (EOFError, OSError, SyntaxError, TypeError, ValueError)

# Greatest values of 1, 8, 10, 12, 14, 16 and 31 bits: the least that holds all pixels is white.
DEEP_RANGES = (1, 255, 1023, 4095, 16383, 65535, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file that was decoded once, to its end."""

    media_type: str
    width: int
    height: int

    @property
    def suffix(self) -> str:
        return SUFFIXES.get(self.media_type, "." + self.media_type.removeprefix("image/"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture file of which no more than the header was needed.

    `width` and `height` are those of the picture as shown, whatever is done to `image` later.
    `is_turned` tells that the pixels are stored in another way than they are shown.
    """

    image: Image.Image
    width: int
    height: int
    is_turned: bool
    _turn: Image.Transpose | None

    def upright(self, image: Image.Image) -> Image.Image:
        """Turn what was made of the loaded pixels as the file's tag asks."""
        return image if self._turn is None else image.transpose(self._turn)


def opened(content: bytes) -> Opened:
    """Open a picture file.

    1. the format; 2. the sides, before a pixel is decoded; 3. the turn, by the file's tag. Pillow
    turns a TIFF by itself while loading it, and tells the sides of the turned picture from the
    start. Raises InvalidImage: unsupportedImageFormat, truncatedImage, imageBomb, illegalImageSize,
    illegalImageRatio.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InvalidImage("imageBomb") from error
    except Exception as error:  # a hostile file makes the decoders raise nearly anything
        is_damaged = MAGIC.match(content) is not None
        raise InvalidImage("truncatedImage" if is_damaged else "unsupportedImageFormat") from error

    width, height = image.size
    _check_sides(width, height)

    try:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception as error:  # as above
        raise InvalidImage("truncatedImage") from error
    if image.format == "TIFF":
        return Opened(image, width, height, orientation in TURNS, None)
    if orientation in SIDEWAYS:
        width, height = height, width
    return Opened(image, width, height, orientation in TURNS, TURNS.get(orientation))


def _check_sides(width: int, height: int) -> None:
    shorter, longer = sorted((width, height))
    if shorter <= SIDE_ABOVE or longer >= SIDE_BELOW:
        raise InvalidImage("illegalImageSize", width=width, height=height)
    if longer >= RATIO_BELOW * shorter:
        raise InvalidImage("illegalImageRatio", width=width, height=height)


def inspect(content: bytes) -> Picture:
    """Decode a picture file to its end and return what it is.

    1. bytes; 2. format and sides; 3. pages; 4. the pixels.
    Raises InvalidImage as `opened` does, and emptyFile, exceededImageContent, severalPages.
    """
    if not content:
        raise InvalidImage("emptyFile")
    if len(content) > BYTE_LIMIT:
        raise InvalidImage("exceededImageContent")
    file = opened(content)

    try:
        pages = _pages(content)
    except Exception as error:  # a hostile file makes the decoders raise nearly anything
        raise InvalidImage("truncatedImage") from error
    if pages > 1:
        raise InvalidImage("severalPages", count=pages)

    try:
        file.image.load()
    except Exception as error:  # as above
        raise InvalidImage("truncatedImage") from error
    return Picture(MEDIA_TYPES[file.image.format or ""], file.width, file.height)


def _pages(content: bytes) -> int:
    """Return how many pages or moving pictures a file has, of which nobody would see more than one.

    What a phone puts behind its JPEG (a preview, the depth) is no page.
    """
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _tiff_pages(image)
    if image.format == "MPO":
        return 1
    return getattr(image, "n_frames", 1)


def _tiff_pages(image: TiffImagePlugin.TiffImageFile) -> int:
    """Count a TIFF's pages; what lies behind the last that can be opened is none."""
    count = 1
    for frame in range(1, MOST_PAGES):
        try:
            image.seek(frame)
        except NO_FURTHER_PAGE:
            return count
        kind = image.tag_v2.get(SUBFILE_TAG, 0)
        if not kind & NO_PAGE_OF_ITS_OWN:
            count += 1
    return count


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is made, in pixels of its longer side, and how good, of WebP's 0 to 100."""

    side: int
    quality: int


def renderings(content: bytes, sizes: Sequence[Size]) -> list[bytes]:
    """Return WebPs of a picture as it is shown, at most as large as `sizes` say, the largest first.

    The picture is decoded once, and each is made of the one before. It lies on white where it is
    transparent.
    """
    largest = sizes[0].side
    file = opened(content)
    pictures = []
    with file.image as image:
        image.draft("RGB", (largest, largest))
        shown = file.upright(opaque(image))
        for size in sizes:
            shown.thumbnail((size.side, size.side), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            shown.save(out, "WEBP", quality=size.quality, method=2)
            pictures.append(out.getvalue())
    return pictures


def opaque(image: Image.Image) -> Image.Image:
    """Return any picture in RGB, deep grey brought to 8 bits, on white where it is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        return _shallow(image).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")


def _shallow(image: Image.Image) -> Image.Image:
    """Return deep grey in 8 bits.

    Pillow gives 12 bits as 16 and leaves deep values as they are where a TIFF says that 0 is white.
    """
    deep = image.convert("F")
    _darkest, brightest = deep.getextrema()
    white = _least_range(cast("float", brightest))
    scale, offset = 255 / white, 0
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _is_zero_white(image):
        scale, offset = -scale, 255
    grey = deep.point(lambda value: value * scale + offset)
    return grey.convert("L")


def _least_range(brightest: float) -> int:
    """Return the least of DEEP_RANGES that holds a value, or the greatest of them."""
    for white in DEEP_RANGES:
        if white >= brightest:
            return white
    return DEEP_RANGES[-1]


def _is_zero_white(image: TiffImagePlugin.TiffImageFile) -> bool:
    return image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0
