"""What may stand in a slot, used where the reader was not sure: its own second choices decide, by what is known."""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reviewapp.engines.local.networks.reading import Glyph
from reviewapp.facts import resident
from reviewapp.facts.frequencies import Role, compound_surnames, groups, levels, per_million

DATA = Path(__file__).parents[3] / "data"
DOUBTFUL = 0.97
LONGEST_CHINESE_NAME = 4
UNITS = "组号栋幢座室户社队"
DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKS_LIKE_DIGIT = str.maketrans("OQDIlLZSBG", "0001112586")
_LOOKS_LIKE_LETTER = str.maketrans("0125864", "OIZSBGA")


def is_chinese(char: str) -> bool:
    """Tell whether a character is of the CJK unified ideographs of the basic plane."""
    return "\u3400" <= char <= "\u9fff"


# GB/T 3304, in the standard's order.
_ETHNIC_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京
塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他 穿青人
"""
ETHNIC_GROUPS = tuple(_ETHNIC_GROUPS.split())


def ethnic_group(glyphs: Sequence[Glyph]) -> str:
    """Return the ethnic group that the glyphs or the reader's next choices for one of them make, as printed.

    Failing that, the single group that differs in one character from what was read, unless that has
    but one: any other group of one character would do as well.
    """
    text = "".join(glyph.char for glyph in glyphs)
    known = next(
        (option for option in _options(text, glyphs) if option.removesuffix("族") in ETHNIC_GROUPS),
        None,
    )
    if known is not None:
        return known
    suffix = "族" if text.endswith("族") else ""
    stem = text.removesuffix("族")
    near = [
        group
        for group in ETHNIC_GROUPS
        if len(group) > 1 and len(stem) > 1 and _differ_by_one(stem, group)
    ]
    return near[0] + suffix if len(near) == 1 else text


def _options(text: str, glyphs: Sequence[Glyph]) -> list[str]:
    """Return a text of these glyphs, and what it is with one of the reader's next choices for one of them."""
    return [
        text,
        *(
            text[:i] + char + text[i + 1 :]
            for i, glyph in enumerate(glyphs)
            for char, _ in glyph.others
        ),
    ]


def nationality(glyphs: Sequence[Glyph]) -> str:
    """Return 中国 where it lost a stroke or the reader thought of it: no country is called 口国 or 中区."""
    text = standard_text(glyphs)
    return (
        "中国"
        if text in {"口国", "申国", "巾国", "中囯", "中围"} or "中国" in _options(text, glyphs)
        else text
    )


def _differ_by_one(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )


def chosen(glyph: Glyph, allowed: str) -> str:
    """Return the most probable of the allowed characters among a glyph's readings, or the glyph's own."""
    if glyph.char in allowed:
        return glyph.char
    return next((char for char, _ in glyph.others if char in allowed), glyph.char)


def has_check_character(number: str) -> bool:
    """Tell whether a resident number's 18th character is right (GB 11643, MOD 11-2)."""
    found = resident.parse(number)
    return found is not None and found.has_right_check


def certificate_number(glyphs: Sequence[Glyph]) -> str:
    """Read one letter and then digits: O at the start is no 0, and 0 further on no O; a Q is not read as 0."""
    first = "".join(
        chosen(glyph, LETTERS.replace("Q", "") if glyph.char == "0" else LETTERS)
        for glyph in glyphs[:1]
    )
    first = first.translate(_LOOKS_LIKE_LETTER)
    return first + "".join(chosen(glyph, DIGITS) for glyph in glyphs[1:]).translate(
        _LOOKS_LIKE_DIGIT
    )


def is_certificate_number(text: str) -> bool:
    """Tell whether a text has the form of a certificate's number: a letter and nine digits."""
    return bool(re.fullmatch(r"[A-Z]\d{9}", text, re.ASCII))


def id_number(glyphs: Sequence[Glyph]) -> str:
    """Read 18 characters as a resident number, digits with X only last; any other length as it is."""
    if len(glyphs) != 18 or sum(glyph.char in DIGITS for glyph in glyphs) < 14:
        return "".join(glyph.char for glyph in glyphs)
    number = "".join(chosen(glyph, DIGITS) for glyph in glyphs[:17]).translate(_LOOKS_LIKE_DIGIT)
    return number + chosen(glyphs[17], DIGITS + "X")


@cache
def _divisions() -> frozenset[str]:
    with (DATA / "divisions.csv").open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row["name"] for row in csv.DictReader(file))


@cache
def _division_starts() -> frozenset[str]:
    """Return what places are called, with and without the unit word that the form prints behind them."""
    short = {name.removesuffix(unit) for name in _divisions() for unit in ("省", "市", "自治区")}
    short |= {"广西", "宁夏", "新疆", "香港", "澳门"}
    return _divisions() | {name for name in short if len(name) > 1}


def after_divisions(text: str) -> str:
    """Return what is left of a text when all names of divisions at its start are taken away, longest first."""
    while text:
        known = next(
            (text[:n] for n in range(min(14, len(text)), 1, -1) if text[:n] in _division_starts()),
            "",
        )
        if not known:
            break
        text = text.removeprefix(known)
    return text


@cache
def _divisions_with_gap() -> dict[tuple[str, str], set[str]]:
    """Index names of four characters and more by what stands before and after each of their characters."""
    gaps: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in _divisions():
        if len(name) >= 4:
            for i, char in enumerate(name):
                gaps[name[:i], name[i + 1 :]].add(char)
    return dict(gaps)


def standard_text(glyphs: Sequence[Glyph]) -> str:
    """Return the glyphs' text with characters outside the 8105 replaced by a likely one inside."""
    known = levels()
    chars = []
    for glyph in glyphs:
        likely = (char for char, _ in glyph.others if char in known)
        is_strange = "\u4e00" <= glyph.char <= "\u9fff" and glyph.char not in known
        chars.append(next(likely, glyph.char) if is_strange else glyph.char)
    return "".join(chars)


@cache
def _surnames() -> frozenset[str]:
    """Return the surnames of one character, and the first characters of longer ones, of `names.txt`."""
    single = {
        char for name, chars in groups().items() if name.startswith("surnames_") for char in chars
    }
    return frozenset(single | {word[0] for word in compound_surnames()})


def has_surname(name: str) -> bool:
    """Tell whether a Chinese name begins like a surname."""
    return name[:1] in _surnames()


def is_of_compound_surname(name: str) -> bool:
    """Tell whether a name is a Chinese one whose surname has two characters."""
    return name[:2] in compound_surnames() and len(name) <= LONGEST_CHINESE_NAME


def rareness(name: str) -> float:
    """Return the negative decimal logarithm of how often the rarest character of a given name stands in names.

    From about -4 for common ones to 0 for one that no name has; -4 for names that are not of 2 to 4
    characters.
    """
    given = name[1:] if 2 <= len(name) <= LONGEST_CHINESE_NAME and not name.isascii() else ""
    often = (max(per_million(char, Role.FEMALE), per_million(char, Role.MALE)) for char in given)
    return -min((math.log10(times) for times in often), default=4.0)


def name_text(glyphs: Sequence[Glyph]) -> str:
    """Return a name's text in standard characters; of a doubtful first one that is no surname, a likely surname."""
    text = standard_text(glyphs)
    if (
        not 2 <= len(text) <= LONGEST_CHINESE_NAME
        or text[0] in _surnames()
        or glyphs[0].prob >= DOUBTFUL
    ):
        return text
    return next((char for char, _ in glyphs[0].others if char in _surnames()), text[0]) + text[1:]


def place_text(glyphs: Sequence[Glyph]) -> str:
    """Return the glyphs' text, doubtful ones chosen so that a name of an administrative division appears."""
    text = _with_unit(standard_text(glyphs), glyphs)
    for at, glyph in enumerate(glyphs):
        if glyph.prob >= DOUBTFUL or len(text) != len(glyphs) or _division_round(text, at):
            continue
        options = [text[:at] + char + text[at + 1 :] for char, _ in glyph.others]
        text = next(
            (option for option in options if _division_round(option, at)), _filled_gap(text, at)
        )
    return text


def _with_unit(text: str, glyphs: Sequence[Glyph]) -> str:
    """Return an address with the unit that its last number counts, where the reader thought of one: 6绍 is 6组."""
    if len(text) < 2 or not text[-2].isdigit() or text[-1] in UNITS or glyphs[-1].prob >= DOUBTFUL:
        return text
    return text[:-1] + chosen(glyphs[-1], UNITS)


def _windows(text: str, at: int, shortest: int) -> list[tuple[int, int]]:
    return [
        (start, stop)
        for start in range(max(0, at - 10), at + 1)
        for stop in range(max(at + 1, start + shortest), min(len(text), start + 11) + 1)
    ]


def _division_round(text: str, at: int) -> bool:
    return any(
        text[start:stop] in _divisions()
        for start, stop in _windows(text, at, 2)
        if _can_begin(text[:start])
    )


def _can_begin(before: str) -> bool:
    """Tell whether a division's name can follow: behind larger divisions or nothing, not within a street's name."""
    return not after_divisions(before) and not before.endswith(("县", "区", "旗"))


def _filled_gap(text: str, at: int) -> str:
    for start, stop in sorted(_windows(text, at, 4), key=lambda window: window[0] - window[1]):
        if not _can_begin(text[:start]):
            continue
        fitting = _divisions_with_gap().get((text[start:at], text[at + 1 : stop]), set())
        if len(fitting) == 1:
            return text[:at] + next(iter(fitting)) + text[at + 1 :]
    return text
