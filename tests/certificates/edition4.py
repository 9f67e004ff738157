"""The 正页 of edition 4 (2004–2013), 189 × 130 mm, landscape.

Its size and labels are known, where they stand is not: so every variant has other places, rows and type, and
nothing can be fitted to one of them. Sex is ticked, numbers of identity cards stand in 18 boxes, and the parents'
addresses are left out.
"""

import random
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from . import form, paper
from . import seal as seals
from .draw import Page, overprinted
from .fonts import Style
from .ink import Pen
from .printing import Pass
from .truth import Truth

WIDTH, HEIGHT = 189.0, 130.0
LEFT, RIGHT = 14.0, 178.0
BOXES = 18
VARIANTS = 40
LABEL_GAP = 1.2
INK: paper.Rgb = (36, 96, 92)
GROUND: paper.Rgb = (243, 246, 238)

# Per row: label, its English, the value that follows it, and the room for that in shares of what is left over.
Entry = tuple[str, str, str, float]
_CHILD: tuple[tuple[Entry, ...], ...] = (
    (
        ("新生儿姓名", "Full name of baby", "neonatalName", 4.0),
        ("性别", "Sex", "", 0.1),
        ("男", "Male", "male", 0.7),
        ("女", "Female", "female", 1.0),
        ("出生日期", "Date of birth", "year", 2.2),
        ("年", "Year", "month", 1.4),
        ("月", "Month", "day", 1.4),
        ("日", "Day", "hour", 1.4),
        ("时", "Hour", "minute", 1.4),
        ("分", "Minute", "", 0.0),
    ),
    (
        ("出生地点", "Place of birth", "province", 3.0),
        ("省", "Province", "city", 3.2),
        ("市", "City", "county", 3.2),
        ("县(区)", "County", "", 1.0),
        ("出生孕周", "Gestation", "gestationalAge", 1.6),
        ("周", "Week", "", 0.0),
    ),
    (
        ("健康状况", "Health status", "health", 2.0),
        ("体重", "Weight", "birthWeight", 2.2),
        ("克", "g", "", 1.2),
        ("身长", "Height", "birthLength", 2.0),
        ("厘米", "cm", "", 0.5),
    ),
)
_ISSUE: tuple[tuple[Entry, ...], ...] = (
    (
        ("出生地点分类", "Type of place", "kind", 1.6),
        ("接生机构名称", "Name of facility", "medicalInstitutions", 4.0),
    ),
    (
        ("签证机构", "Issuing organization", "issueAuthority", 5.0),
        ("签证日期", "Date of issue", "issue_year", 1.8),
        ("年", "Year", "issue_month", 1.2),
        ("月", "Month", "issue_day", 1.2),
        ("日", "Day", "", 0.2),
    ),
    (("出生证编号", "Birth No.", "certificateNumber", 3.0),),
)


def _parent(who: str, title: str, english: str, *, own_row: bool) -> tuple[tuple[Entry, ...], ...]:
    person = (
        (title, english, f"{who}Name", 3.0),
        ("年龄", "Age", f"{who}Age", 1.0),
        ("国籍", "Nationality", f"{who}Nationality", 1.7),
        ("民族", "Ethnicity", f"{who}Ethnicity", 1.9),
    )
    number = (("身份证号", "Identity card No.", f"{who}IdCardNumber", 0.3),)
    return (person, number) if own_row else ((*person, *number),)


@dataclass(frozen=True, slots=True)
class Layout:
    """One variant: labels, room for values, and the sides and pitch (mm) of the boxes for a number's digits."""

    labels: tuple[form.Label, ...]
    slots: dict[str, form.Slot]
    label_size: float
    pitch: float
    box_after: bool


@cache
def layout(variant: int) -> Layout:
    """Return the variant's places: rows, each spread over the width by chance."""
    rng = random.Random(f"edition 4/{variant}")
    own_row, size, pitch = rng.random() < 0.5, rng.uniform(2.6, 3.0), rng.uniform(3.0, 3.4)
    mother = _parent("mother", "母亲姓名", "Full name of mother", own_row=own_row)
    father = _parent("father", "父亲姓名", "Full name of father", own_row=own_row)
    rows = (*_CHILD, *mother, *father, *_ISSUE)
    step = (HEIGHT - 52.0) / (len(rows) - 1)
    labels: list[form.Label] = []
    slots: dict[str, form.Slot] = {}
    for number, row in enumerate(rows):
        y = 35.0 + number * step + rng.uniform(-0.8, 0.8)
        _spread(row, y, rng, size, pitch, labels, slots)
    return Layout(tuple(labels), slots, size, pitch, rng.random() < 0.5)


def _spread(
    row: tuple[Entry, ...],
    y: float,
    rng: random.Random,
    size: float,
    pitch: float,
    labels: list[form.Label],
    slots: dict[str, form.Slot],
) -> None:
    """Give a row's labels and values their places: what is left of the width is shared out by need and chance."""
    start = LEFT + rng.uniform(0.0, 3.0)
    fixed = sum(size * len(text) + LABEL_GAP for text, *_ in row)
    fixed += sum(pitch * BOXES + 1.5 for *_, name, _ in row if name.endswith("IdCardNumber"))
    shares = [room * rng.uniform(0.9, 1.1) for *_, room in row]
    scale = min(10.0, (RIGHT - start - fixed) / sum(shares))
    x = start
    for (text, english, name, _), share in zip(row, shares, strict=True):
        labels.append(form.Label(x, y, text, english))
        x += size * len(text) + LABEL_GAP
        room = share * scale + (pitch * BOXES + 1.5) * name.endswith("IdCardNumber")
        if name:
            inset = min(1.5, 0.12 * room)
            slots[name] = form.Slot(x + inset, y, room - inset - 0.6, 2 if room > 24 else 1, 0.0)
        x += room


@cache
def blank(variant: int, dpi: int) -> np.ndarray:
    """Return the empty form as a read-only (height, width, 3) uint8 RGB array."""
    image = Image.new("RGB", (round(WIDTH * dpi / 25.4), round(HEIGHT * dpi / 25.4)), GROUND)
    places, pen = layout(variant), Pen(ImageDraw.Draw(image), dpi)
    for inset, width in ((4, 0.6), (6, 0.2), (9, 0.3)):
        corners = (pen.px(inset), pen.px(inset), pen.px(WIDTH - inset), pen.px(HEIGHT - inset))
        pen.draw.rectangle(corners, outline=paper.FRAME_INK, width=max(1, pen.px(width)))
    pen.centred(WIDTH / 2, 16.0, "出 生 医 学 证 明", 7.0, "kai", INK)
    pen.centred(WIDTH / 2, 24.0, "MEDICAL CERTIFICATE OF BIRTH", 3.2, "hei", INK)
    for label in places.labels:
        pen.text(label.x, label.y, label.chinese, places.label_size, "kai", INK)
        pen.text(label.x, label.y + 3.0, label.english, 1.7, "hei", INK)
    for name, slot in places.slots.items():
        _room(pen, name, slot, places)
    array = np.asarray(image).copy()
    array.setflags(write=False)
    return array


def _room(pen: Pen, name: str, slot: form.Slot, places: Layout) -> None:
    """Draw what a value is printed on: a rule, a box to tick, or 18 boxes."""
    if name in ("male", "female"):
        left, top, right, bottom = tick_box(slot, places)
        corners = (pen.px(left), pen.px(top), pen.px(right), pen.px(bottom))
        pen.draw.rectangle(corners, outline=INK, width=max(1, pen.px(0.2)))
    elif name.endswith("IdCardNumber"):
        for box in range(BOXES):
            left = slot.x + box * places.pitch
            corners = (pen.px(left), pen.px(slot.y - 2.2), pen.px(left + places.pitch), pen.px(slot.y + 2.2))
            pen.draw.rectangle(corners, outline=INK, width=max(1, pen.px(0.15)))
    else:
        line = (pen.px(slot.x), pen.px(slot.y + 2.2), pen.px(slot.x + slot.width), pen.px(slot.y + 2.2))
        pen.draw.line(line, fill=INK, width=max(1, pen.px(0.12)))


def tick_box(slot: form.Slot, places: Layout) -> tuple[float, float, float, float]:
    """Return the box (mm: left, top, right, bottom) beside 男 or 女: behind the character, or before it."""
    left = slot.x + 0.2 if places.box_after else slot.x - places.label_size - 2 * LABEL_GAP - form.BOX_SIDE
    return left, slot.y - form.BOX_SIDE / 2, left + form.BOX_SIDE, slot.y + form.BOX_SIDE / 2


def as_edition_4(truth: Truth) -> Truth:
    """Leave out what edition 4 does not have."""
    gone = {"motherAddress": "", "fatherAddress": ""}
    return replace(truth, values=truth.values | gone)


def draw(truth: Truth, *, rng: random.Random, font: Style, seal: bool, misprint_mm: float, dpi: int) -> Page:
    """Draw the form of a variant that chance chooses, with a certificate's values."""
    variant = rng.randrange(VARIANTS)
    places = layout(variant)
    printed = Pass((round(HEIGHT * dpi / 25.4), round(WIDTH * dpi / 25.4)), dpi, font, rng, misprint_mm)
    printed.size = min(printed.size, form.STRIP_VALUE_SIZE * 1.2)
    for name, slot in places.slots.items():
        _print(printed, name, slot, places, truth)
    values = np.asarray(printed.mask)
    image = overprinted(blank(variant, dpi), values, rng.uniform(12, 70))
    if seal:
        at = places.slots["issueAuthority"]
        centre = (at.x + rng.uniform(10, 25), at.y + rng.uniform(-3, 3))
        image = seals.stamp(image, rng, truth.values["issueAuthority"], centre, dpi)
    return Page(image, values, printed.parts(truth))


def _print(printed: Pass, name: str, slot: form.Slot, places: Layout, truth: Truth) -> None:
    if name in ("male", "female"):
        if truth.values["sex"] == {"male": "男", "female": "女"}[name]:
            printed.boxes["sex"] = [_tick(printed, tick_box(slot, places))]
    elif name in ("health", "kind"):
        printed.value(slot, {"health": "良好", "kind": "医院"}[name], printed.size)
    elif name.endswith("IdCardNumber") and len(truth.slots[name]) == BOXES:
        printed.boxes[name] = [_in_boxes(printed, slot, truth.slots[name], places.pitch)]
    else:
        printed.boxes[name] = printed.value(slot, truth.slots[name], printed.size)


def _tick(printed: Pass, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    points = ((left + 0.4, (top + bottom) / 2), (left + 1.1, bottom - 0.3), (right, top - 0.2))
    at = [(printed.pen.px(x), printed.pen.px(y)) for x, y in points]
    printed.pen.draw.line(at, fill=255, width=max(2, printed.pen.px(0.35)))
    xs, ys = zip(*at, strict=True)
    return min(xs) - 2, min(ys) - 2, max(xs) + 2, max(ys) + 2


def _in_boxes(printed: Pass, slot: form.Slot, number: str, pitch: float) -> tuple[int, int, int, int]:
    size = min(printed.size, 1.3 * pitch)
    boxes = np.array(
        [
            printed.pen.text(slot.x + (place + 0.28) * pitch, slot.y + 0.1, digit, size, printed.style, 255)
            for place, digit in enumerate(number)
        ]
    )
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)
