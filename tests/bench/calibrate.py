"""Fit the table by which the local engine turns raw scores into probabilities.

    uv run python -m tests.bench.calibrate [--pictures 160] [--seed 5000]

Reads generated pictures of seeds that neither tests nor reports use, asks of every value whether it is
right, and fits a rising step function (isotonic regression, pool adjacent violators) per trust. Writes
reviewapp/engines/local/calibration.json.
"""

import argparse
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from reviewapp.engines.local.confidence import TABLE, raw_score, trust
from reviewapp.engines.local.engine import read
from reviewapp.exceptions import EngineError
from tests.certificates.make import Sample, make

PROFILES = ("clean", "scan", "photo", "rotated", "copy", "hard", "page")
SMALLEST_STEP = 25


def judged(sample: Sample) -> Iterator[tuple[str, float, bool]]:
    """Yield trust, raw score and whether it is right, of every value read in a picture."""
    try:
        values = read(sample.content).values
    except EngineError:
        return
    for value in values:
        if value.text:
            yield trust(value), raw_score(value), _plain(value.text) == _plain(sample.truth[value.key])


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def rising_steps(points: Sequence[tuple[float, bool]]) -> tuple[list[float], list[float]]:
    """Return raw scores and shares right of a rising function fitted to (raw, is right) points.

    1. Cut the sorted points into steps of SMALLEST_STEP values.
    2. Join neighbouring steps until their shares rise (pool adjacent violators).
    3. Write each joined step by its lowest and its highest raw score; below all of them trust falls to half.
    """
    ordered = sorted(points)
    steps = [ordered[i : i + SMALLEST_STEP] for i in range(0, len(ordered), SMALLEST_STEP)]
    pooled: list[list[tuple[float, bool]]] = []
    for step in steps:
        pooled.append(list(step))
        while len(pooled) > 1 and _share(pooled[-2]) >= _share(pooled[-1]):
            pooled[-2:] = [pooled[-2] + pooled[-1]]
    raws, shares = [0.0], [round(_share(pooled[0]) * 0.5, 4)]
    for step in pooled:
        raws += [round(step[0][0], 4), round(step[-1][0], 4)]
        shares += [round(_share(step), 4)] * 2
    return raws, shares


def _share(step: Sequence[tuple[float, bool]]) -> float:
    """Return the share right, half a value short, so that no table promises certainty."""
    return (sum(right for _, right in step) + 0.5) / (len(step) + 1)


def main() -> None:
    """Fit the table and write it."""
    parser = argparse.ArgumentParser(description="Fit the local engine's probabilities.")
    parser.add_argument("--pictures", type=int, default=160)
    parser.add_argument("--seed", type=int, default=5000)
    options = parser.parse_args()
    points: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for number in range(options.pictures):
        sample = make(options.seed + number // len(PROFILES), PROFILES[number % len(PROFILES)])
        for kind, raw, right in judged(sample):
            points[kind].append((raw, right))
    table = {}
    for kind, found in sorted(points.items()):
        raws, shares = rising_steps(found)
        table[kind] = {"raw": raws, "right": shares}
        print(f"{kind}: {len(found)} values, {sum(right for _, right in found)} right, {len(raws)} points")
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
