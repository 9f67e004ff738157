"""Which weeks, weights, lengths and ages there are, and which are usual. Pure.

The rules and the engine ask different questions, so where their edges differ both stand here. A
rule asks a person to look, so what it lets pass is wide. The engine weighs evidence, so what it
calls usual is narrow: outside of it a number more often lost a stroke or a digit. The engine's
probabilities are fitted on its own edges; whoever moves one fits them anew.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; both edges are in it unless `has_edges` is False."""

    low: int
    high: int
    has_edges: bool = True

    def __contains__(self, number: float | Decimal) -> bool:
        if self.has_edges:
            return self.low <= number <= self.high
        return self.low < number < self.high


# Full weeks of gestation. Chinese statistics count births from 28 weeks on.
POSSIBLE_WEEKS = Range(20, 45)
UNREMARKABLE_WEEKS = Range(28, 42)
USUAL_WEEKS = Range(35, 42)

# Grams. The rules take the edges themselves for mistakes: round numbers that lost or won a digit.
# To the engine everything of three or four digits is a weight.
POSSIBLE_GRAMS = Range(300, 10_000, has_edges=False)
PRINTED_GRAMS = Range(300, 9_999)
UNREMARKABLE_GRAMS = Range(1_000, 5_000)
USUAL_GRAMS = Range(2_200, 4_400)

# Centimetres; the edges as for grams.
POSSIBLE_CENTIMETRES = Range(25, 75, has_edges=False)
PRINTED_CENTIMETRES = Range(25, 75)
UNREMARKABLE_CENTIMETRES = Range(40, 58)
USUAL_CENTIMETRES = Range(45, 54)

# Years of a parent at the birth. The rules have a range for mother and father each. The engine has
# one for both, and never proposes a resident number that gives an age outside of the widest.
PROPOSED_AGES = Range(10, 80)
UNREMARKABLE_AGES = {"mother": Range(14, 50), "father": Range(16, 75)}
PRINTED_AGES = Range(14, 75)
USUAL_AGES = Range(20, 43)
