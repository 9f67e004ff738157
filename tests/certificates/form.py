"""The 正页 of editions 5–7 in millimetres from the sheet's top left corner: labels, slots, rules and boxes.

Source: measurements of the blank form (±1 mm) and of the values on the recogniser's published example.
"""

import random
from functools import cache
from typing import NamedTuple

SHEET_WIDTH = 210.0
SHEET_HEIGHT = 297.0
MAIN_HEIGHT = 148.5
FRAME = (2.8, 4.7, 204.5, 145.1)
NUMBER_PANEL = (146.0, 117.9, 180.3, 129.9)
# Edition 7's barcode (left, top, right, bottom) and its narrowest bar, in mm.
BARCODE, BARCODE_MODULE = (147.0, 131.2, 180.0, 136.0), 0.2
CHINESE_SIZE = 2.9
ENGLISH_SIZE = 2.1
ENGLISH_BELOW = 3.3
RULE_BELOW = 2.3


class Label(NamedTuple):
    """A printed label: left edge, centre of the Chinese line, both texts, and whether a dotted rule follows it."""

    x: float
    y: float
    chinese: str
    english: str
    ruled: bool = True


class Slot(NamedTuple):
    """Room for one printed value: left edge, its row's centre, width, most lines, and how far below the row it is."""

    x: float
    y: float
    width: float
    lines: int = 1
    drop: float = 0.4


class Rule(NamedTuple):
    """A dotted line for a value to stand on."""

    x: float
    y: float
    end: float


_CHILD_LABELS = (
    Label(19.8, 40.5, "新生儿姓名", "Neonatal Name"),
    Label(82.0, 40.5, "性别", "Gender"),
    Label(100.5, 40.5, "出生时间", "Time of Birth"),
    Label(135.9, 40.5, "年", "Year"),
    Label(148.7, 40.5, "月", "Month"),
    Label(161.5, 40.5, "日", "Day"),
    Label(173.7, 40.5, "时", "Hour"),
    Label(186.3, 40.5, "分", "Minute", ruled=False),
    Label(19.8, 48.4, "出生孕周", "Gestational Age"),
    Label(62.9, 48.4, "周", "Week", ruled=False),
    Label(81.6, 48.4, "出生体重", "Birth Weight"),
    Label(116.9, 48.4, "克", "g", ruled=False),
    Label(135.1, 48.4, "出生身长", "Birth Length"),
    Label(172.3, 48.4, "厘米", "cm", ruled=False),
    Label(19.8, 56.3, "出生地点", "Birth Place"),
    Label(54.7, 56.3, "省", "Province"),
    Label(81.6, 56.3, "市", "City"),
    Label(105.0, 56.3, "县(区)", "County", ruled=False),
    Label(116.4, 56.3, "医疗机构名称", "Medical Institutions"),
)
_ISSUE_LABELS = (
    Label(19.0, 115.7, "签发机构(盖专用章)", "Issued Authority (Stamp)"),
    Label(18.9, 124.2, "签发日期", "Date Issued"),
    Label(56.7, 124.2, "年", "Year"),
    Label(68.7, 124.2, "月", "Month"),
    Label(80.0, 124.2, "日", "Day", ruled=False),
    Label(138.0, 124.2, "编号", "No.", ruled=False),
)


def _parent_labels(chinese: str, english: str, y: float, id_y: float) -> tuple[Label, ...]:
    return (
        Label(19.5, y, f"{chinese}姓名", f"{english}'s Name"),
        Label(62.6, y, "年龄", "Age"),
        Label(81.2, y, "国籍", "Nationality"),
        Label(116.2, y, "民族", "Ethnic Group"),
        Label(134.9, y, "住址", "Address"),
        Label(19.5, id_y, "有效身份证件类别", "Valid Identification", ruled=False),
        Label(45.9, id_y, "居民身份证", "Identity Card", ruled=False),
        Label(67.8, id_y, "护照", "Passport", ruled=False),
        Label(81.2, id_y, "其他", "Others"),
        Label(109.1, id_y, "有效身份证件号码", "Valid Identification No."),
    )


LABELS = (
    *_CHILD_LABELS,
    *_parent_labels("母亲", "Mother", 70.1, 78.7),
    *_parent_labels("父亲", "Father", 91.3, 99.5),
    *_ISSUE_LABELS,
)


def _parent_slots(who: str, name_x: float, y: float, id_y: float) -> dict[str, Slot]:
    return {
        f"{who}Name": Slot(name_x, y, 62.0 - name_x, 2),
        f"{who}Age": Slot(75.7, y, 5.0),
        f"{who}Nationality": Slot(92.9, y, 22.0),
        f"{who}Ethnicity": Slot(122.0, y, 12.5),
        f"{who}Address": Slot(142.0, y, 52.5, 2),
        f"{who}IdCardNumber": Slot(142.6, id_y, 52.0, drop=1.8),
    }


SLOTS: dict[str, Slot] = {
    "neonatalName": Slot(45.5, 40.5, 35.0, 2),
    "sex": Slot(94.9, 40.5, 5.0),
    "year": Slot(119.9, 40.5, 12.0),
    "month": Slot(139.6, 40.5, 6.0),
    "day": Slot(152.8, 40.5, 6.0),
    "hour": Slot(164.7, 40.5, 6.0),
    "minute": Slot(177.5, 40.5, 6.0),
    "gestationalAge": Slot(48.7, 48.4, 13.0),
    "birthWeight": Slot(101.6, 48.4, 14.0),
    "birthLength": Slot(155.0, 48.4, 16.0),
    "province": Slot(38.7, 56.3, 15.8, 2),
    "city": Slot(66.8, 56.3, 16.8, 2),
    "county": Slot(90.3, 56.3, 16.8, 2),
    "medicalInstitutions": Slot(136.5, 56.3, 58.0, 2),
    **_parent_slots("mother", 42.0, 70.1, 78.7),
    **_parent_slots("father", 39.4, 91.3, 99.5),
    "issueAuthority": Slot(48.0, 115.7, 64.0),
    "issue_year": Slot(42.0, 124.2, 12.0),
    "issue_month": Slot(65.3, 124.2, 6.0),
    "issue_day": Slot(76.7, 124.2, 6.0),
}
NUMBER_SLOT = Slot(148.0, 123.9, 25.0)

ROWS = (40.5, 48.4, 56.3, 70.1, 78.7, 91.3, 99.5, 115.7, 124.2)


class Strip(NamedTuple):
    """One of the tighter copies of the form below the 正页.

    Nobody has measured it, so where things are varies: title and its height, first row and step between rows, the
    labels' size, and how far right of its place on the 正页 each label is.
    """

    title: str
    title_y: float
    first_row: float
    step: float
    label_size: float
    shifts: tuple[float, ...]

    def y(self, main_y: float) -> float:
        """Return where the strip has the row that the 正页 has at `main_y`."""
        return self.first_row + ROWS.index(main_y) * self.step

    def x(self, x: float, main_y: float) -> float:
        """Return where the strip has what the 正页 has at x, in the row at `main_y`: it moves with its label."""
        before = [place for place, label in enumerate(LABELS) if label.y == main_y and label.x <= x]
        return x + self.shifts[before[-1]]


@cache
def strips(variant: int) -> tuple[Strip, Strip]:
    """Return 副页 and 存根 as one printer may have set them."""
    rng = random.Random(f"strips/{variant}")
    step, size = rng.uniform(6.3, 6.9), rng.uniform(2.4, 2.7)
    shifts = tuple(rng.uniform(-1.2, 1.2) + rng.uniform(-2.0, 0.5) * (label.x > 40) for label in LABELS)
    return (
        Strip("出生医学证明副页", 155.0, rng.uniform(161.5, 163.5), step, size, shifts),
        Strip("出生医学证明存根", 227.0, rng.uniform(233.5, 235.5), step, size, shifts),
    )


STRIP_VARIANTS = 5
STRIP_VALUE_SIZE = 2.9

PARTS: dict[str, tuple[str, ...]] = {
    "birthTime": ("year", "month", "day", "hour", "minute"),
    "birthPlace": ("province", "city", "county"),
    "issueDate": ("issue_year", "issue_month", "issue_day"),
}

BOXES: dict[tuple[str, str], tuple[float, float]] = {
    ("mother", "identity_card"): (60.6, 78.7),
    ("mother", "passport"): (74.4, 78.7),
    ("father", "identity_card"): (60.6, 99.5),
    ("father", "passport"): (74.4, 99.5),
}
BOX_SIDE = 2.6


def _rules() -> tuple[Rule, ...]:
    """Return the dotted rules: from a label's end to the next label of its row or the frame."""
    rules = []
    for label in LABELS:
        after = [other.x for other in LABELS if other.y == label.y and other.x > label.x]
        start = label.x + CHINESE_SIZE * len(label.chinese) + 0.8
        if label.ruled:
            rules.append(Rule(start, label.y + RULE_BELOW, min(after, default=195.0) - 1.0))
    return tuple(rules)


RULES = _rules()
