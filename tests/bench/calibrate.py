"""Fit the table by which the local engine turns what speaks for and against a value into its probability.

    uv run --group dev python -m tests.bench.calibrate [--pictures 2376] [--seed 5000] [--workers 2]

Reads generated pictures of seeds that neither tests nor reports use, and asks of every value whether it is right. Of
photocopies and hard photos, where most values are wrong that are, it reads further ones.
A logistic regression weighs the signs (`signs.py`), none against what it means; a rising step function (isotonic
regression) over its sums, each from weights that were fitted without the picture, gives the shares of right values,
the lower ends of their confidence intervals: a value that is looked at in vain costs less than a wrong one.
Writes reviewapp/engines/local/trust/calibration.json.
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
from reviewapp.engines.local.trust.signs import signs, surroundings
from reviewapp.exceptions import EngineError
from tests.certificates.make import make

PROFILES = ("clean", "scan", "photo", "rotated", "copy", "hard", "page", "aged")
FRUITFUL, FURTHER = ("copy", "hard"), (1000, 2000)
FOLDS = 10
SMALLEST_STEP, BAD_LUCK = 150, 0.16
RIDGE = 0.2
ROUNDS = 2000
ANY = (None, None)
# What speaks for a value, and what only tells its kind; all other signs speak against it.
COMFORTS = {"seconded", "plain_date", "placed", "checked", "echoed", "echoed_place", "confirmed"}
KINDS = {"numeric", "name", "length"}


class Point(NamedTuple):
    """A value that was read in the picture of `seed`: its signs, and whether it is right."""

    seed: int
    signs: dict[str, float]
    is_right: bool


def points_of(profile: str, seed: int) -> list[Point]:
    """Read one picture; return a point for every value that is not empty."""
    sample = make(seed, profile)
    try:
        found = read(sample.content)
    except EngineError:
        return []
    around = surroundings(found.values, found.copies, found.sheet)
    return [
        Point(seed, signs(value, around), _plain(value.text) == _plain(sample.truth[value.key]))
        for value in found.values
        if value.text
    ]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def fitted(points: Sequence[Point]) -> dict[str, Any]:
    """Return the table that fits these points.

    1. The signs as columns of one spread, what is wrong, and penalties on weights for signs as they are: one that
       few values have must not say all by itself.
    2. Doubts of every picture's values by weights fitted on other pictures.
    3. The weights on all, for signs as they are; shares of right values over rising doubts.
    """
    names = list(points[0].signs)
    if unknown := (COMFORTS | KINDS) - set(names):
        raise ValueError(f"There are no such signs: {unknown}.")
    table = np.array([[point.signs[name] for name in names] for point in points])
    spread = table.std(axis=0)
    spread[spread == 0] = 1.0
    middle = table.mean(axis=0)
    columns = np.column_stack([np.ones(len(points)), (table - middle) / spread])
    is_wrong = np.array([not point.is_right for point in points])
    fold = np.array([point.seed % FOLDS for point in points])
    ridge = np.concatenate([[0.0], RIDGE / spread**2])
    bounds = [ANY, *map(_bounds, names)]

    doubts = np.zeros(len(points))
    for one in range(FOLDS):
        others = fold != one
        doubts[~others] = columns[~others] @ _regression(columns[others], is_wrong[others], ridge, bounds)

    weights = _regression(columns, is_wrong, ridge, bounds)
    plain = weights[1:] / spread
    edges, shares = _rising_steps(doubts, is_wrong)
    return {
        "bias": round(float(weights[0] - (plain * middle).sum()), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, plain, strict=True)},
        "doubts": edges,
        "shares": shares,
    }


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in KINDS:
        return ANY
    return (None, 0.0) if name in COMFORTS else (0.0, None)


def _regression(
    columns: np.ndarray, is_wrong: np.ndarray, ridge: np.ndarray, bounds: Sequence[tuple[float | None, float | None]]
) -> np.ndarray:
    """Return the weights of a logistic regression with these ridge penalties, within these bounds."""

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = columns @ weights
        slope = columns.T @ (expit(sums) - is_wrong) + ridge * weights
        return float(np.logaddexp(0.0, sums).sum() - sums[is_wrong].sum() + ridge @ weights**2 / 2), slope

    start = np.zeros(columns.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": ROUNDS})
    if not found.success:
        raise RuntimeError(found.message)
    return np.asarray(found.x)


def _rising_steps(doubts: np.ndarray, is_wrong: np.ndarray) -> tuple[list[float], list[float]]:
    """Return doubts and shares right of a falling function fitted to them.

    1. Cut the sorted values into steps of SMALLEST_STEP.
    2. Join neighbouring steps until the shares of wrong values rise.
    3. Write each joined step by its mean doubt; where a small one would promise less than one of more doubt, as much.
    """
    order = np.argsort(doubts)
    steps = [order[i : i + SMALLEST_STEP] for i in range(0, len(order), SMALLEST_STEP)]
    fit = isotonic_regression([is_wrong[step].mean() for step in steps], weights=[len(step) for step in steps])
    pooled = [np.concatenate(steps[first:last]) for first, last in pairwise(fit.blocks)]
    edges = [round(float(doubts[step].mean()), 4) for step in pooled]
    shares = np.maximum.accumulate([_share(is_wrong[step]) for step in reversed(pooled)])[::-1]
    return edges, shares.tolist()


def _share(is_wrong: np.ndarray) -> float:
    """Return the share right that is exceeded but for bad luck (Clopper and Pearson), rounded down."""
    right, wrong = int((~is_wrong).sum()), int(is_wrong.sum())
    return math.floor(1e4 * float(beta.ppf(BAD_LUCK, right, wrong + 1))) / 1e4 if right else 0.0


def main() -> None:
    """Read the pictures, fit the table and write it."""
    parser = argparse.ArgumentParser(description="Fit the local engine's probabilities.")
    parser.add_argument("--pictures", type=int, default=2376)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    ways = [(profile, options.seed) for profile in PROFILES]
    ways += [(profile, options.seed + further) for further in FURTHER for profile in FRUITFUL]
    plan = [(profile, first + number) for number in range(options.pictures // len(ways)) for profile, first in ways]
    points: list[Point] = []
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for number, some in enumerate(pool.map(points_of, *zip(*plan, strict=True)), 1):
            points += some
            print(f"\r{number} of {len(plan)} pictures", end="", flush=True)
    table = fitted(points)
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"\n{len(points)} values, {sum(point.is_right for point in points)} right, {len(table['doubts'])} steps")


if __name__ == "__main__":
    main()
