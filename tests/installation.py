"""A whole installation in processes of its own, as an operator would start it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.databases import URL

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for[T](get: Callable[[], T], *, seconds: float = 60) -> T:
    """Return the first true answer; fail after `seconds`."""
    until = time.monotonic() + seconds
    while not (found := get()):
        assert time.monotonic() < until, f"nothing came within {seconds} s; last answer: {found!r}"
        time.sleep(0.2)
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
        code = f"import json; from reviewapp import models; print(json.dumps({expression}))"
        return json.loads(self.manage("shell", "--no-imports", "-v", "0", "-c", code))


@contextmanager
def installation(directory: Path) -> Iterator[Installation]:
    """Set up an installation on the database of this test run, with a database of its own."""
    url = os.environ.get(URL, "")
    name = f"installation_{secrets.token_hex(4)}"
    if url:
        _administer(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    made = Installation(directory, _with_database(url, name) if url else "")
    made.manage("migrate", "-v", "0")
    try:
        yield made
    finally:
        made.log.close()
        if url:
            _administer(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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
