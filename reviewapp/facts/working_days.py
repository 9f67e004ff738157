"""Working days of China: Monday to Friday, but for public holidays and the days made up for them.

Pure. `data/working_days.csv` has each day off and each day worked in its place as the General
Office of the State Council announced them: for 2024 on 2023-10-25, for 2025 on 2024-11-12, for 2026
on 2025-11-04 (国务院办公厅关于部分节假日安排的通知). A notice names only some days of its year, so
a year with any row is known whole. The rows of a new year are added when its notice is out.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[1] / "data" / "working_days.csv"
HOLIDAY, WORKDAY = "holiday", "workday"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """The last of some working days, and the years on the way whose holidays are not known."""

    day: date
    unknown_years: tuple[int, ...]


@cache
def announced() -> dict[date, bool]:
    """Return whether people work on each day of which a notice says so."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            date.fromisoformat(row["day"]): row["kind"] == WORKDAY for row in csv.DictReader(file)
        }


@cache
def known_years() -> frozenset[int]:
    """Return the years whose holidays have been announced."""
    return frozenset(day.year for day in announced())


def is_working_day(day: date) -> bool:
    """Return whether people work on a day; in a year that is not known, Monday to Friday."""
    return announced().get(day, day.weekday() < SATURDAY)


def due(received: date, count: int) -> Due:
    """Return the day on which `count` working days (one or more) have gone by since `received`.

    The day itself does not count (Civil Code, article 201): the first is the next working day.
    """
    day, left, years = received, count, set()
    while left:
        day += timedelta(days=1)
        years.add(day.year)
        left -= is_working_day(day)
    return Due(day, tuple(sorted(years - known_years())))
