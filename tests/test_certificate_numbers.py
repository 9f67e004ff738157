"""Gaps between certificate numbers: within a series, and only of numbers that have the form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewapp.facts.certificates import Gap, gaps

pytestmark = pytest.mark.sqlite


def test_a_run_that_is_missing_is_one_gap() -> None:
    numbers = ["X430000005", "X430000006", "X430000011", "X430000013"]
    assert list(gaps(numbers)) == [Gap("X430000007", "X430000010", 4), Gap("X430000012", "X430000012", 1)]


def test_another_letter_or_province_is_another_series() -> None:
    assert list(gaps(["T430000001", "X430000007", "X440000001", "Y440000003"])) == []


def test_the_same_number_twice_is_no_gap() -> None:
    assert list(gaps(["X430000001", "X430000001", "X430000002"])) == []


@pytest.mark.parametrize("odd", ["", "王", "123456", "x430000002", "X43000000٢", "X4300000022", "〓430000002", "\0"])
def test_what_is_no_number_makes_no_gap(odd: str) -> None:
    assert list(gaps([odd, "X430000001", odd, "X430000002", odd])) == []


@given(st.sets(st.integers(0, 300), max_size=40))
def test_gaps_and_numbers_together_are_without_a_gap(serials: set[int]) -> None:
    numbers = [f"X43{serial:07}" for serial in sorted(serials)]
    missing = {serial for gap in gaps(numbers) for serial in range(int(gap.first[3:]), int(gap.last[3:]) + 1)}
    assert missing.isdisjoint(serials)
    if serials:
        assert missing | serials == set(range(min(serials), max(serials) + 1))
        assert sum(gap.count for gap in gaps(numbers)) == len(missing)
