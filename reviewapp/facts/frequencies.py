"""How common a character is as surname, in given names by sex, in foreign names and in addresses.

Pure.

The tables are counts per million; `python -m tests.tables.characters` rebuilds them. Characters
that they lack are weighed by the level of the 8105 standard characters: a level-1 character that no
name has is no name's (掉, 住), a level-3 one is in the standard because names have it (赟).
"""

import csv
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path

from reviewapp.facts import gazetteer

DATA = Path(__file__).parent.parent / "data"
NAME_TABLE = DATA / "name_characters.tsv"
TEXT_TABLE = DATA / "text_characters.tsv"
GROUPS = DATA / "names.txt"
GIVEN = DATA / "given_names.txt"
STANDARD = DATA / "standard_characters_8105.txt"
# The geta mark, which in print stands for a character that no character set has.
NO_CODE_POINT = "〓"
# The standard's own division: 3500 common, 3000 less common, 1605 of names, places and terms.
LEVEL_ENDS = (3500, 6500, 8105)
# The level of a character that is not in the standard.
OUTSIDE = 4
# What parts of houses and estates are called and counted in.
HOUSES = "号楼栋幢座单元层室户弄巷里坊院苑园庭府邸墅厦阁轩寓舍宅厅区期段附旁侧内外前后左右东西南北中上下甲乙丙丁"
# Per million in addresses at least, for characters that no village need have.
OF_CITIES, OF_FAMILIES, OF_HOUSES = 150, 60, 300


class Role(StrEnum):
    """Where a character stands: in a name of whose, in an address, or in any text."""

    SURNAME = "surname"
    FEMALE = "female"
    MALE = "male"
    GIRL = "girl"
    BOY = "boy"
    FOREIGN = "foreign"
    PLACE = "place"
    GENERAL = "general"


# Whose given names the groups of given_names.txt speak of. Girls and boys are those born since 2000,
# women and men those born before, whose names are given to children still, but seldom.
_GROUP_OF = {"women": Role.FEMALE, "men": Role.MALE, "girls": Role.GIRL, "boys": Role.BOY}
# Names of one sex are given to the other, and those of one time in another, but seldom: what share of
# a character's frequency in other names it has at least.
_OTHER_SEX, _STILL_GIVEN, _ALREADY_GIVEN = 0.1, 0.3, 0.1
SHARES: Mapping[Role, Mapping[Role, float]] = {
    Role.FEMALE: {Role.GIRL: _ALREADY_GIVEN, Role.MALE: _OTHER_SEX},
    Role.MALE: {Role.BOY: _ALREADY_GIVEN, Role.FEMALE: _OTHER_SEX},
    Role.GIRL: {Role.FEMALE: _STILL_GIVEN, Role.BOY: _OTHER_SEX},
    Role.BOY: {Role.MALE: _STILL_GIVEN, Role.GIRL: _OTHER_SEX},
}
GIVEN_ROLES = frozenset(_GROUP_OF.values())
# Per million, by level and outside the standard, for a character that no counted name or place has.
UNSEEN = {
    Role.SURNAME: (1, 2, 2, 1),
    Role.FEMALE: (1, 3, 6, 1),
    Role.MALE: (1, 3, 6, 1),
    Role.GIRL: (1, 3, 6, 1),
    Role.BOY: (1, 3, 6, 1),
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
    for role, char, least in chain(_given(), _in_addresses()):
        table[role][char] = max(least, table[role].get(char, 0))
    for role, shares in SHARES.items():
        for other, share in shares.items():
            for char, common in list(table[other].items()):
                table[role][char] = max(share * common, table[role].get(char, 0))
    return table


def _in_addresses() -> Iterator[tuple[Role, str, float]]:
    """Yield what stands in addresses beside the names of villages and towns, which were counted.

    Streets are called after cities and families, and houses are numbered.
    """
    cities = "".join(gazetteer.names().values())
    families = "".join(groups()["surnames_commonest"] + groups()["surnames_common"])
    for chars, least in ((cities, OF_CITIES), (families, OF_FAMILIES), (HOUSES, OF_HOUSES)):
        for char in chars:
            yield Role.PLACE, char, least


def _given() -> Iterator[tuple[Role, str, float]]:
    """Yield whose given names have a character, and how many of a million are it at least."""
    for line in GIVEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, chars = line.split(": ")
        whose, least = head.split()
        for char in chars:
            yield _GROUP_OF[whose], char, float(least)


def per_million(char: str, role: Role) -> float:
    """Return how many of a million characters in this role are this one, never 0."""
    level = levels().get(char, OUTSIDE)
    unseen = UNSEEN[role][level - 1]
    return _table()[role].get(char, 0) + unseen
