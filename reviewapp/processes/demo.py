"""What the demo needs besides the product: people, sample pictures, processes that stay up."""

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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import httpx
from django.conf import settings

from reviewapp import intake, spool
from reviewapp.administration import people as people_of_house
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
MANAGE = str(settings.BASE_DIR / "manage.py")
SAMPLES = settings.BASE_DIR / "reviewapp" / "data" / "samples"
SAMPLE_BATCH = "示例 Samples"
ACCOUNTS_FILE = "demo_accounts.json"
MARK_FILE = "demo_directory.txt"
MARK = (
    "Made by manage.py demo, which removes what lies here with --fresh: "
    "keep no real records here.\n"
)
OWN_FILES = (
    "db.sqlite3",
    "db.sqlite3-wal",
    "db.sqlite3-shm",
    "media",
    "static",
    ACCOUNTS_FILE,
    "demo.log",
    "recogniser.sock",
    spool.NAME,
)
PICTURE_SUFFIXES = {".jpg", ".jpeg"} | {f".{name.lower()}" for name in MEDIA_TYPES}
# A worker may finish the picture that it reads; asked again, it puts the picture back.
FINISH_SECONDS, STOP_SECONDS = 2, 10
RESTARTS_A_MINUTE = 5
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, a polite end, a closed terminal
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def may_use(data_dir: Path) -> bool:
    """Return whether a directory is new or a demo's own, and not an installation's.

    Demos of earlier versions left no mark, but their accounts. Pictures, or traces of looks,
    without a database are those of an installation whose records lie on a server.
    """
    is_marked = (data_dir / MARK_FILE).exists()
    has_accounts = (data_dir / ACCOUNTS_FILE).exists()
    if is_marked or has_accounts:
        return True
    is_served = any((data_dir / name).exists() for name in ("media", spool.NAME))
    return not is_served and not _has_tables(data_dir / "db.sqlite3")


def _has_tables(database: Path) -> bool:
    """Return whether something is kept in a database; one that cannot be read may hold anything."""
    if not database.exists():
        return False
    try:
        address = f"{database.as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            first_row = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            return first_row is not None
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
    passwords = {}
    for name, role in PEOPLE.items():
        passwords[name] = known.get(name) or secrets.token_urlsafe(9)
        _person(name, role, passwords[name])
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file)
    return passwords


def _person(name: str, role: Role, password: str) -> None:
    """Make a user, or find them again, and see that the password is theirs."""
    is_admin = role == Role.ADMIN
    rights = {"role": role, "is_staff": is_admin, "can_recognise": is_admin}
    person = User.objects.filter(username=name).first()
    if person is None:
        people_of_house.install_person(User(username=name, **rights), password=password)
    elif not person.check_password(password):
        people_of_house.change_password(person, password, by=None, address=None)


def samples() -> None:
    """Take the shipped pictures in, each once."""
    by = User.objects.get(username="admin")
    batch = ingest.batch_named(SAMPLE_BATCH, by=by)
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix not in PICTURE_SUFFIXES:
            continue
        try:
            with path.open("rb") as file:
                intake.receive(file, name=path.name, batch=batch, source=Source.COMMAND, by=by)
        except InvalidImage as error:
            if error.code != "duplicatePicture":
                raise


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
        health = httpx.get(f"{url}healthz", timeout=2, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False
    return "workers" not in health.get("degraded", ["workers"])


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a signal to stop wait until the end of this block, in which processes are started.

    Python drops what a handler raises while it forks, and a process that nobody has noted down yet
    would not be stopped.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_child() -> None:
    """Let this child hear of signals, and ask Linux to stop it with the demo.

    The demo cannot do that itself when it is killed.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
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
        with uninterrupted():
            self.child = subprocess.Popen(  # noqa: S603 – our own interpreter and arguments
                [sys.executable, *self.arguments],
                stdout=self.log,
                stderr=self.log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_prepare_child,  # noqa: PLW1509 – the demo has one thread
            )

    def keep_up(self) -> bool:
        """Start again if dead; return False when that happens too often to make sense."""
        if self.child.poll() is None:
            return True
        seconds_since_first = time.monotonic() - self.starts[0]
        if len(self.starts) == RESTARTS_A_MINUTE and seconds_since_first < 60:
            return False
        self.start()
        return True


def stop(processes: list[Process]) -> None:
    """Ask all to stop, twice, and then end those that have not, with all they started."""
    children = [process.child for process in processes]
    for seconds in (FINISH_SECONDS, STOP_SECONDS):
        for child in children:
            child.terminate()
        children = _still_running(children, seconds)
    for child in children:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _still_running(
    children: list["subprocess.Popen[bytes]"], seconds: float
) -> list["subprocess.Popen[bytes]"]:
    """Return those that have not ended after so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(child.poll() is not None for child in children):
            return []
        time.sleep(0.1)
    return [child for child in children if child.poll() is None]


def server(port: int, log: IO[bytes]) -> Process:
    program = ["-m", "gunicorn", "reviewapp.wsgi", "--bind", f"127.0.0.1:{port}"]
    threads = ["--worker-class", "gthread", "--workers", "2", "--threads", "6"]
    for_sdks = ["--limit-request-line", "0", "--keep-alive", "30"]
    return Process("server", [*program, *threads, *for_sdks, "--no-control-socket"], log)


def worker(log: IO[bytes]) -> Process:
    return Process("worker", [MANAGE, "worker", "--interval", "0.5"], log)


def recogniser(log: IO[bytes]) -> Process:
    return Process("recogniser", [MANAGE, "recogniser"], log)
