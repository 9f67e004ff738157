"""The printed form of editions 5, 6 and 7 (正页) in millimetres, as data.

Origin is the sheet's top left corner, x to the right, y downwards. Labels are measured on a scan of
the blank form (±1 mm); a slot lies between the label before it and the label after it. Values are
printed over the form by a computer and may lie up to 4 mm off their line, so nothing here is exact
and the reader of this table must be tolerant.

Every edition is described in these words, and as an `Edition` in `edition.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

# Measured on the blank form, in mm: the pitch of a label's Chinese characters, how far its English
# line lies below the Chinese one (centre to centre), and the mean pitch of the English letters.
GLYPH = 2.9
ENGLISH_BELOW = 3.3
ENGLISH_PITCH = 1.08
# Values beside the seal, which has characters of its own.
NEAR_SEAL = frozenset({"issueAuthority", "issueDate", "certificateNumber"})


class Alphabet(StrEnum):
    """What may stand in a slot; the reader decodes with that knowledge."""

    TEXT = "text"
    DIGITS = "digits"
    WEEKS = "weeks"
    DECIMAL = "decimal"
    ID_NUMBER = "id_number"
    CERTIFICATE_NUMBER = "certificate_number"
    SEX = "sex"
    ETHNICITY = "ethnicity"


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: left edge `x` and centre `y` of its Chinese line, in mm."""

    text: str
    x: float
    y: float
    english: str = ""

    @property
    def right(self) -> float:
        """Right edge of the Chinese text in mm."""
        return self.x + GLYPH * len(self.text)

    @property
    def english_right(self) -> float:
        """Right edge of the English line in mm, estimated from its length."""
        return self.x + ENGLISH_PITCH * len(self.english)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one part of a value is printed.

    `key` is the API field, `part` the piece of it (empty when there is only one). Between `x0` and
    `x1` (mm) on the line with centre `y`; `top` and `bottom` bound the room into which lines may
    wrap. It is guessed where its label was not seen in a form that is measured in the picture.
    """

    key: str
    part: str
    x0: float
    x1: float
    y: float
    top: float
    bottom: float
    alphabet: Alphabet = Alphabet.TEXT
    wraps: bool = False
    is_guessed: bool = False

    @property
    def name(self) -> str:
        """Name of the slot, unique within a form."""
        return f"{self.key}.{self.part}" if self.part else self.key


@dataclass(frozen=True, slots=True)
class Form:
    """One printing of the certificate: labels and slots in reading order.

    Two rectangles lie round them, in mm (left, top, right, bottom): the ornamental `frame`, and the
    `area` in which all values lie. `ornament` is how far (mm) the frame's ornament reaches in from
    its edge, 0 where that is not known.
    """

    name: str
    frame: tuple[float, float, float, float]
    area: tuple[float, float, float, float]
    labels: tuple[Label, ...]
    slots: tuple[Slot, ...]
    ornament: float = 0.0


_CHILD = (
    Label("新生儿姓名", 19.8, 40.5, "Neonatal Name"),
    Label("性别", 82.0, 40.5, "Gender"),
    Label("出生时间", 100.5, 40.5, "Time of Birth"),
    Label("年", 135.9, 40.5, "Year"),
    Label("月", 148.7, 40.5, "Month"),
    Label("日", 161.5, 40.5, "Day"),
    Label("时", 173.7, 40.5, "Hour"),
    Label("分", 186.3, 40.5, "Minute"),
    Label("出生孕周", 19.8, 48.4, "Gestational Age"),
    Label("周", 62.9, 48.4, "Week"),
    Label("出生体重", 81.6, 48.4, "Birth Weight"),
    Label("克", 116.9, 48.4, "g"),
    Label("出生身长", 135.1, 48.4, "Birth Length"),
    Label("厘米", 172.3, 48.4, "cm"),
    Label("出生地点", 19.8, 56.3, "Birth Place"),
    Label("省", 54.7, 56.3, "Province"),
    Label("市", 81.6, 56.3, "City"),
    Label("县(区)", 105.0, 56.3, "County"),
    Label("医疗机构名称", 116.4, 56.3, "Medical Institutions"),
)


def _parent_labels(title: str, english: str, y: float, id_y: float) -> tuple[Label, ...]:
    return (
        Label(f"{title}姓名", 19.5, y, f"{english}'s Name"),
        Label("年龄", 62.6, y, "Age"),
        Label("国籍", 81.2, y, "Nationality"),
        Label("民族", 116.2, y, "Ethnic Group"),
        Label("住址", 134.9, y, "Address"),
        Label("有效身份证件类别", 19.5, id_y, "Valid Identification"),
        Label("居民身份证", 45.9, id_y, "Identity Card"),
        Label("护照", 67.8, id_y, "Passport"),
        Label("其他", 81.2, id_y, "Others"),
        Label("有效身份证件号码", 109.1, id_y, "Valid Identification No."),
    )


_ISSUE = (
    Label("签发机构(盖专用章)", 19.0, 115.7, "Issued Authority (Stamp)"),
    Label("签发日期", 18.9, 124.2, "Date Issued"),
    Label("年", 56.7, 124.2, "Year"),
    Label("月", 68.7, 124.2, "Month"),
    Label("日", 80.0, 124.2, "Day"),
    Label("编号", 138.0, 124.2, "No."),
)

# mm: where the frame's inner line ends the last slot of a row.
_RIGHT = 203.0

_CHILD_SLOTS = (
    Slot("neonatalName", "", 34.3, 82.0, 40.5, 35.5, 45.5, wraps=True),
    Slot("sex", "", 87.8, 100.5, 40.5, 35.5, 45.5, Alphabet.SEX),
    Slot("birthTime", "年", 112.1, 135.9, 40.5, 35.5, 45.5, Alphabet.DIGITS),
    Slot("birthTime", "月", 138.8, 148.7, 40.5, 35.5, 45.5, Alphabet.DIGITS),
    Slot("birthTime", "日", 151.6, 161.5, 40.5, 35.5, 45.5, Alphabet.DIGITS),
    Slot("birthTime", "时", 164.4, 173.7, 40.5, 35.5, 45.5, Alphabet.DIGITS),
    Slot("birthTime", "分", 176.6, 186.3, 40.5, 35.5, 45.5, Alphabet.DIGITS),
    Slot("gestationalAge", "", 31.4, 62.9, 48.4, 44.0, 53.4, Alphabet.WEEKS),
    Slot("birthWeight", "", 93.2, 116.9, 48.4, 44.0, 53.4, Alphabet.DECIMAL),
    Slot("birthLength", "", 146.7, 172.3, 48.4, 44.0, 53.4, Alphabet.DECIMAL),
    Slot("birthPlace", "省", 31.4, 54.7, 56.3, 52.0, 66.0, wraps=True),
    Slot("birthPlace", "市", 57.6, 81.6, 56.3, 52.0, 66.0, wraps=True),
    Slot("birthPlace", "县", 84.5, 105.0, 56.3, 52.0, 66.0, wraps=True),
    Slot("medicalInstitutions", "", 133.8, _RIGHT, 56.3, 52.0, 66.0, wraps=True),
)


def _parent_slots(parent: str, y: float, id_y: float) -> tuple[Slot, ...]:
    top, bottom = y - 4.6, y + 5.2
    return (
        Slot(f"{parent}Name", "", 31.1, 62.6, y, top, bottom, wraps=True),
        Slot(f"{parent}Age", "", 68.4, 81.2, y, top, bottom, Alphabet.DIGITS),
        Slot(f"{parent}Nationality", "", 87.0, 116.2, y, top, bottom),
        Slot(f"{parent}Ethnicity", "", 122.0, 134.9, y, top, bottom, Alphabet.ETHNICITY),
        Slot(f"{parent}Address", "", 140.7, _RIGHT, y, top - 1.0, bottom + 1.0, wraps=True),
        Slot(
            key=f"{parent}IdCardNumber",
            part="",
            x0=132.3,
            x1=_RIGHT,
            y=id_y,
            top=id_y - 3.8,
            bottom=id_y + 4.6,
            alphabet=Alphabet.ID_NUMBER,
        ),
    )


_ISSUE_SLOTS = (
    Slot("issueAuthority", "", 45.0, 136.0, 115.7, 109.5, 120.6, wraps=True),
    Slot("issueDate", "年", 30.5, 56.7, 124.2, 119.5, 129.5, Alphabet.DIGITS),
    Slot("issueDate", "月", 59.6, 68.7, 124.2, 119.5, 129.5, Alphabet.DIGITS),
    Slot("issueDate", "日", 71.6, 80.0, 124.2, 119.5, 129.5, Alphabet.DIGITS),
    Slot("certificateNumber", "", 143.8, 186.0, 124.2, 117.0, 131.0, Alphabet.CERTIFICATE_NUMBER),
)

TITLE = "出生医学证明"
FORM = Form(
    name="5-7",
    frame=(2.8, 4.7, 204.5, 145.1),
    area=(8.0, 33.0, 207.5, 133.0),
    ornament=9.0,
    labels=(
        *_CHILD,
        *_parent_labels("母亲", "Mother", 70.1, 78.7),
        *_parent_labels("父亲", "Father", 91.3, 99.5),
        *_ISSUE,
    ),
    slots=(
        *_CHILD_SLOTS,
        *_parent_slots("mother", 70.1, 78.7),
        *_parent_slots("father", 91.3, 99.5),
        *_ISSUE_SLOTS,
    ),
)
