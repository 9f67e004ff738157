import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviewapp.administration.proof import Proof, entry_of
from reviewapp.exceptions import ReviewError
from reviewapp.models import Submission

PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Prove that no event was changed, moved, added or taken away, and that records are what "
        "their events say. Ends with 1 where they are not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            metavar="DIGEST",
            help="begin at an entry of the ledger, as anchor printed it",
        )
        parser.add_argument("--record", type=int, help="only this record")
        parser.add_argument(
            "--without-pictures", action="store_true", help="do not read the stored pictures"
        )

    def handle(
        self, *, since: str | None, record: int | None, without_pictures: bool, **options: Any
    ) -> None:
        """Prove the history.

        1. What of it, and from where on. 2. What is wrong, the first broken link first. 3. How
        much was looked at, and whether it holds.
        """
        try:
            proof = Proof(
                record=_record(record),
                since=entry_of(since) if since else None,
                with_pictures=not without_pictures,
            )
        except ReviewError as error:
            raise CommandError(str(error)) from error

        started = time.monotonic()
        found = 0
        for problem in proof.problems():
            found += 1
            self.stdout.write(self.style.ERROR(str(problem)))
            if found == PROBLEMS_SHOWN:
                break
        seconds = time.monotonic() - started

        counts = proof.counts
        self.stdout.write(
            f"{counts.events} events in {counts.chains} chains, {counts.entries} entries of the "
            f"ledger, {counts.records} records, {counts.pictures} pictures: {seconds:.1f} s"
        )
        if found:
            raise CommandError("The history does not hold.")
        self.stdout.write(self.style.SUCCESS("The history holds."))


def _record(pk: int | None) -> Submission | None:
    if pk is None:
        return None
    submission = Submission.objects.filter(pk=pk).first()
    if submission is None:
        raise CommandError(f"There is no record #{pk}.")
    return submission
