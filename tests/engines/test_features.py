"""What speaks for a value or against it, and what may be mended by what is known."""

from dataclasses import replace

import pytest

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import (
    after_divisions,
    certificate_number,
    ethnic_group,
    name_text,
    place_text,
    rareness,
)
from reviewapp.engines.local.networks.reading import Glyph, Reading
from reviewapp.engines.local.read.box import Box
from reviewapp.engines.local.read.trimming import has_unread_ink, ink_of
from reviewapp.engines.local.trust.confidence import calibration
from reviewapp.engines.local.trust.echo import echo
from reviewapp.engines.local.trust.features import features, has_ones_for_fours, record_context
from reviewapp.engines.local.trust.tables import digest
from reviewapp.engines.local.trust.well_formed import is_moment, is_strange, is_well_formed

pytestmark = pytest.mark.sqlite

NUMBER = "11010519491231002X"


def glyphs(text: str, *, at: int = -1, prob: float = 0.9, others: str = "") -> list[Glyph]:
    """Return sure glyphs, but for the one in a place that was nearly read as one of `others`."""
    likely = tuple((char, (1 - prob) / 2) for char in others)
    return [Glyph(c, prob, 0.5, likely) if i == at else Glyph(c, 0.999, 0.5) for i, c in enumerate(text)]


def record(**texts: str) -> dict[str, str]:
    keys = ("neonatalName", "motherName", "fatherName", "birthTime", "issueDate", "certificateNumber")
    more = ("motherAge", "motherIdCardNumber", "medicalInstitutions", "issueAuthority")
    more += ("motherEthnicity", "fatherEthnicity", "motherAddress", "fatherAddress")
    return dict.fromkeys(keys + more, "") | texts


@pytest.mark.parametrize(
    ("key", "texts", "echoed"),
    [
        ("motherAge", {"motherAge": "50", "motherIdCardNumber": NUMBER, "birthTime": "2000年01月01日08时05分"}, True),
        ("motherAge", {"motherAge": "50", "motherIdCardNumber": NUMBER, "birthTime": "2000年12月30日08时05分"}, True),
        ("motherAge", {"motherAge": "51", "motherIdCardNumber": NUMBER, "birthTime": "2000年12月31日08时05分"}, True),
        ("motherAge", {"motherAge": "30", "motherIdCardNumber": NUMBER, "birthTime": "2000年12月31日08时05分"}, False),
        ("motherAge", {"motherAge": "30", "motherIdCardNumber": NUMBER, "birthTime": "206年12月31日"}, None),
        ("motherAge", {"motherAge": "30", "motherIdCardNumber": "E12345678", "birthTime": ""}, None),
        ("gestationalAge", {}, None),
        ("neonatalName", {"neonatalName": "王小明", "fatherName": "王刚", "motherName": "李梅"}, True),
        ("neonatalName", {"neonatalName": "王小明", "fatherName": "张刚", "motherName": "李梅"}, None),
        ("issueAuthority", {"issueAuthority": "宁城县人民医院", "medicalInstitutions": "宁城县人民医院"}, True),
        ("issueAuthority", {"issueAuthority": "字城县人民医院", "medicalInstitutions": "宁城县人民医院"}, False),
        ("motherAddress", {"motherAddress": "宁城县新兴路1号", "fatherAddress": "宁城县新兴路1号"}, True),
        ("fatherAddress", {"motherAddress": "宁城县新兴路1号", "fatherAddress": "宁城县新兴路7号"}, None),
        ("issueAuthority", {"issueAuthority": "市卫生局", "medicalInstitutions": "宁城县人民医院"}, None),
        ("certificateNumber", {"certificateNumber": "U450742668", "issueDate": "2021年05月01日"}, None),
        ("certificateNumber", {"certificateNumber": "O450742668", "issueDate": "2021年05月01日"}, False),
        ("certificateNumber", {"certificateNumber": "O450742668", "issueDate": ""}, None),
        ("birthTime", {"certificateNumber": "Y450742668", "birthTime": "2024年09月16日13时01分"}, None),
        ("birthTime", {"certificateNumber": "Y450742668", "birthTime": "2021年09月16日13时01分"}, False),
        ("issueDate", {"issueDate": "2025年01月08日", "birthTime": "2025年04月02日13时01分"}, False),
        ("birthTime", {"issueDate": "2025年01月08日", "birthTime": "2025年04月02日13时01分"}, False),
        ("certificateNumber", {"issueDate": "2025年01月08日", "birthTime": "2025年04月02日13时01分"}, None),
        ("issueDate", {"issueDate": "2025年04月02日", "birthTime": "2025年04月02日13时01分"}, None),
        ("issueDate", {"issueDate": "2025年1月8日", "birthTime": "2025年04月02日13时01分"}, None),
        ("issueDate", {"issueDate": "2025年01月08日", "birthTime": "2025年04月02日时分"}, None),
        ("motherEthnicity", {"motherEthnicity": "汉", "fatherEthnicity": "汉族"}, False),
        ("fatherEthnicity", {"fatherEthnicity": "汉", "motherEthnicity": "回"}, None),
    ],
)
def test_other_values_bear_a_value_out_or_belie_it(key: str, texts: dict[str, str], echoed: bool | None) -> None:
    assert echo(key, record(**texts)) is echoed


@pytest.mark.parametrize(
    ("key", "text", "others", "is_suspicious"),
    [
        ("motherAge", "21", {"gestationalAge": "11"}, True),
        ("motherAge", "21", {"birthLength": "19"}, True),
        ("motherAge", "22", {"birthLength": "19"}, False),
        ("motherAge", "21", {"birthLength": "51", "gestationalAge": "39"}, False),
        ("motherAge", "21", {"birthLength": "15"}, True),
        ("motherAge", "21", {"birthLength": "16", "birthWeight": "9100"}, True),
        ("motherAge", "21", {"birthWeight": "9100"}, False),
        ("birthLength", "19", {"motherAge": "30"}, False),
        ("birthTime", "2025年06月10日11时57分", {"fatherIdCardNumber": "330305199808029178"}, True),
        ("birthTime", "2025年06月10日11时57分", {"fatherIdCardNumber": "330305199808029478"}, False),
        ("birthTime", "2025年06月10日11时57分", {"motherIdCardNumber": "330305199808029178"}, False),
    ],
)
def test_a_four_that_became_a_one_casts_doubt_on_the_records_other_ones(
    key: str, text: str, others: dict[str, str], is_suspicious: bool
) -> None:
    texts = record(gestationalAge="", birthLength="", birthWeight="") | {key: text} | others
    assert has_ones_for_fours(Value(key, text, ()), texts) is is_suspicious


@pytest.mark.parametrize(
    ("key", "number", "is_formed"),
    [
        ("fatherIdCardNumber", "410724197512059995", True),
        ("fatherIdCardNumber", "110721197512059995", False),
        ("motherIdCardNumber", "410724197512059995", False),
        ("motherIdCardNumber", NUMBER, True),
        ("motherIdCardNumber", "911110199003070026", True),
        ("motherIdCardNumber", "911110199003070027", False),
        ("motherIdCardNumber", "E12345678", True),
        ("motherIdCardNumber", "", False),
    ],
)
def test_a_resident_number_is_formed_like_one_of_its_parents_sex_and_of_a_county(
    key: str, number: str, is_formed: bool
) -> None:
    assert is_well_formed(key, number) is is_formed


@pytest.mark.parametrize(
    ("rest", "is_unknown"),
    [
        ("金沙镇红旗村5组", False),
        ("幸福小区3号", False),
        ("市场路12号", False),
        ("县府街7号", False),
        ("泰55来县新兴路141号", True),
        ("5区沙坪镇北关村9组", True),
        ("喀喇旗迁陵镇东村19组", True),
    ],
)
def test_a_division_that_nobody_knows_is_strange(rest: str, is_unknown: bool) -> None:
    assert is_strange(f"湖南省{rest}") is is_unknown


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("巴合提·艾力江", True),
        ("欧阳小明", True),
        ("王明", True),
        ("NOAH TREMBLAY", True),
        ("ST. JOHN", True),
        ("NOAHTREMBLAY", False),
        ("nOAH TREMBLAY", False),
        ("MARIE-CLAIRE", False),
        ("A" * 60 + "-", False),
        ("巴合提艾力江", False),
        ("射茜·秀", False),
        ("王", False),
        ("·王明", False),
    ],
)
def test_a_name_has_the_form_of_one(name: str, *, is_one: bool) -> None:
    assert is_well_formed("motherName", name) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("中国", True), ("国", False), ("乌兹别克斯坦", True), ("刚果（金）", True), ("Nepal", True), ("中国|", False)],
)
def test_a_nationality_has_the_form_of_one(text: str, *, is_one: bool) -> None:
    assert is_well_formed("motherNationality", text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("商河县解放路104号", True),
        ("商河县解放路04号", False),
        ("商河县0号院", False),
        ("商河县4栋10号", True),
        ("河县", False),
    ],
)
def test_an_addresss_numbers_do_not_begin_with_a_nought(text: str, *, is_one: bool) -> None:
    assert is_well_formed("motherAddress", text) is is_one


def test_a_nought_before_a_certificate_number_is_a_letter_that_looks_like_it() -> None:
    assert certificate_number(glyphs("0326259843", at=0, others="QO")) == "O326259843"
    assert certificate_number(glyphs("0326259843", at=0, others="QUO")) == "U326259843"
    assert certificate_number(glyphs("0326259843")) == "O326259843"
    assert certificate_number(glyphs("1326259843", at=0, others="7T")) == "T326259843"
    assert certificate_number(glyphs("T32625984O")) == "T326259840"


@pytest.mark.parametrize(
    ("excess", "weight"), [(-0.2, 0.0), (-0.1, 0.0), (-0.05, 0.5), (0.0, 1.0), (0.1, 2.0), (0.4, 3.0)]
)
def test_a_digit_that_looks_like_another_of_its_sheet_is_a_feature(excess: float, weight: float) -> None:
    value = Value("birthWeight", "3510", ())
    context = replace(record_context([value, Value("sex", "女", ())], []), excesses={"birthWeight": excess})
    assert features(value, context)["other_digit"] == pytest.approx(weight)


@pytest.mark.parametrize(
    ("text", "excess", "is_plain"),
    [
        ("2021年04月14日", -0.2, True),
        ("2021年04月14日", -0.05, False),
        ("2021年14月14日", -0.2, False),
        ("2021年04月14日", None, False),
    ],
)
def test_a_date_is_plain_whose_digits_all_look_like_their_own_kind(
    text: str, excess: float | None, *, is_plain: bool
) -> None:
    date = Value("issueDate", text, ())
    record = [date, *(Value(key, "", ()) for key in ("sex", "birthTime", "certificateNumber"))]
    context = replace(record_context(record, []), excesses={} if excess is None else {"issueDate": excess})
    assert features(date, context)["plain_date"] == is_plain


def test_an_authority_that_is_the_hospital_bears_it_out_where_its_name_is_known() -> None:
    def echoed(text: str) -> tuple[float, float]:
        record = [Value(key, text, ()) for key in ("issueAuthority", "medicalInstitutions")] + [Value("sex", "女", ())]
        by_name = features(record[0], record_context(record, []))
        return by_name["echoed_place"], by_name["echoed"]

    assert echoed("阜阳市颍州区人民医院") == (1, 0)
    assert echoed("阜阳市颖州区人民医院") == (0, 0)


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("广东韶关市浈江区", True),
        ("内蒙古乌兰察布市四子王旗", True),
        ("重庆市沙坪坝区", True),
        ("广东韶关市滨江区", False),
        ("内蒙古乌兰察布四子王旗", False),
        ("陕西省渭南市浦城县", False),
        ("陕西省渭南市", False),
        ("陕西省渭南市蒲城县城关", False),
        ("", False),
    ],
)
def test_a_place_of_birth_is_known_with_all_that_it_lies_in(text: str, *, is_known: bool) -> None:
    place = Value("birthPlace", text, ())
    assert features(place, record_context([place, Value("sex", "女", ())], []))["placed"] == is_known


def test_a_moment_has_all_its_digits() -> None:
    assert is_moment("2019年01月04日20时01分")
    assert not is_moment("2019年01月4日20时01分")
    assert not is_moment("2019年02月30日20时01分")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("四川乐山市市中区", ""),
        ("内蒙古呼和浩特清水河县", ""),
        ("辽宁省锦州市凌河区青年路111号", "青年路111号"),
        ("东淄博市沂源县", "东淄博市沂源县"),
        ("", ""),
    ],
)
def test_divisions_are_taken_off_the_start(text: str, rest: str) -> None:
    assert after_divisions(text) == rest


def test_a_division_is_completed_but_no_street_becomes_one() -> None:
    assert place_text(glyphs("湖北省武汉市汪夏区", at=6, others="江")) == "湖北省武汉市江夏区"
    assert place_text(glyphs("锦州市凌河区青年路1号", at=7, others="县")) == "锦州市凌河区青年路1号"
    assert place_text(glyphs("金沙村6绍", at=4, others="组")) == "金沙村6组"


def test_a_name_begins_with_a_surname_where_the_reader_thought_of_one() -> None:
    assert name_text(glyphs("咎琪诺", at=0, others="昝")) == "昝琪诺"
    assert name_text(glyphs("咎琪诺", at=0, prob=0.99, others="昝")) == "咎琪诺"


def test_an_ethnic_group_is_one_of_the_closed_list() -> None:
    assert ethnic_group(glyphs("又族", at=0, others="汉")) == "汉族"
    assert ethnic_group(glyphs("维五尔族")) == "维吾尔族"
    assert ethnic_group(glyphs("保僳族")) == "保僳族"
    assert ethnic_group(glyphs("自藤", at=0)) == "自藤"


def test_rare_characters_are_rarer_than_common_ones() -> None:
    assert rareness("王伟") < rareness("王营") < rareness("王龘") == 0
    assert rareness("PAUL WEBER") == -4


def test_ink_beyond_the_glyphs_is_noticed_and_left_out() -> None:
    window = Box(0.0, 0.0, 20.0, 4.0)
    reading = Reading(tuple(Glyph(char, 0.99, at) for char, at in (("山", 0.3), ("东", 0.5))), "山东")
    assert not has_unread_ink(reading, window, Box(4.0, 0.0, 12.0, 4.0))
    assert has_unread_ink(reading, window, Box(0.0, 0.0, 12.0, 4.0))
    assert ink_of(Box(0.0, 0.0, 20.0, 4.0), reading, window) == Box(3.0, 0.0, 13.0, 4.0)


def test_the_shipped_table_never_rises_with_doubt_and_promises_nothing() -> None:
    table = calibration()
    assert list(table.doubts) == sorted(table.doubts)
    assert list(table.shares) == sorted(table.shares, reverse=True)
    assert max(table.shares) < 1


def test_the_shipped_table_weighs_all_features_there_are() -> None:
    sex = Value("sex", "女", ())
    assert list(calibration().weights) == list(features(sex, record_context([sex], [])))


def test_the_shipped_table_was_fitted_on_the_tables_there_are() -> None:
    assert calibration().tables == digest(), (
        "A table on which features rest (trust/tables.py) is not the one that the weights were fitted on. "
        "Fit them anew: uv run --group dev python -m tests.bench.calibrate"
    )
