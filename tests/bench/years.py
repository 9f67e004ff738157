"""What the years do to a drawn record: places are called as they were, and numbers have the codes of their time."""

import random
from collections.abc import Mapping
from functools import cache

from reviewapp.facts import divisions, gazetteer, resident
from reviewapp.facts.gazetteer import OVERSEAS, Division

PEOPLE = ("mother", "father")
PLACES = ("birth_place", "mother_address", "father_address", "medical_institutions", "issue_authority")
# Of a hundred parents so many have their number from another county than they live in.
MOVED = 45


def aged(rng: random.Random, record: Mapping[str, str]) -> dict[str, str]:
    """Return the record as it was written in the child's year of birth."""
    year = int(record["birth_time"][:4])
    home = divisions.resolve(record["birth_place"])
    then = _then(rng, home.division, year) if home else None
    old = dict(record)
    if home and then:
        for field in PLACES:
            old[field] = _renamed(record[field], home.division, then)
    for who in PEOPLE:
        field = f"{who}_id_card_number"
        if len(record[field]) == 18:
            old[field] = _with_area_of_birth(rng, record[field])
    return old


def _then(rng: random.Random, division: Division, year: int) -> Division | None:
    """Return one of the counties that lay in a year where one lies today, or of the same city."""
    codes = (division.code, *gazetteer.predecessors(division.code))
    counties = [county for code in codes for county in gazetteer.counties_of(code) if county.is_of(year)]
    beside = [county for county in gazetteer.below()[division.levels[:-1]] if county.is_of(year)]
    here = [county for county in counties if len(county.levels) == len(division.levels)]
    return rng.choice(here or beside)


def _renamed(text: str, today: Division, then: Division) -> str:
    """Put the names of a place's levels of that time in the place of today's, from the county up."""
    for name, old in zip(reversed(today.levels), reversed(then.levels), strict=False):
        text = text.replace(name, old, 1)
    return text


def _with_area_of_birth(rng: random.Random, number: str) -> str:
    """Give a number the code that its county had when its owner was born, or that of any other county."""
    year = int(number[6:10])
    codes = [code for code in (number[:6], *gazetteer.predecessors(number[:6])) if gazetteer.county_in(code, year)]
    if not codes or rng.randrange(100) < MOVED:
        codes = _codes_of(max(year, gazetteer.FIRST_YEAR))
    first_17 = rng.choice(codes) + number[6:17]
    return first_17 + resident.check_character(first_17)


@cache
def _codes_of(year: int) -> list[str]:
    return sorted(
        {
            county.code
            for county in gazetteer.divisions()
            if county.level == 3 and county.is_of(year) and county.code[:2] not in OVERSEAS
        }
    )
