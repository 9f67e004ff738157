"""Measure how many stored records are flagged anew in a second, on a PostgreSQL of its own.

    uv run --group dev python -m tests.bench.reflag [--records 100000] [--processes N] [--json]

The command runs four times: no record has flags yet; all flags stay; every tenth record changes; all 23
fields of every record change. Aim: 1,000 records a second, bounded memory.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass

from tests.databases import postgres
from tests.installation import ROOT

SETTERS = {
    "first flags": "",
    "all stay": "",
    "a tenth changes": "records.set_threshold(70, everywhere=False)",
    "all change": "records.set_threshold(100, everywhere=True)",
}


@dataclass(frozen=True)
class Run:
    """One run of the command: records a second, and the memory of its largest process."""

    name: str
    said: str
    seconds: float
    records_per_second: float
    peak_megabytes: float


def manage(environment: dict[str, str], *arguments: str) -> tuple[str, float]:
    """Run a command to its end; return what it says and the memory in MB of its largest process."""
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return said, used.ru_maxrss / 1024


def shell(environment: dict[str, str], code: str) -> None:
    manage(environment, "shell", "-v", "0", "-c", f"from tests.bench import reflag_records as records; {code}")


def measure(url: str, records: int, processes: int) -> list[Run]:
    with tempfile.TemporaryDirectory() as directory:
        own = {"DATABASE_URL": url, "REVIEWAPP_DATA_DIR": directory, "SECRET_KEY": secrets.token_urlsafe(64)}
        environment = os.environ | own
        manage(environment, "migrate", "-v", "0")
        shell(environment, f"records.make({records})")
        return [_run(environment, name, setter, records, processes) for name, setter in SETTERS.items()]


def _run(environment: dict[str, str], name: str, setter: str, records: int, processes: int) -> Run:
    if setter:
        shell(environment, setter)
    begun = time.perf_counter()
    said, peak = manage(environment, "reflag", "--processes", str(processes))
    seconds = time.perf_counter() - begun
    return Run(name, said, round(seconds, 1), round(records / seconds), round(peak))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with postgres() as url:
        runs = measure(url, options.records, options.processes)
    if options.json:
        print(json.dumps([asdict(run) for run in runs], indent=2))
        return
    for run in runs:
        print(f"{run.name:16} {run.records_per_second:6} records/s  {run.peak_megabytes:4} MB  {run.said}")


if __name__ == "__main__":
    main()
