"""What clerks' own work says about a recogniser's probabilities. Pure.

A value that was left as it was read counts as right; one that a clerk changed counts as wrong.
"""

import math
from collections.abc import Iterable, Sequence
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
    """What a threshold asks of people and what it lets pass.

    `looks` are the flagged values of a day, `errors` the wrong ones among those without a flag.
    """

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
    share = count / total
    weight = z * z / total
    middle = share + weight / 2
    variance = share * (1 - share) / total + weight / (4 * total)
    reach = z * math.sqrt(variance)
    low = (middle - reach) / (1 + weight)
    high = (middle + reach) / (1 + weight)
    return max(0.0, low), min(1.0, high)


def buckets(tallies: Iterable[Tally]) -> list[Bucket]:
    """Return the values in groups of probability, low ones first, empty groups left out."""
    tallies = list(tallies)
    groups = []
    for lowest, above in pairwise(EDGES):
        right = _share_of_right([tally for tally in tallies if lowest <= tally.prob < above])
        if right.total:
            groups.append(Bucket(lowest, above - 1, right))
    return groups


def _share_of_right(tallies: Sequence[Tally]) -> Share:
    right = sum(tally.right for tally in tallies)
    total = sum(tally.total for tally in tallies)
    return Share(right, total)


def what_if(tallies: Iterable[Tally], *, threshold: int, days: int) -> WhatIf:
    """Return what a threshold (0–100) would have done to these values.

    They came in on so many `days`.
    """
    tallies = list(tallies)
    flagged = [tally for tally in tallies if tally.prob < threshold]
    looks = sum(tally.total for tally in flagged)
    passed = _share_of_right([tally for tally in tallies if tally.prob >= threshold])
    wrong = passed.total - passed.count
    return WhatIf(
        threshold=threshold, looks=looks / max(1, days), errors=Share(wrong, passed.total)
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A group as it is drawn: a point at its share, a line from end to end of its interval.

    y grows downwards.
    """

    bucket: Bucket
    x: float
    y: float
    top: float
    bottom: float


def marks(groups: list[Bucket], *, left: float, width: float, height: float) -> list[Mark]:
    """Return the groups side by side in a drawing.

    Its top, y = 0, is 100 %, and `height` is 0 %.
    """
    step = width / max(1, len(groups))

    def depth(percent: float | None) -> float:
        return round(height * (1 - (percent or 0) / 100), 1)

    return [
        Mark(
            bucket=group,
            x=round(left + step * (position + 0.5), 1),
            y=depth(group.right.percent),
            top=depth(group.right.high),
            bottom=depth(group.right.low),
        )
        for position, group in enumerate(groups)
    ]
