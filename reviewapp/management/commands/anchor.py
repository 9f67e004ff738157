from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviewapp.administration import ledger


class Command(BaseCommand):
    help = (
        "Put the ends of all histories into the ledger and print its head: number, time and "
        "digest, on one line, to be kept outside."
    )

    def handle(self, **options: Any) -> None:
        entry = ledger.anchor()
        if entry is None:
            raise CommandError("Nothing has happened yet, so there is nothing to keep.")
        self.stdout.write(f"{entry.number} {entry.at.isoformat()} {entry.digest}")
