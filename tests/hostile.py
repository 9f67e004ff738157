"""Files that must not come in, each with the code of the sentence that its sender gets."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

TEN_MB = 10 * 1024 * 1024


def picture(width: int, height: int, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture file with a little noise, so that no two formats make the same bytes."""
    image = Image.new("RGB", (width, height), "#d8e4dc")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int, kind: str, **options: object) -> bytes:
    pixels = np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def pages(kind: str, count: int) -> bytes:
    """Return a file of several pages, or frames, each in another grey."""
    first, *others = [Image.new("L", (640, 480), 255 - 20 * page) for page in range(count)]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG whose header claims a size that would unpack to gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 64)) + _chunk(b"IEND")


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../certificate.png", picture(600, 400))
    return out.getvalue()


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield (what it is, its bytes, the expected code)."""
    whole = {kind: noise(640, 480, kind) for kind in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")}
    yield "empty", b"", "emptyFile"
    yield "one byte", b"\x89", "unsupportedImageFormat"
    yield "text", "新生儿姓名 读光".encode(), "unsupportedImageFormat"
    yield "random bytes", np.random.default_rng(1).bytes(4096), "unsupportedImageFormat"
    yield "PDF", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "unsupportedImageFormat"
    yield "SVG", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unsupportedImageFormat"
    yield "HTML", b"<!doctype html><script>alert(1)</script>", "unsupportedImageFormat"
    yield "zip", archive(), "unsupportedImageFormat"
    yield "EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 600 400\n", "unsupportedImageFormat"
    yield "ICO", picture(64, 64, "ICO"), "unsupportedImageFormat"
    yield "JPEG 2000 magic", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\0" * 200, "unsupportedImageFormat"
    yield "PNG magic and nothing else", b"\x89PNG\r\n\x1a\n", "truncatedImage"
    yield "JPEG magic and noise", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8, "truncatedImage"
    yield "GIF magic and zeros", b"GIF89a" + b"\0" * 6, "truncatedImage"
    for kind, content in whole.items():
        yield f"{kind} cut in half", content[: len(content) // 2], "truncatedImage"
    yield "PNG with a broken checksum", _spoilt(whole["PNG"]), "truncatedImage"
    yield "PNG that unpacks to 20 GB", png_claiming(80_000, 80_000), "imageBomb"
    yield "PNG that claims 8192 px", png_claiming(8192, 600), "illegalImageSize"
    yield "PNG that claims no width", png_claiming(0, 600), "truncatedImage"
    yield "15 px wide", picture(15, 600), "illegalImageSize"
    yield "15 px high", picture(600, 15, "BMP"), "illegalImageSize"
    yield "1 px", picture(1, 1, "GIF"), "illegalImageSize"
    yield "8192 px wide", picture(8192, 600), "illegalImageSize"
    yield "8192 px high", picture(600, 8192, "JPEG"), "illegalImageSize"
    yield "ratio 50", picture(1000, 20), "illegalImageRatio"
    yield "ratio 50 upright", picture(20, 1000, "TIFF"), "illegalImageRatio"
    yield "TIFF of two pages", pages("TIFF", 2), "severalPages"
    yield "GIF that moves", pages("GIF", 2), "severalPages"
    yield "10 MB + 1", noise(640, 480, "PNG").ljust(TEN_MB + 1, b"\0"), "exceededImageContent"
    yield "40 MB of zeros", b"\0" * (4 * TEN_MB), "exceededImageContent"


def _spoilt(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


NAMES = {
    "../../../etc/passwd.png": "passwd.png",
    "..\\..\\windows\\system32\\a.png": "a.png",
    "/absolute/b.png": "b.png",
    "证书\x00\x1b[31m\r\n.png": "证书[31m.png",
    "\u202egnp.exe": "gnp.exe",
    "con\u200bfusing.png": "confusing.png",
    "": "picture",
    "...": "picture",
    "a" * 400 + ".png": "a" * 196 + ".png",
    "<script>alert(1)</script>.png": "script>.png",
}
