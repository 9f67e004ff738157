"""Make one picture of a certificate, or of something else, from a seed and a profile."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

import numpy as np
from PIL import ExifTags, Image, ImageOps

from . import degrade, edition4, nocert, toner
from .degrade import Picture
from .draw import Page, Polygon, draw, draw_sheet, outline
from .fonts import STYLES
from .paper import Rgb
from .spill import spilling
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


def _print(
    truth: Truth, rng: random.Random, *, dpi: int, misprint_mm: float = 1.2, how: Callable[..., Page] = draw
) -> Picture:
    """Draw a certificate in a font and with a seal that chance chooses, on the edition of its day."""
    page = how(
        truth,
        rng=rng,
        font=rng.choice(STYLES),
        edition=edition_of(truth),
        seal=rng.random() < 0.85,
        misprint_mm=misprint_mm,
        dpi=dpi,
        dots=rng.random() < 0.1,
    )
    return Picture(page.image, page.parts)


def _saved(picture: Picture, truth: Truth, profile: str, quality: int, *, ftype: int = 0) -> Sample:
    """Save as JPEG; what the file decodes to is the picture."""
    content = _jpeg(picture.image, quality)
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    return Sample(content, ".jpg", shown, truth.values, _polygons(picture), ftype, profile)


def _jpeg(image: np.ndarray, quality: int, orientation: int = 1) -> bytes:
    """Return the picture as a JPEG file, with an EXIF tag where the orientation is not 1."""
    file = io.BytesIO()
    tags = Image.Exif()
    if orientation != 1:
        tags[ExifTags.Base.Orientation] = orientation
    Image.fromarray(image).save(file, "JPEG", quality=quality, exif=tags)
    return file.getvalue()


def _polygons(picture: Picture) -> dict[str, Polygon | None]:
    return {key: outline(picture.parts[key]) if key in picture.parts else None for key in KEYS}


def _clean(truth: Truth, rng: random.Random) -> Sample:
    return _saved(_print(truth, rng, dpi=rng.choice(DPIS)), truth, "clean", 92)


def _scan(truth: Truth, rng: random.Random) -> Sample:
    picture = _print(truth, rng, dpi=rng.choice(DPIS))
    return _saved(degrade.scan(*picture, rng), truth, "scan", rng.randint(70, 90))


def _photo(truth: Truth, rng: random.Random) -> Sample:
    picture = _print(truth, rng, dpi=220)
    return _saved(degrade.photo(*picture, rng), truth, "photo", rng.randint(70, 88))


def _rotated(truth: Truth, rng: random.Random, *, degrees: int = 0) -> Sample:
    """Turn a scan or a photo by 90, 180 or 270 degrees."""
    picture = rng.choice((degrade.scan, degrade.photo))(*_print(truth, rng, dpi=200), rng)
    by_chance = rng.choice((90, 180, 270))
    return _saved(degrade.turned(*picture, degrees or by_chance), truth, "rotated", 85)


def _copy(truth: Truth, rng: random.Random) -> Sample:
    picture = _print(truth, rng, dpi=rng.choice(DPIS))
    return _saved(degrade.copied(*picture, rng), truth, "copy", rng.randint(70, 90), ftype=1)


def _hard(truth: Truth, rng: random.Random) -> Sample:
    picture = _print(truth, rng, dpi=250, misprint_mm=2.0)
    return _saved(degrade.hard(*picture, rng), truth, "hard", rng.randint(35, 55))


def _whole(truth: Truth, rng: random.Random) -> Sample:
    picture = _print(truth, rng, dpi=200, how=draw_sheet)
    return _saved(degrade.scan(*picture, rng), truth, "page", rng.randint(75, 90))


def _aged(truth: Truth, rng: random.Random) -> Sample:
    """Scan a page that Augraphy has aged; its module is fetched only here, since importing it takes seconds."""
    aged = import_module(f"{__package__}.augraphed").augraphed
    picture = aged(*_print(truth, rng, dpi=200), rng)
    return _saved(degrade.scan(*picture, rng), truth, "aged", 85)


def _exif(truth: Truth, rng: random.Random) -> Sample:
    """Store a photo's pixels turned, as a phone held upright or upside down does, and say so in its EXIF tag."""
    picture = degrade.photo(*_print(truth, rng, dpi=220), rng)
    degrees = rng.choice(tuple(ORIENTATIONS))
    content = _jpeg(degrade.turned(picture.image, {}, degrees).image, 85, ORIENTATIONS[degrees])
    shown = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))
    return Sample(content, ".jpg", shown, truth.values, _polygons(picture), 0, "exif")


def _two(truth: Truth, rng: random.Random) -> Sample:
    """Photograph a certificate with a smaller one beside it; the larger is meant."""
    other = _print(invent(rng), rng, dpi=160)
    return _saved(degrade.beside(_print(truth, rng, dpi=220), other.image, rng), truth, "two", 85)


def _spill(truth: Truth, rng: random.Random) -> Sample:
    """Print long values in the office's own columns, over labels, frame and each other; scan or photograph them."""
    long = spilling(truth, rng)
    picture = _print(long, rng, dpi=rng.choice(DPIS[1:]), how=partial(draw, spills=True, inks=_inks(rng)))
    way = rng.choice((degrade.scan, degrade.scan, degrade.photo, toner.contrasted))
    return _saved(way(*picture, rng), long, "spill", rng.randint(70, 90))


def _contrast(truth: Truth, rng: random.Random) -> Sample:
    """Scan with contrast raised: white ground, labels and frame a greyish blue."""
    return _saved(toner.contrasted(*_print(truth, rng, dpi=rng.choice(DPIS)), rng), truth, "contrast", 85)


def _pale(truth: Truth, rng: random.Random) -> Sample:
    """Scan a form whose own print is pale."""
    return _saved(toner.pale(*_print(truth, rng, dpi=rng.choice(DPIS)), rng), truth, "pale", 85)


def _inks(rng: random.Random) -> tuple[Rgb, Rgb]:
    """Return colours of the values, mostly black, and of the number, often red."""
    return rng.choice(VALUE_INKS), rng.choice(NUMBER_INKS)


def _one_ink(truth: Truth, rng: random.Random) -> Sample:
    """Scan in one ink: values, labels and seal alike in a single colour."""
    return _saved(toner.in_one_ink(*_print(truth, rng, dpi=200), rng), truth, "one_ink", 85)


def _edition4(truth: Truth, rng: random.Random) -> Sample:
    """Draw or scan a certificate of edition 4."""
    truth = edition4.as_edition_4(truth)
    dpi, font, seal = rng.choice(DPIS[1:]), rng.choice(STYLES), rng.random() < 0.7
    page = edition4.draw(truth, rng=rng, font=font, seal=seal, misprint_mm=1.0, dpi=dpi)
    picture = Picture(page.image, page.parts)
    if rng.random() < 0.6:
        picture = degrade.scan(*picture, rng)
    return _saved(picture, truth, "edition4", rng.randint(75, 92))


def _nocert(truth: Truth, rng: random.Random) -> Sample:
    """Photograph or scan another paper; it has no values."""
    picture = rng.choice((degrade.scan, degrade.photo))(nocert.page(truth, rng), {}, rng)
    empty = replace(truth, values=dict.fromkeys(KEYS, ""))
    return _saved(picture, empty, "nocert", 85)


VALUE_INKS: tuple[Rgb, ...] = ((20, 20, 20), (50, 50, 50), (35, 45, 110), (60, 60, 90))
NUMBER_INKS: tuple[Rgb, ...] = ((30, 30, 30), (190, 40, 40), (170, 30, 60))
DPIS = (160, 200, 250)
ORIENTATIONS = {90: 8, 180: 3, 270: 6}
PROFILES: dict[str, Callable[[Truth, random.Random], Sample]] = {
    "clean": _clean,
    "scan": _scan,
    "photo": _photo,
    "rotated": _rotated,
    "rotated90": partial(_rotated, degrees=90),
    "rotated180": partial(_rotated, degrees=180),
    "copy": _copy,
    "hard": _hard,
    "page": _whole,
    "exif": _exif,
    "aged": _aged,
    "edition4": _edition4,
    "two": _two,
    "spill": _spill,
    "contrast": _contrast,
    "pale": _pale,
    "one_ink": _one_ink,
    "nocert": _nocert,
}
