"""Edition 4 (2004–2013): its labels in order, and its two ways of its own: ticked boxes, and boxes for digits.

Nobody has measured it, so the millimetres of this Form only say what is left of what, and in which
row; where things stand is measured in every picture (`measure.py`).
"""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form, Label, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Glyph, Image, Reading, read_crops
from reviewapp.engines.local.read.box import Box, pixels_of
from reviewapp.engines.local.read.ink import tight_box
from reviewapp.engines.local.read.line import CHARACTERS, Line, SheetReading

END = 195.0
BOX_REACH = 4.4
HALF_ROW, HALF_BOX = 2.3, 3.0
INK, RULED = 165, 50
TALL, WIDE = 3.4, 4.0
KEPT_GAP = 0.8
RED = 2
LINE_WIDTH, MARGIN = 0.25, 0.6
TICKED = 1.25
FEWEST_DIGITS = 15


def _row(y: float, *texts: tuple[str, str, float]) -> tuple[Label, ...]:
    return tuple(Label(text, x, y, english) for text, english, x in texts)


def _parent_labels(title: str, english: str, y: float) -> tuple[Label, ...]:
    return _row(
        y,
        (f"{title}姓名", f"Full name of {english}", 15.0),
        ("年龄", "Age", 55.0),
        ("国籍", "Nationality", 70.0),
        ("民族", "Ethnicity", 90.0),
        ("身份证号", "Identity card No.", 110.0),
    )


_LABELS = (
    *_row(
        40.0,
        ("新生儿姓名", "Full name of baby", 15.0),
        ("性别", "Sex", 55.0),
        ("男", "Male", 63.0),
        ("女", "Female", 72.0),
        ("出生日期", "Date of birth", 85.0),
        ("年", "Year", 115.0),
        ("月", "Month", 128.0),
        ("日", "Day", 141.0),
        ("时", "Hour", 154.0),
        ("分", "Minute", 167.0),
    ),
    *_row(
        49.0,
        ("出生地点", "Place of birth", 15.0),
        ("省", "Province", 50.0),
        ("市", "City", 80.0),
        ("县(区)", "County", 110.0),
        ("出生孕周", "Gestation", 140.0),
        ("周", "Week", 167.0),
    ),
    *_row(
        58.0,
        ("健康状况", "Health status", 15.0),
        ("体重", "Weight", 55.0),
        ("克", "g", 82.0),
        ("身长", "Height", 100.0),
        ("厘米", "cm", 125.0),
    ),
    *_parent_labels("母亲", "mother", 67.0),
    *_parent_labels("父亲", "father", 76.0),
    *_row(
        85.0, ("出生地点分类", "Type of place", 15.0), ("接生机构名称", "Name of facility", 60.0)
    ),
    *_row(
        94.0,
        ("签证机构", "Issuing organization", 15.0),
        ("签证日期", "Date of issue", 85.0),
        ("年", "Year", 115.0),
        ("月", "Month", 128.0),
        ("日", "Day", 141.0),
    ),
    *_row(103.0, ("出生证编号", "Birth No.", 15.0)),
)


def _slot(
    key: str, part: str, own: int, alphabet: Alphabet = Alphabet.TEXT, *, wraps: bool = False
) -> Slot:
    """Return the room between label number `own` and the next one of its row."""
    label = _LABELS[own]
    end = next((other.x for other in _LABELS[own + 1 :] if other.y == label.y), END)
    return Slot(key, part, label.right, end, label.y, label.y - 4.6, label.y + 5.2, alphabet, wraps)


def _parent_slots(parent: str, own: int) -> tuple[Slot, ...]:
    return (
        _slot(f"{parent}Name", "", own, wraps=True),
        _slot(f"{parent}Age", "", own + 1, Alphabet.DIGITS),
        _slot(f"{parent}Nationality", "", own + 2),
        _slot(f"{parent}Ethnicity", "", own + 3, Alphabet.ETHNICITY),
        _slot(f"{parent}IdCardNumber", "", own + 4, Alphabet.ID_NUMBER),
    )


EDITION_4 = Form(
    name="4",
    frame=(3.0, 4.0, 187.0, 124.0),
    area=(3.0, 32.0, 180.0, 112.0),
    labels=_LABELS,
    slots=(
        _slot("neonatalName", "", 0, wraps=True),
        *(_slot("birthTime", part, 4 + i, Alphabet.DIGITS) for i, part in enumerate("年月日时分")),
        *(_slot("birthPlace", part, 10 + i, wraps=True) for i, part in enumerate("省市县")),
        _slot("gestationalAge", "", 14, Alphabet.WEEKS),
        _slot("birthWeight", "", 17, Alphabet.DECIMAL),
        _slot("birthLength", "", 19, Alphabet.DECIMAL),
        *_parent_slots("mother", 21),
        *_parent_slots("father", 26),
        _slot("medicalInstitutions", "", 32, wraps=True),
        _slot("issueAuthority", "", 33, wraps=True),
        *(_slot("issueDate", part, 34 + i, Alphabet.DIGITS) for i, part in enumerate("年月日")),
        _slot("certificateNumber", "", 38, Alphabet.CERTIFICATE_NUMBER),
    ),
)
OWN_LABELS = frozenset(
    {
        "出生日期",
        "健康状况",
        "身份证号",
        "出生地点分类",
        "接生机构名称",
        "签证机构",
        "签证日期",
        "出生证编号",
    }
)


def with_marks(sheet: Sheet, form: Form, reading: SheetReading) -> SheetReading:
    """Add what only edition 4 has: the ticked sex, and numbers whose digits stand in boxes."""
    lines = dict(reading.lines)
    if ticked := _ticked_sex(sheet, form):
        lines["sex"] = [ticked]
    boxed = {slot: lines[slot.name] for slot in form.slots if slot.alphabet == Alphabet.ID_NUMBER}
    middles = {
        slot: found[0].box.middle if found else slot.y + reading.offset
        for slot, found in boxed.items()
    }
    for line in _boxed_numbers(sheet, middles):
        if len(line.reading.text) >= FEWEST_DIGITS:
            lines[line.slot.name] = [line]
    return replace(reading, lines=lines)


def _ticked_sex(sheet: Sheet, form: Form) -> Line | None:
    """Tell whether 男 or 女 is ticked; the boxes stand before both or behind both.

    1. Where the form has more print: before 男, or behind 女. 2. Which of the two boxes has more ink.
    """
    male, female = (next(label for label in form.labels if label.text == text) for text in "男女")
    before, behind = _beside(male, is_behind=False), _beside(female, is_behind=True)
    is_behind = _darkness(sheet.image, sheet, behind) > _darkness(sheet.image, sheet, before)
    boxes = [_beside(label, is_behind=is_behind) for label in (male, female)]
    amounts = [_darkness(sheet.ink, sheet, box) for box in boxes]
    chosen = int(np.argmax(amounts))
    most, least = amounts[chosen], amounts[1 - chosen]
    if most < TICKED * least or most < 0.01:
        return None
    prob = float(np.clip(1.0 - 0.5 * least / most, 0.0, 0.99))
    slot = Slot(
        "sex", "", male.x, female.right, male.y, male.y - HALF_ROW, male.y + HALF_ROW, Alphabet.SEX
    )
    char = "男女"[chosen]
    ink = tight_box(sheet, sheet.ink, boxes[chosen])
    return Line(slot, boxes[chosen], ink, Reading((Glyph(char, prob, 0.5),), char))


def _beside(label: Label, *, is_behind: bool) -> Box:
    x0 = label.right if is_behind else label.x - BOX_REACH
    return Box(x0, label.y - HALF_ROW, x0 + BOX_REACH, label.y + HALF_ROW, 1.0)


def _darkness(layer: Image, sheet: Sheet, box: Box) -> float:
    x0, y0, x1, y1 = pixels_of(sheet, box)
    return 1.0 - float(layer[y0:y1, x0:x1].mean()) / 255


def _boxed_numbers(sheet: Sheet, middles: Mapping[Slot, float]) -> list[Line]:
    """Read numbers whose digits stand far apart, each in its box: the boxes taken away, the digits moved together.

    `middles` tells at which height (mm) each slot's line is.
    """
    bands = [Box(slot.x0, y - HALF_BOX, slot.x1, y + HALF_BOX, 1.0) for slot, y in middles.items()]
    inks = [_without_boxes(sheet, band) for band in bands]
    filled = [
        (slot, band, ink)
        for slot, band, ink in zip(middles, bands, inks, strict=True)
        if (ink < INK).any()
    ]
    crops = [
        cv2.cvtColor(_moved_together(ink, sheet.scale), cv2.COLOR_GRAY2BGR) for _, _, ink in filled
    ]
    readings = (
        read_crops(crops, [CHARACTERS[slot.alphabet] for slot, _, _ in filled]) if crops else []
    )
    return [
        Line(slot, band, _ink_of(sheet, band, ink), reading)
        for (slot, band, ink), reading in zip(filled, readings, strict=True)
    ]


def _without_boxes(sheet: Sheet, band: Box) -> Image:
    """Return the ink in a band without what stands on lines longer than any digit's, seen where the seal is light."""
    x0, y0, x1, y1 = pixels_of(sheet, band)
    ink, print_too = sheet.ink[y0:y1, x0:x1].copy(), 255 - sheet.image[y0:y1, x0:x1, RED]
    reach = 2 * round(LINE_WIDTH / 2 * sheet.scale) + 1
    for size in ((round(TALL * sheet.scale), 1), (1, round(WIDE * sheet.scale))):
        ruled = cv2.morphologyEx(print_too, cv2.MORPH_OPEN, np.ones(size, np.uint8))
        ink[cv2.dilate(ruled, np.ones((reach, reach), np.uint8)) > RULED] = 255
    return ink


def _columns(ink: Image) -> NDArray[np.intp]:
    columns: NDArray[np.intp] = np.flatnonzero((ink < INK).any(axis=0))
    return columns


def _moved_together(ink: Image, scale: float) -> Image:
    """Cut gaps between characters down to KEPT_GAP, and what is above and below them, leaving a margin."""
    columns = _columns(ink)
    reach = max(1, round(KEPT_GAP / 2 * scale))
    near = np.zeros(ink.shape[1] + 1, bool)
    for step in range(-reach, reach + 1):
        near[np.clip(columns + step, 0, ink.shape[1] - 1)] = True
    rows, margin = np.flatnonzero((ink < INK).any(axis=1)), round(MARGIN * scale)
    close = ink[rows[0] : rows[-1] + 1, near[:-1]]
    return cv2.copyMakeBorder(close, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)


def _ink_of(sheet: Sheet, band: Box, ink: Image) -> Box:
    columns, rows = _columns(ink), np.flatnonzero((ink < INK).any(axis=1))
    x0, y0 = band.x0 + columns[0] / sheet.scale, band.y0 + rows[0] / sheet.scale
    x1, y1 = band.x0 + (columns[-1] + 1) / sheet.scale, band.y0 + (rows[-1] + 1) / sheet.scale
    return Box(float(x0) - 0.2, float(y0) - 0.2, float(x1) + 0.2, float(y1) + 0.2, 1.0)
