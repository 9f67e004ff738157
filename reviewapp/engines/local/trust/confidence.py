"""How probable it is that a value is right: what `tests.bench.calibrate` found its features to be
worth.

The features are weighed by a logistic regression; a rising step function over their sum (isotonic
regression) gives the share of values that were right. Both are fitted on pictures that nothing else
uses and lie in `calibration.json`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.trust.features import RecordContext, features

TABLE = Path(__file__).with_name("calibration.json")
# A value that may be a part only: flagged under every threshold that anybody would set.
MOST_CUT_SHORT = 0.3
# A number that its barcode has too, whose check digit held, and one that it has otherwise.
PROVEN, BELIED = 0.999, 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a feature adds to the doubt in a value, and for rising doubts the share of values that
    were right.

    `tables` is the digest of the tables (`tables.digest`) by which the features were told when the
    weights were fitted.
    """

    tables: str
    bias: float
    weights: Mapping[str, float]
    doubts: Sequence[float]
    shares: Sequence[float]

    def doubt(self, by_name: Mapping[str, float]) -> float:
        """Return the weighted sum of a value's features, in log-odds; one that was not fitted yet
        weighs nothing.
        """
        weighed = (self.weights.get(name, 0.0) * feature for name, feature in by_name.items())
        return self.bias + sum(weighed)

    def share_right(self, doubt: float) -> float:
        """Return the share of values with such a doubt that were right, 0 to 1."""
        return float(np.interp(doubt, self.doubts, self.shares))


def with_probabilities(
    values: Sequence[Value], context: RecordContext, most_prob: float, cut_short: Collection[str]
) -> list[Value]:
    """Give every value its probability of being right, 0 to 1.

    None has more than `most_prob`; `cut_short` tells the API keys of values that may go on beyond
    what was read. An empty value keeps what `values_of` says of it.
    """
    table = calibration()
    rated = []
    for value in values:
        if not value.text:
            rated.append(value)
            continue
        most = MOST_CUT_SHORT if value.key in cut_short else most_prob
        prob = table.share_right(table.doubt(features(value, context)))
        rated.append(replace(value, prob=min(prob, most)))
    return rated


def with_barcode(value: Value, barcode: str | None) -> Value:
    """Return the certificate's number with what a barcode of it says; any other value as it is."""
    if value.key != "certificateNumber" or barcode is None:
        return value
    if value.text == barcode:
        return replace(value, prob=PROVEN)
    return replace(value, prob=min(value.prob, BELIED))


@cache
def calibration() -> Calibration:
    """Load the shipped table."""
    return Calibration(**json.loads(TABLE.read_text(encoding="utf-8")))
