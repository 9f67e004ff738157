from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """In place of Django's own, which sets a password that two people know, without an event."""

    help = "Not here: nobody sets the password of somebody else. See password_link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?")

    def handle(self, **options: Any) -> None:
        raise CommandError(
            "Nobody sets the password of somebody else. Let password_link print a link, through "
            "which the person sets it themselves."
        )
