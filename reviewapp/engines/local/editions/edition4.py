"""The printed form of edition 4 (2004–2013): its labels in order.

Nobody has measured it, so the millimetres of this Form only say what is left of what, and in which
row; where things stand is measured in every picture (`measure.py`).
"""

from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form, Label, Slot

# mm, nominal as all else here: where the last slot of a row ends, and how far a slot reaches above
# and below its line, which is about half way to the next row.
END = 195.0
ABOVE, BELOW = 4.6, 5.2


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
    key: str,
    part: str,
    label_number: int,
    alphabet: Alphabet = Alphabet.TEXT,
    *,
    wraps: bool = False,
) -> Slot:
    """Return the room between a label, by its number in `_LABELS`, and the next one of its row."""
    label = _LABELS[label_number]
    following = [after.x for after in _LABELS[label_number + 1 :] if after.y == label.y]
    return Slot(
        key=key,
        part=part,
        x0=label.right,
        x1=following[0] if following else END,
        y=label.y,
        top=label.y - ABOVE,
        bottom=label.y + BELOW,
        alphabet=alphabet,
        wraps=wraps,
    )


def _parent_slots(parent: str, first: int) -> tuple[Slot, ...]:
    """Return the slots of a parent whose first label has the number `first` in `_LABELS`."""
    return (
        _slot(f"{parent}Name", "", first, wraps=True),
        _slot(f"{parent}Age", "", first + 1, Alphabet.DIGITS),
        _slot(f"{parent}Nationality", "", first + 2),
        _slot(f"{parent}Ethnicity", "", first + 3, Alphabet.ETHNICITY),
        _slot(f"{parent}IdCardNumber", "", first + 4, Alphabet.ID_NUMBER),
    )


FORM = Form(
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
# Labels that no other edition has.
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
