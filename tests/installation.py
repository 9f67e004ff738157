"""A whole installation in processes of its own, as an operator would start it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.databases import URL, postgres
from tests.syntax import ROOT

DATABASE_FILE = "db.sqlite3"
# Below those that the system gives to connections: one of these would be taken again before a server is up.
PORTS = range(20_000, 32_000)
# Answers one expression a line, with a connection of its own for each: the database may go away in between.
ANSWER = """
import json, sys, django
django.setup()
from django.db import connections
from reviewapp import models
for line in sys.stdin:
    answer = eval(line)
    connections.close_all()
    print(json.dumps(answer), flush=True)
"""


def free_port() -> int:
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def wait_for[T](get: Callable[[], T], *, seconds: float = 240, every: float = 0.2) -> T:
    """Return the first true answer; fail after `seconds`, which are many: other tests use the same processors."""
    until = time.monotonic() + seconds
    while not (found := get()):
        assert time.monotonic() < until, f"nothing came within {seconds} s; last answer: {found!r}"
        time.sleep(every)
    return found


def interruptible() -> None:
    """Let a process that starts hear of Ctrl-C, also where the tests themselves do not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def uninterrupted() -> None:
    """Let a process that starts, and all that it starts, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Installation:
    """A data directory and a database; commands run against them as real processes."""

    def __init__(self, directory: Path, database_url: str) -> None:
        self.directory = directory
        self.environment = {
            **os.environ,
            "REVIEWAPP_DATA_DIR": str(directory),
            "DATABASE_URL": database_url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DJANGO_SETTINGS_MODULE": "reviewapp.settings",
            "WORKER_SILENT_SECONDS": "5",
        }
        self.log = (directory / "processes.log").open("ab")

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *arguments: str, in_background: bool = False) -> subprocess.Popen[bytes]:
        """Start a process from the keyboard, or as a shell's `&`, nohup and cron do, without interruptions from it."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=uninterrupted if in_background else interruptible,  # noqa: PLW1509 – it only sets a signal
        )

    def ask(self, expression: str) -> Any:
        """Return the value of a Python expression over `models`, by way of JSON."""
        asked = self._answering
        assert asked.stdin is not None
        assert asked.stdout is not None
        asked.stdin.write(f"{expression}\n")
        asked.stdin.flush()
        answer = asked.stdout.readline()
        assert answer, "see the error above"
        return json.loads(answer)

    @cached_property
    def _answering(self) -> subprocess.Popen[str]:
        """Start a process that answers questions: one for each would take the time that what they wait for needs."""
        unmeasured = {name: value for name, value in self.environment.items() if not name.startswith("COVERAGE")}
        command = [sys.executable, "-c", ANSWER]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=unmeasured, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def close(self) -> None:
        self.log.close()
        if "_answering" in self.__dict__:
            self._answering.communicate()


@contextmanager
def installation(directory: Path) -> Iterator[Installation]:
    """Set up an installation on the database of this test run, with a database of its own."""
    url = os.environ.get(URL, "")
    name = f"installation_{secrets.token_hex(4)}"
    if url:
        _administer(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made = Installation(directory, _with_database(url, name))
        made.manage("migrate", "-v", "0")
    else:
        (directory / DATABASE_FILE).write_bytes(migrated())
        made = Installation(directory, "")
    try:
        yield made
    finally:
        made.close()
        if url:
            _administer(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def on_database(name: str) -> Iterator[None]:
    """Let installations lie on a PostgreSQL of their own, or on SQLite, the embedded database."""
    os.environ.pop(URL, None)
    if name == "sqlite":
        yield
        return
    with postgres() as url:
        os.environ[URL] = url
        yield


@cache
def migrated() -> bytes:
    """Return an SQLite database as the command makes it, which takes seconds: made once for this process."""
    with tempfile.TemporaryDirectory() as directory:
        place = Installation(Path(directory), "")
        place.manage("migrate", "-v", "0")
        place.close()
        return (place.directory / DATABASE_FILE).read_bytes()


def _administer(url: str, statement: sql.Composable) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _with_database(url: str, name: str) -> str:
    address, _, query = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started, without a word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
