"""With which codes of areas a resident number may begin, and so whether a number may be somebody's at all."""

from datetime import date

from reviewapp.facts import divisions, resident

# Hong Kong, Macau and Taiwan residents, whose numbers begin with codes that are no county's.
COMPATRIOT_AREAS = frozenset({"810000", "820000", "830000"})
PERMANENT_RESIDENCE = "9"


def is_plausible(text: str, *, is_male: bool) -> bool:
    """Tell whether a number may be a man's or a woman's: its check character, date of birth, sex and county are right.

    Of a permanent residence card's the check character alone is known.
    """
    if text.startswith(PERMANENT_RESIDENCE):
        number = resident.parse(text)
        return number is not None and number.has_right_check
    return resident.fits(text, resident.Expected(is_male, None, None, (), may_begin_a_number))


def may_begin_a_number(area: str, born: date) -> bool:
    """Return whether numbers began with this code when somebody was born."""
    is_county = divisions.is_county(area) or divisions.was_county(area, born.year)
    return area in COMPATRIOT_AREAS or is_county
