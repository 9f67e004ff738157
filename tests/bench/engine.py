"""Measure the local engine on generated pictures.

    uv run --group dev python -m tests.bench.engine [--n 120] [--profile clean ...] [--seed 1000]
        [--stock 2] [--json] [--plot FILE] [--report docs/engine-report.md] [--independent]

With --independent as many pictures again are read that another generator draws (tests/strangers), which shares
nothing with the one that the engine was built and fitted with, and both stand side by side. Nothing is ever fitted to
those, so their wrong values are only counted, not listed.

Exact: the value equals the truth after NFKC and removing spaces. A polygon is on its value when its
intersection over union with the true polygon is at least 0.5. A value is flagged when its probability is below
the default threshold; "with rules" counts the findings of the rules too (E and W). The engine runs in a process
of its own, so that its time and its peak memory are a worker's; with one worker it may use all processors, as stock
RapidOCR does.
"""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import cv2
import django
import matplotlib.pyplot as plt
import numpy as np
from django.conf import settings
from rapidocr import RapidOCR

from reviewapp.certificate.fields import BY_NAME
from reviewapp.certificate.wire import parse
from reviewapp.engines.local import LocalEngine
from reviewapp.exceptions import EngineError
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.judge import JudgementContext, judge_answer
from tests.bench import engine_report
from tests.certificates.make import PROFILES, make
from tests.strangers.make import make as make_independent

type Draw = Callable[[int, str], Drawn]

DEFAULT_PROFILES = ("clean", "scan", "contrast", "photo", "rotated", "copy", "hard", "page")
ON_VALUE = 0.5
# reviewapp.models.DEFAULT_THRESHOLD, which cannot be had without a database.
THRESHOLD = 99
TODAY = date(2026, 1, 15)
BANDS = (0, 50, 80, 90, 95, 96, 97, 98, 99, 100, 101)


class Drawn(Protocol):
    """A drawn picture and what is known of it, whichever generator drew it (see tests.certificates.make.Sample)."""

    @property
    def content(self) -> bytes: ...
    @property
    def image(self) -> np.ndarray: ...
    @property
    def truth(self) -> Mapping[str, str]: ...
    @property
    def polygons(self) -> Mapping[str, Any]: ...
    @property
    def ftype(self) -> int: ...
    @property
    def profile(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field of one picture: what was read against what is printed."""

    profile: str
    seed: int
    key: str
    truth: str
    read: str
    prob: int
    overlap: float | None
    has_finding: bool = False

    @property
    def is_right(self) -> bool:
        """Tell whether the value is exactly right."""
        return _plain(self.truth) == _plain(self.read)

    @property
    def is_unsure(self) -> bool:
        """Tell whether its probability is below the default threshold."""
        return self.prob < THRESHOLD


@dataclass(frozen=True, slots=True)
class PictureResult:
    """One picture: its fields, whether `ftype` is right, seconds of the engine and of stock RapidOCR."""

    profile: str
    seed: int
    fields: tuple[FieldResult, ...]
    is_ftype_right: bool
    seconds: float
    stock_seconds: float | None
    refusal: str


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def overlap_of(first: np.ndarray, second: np.ndarray) -> float:
    """Return the intersection over union of two convex polygons (N, 2)."""
    a, b = (cv2.convexHull(np.asarray(points, np.float32)) for points in (first, second))
    shared = cv2.intersectConvexConvex(a, b)[0]
    union = cv2.contourArea(a) + cv2.contourArea(b) - shared
    return float(shared / union) if union else 0.0


@cache
def _engine(threads: int) -> LocalEngine:
    return LocalEngine(threads)


def _recognise(content: bytes, threads: int) -> tuple[dict[str, Any], float, str]:
    """Return the engine's answer, its seconds and the code of a refusal; runs in the engine's process."""
    started = time.perf_counter()
    try:
        data = _engine(threads).recognise(content).data
    except EngineError as error:
        return {}, time.perf_counter() - started, error.code
    return data, time.perf_counter() - started, ""


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@cache
def _stock() -> RapidOCR:
    return RapidOCR(params={"Global.log_level": "error"})


def _stock_seconds(sample: Drawn) -> float:
    picture = cv2.cvtColor(sample.image, cv2.COLOR_RGB2BGR)
    stock = _stock()
    started = time.perf_counter()
    stock(picture)
    return time.perf_counter() - started


def _field_results(sample: Drawn, seed: int, data: dict[str, Any]) -> Iterator[FieldResult]:
    entries = {entry["key"]: entry for entry in data.get("prism_keyValueInfo", ())}
    spoken_of = _spoken_of(data)
    for key, truth in sample.truth.items():
        entry = entries.get(key, {})
        drawn, found = sample.polygons[key], entry.get("valuePos")
        overlap = None
        if drawn is not None and truth:
            corners = np.array([[p["x"], p["y"]] for p in found]) if found else None
            overlap = overlap_of(np.array(drawn), corners) if corners is not None else 0.0
        read = data.get("data", {}).get(key, "")
        yield FieldResult(
            sample.profile, seed, key, truth, read, int(entry.get("valueProb", 0)), overlap, key in spoken_of
        )


def _spoken_of(data: dict[str, Any]) -> set[str]:
    """Return the API keys of the fields of which a finding asks for a look at the default threshold."""
    if not data:
        return set()
    size = (data["orgWidth"], data["orgHeight"])
    context = JudgementContext(TODAY, size, dict.fromkeys(BY_NAME, THRESHOLD))
    found = judge_answer(parse(data), context)
    return {BY_NAME[name].key for one in found if one.severity != Severity.INFO for name in one.fields}


def measure(
    draw: Draw, profiles: Sequence[str], *, count: int, seed: int, stock_per_profile: int, workers: int
) -> list[PictureResult]:
    """Read `count` pictures of a generator spread evenly over the profiles.

    The last few of each are read with stock RapidOCR too: by then both are warm, as workers mostly are.
    """
    threads = int(os.environ.get("REVIEWAPP_OCR_THREADS", "0")) or (os.cpu_count() or 1) // workers or 1
    _pool(workers).submit(_recognise, b"", threads).result()
    plan = [(profiles[i % len(profiles)], seed + i // len(profiles)) for i in range(count)]
    compared = {seed + number for number in range(max(0, count // len(profiles) - stock_per_profile), count)}
    results: list[PictureResult] = []
    waiting: list[tuple[Drawn, int, Future[tuple[dict[str, Any], float, str]]]] = []
    for profile, number in plan:
        sample = draw(number, profile)
        waiting.append((sample, number, _pool(workers).submit(_recognise, sample.content, threads)))
        if len(waiting) > workers or number in compared:
            results += [_result(*item, stock=item[1] in compared) for item in waiting]
            waiting.clear()
    return results + [_result(*item, stock=False) for item in waiting]


@cache
def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _result(
    sample: Drawn, seed: int, answer: Future[tuple[dict[str, Any], float, str]], *, stock: bool
) -> PictureResult:
    data, seconds, refusal = answer.result()
    return PictureResult(
        sample.profile,
        seed,
        tuple(_field_results(sample, seed, data)),
        data.get("ftype") == sample.ftype,
        seconds,
        _stock_seconds(sample) if stock else None,
        refusal,
    )


def _share(flags: Sequence[bool]) -> float:
    return 100 * sum(flags) / len(flags) if flags else float("nan")


def summary(results: Sequence[PictureResult]) -> dict[str, Any]:
    """Return the figures of a set of pictures."""
    fields = [field for result in results for field in result.fields]
    filled = [field for field in fields if field.read]
    polygons = [field.overlap >= ON_VALUE for field in fields if field.overlap is not None]
    wrong = [field for field in filled if not field.is_right]
    right = [field for field in filled if field.is_right]
    ratios = [result.seconds / result.stock_seconds for result in results if result.stock_seconds]
    return {
        "pictures": len(results),
        "fields_right": _share([field.is_right for field in fields]),
        "records_right": _share([all(field.is_right for field in result.fields) for result in results]),
        "polygons_on_value": _share(polygons),
        "ftype_right": _share([result.is_ftype_right for result in results]),
        "refused": sum(bool(result.refusal) for result in results),
        "wrong": len(wrong),
        "wrong_flagged": _share([field.is_unsure for field in wrong]),
        "right_flagged": _share([field.is_unsure for field in right]),
        "wrong_found": _share([field.has_finding for field in wrong]),
        "right_found": _share([field.has_finding for field in right]),
        "calibration_error": calibration_error(filled),
        "seconds_median": statistics.median(result.seconds for result in results),
        "ratio_to_stock": statistics.median(ratios) if ratios else float("nan"),
    }


def calibration_error(fields: Sequence[FieldResult]) -> float:
    """Return the expected calibration error in points: |mean probability - share right|, weighted by band."""
    if not fields:
        return float("nan")
    total = 0.0
    for band in _bands(fields):
        total += len(band) * abs(statistics.fmean(f.prob for f in band) - _share([f.is_right for f in band]))
    return total / len(fields)


def _bands(fields: Sequence[FieldResult]) -> list[list[FieldResult]]:
    bands = [[f for f in fields if low <= f.prob < high] for low, high in pairwise(BANDS)]
    return [band for band in bands if band]


def report(results: Sequence[PictureResult], peak: float) -> dict[str, Any]:
    """Return all figures as one JSON-ready object."""
    fields = [field for result in results for field in result.fields]
    profiles = dict.fromkeys(result.profile for result in results)
    keys = dict.fromkeys(field.key for field in fields)
    return {
        "all": summary(results),
        "by_profile": {p: summary([r for r in results if r.profile == p]) for p in profiles},
        "by_field": {k: _share([f.is_right for f in fields if f.key == k]) for k in keys},
        "calibration": [
            {
                "values": len(band),
                "lowest": min(f.prob for f in band),
                "highest": max(f.prob for f in band),
                "right": _share([f.is_right for f in band]),
            }
            for band in _bands([f for f in fields if f.read])
        ],
        "peak_mib": peak,
        "wrong": [asdict(f) for f in fields if not f.is_right],
        "polygons_off": [asdict(f) for f in fields if f.overlap is not None and f.overlap < ON_VALUE],
    }


_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("pictures", "pictures", "{:.0f}"),
    ("fields %", "fields_right", "{:.2f}"),
    ("records %", "records_right", "{:.1f}"),
    ("polygons %", "polygons_on_value", "{:.2f}"),
    ("ftype %", "ftype_right", "{:.1f}"),
    ("refused", "refused", "{:.0f}"),
    ("wrong", "wrong", "{:.0f}"),
    ("flagged %", "wrong_flagged", "{:.1f}"),
    ("of right %", "right_flagged", "{:.1f}"),
    ("with rules %", "wrong_found", "{:.1f}"),
    ("of right %", "right_found", "{:.1f}"),
    ("cal. error", "calibration_error", "{:.2f}"),
    ("seconds", "seconds_median", "{:.2f}"),
    ("x stock", "ratio_to_stock", "{:.2f}"),
)


def print_tables(figures: dict[str, Any], write: Callable[[str], None] = print) -> None:
    """Write the figures as text tables."""
    write(f"{'profile':<9}" + "".join(f"{title:>13}" for title, _, _ in _COLUMNS))
    for name, row in [*figures["by_profile"].items(), ("all", figures["all"])]:
        write(f"{name:<9}" + "".join(f"{form.format(row[key]):>13}" for _, key, form in _COLUMNS))
    write("\nfield accuracy %: " + "  ".join(f"{key} {share:.1f}" for key, share in figures["by_field"].items()))
    write(f"\nvalueProb    values   right %   (flagged below {THRESHOLD})")
    for band in figures["calibration"]:
        write(f"{band['lowest']:>3} to {band['highest']:<5}{band['values']:>7}{band['right']:>10.2f}")
    write(f"\npeak memory of the engine's process: {figures['peak_mib']:.0f} MiB")
    for field in figures["wrong"]:
        seen = "" if field["has_finding"] else "NOT FLAGGED"
        write("wrong  {profile}/{seed} {key} {prob}: {truth!r} read {read!r} ".format(**field) + seen)
    for field in figures["polygons_off"]:
        write("off    {profile}/{seed} {key}: overlap {overlap:.2f} {truth!r} read {read!r}".format(**field))


def print_side_by_side(own: dict[str, Any], independent: dict[str, Any], write: Callable[[str], None] = print) -> None:
    """Write each figure of both generators' pictures: of every profile and of all."""
    for name in [*own["by_profile"], "all"]:
        rows = [figures["by_profile"].get(name, figures["all"]) for figures in (own, independent)]
        write(f"\n{name:<16}{'own':>10}{'independent':>14}")
        for title, key, form in _COLUMNS:
            first, second = (form.format(row[key]) for row in rows)
            write(f"{title:<16}{first:>10}{second:>14}")
    write(f"\n{'field %':<22}{'own':>10}{'independent':>14}")
    for key, share in own["by_field"].items():
        write(f"{key:<22}{share:>10.1f}{independent['by_field'][key]:>14.1f}")


def plot(figures: dict[str, Any], path: str) -> None:
    """Draw the share of right values over their probability, the size of a point telling how many they are."""
    bands = figures["calibration"]
    said = [(band["lowest"] + band["highest"]) / 2 for band in bands]
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.plot([0, 100], [0, 100], color="0.7", linewidth=1)
    axes.scatter(said, [band["right"] for band in bands], [20 + 4 * band["values"] ** 0.5 for band in bands])
    axes.set(xlabel="valueProb", ylabel="right, %", xlim=(-2, 103), ylim=(-2, 103))
    figure.savefig(path, dpi=120)


def main() -> None:
    """Run the benchmark from the command line."""
    settings.configure(USE_I18N=False)
    django.setup()
    parser = argparse.ArgumentParser(description="Measure the local engine on generated pictures.")
    parser.add_argument("--n", type=int, default=120, help="pictures in all")
    parser.add_argument("--profile", nargs="+", default=[p for p in DEFAULT_PROFILES if p in PROFILES])
    parser.add_argument("--seed", type=int, default=1000, help="first seed")
    parser.add_argument("--stock", type=int, default=1, help="pictures per profile to read with stock RapidOCR too")
    parser.add_argument("--workers", type=int, default=1, help="engine processes")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--plot", metavar="FILE", help="draw the calibration into a PNG or SVG file")
    parser.add_argument("--report", metavar="FILE", type=Path, help="write the figures into a Markdown file")
    parser.add_argument("--independent", action="store_true", help="read strangers' pictures too, and compare")
    options = parser.parse_args()

    def figures_of(draw: Draw) -> dict[str, Any]:
        results = measure(
            draw,
            options.profile,
            count=options.n,
            seed=options.seed,
            stock_per_profile=options.stock,
            workers=options.workers,
        )
        return report(results, _pool(options.workers).submit(_peak_mib).result())

    figures = figures_of(make)
    if options.plot:
        plot(figures, options.plot)
    if options.report:
        command = " ".join(["uv run --group dev python -m tests.bench.engine", *sys.argv[1:]])
        engine_report.write(options.report, figures, command=command, threshold=THRESHOLD)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print_tables(figures)
    if options.independent:
        print_side_by_side(figures, figures_of(make_independent))


if __name__ == "__main__":
    main()
