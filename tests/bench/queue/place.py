"""The installation that is measured: a database as it comes, a server as an operator starts it."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.bench.reflag import manage
from tests.databases import URL, postgres_server
from tests.installation import Installation, free_port, installation, kill, wait_for

# As docs/deploy.md starts it, with four threads, as the figures before this bench were taken.
SERVER = ("-m", "gunicorn", "reviewapp.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4")
SERVER_OPTIONS = ("--limit-request-line", "0", "--keep-alive", "30", "--no-control-socket")


@dataclass
class Place:
    """A filled installation, whose server can be started anew, and the sessions of its people."""

    made: Installation
    host: str
    sessions: dict[str, str]
    filled: dict[str, float]
    server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.server = self.made.start(*SERVER, *SERVER_OPTIONS, "--bind", self.host)
        wait_for(self._is_up)

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"http://{self.host}/healthz", trust_env=False, timeout=10).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self.server is not None:
            kill(self.server)
            self.server = None

    def peak_megabytes(self) -> float:
        """Return the largest memory that one of the server's processes ever had."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        return max(_peak_megabytes(int(pid)) for pid in children)

    def call(self, module: str, expression: str) -> tuple[Any, float]:
        """Return what a function beside the product's models prints as JSON, and its process' memory in MB."""
        return called(self.made, module, expression)


def called(made: Installation, module: str, expression: str) -> tuple[Any, float]:
    code = f"from tests.bench.queue import {module}; {module}.{expression}"
    said, peak = manage(made.environment, "shell", "-v", "0", "-c", code)
    return json.loads(said.splitlines()[-1]), peak


def _peak_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def database(name: str) -> Iterator[str]:
    """Let installations lie on a PostgreSQL with its default settings, or on SQLite; yield what it says it is."""
    os.environ.pop(URL, None)
    if name == "sqlite":
        yield "SQLite"
        return
    with postgres_server(settings="") as server:
        os.environ[URL] = server.get_uri()
        yield f"PostgreSQL {Path(server.pgdata, 'PG_VERSION').read_text().strip()}"
        os.environ.pop(URL)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Let PostgreSQL put off its checkpoints while it is filled, and be done with them before anything is measured."""
    url = os.environ.get(URL)
    if not url:
        yield
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
        connection.execute("SELECT pg_reload_conf()")
        yield
        connection.execute("ALTER SYSTEM RESET max_wal_size")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")


@contextmanager
def place(directory: Path, records: int) -> Iterator[Place]:
    """Fill an installation on a database of its own, and serve it."""
    with installation(directory) as made:
        made.environment |= {"ENGINE": "replay", "LANGUAGE_CODE": "en", "LOG_LEVEL": "ERROR", "DEBUG": ""}
        made.environment["SECRET_KEY"] = secrets.token_urlsafe(64)
        made.manage("collectstatic", "--no-input", "-v", "0")
        begun = time.perf_counter()
        with _in_haste():
            filled, _peak = called(made, "fill", f"measure({records})")
        filled["seconds"]["all, with the process"] = round(time.perf_counter() - begun, 1)
        found = Place(made, f"127.0.0.1:{free_port()}", filled["sessions"], filled["seconds"])
        found.start()
        try:
            yield found
        finally:
            found.stop()
