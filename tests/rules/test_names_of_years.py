"""Names are weighed by sex and years of birth: what is given most often asks nobody for a look."""

import pytest

from reviewapp.rules.catalogue import Severity
from tests.rules.records import TRUE, codes, findings, resident_number

# The most given names by the reports of the ministry of public security, as far as they are known for sure.
MOST_GIVEN = {
    ("男", 2018): "浩宇 浩然 宇轩 宇航 铭泽 子墨 梓睿 子睿",
    ("女", 2018): "梓涵 一诺 欣怡 诗涵 依诺 雨涵",
    ("男", 2019): "浩宇 浩然 宇轩 宇航 铭泽 子墨 梓睿 子睿 宇泽 奕辰",
    ("女", 2019): "一诺 欣怡 梓涵 诗涵 依诺 雨桐 欣妍 可欣 佳怡 雨涵",
    ("男", 2020): "奕辰 宇轩 浩宇 亦辰 宇辰 子墨 宇航 浩然 梓豪 亦宸",
    ("女", 2020): "一诺 依诺 欣怡 梓涵 语桐 欣妍 可欣 语汐 雨桐 梦瑶",
    ("男", 2021): "沐宸 浩宇 沐辰 茗泽 奕辰 宇泽 浩然 奕泽 宇轩 沐阳",
    ("女", 2021): "若汐 一诺 艺涵 依诺 梓涵 苡沫 雨桐 欣怡 语桐 语汐",
}
CASES = [(sex, year, name) for (sex, year), names in MOST_GIVEN.items() for name in names.split()]
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
)


def of_year(sex: str, year: int, given: str) -> dict[str, str]:
    """Return changes that make the true record one of a child of this year, its parents as old as they were."""
    return {
        "neonatal_name": f"杨{given}",
        "sex": sex,
        "birth_time": f"{year}年06月26日09时28分",
        "issue_date": f"{year}年07月01日",
        "certificate_number": f"{chr(ord('A') + year - 2000)}430123456",
        "mother_age": str(year - 1986),
        "father_age": str(year - 1984),
    }


@pytest.mark.parametrize(("sex", "year", "name"), CASES)
def test_the_names_given_most_often_raise_nothing(sex: str, year: int, name: str) -> None:
    assert findings(of_year(sex, year, name)) == []


@pytest.mark.parametrize("surname", SURNAMES)
def test_a_common_surname_raises_nothing_though_nobody_shares_it(surname: str) -> None:
    assert findings({"mother_name": f"{surname}静怡"}) == []


@pytest.mark.parametrize(("father", "mother"), [("浩辰", "静怡"), ("国平", "静妤"), ("国强", "小娟")])
def test_parents_are_weighed_by_the_names_of_their_own_years(father: str, mother: str) -> None:
    found = findings({"father_name": f"杨{father}", "mother_name": f"李{mother}"})
    assert {finding.severity for finding in found} <= {Severity.INFO}


def test_one_character_is_common_for_a_boy_of_today_and_rare_for_a_woman_of_then() -> None:
    assert not codes(of_year("男", 2020, "宸"))
    rare = codes({"mother_name": "李住", "mother_id_card_number": resident_number(born="19860101")})
    assert "look_alike" in rare


@pytest.mark.parametrize("people", ["藏族", "门巴族", "蒙古族", "维吾尔"])
@pytest.mark.parametrize("name", ["扎西卓玛", "次仁旺姆", "格桑", "乌云其木格"])
def test_names_without_a_surname_are_not_weighed_as_if_they_had_one(people: str, name: str) -> None:
    found = findings({"mother_name": name, "mother_ethnicity": people})
    assert {finding.severity for finding in found} <= {Severity.INFO}


@pytest.mark.parametrize("child", ["杨李子涵", "杨李涵", "李杨涵"])
def test_the_other_parents_surname_in_the_middle_asks_for_no_look(child: str) -> None:
    assert not {"look_alike", "unusual_character"} & codes({"neonatal_name": child})


@pytest.mark.parametrize("child", ["杨建住", "杨建睛", "杨建钓", "杨曰宇"])
def test_what_is_no_childs_character_still_asks_for_a_look(child: str) -> None:
    assert {"look_alike", "unusual_character"} & codes({"neonatal_name": child})


@pytest.mark.parametrize("length", [50, 51, 200])
def test_no_name_is_cut(length: int) -> None:
    name = "阿" * (length // 2) + "·" + "古" * (length - length // 2 - 1)
    found = findings(
        {"mother_name": name + "1", "mother_ethnicity": "维吾尔族", "neonatal_name": TRUE["neonatal_name"]}
    )
    (form,) = [finding for finding in found if finding.code == "name_form"]
    assert form.params["value"] == name + "1"
    assert name + "1" in form.sentence
    assert not {finding.code for finding in findings({"mother_name": name})} & {"name_form", "unclean"}


@pytest.mark.parametrize(
    ("ethnicity", "child"),
    [("维吾尔族", "买买提"), ("藏族", "扎西"), ("蒙古族", "巴特尔"), ("塔吉克", "胡达"), ("门巴族", "央金")],
)
def test_no_surname_is_asked_for_where_the_people_has_none(ethnicity: str, child: str) -> None:
    assert "surname_of_neither" not in codes({"neonatal_name": child, "father_ethnicity": ethnicity})
    assert "surname_of_neither" in codes({"neonatal_name": child, "father_ethnicity": "汉族"})
