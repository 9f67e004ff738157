"""Rule 33: characters of names and addresses that are easily misread. Pure.

It does not matter how sure the recogniser was.
Recognisers take rare characters for common ones at 0.99, so what gives them away is the text: 吴 is
the commonest of surnames and hardly ever stands in a given name, where 昊 often does.
`facts.misreadings` has the odds that a character was misread.
"""

import math
from collections.abc import Iterator, Mapping

from reviewapp.facts import vocabulary
from reviewapp.facts.frequencies import GIVEN_ROLES, Role, levels, per_million
from reviewapp.facts.misreadings import odds, roles, weighed
from reviewapp.facts.names import surname_of
from reviewapp.facts.ranges import USUAL_AGES
from reviewapp.facts.scripts import HAN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import NAMES
from reviewapp.rules.facts import Facts

POSSIBLE = 0.3
# Odds, chosen on invented records: at most one in twenty may be flagged without need (decision 81).
ASKS_FOR_A_LOOK: Mapping[Role, float] = {
    Role.SURNAME: 4.0,
    Role.FOREIGN: 8.0,
    Role.PLACE: 30.0,
    **dict.fromkeys(GIVEN_ROLES, 1.5),
}
# Per million in a role: what is as common asks for no look at all, whatever looks like it. So the
# names that are given most often raise nothing.
COMMON: Mapping[Role, float] = {
    Role.SURNAME: 3000,
    Role.FOREIGN: math.inf,
    **dict.fromkeys(GIVEN_ROLES, 1500),
}
# What asks for a look is rarer still. Characters of foreign names were counted in few names, so only
# those that hardly any of them has do.
COUNTED_OUT: Mapping[Role, float] = {
    Role.SURNAME: 3000,
    Role.FOREIGN: 60,
    Role.PLACE: math.inf,
    **dict.fromkeys(GIVEN_ROLES, 400),
}
# Of a million characters in a role; one of the 3500 commonest that is rarer there is no name's. Those
# of the two other levels are in the standard because names or books have them.
UNUSUAL = {Role.SURNAME: 3, **dict.fromkeys(GIVEN_ROLES, 12)}
# From this year on names are weighed by those of today's children.
FIRST_YEAR_OF_CHILDREN = 2000
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
    """Return whose given names a name is weighed by: the sex's, of the years of birth.

    A child without a legible sex is weighed by its sisters'.
    """
    is_of_children = _year_of_birth(facts, field) >= FIRST_YEAR_OF_CHILDREN
    if field == "father_name" or (field == "neonatal_name" and facts["sex"] == "男"):
        return Role.BOY if is_of_children else Role.MALE
    return Role.GIRL if is_of_children else Role.FEMALE


def _year_of_birth(facts: Facts, field: str) -> int:
    """Return when somebody was born, a parent by the number or the age; about, if neither says."""
    childs_year = facts.born_on.year if facts.born_on else facts.today.year
    for parent in facts.parents:
        if field != parent.field("name"):
            continue
        if parent.resident and parent.resident.born_on:
            return parent.resident.born_on.year
        return childs_year - (parent.age or USUAL_AGES.low)
    return childs_year


def is_likely_misread(char: str, role: Role) -> bool:
    """Return whether the odds against a character ask for a look."""
    is_rare = per_million(char, role) <= COUNTED_OUT[role]
    return is_rare and odds(char, role) >= ASKS_FOR_A_LOOK[role]


def is_unusual(char: str, role: Role) -> bool:
    """Return whether a character hardly ever stands in this role.

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
    for place, role in _roles(facts, field, agreed):
        char = name[place]
        if is_likely_misread(char, role):
            suspicious.append((place, role))
        elif place in alternatives:
            nearly_other[place] = alternatives[place]
        elif is_unusual(char, role):
            unusual.append((place, role))
        elif odds(char, role) >= POSSIBLE and per_million(char, role) <= COMMON[role]:
            possible.append((place, role))

    if suspicious:
        yield _finding("look_alike", field, name, _choices(name, suspicious, alternatives))
    if nearly_other:
        yield _finding("second_choice", field, name, nearly_other)

    if unusual:
        yield _finding("unusual_character", field, name, _choices(name, unusual, alternatives))
    if possible:
        yield _finding("look_alike_possible", field, name, _choices(name, possible, alternatives))


def _roles(facts: Facts, field: str, agreed: frozenset[str]) -> Places:
    """Return the places of a name that are worth a look, each with its role.

    1. A name of a people without surnames is one of another language, though it has no dot
    (扎西卓玛), or a Chinese one: a character is weighed as what it is commoner in. 2. Of all others
    those of the given name, and the surname, if nobody shares it. A child may have both surnames:
    the second is its other parent's.
    """
    name = facts[field]
    if _has_no_surname(facts, field):
        chinese = [place for place, char in enumerate(name) if HAN.fullmatch(char)]
        possible = (Role.FOREIGN, given_role(facts, field), Role.SURNAME)
        return [
            (place, max(possible, key=lambda role: per_million(name[place], role)))
            for place in chinese
        ]
    places = roles(name, agreed, given_role(facts, field))
    if field != "neonatal_name":
        return places
    surnames = {surname_of(parent.name) for parent in facts.provided if parent.name}
    own = surname_of(name)
    has_both = own in surnames and name[len(own) : len(own) + 1] in surnames
    return [(place, role) for place, role in places if not (has_both and place == len(own))]


def _has_no_surname(facts: Facts, field: str) -> bool:
    """Return whether somebody is of a people without surnames, a child by either parent."""
    for parent in facts.provided:
        is_of_parent = field in {parent.field("name"), "neonatal_name"}
        if is_of_parent and vocabulary.has_no_surnames(parent.ethnicity):
            return True
    return False


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
