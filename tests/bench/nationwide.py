"""Names of invented people, drawn about as often as all China draws them: surnames, parents, children."""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from reviewapp.facts.names import surname_of

TABLE = Path(__file__).parent / "nationwide.txt"
# Of a hundred given names so many have a single character; today's children have fewer.
ONE_CHARACTER = {"mother": 25, "father": 25, "girl": 8, "boy": 8}


def renamed(rng: random.Random, record: Mapping[str, str]) -> dict[str, str]:
    """Return the record with nationwide names where its names are Chinese ones of common form.

    The child has the surname of the parent that it had it from.
    """
    surnames = {surname_of(record[field]): _drawn(rng, "surname") for field in ("father_name", "mother_name")}
    child = "boy" if record["sex"] == "男" else "girl"
    renamed = dict(record)
    for field, whose in (("neonatal_name", child), ("mother_name", "mother"), ("father_name", "father")):
        name = record[field]
        if name and "·" not in name and not name.isascii():
            renamed[field] = surnames[surname_of(name)] + given_name(rng, whose)
    return renamed


def given_name(rng: random.Random, whose: str) -> str:
    """Draw the given name of a mother, a father, a girl or a boy."""
    length = 1 if rng.randrange(100) < ONE_CHARACTER[whose] else 2
    return "".join(_drawn(rng, whose) for _place in range(length))


def _drawn(rng: random.Random, whose: str) -> str:
    chars, weights = _table()[whose]
    return rng.choices(chars, weights)[0]


@cache
def _table() -> Mapping[str, tuple[Sequence[str], Sequence[int]]]:
    """Return the characters of each kind with their weights; one that stands in two lines counts in the first."""
    table: dict[str, dict[str, int]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, chars = line.split(": ")
        whose, weight = head.split()
        for char in chars:
            table.setdefault(whose, {}).setdefault(char, int(weight))
    return {whose: (tuple(weights), tuple(weights.values())) for whose, weights in table.items()}
