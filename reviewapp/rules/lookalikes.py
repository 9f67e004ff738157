"""Rule 33: characters of names and addresses that are easily misread, however sure the recogniser was. Pure.

Recognisers take rare characters for common ones at 0.99, so what gives them away is the text: 吴 is
the commonest of surnames and hardly ever stands in a given name, where 昊 often does.
`facts.misreadings` has the odds that a character was misread.
"""

import math
from collections.abc import Iterator, Mapping

from reviewapp.facts.frequencies import Role, levels, per_million
from reviewapp.facts.misreadings import SUSPICIOUS, odds, roles, weighed
from reviewapp.facts.names import surname_of
from reviewapp.facts.scripts import HAN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

NAMES = ("neonatal_name", "mother_name", "father_name")
ADDRESSES = ("mother_address", "father_address")
POSSIBLE = 0.3
# Per million in a role. How common a name's character is rests on tiers set down by hand, and its
# odds with it: too little to ask for a look. Up to these no tier has the character and hardly any
# counted name: it is known rare.
COUNTED_OUT: Mapping[Role, float] = {
    Role.SURNAME: 3,
    Role.FEMALE: 5,
    Role.MALE: 5,
    Role.FOREIGN: 60,
}
# Of a million characters in a role; a common word's character that is rarer there than this is no
# name's.
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
    return frozenset(
        s for p in facts.provided if p.name and child.startswith(s := surname_of(p.name))
    )


def given_role(facts: Facts, field: str) -> Role:
    """Return whose given names a name is weighed by; a child without a legible sex by its sisters'."""
    if field == "neonatal_name":
        return Role.MALE if facts["sex"] == "男" else Role.FEMALE
    return Role.MALE if field == "father_name" else Role.FEMALE


def is_likely_misread(char: str, role: Role) -> bool:
    """Return whether the odds against a character ask for a look, and rest on what was counted."""
    return odds(char, role) >= SUSPICIOUS[role] and per_million(char, role) <= COUNTED_OUT.get(
        role, math.inf
    )


def is_unusual(char: str, role: Role) -> bool:
    """Return whether a common character hardly ever stands in this role: rare ones are often read as such."""
    return levels().get(char) == 1 and per_million(char, role) <= UNUSUAL.get(role, 0)


def _name(facts: Facts, field: str, agreed: frozenset[str]) -> Iterator[Finding]:
    """Yield what is found in a name's characters.

    1. Each is likelier another one, or nearly read as one, or of no name at all, or possibly
    another. 2. What asks for a look. 3. What is for information.
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
        yield _finding("look_alike", field, name, _choices(name, suspicious, named))
    if nearly:
        yield _finding("second_choice", field, name, {place: named[place] for place in nearly})

    for code, places in (("unusual_character", unusual), ("look_alike_possible", possible)):
        if places:
            yield _finding(code, field, name, _choices(name, places, named))


def _address(facts: Facts, field: str, rest: str) -> Iterator[Finding]:
    address, named = facts[field], _named(facts, field)
    places = [
        place
        for place in range(len(address) - len(rest), len(address))
        if HAN.fullmatch(address[place])
    ]
    suspicious = [place for place in places if is_likely_misread(address[place], Role.PLACE)]
    nearly = {
        place: chars
        for place, chars in named.items()
        if place in places and place not in suspicious
    }
    if suspicious:
        choices = _choices(address, [(place, Role.PLACE) for place in suspicious], named)
        yield _finding("look_alike_address", field, address, choices)
    if nearly:
        yield _finding("second_choice", field, address, nearly)


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


def _choices(
    value: str, places: list[tuple[int, Role]], named: Mapping[int, str]
) -> dict[int, str]:
    """Return by place what a character may be, those that the recogniser named first."""
    alike = {
        place: [other for other, _weight in weighed(value[place], role)][:CANDIDATES]
        for place, role in places
    }
    return {
        place: "".join(dict.fromkeys((*named.get(place, ""), *others)))
        for place, others in alike.items()
    }


def _finding(code: str, field: str, value: str, choices: Mapping[int, str]) -> Finding:
    """Make a finding whose proposals change one character each; `choices` are those for each place."""
    swaps = [(place, char) for place, chars in choices.items() for char in chars]
    return finding(
        code,
        field,
        characters="".join(dict.fromkeys(value[place] for place in choices)),
        candidates="、".join(dict.fromkeys(char for _place, char in swaps)),
        proposals=[
            Proposal(field, value[:place] + char + value[place + 1 :]) for place, char in swaps
        ],
    )
