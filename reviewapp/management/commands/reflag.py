import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from reviewapp.administration import reflag
from reviewapp.child_processes import ChildLost
from reviewapp.exceptions import OUTAGES, ReviewError
from reviewapp.models import Reflag, User
from reviewapp.processes.readiness import MigratedCommand
from reviewapp.states import Role

LARGEST = 1000
GO_ON = "Go on with: manage.py reflag --resume"
# What a shell says of a command that an interruption from the keyboard has ended.
INTERRUPTED = 130


class Command(MigratedCommand):
    help = (
        "Flag all records that are not finished anew, "
        "under the present thresholds, severities and rules."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resume", action="store_true", help="go on with the run that was stopped"
        )
        parser.add_argument(
            "--batch-size", type=int, default=reflag.CHUNK, metavar="N", help=f"at most {LARGEST}"
        )
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")

    def handle(self, *, resume: bool, batch_size: int, processes: int, **options: Any) -> None:
        if not 1 <= batch_size <= LARGEST or processes < 1:
            raise CommandError(f"--batch-size is 1 to {LARGEST}, --processes at least 1.")
        by = _administrator()
        run = _taken(by=by) if resume else reflag.begin(by=by)
        try:
            reflag.go_on(run, size=batch_size, processes=processes)
        except KeyboardInterrupt:
            self.stderr.write(f"Stopped at {run}. {GO_ON}")
            sys.exit(INTERRUPTED)
        except ChildLost as error:
            raise CommandError(f"A helping process was lost at {run}. {GO_ON}") from error
        except OUTAGES as error:
            raise CommandError(f"The database went away at {run}. {GO_ON}") from error
        except ReviewError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{run.judged} records judged, {run.changed} changed, "
            f"{run.undone} verifications undone."
        )


def _taken(*, by: User) -> Reflag:
    run = Reflag.objects.unfinished().latest_first().first()
    if run is None:
        raise CommandError("There is no run that was stopped.")
    try:
        reflag.resume(run, by=by)
    except ReviewError as error:
        raise CommandError(str(error)) from error
    return run


def _administrator() -> User:
    administrators = User.objects.filter(is_active=True, role=Role.ADMIN)
    person = administrators.order_by("pk").first()
    if person is None:
        raise CommandError("There is no administrator yet.")
    return person
