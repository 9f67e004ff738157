"""Closed vocabularies: the ethnic groups of GB/T 3304 and the countries of GB/T 2659. Pure."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from reviewapp.facts.distance import distance

COUNTRIES = Path(__file__).parent.parent / "data" / "countries.csv"
# In the standard's order, so that a group's place is its code.
_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNIC_GROUPS = tuple(_GROUPS.split())
ETHNIC_OTHERS = ("其他", "穿青人", "其他族", "未识别民族", "外国血统中国籍人士", "外国血统")
# The engine takes a misread text for one of these; further words of ETHNIC_OTHERS it leaves as read.
PRINTED_ETHNIC_GROUPS = (*ETHNIC_GROUPS, "其他", "穿青人")
CHINA = "CHN"
SEXES = ("男", "女")
# Whose names mostly have no surname; Mongols have one here and none there.
WITHOUT_SURNAMES = frozenset(
    {"维吾尔", "哈萨克", "柯尔克孜", "塔吉克", "乌孜别克", "塔塔尔", "藏", "门巴", "蒙古"}
)


def is_printed_ethnic_group(text: str) -> bool:
    """Tell whether a text is a group's name as certificates print it, with or without 族."""
    return text.removesuffix("族") in PRINTED_ETHNIC_GROUPS


def ethnic_code(text: str) -> str:
    """Return the two digits of GB/T 3304 for a group's name with or without 族, "" for any other text."""
    stem = text if text in ETHNIC_GROUPS else text.removesuffix("族")
    if stem not in ETHNIC_GROUPS:
        return ""
    return f"{ETHNIC_GROUPS.index(stem) + 1:02d}"


def has_no_surnames(ethnicity: str) -> bool:
    """Return whether people of an ethnic group, with or without 族, may have no surname."""
    return ethnicity.removesuffix("族") in WITHOUT_SURNAMES


def nearest_ethnic_groups(text: str) -> list[str]:
    return nearest(text, [f"{group}族" for group in ETHNIC_GROUPS])


@cache
def countries() -> Mapping[str, str]:
    """Return the three letters of GB/T 2659 by every Chinese name of a country."""
    with COUNTRIES.open(encoding="utf-8") as file:
        return {row["name"]: row["code"] for row in csv.DictReader(file)}


def country_code(text: str) -> str:
    """Return the country's three letters, "" when the text is no country's name."""
    return countries().get(text.replace("(", "（").replace(")", "）"), "")


@cache
def offers() -> Mapping[str, tuple[str, ...]]:
    """Return by kind of value the words that are offered for it, China before other countries."""
    first_names: dict[str, str] = {}
    for name, code in countries().items():
        first_names.setdefault(code, name)
    china = first_names.pop(CHINA)
    groups = tuple(f"{group}族" for group in ETHNIC_GROUPS)
    return {
        "sex": SEXES,
        "nationality": (china, *first_names.values()),
        "ethnicity": (*groups, *ETHNIC_OTHERS[:2]),
    }


@cache
def country_numbers() -> Mapping[str, str]:
    """Return the three letters of GB/T 2659 by the three digits of it."""
    with COUNTRIES.open(encoding="utf-8") as file:
        return {row["number"]: row["code"] for row in csv.DictReader(file)}


def country_name(code: str) -> str:
    """Return a country's name by its three letters, the letters when there is no such country."""
    return next((name for name, known in countries().items() if known == code), code)


def nearest(text: str, words: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the words that a misread text may stand for, best first.

    Half of the text may be wrong at most.
    """
    most = max(1.0, len(text) / 2)
    costs = {}
    for word in words:
        if abs(len(word) - len(text)) <= most:
            costs[word] = distance(text, word)
    # Words that a look-alike more tells apart from the best are as likely; others are not.
    most = min(most, min(costs.values(), default=0) + 0.7)
    best_first = sorted(costs, key=costs.__getitem__)
    return [word for word in best_first if costs[word] <= most][:limit]
