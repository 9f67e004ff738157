"""Working days: what the notices of the State Council say, and Monday to Friday where none is out."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewapp.facts.working_days import HOLIDAY, TABLE, WORKDAY, Due, due, is_working_day, known_years

pytestmark = pytest.mark.sqlite

# How many working days a year has: its days, less its weekends and 11 holidays (13 since 2025), as they fell.
WORKING_DAYS = {2024: 251, 2025: 248, 2026: 248}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("year", "count"), WORKING_DAYS.items())
def test_a_year_has_as_many_working_days_as_the_law_gives_it(year: int, count: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    assert sum(is_working_day(day) for day in days if day.year == year) == count
    assert year in known_years()


def test_days_are_made_up_at_weekends_and_stand_once_in_order() -> None:
    days = [row["day"] for row in rows()]
    assert days == sorted(set(days))
    assert {row["kind"] for row in rows()} == {HOLIDAY, WORKDAY}
    made_up = [date.fromisoformat(row["day"]) for row in rows() if row["kind"] == WORKDAY]
    assert all(day.weekday() >= 5 for day in made_up)


@pytest.mark.parametrize(
    ("received", "count", "day"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
        ("2026-02-14", 1, "2026-02-24"),  # over the Spring Festival
        ("2026-09-30", 2, "2026-10-09"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2024-09-13", 2, "2024-09-18"),
        ("2026-05-08", 2, "2026-05-11"),
        ("2026-11-30", 20, "2026-12-28"),
        ("2026-11-28", 1, "2026-11-30"),
    ],
)
def test_working_days_are_counted_over_holidays(received: str, count: int, day: str) -> None:
    assert due(date.fromisoformat(received), count) == Due(date.fromisoformat(day), ())


def test_a_year_without_a_notice_counts_monday_to_friday_and_says_so() -> None:
    assert due(date(2026, 12, 31), 1) == Due(date(2027, 1, 1), (2027,))
    assert due(date(2027, 12, 30), 2) == Due(date(2028, 1, 3), (2027, 2028))
    assert due(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), ())


@given(st.dates(date(2023, 1, 1), date(2028, 1, 1)), st.integers(1, 300))
def test_the_last_day_is_a_working_day_and_one_more_comes_later(received: date, count: int) -> None:
    last = due(received, count).day
    assert is_working_day(last)
    assert due(last, 1).day == due(received, count + 1).day > last > received
