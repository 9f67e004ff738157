"""Rebuild the table of characters that look alike, from fonts and from the curated list."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from reviewapp.facts.frequencies import Role, levels, per_million
from reviewapp.facts.lookalikes import CURATED, TABLE
from tests.tables.glyphs import Similarities, similarities

# A pair of which neither is a name's or a place's character is of no use to anybody.
NEAREST, LEAST, KNOWN_PER_MILLION = 12, 0.82, 20
CURATED_PERCENTS = {"similar": 10, "seen": 60, "alike": 80}

Pairs = dict[tuple[str, str], int]


def main(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("fonts", nargs="+", type=Path, metavar="FONT", help="font files with simplified Chinese")
    fonts = parser.parse_args(arguments).fonts

    chars = sorted({*levels(), *(char for group, _percent in curated() for char in group)})
    try:
        found = similarities(chars, fonts)
    except OSError as error:
        parser.error(str(error))
    pairs = _closest(_by_glyphs(chars, found), _by_hand())
    lines = [f"{one}\t{other}\t{percent}" for (one, other), percent in sorted(pairs.items())]
    TABLE.write_text("\n".join(["one\tother\tpercent", *lines, ""]), encoding="utf-8")
    print(f"{TABLE.name}: {len(pairs)} pairs")


def curated() -> Iterator[tuple[str, int]]:
    """Yield the groups of the curated list, each with the closeness of its members, the closest last."""
    for line in CURATED.read_text(encoding="utf-8").splitlines():
        word, _colon, groups = line.partition(": ")
        if word in CURATED_PERCENTS:
            yield from ((group, CURATED_PERCENTS[word]) for group in groups.split())


def _by_hand() -> Pairs:
    pairs: Pairs = {}
    for group, percent in curated():
        for one, other in combinations(sorted(set(group)), 2):
            pairs[one, other] = max(percent, pairs.get((one, other), 0))
    return pairs


def _closest(one: Pairs, other: Pairs) -> Pairs:
    return {pair: max(one.get(pair, 0), other.get(pair, 0)) for pair in one.keys() | other.keys()}


def _by_glyphs(chars: list[str], found: Similarities) -> Pairs:
    """Keep each character's nearest few; their closeness falls from 60 % at 0.96 to 2 % at 0.82."""
    pairs = {}
    for place, row in enumerate(found):
        for near in np.argsort(-row)[:NEAREST]:
            one, other = sorted((chars[place], chars[near]))
            if row[near] >= LEAST and (_is_known(one) or _is_known(other)):
                pairs[one, other] = round(100 * ((float(row[near]) - 0.78) / 0.22) ** 2.5)
    return pairs


def _is_known(char: str) -> bool:
    return any(per_million(char, role) >= KNOWN_PER_MILLION for role in Role)


if __name__ == "__main__":
    main(sys.argv[1:])
