from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from reviewapp.administration import orphans
from reviewapp.exceptions import ReviewError
from reviewapp.processes.readiness import MigratedCommand


class Command(MigratedCommand):
    help = (
        "Remove stored pictures that no record names and that are older than an hour: what a crash "
        "or a full disk left behind; and the files of exports that are older than EXPORT_DAYS. "
        "Run it once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="name the files and remove nothing"
        )
        parser.add_argument(
            "--even-many", action="store_true", help="remove them however many they are"
        )

    def handle(self, *, dry_run: bool, even_many: bool, **options: Any) -> None:
        if dry_run:
            found = orphans.orphans()
            for path in found.orphans:
                self.stdout.write(path)
            self.stdout.write(f"{len(found.orphans)} of {found.files} files have no record.")
            return
        try:
            count = orphans.sweep(even_many=even_many)
        except ReviewError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} files without a record were removed.")
        old = orphans.remove_old_exports()
        if old:
            self.stdout.write(f"{old} files of exports were removed after their last day.")
