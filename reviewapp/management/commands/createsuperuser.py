import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from reviewapp.administration.password_links import make_link
from reviewapp.administration.people import install_person
from reviewapp.models import User
from reviewapp.processes.readiness import MigratedCommand
from reviewapp.states import Role


class Command(MigratedCommand):
    """In place of Django's own, which would leave no event."""

    help = (
        "Make an administrator. Without a password they set one through the link that is printed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", help="asked for where it is not given")
        parser.add_argument("--email", default="")
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="ask nothing: DJANGO_SUPERUSER_USERNAME and DJANGO_SUPERUSER_PASSWORD hold it",
        )

    def handle(
        self, *, username: str | None, email: str, interactive: bool, **options: Any
    ) -> None:
        """Make the account. 1. its name; 2. its password; 3. the link where there is none."""
        name = username or os.environ.get("DJANGO_SUPERUSER_USERNAME", "")
        if not name and interactive:
            name = input("User name: ")
        person = User(
            username=User.normalize_username(name.strip()),
            email=email,
            role=Role.ADMIN,
            is_staff=True,
            is_superuser=True,
        )
        try:
            person.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if interactive:
            password = self._asked_password(person)
        install_person(person, password=password)

        self.stdout.write(f"The administrator {person} is made.")
        if not password:
            self.stdout.write(
                f"Set the password within 24 hours at {make_link(person, by=None).path}"
            )

    def _asked_password(self, person: User) -> str:
        """Ask until a password is good and typed twice alike; nothing typed: none for now."""
        while password := getpass("Password (nothing: print a link): "):
            if getpass("The same again: ") != password:
                self.stderr.write("The two are not the same.")
                continue
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            return password
        return ""
