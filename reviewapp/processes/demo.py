"""What the demo needs besides the product itself: people, sample pictures, and processes that stay up."""

import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import deque
from contextlib import closing
from pathlib import Path
from typing import IO

import httpx
from django.conf import settings

from reviewapp import intake
from reviewapp.exceptions import InvalidImage
from reviewapp.models import Submission, User
from reviewapp.pictures.files import MEDIA_TYPES
from reviewapp.stages import ingest
from reviewapp.states import Role, Source

PEOPLE = {
    "clerk": Role.CLERK,
    "clerk2": Role.CLERK,
    "supervisor": Role.SUPERVISOR,
    "admin": Role.ADMIN,
}
SAMPLES = settings.BASE_DIR / "reviewapp" / "data" / "samples"
SAMPLE_BATCH = "示例 Samples"
ACCOUNTS_FILE = "demo_accounts.json"
MARK_FILE = "demo_directory.txt"
MARK = "Made by manage.py demo, which removes what lies here with --fresh: keep no real records here.\n"
OWN_FILES = (
    "db.sqlite3",
    "db.sqlite3-wal",
    "db.sqlite3-shm",
    "media",
    "static",
    ACCOUNTS_FILE,
    "demo.log",
    "recogniser.sock",
)
PICTURE_SUFFIXES = {".jpg", ".jpeg"} | {f".{name.lower()}" for name in MEDIA_TYPES}
STOP_SECONDS = 10
RESTARTS_A_MINUTE = 5
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def may_use(data_dir: Path) -> bool:
    """Return whether a directory is new or a demo's own, and not an installation's.

    Demos of earlier versions left no mark, but their accounts. Pictures without a database are
    those of an installation whose records lie on a server.
    """
    if (data_dir / MARK_FILE).exists() or (data_dir / ACCOUNTS_FILE).exists():
        return True
    return not (data_dir / "media").exists() and not _has_tables(data_dir / "db.sqlite3")


def _has_tables(database: Path) -> bool:
    """Return whether something is kept in a database; one that cannot be read may hold anything."""
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True


def mark(data_dir: Path) -> None:
    """Let later demos know that this directory is theirs."""
    (data_dir / MARK_FILE).write_text(MARK)


def clear(data_dir: Path) -> None:
    """Remove what the demo made in its data directory, and nothing else."""
    for name in OWN_FILES:
        path = data_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def people(data_dir: Path) -> dict[str, str]:
    """Make the demo's users, or find them again; return password by name."""
    path = data_dir / ACCOUNTS_FILE
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    passwords = {name: known.get(name) or secrets.token_urlsafe(9) for name in PEOPLE}
    for name, role in PEOPLE.items():
        is_admin = role == Role.ADMIN
        rights = {"role": role, "is_staff": is_admin, "can_recognise": is_admin}
        user, _ = User.objects.get_or_create(username=name, defaults=rights)
        if not user.check_password(passwords[name]):
            user.set_password(passwords[name])
            user.save()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(passwords, file)
    return passwords


def samples() -> int:
    """Take the shipped pictures in, each once; return how many there are."""
    by = User.objects.get(username="admin")
    paths = sorted(path for path in SAMPLES.iterdir() if path.suffix in PICTURE_SUFFIXES)
    batch = ingest.batch_named(SAMPLE_BATCH, by=by)
    for path in paths:
        try:
            with path.open("rb") as file:
                intake.receive(file, name=path.name, batch=batch, source=Source.COMMAND, by=by)
        except InvalidImage as error:
            if error.code != "duplicatePicture":
                raise
    return len(paths)


def progress() -> tuple[int, int]:
    """Return how many pictures were read, or could not be, of how many."""
    total = Submission.objects.count()
    return total - Submission.objects.received().count(), total


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(url: str) -> bool:
    """Return whether the server answers and somebody reads its pictures."""
    try:
        return bool(httpx.get(f"{url}healthz", timeout=2, trust_env=False).json()["status"] == "ok")
    except (httpx.HTTPError, ValueError):
        return False


def _end_with_demo() -> None:
    """Ask Linux to stop this child with the demo, which cannot do it itself when it is killed."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A child that is started again when it dies, and stopped with the demo."""

    def __init__(self, name: str, arguments: list[str], log: IO[bytes]) -> None:
        self.name, self.arguments, self.log = name, arguments, log
        self.starts: deque[float] = deque(maxlen=RESTARTS_A_MINUTE)
        self.start()

    def start(self) -> None:
        self.starts.append(time.monotonic())
        command = [sys.executable, *self.arguments]
        self.child = subprocess.Popen(  # noqa: S603 – our own interpreter with our own arguments
            command,
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_demo,  # noqa: PLW1509 – the demo has one thread
        )

    def keep_up(self) -> bool:
        """Start again if dead; return False when that happens too often to make sense."""
        if self.child.poll() is None:
            return True
        if len(self.starts) == RESTARTS_A_MINUTE and time.monotonic() - self.starts[0] < 60:
            return False
        self.start()
        return True


def stop(processes: list[Process]) -> None:
    """Ask all to stop, wait, and then end those that have not, with all they started."""
    for process in processes:
        process.child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.child.pid, signal.SIGKILL)
            process.child.wait()


def server(port: int, log: IO[bytes]) -> Process:
    bind = [
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "6",
    ]
    for_sdks = ["--limit-request-line", "0", "--keep-alive", "30"]
    return Process(
        "server", ["-m", "gunicorn", "reviewapp.wsgi", *bind, *for_sdks, "--no-control-socket"], log
    )


def worker(log: IO[bytes]) -> Process:
    return Process(
        "worker", [str(settings.BASE_DIR / "manage.py"), "worker", "--interval", "0.5"], log
    )


def recogniser(log: IO[bytes]) -> Process:
    return Process("recogniser", [str(settings.BASE_DIR / "manage.py"), "recogniser"], log)
