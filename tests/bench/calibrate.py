"""Fit the table by which the local engine turns what speaks for and against a value into its probability.

    uv run --group dev python -m tests.bench.calibrate [--pictures 800] [--seed 5000] [--workers 2]

Reads generated pictures of seeds that neither tests nor reports use, and asks of every value whether it is right. Of
photocopies and hard photos, where most values are wrong that are, it reads further ones.
A logistic regression weighs the features (`trust/features.py`), none against what it means; a rising step function
(isotonic regression) over its sums, each from weights that were fitted without the picture, gives the shares of right
values, the lower ends of their confidence intervals: a value that is looked at in vain costs less than a wrong one.
Writes reviewapp/engines/local/trust/calibration.json, with the digest of the tables that the features rest on.
"""

import argparse
import json
import math
import multiprocessing
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit
from scipy.stats import beta

from reviewapp.engines.local.engine import read
from reviewapp.engines.local.trust.confidence import TABLE
from reviewapp.engines.local.trust.features import features, record_context
from reviewapp.engines.local.trust.tables import digest
from reviewapp.exceptions import EngineError
from tests.certificates.make import make

PROFILES = ("clean", "scan", "photo", "rotated", "copy", "hard", "page", "aged", "spill", "contrast", "pale", "one_ink")
# Profiles of which further pictures are read, and how far behind the first seed these begin.
FRUITFUL, FURTHER = ("copy", "hard"), (1000, 2000)
# Parts of the pictures, each of which is judged by weights that were fitted on the others.
FOLDS = 10
# Values in a step: a share of fewer would rest on one or two that are wrong.
SMALLEST_STEP = 150
# Chance that a share of right values is less than promised: one in six.
BAD_LUCK = 0.16
# Penalty on squared weights, in log-likelihood: a feature that few values have may not say all.
RIDGE = 0.2
# Rounds of the optimiser, which needs some hundred.
ROUNDS = 2000
UNBOUNDED = (None, None)
# What speaks for a value, and what only tells its kind; all other features speak against it.
FAVOURABLE = {"seconded", "plain_date", "placed", "checked", "echoed", "echoed_place", "confirmed"}
KINDS = {"numeric", "name", "length"}

type Bounds = Sequence[tuple[float | None, float | None]]


class Point(NamedTuple):
    """A value that was read in the picture of `seed`: its features, and whether it is right."""

    seed: int
    features: dict[str, float]
    is_right: bool


class Columns(NamedTuple):
    """All points as numbers: `features` (points, features + 1) of one spread, the first column ones for the bias.

    `middle` and `spread` tell where each feature lay before, `is_wrong` (points,) which values are.
    """

    features: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    is_wrong: np.ndarray


def points_of(profile: str, seed: int) -> list[Point]:
    """Read one picture; return a point for every value that is not empty."""
    sample = make(seed, profile)
    try:
        certificate = read(sample.content)
    except EngineError:
        return []
    context = record_context(certificate.values, certificate.copies, certificate.sheet)
    points = []
    for value in certificate.values:
        if value.text:
            is_right = plain(value.text) == plain(sample.truth[value.key])
            points.append(Point(seed, features(value, context), is_right))
    return points


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def fitted(points: Sequence[Point]) -> dict[str, Any]:
    """Return the table that fits these points.

    1. The features as columns of one spread, and penalties on weights for features as they are: one that few values
       have must not say all by itself.
    2. Doubts of every picture's values by weights fitted on other pictures.
    3. The weights on all, for features as they are; shares of right values over rising doubts.
    """
    names = list(points[0].features)
    if unknown := (FAVOURABLE | KINDS) - set(names):
        raise ValueError(f"There are no such features: {unknown}.")
    columns = _columns(points, names)
    ridge = np.concatenate([[0.0], RIDGE / columns.spread**2])
    bounds = [UNBOUNDED, *map(_bounds, names)]

    doubts = np.zeros(len(points))
    fold_of_point = np.array([point.seed % FOLDS for point in points])
    for fold in range(FOLDS):
        is_other = fold_of_point != fold
        weights = _regression(columns.features[is_other], columns.is_wrong[is_other], ridge, bounds)
        doubts[~is_other] = columns.features[~is_other] @ weights

    weights = _regression(columns.features, columns.is_wrong, ridge, bounds)
    plain_weights = weights[1:] / columns.spread
    bias = float(weights[0] - (plain_weights * columns.middle).sum())
    edges, shares = _rising_steps(doubts, columns.is_wrong)
    return {
        "tables": digest(),
        "bias": round(bias, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, plain_weights, strict=True)},
        "doubts": edges,
        "shares": shares,
    }


def _columns(points: Sequence[Point], names: Sequence[str]) -> Columns:
    table = np.array([[point.features[name] for name in names] for point in points])
    middle = table.mean(axis=0)
    spread = table.std(axis=0)
    spread[spread == 0] = 1.0
    bias = np.ones(len(points))
    of_one_spread = (table - middle) / spread
    is_wrong = np.array([not point.is_right for point in points])
    return Columns(np.column_stack([bias, of_one_spread]), middle, spread, is_wrong)


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in KINDS:
        return UNBOUNDED
    return (None, 0.0) if name in FAVOURABLE else (0.0, None)


def _regression(columns: np.ndarray, is_wrong: np.ndarray, ridge: np.ndarray, bounds: Bounds) -> np.ndarray:
    """Return the weights of a logistic regression with these ridge penalties, within these bounds."""

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = columns @ weights
        likelihood = sums[is_wrong].sum() - np.logaddexp(0.0, sums).sum()
        penalty = ridge @ weights**2 / 2
        slope = columns.T @ (expit(sums) - is_wrong) + ridge * weights
        return float(penalty - likelihood), slope

    fit = minimize(
        loss,
        np.zeros(columns.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": ROUNDS},
    )
    if not fit.success:
        raise RuntimeError(fit.message)
    return np.asarray(fit.x)


def _rising_steps(doubts: np.ndarray, is_wrong: np.ndarray) -> tuple[list[float], list[float]]:
    """Return doubts and shares right of a falling function fitted to them.

    1. Cut the sorted values into steps of SMALLEST_STEP.
    2. Join neighbouring steps until the shares of wrong values rise.
    3. Write each joined step by its mean doubt; where a small one would promise less than one of more doubt, as much.
    """
    order = np.argsort(doubts)
    starts = range(0, len(order), SMALLEST_STEP)
    steps = [order[start : start + SMALLEST_STEP] for start in starts]
    shares_wrong = [is_wrong[step].mean() for step in steps]
    sizes = [len(step) for step in steps]
    fit = isotonic_regression(shares_wrong, weights=sizes)

    joined = [np.concatenate(steps[first:last]) for first, last in pairwise(fit.blocks)]
    edges = [round(float(doubts[step].mean()), 4) for step in joined]
    from_the_end = [_share(is_wrong[step]) for step in reversed(joined)]
    shares = np.maximum.accumulate(from_the_end)[::-1]
    return edges, shares.tolist()


def _share(is_wrong: np.ndarray) -> float:
    """Return the share right that is exceeded but for bad luck (Clopper and Pearson), rounded down."""
    wrong = int(is_wrong.sum())
    right = len(is_wrong) - wrong
    if not right:
        return 0.0
    return math.floor(1e4 * float(beta.ppf(BAD_LUCK, right, wrong + 1))) / 1e4


def plan(pictures: int, first_seed: int) -> list[tuple[str, int]]:
    """Return profile and seed of each picture: all profiles, those that are fruitful more often."""
    series = [(profile, first_seed) for profile in PROFILES]
    for further in FURTHER:
        series += [(profile, first_seed + further) for profile in FRUITFUL]
    planned = []
    for number in range(pictures // len(series)):
        planned += [(profile, first + number) for profile, first in series]
    return planned


def main() -> None:
    """Read the pictures, fit the table and write it."""
    parser = argparse.ArgumentParser(description="Fit the local engine's probabilities.")
    parser.add_argument("--pictures", type=int, default=800)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    pictures = plan(options.pictures, options.seed)
    points: list[Point] = []
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for number, points_of_picture in enumerate(pool.map(points_of, *zip(*pictures, strict=True)), 1):
            points += points_of_picture
            print(f"\r{number} of {len(pictures)} pictures", end="", flush=True)
    table = fitted(points)
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    right = sum(point.is_right for point in points)
    print(f"\n{len(points)} values, {right} right, {len(table['doubts'])} steps")


if __name__ == "__main__":
    main()
