"""Rule 33: characters of names and addresses that are easily misread. Pure.

It does not matter how sure the recogniser was.
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
from reviewapp.rules.catalogue import NAMES
from reviewapp.rules.facts import Facts

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
# Proposals for one character: a person compares strokes, and more are no help.
CANDIDATES = 4

type Places = list[tuple[int, Role]]


def check(facts: Facts) -> Iterator[Finding]:
    """Yield names, and addresses behind their county, with characters that are likelier another."""
    agreed = _agreed_surnames(facts)
    for field in NAMES:
        yield from _name(facts, field, agreed)
    for parent in facts.provided:
        behind_county = parent.home.rest if parent.home else ""
        yield from _address(facts, parent.field("address"), behind_county)


def _agreed_surnames(facts: Facts) -> frozenset[str]:
    """Return the surnames that child and parent share.

    Two readings of one surname are seldom both wrong.
    """
    child = facts["neonatal_name"]
    surnames = [surname_of(parent.name) for parent in facts.provided if parent.name]
    return frozenset(surname for surname in surnames if child.startswith(surname))


def given_role(facts: Facts, field: str) -> Role:
    """Return whose given names a name is weighed by.

    A child without a legible sex is weighed by its sisters'.
    """
    is_boy = field == "neonatal_name" and facts["sex"] == "男"
    return Role.MALE if is_boy or field == "father_name" else Role.FEMALE


def is_likely_misread(char: str, role: Role) -> bool:
    """Return whether the odds against a character ask for a look, and rest on what was counted."""
    is_counted_out = per_million(char, role) <= COUNTED_OUT.get(role, math.inf)
    return is_counted_out and odds(char, role) >= SUSPICIOUS[role]


def is_unusual(char: str, role: Role) -> bool:
    """Return whether a common character hardly ever stands in this role.

    Rare ones are often read as such.
    """
    is_common = levels().get(char) == 1
    return is_common and per_million(char, role) <= UNUSUAL.get(role, 0)


def _name(facts: Facts, field: str, agreed: frozenset[str]) -> Iterator[Finding]:
    """Yield the findings on a name's characters.

    1. Each is likelier another one, or nearly read as one, or of no name at all, or possibly
    another. 2. What asks for a look. 3. What is for information.
    """
    name = facts[field]
    alternatives = _alternatives(facts, field)
    suspicious, nearly_other, unusual, possible = [], {}, [], []
    for place, role in roles(name, agreed, given_role(facts, field)):
        char = name[place]
        if is_likely_misread(char, role):
            suspicious.append((place, role))
        elif place in alternatives:
            nearly_other[place] = alternatives[place]
        elif is_unusual(char, role):
            unusual.append((place, role))
        elif odds(char, role) >= POSSIBLE:
            possible.append((place, role))

    if suspicious:
        yield _finding("look_alike", field, name, _choices(name, suspicious, alternatives))
    if nearly_other:
        yield _finding("second_choice", field, name, nearly_other)

    if unusual:
        yield _finding("unusual_character", field, name, _choices(name, unusual, alternatives))
    if possible:
        yield _finding("look_alike_possible", field, name, _choices(name, possible, alternatives))


def _address(facts: Facts, field: str, behind_county: str) -> Iterator[Finding]:
    """Yield the findings on an address's characters behind the county.

    1. Where a character is likelier another one. 2. Where the recogniser nearly read another.
    """
    address = facts[field]
    alternatives = _alternatives(facts, field)
    first = len(address) - len(behind_county)
    places = [place for place in range(first, len(address)) if HAN.fullmatch(address[place])]

    suspicious = [
        (place, Role.PLACE) for place in places if is_likely_misread(address[place], Role.PLACE)
    ]
    if suspicious:
        choices = _choices(address, suspicious, alternatives)
        yield _finding("look_alike_address", field, address, choices)

    unsuspected = {*places}.difference(place for place, _role in suspicious)
    nearly_other = {place: chars for place, chars in alternatives.items() if place in unsuspected}
    if nearly_other:
        yield _finding("second_choice", field, address, nearly_other)


def _alternatives(facts: Facts, field: str) -> dict[int, str]:
    """Return by place the characters that the recogniser itself thought possible, best first."""
    value = facts[field]
    reading = facts.read.get(field)
    by_place: dict[int, str] = {}
    for text in reading.alternatives if reading else ():
        # Of a text of another length nobody knows which characters stand for which.
        if len(text) != len(value):
            continue
        for place, char in enumerate(text):
            if char != value[place] and HAN.fullmatch(char):
                by_place[place] = by_place.get(place, "") + char
    return by_place


def _choices(value: str, places: Places, alternatives: Mapping[int, str]) -> dict[int, str]:
    """Return by place what a character may be, those that the recogniser named first."""
    choices = {}
    for place, role in places:
        likeliest = [char for char, _weight in weighed(value[place], role)[:CANDIDATES]]
        candidates = dict.fromkeys([*alternatives.get(place, ""), *likeliest])
        choices[place] = "".join(candidates)
    return choices


def _finding(code: str, field: str, value: str, choices: Mapping[int, str]) -> Finding:
    """Make a finding whose proposals change one character each.

    `choices` are the characters for each place.
    """
    characters = dict.fromkeys(value[place] for place in choices)
    candidates: dict[str, None] = {}
    proposals = []
    for place, chars in choices.items():
        for char in chars:
            candidates[char] = None
            proposals.append(Proposal(field, value[:place] + char + value[place + 1 :]))
    return finding(
        code,
        field,
        characters="".join(characters),
        candidates="、".join(candidates),
        proposals=proposals,
    )
