"""What clerks' own work says about a recogniser's probabilities. Pure.

A value that was left as it was read counts as right; one that a clerk changed counts as wrong.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# 97.5 % of a normal distribution lie below this: 95 % between it and its negative.
Z = 1.959963984540054
# Close together at the top, where recognisers are nearly always and thresholds matter.
EDGES = (0, 50, 70, 80, 85, 90, 93, 96, 98, 99, 100, 101)


class Tally(NamedTuple):
    """How many values were read with a probability (0–100), and how many of them were right."""

    prob: int
    total: int
    right: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with a 95 % interval; percents from 0 to 100, None of nothing."""

    count: int
    total: int

    @property
    def percent(self) -> float | None:
        return 100 * self.count / self.total if self.total else None

    @property
    def low(self) -> float:
        return 100 * wilson(self.count, self.total)[0]

    @property
    def high(self) -> float:
        return 100 * wilson(self.count, self.total)[1]


@dataclass(frozen=True, slots=True)
class Bucket:
    """The values whose probability lies from `lowest` to `highest`, both included."""

    lowest: int
    highest: int
    right: Share

    @property
    def label(self) -> str:
        return str(self.lowest) if self.lowest == self.highest else f"{self.lowest}–{self.highest}"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a threshold asks of people and what it lets pass: looks a day, and the wrong among the unflagged."""

    threshold: int
    looks: float
    errors: Share


def wilson(count: int, total: int, z: float = Z) -> tuple[float, float]:
    """Return the score interval of a share, from 0 to 1; (0, 1) of nothing.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927), 209–212: (p + z²/2n ± z √(p(1−p)/n +
    z²/4n²)) / (1 + z²/n).
    """
    if not total:
        return 0.0, 1.0
    share, weight = count / total, z * z / total
    middle = share + weight / 2
    reach = z * math.sqrt(share * (1 - share) / total + weight / (4 * total))
    return max(0.0, (middle - reach) / (1 + weight)), min(1.0, (middle + reach) / (1 + weight))


def buckets(tallies: Iterable[Tally]) -> list[Bucket]:
    """Return the values in groups of probability, low ones first, empty groups left out."""
    tallies = list(tallies)
    found = [
        Bucket(low, above - 1, _share([one for one in tallies if low <= one.prob < above]))
        for low, above in pairwise(EDGES)
    ]
    return [bucket for bucket in found if bucket.right.total]


def _share(tallies: Iterable[Tally]) -> Share:
    tallies = list(tallies)
    return Share(sum(one.right for one in tallies), sum(one.total for one in tallies))


def what_if(tallies: Iterable[Tally], *, threshold: int, days: int) -> WhatIf:
    """Return what a threshold (0–100) would have done to these values, which came in on so many days."""
    tallies = list(tallies)
    looks = sum(one.total for one in tallies if one.prob < threshold)
    passed = _share([one for one in tallies if one.prob >= threshold])
    return WhatIf(threshold, looks / max(1, days), Share(passed.total - passed.count, passed.total))


@dataclass(frozen=True, slots=True)
class Mark:
    """A group as it is drawn: a point at its share, a line from end to end of its interval; y grows downwards."""

    bucket: Bucket
    x: float
    y: float
    top: float
    bottom: float


def marks(found: list[Bucket], *, left: float, width: float, height: float) -> list[Mark]:
    """Return the groups side by side in a drawing whose top, y = 0, is 100 % and whose `height` is 0 %."""
    step = width / max(1, len(found))

    def depth(percent: float | None) -> float:
        return round(height * (1 - (percent or 0) / 100), 1)

    return [
        Mark(
            bucket,
            round(left + step * (place + 0.5), 1),
            depth(bucket.right.percent),
            depth(bucket.right.high),
            depth(bucket.right.low),
        )
        for place, bucket in enumerate(found)
    ]
