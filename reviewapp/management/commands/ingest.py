from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from reviewapp import intake
from reviewapp.exceptions import OUTAGES, ReviewError, sentence
from reviewapp.models import User
from reviewapp.processes.readiness import MigratedCommand
from reviewapp.stages import ingest
from reviewapp.states import Role, Source


class Command(MigratedCommand):
    help = "Take pictures into a batch; the worker reads them. Folders are searched for files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--batch", default="", help="name of the batch (default: today's date)")
        parser.add_argument(
            "--user", default="", help="in whose name (default: the first administrator)"
        )

    def handle(self, *, paths: list[Path], batch: str, user: str, **options: Any) -> None:
        by = _person(user)
        name = batch or timezone.localdate().isoformat()
        refused = 0
        for path in _files(paths):
            if not self._take(path, name, by):
                refused += 1
        if refused:
            raise CommandError(f"{refused} of the files were not taken.")

    def _take(self, path: Path, batch_name: str, by: User) -> bool:
        """Take one file in and say how it went.

        A file that is refused stops no other and leaves no new batch.
        """
        try:
            with path.open("rb") as file, transaction.atomic():
                batch = ingest.batch_named(batch_name, by=by)
                submission = intake.receive(
                    file, name=path.name, batch=batch, source=Source.COMMAND, by=by
                )
        except (ReviewError, OSError, *OUTAGES) as error:
            said = sentence("databaseAway") if isinstance(error, OUTAGES) else str(error)
            self.stderr.write(f"{path}: {said}")
            return False
        self.stdout.write(f"{path}: #{submission.pk}")
        return True


def _person(username: str) -> User:
    people = User.objects.filter(is_active=True)
    chosen = people.filter(username=username) if username else people.filter(role=Role.ADMIN)
    person = chosen.order_by("pk").first()
    if person is not None:
        return person
    if username:
        raise CommandError(f"There is no active user “{username}”.")
    raise CommandError("There is no administrator yet.")


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file())
        else:
            yield path
