"""The form of each kind of value, at its edges."""

from datetime import date

import pytest

from reviewapp.certificate.fields import FIELDS, Kind, ReadField
from reviewapp.rules.base import Finding
from reviewapp.rules.catalogue import RULES
from reviewapp.rules.check import check
from reviewapp.rules.form import reading_findings
from tests.factories import true_values

TODAY = date(2026, 11, 22)
FORM_CODES = {rule.code for rule in RULES if rule.code.endswith(("_form", "_unreal", "_unreadable", "malformed"))}

FIELD_OF = {spec.kind: spec.name for spec in reversed(FIELDS)}

RIGHT = {
    Kind.NAME: [
        "张三",
        "欧阳娜娜",
        "阿依古丽·买买提",
        "㐂子",
        "𠮷田",
        "〇一",
        "John Smith",
        "O'Neill",
        "Anna-Maria K.",
    ],
    Kind.SEX: ["男", "女"],
    Kind.TIME: ["2019年06月26日09时28分", "2020年02月29日00时00分", "1996年01月01日23时59分"],
    Kind.WEEKS: ["40", "28", "40+3", "40+0", "40+6"],
    Kind.GRAMS: ["3450", "999", "300"],
    Kind.CENTIMETRES: ["50", "49.5"],
    Kind.PLACE: ["湖南湘西土家族苗族自治州保靖县", "重庆市重庆市丰都县"],
    Kind.ORGANISATION: ["保靖县人民医院", "北京301医院"],
    Kind.AGE: ["33", "18"],
    Kind.NATIONALITY: ["中国", "中国（香港）", "中国(台湾)"],
    Kind.ETHNICITY: ["汉族", "汉", "/", "//"],
    Kind.ADDRESS: ["湖南省保靖县迁陵镇东风村", "12 Main Street"],
    Kind.ID_NUMBER: ["43312519860101234X", "433125198601012345", "E12345678", "123456789"],
    Kind.DATE: ["2019年07月01日", "2024年02月29日"],
    Kind.CERTIFICATE_NUMBER: ["A123456789", "Z430000001"],
}
WRONG = {
    Kind.NAME: ["张", "张三1", "张 三", "A", "1", "///", "张三\n"],
    Kind.SEX: ["男女", "M", "男 ", "未知"],
    Kind.TIME: [
        "2019年02月29日09时28分",
        "2019年13月01日09时28分",
        "2019年00月01日09时28分",
        "2019年06月26日24时00分",
        "2019年06月26日09时60分",
        "0000年06月26日09时28分",
        "2019年6月26日9时28分",
        "2019-06-26 09:28",
        "2019年06月26日",
    ],
    Kind.WEEKS: ["403", "40+7", "40+", "4", "40周", "40⁺³", "+3", "四十"],
    Kind.GRAMS: ["3.45", "3450g", "34500", "34", "-345", "３４５０"],
    Kind.CENTIMETRES: ["5", "500", "50cm", "５０"],
    Kind.PLACE: ["Hunan", "123", "//"],
    Kind.ORGANISATION: ["12345", "//", "--"],
    Kind.AGE: ["3", "133", "33岁", "三十", "3３", "٣٣"],
    Kind.NATIONALITY: ["China", "中", "//"],
    Kind.ETHNICITY: ["Han", "汉1"],
    Kind.ADDRESS: ["123", "////"],
    Kind.ID_NUMBER: ["43312519860101234x", "X33125198601012345", "4331251986010123", "43312519860",
                     "433-125", "E123", "４３３１２５１９８６０１０１２３４５"],
    Kind.DATE: ["2019年02月30日", "2019年07月01", "2019年07月01日09时", "２０１９年07月01日", "2019.07.01"],
    Kind.CERTIFICATE_NUMBER: ["a123456789", "A12345678", "A1234567890", "1234567890", "AB12345678", "A１23456789",
                              "A123456789 "],
}  # fmt: skip


def findings_on(kind: Kind, value: str) -> list[Finding]:
    """Return what is found on the field of this kind when a true record has this value there."""
    name = FIELD_OF[kind]
    return [finding for finding in check(true_values(5) | {name: value}, today=TODAY) if name in finding.fields]


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in RIGHT.items() for value in values])
def test_a_value_as_the_paper_has_it_has_its_form(kind: Kind, value: str) -> None:
    assert not {finding.code for finding in findings_on(kind, value)} & FORM_CODES


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in WRONG.items() for value in values])
def test_a_value_of_another_form_does_not_pass_in_silence(kind: Kind, value: str) -> None:
    assert findings_on(kind, value)


def test_every_kind_is_tried_both_ways() -> None:
    assert set(RIGHT) == set(WRONG) == set(Kind)


@pytest.mark.parametrize(("prob", "codes"), [(89, ["low_probability"]), (90, []), (None, ["low_probability"])])
def test_a_reading_below_its_threshold_is_found(prob: int | None, codes: list[str]) -> None:
    read = ReadField("sex", "男", prob, ((1.0, 1.0), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0)))
    assert [finding.code for finding in reading_findings(read, size=(100, 100), threshold=90)] == codes


def test_an_empty_value_says_nothing_by_how_it_was_read() -> None:
    assert not list(reading_findings(ReadField("sex", "", 0), size=(100, 100), threshold=90))
