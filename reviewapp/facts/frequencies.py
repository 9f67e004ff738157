"""How common a character is as surname, in given names by sex, in foreign names and in addresses.

Pure.

The tables are counts per million; `python -m tests.tables.characters` rebuilds them. Characters
that they lack are weighed by the level of the 8105 standard characters: a level-1 character that no
name has is no name's (掉, 住), a level-3 one is in the standard because names have it (赟).
"""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
NAME_TABLE = DATA / "name_characters.tsv"
TEXT_TABLE = DATA / "text_characters.tsv"
GROUPS = DATA / "names.txt"
STANDARD = DATA / "standard_characters_8105.txt"
# The geta mark, which in print stands for a character that no character set has.
NO_CODE_POINT = "〓"
# The standard's own division: 3500 common, 3000 less common, 1605 of names, places and terms.
LEVEL_ENDS = (3500, 6500, 8105)
# The level of a character that is not in the standard.
OUTSIDE = 4


class Role(StrEnum):
    """Where a character stands: in a name of whose, in an address, or in any text."""

    SURNAME = "surname"
    FEMALE = "female"
    MALE = "male"
    FOREIGN = "foreign"
    PLACE = "place"
    GENERAL = "general"


# Per million, by level and outside the standard, for a character that no counted name or place has.
UNSEEN = {
    Role.SURNAME: (1, 2, 2, 1),
    Role.FEMALE: (1, 3, 6, 1),
    Role.MALE: (1, 3, 6, 1),
    Role.FOREIGN: (5, 5, 5, 1),
    Role.PLACE: (1, 1, 1, 1),
    Role.GENERAL: (0.2, 0.1, 0.1, 0.1),
}


@cache
def groups() -> dict[str, list[str]]:
    """Return the groups of names.txt: characters, or words where a line has spaces."""
    members_by_group = {}
    for line in GROUPS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        group, members = line.split(": ")
        members_by_group[group] = members.split() if " " in members else list(members)
    return members_by_group


@cache
def compound_surnames() -> frozenset[str]:
    return frozenset(groups()["compound_surnames"])


@cache
def levels() -> Mapping[str, int]:
    """Return the level 1–3 of each of the 8105 standard characters."""
    chars = STANDARD.read_text(encoding="utf-8").split()
    level_of = {}
    start = 0
    for level, end in enumerate(LEVEL_ENDS, 1):
        level_of.update(dict.fromkeys(chars[start:end], level))
        start = end
    return level_of


@cache
def _table() -> Mapping[Role, Mapping[str, float]]:
    table: dict[Role, dict[str, float]] = {role: {} for role in Role}
    for path in (NAME_TABLE, TEXT_TABLE):
        with path.open(encoding="utf-8") as file:
            # quoting off: the tables hold single characters, a quote may be one of them
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            for row in rows:
                char = row["character"]
                for role in table.keys() & row.keys():
                    table[role][char] = float(row[role])
    return table


def per_million(char: str, role: Role) -> float:
    """Return how many of a million characters in this role are this one, never 0."""
    level = levels().get(char, OUTSIDE)
    unseen = UNSEEN[role][level - 1]
    return _table()[role].get(char, 0) + unseen
