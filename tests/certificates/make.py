"""Make one picture of a certificate, or of something else, from a seed and a profile."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from . import degrade
from .degrade import Picture
from .draw import Page, Polygon, draw, outline
from .fonts import STYLES
from .truth import CASES, KEYS, Truth, invent


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture file with what it shows.

    `content` is the file, `image` the picture as a browser shows it (RGB), `truth` the 23 values, `polygons` the four
    corners of each value in `image`, None where there is none.
    """

    content: bytes
    suffix: str
    image: np.ndarray
    truth: dict[str, str]
    polygons: dict[str, Polygon | None]
    ftype: int
    profile: str


def make(seed: int, profile: str, case: str | None = None) -> Sample:
    """Make the picture that `seed` stands for. Raises KeyError on an unknown profile or case."""
    rng = random.Random(f"{profile}/{seed}")
    truth = invent(rng, case=case or rng.choices(tuple(CASES), _CASE_WEIGHTS)[0])
    return PROFILES[profile](truth, rng)


_CASE_WEIGHTS = tuple(12 if case == "plain" else 1 for case in CASES)


def edition_of(truth: Truth) -> int:
    """Return the edition that was in force when the certificate was issued."""
    issued = truth.issued_on.isoformat()
    return 7 if issued >= "2023-04-01" else 6 if issued >= "2019-01-01" else 5


def _page(
    truth: Truth, rng: random.Random, *, dpi: int, misprint_mm: float = 1.2
) -> Page:
    return draw(
        truth,
        rng=rng,
        font=rng.choice(STYLES),
        edition=edition_of(truth),
        seal=rng.random() < 0.85,
        misprint_mm=misprint_mm,
        dpi=dpi,
    )


def _jpeg(picture: Picture, truth: Truth, profile: str, quality: int) -> Sample:
    """Save as JPEG; what the file decodes to is the picture."""
    file = io.BytesIO()
    Image.fromarray(picture.image).save(file, "JPEG", quality=quality)
    image = np.asarray(Image.open(file))
    return Sample(
        file.getvalue(), ".jpg", image, truth.values, _polygons(picture), 0, profile
    )


def _polygons(picture: Picture) -> dict[str, Polygon | None]:
    return {
        key: outline(picture.parts[key]) if key in picture.parts else None
        for key in KEYS
    }


def _clean(truth: Truth, rng: random.Random) -> Sample:
    page = _page(truth, rng, dpi=rng.choice((160, 200, 250)))
    return _jpeg(Picture(page.image, page.parts), truth, "clean", 92)


def _scan(truth: Truth, rng: random.Random) -> Sample:
    page = _page(truth, rng, dpi=rng.choice((160, 200, 250)))
    return _jpeg(
        degrade.scan(page.image, page.parts, rng), truth, "scan", rng.randint(70, 90)
    )


def _photo(truth: Truth, rng: random.Random) -> Sample:
    page = _page(truth, rng, dpi=220)
    return _jpeg(
        degrade.photo(page.image, page.parts, rng), truth, "photo", rng.randint(70, 88)
    )


def _rotated(truth: Truth, rng: random.Random) -> Sample:
    page = _page(truth, rng, dpi=200)
    scanned = degrade.scan(page.image, page.parts, rng)
    return _jpeg(
        degrade.turned(*scanned, rng.choice((90, 180, 270))), truth, "rotated", 85
    )


PROFILES: dict[str, Callable[[Truth, random.Random], Sample]] = {
    "clean": _clean,
    "scan": _scan,
    "photo": _photo,
    "rotated": _rotated,
}
