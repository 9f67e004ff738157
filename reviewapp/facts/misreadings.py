"""The odds that a character was misread, by what looks like it and by how common both are.

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

# From these odds on a character is suspicious. The rules ask for a look at higher ones: see there.
SUSPICIOUS: Mapping[Role, float] = {
    Role.SURNAME: 1.0,
    Role.FEMALE: 0.6,
    Role.MALE: 0.6,
    Role.GIRL: 0.6,
    Role.BOY: 0.6,
    Role.FOREIGN: 8.0,
    Role.PLACE: 4.0,
}


# How readily a recogniser gives a character of a level of the standard: it has seen few of the last.
READINESS = {1: 1.0, 2: 0.4, 3: 0.05}


def roles(name: str, agreed: frozenset[str], given_role: Role) -> list[tuple[int, Role]]:
    """Return the places of a name's characters that are worth a look, each with its role.

    `agreed` are surnames that need none.
    """
    chinese = [place for place, char in enumerate(name) if HAN.fullmatch(char)]
    if DOT in name or len(name) > LONGEST_CHINESE_NAME:
        return [(place, Role.FOREIGN) for place in chinese]
    surname = surname_of(name)
    given = [(place, given_role) for place in chinese if place >= len(surname)]
    needs_no_look = surname in agreed or surname in compound_surnames()
    if needs_no_look or not HAN.fullmatch(surname):
        return given
    return [(0, Role.SURNAME), *given]


def odds(char: str, role: Role) -> float:
    """Return how much likelier a character is a misread one than itself.

    This is before anything else is known. Only the likeliest look-alike counts: many faint ones are
    no reason to look.
    """
    look_alikes = weighed(char, role)
    if not look_alikes:
        return 0.0
    _likeliest, weight = look_alikes[0]
    return weight / per_million(char, role)


@cache
def weighed(char: str, role: Role) -> tuple[tuple[str, float], ...]:
    """Return a character's look-alikes in a role, each with its weight, the likeliest first."""
    weights = {}
    for true, closeness in alike(char).items():
        weights[true] = closeness * _direction(true, char) * per_million(true, role)
    return tuple(sorted(weights.items(), key=lambda pair: -pair[1]))


@cache
def _direction(true: str, read: str) -> float:
    """Return how readily a recogniser goes from one character to another, 0 to 1.

    It goes less readily to one that is rarer in texts; but characters outside the standard are
    traditional forms and the like, of which it has seen many.
    """
    if read not in levels():
        return 1.0
    ratio = per_million(read, Role.GENERAL) / per_million(true, Role.GENERAL)
    return READINESS[levels()[read]] * min(1.0, math.sqrt(ratio))
