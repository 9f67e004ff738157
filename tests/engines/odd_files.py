"""Files that scanners, copiers, phones and careless programs make, of certificates: whole, odd, or a little wrong."""

import random
from typing import Any

import numpy as np
from PIL import Image

from tests.picture_files import STORED_AS, WIDE, packed, profile, saved, tags_of, tiff, without_segment, without_tag

END = b"\xff\xd9"
DENSITIES = (0, 1, 72, 98, 100, 204, 300, 65535)
TIFF_WAYS = {
    "1": ("group3", "group4", "packbits", "tiff_lzw", None),
    "L": ("jpeg", "tiff_lzw", "tiff_adobe_deflate", None),
    "RGB": ("jpeg", "tiff_lzw", "zstd", "packbits", None),
    "CMYK": ("tiff_lzw", None),
    "LAB": ("tiff_lzw", None),
    "P": ("tiff_lzw", None),
    "RGBA": ("tiff_adobe_deflate", None),
}


def written_by_pillow(image: Image.Image, rng: random.Random) -> bytes:
    """A TIFF of any colours, compression, orientation and density, sometimes without its tag 262."""
    mode = rng.choice(tuple(TIFF_WAYS))
    options = _odd_tags(rng, "TIFF")
    content = saved(image.convert(mode), "TIFF", compression=rng.choice(TIFF_WAYS[mode]), **options)
    if rng.random() < 0.2:
        return without_tag(content, 262)
    return content


def written_by_byte(image: Image.Image, rng: random.Random) -> bytes:
    """A TIFF of grey of any depth, polarity, order of bytes and layout."""
    order, polarity = rng.choice("<>"), rng.choice((0, 1, None))
    bits, letter = rng.choice(((1, ""), (12, ""), (16, "u2"), (16, "i2"), (32, "u4"), (32, "i4"), (32, "f4")))
    most = 1 if bits == 1 else rng.choice((255, 1023, 4095, 2 ** min(bits, 31) - 1))
    values = np.round(np.asarray(image.convert("L")) / 255 * min(most, 2**bits - 1)).astype(np.int64)
    block = packed(values, bits) if not letter else values.astype(order + letter).tobytes()
    tags = dict(tags_of(values, bits, polarity))
    if letter:
        tags[339] = {"u": 1, "i": 2, "f": 3}[letter[0]]
    if rng.random() < 0.5:
        tags |= {
            282: (rng.choice(DENSITIES), 1),
            283: (rng.choice(DENSITIES), rng.choice((0, 1))),
            296: rng.choice((1, 2, 3)),
        }
    return tiff([block], tags, order=order, is_big=rng.random() < 0.3)


def jpeg(image: Image.Image, rng: random.Random) -> bytes:
    """A JPEG without its end, cut short, with bytes behind it, in inks, with or without their marker."""
    mode = rng.choice(("RGB", "L", "CMYK"))
    content = saved(image.convert(mode), "JPEG", progressive=rng.random() < 0.4, **_odd_tags(rng, "JPEG"))
    if mode == "CMYK" and rng.random() < 0.5:
        content = without_segment(content, 0xEE)
    if rng.random() < 0.6:
        content = content[: -rng.choice((2, 2, 2, 3, 20, len(content) // 3))]
    return content + rng.choice((b"", b"", bytes(900), b"made by nobody", END))


def other(image: Image.Image, rng: random.Random) -> bytes:
    """A PNG, GIF, BMP or WebP with a palette, a profile, transparency, a density or a turn."""
    kind = rng.choice(("PNG", "PNG", "GIF", "BMP", "WEBP"))
    modes = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA"), "GIF": ("P",), "BMP": ("1", "L", "P", "RGB")}
    changed = image.convert(rng.choice(modes.get(kind, ("RGB", "RGBA"))))
    if changed.mode == "P":
        changed = image.quantize(rng.choice((2, 8, 200)))
    return saved(changed, kind, **_odd_tags(rng, kind))


def several(image: Image.Image, rng: random.Random) -> bytes:
    """A file of several pages, or a picture that moves."""
    kind = rng.choice(("TIFF", "GIF", "PNG", "WEBP", "MPO"))
    return saved(image, kind, save_all=True, append_images=[image.rotate(180)] * rng.randint(1, 3))


def _odd_tags(rng: random.Random, kind: str) -> dict[str, Any]:
    """Return a density, a turn and a profile, as far as chance wants them and the format has them."""
    options: dict[str, Any] = {}
    if kind in ("TIFF", "JPEG", "PNG", "BMP") and rng.random() < 0.5:
        options["dpi"] = (rng.choice(DENSITIES), rng.choice(DENSITIES))
    if kind in ("TIFF", "JPEG", "PNG", "WEBP"):
        exif = Image.Exif()
        # A TIFF of another orientation cannot be written.
        exif[0x0112] = rng.choice(tuple(STORED_AS) if kind == "TIFF" else (*STORED_AS, 0, 9, 700))
        options["exif"] = exif
        if rng.random() < 0.4:
            options["icc_profile"] = _odd_profile(rng)
    return options


def _odd_profile(rng: random.Random) -> bytes:
    """Return a profile of grey or of colours, in half of the cases with a few bytes changed."""
    whole = bytearray(rng.choice((profile(1.0), profile(2.2, WIDE))))
    for _ in range(rng.choice((0, 9))):
        whole[rng.randrange(len(whole))] = rng.randrange(256)
    return bytes(whole)


WAYS = (written_by_pillow, written_by_byte, jpeg, other, several)
