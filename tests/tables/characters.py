"""Rebuild the tables of how often characters stand in names and in addresses."""

import csv
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reviewapp.facts.frequencies import NAME_TABLE, TEXT_TABLE, groups, levels

MILLION = 1_000_000
# Parts of all given names per group: the sum over a group is about what it holds of real names.
GIVEN_SHARES = {"given_commonest": 0.58, "given_frequent": 0.24, "given_common": 0.10}
FOREIGN_SHARES = {"foreign": 0.5}
SURNAME_SHARES = {"surnames_commonest": 0.84, "surnames_common": 0.145, "surnames_rare": 0.005}
COUNTED_SHARE = 0.08
# Names of one sex are given to the other too, but seldom.
OTHER_SEX = 0.2
UNIT_WORDS = (
    "居民委员会",
    "村民委员会",
    "社区居委会",
    "村委会",
    "居委会",
    "社区",
    "街道办事处",
    "街道",
    "办事处",
    "嘎查",
    "虚拟",
)


def main(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=Path, required=True, help="word list 'word count tag', nr and nrt for people")
    parser.add_argument("--villages", type=Path, required=True, help="CSV of villages with a column 'name'")
    parser.add_argument("--streets", type=Path, required=True, help="CSV of towns and streets with a column 'name'")
    chosen = parser.parse_args(arguments)
    print(f"{NAME_TABLE.name}: {_write_names(chosen.words)} characters")
    texts = _write_texts(chosen.words, chosen.villages, chosen.streets)
    print(f"{TEXT_TABLE.name}: {texts} characters")


def _write_names(words: Path) -> int:
    """Write per character how many of a million surnames, characters of given names and of foreign names it is.

    1. Names in the word list, each counted once. 2. The groups set down by hand, which speak of today's
    names, with the share that each group has. 3. One line for each character.
    """
    given, foreign = _counted(words)

    by_hand = groups()
    surnames = _spread(by_hand, SURNAME_SHARES)
    today = _spread(by_hand, GIVEN_SHARES)
    abroad = _spread(by_hand, FOREIGN_SHARES)
    total = given.total()

    rows = []
    for char in sorted(surnames.keys() | today.keys() | given.keys() | foreign.keys() | abroad.keys()):
        of_given = today.get(char, 0) + MILLION * COUNTED_SHARE * given[char] / total
        of_foreign = abroad.get(char, 0) + MILLION * foreign[char] / foreign.total() / 2
        female, male = (of_given * part for part in _parts(char, by_hand))
        rows.append((char, *map(round, (surnames.get(char, 0), female, male, of_foreign))))
    return _write(NAME_TABLE, ("character", "surname", "female", "male", "foreign"), rows)


def _parts(char: str, by_hand: dict[str, list[str]]) -> tuple[float, float]:
    """Return how much oftener than on the whole women and men have a character in their given names."""
    if char in by_hand["female"]:
        return 2 - OTHER_SEX, OTHER_SEX
    return (OTHER_SEX, 2 - OTHER_SEX) if char in by_hand["male"] else (1, 1)


def _spread(by_hand: dict[str, list[str]], shares: dict[str, float]) -> dict[str, float]:
    """Spread each group's share over its characters, twice as much on the first as on the last."""
    spread: dict[str, float] = {}
    for word, share in shares.items():
        chars = list(dict.fromkeys(by_hand[word]))
        weights = [2 - place / len(chars) for place in range(len(chars))]
        for char, weight in zip(chars, weights, strict=True):
            spread.setdefault(char, MILLION * share * weight / sum(weights))
    return spread


def _counted(words: Path) -> tuple[Counter[str], Counter[str]]:
    """Count the characters of given names (nr, surname and two characters) and of foreign names (nrt)."""
    by_hand = groups()
    surnames = set(by_hand["surnames_commonest"]) | set(by_hand["surnames_common"])
    given: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    for line in words.read_text(encoding="utf-8").splitlines():
        word, _count, tag = line.split()
        if tag == "nr" and len(word) == 3 and word[0] in surnames:
            given.update(word[1:])
        elif tag == "nrt":
            foreign.update(word)
    return given, foreign


def _write_texts(words: Path, villages: Path, streets: Path) -> int:
    """Write per character how many of a million it is in names of villages and streets, and in all texts."""
    places: Counter[str] = Counter()
    for name in (*_names(villages), *_names(streets)):
        places.update(char for char in name if char.isalpha())
    general: Counter[str] = Counter()
    for line in words.read_text(encoding="utf-8").splitlines():
        word, count, _tag = line.split()
        for char in word:
            general[char] += int(count)

    known = sorted(char for char in places.keys() | levels().keys() if len(char) == 1)
    per = {"place": MILLION / places.total(), "general": MILLION / general.total()}
    rows = [(char, round(per["place"] * places[char]), round(per["general"] * general[char], 1)) for char in known]
    return _write(TEXT_TABLE, ("character", *per), rows)


def _names(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield next(
                (row["name"].removesuffix(word) for word in UNIT_WORDS if row["name"].endswith(word)), row["name"]
            )


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return len(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
