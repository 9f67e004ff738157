from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from reviewapp.glyphs import Similarities, similarities
from reviewapp.rules.characters import Role, levels, per_million
from reviewapp.rules.lookalike_table import CURATED, TABLE

# A pair of which neither is a name's or a place's character is of no use to anybody.
NEAREST, LEAST, KNOWN_PER_MILLION = 12, 0.82, 20
CURATED_PERCENTS = {"similar": 10, "seen": 60, "alike": 80}

Pairs = dict[tuple[str, str], int]


class Command(BaseCommand):
    requires_system_checks = []
    help = "Rebuild the table of characters that look alike, from fonts and from the curated list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fonts", nargs="+", type=Path, metavar="FONT", help="font files with simplified Chinese")

    def handle(self, *, fonts: list[Path], **options: Any) -> None:
        chars = sorted({*levels(), *(char for group, _percent in curated() for char in group)})
        try:
            found = similarities(chars, fonts)
        except OSError as error:
            raise CommandError(f"{error}") from error
        pairs = _closest(_by_glyphs(chars, found), _by_hand())
        lines = [f"{one}\t{other}\t{percent}" for (one, other), percent in sorted(pairs.items())]
        TABLE.write_text("\n".join(["one\tother\tpercent", *lines, ""]), encoding="utf-8")
        self.stdout.write(f"{TABLE.name}: {len(pairs)} pairs")


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
