"""Measure the queue as it grows: steps of clerks, lists, searches, approval and export.

    uv run python -m tests.bench.queue [--n 10000,100000,1000000] [--clients 1,8,32] [--db postgres|sqlite]
        [--seconds 15] [--peer] [--browser] [--json FILE]

For each number of records an installation is filled (fill.py says with what, and what is simpler than in life) and
served by gunicorn, two processes of four threads, as an operator does. A step is what a clerk does with one record: its
page, or the answer to the submission before where that shows it; two values, each corrected and verified; on to the
next. PostgreSQL runs with the settings that it comes with. Times are p50 / p95 in milliseconds.

`--peer` measures Label Studio on the same machine beside it (peer.py). `--browser` measures the time from the key that
submits to the next record shown, in Chromium. `--json FILE` writes the figures, also those that are not printed.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.queue import browser, lists, peer, report, steps
from tests.bench.queue.place import Place, database, place

FORMATS = ("csv", "jsonl", "xlsx")


def measure(records: int, clients: list[int], seconds: float, *, with_browser: bool) -> report.Run:
    """Fill and measure: 1. lists, on a queue that nobody has touched; 2. steps; 3. sets; 4. what is left."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, place(Path(directory), records) as measured:
        run = report.Run(records, measured.filled)
        run.pages = lists.measure(measured, records)
        run.steps = [steps.of_clerks(measured.host, measured.sessions, number, seconds) for number in clients]
        run.audit = _audit(measured, Path(directory), run.steps)
        if with_browser:
            run.browser = browser.measure(measured)
        run.approvals = lists.approvals(measured)
        run.peak_megabytes = measured.peak_megabytes()
        measured.stop()
        for name in FORMATS:
            told, peak = measured.call("exported", f"measure({name!r})")
            run.exports[name] = told | {"peak_megabytes": peak}
        run.acts, _peak = measured.call("plans", "measure()")
    return run


def _audit(measured: Place, directory: Path, done: list[steps.Steps]) -> dict[str, Any]:
    diaries = [diary | {"run": one.clients} for one in done for diary in one.diaries]
    path = directory / "diaries.json"
    path.write_text(json.dumps(diaries))
    audit: dict[str, Any] = measured.call("audit", f"measure({str(path)!r})")[0]
    return audit


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=_numbers, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--clients", type=_numbers, default=[1, 8, 32])
    parser.add_argument("--db", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--seconds", type=float, default=15, help="how long each number of clients works")
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    runs: list[report.Run] = []
    found: dict[str, dict[str, float]] = {}

    def keep() -> None:
        if options.json:
            options.json.write_text(json.dumps(report.as_json(runs, found), ensure_ascii=False, indent=1))

    if options.peer:
        # No machine holds a million tasks of Label Studio in the time that one has.
        for number in [number for number in sorted(options.n) if number <= peer.MOST] or [peer.MOST]:
            found[str(number)] = peer.measure(number, options.clients)
            print(f"Label Studio, {number:,} tasks: {found[str(number)]} steps/s", flush=True)
            keep()
    with database(options.db) as name:
        print(name, flush=True)
        for number in sorted(options.n):
            run = measure(number, options.clients, options.seconds, with_browser=options.browser)
            runs.append(run)
            print("\n".join(report.lines(run, found)), flush=True)
            keep()
    print("\n".join(report.growth_lines(runs)))


if __name__ == "__main__":
    main()
