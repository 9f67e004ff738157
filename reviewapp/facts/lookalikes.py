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
    """Return for every character those that it may be misread for or from, each with its closeness 0–1."""
    alike: dict[str, dict[str, float]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        one, other, percent = line.split("\t")
        closeness = int(percent) / 100
        alike.setdefault(one, {})[other] = closeness
        alike.setdefault(other, {})[one] = closeness
    return alike


def alike(char: str) -> Mapping[str, float]:
    return table().get(char, {})


def are_alike(one: str, other: str) -> bool:
    return other in alike(one)
