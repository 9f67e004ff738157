"""Since when there are certificates, how their numbers are made, and what provinces ask for. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

# The day from which children have got certificates.
FIRST_BIRTH = date(1996, 1, 1)
# A letter for the year of printing, two digits for the province, seven that run on.
NUMBER = re.compile(r"[A-Z]\d{9}", re.ASCII)
# From the year of A on, each letter is a year.
YEAR_OF_A = 2000
# Years between printing and issue; stock of the year beside is used too.
MOST_YEARS_IN_STOCK = 1
# Since when edition 7 is in force, with its yellow panel and barcode, and since which year, with
# edition 5, the form is higher than wide.
FIRST_DAY_OF_EDITION_7 = date(2023, 4, 1)
FIRST_PORTRAIT_YEAR = 2014
# The provinces whose paper there is, by digits 2 and 3. Not 71, 81 and 82: Taiwan, Hong Kong and
# Macau issue none of it.
_PROVINCES_BY_REGION = (11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65)
PROVINCES = frozenset(
    str(province) for first, last in _PROVINCES_BY_REGION for province in range(first, last + 1)
)
# The Production and Construction Corps, whose hospitals lie in Xinjiang.
CORPS, CORPS_PROVINCE = "66", "65"


def printed_in(letter: str) -> int:
    """Return the year in which a certificate was printed, by its number's letter, A to Z."""
    return YEAR_OF_A + ord(letter) - ord("A")


def is_paper_of(province: str, other: str) -> bool:
    """Return whether a number's two digits are those of the province of birth."""
    return other == (CORPS_PROVINCE if province == CORPS else province)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of one series that are missing between two that are there."""

    first: str
    last: str
    count: int


def gaps(numbers: Iterable[str]) -> Iterator[Gap]:
    """Yield what is missing between numbers that come in order; only those of the form count.

    A series is a letter and two digits: the year of printing and the province.
    """
    before = ""
    for number in numbers:
        if not NUMBER.fullmatch(number):
            continue
        series, serial = number[:3], int(number[3:])
        missing = serial - int(before[3:]) - 1 if before[:3] == series else 0
        if missing > 0:
            first, last = serial - missing, serial - 1
            yield Gap(first=f"{series}{first:07}", last=f"{series}{last:07}", count=missing)
        before = number


@dataclass(frozen=True, slots=True)
class NumberForm:
    """The form that the numbers of certificates have which were issued in some years.

    `until` is the last of them. Of a form that `is_known` for sure a number must be; of another it
    is worth a look.
    """

    pattern: str
    since: int
    until: int
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class LateLimits:
    """How many months after the birth a province asks for more papers before it issues.

    First a written explanation, then a test of paternity.
    """

    explanation: int = 1
    paternity_test: int = 6


# The first edition's numbers had no letter, and stock of the year beside is used too.
NUMBER_FORMS = (
    NumberForm(r"\d{6,12}|[A-Z]\d{9}", since=1996, until=1999),
    NumberForm(r"[A-Z]\d{9}", since=2000, until=2025),
    # The letters end with Z: how numbers are made from 2026 on is not known yet.
    NumberForm(r"[A-Z]\d{9}", since=2026, until=date.max.year, is_known=False),
)
LATE_LIMITS = {"33": LateLimits(paternity_test=12)}


@dataclass(frozen=True, slots=True)
class Limits:
    """What changes from year to year and from province to province: data, not rules.

    `late` has the limits of the provinces, by two digits, that do not have the usual ones.
    """

    number_forms: tuple[NumberForm, ...] = NUMBER_FORMS
    late: Mapping[str, LateLimits] = field(default_factory=lambda: LATE_LIMITS)

    def number_form(self, year: int) -> NumberForm:
        """Return the form of the numbers of a year; before the first form it is that."""
        for form in self.number_forms:
            if year <= form.until:
                return form
        return self.number_forms[-1]

    def late_limits(self, province: str) -> LateLimits:
        return self.late.get(province, LateLimits())


LIMITS = Limits()
