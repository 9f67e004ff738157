"""Rules 13–17 and 32: the parents' resident numbers against themselves and the rest of the record.

Pure.
"""

import re
from collections.abc import Iterator

from reviewapp.facts import divisions, resident
from reviewapp.facts.resident import ResidentNumber
from reviewapp.facts.resident_areas import COMPATRIOT_AREAS, PERMANENT_RESIDENCE, may_begin_a_number
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.documents import Document, kind_of
from reviewapp.rules.facts import Facts, Parent

# A number is given at birth today, and was at the latest with the first card, at 16; the numbers of
# those who were grown up before were all in order when 18 digits had replaced 15.
FIRST_CARD_AGE, LAST_YEAR_OF_RENUMBERING = 16, 2000


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with parents' numbers that are resident numbers or ought to be."""
    for parent in facts.provided:
        if parent.number and kind_of(parent) in {Document.RESIDENT, Document.RESIDENCE_CARD}:
            yield from _number(facts, parent)


def _number(facts: Facts, parent: Parent) -> Iterator[Finding]:
    """Yield what is wrong with one number.

    1. Its form (13). 2. Its checksum (13). 3. Its date of birth (14, 16). 4. Its sex (15) and its
    area (17, 32), of which the number of a residence card says nothing.
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

    if parent.number.startswith(PERMANENT_RESIDENCE):
        return
    yield from _sex(facts, parent, number)
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

    Numbers keep the code of the day they were given, and most codes are younger than most parents:
    so codes that are no longer used are common, but not one from years after that day.
    """
    field = parent.field("id_card_number")
    area = number.area
    if area in COMPATRIOT_AREAS:
        return
    province = area[:2]
    if not divisions.is_province(province):
        proposals = _misread(facts, parent)
        yield finding("id_province_unknown", field, area=province, proposals=proposals)
    elif not divisions.is_county(area):
        yield from _former_area(facts, parent, number)
    else:
        yield from _newer_area(field, number)
        yield from _elsewhere(parent, area)


def _former_area(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    """Yield a county's code that never was one, or was given up before its owner's birth (17)."""
    field = parent.field("id_card_number")
    area = number.area
    if area not in divisions.last_years():
        yield finding("id_county_unknown", field, area=area, proposals=_misread(facts, parent))
    elif number.born_on and not divisions.was_county(area, number.born_on.year):
        until = divisions.last_years()[area]
        yield finding("id_county_older", field, area=area, until=until, born=number.born_on.year)


def _newer_area(field: str, number: ResidentNumber) -> Iterator[Finding]:
    if number.born_on is None:
        return
    born = number.born_on.year
    since = divisions.first_years().get(number.area, 0)
    if since > _given_by(born):
        yield finding("id_county_newer", field, area=number.area, since=since, born=born)


def _elsewhere(parent: Parent, area: str) -> Iterator[Finding]:
    home = parent.home
    if home is None or home.level < 3 or home.code == area:
        return
    yield finding(
        "area_elsewhere",
        parent.field("id_card_number"),
        parent.field("address"),
        area=divisions.full_name(area),
    )


def _given_by(year_of_birth: int) -> int:
    """Return the year by which a person has a number that stays the same."""
    return max(year_of_birth + FIRST_CARD_AGE, LAST_YEAR_OF_RENUMBERING)


def _misread(facts: Facts, parent: Parent) -> Iterator[Proposal]:
    """Propose numbers that fit the whole record."""
    expected = resident.Expected(
        is_male=parent.who == "father",
        child_born_on=facts.born_on,
        age=parent.age,
        areas=_likely_areas(facts, parent),
        is_county=may_begin_a_number,
    )
    for number in resident.candidates(parent.number, expected):
        if number != parent.number:
            yield Proposal(parent.field("id_card_number"), number)


def _likely_areas(facts: Facts, parent: Parent) -> tuple[str, ...]:
    """Return beginnings of a parent's number, the likeliest first.

    The areas of the address, of the child's birth and of the other parent's number, then their
    cities, then their provinces.
    """
    codes = [place.code for place in (parent.home, facts.birth_place) if place]
    codes += [
        person.resident.area
        for person in facts.provided
        if person.resident and person.who != parent.who
    ]
    areas = [re.sub(r"(00)+$", "", code) for code in codes]
    cities = [area[:4] for area in areas]
    provinces = [area[:2] for area in areas]
    return tuple(dict.fromkeys([*areas, *cities, *provinces]))
