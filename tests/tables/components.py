"""Rebuild the tables by which characters are found: of their components, their forms and their strokes."""

import bz2
import re
import sys
import unicodedata
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from reviewapp.facts.frequencies import levels
from reviewapp.facts.lookup import COMPONENTS, FORMS, STROKES
from reviewapp.facts.scripts import HAN

LINE = re.compile(r"(?P<whole>[^:]+):(?P<kind>[^(]+)\((?P<parts>.*)\)")
# `ra` repeats twice, `r3tr` three times; turned and mirrored once (`rot`, `refh`) are themselves.
TIMES = re.compile(r"r(?P<times>\d)|(?P<turned>rot|ref[a-z])")
BEYOND, MOST_ORDERS = "\U00020000", 2
STROKE_DIGITS = str.maketrans("hspnz", "12345")
# Forms of radicals that no table of variants has, because people type the one and see the other.
RADICALS = (
    "人亻", "水氵氺", "心忄⺗", "手扌龵", "犬犭", "火灬", "刀刂⺈", "言讠訁", "金钅釒", "糸纟糹", "食饣飠",
    "艸艹草", "竹⺮", "示礻", "衣衤", "网罒", "爪爫", "玉王", "走辵辶⻌", "邑阜阝", "卩㔾", "肉⺼月", "足𧾷", "牛牜",
    "羊⺶⺷", "老耂", "攴攵", "尸𡰣", "川巛", "雨⻗", "长镸",
)  # fmt: skip

Parts = dict[str, str]


def main(arguments: Sequence[str]) -> None:
    """Write the tables.

    1. Components, also of what the source has in another form only. 2. Forms. 3. Strokes. 4. The files.
    """
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("decompositions", type=Path, help="cjk-decomp.txt")
    parser.add_argument("variants", type=Path, help="Unihan_Variants.txt, also as .bz2")
    parser.add_argument("strokes", type=Path, help="stroke.dict.yaml of Rime")
    chosen = parser.parse_args(arguments)

    parts = decompose(chosen.decompositions.read_text(encoding="utf-8").splitlines())
    pairs = list(_variants(chosen.variants))
    _complete(parts, pairs)
    parts = without_circles(parts)
    used = {part for row in parts.values() for part in row}
    groups = [group for group in join([*RADICALS, *(one + other for one, other in pairs)]) if used & set(group)]
    written = _strokes(chosen.strokes.read_text(encoding="utf-8").splitlines(), used)

    _write(COMPONENTS, (f"{char}\t{row}" for char, row in sorted(parts.items())))
    _write(FORMS, sorted(groups))
    _write(STROKES, (f"{char}\t{' '.join(codes)}" for char, codes in sorted(written.items())))
    print(f"{len(parts)} characters with components, {len(groups)} groups, {len(written)} with strokes")


def decompose(lines: Iterable[str]) -> Parts:
    """Return the components of each character that has a code point; those without one are replaced by their own."""
    rows = {match["whole"]: match for line in lines if (match := LINE.fullmatch(line.strip()))}

    def parts_of(name: str) -> str:
        match = rows.get(name)
        if match is None or not match["parts"]:
            return ""
        whole = "".join(part if len(part) == 1 else parts_of(part) for part in match["parts"].split(","))
        return whole * _times(match["kind"])

    # A modified form (`m…`) is another form of its one part, not made of it.
    whole = (char for char in rows if HAN.fullmatch(char) and not rows[char]["kind"].startswith("m"))
    found = {char: "".join(filter(_is_component, parts_of(char))) for char in whole}
    return {char: parts for char, parts in found.items() if parts}


def without_circles(parts: Parts) -> Parts:
    """Drop each character from what it is itself, over any number of steps, made of."""
    kept: Parts = {}

    def is_made_of(char: str, whole: str) -> bool:
        return char == whole or any(is_made_of(part, whole) for part in kept.get(char, ""))

    for whole, row in parts.items():
        kept[whole] = "".join(part for part in row if not is_made_of(part, whole))
    return {char: row for char, row in kept.items() if row}


def _times(kind: str) -> int:
    if not kind.startswith("r"):
        return 1
    match = TIMES.match(kind)
    return 2 if match is None else int(match["times"] or 1)


def _is_component(char: str) -> bool:
    return bool(HAN.fullmatch(char)) or "RADICAL" in unicodedata.name(char, "")


def _variants(path: Path) -> Iterator[tuple[str, str]]:
    """Yield pairs of characters, the traditional or older form first."""
    opened = bz2.open if path.suffix == ".bz2" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            kind = line.partition("\t")[2].partition("\t")[0]
            here, *others = [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]+)", line)] or [""]
            for there in others:
                if kind in ("kSimplifiedVariant", "kZVariant") and here != there:
                    yield here, there
                elif kind == "kTraditionalVariant" and here != there:
                    yield there, here


def _complete(parts: Parts, pairs: list[tuple[str, str]]) -> None:
    """Give simplified characters that have no components those of their traditional form, simplified."""
    simple = dict(pairs)
    for one, other in pairs:
        if one in parts and other not in parts:
            parts[other] = "".join(simple.get(part, part) for part in parts[one])


def join(groups: Iterable[str]) -> list[str]:
    """Return the groups with those that share a character made one."""
    of: dict[str, str] = {}
    for group in groups:
        merged = "".join(sorted({char for member in group for char in of.get(member, member)}))
        of |= dict.fromkeys(merged, merged)
    return list(dict.fromkeys(of.values()))


def _strokes(lines: Iterable[str], used: AbstractSet[str]) -> Mapping[str, list[str]]:
    """Return the orders of strokes in which characters are written, as digits, the usual one first.

    Of the rare planes only the standard's characters and components are worth their room.
    """
    orders: dict[str, list[str]] = {}
    for line in lines:
        char, tab, code = line.partition("\t")
        if tab and len(char) == 1 and _is_component(char) and (char < BEYOND or char in used or char in levels()):
            orders.setdefault(char, []).append(code.translate(STROKE_DIGITS))
    return {char: found[:MOST_ORDERS] for char, found in orders.items()}


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
