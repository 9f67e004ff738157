"""With which codes of areas a resident number may begin, and so whether it may be somebody's.

Pure.
"""

from datetime import date

from reviewapp.facts import gazetteer, resident, vocabulary

# Hong Kong, Macau and Taiwan residents, whose numbers begin with codes that are no county's.
COMPATRIOT_AREAS = frozenset({"810000", "820000", "830000"})
PERMANENT_RESIDENCE = "9"


def is_plausible(text: str, *, is_male: bool) -> bool:
    """Return whether a number may be a man's or a woman's.

    Its check character, date of birth, sex and county must be right. Of a permanent residence
    card's the check character alone is known.
    """
    if text.startswith(PERMANENT_RESIDENCE):
        number = resident.parse(text)
        return number is not None and number.has_right_check
    expected = resident.Expected(
        is_male=is_male, child_born_on=None, age=None, areas=(), is_county=may_begin_a_number
    )
    return resident.fits(text, expected)


def is_county_of_birth(area: str, born: date) -> bool:
    """Return whether a code was a county's in the year in which somebody was born."""
    return area in COMPATRIOT_AREAS or gazetteer.county_in(area, born.year) is not None


def may_begin_a_card(area: str, born: date) -> bool:
    """Return whether a permanent residence card of 2023 may begin so.

    That is 9, two digits of the province, three of the nationality.
    """
    province, nationality = area[1:3], area[3:6]
    is_of_province = f"{province}0000" in gazetteer.names()
    return (
        area.startswith(PERMANENT_RESIDENCE)
        and is_of_province
        and (nationality in vocabulary.country_numbers())
    )


def may_begin_a_number(area: str, born: date) -> bool:
    """Return whether a code was a county's when somebody was born, or at any time since.

    Numbers were first given out from 1984 to 1989, and who moved or registered late has a later
    code.
    """
    if area in COMPATRIOT_AREAS:
        return True
    return any(county.is_of_or_after(born.year) for county in gazetteer.counties_of(area))
