"""What the rules propose, and that they propose it for the right field."""

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import reviewapp
from reviewapp.certificate.wire import parse as parse_answer
from reviewapp.facts import gazetteer
from reviewapp.facts.resident import Expected, candidates, check_character, parse
from reviewapp.rules.base import Finding, Proposal, Reading, RelatedRecord
from tests.rules.records import FATHER_NUMBER, MOTHER_NUMBER, TRUE, codes, findings, proposals, resident_number, the

EXAMPLE = Path(reviewapp.__file__).parent / "data" / "example_response.json"

PROPOSED = [
    ("number_form", {"certificate_number": "T43O123456"}, ("certificate_number", "T430123456")),
    ("number_form", {"certificate_number": "5430123456"}, ("certificate_number", "S430123456")),
    (
        "number_form",
        {"certificate_number": "0430123456", "issue_date": "2014年07月01日"},
        ("certificate_number", "O430123456"),
    ),
    ("number_form", {"certificate_number": "7430123456"}, ("certificate_number", "T430123456")),
    ("number_form", {"certificate_number": "430123456"}, ("certificate_number", "T430123456")),
    ("private_use", {"neonatal_name": "杨\ue81e宇"}, ("neonatal_name", "杨龴宇")),
    ("name_form", {"mother_name": "李、静怡"}, ("mother_name", "李·静怡")),
    ("name_form", {"mother_name": "李、静怡"}, ("mother_name", "李静怡")),
    (
        "place_not_yet",
        {"birth_place": "湖南长沙宁乡市", "birth_time": "2010年06月26日09时28分", "issue_date": "2010年07月01日"},
        ("birth_place", "湖南省长沙市宁乡县"),
    ),
    (
        "place_no_more",
        {"birth_place": "北京市崇文区", "certificate_number": "T110123456"},
        ("birth_place", "北京市东城区"),
    ),
    ("number_province", {"certificate_number": "T480123456"}, ("certificate_number", "T430123456")),
    ("birth_time_unreal", {"birth_time": "2019年86月26日09时28分"}, ("birth_time", "2019年06月26日09时28分")),
    ("birth_time_unreal", {"birth_time": "2019年O6月26日09时28分"}, ("birth_time", "2019年06月26日09时28分")),
    ("issued_before_birth", {"issue_date": "2019年01月01日"}, ("issue_date", "2019年07月01日")),
    ("issue_date_future", {"issue_date": "2079年07月01日"}, ("issue_date", "2019年07月01日")),
    ("time_digit_lost", {"issue_date": "2019年7月01日"}, ("issue_date", "2019年07月01日")),
    ("sex_unknown", {"sex": "男性"}, ("sex", "男")),
    ("gestation_run_together", {"gestational_age": "403"}, ("gestational_age", "40+3")),
    ("gestation_unreadable", {"gestational_age": "4O"}, ("gestational_age", "40")),
    ("weight_in_kilograms", {"birth_weight": "3.45"}, ("birth_weight", "3450")),
    ("weight_unreadable", {"birth_weight": "34S0"}, ("birth_weight", "3450")),
    ("ethnicity_unknown", {"father_ethnicity": "上家族"}, ("father_ethnicity", "土家族")),
    ("ethnicity_unknown", {"father_ethnicity": "纳酉族"}, ("father_ethnicity", "纳西族")),
    ("nationality_unknown", {"mother_nationality": "中围"}, ("mother_nationality", "中国")),
    ("place_unresolved", {"birth_place": "湖南湘西土家族保靖县苗族自治州"}, ("birth_place", TRUE["birth_place"])),
    ("place_unresolved", {"birth_place": "湖南湘西土家族苗族自治州保清县"}, ("birth_place", TRUE["birth_place"])),
    ("place_unit_differs", {"birth_place": "湖南省长沙市宁乡县"}, ("birth_place", "湖南省长沙市宁乡市")),
    (
        "address_nearly_known",
        {"mother_address": "湖南省湘西土家族苗族自治州呆靖县迁陵镇"},
        ("mother_address", "湖南省湘西土家族苗族自治州保靖县迁陵镇"),
    ),
    ("surname_of_neither", {"neonatal_name": "扬建宇"}, ("neonatal_name", "杨建宇")),
    ("look_alike", {"mother_name": "李吴"}, ("mother_name", "李昊")),
    ("look_alike", {"father_name": "阵国平"}, ("father_name", "陈国平")),
    ("authority_nearly_same", {"issue_authority": "保靖县入民医院"}, ("issue_authority", "保靖县人民医院")),
    ("age_contradicts", {"mother_age": "38"}, ("mother_age", "33")),
    ("unclean", {"birth_weight": "３４５０g"}, ("birth_weight", "3450")),
]


@pytest.mark.parametrize(("code", "changes", "proposed"), PROPOSED)
def test_proposes_what_would_settle_it(code: str, changes: dict[str, str], proposed: tuple[str, str]) -> None:
    assert proposed in proposals(the(code, changes))[:3]


@pytest.mark.parametrize(("code", "changes", "proposed"), PROPOSED)
def test_a_proposal_settles_its_finding(code: str, changes: dict[str, str], proposed: tuple[str, str]) -> None:
    assert code not in codes(changes | dict([proposed]))


@pytest.mark.parametrize("place", range(18))
def test_any_one_wrong_digit_of_a_number_is_found_and_the_right_number_proposed(place: int) -> None:
    from_digit = {
        "0": "8",
        "1": "7",
        "2": "7",
        "3": "8",
        "4": "1",
        "5": "6",
        "6": "0",
        "8": "3",
        "9": "0",
        "7": "1",
        "X": "4",
    }
    wrong = MOTHER_NUMBER[:place] + from_digit[MOTHER_NUMBER[place]] + MOTHER_NUMBER[place + 1 :]
    about_number = [
        finding for finding in findings({"mother_id_card_number": wrong}) if finding.code in {"id_checksum", "id_form"}
    ]
    assert ("mother_id_card_number", MOTHER_NUMBER) in proposals(about_number[0])


def test_numbers_are_never_proposed_that_do_not_fit_the_record() -> None:
    rng = random.Random(4)
    for _ in range(200):
        place = rng.randrange(18)
        wrong = FATHER_NUMBER[:place] + rng.choice("0123456789") + FATHER_NUMBER[place + 1 :]
        for finding in findings({"father_id_card_number": wrong}):
            for proposal in finding.proposals:
                if proposal.field == "father_id_card_number":
                    after = codes({"father_id_card_number": proposal.value})
                    assert not after & {
                        "id_checksum",
                        "id_form",
                        "id_sex",
                        "id_birth_unreal",
                        "age_contradicts",
                        "age_off_by_one",
                    }


def is_county_today(code: str, born: date) -> bool:
    return gazetteer.county_in(code) is not None


@pytest.mark.parametrize(
    "spoil", [lambda n: n[:5] + n[6:], lambda n: n[:8] + n[8] + n[8:], lambda n: n[:9] + "O" + n[10:]]
)
def test_a_lost_a_doubled_and_a_lettered_digit_are_mended(spoil: Callable[[str], str]) -> None:
    expected = Expected(is_male=False, child_born_on=None, age=None, areas=("433125",), is_county=is_county_today)
    number = resident_number(born="19900101")
    assert number in candidates(spoil(number), expected)


def test_a_number_whose_checksum_is_wrong_proposes_no_age() -> None:
    wrong = MOTHER_NUMBER.replace("1986", "1982")
    assert "id_checksum" in codes({"mother_id_card_number": wrong})
    finding = the("age_contradicts", {"mother_id_card_number": wrong})
    assert "mother_age" not in {field for field, _value in proposals(finding)}
    right = the("age_contradicts", {"mother_age": "35"})
    assert proposals(right)[0] == ("mother_age", "33")


def test_a_number_keeps_a_county_that_is_no_more() -> None:
    number = resident_number(area="310103")
    finding = the("id_checksum", {"mother_id_card_number": number.replace("1986", "1936")})
    assert ("mother_id_card_number", number) in proposals(finding)


def test_the_number_of_the_home_county_comes_first() -> None:
    expected = Expected(
        is_male=False, child_born_on=None, age=None, areas=("433125", "4331"), is_county=is_county_today
    )
    assert candidates(MOTHER_NUMBER[:5] + "6" + MOTHER_NUMBER[6:], expected)[0] == MOTHER_NUMBER


def test_what_is_nothing_like_a_number_has_no_candidates() -> None:
    expected = Expected(is_male=False, child_born_on=None, age=None, areas=(), is_county=is_county_today)
    assert candidates("", expected) == candidates("E12345678", expected) == candidates("一" * 18, expected) == []


def test_the_check_character_follows_the_standard() -> None:
    # The example of GB 11643-1999, annex A.
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@pytest.mark.parametrize("text", ["1" * 17, "1" * 19, "X" * 18, "１" * 18, "11010519491231002x", ""])
def test_only_seventeen_digits_and_a_digit_or_x_are_a_number(text: str) -> None:
    assert parse(text) is None


def test_the_three_mistakes_of_the_vendors_example_are_found_with_what_would_be_right() -> None:
    answer = parse_answer(json.loads(json.loads(EXAMPLE.read_text())["Data"]))
    read = {name: Reading(field.parts) for name, field in answer.fields.items()}
    all_findings = findings({name: field.value for name, field in answer.fields.items()}, read=read)

    place = next(finding for finding in all_findings if finding.fields[0] == "birth_place")
    assert (place.severity, place.proposals) == ("W", (Proposal("birth_place", "湖南湘西土家族苗族自治州保靖县"),))

    changed = next(finding for finding in all_findings if finding.code == "differs_from_parts")
    assert (changed.severity, changed.fields) == ("W", ("mother_address",))
    assert changed.params["parts"] == "湖南省湘西上家族苗族自治州保靖县"

    for number in ("mother_id_card_number", "father_id_card_number"):
        of_number = {finding.code: finding for finding in all_findings if finding.fields[0] == number}
        assert of_number.keys() >= {"id_checksum", "id_birth_unreal"}
        # No look-alike digits turn 2222-33-33 into a date, so nothing is proposed.
        assert not of_number["id_checksum"].proposals


def test_a_value_that_was_composed_in_another_order_is_not_called_changed() -> None:
    parts = ("湖南", "保靖县", "湘西土家族", "苗族自治州")
    assert not codes(read={"birth_place": Reading(parts)})
    assert not codes(read={"birth_time": Reading(("2019", "06", "26", "09", "28"))})
    assert not codes(read={"birth_time": Reading(("2019F06", "26日", "0928")), "sex": Reading(("男出生时间",))})
    assert not codes(read={"mother_name": Reading(("李 静怡",)), "father_name": Reading(())})


@pytest.mark.parametrize(
    ("field", "parts"), [("mother_ethnicity", "汶族"), ("birth_weight", "3480"), ("mother_age", "33岁3")]
)
def test_a_value_that_differs_from_its_parts_is_found(field: str, parts: str) -> None:
    assert "differs_from_parts" in codes(read={field: Reading((parts,))})


def test_what_the_recogniser_nearly_read_is_proposed() -> None:
    read = {"mother_name": Reading(alternatives=("李静恰", "李", "李静台", "李静1"))}
    finding = the("second_choice", {}, read=read)
    assert proposals(finding) == [("mother_name", "李静恰"), ("mother_name", "李静台")]
    address = TRUE["mother_address"]
    finding = the(
        "second_choice", {}, read={"mother_address": Reading(alternatives=("甫" + address[1:], address[:-1] + "甫"))}
    )
    assert proposals(finding) == [("mother_address", address[:-1] + "甫")]


def test_what_the_recogniser_nearly_read_comes_first_where_a_character_is_suspicious_anyway() -> None:
    changes = {"mother_name": "李睛"}
    plain = the("look_alike", changes)
    finding = the("look_alike", changes, read={"mother_name": Reading(alternatives=("李昱",))})
    assert proposals(finding) == [("mother_name", "李昱"), *proposals(plain)]
    assert "second_choice" not in codes(changes, read={"mother_name": Reading(alternatives=("李昱",))})


def test_known_institutions_are_compared_with_what_was_read() -> None:
    known = ("保靖县人民医院", "花垣县人民医院")
    changes = {"medical_institutions": "保靖县入民医院", "issue_authority": "保靖县入民医院"}
    assert proposals(the_of(changes, known)) == [("medical_institutions", "保靖县人民医院")]
    assert "organisation_nearly_known" not in codes(organisations=known)
    assert "organisation_nearly_known" not in codes(
        {"issue_authority": "长沙市第一医院"}, organisations=("长沙市第二医院",)
    )


def test_the_hospital_of_another_county_is_not_what_was_meant_where_the_child_was_born_in_this_one() -> None:
    elsewhere = ("花垣县人民医院", "临泉县人民医院")
    assert "organisation_nearly_known" not in codes({"medical_institutions": "保靖县人民医院"}, organisations=elsewhere)
    misread = {"medical_institutions": "保婧县人民医院"}
    assert proposals(the_of(misread, ("保靖县人民医院",))) == [("medical_institutions", "保靖县人民医院")]


def the_of(changes: dict[str, str], known: tuple[str, ...]) -> Finding:
    all_findings = findings(changes, organisations=known)
    return next(finding for finding in all_findings if finding.code == "organisation_nearly_known")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "number_second_scan"),
        ({"birth_weight": "３４５０ g"}, "number_second_scan"),
        ({"birth_weight": "3500"}, "number_reused"),
        ({"certificate_number": "T430123457"}, "issued_again"),
        ({"certificate_number": "T430123457", "neonatal_name": "杨建伟"}, "mother_twins"),
        ({"certificate_number": "T430123457", "birth_time": "2019年06月26日09时29分"}, "mother_twins"),
        ({"certificate_number": ""}, "mother_twins"),
        ({"certificate_number": "T430123457", "birth_time": "2019年06月27日09时00分"}, "mother_twins"),
        ({"certificate_number": "T430123457", "birth_time": "2019年06月28日09时00分"}, "mother_again"),
        ({"certificate_number": "T430123457", "birth_time": "2018年12月28日09时00分"}, "mother_again"),
        ({"certificate_number": "", "birth_time": "2019年06月28日09时00分"}, "mother_again"),
    ],
)
def test_another_record_with_the_same_number_or_mother_is_named(changes: dict[str, str], code: str) -> None:
    finding = the(code, {}, related=(RelatedRecord("#7", TRUE | changes),))
    assert "#7" in finding.sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate_number": "T430123457", "birth_time": "2018年12月27日09时00分"},
        {"certificate_number": "T430123457", "mother_id_card_number": resident_number(serial="004")},
        {"certificate_number": "T430123457", "mother_id_card_number": ""},
        {"certificate_number": "T430123457", "birth_time": ""},
    ],
)
def test_another_record_without_anything_in_common_is_not_named(changes: dict[str, str]) -> None:
    assert not codes(related=(RelatedRecord("#7", TRUE | changes),))


def test_records_without_a_number_are_not_the_same() -> None:
    empty = {"certificate_number": "", "mother_id_card_number": "//"}
    assert not {"number_reused", "number_second_scan", "mother_twins"} & codes(
        empty, related=(RelatedRecord("#7", TRUE | empty),)
    )
