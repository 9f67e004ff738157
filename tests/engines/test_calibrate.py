"""The table that is fitted to values whose truth is known."""

import numpy as np
import pytest

from reviewapp.engines.local.trust.confidence import Calibration
from tests.bench.calibrate import FAVOURABLE, KINDS, SMALLEST_STEP, Point, _rising_steps, fitted

pytestmark = pytest.mark.sqlite


def points(*, of: int = 4000) -> list[Point]:
    """Return points with a doubt that speaks against values, one that does not, and a favourable feature."""
    random = np.random.default_rng(5)
    made = []
    for number in range(of):
        doubt, favourable, misleading = random.random(3) < 0.3
        is_right = random.random() > 0.02 + 0.3 * doubt - 0.02 * favourable - 0.015 * misleading
        features = dict.fromkeys(sorted(FAVOURABLE | KINDS), 0.0)
        features |= {"doubt": float(doubt), "misleading": float(misleading), "seconded": float(favourable)}
        made.append(Point(number // 20, features, bool(is_right)))
    return made


def test_no_feature_speaks_against_its_meaning() -> None:
    weights = fitted(points())["weights"]
    assert weights["doubt"] > 1
    assert weights["seconded"] < 0
    assert weights["misleading"] == 0


def test_a_fitted_table_promises_a_little_less_than_the_shares_that_it_was_fitted_to() -> None:
    known = points()
    table = Calibration(**fitted(known))
    for doubt in (0.0, 1.0):
        alike = [point for point in known if point.features["doubt"] == doubt]
        shares = [table.share_right(table.doubt(point.features)) for point in alike]
        right = np.mean([point.is_right for point in alike])
        assert right - 0.05 < np.mean(shares) < right
        assert max(shares) < 1


def test_a_feature_that_does_not_exist_cannot_be_favourable() -> None:
    with pytest.raises(ValueError, match="no such features"):
        fitted([Point(1, {"doubt": 1.0}, is_right=True)])


def test_shares_never_rise_with_doubt_though_the_first_step_is_short_of_values() -> None:
    few, many = SMALLEST_STEP, 40 * SMALLEST_STEP
    is_wrong = np.zeros(few + many, bool)
    is_wrong[few + 10] = True
    edges, shares = _rising_steps(np.arange(few + many, dtype=float), is_wrong)
    assert edges == sorted(edges)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.999
