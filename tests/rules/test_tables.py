"""The tables of look-alikes and of characters: what they hold, and that the commands build them."""

from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest

from reviewapp.facts.distance import bag_distance, distance, prefix_distance
from reviewapp.facts.frequencies import Role, groups, levels, per_million
from reviewapp.facts.lookalikes import TABLE, alike, are_alike
from reviewapp.facts.misreadings import SUSPICIOUS, odds
from tests.tables import characters, lookalikes

FONTS = sorted(Path(pylopdf_fonts_zh_cn.__file__).parent.glob("*.otf"))
# The specification's list to start from.
_LISTED = (
    "土上士 末未 日曰目 人入八 己已巳 干千于 大太犬 王玉主 冯马 侯候 季李 刘列 陈阵 杨扬 何河 洪供 玮伟 博搏 茜西 "
    "萍苹 泽译 州洲 薛薜 妤好 圩坪 圳训 昊吴 嫣媽 绰掉 晴睛 瑜喻 祎袆 汩汨 戍戌戊 佳住 晨辰 微徵 钧钓 彬杉 莉利 芮苪"
)
LISTED = _LISTED.split()


@pytest.mark.parametrize("group", LISTED)
def test_the_listed_characters_look_alike(group: str) -> None:
    assert all(are_alike(one, other) for one in group for other in group if one != other)


@pytest.mark.parametrize("surname", "王李张刘陈杨黄赵吴周徐孙朱胡郭何林高罗郑梁谢宋唐许邓韩曹彭曾")
def test_no_common_surname_cries_wolf(surname: str) -> None:
    assert odds(surname, Role.SURNAME) < SUSPICIOUS[Role.SURNAME] / 2


@pytest.mark.parametrize("char", "文明华玉英志海春林芳丽秀兰晓伟梅宇嘉俊思雨欣梓轩涵昊嫣赟绰玥汐")
def test_no_character_that_names_are_known_for_cries_wolf_in_both_sexes(char: str) -> None:
    assert min(odds(char, role) for role in (Role.FEMALE, Role.MALE)) < SUSPICIOUS[Role.MALE]


@pytest.mark.parametrize(
    ("read", "true"), ["吴昊", "掉绰", "住佳", "睛晴", "搏博", "苹萍", "译泽", "钓钧", "喻瑜", "供洪"]
)
def test_what_no_given_name_has_is_suspicious_for_what_it_may_have_been(read: str, true: str) -> None:
    assert max(odds(read, role) for role in (Role.FEMALE, Role.MALE)) > SUSPICIOUS[Role.MALE]
    assert true in alike(read)


def test_there_are_8105_standard_characters_on_three_levels() -> None:
    assert [list(levels().values()).count(level) for level in (1, 2, 3)] == [3500, 3000, 1605]


def test_no_character_is_impossible_anywhere() -> None:
    assert all(per_million(char, role) > 0 for char in "王龘媽一" for role in Role)


def test_no_character_stands_in_two_groups_of_the_same_kind() -> None:
    for kind in ("surnames_", "given_"):
        members = [char for word, chars in groups().items() if word.startswith(kind) for char in set(chars)]
        assert len(members) == len(set(members))


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("", "", 0),
        ("土家族", "土家族", 0),
        ("上家族", "土家族", 0.3),
        ("家族", "土家族", 1),
        ("土家家族", "土家族", 1),
        ("汉族", "回族", 1),
    ],
)
def test_look_alikes_are_nearer_than_other_characters(one: str, other: str, cost: float) -> None:
    assert distance(one, other) == pytest.approx(cost)


def test_a_beginning_is_compared_as_far_as_it_is_alike() -> None:
    assert prefix_distance("保靖县迁陵镇", "保靖县") == (0, 3)
    assert prefix_distance("保县迁陵镇", "保靖县") == (1, 2)
    assert bag_distance("湖南保靖县湘西", "湖南湘西保靖县") == 0


@pytest.mark.slow
def test_the_shipped_table_is_what_the_command_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "lookalikes.tsv"
    monkeypatch.setattr(lookalikes, "TABLE", built)
    lookalikes.main([*map(str, FONTS)])
    made, shipped = ({*path.read_text(encoding="utf-8").splitlines()} for path in (built, TABLE))
    # The last digit of a correlation may differ from one processor to the next.
    assert len(made ^ shipped) <= len(shipped) / 100


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "font.otf").write_bytes(b"no font")
    with pytest.raises(SystemExit):
        lookalikes.main([str(tmp_path / "font.otf")])


def test_characters_are_counted_in_names_and_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NAME_TABLE", "TEXT_TABLE"):
        monkeypatch.setattr(characters, name, tmp_path / name)
    (tmp_path / "words").write_text("王鑫鑫 3 nr\n李鑫梅 3 nr\n卡拉 2 nrt\n深圳 90 ns\n去 10 v\n", encoding="utf-8")
    (tmp_path / "villages").write_text("code,name\n1,深圳村委会\n2,圩坪社区居委会\n", encoding="utf-8")
    (tmp_path / "streets").write_text("code,name\n1,深南街道\n", encoding="utf-8")
    characters.main([f"--{name}={tmp_path / name}" for name in ("words", "villages", "streets")])
    names, texts = ((tmp_path / name).read_text(encoding="utf-8") for name in ("NAME_TABLE", "TEXT_TABLE"))
    of_names = {row.split("\t")[0]: row.split("\t")[1:] for row in names.splitlines()}
    of_texts = {row.split("\t")[0]: row.split("\t")[1:] for row in texts.splitlines()}
    assert of_names["character"] == ["surname", "female", "male", "foreign"]
    assert int(of_names["王"][0]) > int(of_names["昝"][0]) > 0 == int(of_names["芳"][0])
    assert int(of_names["芳"][1]) > int(of_names["芳"][2]) > 0
    assert int(of_names["拉"][3]) > int(of_names["鑫"][3])
    assert of_texts["深"] == ["333333", "424528.3"]
    assert of_texts["圩"][0] == "166667"
    assert "村" not in of_texts or float(of_texts["村"][0]) == 0
