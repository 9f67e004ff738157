"""The A4 sheet of editions 5–7: its front page (正页) above, 副页 and 存根 below."""

import random

import zxingcpp

from tests.strangers import ornaments
from tests.strangers.fonts import NUMBER_FACES
from tests.strangers.looks import Look
from tests.strangers.people import Case, Parent
from tests.strangers.seals import seal
from tests.strangers.sheet import Sheet
from tests.strangers.svg import element

FRAME = (2.8, 4.7, 204.5, 145.1)
PANEL = (146.0, 117.9, 180.3, 129.9)
RIGHT = 197.5  # where the frame's band begins
BEYOND = 7.0  # mm of a line that runs on over the band
LABEL_COVERED = 4.0  # mm of a label that a line begins over: less than 住址 is wide, so no neighbour is touched

# Label, English, left edge, middle of the Chinese line. A slot's unit word has its English below it like all others.
LABELS = (
    ("新生儿姓名", "Neonatal Name", 19.8, 40.5), ("性别", "Gender", 82.0, 40.5),
    ("出生时间", "Time of Birth", 100.5, 40.5),
    ("年", "Year", 135.9, 40.5), ("月", "Month", 148.7, 40.5), ("日", "Day", 161.5, 40.5), ("时", "Hour", 173.7, 40.5),
    ("分", "Minute", 186.3, 40.5), ("出生孕周", "Gestational Age", 19.8, 48.4), ("周", "Week", 62.9, 48.4),
    ("出生体重", "Birth Weight", 81.6, 48.4), ("克", "g", 116.9, 48.4), ("出生身长", "Birth Length", 135.1, 48.4),
    ("厘米", "cm", 172.3, 48.4), ("出生地点", "Birth Place", 19.8, 56.3), ("省", "Province", 54.7, 56.3),
    ("市", "City", 81.6, 56.3), ("县(区)", "County", 105.0, 56.3),
    ("医疗机构名称", "Medical Institutions", 116.4, 56.3),
    ("母亲姓名", "Mother's Name", 19.5, 70.1), ("父亲姓名", "Father's Name", 19.5, 91.3),
    ("签发机构(盖专用章)", "Issued Authority (Stamp)", 19.0, 115.7), ("签发日期", "Date Issued", 18.9, 124.2),
    ("年", "Year", 56.7, 124.2), ("月", "Month", 68.7, 124.2), ("日", "Day", 80.0, 124.2),
    ("编号", "No.", 138.0, 124.2),
)  # fmt: skip
PARENT_LABELS = (
    ("年龄", "Age", 62.6, 0.0), ("国籍", "Nationality", 81.2, 0.0), ("民族", "Ethnic Group", 116.2, 0.0),
    ("住址", "Address", 134.9, 0.0),
    ("有效身份证件类别", "Valid Identification", 19.5, 8.6), ("居民身份证", "Identity Card", 45.9, 8.6),
    ("护照", "Passport", 67.8, 8.6),
    ("其他", "Others", 81.2, 8.6), ("有效身份证件号码", "Valid Identification No.", 109.1, 8.6),
)  # fmt: skip
RULES = (
    (36, 40.5, 80), (89, 40.5, 99), (114, 40.5, 135), (140, 40.5, 148), (153, 40.5, 161), (166, 40.5, 173),
    (178, 40.5, 186),
    (33, 48.4, 62), (95, 48.4, 116), (149, 48.4, 171), (33, 56.3, 54), (59, 56.3, 81), (86, 56.3, 104),
    (136, 56.3, RIGHT),
    (33, 70.1, 62), (69.5, 70.1, 80.5), (88, 70.1, 115), (123, 70.1, 134), (142, 70.1, RIGHT), (88, 78.7, 108),
    (135, 78.7, RIGHT),
    (33, 91.3, 62), (69.5, 91.3, 80.5), (88, 91.3, 115), (123, 91.3, 134), (142, 91.3, RIGHT), (88, 99.9, 108),
    (135, 99.9, RIGHT),
    (48, 115.7, 100), (33, 124.2, 56), (60.5, 124.2, 68), (72.5, 124.2, 79.5),
)  # fmt: skip
BOXES = (60.6, 74.4)


def draw_form(random_: random.Random, sheet: Sheet, look: Look, case: Case, barcode: bool) -> None:
    """Draw the printing house's part of the front page."""
    if look.guilloche:
        sheet.form += ornaments.guilloche(random_, sheet.width, min(sheet.height, 148), look.ground, look.guilloche)
    sheet.form += ornaments.frame(random_, FRAME, look.frame, look.frame_opacity)
    title_size = random_.uniform(7, 8.5)
    sheet.label(
        103.5 - title_size * 3,
        22,
        "出生医学证明",
        look.label_face,
        title_size,
        look.labels,
        stroke=look.labels,
        stroke_width=0.15,
    )
    english = "MEDICAL CERTIFICATE OF BIRTH"
    sheet.label(103.5, 30, english, look.english_face, 3.6, look.labels, text_anchor="middle")
    rows = [(label, x, y) for *label, x, y in LABELS]
    rows += [(label, x, top + y) for top in (70.1, 91.3) for *label, x, y in PARENT_LABELS]
    for (chinese, latin), x, y in rows:
        size = min(look.label_size, 2.8) if chinese == "居民身份证" else look.label_size  # its box stands close
        sheet.label(x, y, chinese, look.label_face, size, look.labels)
        sheet.label(x, y + 3.3, latin, look.english_face, look.label_size * 0.62, look.labels)
    for x, y, right in RULES:
        sheet.rule(x, y + 2.1, right, look.labels, look.dash)
    for top in (78.7, 99.9):
        for x in BOXES:
            sheet.box(x, top, 2.8, 2.8, look.labels)
    if random_.random() < 0.4:
        maker = "国家卫生和计划生育委员会" if case.edition == 5 else "国家卫生健康委员会"
        imprint = f"中华人民共和国{maker}制"
        sheet.label(103.5, 135.2, imprint, look.label_face, 2.4, look.labels, text_anchor="middle")
    sheet.form.append(ornaments.panel(PANEL, look.panel, look.panel_pattern))
    if barcode:
        draw_barcode(random_, sheet, case.truth["certificateNumber"])


def draw_barcode(random_: random.Random, sheet: Sheet, number: str) -> None:
    """Draw the number as Code 128 beside its panel: below, above or left of it."""
    code = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128)
    modules = code.to_image(scale=1, add_quiet_zones=False)
    row = memoryview(modules).tolist()[0]
    width, height = random_.uniform(0.27, 0.31), random_.uniform(4.5, 5.8)
    x, y = random_.choice(((146.0, 131.0), (146.0, 131.0), (146.5, 107.5), (101.5, 118.5)))
    bars = "".join(
        f"M{x + n * width:.3f} {y}h{width:.3f}v{height:.2f}h-{width:.3f}z" for n, dark in enumerate(row) if dark == 0
    )
    quiet = {"x": x - 2.7, "y": y - 0.6, "width": len(row) * width + 5.4, "height": height + 1.2}
    sheet.form.append(element("rect", **quiet, fill="#fff", opacity=0.9))
    sheet.form.append(element("path", d=bars, fill="#111", shape_rendering="crispEdges"))


def fill_in(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    """Print the values of the front page, and stamp it."""
    truth = case.truth

    def shift() -> float:
        """Return how far this value stands from where most stand, in mm."""
        return random_.gauss(0, 0.5)

    sheet.value("neonatalName", 45.5 + shift(), 40.3, truth["neonatalName"])
    sheet.value("sex", 92.5 + shift(), 40.3, truth["sex"])
    print_date(sheet, "birthTime", truth["birthTime"], (119.9 + shift(), 140.6, 153.4, 165.7, 178.3), 40.3)
    print_gestation(random_, sheet, 48.7 + shift(), 48.2, truth["gestationalAge"])
    sheet.value("birthWeight", 101.6 + shift(), 48.2, truth["birthWeight"])
    sheet.value("birthLength", 155 + shift(), 48.2, truth["birthLength"])
    for text, x, right in zip(case.slots, (38.7, 64.8, 89.3), (54.7, 81.6, 105.0), strict=True):
        print_slot(random_, sheet, text, x, right)
    print_long(random_, sheet, "medicalInstitutions", truth["medicalInstitutions"], (136.5 + shift(), 56.1))
    print_parent(random_, sheet, "mother", case.mother, 70.1)
    print_parent(random_, sheet, "father", case.father, 91.3)
    print_long(random_, sheet, "issueAuthority", truth["issueAuthority"], (48 + shift(), 115.5), right=112)
    print_date(sheet, "issueDate", truth["issueDate"], (43 + shift(), 62.3, 74), 124)
    size, length = random_.uniform(4.1, 5), random_.uniform(25, 29)
    number_face = random_.choice(NUMBER_FACES)
    sheet.number(148, 124, truth["certificateNumber"], number_face, size, look.number, length)


def print_date(sheet: Sheet, key: str, text: str, edges: tuple[float, ...], y: float) -> None:
    """Print the digits before 年 月 日 时 分, which the form has."""
    digits = "".join(sign if sign.isdigit() else " " for sign in text).split()
    for part, x in zip(digits, edges, strict=True):
        sheet.value(key, x, y, part)


def print_gestation(random_: random.Random, sheet: Sheet, x: float, y: float, text: str) -> None:
    is_raised = random_.random() < 0.75 and not sheet.toner.dots
    raised = text.replace("+", "⁺") if is_raised else text
    sheet.value("gestationalAge", x, y, raised)


def text_width(sheet: Sheet, text: str, size: float) -> float:
    """Return about how wide a text is set, in mm: digits and Latin letters take half a square."""
    return sum(0.55 if ord(sign) < 0x2E80 else 1.0 for sign in text) * size * sheet.toner.face.width


def print_slot(random_: random.Random, sheet: Sheet, text: str, x: float, right: float) -> None:
    """Print a slot of the place of birth; what is longer wraps, or runs over the unit word."""
    size = sheet.toner.size
    room = right - x + (random_.choice((0, 4.5)) if len(text) <= 6 else 0)
    if text_width(sheet, text, size) <= room:
        sheet.value("birthPlace", x, 56.1, text)
        return
    count = max(int(room / (size * sheet.toner.face.width)), (len(text) + 1) // 2)
    sheet.value("birthPlace", x, 55.6, text[:count])
    sheet.value("birthPlace", x, 55.6 + size * random_.uniform(1.05, 1.2), text[count:])


def print_long(
    random_: random.Random, sheet: Sheet, key: str, text: str, at: tuple[float, float], right: float = RIGHT
) -> None:
    """Print a long value: on one line where it fits; else on two, smaller, or over the frame and its own label."""
    (x, y), size = at, sheet.toner.size
    width, room = text_width(sheet, text, size), right - x
    way = random_.choices(("wrap", "shrink", "over"), (58, 17, 25))[0]
    if width <= room:
        sheet.value(key, x, y, text)
    elif way == "shrink" and width * 0.72 < room:
        sheet.value(key, x, y, text, size * room / width)
    elif way == "over" and width < room + BEYOND + LABEL_COVERED:
        sheet.value(key, x - max(width - room - BEYOND, 0), y, text)
    else:
        wrap(sheet, key, text, (x, y), room)


def wrap(sheet: Sheet, key: str, text: str, at: tuple[float, float], room: float) -> None:
    """Print a value on two lines about its line, smaller where two do not hold it."""
    size = min(sheet.toner.size, sheet.toner.size * 1.9 * room / text_width(sheet, text, sheet.toner.size))
    end = 1
    while end < len(text) and text_width(sheet, text[: end + 1], size) <= room:
        end += 1
    x, y = at
    sheet.value(key, x, y - size * 0.58, text[:end], size)
    sheet.value(key, x, y + size * 0.58, text[end:], size)


def print_parent(random_: random.Random, sheet: Sheet, who: str, parent: Parent, top: float) -> None:
    """Print a parent's two rows: values, or slashes where there is no parent."""
    y = top - 0.2
    if not parent.provided:
        print_absence(random_, sheet, parent.absent, top)
        return
    shift = random_.gauss(0, 0.5)
    name_x = (42.0 if who == "mother" else 39.4) + shift
    name_size = min(
        sheet.toner.size, sheet.toner.size * (75.0 - name_x) / text_width(sheet, parent.name, sheet.toner.size)
    )
    sheet.value(f"{who}Name", name_x, y, parent.name, name_size)
    sheet.value(f"{who}Age", 75.0 + shift * 0.5, y, parent.age)
    sheet.value(f"{who}Nationality", 92.9 + shift, y, parent.nationality)
    if parent.ethnicity:
        x = 122.9 + random_.gauss(0, 0.4) - (1.2 if len(parent.ethnicity) > 4 else 0)
        size = min(sheet.toner.size, 19 / len(parent.ethnicity) / sheet.toner.face.width)
        sheet.value(f"{who}Ethnicity", x, y, parent.ethnicity, size)
    else:
        sheet.value("", 125, y, "/")
    print_long(random_, sheet, f"{who}Address", parent.address, (142.0 + max(shift, -0.3), y))
    print_document(sheet, who, parent, top + 8.4, 142.6 + shift)


def print_document(sheet: Sheet, who: str, parent: Parent, y: float, x: float) -> None:
    """Tick the kind of document, or write it, and print its number."""
    ticks = {"居民身份证": BOXES[0], "护照": BOXES[1]}
    if parent.kind in ticks:
        sheet.tick("", ticks[parent.kind], y)
    else:
        sheet.value("", 88.5, y, parent.kind, min(2.6, 20 / len(parent.kind)))
    sheet.value(f"{who}IdCardNumber", x, y, parent.number)


def print_absence(random_: random.Random, sheet: Sheet, absent: str, top: float) -> None:
    y = top - 0.2
    sheet.value("", 42, y, "未提供" if absent == "未提供" else "/" * random_.choice((3, 3, 1, 4)))
    for x in (75, 93, 123):
        sheet.value("", x, y, "/" * random_.choice((1, 2, 2)))
    sheet.value("", 142, y, "/" * random_.choice((6, 10, 14)))
    sheet.value("", 142.6, top + 8.4, "/" * random_.choice((6, 10, 18)))


def stamp(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    """Stamp the front page over 签发机构, mostly; one in twelve has no seal."""
    if random_.random() < 0.92:
        x, y = random_.gauss(72, 9), min(random_.gauss(119, 4), 126)
        sheet.seals.append(seal(random_, x, y, case.truth["issueAuthority"], look.seal, look.seal_opacity))


def stubs(random_: random.Random, sheet: Sheet, look: Look, case: Case) -> None:
    """Draw 副页 and 存根: the same labels without English in tighter rows, the same values once more."""
    for top, title in ((155, "出生医学证明副页"), (227, "出生医学证明存根")):
        sheet.label(103.5 - 5.2 * 4, top, title, look.label_face, 5.2, look.labels)
        stub_rows(sheet, look, case, top + 10)
        sheet.rule(8, top - 7, 202, look.labels, "2 1.5")
        if random_.random() < 0.7:
            x, owner = random_.gauss(70, 8), case.truth["issueAuthority"]
            sheet.seals.append(seal(random_, x, top + 45, owner, look.seal, look.seal_opacity))


def stub_rows(sheet: Sheet, look: Look, case: Case, top: float) -> None:
    """Print a stub's rows."""
    truth, size = case.truth, sheet.toner.size * 0.92
    rows = [
        [("新生儿姓名", 19.8, "neonatalName", 40), ("性别", 82, "sex", 92), ("出生时间", 104, "birthTime", 120)],
        [
            ("出生孕周", 19.8, "gestationalAge", 40),
            ("出生体重", 82, "birthWeight", 98),
            ("出生身长", 135, "birthLength", 152),
        ],
        [("出生地点", 19.8, "birthPlace", 36), ("医疗机构名称", 116.4, "medicalInstitutions", 137)],
    ]
    for name, who in (("母亲", "mother"), ("父亲", "father")):
        names = (f"{name}姓名", 19.8, f"{who}Name", 38)
        ages = ("年龄", 74, f"{who}Age", 84)
        nationalities = ("国籍", 93, f"{who}Nationality", 102)
        rows.append([names, ages, nationalities, ("民族", 130, f"{who}Ethnicity", 139)])
        rows.append([("住址", 19.8, f"{who}Address", 29), ("有效身份证件号码", 116.4, f"{who}IdCardNumber", 145)])
    rows.append(
        [
            ("签发机构", 19.8, "issueAuthority", 36),
            ("签发日期", 96, "issueDate", 112),
            ("编号", 152, "certificateNumber", 162),
        ]
    )
    for place, row in enumerate(rows):
        y = top + place * 6.3
        for label, x, key, at in row:
            sheet.label(x, y, label, look.label_face, look.label_size * 0.95, look.labels)
            text = truth[key] or "///"
            sheet.value("", at, y, text, min(size, 84 * size / text_width(sheet, text, size)))
