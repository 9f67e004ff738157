import json
import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from reviewapp.exceptions import OUTAGES
from reviewapp.processes import demo

ANSWER_SECONDS = 120
NOT_OURS = (
    "{directory} belongs to an installation. The demo would reset passwords there, "
    "or remove everything. Give it a directory of its own: --data-dir DIR"
)
# Back to the beginning of the terminal's line, and after the text nothing of the one before.
LINE_START, CLEAR_REST = "\r", "\x1b[K"


class Command(BaseCommand):
    help = "Run the whole product on this machine with sample certificates, until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--data-dir", help="where the database and the pictures lie (default: var/)"
        )
        parser.add_argument(
            "--fresh", action="store_true", help="forget what an earlier demo left there"
        )
        parser.add_argument(
            "--json",
            dest="as_json",
            action="store_true",
            help="print one line: the address and the accounts",
        )

    def handle(self, *, port: int, fresh: bool, as_json: bool, **options: Any) -> None:
        """Run the demo.

        1. Refuse what cannot work, or is not the demo's own. 2. Database and files. 3. Server and
        worker; people and pictures, while they start. 4. Say where it is. 5. Keep all up and show
        progress until somebody stops it.
        """
        _check_can_run(port)
        self._set_up(fresh=fresh)

        for number in demo.STOPS:
            signal.signal(number, _stop)
        with (settings.DATA_DIR / "demo.log").open("ab") as log:
            processes: list[demo.Process] = []
            try:
                with demo.uninterrupted():
                    processes += [demo.server(port, log), demo.worker(log)]
                accounts = demo.people(settings.DATA_DIR)
                demo.samples()
                url = f"http://127.0.0.1:{port}/"
                _wait_for(url, processes)
                self._announce(url, accounts, as_json=as_json)
                # It reads a picture to be ready, which would keep the pages waiting.
                with demo.uninterrupted():
                    processes.append(demo.recogniser(log))
                self._watch(processes, quiet=as_json)
            except KeyboardInterrupt:
                self.stderr.write("\nStopping …")
            finally:
                _ignore_signals()
                demo.stop(processes)

    def _set_up(self, *, fresh: bool) -> None:
        """Make what the processes need before they start."""
        demo.mark(settings.DATA_DIR)
        if fresh:
            # The system checks have opened the database; a file that is gone must not stay in hand.
            connections.close_all()
            demo.clear(settings.DATA_DIR)
        self.stderr.write("Setting up; this takes some seconds …")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _announce(self, url: str, accounts: dict[str, str], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"url": url, "accounts": accounts}))
        else:
            names = "\n".join(f"  {name:<12}{password}" for name, password in accounts.items())
            self.stdout.write(f"\n{url}\n\nAccounts and their passwords:\n{names}\n")
            self.stdout.write("Ctrl-C stops everything.\n")
        self.stdout.flush()

    def _watch(self, processes: list[demo.Process], *, quiet: bool) -> None:
        shown = None
        while True:
            for process in processes:
                if not process.keep_up():
                    self.stderr.write("")
                    log = settings.DATA_DIR / "demo.log"
                    raise CommandError(f"The {process.name} keeps stopping. See {log}.")
            if not quiet:
                shown = self._show_progress(shown)
            time.sleep(1)

    def _show_progress(self, shown: tuple[int, int] | None) -> tuple[int, int] | None:
        """Say how many pictures are read, if that has changed.

        A database that is locked is asked again later.
        """
        try:
            done, total = demo.progress()
        except OUTAGES:
            return shown
        if shown != (done, total):
            self._tell(f"Pictures read: {done} of {total}")
        return done, total

    def _tell(self, progress: str) -> None:
        """Write one line; in a terminal over the one before, so that the accounts stay in view."""
        if self.stdout.isatty():
            self.stdout.write(f"{LINE_START}{progress}{CLEAR_REST}", ending="")
        else:
            self.stdout.write(progress)
        self.stdout.flush()


def _check_can_run(port: int) -> None:
    """Refuse a database, a port or a directory that the demo cannot have. Raises CommandError."""
    if settings.DATABASE_URL:
        raise CommandError(
            "The demo keeps its own SQLite database. Unset DATABASE_URL and start it again."
        )
    if not demo.is_free(port):
        raise CommandError(
            f"Port {port} is taken. Stop what uses it, or choose another with --port."
        )
    if not demo.may_use(settings.DATA_DIR):
        raise CommandError(NOT_OURS.format(directory=settings.DATA_DIR))


def _wait_for(url: str, processes: list[demo.Process]) -> None:
    """Wait until the server answers. Raises CommandError when it does not, or something stops."""
    until = time.monotonic() + ANSWER_SECONDS
    while not demo.answers(url):
        are_up = all(process.keep_up() for process in processes)
        if not are_up or time.monotonic() > until:
            log = settings.DATA_DIR / "demo.log"
            raise CommandError(f"The server does not answer. See {log}.")
        time.sleep(0.2)


def _ignore_signals() -> None:
    """Let a second Ctrl-C not cut the stopping short; stopping takes seconds at most."""
    for number in demo.STOPS:
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
