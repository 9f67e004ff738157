"""What may come in as a picture, and how it is made ready for the screen and for the engines. Pure.

Limits: the RecognizeBirthCertification document. Whoever opens a picture file does it here, so that
all agree on its size, its turn, its pages and its colours.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageFile, TiffImagePlugin

from reviewapp.exceptions import InvalidImage
from reviewapp.pictures import colours, jpeg, tiff
from reviewapp.pictures.density import made_square

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
JPEGS = ("JPEG", "MPO")
MAGIC = re.compile(rb"\x89PNG|\xff\xd8\xff|BM|GIF8[79]a|II[*+]\0|MM\0[*+]|RIFF.{4}WEBP", re.DOTALL)
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

# (width, height) in pixels.
type Sides = tuple[int, int]
type Resize = Callable[[Image.Image, Sides], Image.Image]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file that was decoded once, to its end; its sides are those of `Opened`."""

    media_type: str
    width: int
    height: int
    shown: Sides

    @property
    def suffix(self) -> str:
        return SUFFIXES.get(self.media_type, "." + self.media_type.removeprefix("image/"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture file of which no more than the header was needed.

    `width` and `height` are counted in the file's own pixels, turned as its tag asks: in those an
    engine's answer gives places. `shown` are the sides with which the picture is shown to people;
    they are others where the file says that its pixels are not square.
    """

    content: bytes
    image: Image.Image
    width: int
    height: int
    shown: Sides
    orientation: int
    has_deep_colours: bool

    @property
    def scale(self) -> tuple[float, float]:
        """Factors (x, y) from the file's pixels to those of the picture as shown."""
        shown_width, shown_height = self.shown
        return shown_width / self.width, shown_height / self.height

    @property
    def is_plain(self) -> bool:
        """Return whether a program that knows nothing of tags shows the picture as we do."""
        is_upright = self.orientation not in TURNS
        is_square = self.shown == (self.width, self.height)
        is_shallow = not self.has_deep_colours
        return is_upright and is_square and is_shallow and colours.are_plain(self.image)

    def drawn(self, side: int, resize: Resize) -> Image.Image:
        """Decode the picture as it is shown to people and to engines, at most `side` pixels long.

        1. The pixels, fewer of them where the format can be decoded so (JPEG); 2. the colours; 3.
        the sides, by `resize` where they change; 4. the profile; 5. the turn. Pillow turns a TIFF
        by itself while loading it. Each step lets go of the pixels before it: of a large picture
        they take a quarter of a gigabyte.
        """
        is_turned_already = isinstance(self.image, TiffImagePlugin.TiffImageFile)
        turn = None if is_turned_already else TURNS.get(self.orientation)
        sides = within(self.shown, side)
        if turn and self.orientation in SIDEWAYS:
            sides = (sides[1], sides[0])

        with self.image as image:
            image.draft("RGB", sides)
            drawn = colours.plain(image, self.content if self.has_deep_colours else None)
            image.close()
        if drawn.size != sides:
            drawn = resize(drawn, sides)
        drawn = colours.in_srgb(drawn, image.info.get("icc_profile"))
        return drawn if turn is None else drawn.transpose(turn)


def within(sides: Sides, longest: int) -> Sides:
    """Return the sides of a picture that is made smaller until none is above `longest`."""
    width, height = sides
    ratio = min(1.0, longest / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def opened(content: bytes) -> Opened:
    """Open a picture file.

    1. the format; 2. the sides, before a pixel is decoded; 3. what only a JPEG can lack; 4. the
    turn and the pixels' shape, by the file's tags.
    Raises InvalidImage: unsupportedImageFormat, truncatedImage, imageBomb, illegalImageSize,
    illegalImageRatio, unmarkedInks.
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

    if image.format in JPEGS:
        content, image = _completed(content, image)

    has_deep_colours = colours.has_deep_colours(image)
    try:
        # A PNG is decoded to its end for this: its tags may stand behind the pixels.
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
        is_sideways = orientation in SIDEWAYS
        if is_sideways and not tiff.has_turned_sides(image):
            width, height = height, width
        shown = made_square((width, height), image, is_sideways=is_sideways)
    except Exception as error:  # as above
        raise InvalidImage("truncatedImage") from error
    return Opened(content, image, width, height, shown, orientation, has_deep_colours)


def _check_sides(width: int, height: int) -> None:
    shorter, longer = sorted((width, height))
    if shorter <= SIDE_ABOVE or longer >= SIDE_BELOW:
        raise InvalidImage("illegalImageSize", width=width, height=height)
    if longer >= RATIO_BELOW * shorter:
        raise InvalidImage("illegalImageRatio", width=width, height=height)


def _completed(content: bytes, image: ImageFile.ImageFile) -> tuple[bytes, ImageFile.ImageFile]:
    """Return a JPEG with the mark of its end. Raises InvalidImage: truncatedImage, unmarkedInks."""
    if jpeg.has_unmarked_inks(image):
        raise InvalidImage("unmarkedInks")
    if jpeg.has_end(content):
        return content, image
    try:
        is_whole = jpeg.is_whole(content)
    except Exception as error:  # a hostile file makes the decoders raise nearly anything
        raise InvalidImage("truncatedImage") from error
    if not is_whole:
        raise InvalidImage("truncatedImage")
    ended = content + jpeg.END
    return ended, Image.open(io.BytesIO(ended), formats=FORMATS)


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
        pages = _pages(file.content)
    except Exception as error:  # a hostile file makes the decoders raise nearly anything
        raise InvalidImage("truncatedImage") from error
    if pages > 1:
        raise InvalidImage("severalPages", count=pages)

    try:
        file.image.load()
        is_whole = file.image.format not in JPEGS or jpeg.has_last_row(file.content, file.image)
    except Exception as error:  # as above
        raise InvalidImage("truncatedImage") from error
    if not is_whole:
        raise InvalidImage("truncatedImage")
    return Picture(MEDIA_TYPES[file.image.format or ""], file.width, file.height, file.shown)


def _pages(content: bytes) -> int:
    """Return how many pages or moving pictures a file has, of which nobody would see more than one.

    What a phone puts behind its JPEG (a preview, the depth) is no page.
    """
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return tiff.pages(image)
    if image.format == "MPO":
        return 1
    return getattr(image, "n_frames", 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is made, in pixels of its longer side, and how good, of WebP's 0 to 100."""

    side: int
    quality: int


def renderings(content: bytes, sizes: Sequence[Size]) -> list[bytes]:
    """Return WebPs of a picture as it is shown, at most as large as `sizes` say, the largest first.

    The picture is decoded once, and each is made of the one before.
    """
    shown = opened(content).drawn(sizes[0].side, _smoothly)
    pictures = []
    for size in sizes:
        shown.thumbnail((size.side, size.side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=size.quality, method=2)
        pictures.append(out.getvalue())
    return pictures


def _smoothly(image: Image.Image, sides: Sides) -> Image.Image:
    # Pillow's own default for thumbnails: much faster for large pictures, and no eye sees it.
    return image.resize(sides, Image.Resampling.LANCZOS, reducing_gap=2.0)
