"""How characters are read, without tones.

Pure; `python -m tests.tables.readings` rebuilds the table. A surname is often read otherwise than
the word (曾 zeng, 单 shan, 仇 qiu): all readings count.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path

TABLE = Path(__file__).parent.parent / "data" / "pinyin.tsv"
# Of a name whose characters have more ways to be read together than this, the rest is left out.
MOST_WAYS = 16


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """Return the readings of each character, with ü as v and, as many type it, as u."""
    readings: dict[str, list[str]] = defaultdict(list)
    _head, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    for row in rows:
        reading, chars = row.split("\t")
        for char in chars:
            readings[char].append(reading)
            if "v" in reading:
                readings[char].append(reading.replace("v", "u"))
    return {char: tuple(ways) for char, ways in readings.items()}


def readings_of(char: str) -> tuple[str, ...]:
    """Return the readings of a character, none of one that is not in the table."""
    return _table().get(char, ())


def ways_to_read(name: str) -> list[tuple[str, ...]]:
    """Return the ways to read a whole name, each as its syllables; none where one is not known."""
    readings = [readings_of(char) for char in name]
    ways: list[tuple[str, ...]] = []
    for syllables in product(*readings):
        ways.append(syllables)
        if len(ways) == MOST_WAYS:
            break
    return ways
