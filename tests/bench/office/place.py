"""The installation on which the office works: its processes, which can be killed and started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.installation import ROOT, Installation, free_port, installation, kill, wait_for

SERVER = ["gunicorn", "reviewapp.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "6"]
SERVER_OPTIONS = ["--limit-request-line", "0", "--keep-alive", "30", "--no-control-socket"]
# People who leave a record behind lose it soon, so that others take it while the office is open.
CLAIM_MINUTES = 1
FILLERS = 2
FILL = "from pathlib import Path; from tests.bench.office import records; "


@dataclass
class Place:
    """An installation with its server and its worker, as an operator runs them."""

    made: Installation
    host: str
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    anchors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def start_server(self) -> None:
        """Start the server and wait until it answers."""
        self.server = self.made.start("-m", *SERVER, *SERVER_OPTIONS, "--bind", self.host)
        wait_for(self.is_up)

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}healthz", trust_env=False, timeout=10).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def start_worker(self) -> None:
        self.worker = self.made.start("manage.py", "worker", "--interval", "0.2")

    def web_processes(self) -> list[int]:
        """Return the processes that answer requests, which the server started."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        with suppress(OSError):
            return [int(pid) for pid in children.read_text().split()]
        return []

    def kill_web_process(self, rng: random.Random) -> None:
        """Kill one of the processes that answer requests, in the middle of what it does."""
        pids = self.web_processes()
        if pids:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(pids), signal.SIGKILL)

    def kill_server(self, seconds: float) -> None:
        """Kill the server with all its processes, and start it again some seconds later."""
        assert self.server is not None
        kill(self.server)
        time.sleep(seconds)
        self.start_server()

    def kill_worker(self, seconds: float) -> None:
        assert self.worker is not None
        kill(self.worker)
        time.sleep(seconds)
        self.start_worker()

    def anchor(self) -> None:
        """Put the heads of all chains into the ledger, and keep what a person would keep outside."""
        self.anchors.append(self.made.manage("anchor").split()[-1])

    def stop(self) -> None:
        for process in (self.worker, self.server):
            if process is not None:
                process.terminate()
        for process in (self.worker, self.server):
            if process is not None:
                process.wait(60)


@contextmanager
def place(directory: Path, *, records: int, clerks: int, supervisors: int, seed: int) -> Iterator[Place]:
    """Set up people and records on a database of its own, and start the server and the worker.

    1. the installation; 2. people and records, by several processes at once; 3. what runs.
    """
    with installation(directory) as made:
        made.environment |= {
            "ENGINE": "replay",
            "CLAIM_MINUTES": str(CLAIM_MINUTES),
            "LANGUAGE_CODE": "en",
            "LOG_LEVEL": "WARNING",
        }
        made.manage("collectstatic", "--no-input", "-v", "0")
        fill(made, records=records, clerks=clerks, supervisors=supervisors, seed=seed)

        running = Place(made, f"127.0.0.1:{free_port()}")
        try:
            running.start_server()
            running.start_worker()
            yield running
        finally:
            running.stop()


def fill(made: Installation, *, records: int, clerks: int, supervisors: int, seed: int) -> None:
    for name in ("replay", "desk"):
        (made.directory / name).mkdir()
    made.manage("shell", "-v", "0", "-c", f"{FILL}records.make_people({clerks}, {supervisors})")
    share = -(-records // FILLERS)
    fillers = []
    for first in range(0, records, share):
        numbers = range(first, min(records, first + share))
        code = f"{FILL}records.make({numbers!r}, {seed}, Path({str(made.directory)!r}))"
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        fillers.append(subprocess.Popen(command, env=made.environment, cwd=ROOT, stdout=made.log, stderr=made.log))
    for filler in fillers:
        assert filler.wait() == 0, (made.directory / "processes.log").read_text()[-3000:]
