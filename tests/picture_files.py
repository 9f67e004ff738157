"""Picture files of every kind that scanners, copiers and phones make, and what must be the same of each.

Pillow writes most of them; the TIFF files that it cannot write are written here byte by byte.
"""

import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from reviewapp.engines.local.find.page import load
from reviewapp.pictures.files import Size, inspect, renderings

WIDTH, HEIGHT = 96, 64
NEAR = 24
# How pixels are stored under an orientation tag, so that turning them as it asks brings them upright.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
LOSSLESS = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}
SHORT, LONG, RATIONAL, LONG8 = 3, 4, 5, 16
LENGTHS = {SHORT: 2, LONG: 4, RATIONAL: 8, LONG8: 8}
LETTERS = {SHORT: "H", LONG: "L", RATIONAL: "L", LONG8: "Q"}
RATIONAL_TAGS = (282, 283)

type Tags = Mapping[int, int | Sequence[int]]


def quarters(width: int = WIDTH, height: int = HEIGHT, mode: str = "RGB") -> Image.Image:
    """Return a light picture whose four quarters differ, so that every turn of it shows."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 160, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 120), (0, height // 2, width // 2, height))
    return image.convert(mode)


def paper(mode: str = "L") -> Image.Image:
    """Return white paper with something dark in one corner, and something grey in another."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    image.paste(0, (0, 0, 40, 16))
    image.paste(60, (WIDTH - 20, HEIGHT - 30, WIDTH, HEIGHT))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **{**LOSSLESS.get(kind, {}), **options})
    return out.getvalue()


def file_of(image: Image.Image, kind: str, orientation: int = 1, **options: Any) -> bytes:
    """Return a file whose pixels are stored otherwise than they are shown."""
    turn = STORED_AS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = image if turn is None else image.transpose(turn)
    return saved(stored, kind, exif=exif, **options)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16)


def assert_all_agree(content: bytes, shown: Image.Image) -> None:
    """Check the stored size, the screen's picture and the engine's page against the picture as shown."""
    expected = np.asarray(shown.convert("RGB"), np.int16)
    inspected = inspect(content)
    page = load(content)
    assert (inspected.width, inspected.height) == inspected.shown == shown.size
    assert (page.width, page.height) == shown.size
    assert (page.scale == 1).all()
    for seen in (page.image[..., ::-1].astype(np.int16), pixels(renderings(content, [Size(400, 95)])[0])):
        assert seen.shape == expected.shape
        assert np.median(np.abs(seen - expected)) < NEAR
        assert np.quantile(np.abs(seen - expected), 0.9) < NEAR


# TIFF, byte by byte


def tiff(
    blocks: Sequence[bytes], tags: Tags, *, order: str = "<", is_big: bool = False, is_tiled: bool = False
) -> bytes:
    """Return a TIFF or BigTIFF of one page, of strips or tiles as they are stored; `order` is "<" (II) or ">" (MM)."""
    starts = np.cumsum([16, *(len(block) for block in blocks)]).tolist()
    places, lengths = (324, 325) if is_tiled else (273, 279)
    entries = {**tags, places: starts[:-1], lengths: [len(block) for block in blocks]}
    directory = starts[-1] + starts[-1] % 2
    magic = b"II" if order == "<" else b"MM"
    head = struct.pack(f"{order}HHHQ", 43, 8, 0, directory) if is_big else struct.pack(f"{order}HL", 42, directory)
    filled = ((magic + head).ljust(16, b"\0") + b"".join(blocks)).ljust(directory, b"\0")
    return filled + _directory(entries, directory, order, is_big=is_big)


def _directory(tags: Tags, at: int, order: str, *, is_big: bool) -> bytes:
    entry_length, room = (20, 8) if is_big else (12, 4)
    count = struct.pack(f"{order}{'Q' if is_big else 'H'}", len(tags))
    outside = at + len(count) + entry_length * len(tags) + room
    entries, further = b"", b""
    for number, value in sorted(tags.items()):
        values = [value] if isinstance(value, int) else list(value)
        kind = RATIONAL if number in RATIONAL_TAGS else SHORT if max(values) < 2**16 else LONG
        packed = struct.pack(f"{order}{len(values)}{LETTERS[kind]}", *values)
        if len(packed) > room:
            place = struct.pack(f"{order}{'Q' if is_big else 'L'}", outside + len(further))
            further += packed
        else:
            place = packed.ljust(room, b"\0")
        amount = len(packed) // LENGTHS[kind]
        entries += struct.pack(f"{order}HH{'Q' if is_big else 'L'}", number, kind, amount) + place
    return count + entries + b"\0" * room + further


def tags_of(values: np.ndarray, bits: int, polarity: int | None = 1, **more: int) -> Tags:
    """Return the tags of uncompressed values; `polarity` is tag 262, none for None, `more` are others as t341=4095."""
    height, width, *samples = values.shape
    tags: dict[int, int | Sequence[int]] = {256: width, 257: height, 258: bits, 259: 1, 278: height}
    if samples:
        tags |= {258: [bits] * samples[0], 277: samples[0]}
    if polarity is not None:
        tags[262] = polarity
    return tags | {int(name[1:]): value for name, value in more.items()}


def packed(values: np.ndarray, bits: int) -> bytes:
    """Return values of 1 or 12 bits as they are stored, each row filled up to whole bytes."""
    shifts = np.arange(bits - 1, -1, -1)
    as_bits = (values[..., None] >> shifts & 1).astype(np.uint8)
    return np.packbits(as_bits.reshape(len(values), -1), axis=1).tobytes()


def without_tag(content: bytes, number: int) -> bytes:
    """Return a little-endian TIFF of one page without one of its tags."""
    directory = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[directory : directory + 2], "little")
    start = directory + 2
    entries = [content[start + 12 * index : start + 12 * index + 12] for index in range(count)]
    kept = [entry for entry in entries if int.from_bytes(entry[:2], "little") != number]
    assert len(kept) == count - 1
    table = len(kept).to_bytes(2, "little") + b"".join(kept) + bytes(4)
    return content[:directory] + table.ljust(2 + 12 * count + 4, b"\0") + content[start + 12 * count + 4 :]


# JPEG, by its segments


def without_segment(content: bytes, marker: int) -> bytes:
    """Return a JPEG without the segments of one kind, such as 0xEE, Adobe's."""
    at, kept = 2, content[:2]
    while content[at + 1] != 0xDA:
        length = 2 + int.from_bytes(content[at + 2 : at + 4])
        if content[at + 1] != marker:
            kept += content[at : at + length]
        at += length
    return kept + content[at:]


# ICC profiles

# XYZ under the profiles' own white (D50) of red, green and blue.
SRGB = ((0.4360747, 0.2225045, 0.0139322), (0.3850649, 0.7168786, 0.0971045), (0.1430804, 0.0606169, 0.7141733))
WIDE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
D50 = (0.9642, 1.0, 0.8249)


def profile(gamma: float, primaries: Sequence[Sequence[float]] = (), name: bytes = b"of a scanner") -> bytes:
    """Return a profile of RGB with these primaries, or of grey without any."""
    curve = b"curv" + struct.pack(">LLH", 0, 1, round(gamma * 256)) + bytes(2)
    tags = {b"wtpt": _xyz(D50), b"desc": _description(name), b"cprt": b"text" + bytes(4) + b"none\0"}
    if primaries:
        tags |= {bytes([letter]) + b"XYZ": _xyz(one) for letter, one in zip(b"rgb", primaries, strict=True)}
        tags |= {bytes([letter]) + b"TRC": curve for letter in b"rgb"}
    else:
        tags[b"kTRC"] = curve
    table, body = struct.pack(">L", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        filled = value.ljust(-(-len(value) // 4) * 4, b"\0")
        table += tag + struct.pack(">LL", start + len(body), len(value))
        body += filled
    return _header(start + len(body), b"RGB " if primaries else b"GRAY") + table + body


def _header(length: int, space: bytes) -> bytes:
    head = struct.pack(">LLL4s4s4s", length, 0, 0x02400000, b"scnr", space, b"XYZ ")
    illuminant = struct.pack(">lll", *(round(value * 65536) for value in D50))
    return (head.ljust(36, b"\0") + b"acsp").ljust(68, b"\0") + illuminant.ljust(60, b"\0")


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">lll", *(round(value * 65536) for value in values))


def _description(name: bytes) -> bytes:
    return b"desc" + struct.pack(">LL", 0, len(name) + 1) + name + bytes(79)


def linear(image: Image.Image) -> np.ndarray:
    """Return the light, 0 to 1, that a screen's values stand for."""
    values = np.asarray(image) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
