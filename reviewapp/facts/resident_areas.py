"""With which codes of areas a resident number may begin, and so whether it may be somebody's."""

from datetime import date

from reviewapp.facts import divisions, resident

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


def may_begin_a_number(area: str, born: date) -> bool:
    """Return whether numbers began with this code when somebody was born."""
    if area in COMPATRIOT_AREAS or divisions.is_county(area):
        return True
    return divisions.was_county(area, born.year)
