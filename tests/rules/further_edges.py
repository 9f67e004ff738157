"""Edges of the rules on numbers, places, cards and names that depend on the year or on a people."""

from reviewapp.facts.residence_cards import check_digit
from reviewapp.facts.resident import check_character
from tests.rules.records import FOREIGN_FATHER, NO_FATHER, resident_number

OF_1998 = {"birth_time": "1998年06月26日09时28分", "issue_date": "1998年07月01日", "certificate_number": "1234567"}
OF_2026 = {"birth_time": "2026年01月02日09时28分", "issue_date": "2026年01月05日"}
UYGHUR = {
    "neonatal_name": "买买提·艾山",
    "father_name": "艾山·库尔班",
    "mother_name": "阿依古丽·吐尔逊",
    "father_ethnicity": "维吾尔族",
    "mother_ethnicity": "维吾尔族",
}


def card_of_2023(country: str = "840", born: str = "19840315", serial: str = "011", province: str = "43") -> str:
    """Return the number of a foreigner's card whose check character is right."""
    first_17 = f"9{province}{country}{born}{serial}"
    return first_17 + check_character(first_17)


def older_card(country: str = "USA", sex: str = "1") -> str:
    """Return the number of a card from before 2023 whose check digit is right."""
    first_14 = f"{country}4301840315{sex}"
    return first_14 + check_digit(first_14)


def with_card(number: str) -> dict[str, str]:
    return FOREIGN_FATHER | {"father_id_card_number": number}


def born_in(year: int, place: str) -> dict[str, str]:
    return {"birth_time": f"{year}年06月26日09时28分", "issue_date": f"{year}年07月01日", "birth_place": place}


FURTHER_EDGES: dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]] = {
    "number_form_new": (
        [OF_2026 | {"certificate_number": value} for value in ("AA43012345", "2643012345678", "4430123456")],
        [OF_2026 | {"certificate_number": "Z430123456"}, {"certificate_number": "AA43012345"}, OF_1998],
    ),
    "number_corps": ([{"certificate_number": "T660123456"}], [{"certificate_number": "T650123456"}]),
    # in use from 1998, 2001, 2021
    "id_county_newer": (
        [
            {"mother_id_card_number": resident_number(*given)}
            for given in (("110113", "19860101"), ("110115", "19800101"), ("330113", "19860101"))
        ],
        [
            {"mother_id_card_number": resident_number(*given)}
            for given in (("110113", "19980101"), ("362502", "19870101"), ("110103", "19500101"))
        ],
    ),
    # in use until 1986, 1997
    "id_county_older": (
        [
            {"mother_id_card_number": resident_number(*given)}
            for given in (("110110", "19870101"), ("510214", "19980101"))
        ],
        [{"mother_id_card_number": resident_number(*given)} for given in (("110110", "19861231"), ("433125",))],
    ),
    "card_nationality": (
        [with_card(card_of_2023(country="826")), with_card(older_card("GBR"))],
        [with_card(card_of_2023()), with_card(older_card()), FOREIGN_FATHER],
    ),
    "card_check": (
        [with_card("USA430184031510")],
        [with_card(older_card()), with_card("USA4301840315"), with_card(card_of_2023()[:17] + "1")],
    ),
    "card_sex": ([with_card(older_card(sex="2"))], [with_card(older_card())]),
    "patronym_differs": (
        [UYGHUR | {"neonatal_name": "买买提·库尔班"}],
        [
            UYGHUR,
            UYGHUR | {"neonatal_name": "买买提"},
            UYGHUR | {"father_name": ""},
            UYGHUR | {"father_name": "艾山"},
            {"neonatal_name": "杨建宇"},
        ],
    ),
    "place_not_yet": (
        [born_in(2010, "浙江省杭州市临平区"), born_in(2010, "湖南长沙宁乡市")],
        [born_in(2022, "浙江省杭州市临平区"), born_in(2010, "湖南长沙宁乡")],
    ),
    "place_no_more": (
        [born_in(2022, "湖南省长沙市宁乡县"), born_in(2019, "北京市崇文区")],
        [born_in(2010, "湖南省长沙市宁乡县"), born_in(2018, "湖南省长沙市宁乡县")],
    ),
    "private_use": (
        [{"neonatal_name": "杨\ue81e宇"}, {"mother_name": "李\ue000"}, {"father_name": "杨\U000f0000平"}],
        [{"neonatal_name": "杨龴宇"}, {"mother_address": "湖南省湘西土家族苗族自治州保靖县\ue81e村"}],
    ),
    "private_use_elsewhere": (
        [
            {"mother_address": "湖南省湘西土家族苗族自治州保靖县\ue000村"},
            {"birth_place": "湖南湘西土家族苗族自治州保靖县\ue81e"},
        ],
        [{"mother_name": "李\ue000"}, {}],
    ),
    "slashes_and_values": (
        [{"father_name": "///"}, {"mother_address": "////////"}, {"mother_ethnicity": "/"}],
        [
            NO_FATHER,
            NO_FATHER | {name: "//" for name in NO_FATHER if name.startswith("father_")},
            FOREIGN_FATHER | {"father_ethnicity": "/"},
            {"father_address": "湖南省保靖县1/2号"},
        ],
    ),
}
