"""What a JPEG file can lack: the mark of its end, rows, and the word which end of its inks is white."""

import hashlib
import io
import re

from PIL import Image

from reviewapp.pictures import bands

START, END = b"\xff\xd8", b"\xff\xd9"
# A marker as it can stand behind compressed pixels: no stuffed 0xFF, no fill byte, no restart.
MARKER = re.compile(rb"\xff([^\x00\xff\x01\xd0-\xd8])")
END_CODE = END[1:]
# Some programs fill a file up with zeros. Pixels hardly end in more of them than this.
MOST_ZEROS = 2
# What is put behind the pixels, as bits all 0 and all 1: enough for the longest code of a block.
CONTINUATIONS = (b"\0" * 256, b"\xff\0" * 256)
# Verdicts that are kept, some hundred bytes each: a picture is opened several times in a row.
MOST_VERDICTS = 100
_verdicts: dict[bytes, bool] = {}
# What libjpeg draws for blocks that the file lacks.
LACKING_GREY, BLOCK = 128, 8


def has_unmarked_inks(image: Image.Image) -> bool:
    """Return whether it is a CMYK picture without Adobe's marker.

    By the standard its 0 is no ink, by the custom of programs it is full ink; all decoders follow
    the custom, and show the negative of a file that follows the standard.
    """
    return image.mode == "CMYK" and "adobe" not in image.info


def has_end(content: bytes) -> bool:
    """Return whether the mark of the end stands behind the pixels, whatever follows."""
    return content.endswith(END) or _pixels_end(content) < len(content)


def _pixels_end(content: bytes) -> int:
    """Return where the first picture of a file ends: at the mark of its end, or with the file."""
    at = len(START)
    while (marker := MARKER.search(content, at)) is not None:
        if marker[1] == END_CODE:
            return marker.start()
        length = content[marker.end() : marker.end() + 2]
        # A segment tells its length; behind it come others, or pixels.
        at = marker.end() + max(2, int.from_bytes(length))
    return len(content)


def is_whole(content: bytes) -> bool:
    """Return whether all pixels are there, with the mark of the end or without.

    They are if nothing that could follow them changes one, which takes two decodings: the verdict
    is kept for the next time. Raises what Pillow does.
    """
    key = hashlib.sha256(content).digest()
    verdict = _verdicts.get(key)
    if verdict is None:
        verdict = _stays_the_same(content)
        if len(_verdicts) >= MOST_VERDICTS:
            _verdicts.clear()
        _verdicts[key] = verdict
    return verdict


def _stays_the_same(content: bytes) -> bool:
    pixels = content[: _pixels_end(content)]
    stripped = pixels.rstrip(b"\0")
    pixels = pixels[: len(stripped) + MOST_ZEROS]
    ways = {_digest(pixels + more + END) for more in CONTINUATIONS}
    return len(ways) == 1


def _digest(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
        image.load()
        digest = hashlib.sha256()
        for band in bands.cut(image):
            digest.update(band.tobytes())
        return digest.digest()


def has_last_row(content: bytes, image: Image.Image) -> bool:
    """Return whether a file with the mark of its end has all pixels before it.

    Only one whose last block looks as if it were lacking is decoded once more to make sure.
    """
    left = (image.width - 1) // BLOCK * BLOCK
    top = (image.height - 1) // BLOCK * BLOCK
    last = image.crop((left, top, image.width, image.height))
    colours = last.getcolors(1)
    if image.mode not in ("L", "RGB") or colours is None:
        return True
    [(_count, colour)] = colours
    return colour not in (LACKING_GREY, (LACKING_GREY,) * 3) or is_whole(content)
