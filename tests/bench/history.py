"""Measure what a history costs that can be proved: how fast it is proved, and how much it slows people down.

    uv run --group dev python -m tests.bench.history [--events 50000 400000] [--clerks 32] [--seconds 5] [--rounds 6]
        [--db postgres|sqlite] [--json]

First `manage.py verify_history --without-pictures` proves so many events; aims: 20,000 events a second, and memory
that does not grow with their number. Then so many people save values of different records at the same time, as fast
as they are answered, in one process: with the history as it is, and with events that are inserted and bound to
nothing. Blocks of both take turns; the aim is a ratio of 95 % or more. `stage` is the saving alone, `request` all that
the server does for it. The PostgreSQL of this measurement does not wait for its disk, so what is compared is work.
"""

import argparse
import json
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.reflag import manage
from tests.installation import installation, on_database

SAID = re.compile(r"(\d+) events .*: ([\d.]+) s")


def measure(events: list[int], clerks: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Return both measurements; the first one on a database of its own."""
    with tempfile.TemporaryDirectory() as directory, installation(Path(directory)) as place:
        proofs = [_proof(place.environment, count) for count in sorted(events)]
    with tempfile.TemporaryDirectory() as directory, installation(Path(directory)) as place:
        place.environment["LOG_LEVEL"] = "ERROR"
        code = f"from tests.bench import history_steps as steps; steps.measure({clerks}, {seconds}, {rounds})"
        manage(place.environment, "collectstatic", "--no-input", "-v", "0")
        said, _peak = manage(place.environment, "shell", "-v", "0", "-c", code)
    return {"proofs": proofs, "steps": json.loads(said.splitlines()[-1])}


def _proof(environment: dict[str, str], count: int) -> dict[str, float]:
    """Add events until there are so many, and prove them."""
    manage(environment, "shell", "-v", "0", "-c", f"from tests.bench import history_rows as rows; rows.make({count})")
    said, peak = manage(environment, "verify_history", "--without-pictures")
    found = SAID.search(said)
    assert found is not None, said
    proved, seconds = int(found[1]), float(found[2])
    return {
        "events": proved,
        "seconds": seconds,
        "events_per_second": round(proved / seconds),
        "megabytes": round(peak),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="+", default=[50_000, 400_000])
    parser.add_argument("--clerks", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--db", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with on_database(options.db):
        figures = measure(options.events, options.clerks, options.seconds, options.rounds)
    if options.json:
        print(json.dumps(figures))
        return
    for proof in figures["proofs"]:
        print(f"{proof['events']:>8} events  {proof['events_per_second']:>7} a second  {proof['megabytes']:>4} MB")
    for kind, blocks in figures["steps"].items():
        bound, unbound = blocks["bound"], blocks["unbound"]
        ratios = [one / other for one, other in zip(bound, unbound, strict=True)]
        print(
            f"{kind:<8} {statistics.mean(bound):7.1f} steps/s bound  {statistics.mean(unbound):7.1f} unbound  "
            f"ratio {sum(bound) / sum(unbound):.3f} (by round {min(ratios):.3f} to {max(ratios):.3f})"
        )


if __name__ == "__main__":
    main()
