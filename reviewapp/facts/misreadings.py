"""The odds that a character was misread, by what looks like it and by how common both are where it stands.

A character is weighed by the frequency of its look-alikes in its role, each times its closeness,
over its own.
"""

import math
from collections.abc import Mapping
from functools import cache

from reviewapp.facts.frequencies import Role, compound_surnames, levels, per_million
from reviewapp.facts.lookalikes import alike
from reviewapp.facts.names import DOT, LONGEST_CHINESE_NAME, surname_of
from reviewapp.facts.scripts import HAN

# Chosen on invented records: at most one in ten may be flagged without need. See docs/decisions.
SUSPICIOUS: Mapping[Role, float] = {
    Role.SURNAME: 1.0,
    Role.FEMALE: 0.6,
    Role.MALE: 0.6,
    Role.FOREIGN: 8.0,
    Role.PLACE: 4.0,
}


def roles(name: str, agreed: frozenset[str], given_role: Role) -> list[tuple[int, Role]]:
    """Return the places of a name's characters that are worth a look, each with the character's role.

    `agreed` are surnames that need none.
    """
    if DOT in name or len(name) > LONGEST_CHINESE_NAME:
        return [(place, Role.FOREIGN) for place, char in enumerate(name) if HAN.fullmatch(char)]
    surname = surname_of(name)
    given = [
        (place, given_role)
        for place in range(len(surname), len(name))
        if HAN.fullmatch(name[place])
    ]
    if surname in agreed or surname in compound_surnames() or not HAN.fullmatch(surname):
        return given
    return [(0, Role.SURNAME), *given]


def odds(char: str, role: Role) -> float:
    """Return how much likelier a character is a misread one than itself, before anything else is known.

    Only the likeliest look-alike counts: many faint ones are no reason to look.
    """
    return max((weight for _other, weight in weighed(char, role)), default=0) / per_million(
        char, role
    )


@cache
def weighed(char: str, role: Role) -> tuple[tuple[str, float], ...]:
    """Return a character's look-alikes in a role, each with its weight, the likeliest first."""
    weights = (
        (other, closeness * _direction(other, char) * per_million(other, role))
        for other, closeness in alike(char).items()
    )
    return tuple(sorted(weights, key=lambda pair: -pair[1]))


@cache
def _direction(true: str, read: str) -> float:
    """Return how readily a recogniser goes from one character to another: less to one that is rarer in texts.

    Characters outside the standard are traditional forms and the like, of which it has seen many.
    """
    if read not in levels():
        return 1.0
    return min(1.0, math.sqrt(per_million(read, Role.GENERAL) / per_million(true, Role.GENERAL)))
