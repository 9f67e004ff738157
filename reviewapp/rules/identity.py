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
    """Yield what is wrong with each parent's number, when it is a resident number or ought to be one."""
    for parent in facts.provided:
        if parent.number and kind_of(parent) in {Document.RESIDENT, Document.RESIDENCE_CARD}:
            yield from _number(facts, parent)


def _number(facts: Facts, parent: Parent) -> Iterator[Finding]:
    number, field = parent.resident, parent.field("id_card_number")
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
    """Compare the number's date of birth with the calendar (14), the child's birth (14) and the age given (16)."""
    field, born = parent.field("id_card_number"), number.born_on
    if born is None or born > facts.today:
        proposals = _misread(facts, parent)
        yield finding("id_birth_unreal", field, digits=number.birth_digits, proposals=proposals)
    elif facts.born_on and born >= facts.born_on:
        proposals = _misread(facts, parent)
        yield finding(
            "id_birth_after_child", field, "birth_time", born=born.isoformat(), proposals=proposals
        )
    elif facts.born_on and parent.age is not None:
        yield from _age(facts, parent, resident.age_on(facts.born_on, born))


def _age(facts: Facts, parent: Parent, expected: int) -> Iterator[Finding]:
    age, fields = parent.age or 0, (parent.field("age"), parent.field("id_card_number"))
    if age == expected:
        return
    # A number whose checksum is right is hardly ever misread; one whose checksum is wrong says
    # nothing about the age.
    right = parent.resident is not None and parent.resident.has_right_check
    by_age = [Proposal(fields[0], str(expected))] if right else []
    code = "age_off_by_one" if abs(age - expected) == 1 else "age_contradicts"
    by_number = [] if code == "age_off_by_one" else _misread(facts, parent)
    yield finding(code, *fields, age=age, expected=expected, proposals=[*by_age, *by_number])


def _sex(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    if number.is_male != (parent.who == "father"):
        field = parent.field("id_card_number")
        yield finding("id_sex", field, digit=number.text[16], proposals=_misread(facts, parent))


def _area(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    """Look the area up (17) and compare it with the address (32).

    Numbers keep the code of the day they were given, and most codes are younger than most parents:
    so codes that are no longer used are common, but not one from years after that day.
    """
    field, area = parent.field("id_card_number"), number.area
    if area in COMPATRIOT_AREAS:
        return
    if not divisions.is_province(area[:2]):
        yield finding(
            "id_province_unknown", field, area=area[:2], proposals=_misread(facts, parent)
        )
    elif not divisions.is_county(area):
        yield from _former_area(facts, parent, number)
    elif number.born_on and (since := divisions.first_years().get(area, 0)) > _given_by(
        number.born_on.year
    ):
        yield finding("id_county_newer", field, area=area, since=since, born=number.born_on.year)
    if (
        divisions.is_county(area)
        and parent.home
        and parent.home.level == 3
        and parent.home.code != area
    ):
        yield finding(
            "area_elsewhere", field, parent.field("address"), area=divisions.full_name(area)
        )


def _former_area(facts: Facts, parent: Parent, number: ResidentNumber) -> Iterator[Finding]:
    """Find a county's code that was given up before its owner was born (17), or that there never was."""
    field, area = parent.field("id_card_number"), number.area
    if area not in divisions.last_years():
        yield finding("id_county_unknown", field, area=area, proposals=_misread(facts, parent))
    elif number.born_on and not divisions.was_county(area, number.born_on.year):
        until, born = divisions.last_years()[area], number.born_on.year
        yield finding("id_county_older", field, area=area, until=until, born=born)


def _given_by(year_of_birth: int) -> int:
    """Return the year by which a person has a number that stays the same."""
    return max(year_of_birth + FIRST_CARD_AGE, LAST_YEAR_OF_RENUMBERING)


def _misread(facts: Facts, parent: Parent) -> Iterator[Proposal]:
    """Propose numbers that fit the whole record; the areas of address, child and the other parent come first."""
    places = [place.code for place in (parent.home, facts.birth_place) if place]
    others = [
        other.number[:6] for other in facts.provided if other.who != parent.who and other.resident
    ]
    areas = [re.sub(r"(00)+$", "", code) for code in (*places, *others)]
    expected = resident.Expected(
        is_male=parent.who == "father",
        child_born_on=facts.born_on,
        age=parent.age,
        areas=tuple(
            dict.fromkeys((*areas, *(area[:4] for area in areas), *(area[:2] for area in areas)))
        ),
        is_county=may_begin_a_number,
    )
    field = parent.field("id_card_number")
    return (
        Proposal(field, number)
        for number in resident.candidates(parent.number, expected)
        if number != parent.number
    )
