"""Rules 13–17 and 32: the parents' resident numbers against themselves and the rest of the record.

Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewapp.facts import divisions, gazetteer, resident
from reviewapp.facts.residence_cards import OLDER_CARD_LENGTH
from reviewapp.facts.resident import ResidentNumber
from reviewapp.facts.resident_areas import (
    COMPATRIOT_AREAS,
    PERMANENT_RESIDENCE,
    is_county_of_birth,
    may_begin_a_card,
    may_begin_a_number,
)
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.documents import Document, kind_of
from reviewapp.rules.facts import Facts, Parent

# Documents whose numbers are made by GB 11643, but for a residence card's older ones.
_OF_EIGHTEEN = frozenset({Document.RESIDENT, Document.RESIDENCE_CARD})


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with parents' numbers that are resident numbers or ought to be."""
    for parent in facts.provided:
        is_older_card = len(parent.number) == OLDER_CARD_LENGTH and parent.is_foreign
        if parent.number and kind_of(parent) in _OF_EIGHTEEN and not is_older_card:
            yield from _number(facts, parent)


def _number(facts: Facts, parent: Parent) -> Iterator[Finding]:
    """Yield what is wrong with one number.

    1. Its form (13). 2. Its checksum (13). 3. Its date of birth (14, 16) and its sex (15). 4. Its
    area (17, 32), of which the number of a residence card has none.
    """
    number = parent.resident
    field = parent.field("id_card_number")
    if number is None:
        yield finding("id_form", field, value=parent.number, proposals=_misread(facts, parent))
        return

    if not number.has_right_check:
        proposals = _misread(facts, parent)
        yield finding("id_checksum", field, expected=number.expected_check, proposals=proposals)

    yield from _birth(facts, parent, number)
    yield from _sex(facts, parent, number)

    if not parent.number.startswith(PERMANENT_RESIDENCE):
        yield from _area(facts, parent, number)


def _birth(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    """Compare the number's date of birth with the rest of the record.

    1. With the calendar (14). 2. With the child's birth (14). 3. With the age given (16).
    """
    field = parent.field("id_card_number")
    born = number.born_on
    proposals = _misread(facts, parent)
    if born is None or born > facts.today:
        yield finding("id_birth_unreal", field, digits=number.birth_digits, proposals=proposals)
        return
    if facts.born_on is None:
        return
    if born >= facts.born_on:
        yield finding(
            "id_birth_after_child", field, "birth_time", born=born.isoformat(), proposals=proposals
        )
    elif parent.age is not None:
        expected = resident.age_on(facts.born_on, born)
        yield from _age(facts, parent, number, parent.age, expected)


def _age(
    facts: Facts, parent: Parent, number: ResidentNumber, age: int, expected: int
) -> Iterator[Finding]:
    if age == expected:
        return
    fields = (parent.field("age"), parent.field("id_card_number"))
    code = "age_off_by_one" if abs(age - expected) == 1 else "age_contradicts"
    proposals: list[Proposal] = []
    # A number whose checksum is right is hardly ever misread; one whose checksum is wrong says
    # nothing about the age.
    if number.has_right_check:
        proposals.append(Proposal(parent.field("age"), str(expected)))
    if code == "age_contradicts":
        proposals.extend(_misread(facts, parent))
    yield finding(code, *fields, age=age, expected=expected, proposals=proposals)


def _sex(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    if number.is_male != (parent.who == "father"):
        field = parent.field("id_card_number")
        yield finding("id_sex", field, digit=number.text[16], proposals=_misread(facts, parent))


def _area(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    """Look the area up (17) and compare it with the address (32).

    Numbers keep the code of the day they were given, which today is that of the birth: so codes
    that are no longer used are common, but not one of another time.
    """
    field = parent.field("id_card_number")
    area = number.area
    if area in COMPATRIOT_AREAS:
        return
    province = area[:2]
    counties = gazetteer.counties_of(area)
    if not divisions.is_province(province):
        proposals = _misread(facts, parent)
        yield finding("id_province_unknown", field, area=province, proposals=proposals)
    elif not counties:
        yield finding("id_county_unknown", field, area=area, proposals=_misread(facts, parent))
    elif number.born_on:
        yield from _area_of_another_time(field, area, number.born_on.year)
        yield from _elsewhere(parent, area, number.born_on.year)


def _area_of_another_time(field: str, area: str, born: int) -> Iterator[Finding]:
    """Yield a county's code that was given up before a year, or came into use after it (17)."""
    counties = gazetteer.counties_of(area)
    if any(county.is_of(born) for county in counties):
        return
    later = [county for county in counties if county.since > born]
    if later:
        yield finding("id_county_newer", field, area=area, since=later[0].since, born=born)
    else:
        until = counties[-1].until
        yield finding("id_county_older", field, area=area, until=until, born=born)


def _elsewhere(parent: Parent, area: str, born: int) -> Iterator[Finding]:
    """Compare the area with the address, each by what became of it until today (32)."""
    home = parent.home
    if home is None or home.level < 3:
        return
    of_home = gazetteer.codes_of_place(home.code)
    if home.code == area or of_home & gazetteer.codes_of_place(area):
        return
    yield finding(
        "area_elsewhere",
        parent.field("id_card_number"),
        parent.field("address"),
        area=divisions.full_name(area, born),
    )


def _misread(facts: Facts, parent: Parent) -> Iterator[Proposal]:
    """Propose numbers that fit the whole record.

    Their counties are those of the year of birth. Only where none fits those that came later count
    too, for some people got their numbers later.
    """
    is_card = parent.is_foreign and parent.number.startswith(PERMANENT_RESIDENCE)
    expected = resident.Expected(
        is_male=parent.who == "father",
        child_born_on=facts.born_on,
        age=parent.age,
        areas=_likely_areas(facts, parent),
        is_county=may_begin_a_card if is_card else is_county_of_birth,
    )
    numbers = resident.candidates(parent.number, expected)
    if not numbers and not is_card:
        lenient = replace(expected, is_county=may_begin_a_number)
        numbers = resident.candidates(parent.number, lenient)
    for number in numbers:
        if number != parent.number:
            yield Proposal(parent.field("id_card_number"), number)


def _likely_areas(facts: Facts, parent: Parent) -> tuple[str, ...]:
    """Return beginnings of a parent's number, the likeliest first.

    The areas of the address, of the child's birth and of the other parent's number, by the codes
    that they have and had, then their cities, then their provinces.
    """
    codes: list[str] = []
    for place in (parent.home, facts.birth_place):
        if place:
            codes += _codes(place.code)
    codes += [
        person.resident.area
        for person in facts.provided
        if person.resident and person.who != parent.who
    ]
    areas = [re.sub(r"(00)+$", "", code) for code in codes]
    cities = [area[:4] for area in areas]
    provinces = [area[:2] for area in areas]
    return tuple(dict.fromkeys([*areas, *cities, *provinces]))


def _codes(code: str) -> Iterator[str]:
    """Yield the codes that a place has had, the given one first."""
    yield code
    for today in sorted(gazetteer.codes_of_place(code)):
        yield today
        yield from gazetteer.predecessors(today)
