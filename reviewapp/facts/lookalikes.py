"""Which characters look alike, and how much.

Pure; `python -m tests.tables.lookalikes` rebuilds the table.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
TABLE = DATA / "lookalikes.tsv"
CURATED = DATA / "lookalikes_curated.txt"


@cache
def table() -> Mapping[str, Mapping[str, float]]:
    """Return for every character its look-alikes, each with its closeness 0–1.

    A character may be misread for them, and they for it.
    """
    alike: dict[str, dict[str, float]] = {}
    _head, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    for row in rows:
        first, second, percent = row.split("\t")
        closeness = int(percent) / 100
        alike.setdefault(first, {})[second] = closeness
        alike.setdefault(second, {})[first] = closeness
    return alike


def alike(char: str) -> Mapping[str, float]:
    return table().get(char, {})


def are_alike(first: str, second: str) -> bool:
    return second in alike(first)
