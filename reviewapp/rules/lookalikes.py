"""Rule 33: characters of names and addresses that are easily misread, however sure the recogniser was. Pure.

Recognisers take rare characters for common ones at 0.99, so what gives them away is the text: 吴 is the
commonest of surnames and hardly ever stands in a given name, where 昊 often does. A character is weighed by
the odds that it was misread: the frequency of its look-alikes in this place of a name, each times its
closeness, over its own.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache

from reviewapp.rules.base import Finding, Proposal, found
from reviewapp.rules.characters import Role, compound_surnames, levels, per_million
from reviewapp.rules.facts import HAN, Facts
from reviewapp.rules.lookalike_table import alike
from reviewapp.rules.names import DOT, surname_of

NAMES = ("neonatal_name", "mother_name", "father_name")
ADDRESSES = ("mother_address", "father_address")
# Chosen on invented records: at most one in ten may be flagged without need. See docs/decisions.
SUSPICIOUS: Mapping[Role, float] = {
    Role.SURNAME: 1.0,
    Role.FEMALE: 0.6,
    Role.MALE: 0.6,
    Role.FOREIGN: 8.0,
    Role.PLACE: 4.0,
}
POSSIBLE = 0.3
# Per million in a role. How common a name's character is rests on tiers set down by hand, and its odds with it:
# too little to ask for a look. Up to these no tier has the character and hardly any counted name: it is known rare.
COUNTED_OUT: Mapping[Role, float] = {Role.SURNAME: 3, Role.FEMALE: 5, Role.MALE: 5, Role.FOREIGN: 60}
# Of a million characters in a role; a common word's character that is rarer there than this is no name's.
UNUSUAL: Mapping[Role, float] = {Role.SURNAME: 3, Role.FEMALE: 20, Role.MALE: 20}
CANDIDATES = 4


def check(facts: Facts) -> Iterator[Finding]:
    """Yield names, and addresses behind their county, with characters that are likelier another."""
    agreed = _agreed_surnames(facts)
    for field in NAMES:
        yield from _name(facts, field, agreed)
    for parent in facts.provided:
        yield from _address(facts, parent.field("address"), parent.home.rest if parent.home else "")


def _agreed_surnames(facts: Facts) -> frozenset[str]:
    """Return the surnames that child and parent share: two readings of one surname are seldom both wrong."""
    child = facts["neonatal_name"]
    return frozenset(s for p in facts.provided if p.name and child.startswith(s := surname_of(p.name)))


def given_role(facts: Facts, field: str) -> Role:
    """Return whose given names a name is weighed by; a child without a legible sex by its sisters'."""
    if field == "neonatal_name":
        return Role.MALE if facts["sex"] == "男" else Role.FEMALE
    return Role.MALE if field == "father_name" else Role.FEMALE


def roles(name: str, agreed: frozenset[str], given_role: Role) -> list[tuple[int, Role]]:
    """Return the places of a name's characters that are worth a look, each with the character's role.

    `agreed` are surnames that need none.
    """
    if DOT in name or len(name) > 4:
        return [(place, Role.FOREIGN) for place, char in enumerate(name) if HAN.fullmatch(char)]
    surname = surname_of(name)
    given = [(place, given_role) for place in range(len(surname), len(name)) if HAN.fullmatch(name[place])]
    if surname in agreed or surname in compound_surnames() or not HAN.fullmatch(surname):
        return given
    return [(0, Role.SURNAME), *given]


def odds(char: str, role: Role) -> float:
    """Return how much likelier a character is a misread one than itself, before anything else is known.

    Only the likeliest look-alike counts: many faint ones are no reason to look.
    """
    return max((weight for _other, weight in weighed(char, role)), default=0) / per_million(char, role)


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


def is_likely_misread(char: str, role: Role) -> bool:
    """Return whether the odds against a character ask for a look, and rest on what was counted."""
    return odds(char, role) >= SUSPICIOUS[role] and per_million(char, role) <= COUNTED_OUT.get(role, math.inf)


def is_unusual(char: str, role: Role) -> bool:
    """Return whether a common character hardly ever stands in this role: rare ones are often read as such."""
    return levels().get(char) == 1 and per_million(char, role) <= UNUSUAL.get(role, 0)


def _name(facts: Facts, field: str, agreed: frozenset[str]) -> Iterator[Finding]:
    """Yield what is found in a name's characters.

    1. Each is likelier another one, or nearly read as one, or of no name at all, or possibly another. 2. What asks
    for a look. 3. What is for information.
    """
    name, named = facts[field], _named(facts, field)
    suspicious, nearly, unusual, possible = [], [], [], []
    for place, role in roles(name, agreed, given_role(facts, field)):
        if is_likely_misread(name[place], role):
            suspicious.append((place, role))
        elif place in named:
            nearly.append(place)
        elif is_unusual(name[place], role):
            unusual.append((place, role))
        elif odds(name[place], role) >= POSSIBLE:
            possible.append((place, role))

    if suspicious:
        yield _found("look_alike", field, name, _choices(name, suspicious, named))
    if nearly:
        yield _found("second_choice", field, name, {place: named[place] for place in nearly})

    for code, places in (("unusual_character", unusual), ("look_alike_possible", possible)):
        if places:
            yield _found(code, field, name, _choices(name, places, named))


def _address(facts: Facts, field: str, rest: str) -> Iterator[Finding]:
    address, named = facts[field], _named(facts, field)
    places = [place for place in range(len(address) - len(rest), len(address)) if HAN.fullmatch(address[place])]
    suspicious = [place for place in places if is_likely_misread(address[place], Role.PLACE)]
    nearly = {place: chars for place, chars in named.items() if place in places and place not in suspicious}
    if suspicious:
        choices = _choices(address, [(place, Role.PLACE) for place in suspicious], named)
        yield _found("look_alike_address", field, address, choices)
    if nearly:
        yield _found("second_choice", field, address, nearly)


def _named(facts: Facts, field: str) -> dict[int, str]:
    """Return the characters that the recogniser itself thought possible, best first, by their place."""
    value, reading = facts[field], facts.read.get(field)
    named: dict[int, str] = {}
    for text in reading.alternatives if reading else ():
        places = (i for i in range(len(value)) if len(text) == len(value) and text[i] != value[i])
        for i in places:
            if HAN.fullmatch(text[i]):
                named[i] = named.get(i, "") + text[i]
    return named


def _choices(value: str, places: list[tuple[int, Role]], named: Mapping[int, str]) -> dict[int, str]:
    """Return by place what a character may be, those that the recogniser named first."""
    alike = {place: [other for other, _weight in weighed(value[place], role)][:CANDIDATES] for place, role in places}
    return {place: "".join(dict.fromkeys((*named.get(place, ""), *others))) for place, others in alike.items()}


def _found(code: str, field: str, value: str, choices: Mapping[int, str]) -> Finding:
    """Make a finding whose proposals change one character each; `choices` are those for each place."""
    swaps = [(place, char) for place, chars in choices.items() for char in chars]
    return found(
        code,
        field,
        characters="".join(dict.fromkeys(value[place] for place in choices)),
        candidates="、".join(dict.fromkeys(char for _place, char in swaps)),
        proposals=[Proposal(field, value[:place] + char + value[place + 1 :]) for place, char in swaps],
    )
