from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from reviewapp.administration.password_links import make_link
from reviewapp.exceptions import NotAllowed
from reviewapp.models import User
from reviewapp.processes.readiness import MigratedCommand


class Command(MigratedCommand):
    help = "Print the link through which a person sets their password. It works once, for 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no user “{username}”.")
        try:
            link = make_link(person, by=None)
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(link.path)
