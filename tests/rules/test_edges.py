"""Every rule at its edge, on both sides: what it finds, and what it leaves alone."""

import pytest

from reviewapp.rules.catalogue import BY_CODE, RULES, Severity
from tests.rules.further_edges import FURTHER_EDGES
from tests.rules.records import FOREIGN_FATHER, MOTHER_NUMBER, NO_FATHER, TRUE, codes, findings, resident_number

# code → (changes that it finds, changes that it leaves alone)
EDGES: dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]] = {
    "missing": (
        [
            {"birth_weight": ""},
            {"gestational_age": "/"},
            {"mother_age": ""},
            {"mother_ethnicity": "//"},
            {"father_address": "///////"},
            {"medical_institutions": " "},
        ],
        [NO_FATHER, FOREIGN_FATHER, {"neonatal_name": ""}],
    ),
    "malformed": ([{"mother_address": "12345"}, {"issue_authority": "--"}], [{"mother_address": "12 Main Street"}]),
    "unclean": ([{"birth_weight": "３４５０"}, {"issue_date": "2019-07-01"}], [{"birth_weight": "/"}]),
    "number_form": (
        [
            {"certificate_number": value}
            for value in ("", "t43012345", "T43012345", "T4301234567", "4430123456", "T43O123456", "TT30123456")
        ],
        [{"certificate_number": "T430000000"}, {"certificate_number": "t430123456"}],
    ),
    "number_province": (
        [{"certificate_number": "T190123456"}, {"certificate_number": "T000123456", "birth_place": ""}],
        [{"certificate_number": "T110123456"}],
    ),
    "number_year": (
        [
            {"certificate_number": "R430123456"},
            {"certificate_number": "V430123456"},
            {"certificate_number": "Z430123456"},
        ],
        [
            {"certificate_number": "S430123456"},
            {"certificate_number": "U430123456"},
            {"issue_date": ""},
            {"certificate_number": "Z430123456", "issue_date": "2026年01月02日"},
        ],
    ),
    "number_elsewhere": (
        [{"certificate_number": "T440123456"}, {"birth_place": "广东广州市天河区"}],
        [{"birth_place": ""}, {"birth_place": "//"}],
    ),
    "birth_time_unreal": (
        [
            {"birth_time": value}
            for value in (
                "",
                "//",
                "2019年02月29日09时28分",
                "2019年06月26日24时00分",
                "2019年06月26日",
                "2019年06月26日09时60分",
                "2019年13月26日09时00分",
            )
        ],
        [{"birth_time": "2020年02月29日23时59分"}, {"birth_time": "2019-06-26 09:28"}],
    ),
    "birth_time_future": ([{"birth_time": "2026年01月16日00时00分"}], [{"birth_time": "2026年01月15日23时59分"}]),
    "birth_time_early": ([{"birth_time": "1995年12月31日23时59分"}], [{"birth_time": "1996年01月01日00时00分"}]),
    "time_digit_lost": ([{"birth_time": "2019年6月26日09时28分"}, {"issue_date": "2019年07月1日"}], [{}]),
    "issue_date_unreal": (
        [{"issue_date": value} for value in ("", "2019年02月30日", "2019年07月", "/")],
        [{"issue_date": "2020年02月29日"}],
    ),
    "issue_date_future": ([{"issue_date": "2026年01月16日"}], [{"issue_date": "2026年01月15日"}]),
    "issued_before_birth": ([{"issue_date": "2019年06月25日"}], [{"issue_date": "2019年06月26日"}, {"birth_time": ""}]),
    "issued_late": (
        [
            {"issue_date": "2019年08月02日"},
            {"issue_date": "2019年07月12日", "birth_time": "2019年01月12日09时28分"},
            {"issue_date": "2019年12月28日", "certificate_number": "T330123456"},
        ],
        [{"issue_date": "2019年07月26日"}],
    ),
    "issued_very_late": ([{"issue_date": "2019年12月27日"}], [{"issue_date": "2019年12月26日"}]),
    "sex_unknown": ([{"sex": value} for value in ("", "男女", "M", "另")], [{"sex": "女"}, {"sex": " 男"}]),
    "gestation_unreadable": (
        [{"gestational_age": value} for value in ("四十", "40+7", "4O", "+3")],
        [{"gestational_age": value} for value in ("40+6", "40⁺³", "40*3", "40周", "/")],
    ),
    "gestation_run_together": ([{"gestational_age": "403"}, {"gestational_age": "386"}], [{"gestational_age": "40"}]),
    "gestation_impossible": (
        [{"gestational_age": "19"}, {"gestational_age": "46"}, {"gestational_age": "4"}],
        [{"gestational_age": "20"}, {"gestational_age": "45"}, {"gestational_age": "45+6"}],
    ),
    "gestation_unusual": (
        [{"gestational_age": "27+6"}, {"gestational_age": "43"}],
        [{"gestational_age": "28"}, {"gestational_age": "42+6"}],
    ),
    "weight_unreadable": ([{"birth_weight": "34S0"}, {"birth_weight": "三千"}], [{"birth_weight": "3450克"}]),
    "weight_in_kilograms": ([{"birth_weight": "3.45"}, {"birth_weight": "3.4kg"}], [{"birth_weight": "3450.0"}]),
    "weight_impossible": (
        [{"birth_weight": "300"}, {"birth_weight": "10000"}, {"birth_weight": "3"}],
        [{"birth_weight": "301"}, {"birth_weight": "9999"}],
    ),
    "weight_unusual": (
        [{"birth_weight": "999"}, {"birth_weight": "5001"}],
        [{"birth_weight": "1000"}, {"birth_weight": "5000"}],
    ),
    "length_unreadable": ([{"birth_length": "5O"}], [{"birth_length": "49.5"}, {"birth_length": "50cm"}]),
    "length_impossible": (
        [{"birth_length": "25"}, {"birth_length": "75"}],
        [{"birth_length": "25.1"}, {"birth_length": "74.9"}],
    ),
    "length_unusual": (
        [{"birth_length": "39.9"}, {"birth_length": "58.1"}],
        [{"birth_length": "40"}, {"birth_length": "58"}],
    ),
    "weight_for_weeks": (
        [{"birth_weight": "1499", "gestational_age": "37"}, {"birth_weight": "2501", "gestational_age": "28"}],
        [
            {"birth_weight": "1500", "gestational_age": "37"},
            {"birth_weight": "1499", "gestational_age": "36+6"},
            {"birth_weight": "2500", "gestational_age": "28"},
            {"birth_weight": "2501", "gestational_age": "29"},
            {"birth_weight": "", "gestational_age": "37"},
        ],
    ),
    "id_form": (
        [
            {"mother_id_card_number": value}
            for value in (
                MOTHER_NUMBER[:17],
                MOTHER_NUMBER + "1",
                "X" + MOTHER_NUMBER[1:],
                MOTHER_NUMBER[:9] + "O" + MOTHER_NUMBER[10:],
            )
        ],
        [{"mother_id_card_number": value} for value in ("", "//////////", "H12345678")],
    ),
    "id_checksum": ([{"mother_id_card_number": "433125198601010021"}], [FOREIGN_FATHER]),
    "id_birth_unreal": (
        [
            {"mother_id_card_number": resident_number(born=born)}
            for born in ("19861301", "19860230", "22223333", "20860101")
        ],
        [{"mother_id_card_number": resident_number(born="19880229")}],
    ),
    "id_birth_after_child": (
        [{"mother_id_card_number": resident_number(born=born)} for born in ("20190626", "20190627")],
        [{"mother_id_card_number": resident_number(born="20190625")}, {"birth_time": ""}],
    ),
    "id_sex": (
        [
            {"mother_id_card_number": resident_number(serial="003")},
            {"father_id_card_number": resident_number(serial="002")},
        ],
        [{"mother_id_card_number": resident_number(serial="000")}],
    ),
    "age_off_by_one": ([{"mother_age": "32"}, {"mother_age": "34"}], [{"mother_age": "31"}, {"mother_age": ""}]),
    "age_contradicts": (
        [{"mother_age": "31"}, {"mother_age": "35"}, {"mother_id_card_number": resident_number(born="19880627")}],
        [
            {"mother_age": "32"},
            {"birth_time": ""},
            {"mother_id_card_number": resident_number(born="19870626"), "mother_age": "32"},
        ],
    ),
    "age_unreadable": ([{"mother_age": "三三"}, {"mother_age": "3O"}], [{"mother_age": "33岁"}, {"mother_age": "/"}]),
    "id_province_unknown": (
        [{"mother_id_card_number": resident_number(area="193125")}],
        [{"mother_id_card_number": resident_number(area="813125")}],
    ),
    "id_county_unknown": (
        [{"mother_id_card_number": resident_number(area="433199")}],
        [{"mother_id_card_number": resident_number(area=area)} for area in ("110103", "330113", "810000", "830000")],
    ),
    "parent_age_unusual": (
        [{"mother_age": "13"}, {"mother_age": "51"}, {"father_age": "15"}, {"father_age": "76"}],
        [{"mother_age": "14"}, {"mother_age": "50"}, {"father_age": "16"}, {"father_age": "75"}],
    ),
    "mother_young": ([{"mother_age": "19"}], [{"mother_age": "20"}, {"father_age": "19"}]),
    "parents_same_number": ([{"father_id_card_number": MOTHER_NUMBER}], [NO_FATHER | {"mother_id_card_number": "/"}]),
    "parents_same_name": ([{"father_name": "李静怡"}], [NO_FATHER]),
    "id_kind": (
        [
            {"mother_id_card_number": "E12345678"},
            {"father_nationality": "美国"},
            {"mother_nationality": "中国（香港）"},
            FOREIGN_FATHER | {"father_id_card_number": "E123"},
        ],
        [
            FOREIGN_FATHER,
            NO_FATHER,
            {"mother_id_card_number": "H12345678"},
            FOREIGN_FATHER | {"father_id_card_number": "9" + resident_number()[1:]},
            {"mother_nationality": "中国（香港）", "mother_id_card_number": "H1234567890"},
            {"mother_nationality": "中国(台湾)", "mother_id_card_number": resident_number(area="830000")},
            FOREIGN_FATHER | {"father_id_card_number": "A2345"},
            FOREIGN_FATHER | {"father_id_card_number": "A" * 17},
        ],
    ),
    "nationality_unknown": (
        [{"mother_nationality": "中围"}, {"mother_nationality": "China"}],
        [{"mother_nationality": "中国（香港）"}, {"mother_nationality": "/"}, FOREIGN_FATHER],
    ),
    "ethnicity_unknown": (
        [{"mother_ethnicity": "上家族"}, {"mother_ethnicity": "汶"}],
        [{"mother_ethnicity": value} for value in ("汉", "土家族", "其他", "穿青人", "/", "乌孜别克族")],
    ),
    "name_empty": ([{"neonatal_name": ""}, {"mother_name": "///"}], [NO_FATHER]),
    "name_form": (
        [{"neonatal_name": "杨"}, {"mother_name": "李1怡"}],
        [
            {"neonatal_name": "杨宇"},
            {"mother_name": "阿依古丽·买买提"},
            {"mother_name": "李 静 怡"},
            {"mother_name": "李𬸚"},
            {"mother_name": "〓〓"},
        ],
    ),
    "no_code_point": (
        [{"neonatal_name": "杨〓"}, {"mother_name": "〓静怡"}, {"mother_address": "湖南省长沙市岳麓区〓村1号"}],
        [{"neonatal_name": "杨赟"}],
    ),
    "name_latin": ([{"mother_name": "Anna Li"}], [FOREIGN_FATHER, FOREIGN_FATHER | {"neonatal_name": "Emma Miller"}]),
    "name_outside_standard": (
        [{"neonatal_name": "杨媽宇"}, {"neonatal_name": "杨龘"}],
        [{"neonatal_name": "杨赟"}, {"neonatal_name": "杨〓"}, {"mother_name": "李媽"}],
    ),
    "surname_of_neither": (
        [{"neonatal_name": "冯建宇"}, NO_FATHER | {"neonatal_name": "杨建宇"}],
        [
            {"neonatal_name": "李建宇"},
            {"neonatal_name": "杨李建"},
            {"neonatal_name": "〓建宇"},
            {"father_name": "〓国平"},
            FOREIGN_FATHER,
            {"father_name": "欧阳国平", "neonatal_name": "欧阳建宇"},
            {"father_name": "买买提·艾山"},
            {"neonatal_name": ""},
            FOREIGN_FATHER | {"neonatal_name": "Emma"},
        ],
    ),
    "place_unresolved": (
        [
            {"birth_place": value}
            for value in (
                "湖南湘西土家族保靖县苗族自治州",
                "湖南省",
                "湖南长沙市",
                "保靖县",
                "湖南湘西土家族苗族自治州保清县",
                "湖南省保靖县",
            )
        ],
        [
            {"birth_place": value}
            for value in (
                "湖南省湘西土家族苗族自治州保靖县",
                "湖南湘西保靖",
                "湖南湘西土家族苗族自治州保靖",
                "湖南省湘西保靖县",
                "重庆丰都",
                "重庆重庆丰都",
                "北京北京海淀",
                "湖南湖南省长沙市岳麓区",
                "重庆市重庆市丰都县",
                "重庆市丰都县",
                "广东东莞市",
                "湖北仙桃市",
                "海南省陵水黎族自治县",
                "",
            )
        ],
    ),
    "place_unit_differs": ([{"birth_place": "湖南省长沙市宁乡县"}], [{"birth_place": "湖南省长沙市宁乡市"}]),
    "institution_elsewhere": (
        [{"medical_institutions": "湖南省长沙市妇幼保健院"}, {"medical_institutions": "花垣县人民医院"}],
        [
            {"medical_institutions": "湖南省人民医院"},
            {"medical_institutions": "湘西土家族苗族自治州人民医院"},
            {"medical_institutions": "协和医院"},
        ],
    ),
    "authority_differs": ([{"issue_authority": "保靖县妇幼保健院"}], [{"issue_authority": ""}]),
    "authority_nearly_same": (
        [{"issue_authority": "保靖县入民医院"}, {"issue_authority": "保靖县人民医"}],
        [{"medical_institutions": "长沙市第一医院", "issue_authority": "长沙市第二医院"}],
    ),
    "mother_not_provided": ([{name: "" for name in TRUE if name.startswith("mother_")}], [{"mother_name": ""}]),
    "father_not_provided": (
        [NO_FATHER, {name: "//" for name in NO_FATHER if name != "neonatal_name"}],
        [{"father_name": ""}],
    ),
    "area_elsewhere": ([{"mother_address": "湖南省长沙市岳麓区麓山路1号"}], [{"mother_address": "湖南省长沙市"}]),
    "look_alike": (
        [
            {"mother_name": "李媽怡"},
            {"father_name": "阵国平"},
            {"mother_name": "李静睛"},
            {"father_name": "杨钓"},
            {"mother_name": "李吴"},
            {"mother_name": "李静住"},
        ],
        [{"mother_name": "吴静"}, {"mother_name": "李昊"}, {"father_name": "陈国平"}],
    ),
    "look_alike_possible": ([{"mother_name": "李静妹"}, {"mother_name": "张浩"}], [{"mother_name": "张静怡"}]),
    "unusual_character": ([{"mother_name": "李喊"}, {"father_name": "杨国喊"}], [{"mother_name": "李赟"}]),
    "look_alike_address": ([{"mother_address": "湖南省湘西土家族苗族自治州保靖县迁陵镇大犬村"}], [{}]),
    "address_nearly_known": (
        [
            {"mother_address": "湖南省湘西上家族苗族自治州保靖县迁陵镇"},
            {"mother_address": "湖南省长沙市岳鹿区麓山路1号"},
            {"mother_address": "长纱市岳麓区麓山路1号"},
            {"mother_address": "岳鹿区麓山路1号"},
            {"mother_address": "湖南省长纱市岳麓区麓山路1号"},
        ],
        [
            {"mother_address": "长沙市岳麓区麓山路1号"},
            {"mother_address": "岳麓区麓山路1号"},
            {"mother_address": "东阳市横店镇1号"},
            {"mother_address": "丹阳市云阳街道1号"},
            {"mother_address": "湖南长沙岳麓区麓山路1号"},
            {"mother_address": "湖南省长沙市宁乡县城关镇"},
            {"mother_address": "纽约第五大道1号"},
        ],
    ),
} | FURTHER_EDGES
# Found with the help of something beside the record; their tests stand in files of their own.
ELSEWHERE = {
    "low_probability",
    "no_polygon",
    "polygon_outside",
    "returned",
    "number_reused",
    "number_second_scan",
    "mother_again",
    "mother_twins",
    "differs_from_parts",
    "second_choice",
    "organisation_nearly_known",
    "issued_again",
    "barcode_differs",
    "barcode_unreadable",
    "edition_too_new",
    "edition_too_old",
    "edition_landscape",
}


def test_the_true_record_breaks_no_rule() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_place": "湖南湘西土家族苗族自治州保靖"},
        {"birth_place": "湖南省湘西保靖县"},
        {"birth_place": "湖南湘西保靖"},
        {"mother_address": "湖南省湘西保靖县迁陵镇东风村"},
    ],
)
def test_unit_words_that_the_form_prints_itself_may_be_left_out(changes: dict[str, str]) -> None:
    assert findings(changes) == []


@pytest.mark.parametrize("char", "杨伟晨森浩远辰利震洲")
@pytest.mark.parametrize("field", ["neonatal_name", "mother_name", "father_name"])
def test_a_character_of_many_names_asks_for_no_look(field: str, char: str) -> None:
    names = findings({field: TRUE[field][:2] + char})
    assert {finding.severity for finding in names} <= {Severity.INFO}


def test_every_rule_has_its_edges_here_or_elsewhere() -> None:
    assert EDGES.keys() | ELSEWHERE >= {rule.code for rule in RULES} - {"disagreement"}
    assert {BY_CODE[code].number for code in EDGES.keys() | ELSEWHERE} >= {*range(33), *range(36, 40)}


@pytest.mark.parametrize(
    ("code", "changes"), [(code, changes) for code, (wrong, _right) in EDGES.items() for changes in wrong]
)
def test_a_rule_finds_what_lies_beyond_its_edge(code: str, changes: dict[str, str]) -> None:
    assert code in codes(changes)


@pytest.mark.parametrize(
    ("code", "changes"), [(code, changes) for code, (_wrong, right) in EDGES.items() for changes in right]
)
def test_a_rule_leaves_alone_what_lies_within_its_edge(code: str, changes: dict[str, str]) -> None:
    assert code not in codes(changes)


@pytest.mark.parametrize("code", EDGES)
def test_a_finding_names_only_the_fields_that_its_rule_lists(code: str) -> None:
    for changes in EDGES[code][0]:
        for finding in findings(changes):
            assert set(finding.fields) <= set(BY_CODE[finding.code].fields)
