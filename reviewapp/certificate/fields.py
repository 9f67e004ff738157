"""The 23 fields of a birth certificate: the one table that every other part reads.

Source: the RecognizeBirthCertification document (keys and their order) and the printed form of
editions 5–7 (groups and labels).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Group(StrEnum):
    """A block of the printed form."""

    CHILD = "child"
    MOTHER = "mother"
    FATHER = "father"
    ISSUE = "issue"


class Kind(StrEnum):
    """What a value is, which decides its form, its input and its export."""

    NAME = "name"
    SEX = "sex"
    TIME = "time"
    WEEKS = "weeks"
    GRAMS = "grams"
    CENTIMETRES = "centimetres"
    PLACE = "place"
    ORGANISATION = "organisation"
    AGE = "age"
    NATIONALITY = "nationality"
    ETHNICITY = "ethnicity"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    DATE = "date"
    CERTIFICATE_NUMBER = "certificate_number"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: `name` inside the product, `key` on the wire, `paper_label` as printed."""

    name: str
    key: str
    paper_label: str
    label: "Promise"
    group: Group
    kind: Kind
    unit: "Promise | str" = ""


GROUP_LABELS = {
    Group.CHILD: _("Child"),
    Group.MOTHER: _("Mother"),
    Group.FATHER: _("Father"),
    Group.ISSUE: _("Issue"),
}

# fmt: off
FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("neonatal_name", "neonatalName", "新生儿姓名",
              _("Neonatal name"), Group.CHILD, Kind.NAME),
    FieldSpec("sex", "sex", "性别",
              _("Sex"), Group.CHILD, Kind.SEX),
    FieldSpec("birth_time", "birthTime", "出生时间",
              _("Time of birth"), Group.CHILD, Kind.TIME),
    FieldSpec("gestational_age", "gestationalAge", "出生孕周",
              _("Gestational age"), Group.CHILD, Kind.WEEKS, _("weeks")),
    FieldSpec("birth_weight", "birthWeight", "出生体重",
              _("Birth weight"), Group.CHILD, Kind.GRAMS, _("g")),
    FieldSpec("birth_length", "birthLength", "出生身长",
              _("Birth length"), Group.CHILD, Kind.CENTIMETRES, _("cm")),
    FieldSpec("birth_place", "birthPlace", "出生地点",
              _("Birth place"), Group.CHILD, Kind.PLACE),
    FieldSpec("medical_institutions", "medicalInstitutions", "医疗机构名称",
              _("Medical institution"), Group.CHILD, Kind.ORGANISATION),
    FieldSpec("mother_name", "motherName", "母亲姓名",
              _("Mother's name"), Group.MOTHER, Kind.NAME),
    FieldSpec("mother_age", "motherAge", "年龄",
              _("Mother's age"), Group.MOTHER, Kind.AGE, _("years")),
    FieldSpec("mother_nationality", "motherNationality", "国籍",
              _("Mother's nationality"), Group.MOTHER, Kind.NATIONALITY),
    FieldSpec("mother_ethnicity", "motherEthnicity", "民族",
              _("Mother's ethnic group"), Group.MOTHER, Kind.ETHNICITY),
    FieldSpec("mother_address", "motherAddress", "住址",
              _("Mother's address"), Group.MOTHER, Kind.ADDRESS),
    FieldSpec("mother_id_card_number", "motherIdCardNumber", "有效身份证件号码",
              _("Mother's ID number"), Group.MOTHER, Kind.ID_NUMBER),
    FieldSpec("father_name", "fatherName", "父亲姓名",
              _("Father's name"), Group.FATHER, Kind.NAME),
    FieldSpec("father_age", "fatherAge", "年龄",
              _("Father's age"), Group.FATHER, Kind.AGE, _("years")),
    FieldSpec("father_nationality", "fatherNationality", "国籍",
              _("Father's nationality"), Group.FATHER, Kind.NATIONALITY),
    FieldSpec("father_ethnicity", "fatherEthnicity", "民族",
              _("Father's ethnic group"), Group.FATHER, Kind.ETHNICITY),
    FieldSpec("father_address", "fatherAddress", "住址",
              _("Father's address"), Group.FATHER, Kind.ADDRESS),
    FieldSpec("father_id_card_number", "fatherIdCardNumber", "有效身份证件号码",
              _("Father's ID number"), Group.FATHER, Kind.ID_NUMBER),
    FieldSpec("issue_authority", "issueAuthority", "签发机构",
              _("Issuing authority"), Group.ISSUE, Kind.ORGANISATION),
    FieldSpec("issue_date", "issueDate", "签发日期",
              _("Date issued"), Group.ISSUE, Kind.DATE),
    FieldSpec("certificate_number", "certificateNumber", "编号",
              _("Certificate number"), Group.ISSUE, Kind.CERTIFICATE_NUMBER),
)
# fmt: on

BY_NAME = {spec.name: spec for spec in FIELDS}
BY_KEY = {spec.key: spec for spec in FIELDS}
ORDER = {spec.name: position for position, spec in enumerate(FIELDS)}
# What no edition of the form lacks. Edition 4 has no addresses; of editions 1 to 3 no more than this
# is sure.
ON_EVERY_FORM = ("neonatal_name", "sex", "birth_time", "mother_name", "certificate_number")

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ReadField:
    """One value as an engine read it.

    `prob` is 0–100, None when the engine gave none; `polygon` has four points in pixels of the
    picture, None when there is none. `parts` are the texts that it was put together from,
    in reading order, and `alternatives` whole other values that it nearly read instead, where the
    recogniser tells.
    """

    name: str
    value: str = ""
    prob: int | None = None
    polygon: tuple[Point, ...] | None = None
    parts: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()

    def stretched(self, scale: Point) -> "ReadField":
        if self.polygon is None:
            return self
        scale_x, scale_y = scale
        polygon = tuple((x * scale_x, y * scale_y) for x, y in self.polygon)
        return replace(self, polygon=polygon)


@dataclass(frozen=True, slots=True)
class Signs:
    """What an engine saw on the paper beside the values; None where it does not say.

    `barcode` is the text of the barcode beside the number, "" when one is there that cannot be
    read. `panel` is the colour of the number's panel, "yellow" or "green". `is_landscape` says
    whether the form is of the editions before 2014, which are wider than high.
    """

    barcode: str | None = None
    panel: str | None = None
    is_landscape: bool | None = None


NO_SIGNS = Signs()


@dataclass(frozen=True, slots=True)
class Record:
    """A whole answer: every one of the 23 fields, read or not.

    `sides` are width and height of the picture in which the answer counts its places, None where it
    does not say.
    """

    fields: dict[str, ReadField]
    is_copy: bool = False
    sides: tuple[float, float] | None = None
    signs: Signs = NO_SIGNS

    @classmethod
    def empty(cls) -> "Record":
        """Return the answer about a picture that no engine has read."""
        return cls({spec.name: ReadField(spec.name) for spec in FIELDS})

    def stretched(self, scale: Point) -> "Record":
        """Return the answer with its places in a picture that is `scale` (x, y) times as large."""
        fields = {name: read.stretched(scale) for name, read in self.fields.items()}
        return replace(self, fields=fields)
