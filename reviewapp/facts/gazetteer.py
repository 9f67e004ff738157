"""The table of provinces, cities and counties (GB/T 2260), each with its years and successors.

Pure. One table for the present and the past: `divisions_history.csv`, from 1981 on. It lacks what
has never been in the yearly lists of the mainland's counties: the counties of Taiwan, Hong Kong and
Macau, the lines that stand in the place of a city where there is none (110100), and districts that
are no county by law but have a code (133100). `divisions_further.csv` has those, without years.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
HISTORY = DATA / "divisions_history.csv"
FURTHER = DATA / "divisions_further.csv"

# The table begins here: for years before it says what there was then.
FIRST_YEAR = 1981
# A year after every change: what is there at a time that knows no end is there today.
TODAY = 9999
# What the table calls the city of a county that lies directly in its province.
_NO_CITY = "直辖"
# Behind a province's name: its counties, whichever city they are of.
ALL_COUNTIES = "*"
_SUCCESSOR = re.compile(r"(\d{6})(?:\[(\d{4})\])?")
# Taiwan, Hong Kong and Macau, where a code of any level may stand for a county's.
OVERSEAS = frozenset({"71", "81", "82"})


@dataclass(frozen=True, slots=True)
class Division:
    """A division with one code and name, over the years in which it had both.

    `levels` are the names from the province down to its own, `level` is 1 for a province, 2 for a
    city, 3 for a county. It was there from the year `since` to the year `until`, both of which it
    may share with another, and TODAY if it still is. `became` are the codes that it was given up
    for.
    """

    code: str
    levels: tuple[str, ...]
    level: int
    since: int = FIRST_YEAR
    until: int = TODAY
    became: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.levels[-1]

    @property
    def full_name(self) -> str:
        """Return the names of all levels; a municipality's is not repeated."""
        return "".join(dict.fromkeys(self.levels))

    def is_of(self, year: int) -> bool:
        """Return whether it was there in a year, or some time of it."""
        return self.since <= max(year, FIRST_YEAR) <= self.until

    def is_of_or_after(self, year: int) -> bool:
        return self.until >= max(year, FIRST_YEAR)


@cache
def divisions() -> tuple[Division, ...]:
    """Return all divisions, those of the history first."""
    return (*_of_history(), *_further())


def _of_history() -> Iterator[Division]:
    with HISTORY.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            city = "" if row["prefecture"] == _NO_CITY else row["prefecture"]
            above = dict.fromkeys(filter(None, (row["province"], city)))
            is_county = int(row["level"]) == 3
            yield Division(
                code=row["code"],
                levels=(*above, row["name"]) if is_county else tuple(above),
                level=int(row["level"]),
                since=int(row["from"]),
                until=int(row["to"] or TODAY),
                became=_given_up_for(row["new_codes"]),
            )


def _given_up_for(new_codes: str) -> tuple[str, ...]:
    """Read `130108;130111` or, with a year where only a part went at that time, `130108[2001]`.

    Where the whole went somewhere in the end, the parts before do not count.
    """
    parts = _SUCCESSOR.findall(new_codes)
    whole = [code for code, year in parts if not year]
    return tuple(whole or [code for code, _year in parts])


def _further() -> Iterator[Division]:
    with FURTHER.open(encoding="utf-8") as file:
        further = {row["code"]: row["name"] for row in csv.DictReader(file)}
    known = {division.code: division.name for division in _of_history() if division.until == TODAY}
    names_by_code = known | further
    for code, name in further.items():
        above = [names_by_code.get(f"{code[:2]}0000", ""), names_by_code.get(f"{code[:4]}00", "")]
        levels = dict.fromkeys(filter(None, [*above, name]))
        yield Division(code, tuple(levels), level=2 if code.endswith("00") else 3)


@cache
def last_year() -> int:
    """Return the year of the last change in the table; whatever comes later is like today."""
    years = chain.from_iterable((division.since, division.until) for division in divisions())
    return max(year for year in years if year != TODAY)


@cache
def names() -> Mapping[str, str]:
    """Return the name of every division of today by its six-digit code."""
    return {division.code: division.name for division in divisions() if division.until == TODAY}


@cache
def below() -> Mapping[tuple[str, ...], list[Division]]:
    """Return the divisions below others, of any year, by the names of the levels above.

    () gives provinces, a province its cities and the counties without a city, province and city
    counties, a province and ALL_COUNTIES all its counties.
    """
    divisions_below = defaultdict(list)
    for division in divisions():
        *above, _name = division.levels
        is_municipality_again = len(division.levels) == 1 and division.level > 1
        if is_municipality_again:
            continue
        divisions_below[tuple(above)].append(division)
        if division.level == 3:
            divisions_below[division.levels[0], ALL_COUNTIES].append(division)
    return dict(divisions_below)


def has_no_counties(division: Division) -> bool:
    """Return whether a division is a city that stands in a county's place, as 东莞市 does."""
    return division.level == 2 and len(division.levels) > 1 and division.levels not in below()


@cache
def _versions() -> Mapping[str, tuple[Division, ...]]:
    """Return every code's divisions, one after the other in time."""
    versions = defaultdict(list)
    for division in sorted(divisions(), key=lambda division: division.since):
        versions[division.code].append(division)
    return {code: tuple(one_after_other) for code, one_after_other in versions.items()}


def versions(code: str) -> tuple[Division, ...]:
    """Return what a code has been the code of since 1981, the oldest first."""
    return _versions().get(code, ())


def in_year(code: str, year: int = TODAY) -> Division | None:
    """Return what a code was the code of in a year; in a year of change the new one.

    Years before the table's first count as that.
    """
    of_year = [division for division in versions(code) if division.is_of(year)]
    return of_year[-1] if of_year else None


def county_in(code: str, year: int = TODAY) -> Division | None:
    """Return the county that had a code in a year, or what stands in a county's place."""
    of_year = [county for county in counties_of(code) if county.is_of(year)]
    return of_year[-1] if of_year else None


def counties_of(code: str) -> tuple[Division, ...]:
    """Return the counties that have had a code, or what stood in their place, the oldest first."""
    is_overseas = code[:2] in OVERSEAS
    return tuple(
        division
        for division in versions(code)
        if division.level == 3 or is_overseas or has_no_counties(division)
    )


def successors(division: Division) -> tuple[Division, ...]:
    """Return what lies today where a division lay, over any number of changes.

    One that is still there is its own. () where nobody knows.
    """
    ends: dict[Division, None] = {}
    seen: set[Division] = set()
    ahead = [division]
    while ahead:
        current = ahead.pop(0)
        if current in seen:
            continue
        seen.add(current)
        if current.until == TODAY:
            ends[current] = None
        ahead += _next(current)
    return tuple(ends)


def _next(division: Division) -> Iterator[Division]:
    """Yield what a division that was given up was given up for, as it was in that year."""
    if division.until == TODAY:
        return
    for code in division.became:
        following = [later for later in versions(code) if later.until > division.until]
        if following:
            yield following[0]


@cache
def _predecessors() -> Mapping[str, tuple[str, ...]]:
    """Return for the codes of today the former codes of what lies there."""
    former = defaultdict(list)
    for division in divisions():
        if division.until != TODAY:
            for successor in successors(division):
                former[successor.code].append(division.code)
    return {code: tuple(dict.fromkeys(codes)) for code, codes in former.items()}


def predecessors(code: str) -> tuple[str, ...]:
    """Return the former codes of what a code of today stands for, without its own."""
    return tuple(former for former in _predecessors().get(code, ()) if former != code)


def codes_of_place(code: str) -> frozenset[str]:
    """Return the codes that a place has today, by any code that it ever had; () of no place."""
    today = chain.from_iterable(successors(division) for division in versions(code))
    return frozenset(division.code for division in today)
