"""Measure how fast exports write their files, on a database of its own, and how much memory that takes.

    uv run --group dev python -m tests.bench.export [--n 100000] [--db postgres|sqlite] [--xlsx-rows 1100000]

Approved records are filled in by sets, with real digests. Each format is then asked for, and a worker of its own
brings it to its end. Printed are the rows a second of the file, and of the whole with its checks and events. At
last a worker is killed in the middle, and another one goes on.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.databases import postgres
from tests.installation import ROOT

FORMATS = ("csv", "jsonl", "xlsx")
# As measured before exports were tasks: 100,000 records on PostgreSQL, two cores.
BEFORE_ROWS_S = {"csv": 3784, "jsonl": 3495, "xlsx": 1918}
ROW = re.compile(rb"<row ")
PIECE = 1 << 20


def run(environment: dict[str, str], code: str) -> tuple[Any, float]:
    """Run lines of Python in a process of the product; return what they print, and their memory in MiB."""
    command = [sys.executable, "-c", f"import json, django; django.setup()\n{code}"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return (json.loads(said.splitlines()[-1]) if said else None), used.ru_maxrss / 1024


@contextlib.contextmanager
def place(db: str, n: int) -> Iterator[dict[str, str]]:
    """Yield the environment of an installation with so many approved records."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres()) if db == "postgres" else ""
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        own = {"DATABASE_URL": url, "REVIEWAPP_DATA_DIR": directory, "SECRET_KEY": secrets.token_urlsafe(64)}
        environment = os.environ | own | {"DJANGO_SETTINGS_MODULE": "reviewapp.settings", "LOG_LEVEL": "ERROR"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
        run(environment, f"from tests.bench import export_records; export_records.make({n})")
        yield environment


def exported(environment: dict[str, str], format: str) -> dict[str, Any]:
    """Export all records; return the seconds of the file and of all, the path, and the memory."""
    code = f"from tests.bench import export_records; print(json.dumps(export_records.export({format!r})))"
    told, peak = run(environment, code)
    return {**told, "peak_mib": round(peak)}


def measure(n: int, db: str = "postgres") -> dict[str, float]:
    """Return by format how many rows of its file are written in a second."""
    with place(db, n) as environment:
        return {name: round(n / exported(environment, name)["file_s"]) for name in FORMATS}


def killed_in_the_middle(environment: dict[str, str]) -> dict[str, Any]:
    """Kill a worker while records leave and again within the file; return what the next one makes of it."""
    code = "from tests.bench import export_records; print(json.dumps(export_records.{}))"
    made, _ = run(environment, code.format("wish('csv')"))
    for phase in ("leaving", "writing"):
        command = [sys.executable, "-c", f"import django; django.setup()\n{_GO_ON.format(pk=made)}"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment)
        while run(environment, code.format(f"state({made})"))[0][0] not in (phase, "done"):
            time.sleep(0.05)
        worker.kill()
        worker.wait()
    told, _ = run(environment, code.format(f"finish({made})"))
    assert isinstance(told, dict)
    return told


_GO_ON = "from tests.bench import export_records; export_records.finish({pk})"


def rows_of(path: Path) -> int:
    """Count the rows below the headers by streaming the sheets' XML."""
    total = 0
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                with book.open(name) as sheet:
                    rest = b""
                    while piece := sheet.read(PIECE):
                        content = rest + piece
                        total += len(ROW.findall(content))
                        rest = content[-4:]
                total -= 1
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--db", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--xlsx-rows", type=int, default=0, help="export so many records as XLSX and count the rows")
    options = parser.parse_args()
    if options.xlsx_rows:
        with place(options.db, options.xlsx_rows) as environment:
            told = exported(environment, "xlsx")
            print(f"{rows_of(Path(told['path'])):,} of {options.xlsx_rows:,} rows, {told}")
        return
    with place(options.db, options.n) as environment:
        for name in FORMATS:
            told = exported(environment, name)
            rate = options.n / told["file_s"]
            print(
                f"{name:6} {rate:8,.0f} rows/s ({rate / BEFORE_ROWS_S[name]:.1f} × before), "
                f"whole {options.n / told['whole_s']:8,.0f} records/s, {told['peak_mib']} MiB",
                flush=True,
            )
        print("killed in the middle:", killed_in_the_middle(environment))


if __name__ == "__main__":
    main()
