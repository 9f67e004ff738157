"""Pictures that nobody should send, and what an answer must be whatever was sent.

Each kind is a function of a source of chance. Certificates among them are drawn once and then spoilt in many ways.
"""

import io
import json
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.local import LocalEngine
from reviewapp.exceptions import EngineError
from tests.certificates import edition4, form, nocert, paper
from tests.certificates.draw import draw, draw_sheet
from tests.certificates.ink import Pen
from tests.certificates.truth import invent
from tests.engines.odd_files import WAYS

KEYS = [spec.key for spec in FIELDS]
REFUSALS = {"unmatchedImageType", "unsupportedImageFormat", "illegalImageSize", "illegalImageContent"}
NUMBERS = ("orgWidth", "orgHeight", "width", "height")
DPI = 90
NEAR, SHARE_NEAR = 60, 0.25


def answer_to(picture: bytes) -> str:
    """Recognise a picture and check the answer; return "read" or the refusal's code. Anything else raises."""
    try:
        data = LocalEngine().recognise(picture).data
    except EngineError as error:
        answer = error.code
    else:
        check_data(data)
        answer = "read"
    assert answer in {*REFUSALS, "read"}
    return answer


def check_data(data: dict[str, Any]) -> None:
    """Raise AssertionError unless `data` is a whole Data object of the API."""
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert list(data["data"]) == KEYS
    assert all(isinstance(value, str) for value in data["data"].values())
    assert all(type(data[name]) is int and data[name] > 0 for name in NUMBERS)
    assert sorted((data["width"], data["height"])) == sorted((data["orgWidth"], data["orgHeight"]))
    assert data["ftype"] in (0, 1)
    corners = data["sliceRect"]
    assert all(
        0 <= corners[f"x{i}"] <= data["orgWidth"] and 0 <= corners[f"y{i}"] <= data["orgHeight"] for i in range(4)
    )
    assert [entry["key"] for entry in data["prism_keyValueInfo"]] == KEYS
    for entry in data["prism_keyValueInfo"]:
        check_entry(entry, data)
    assert all(set(copy) == set(KEYS) for copy in data["debug_info"]["copies"])


def check_entry(entry: dict[str, Any], data: dict[str, Any]) -> None:
    """Raise AssertionError unless a field's entry is whole, its polygon inside the picture or near it."""
    assert entry["value"] == data["data"][entry["key"]]
    for name in ("keyProb", "valueProb"):
        assert type(entry[name]) is int
        assert 0 <= entry[name] <= 100
    if not entry["value"]:
        assert "valuePos" not in entry
        return
    points = entry["valuePos"]
    assert len(points) == 4
    for axis, side in (("x", data["orgWidth"]), ("y", data["orgHeight"])):
        assert all(type(point[axis]) is int for point in points)
        near = max(NEAR, SHARE_NEAR * side)
        assert all(-near <= point[axis] <= side + near for point in points), (entry, side)


def stored(image: np.ndarray, rng: random.Random) -> bytes:
    """Store an RGB or grey picture in a format that chance chooses."""
    file = io.BytesIO()
    kind = rng.choice(("JPEG", "JPEG", "PNG", "WEBP", "BMP", "TIFF"))
    Image.fromarray(np.ascontiguousarray(image)).save(file, kind)
    return file.getvalue()


@cache
def page(kind: str, number: int) -> np.ndarray:
    """Return a small certificate, its copy of edition 4, its whole sheet or its empty form."""
    rng = random.Random(f"odd/{kind}/{number}")
    truth = invent(rng)
    if kind == "sheet":
        return draw_sheet(truth, rng=rng, dpi=DPI).image
    if kind == "edition4":
        truth = edition4.as_edition_4(truth)
        return edition4.draw(truth, rng=rng, font="song", seal=True, misprint_mm=1.0, dpi=DPI + 30).image
    if kind == "empty":
        return paper.blank(7, DPI)
    return draw(truth, rng=rng, dpi=DPI + 20, edition=5 + number % 3).image


def certificate(rng: random.Random) -> np.ndarray:
    """Return one of the small certificates that are drawn once."""
    return page(rng.choice(("main", "main", "sheet", "edition4", "empty")), rng.randrange(3)).copy()


def noise(rng: random.Random) -> bytes:
    """Noise of any grain and size."""
    source = np.random.default_rng(rng.getrandbits(32))
    cells = source.integers(0, 256, (rng.randint(2, 90), rng.randint(2, 90), 3), np.uint8)
    size = (rng.randint(16, 700), rng.randint(16, 700))
    return stored(cv2.resize(cells, size, interpolation=rng.choice((cv2.INTER_NEAREST, cv2.INTER_CUBIC))), rng)


def blank(rng: random.Random) -> bytes:
    """One colour, or a gradient."""
    height, width = rng.randint(16, 500), rng.randint(16, 500)
    ends = np.array([[rng.randrange(256) for _ in range(3)] for _ in range(2)], float)
    if rng.random() < 0.4:
        ends[1] = ends[0]
    share = np.linspace(0, 1, width if rng.random() < 0.5 else height)
    colours = (ends[0] + share[:, None] * (ends[1] - ends[0])).astype(np.uint8)
    wide = np.broadcast_to(colours[None] if len(share) == width else colours[:, None], (height, width, 3))
    return stored(wide, rng)


def extreme(rng: random.Random) -> bytes:
    """Tiny, long, high: on both sides of the limits, with a certificate squeezed in."""
    short = rng.choice((1, 15, 16, 17, 40))
    long = rng.choice((15, 16, 300, 49 * short, 50 * short, 51 * short))
    image = cv2.resize(certificate(rng), (max(1, min(long, 2000)), short), interpolation=cv2.INTER_AREA)
    return stored(image if rng.random() < 0.5 else image.transpose(1, 0, 2), rng)


def cropped(rng: random.Random) -> bytes:
    """Part of a certificate."""
    image = certificate(rng)
    height, width = image.shape[:2]
    top, left = rng.randrange(height - 40), rng.randrange(width - 40)
    bottom, right = rng.randint(top + 30, height), rng.randint(left + 30, width)
    return stored(image[top:bottom, left:right], rng)


def spoilt(rng: random.Random) -> bytes:
    """A certificate inverted, drowned in noise, painted over or without contrast."""
    image = certificate(rng).astype(np.float32)
    source = np.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.3:
        image = 255 - image
    if rng.random() < 0.5:
        image += source.standard_normal(image.shape, np.float32) * rng.uniform(10, 150)
    for _ in range(rng.choice((0, 1, 4, 12))):
        top, left = rng.randrange(image.shape[0]), rng.randrange(image.shape[1])
        image[top : top + rng.randint(5, 300), left : left + rng.randint(5, 300)] = rng.randrange(256)
    if rng.random() < 0.3:
        image = 128 + (image - 128) * rng.uniform(0.02, 0.3)
    return stored(np.clip(image, 0, 255).astype(np.uint8), rng)


def bent(rng: random.Random) -> bytes:
    """A certificate seen from far aside, or stretched."""
    image = certificate(rng)
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + np.array([[rng.uniform(-0.4, 0.4) for _ in range(2)] for _ in range(4)]) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    size = (rng.randint(60, 1100), rng.randint(60, 1100))
    return stored(cv2.warpPerspective(image, matrix, size, borderValue=(rng.randrange(256),) * 3), rng)


def worded(rng: random.Random) -> bytes:
    """A page of labels without values, of one label many times, or of labels strewn about."""
    image = Image.new("RGB", (rng.randint(300, 900), rng.randint(300, 900)), rng.choice(("white", "black", "beige")))
    pen = Pen(ImageDraw.Draw(image), 100)
    one = rng.choice(form.LABELS).chinese
    for index in range(rng.choice((5, 30, 60))):
        text = one if rng.random() < 0.5 else rng.choice(form.LABELS).chinese
        x, y = (rng.uniform(5, 150), rng.uniform(5, 150)) if index % 2 else (10 + index % 5 * 35, 8 + index // 5 * 9)
        pen.text(x, y, text, rng.uniform(2.5, 5), "kai", rng.choice(((38, 104, 112), (0, 0, 0), (200, 30, 30))))
    return stored(np.asarray(image), rng)


def other_paper(rng: random.Random) -> bytes:
    """Another paper, small."""
    image = nocert.page(invent(rng), rng)
    return stored(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), rng)


def broken(rng: random.Random) -> bytes:
    """A file cut short, with bytes changed, or of no format at all."""
    file = bytearray(stored(page("main", 0)[:300, :400], rng))
    kind = rng.randrange(3)
    if kind == 0:
        return bytes(file[: rng.randrange(len(file))])
    if kind == 1:
        return rng.randbytes(rng.randrange(4000))
    for _ in range(rng.randint(1, 60)):
        file[rng.randrange(len(file))] = rng.randrange(256)
    return bytes(file)


def strange_mode(rng: random.Random) -> bytes:
    """A certificate in one of the modes that pictures seldom have."""
    image = Image.fromarray(page("main", rng.randrange(3))[: rng.randint(200, 600)])
    mode = rng.choice(("1", "L", "P", "LA", "RGBA", "I;16", "CMYK"))
    deep = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 256)
    changed = deep if mode == "I;16" else image.convert(mode)
    file = io.BytesIO()
    changed.save(file, "TIFF" if mode in ("CMYK", "LA") else "PNG")
    return file.getvalue()


def odd_file(rng: random.Random) -> bytes:
    """A certificate in a file such as scanners, copiers, phones and careless programs make."""
    image = certificate(rng)
    if rng.random() < 0.7:
        image = image[: rng.randint(200, 600)]
    return rng.choice(WAYS)(Image.fromarray(image), rng)


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "noise": noise,
    "blank": blank,
    "extreme": extreme,
    "cropped": cropped,
    "spoilt": spoilt,
    "bent": bent,
    "worded": worded,
    "other paper": other_paper,
    "broken": broken,
    "strange mode": strange_mode,
    "odd file": odd_file,
}
