"""Pictures of certificates with their truth: `make(seed, profile)`, the same for the same arguments."""

import io
import random
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from tests.strangers import browser, form, form4, looks, people, wear
from tests.strangers.people import Case
from tests.strangers.sheet import CHANNELS, Sheet

PROFILES = ("clean", "scan", "contrast", "photo", "rotated", "copy", "hard", "page", "pale", "dotmatrix", "edition4")
FRONT = (210.0, 148.5)  # mm: the upper half of A4
PAGE = (210.0, 297.0)
LANDSCAPE = (308.0, 130.0)
LANDSCAPE_FRONT = (189.0, 130.0)
ORIENTATION = 0x0112  # the EXIF tag
Polygon = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sample:
    content: bytes  # the picture file
    suffix: str  # with its dot
    image: np.ndarray  # (H, W, 3) RGB uint8, as a browser shows the file
    truth: dict[str, str]  # the 23 keys of the API; "" where nothing is provided
    polygons: dict[str, Polygon | None]  # 4 corners of the ink, clockwise from the reading direction's top left
    ftype: int  # 1 photocopy, 0 not
    profile: str


def make(seed: int, profile: str) -> Sample:
    """Make a picture.

    1. Draw a case, a look and the sheet.
    2. Wear it as the profile says.
    3. Write the file and read it back; the polygons follow.
    """
    random_ = random.Random(f"{profile}:{seed}")
    case = people.draw(random_, 4 if profile == "edition4" else None)
    sheet = compose(random_, case, profile)
    drawing = browser.draw(sheet.html(), sheet.width, sheet.height, resolution(random_, profile))
    found = browser.polygons(drawing, CHANNELS, sheet.toner.angle)
    picture = worn(random_, wear.Picture(drawing.image, np.eye(3)), profile)
    content, suffix = encode(random_, picture.image, profile)
    corners: dict[str, Polygon | None] = dict.fromkeys(people.KEYS)
    corners |= {key: wear.carry(picture.matrix, polygon) for key, polygon in found.items()}
    return Sample(content, suffix, shown(content), case.truth, corners, int(profile == "copy"), profile)


def resolution(random_: random.Random, profile: str) -> float:
    """Return dots per inch: real scanners' steps, for photos anything between."""
    if profile == "hard":
        return random_.uniform(115, 130)
    if profile in {"photo", "rotated"}:
        return random_.uniform(170, 270)
    if profile == "page":
        return random_.choice((150, 200, 200, 240))
    if profile == "dotmatrix":
        return random_.choice((200, 240, 300))
    return random_.choice((150, 200, 200, 240, 300))


def compose(random_: random.Random, case: Case, profile: str) -> Sheet:
    """Compose the sheet: form, values, seals."""
    texts = "".join(case.truth.values()) + "".join(parent.kind for parent in (case.mother, case.father)) + "未提供/"
    toner = looks.toner(random_, texts, profile)
    look = looks.look(random_, case.edition, profile)
    if case.edition == 4:
        whole = random_.random() < 0.4
        near = replace(toner, dx=toner.dx * 0.3, dy=toner.dy * 0.6)  # or a tick would stand beside its box
        sheet = Sheet(*(LANDSCAPE if whole else LANDSCAPE_FRONT), look.paper, near)
        form4.draw_form(random_, sheet, look)
        form4.fill_in(random_, sheet, look, case)
        form4.stamp(random_, sheet, look, case)
        if whole:
            form4.side_parts(random_, sheet, look, case)
        return sheet
    sheet = Sheet(*(PAGE if profile == "page" else FRONT), look.paper, toner)
    form.draw_form(random_, sheet, look, case, case.edition == 7)
    form.fill_in(random_, sheet, look, case)
    form.stamp(random_, sheet, look, case)
    if profile == "page":
        form.stubs(random_, sheet, look, case)
    return sheet


def worn(random_: random.Random, picture: wear.Picture, profile: str) -> wear.Picture:
    if profile == "clean":
        return picture
    if profile == "rotated":
        picture = random_.choice((wear.scan, wear.photo))(random_, picture)
        return wear.rotated(picture, random_.choice((1, 2, 3)))
    if profile in {"dotmatrix", "edition4"}:
        return random_.choice((wear.scan, wear.scan, wear.photo))(random_, picture)
    steps = {"photo": wear.photo, "copy": wear.copy, "hard": wear.hard}
    return steps.get(profile, wear.scan)(random_, picture)


def encode(random_: random.Random, image: np.ndarray, profile: str) -> tuple[bytes, str]:
    """Return the file and its suffix: JPEG; some clean pictures are PNG, some photos carry an EXIF orientation."""
    stream = io.BytesIO()
    if profile in {"clean", "contrast"} and random_.random() < 0.2:
        Image.fromarray(image).save(stream, "PNG", compress_level=1)
        return stream.getvalue(), ".png"
    low, high = {"clean": (90, 95), "hard": (25, 45), "photo": (65, 90)}.get(profile, (60, 90))
    picture, exif = Image.fromarray(image), Image.Exif()
    if profile == "photo" and random_.random() < 0.15:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[ORIENTATION] = 6  # viewers turn it clockwise
    if profile == "copy":
        picture = picture.convert("L")
    picture.save(stream, "JPEG", quality=random_.randint(low, high), exif=exif)
    return stream.getvalue(), ".jpg"


def shown(content: bytes) -> np.ndarray:
    """Return a file's picture as a browser shows it."""
    with Image.open(io.BytesIO(content)) as opened:
        turned = opened.getexif().get(ORIENTATION) == 6
        image = np.asarray(opened.convert("RGB"))
    return np.ascontiguousarray(np.rot90(image, -1)) if turned else image
