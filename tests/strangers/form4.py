"""Edition 4 (2004–2013): a landscape sheet of 308 × 130 mm with 正页, 副页 and 存根 side by side."""

import random

from tests.strangers import ornaments
from tests.strangers.fonts import NUMBER_FACES
from tests.strangers.form import print_date, print_gestation, print_long, text_width
from tests.strangers.looks import Look
from tests.strangers.people import Case, Parent
from tests.strangers.seals import seal
from tests.strangers.sheet import Sheet
from tests.strangers.svg import element

FRAME = (4, 4, 185, 126)
LABELS = (
    ("新生儿姓名", 16, 34), ("性别", 74, 34), ("男", 84, 34), ("女", 94, 34), ("出生日期", 106, 34), ("年", 134, 34),
    ("月", 145, 34),
    ("日", 156, 34), ("时", 166, 34), ("分", 176, 34), ("出生地", 16, 43), ("省", 48, 43), ("市", 78, 43),
    ("县(区)", 108, 43),
    ("出生孕周", 122, 43), ("周", 150, 43), ("健康状况", 16, 52), ("良好", 33, 52), ("一般", 45, 52), ("差", 57, 52),
    ("体重", 68, 52),
    ("克", 98, 52), ("身长", 110, 52), ("厘米", 134, 52), ("母亲姓名", 16, 61), ("年龄", 66, 61), ("国籍", 88, 61),
    ("民族", 122, 61),
    ("身份证号", 16, 69.5), ("父亲姓名", 16, 78.5), ("年龄", 66, 78.5), ("国籍", 88, 78.5), ("民族", 122, 78.5),
    ("身份证号", 16, 87),
    ("接生机构名称", 16, 96), ("出生证编号", 118, 109), ("签证机构(盖章)", 16, 105), ("签发日期", 16, 115),
    ("年", 48, 115),
    ("月", 60, 115), ("日", 72, 115),
)  # fmt: skip
RULES = (
    (33, 34, 72), (121, 34, 133), (138, 34, 144), (149, 34, 155), (160, 34, 165), (170, 34, 175),
    (28, 43, 47), (53, 43, 77), (83, 43, 107), (137, 43, 149), (76, 52, 97), (118, 52, 133),
    (31, 61, 65), (74, 61, 87), (96, 61, 120), (130, 61, 172), (31, 78.5, 65), (74, 78.5, 87), (96, 78.5, 120),
    (130, 78.5, 172), (38, 96, 172), (42, 105, 110), (32, 115, 47), (53, 115, 59), (65, 115, 71),
)  # fmt: skip
TICKS = ((88, 34), (98, 34), (40.5, 52), (52.5, 52), (61, 52))
BOX = 4.6  # mm, width of a box of the number's eighteen
BOXES_LEFT = 34.0


def draw_form(random_: random.Random, sheet: Sheet, look: Look) -> None:
    """Draw the printing house's part."""
    if look.guilloche:
        sheet.form += ornaments.guilloche(random_, sheet.width, sheet.height, look.ground, look.guilloche)
    sheet.form += ornaments.frame(random_, FRAME, look.frame, look.frame_opacity)
    sheet.label(94.5 - 7 * 3, 15, "出生医学证明", look.label_face, 7, look.labels)
    sheet.label(94.5, 22, "BIRTH CERTIFICATE", look.english_face, 3.4, look.labels, text_anchor="middle")
    for text, x, y in LABELS:
        sheet.label(x, y, text, look.label_face, look.label_size, look.labels)
    for x, y, right in RULES:
        sheet.rule(x, y + 2.1, right, look.labels, look.dash)
    for x, y in TICKS:
        sheet.box(x, y, 2.8, 2.8, look.labels)
    for y in (69.5, 87):
        for count in range(18):
            sheet.box(BOXES_LEFT + count * BOX, y, BOX, 4.4, look.labels)


def fill_in(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    """Print the values."""
    truth = case.truth
    sheet.value("neonatalName", 38, 33.8, truth["neonatalName"])
    sheet.tick("sex", 88 if truth["sex"] == "男" else 98, 34)
    sheet.tick("", 40.5, 52)
    print_date(sheet, "birthTime", truth["birthTime"], (123.5, 139, 150, 160.8, 170.8), 33.8)
    for text, x, right in zip(case.slots, (29, 54, 84), (48, 78, 108), strict=True):
        size = min(sheet.toner.size, sheet.toner.size * (right - x + 1) / text_width(sheet, text, sheet.toner.size))
        sheet.value("birthPlace", x, 42.8, text, max(size, 2.1))
    print_gestation(random_, sheet, 140, 42.8, truth["gestationalAge"])
    sheet.value("birthWeight", 82, 51.8, truth["birthWeight"])
    sheet.value("birthLength", 122, 51.8, truth["birthLength"])
    print_parent(sheet, "mother", case.mother, 61)
    print_parent(sheet, "father", case.father, 78.5)
    print_long(random_, sheet, "medicalInstitutions", truth["medicalInstitutions"], (40, 95.8), right=170)
    print_long(random_, sheet, "issueAuthority", truth["issueAuthority"], (43, 104.8), right=112)
    print_date(sheet, "issueDate", truth["issueDate"], (35, 54.5, 66.5), 114.8)
    sheet.number(136, 109, truth["certificateNumber"], random_.choice(NUMBER_FACES), 4.6, look.number, 30)


def print_parent(sheet: Sheet, who: str, parent: Parent, y: float) -> None:
    """Print a parent's two rows: a number of eighteen characters stands in its boxes, another one across them."""
    if not parent.provided:
        for x, text in (
            (38, parent.absent if parent.absent != "/" else "///"),
            (77, "//"),
            (98, "//"),
            (134, "//"),
            (40, "/" * 12),
        ):
            sheet.value("", x, y + (8.5 if x == 40 else -0.2), text)
        return
    size = min(sheet.toner.size, sheet.toner.size * 40 / text_width(sheet, parent.name, sheet.toner.size))
    sheet.value(f"{who}Name", 36, y - 0.2, parent.name, size)
    sheet.value(f"{who}Age", 77, y - 0.2, parent.age)
    sheet.value(f"{who}Nationality", 98, y - 0.2, parent.nationality)
    if parent.ethnicity:
        sheet.value(f"{who}Ethnicity", 134, y - 0.2, parent.ethnicity)
    else:
        sheet.value("", 134, y - 0.2, "/")
    if len(parent.number) == 18:
        for place, sign in enumerate(parent.number):
            sheet.value(f"{who}IdCardNumber", BOXES_LEFT + 1.4 + place * BOX, y + 8.3, sign)
    else:
        sheet.value(f"{who}IdCardNumber", 38, y + 8.3, parent.number)


def side_parts(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    """Draw 副页 and 存根 at the right."""
    truth = case.truth
    rows = (
        ("新生儿姓名", "neonatalName"), ("性别", "sex"), ("出生日期", "birthTime"),
        ("母亲姓名", "motherName"), ("身份证号", "motherIdCardNumber"),
        ("父亲姓名", "fatherName"), ("身份证号", "fatherIdCardNumber"),
        ("接生机构", "medicalInstitutions"), ("编号", "certificateNumber"),
    )  # fmt: skip
    for left, title in ((189, "副页"), (249, "存根")):
        cut = {"stroke": look.labels, "stroke_width": 0.3, "stroke_dasharray": "2 1.5"}
        sheet.form.append(element("path", d=f"M{left} 2V128", **cut))
        sheet.label(left + 25, 15, title, look.label_face, 5, look.labels)
        for place, (label, key) in enumerate(rows):
            y = 30 + place * 10
            sheet.label(left + 3, y, label, look.label_face, 2.6, look.labels)
            text = truth[key] or "///"
            sheet.value("", left + 17, y, text, min(2.9, 40 / text_width(sheet, text, 1)))
        sheet.seals.append(seal(random_, left + 30, 112, truth["issueAuthority"], look.seal, look.seal_opacity))


def stamp(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    if random_.random() < 0.92:
        x, y, owner = random_.gauss(72, 8), random_.gauss(106, 3), case.truth["issueAuthority"]
        sheet.seals.append(seal(random_, x, y, owner, look.seal, look.seal_opacity))
