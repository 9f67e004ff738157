"""The API as it runs in production: gunicorn and the recogniser as processes, with a data directory of their own."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.installation import ROOT, free_port

START_SECONDS = 240
STOP_SECONDS = 60
# Whoever asks first waits until a child process has started; the Node SDK would not.
ASK_ONCE = f"""
from contextlib import suppress
from reviewapp import exceptions
from reviewapp.processes import recogniser
with suppress(exceptions.ReviewError):
    recogniser.ask(b"", seconds={START_SECONDS})
"""
PASSED_ON = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True)
class Running:
    """A running server and one access key of its user `caller`."""

    host: str
    key_id: str
    secret: str
    data_dir: Path
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def manage(self, *arguments: str) -> str:
        """Run a management command against the server's database and return what it prints."""
        return _manage(self.environment, *arguments)

    def python(self, code: str) -> str:
        """Run lines of Python with the models at hand."""
        return self.manage("shell", "-v", "0", "-c", "from reviewapp.models import *\n" + code).strip()

    def make_key(self, *options: str) -> dict[str, str]:
        shown: dict[str, str] = json.loads(self.manage("create_access_key", "--user", "caller", *options))
        return shown


@contextmanager
def running(data_dir: Path, *, workers: int = 2, **settings: str) -> Iterator[Running]:
    """Start the server and the recogniser with these settings (environment variables), and stop them after."""
    shutil.copytree(_prepared(), data_dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("secret_key"))
    environment = _environment(data_dir, **settings)
    key = json.loads(_manage(environment, "create_access_key", "--user", "caller"))
    host = f"127.0.0.1:{free_port()}"
    server = ["gunicorn", "reviewapp.wsgi", "--bind", host, "--worker-class", "gthread", "--workers", str(workers)]
    commands: list[list[str]] = [
        ["-m", *server, "--threads", "6", "--limit-request-line", "0", "--keep-alive", "30", "--no-control-socket"],
        ["manage.py", "recogniser"],
    ]
    with (data_dir / "server.log").open("wb") as log:
        processes = [_start(command, environment, log) for command in commands]
        try:
            _wait(host, data_dir)
            _manage(environment, "shell", "-v", "0", "-c", ASK_ONCE)
            yield Running(host, key["access_key_id"], key["access_key_secret"], data_dir, environment)
        finally:
            _stop(processes)


@cache
def _prepared() -> Path:
    """Return a data directory as an operator sets it up, with a user `caller`: made once for this process."""
    directory = Path(tempfile.mkdtemp(prefix="prepared-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    environment = _environment(directory)
    _manage(environment, "migrate", "-v", "0")
    _manage(environment, "collectstatic", "--noinput", "-v", "0")
    _manage(environment, "shell", "-v", "0", "-c", "from reviewapp.models import *; User.objects.create_user('caller')")
    return directory


def _environment(data_dir: Path, **settings: str) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    # Behind all other tests that run on this machine it would hardly read at all.
    own = {"REVIEWAPP_DATA_DIR": str(data_dir), "LANGUAGE_CODE": "en", "RECOGNISER_NICENESS": "0"}
    return passed_on | own | settings


def _start(command: list[str], environment: Mapping[str, str], log: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(STOP_SECONDS)


def _manage(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait(host: str, data_dir: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            is_up = httpx.get(f"http://{host}/healthz", trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            is_up = False
        if is_up and any(data_dir.glob("*.sock")):
            return
        time.sleep(0.1)
    raise AssertionError((data_dir / "server.log").read_text()[-3000:])
