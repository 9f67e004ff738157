import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from reviewapp.administration.access_keys import make_key
from reviewapp.exceptions import ReviewError
from reviewapp.models import User
from reviewapp.processes.readiness import MigratedCommand


class Command(MigratedCommand):
    help = (
        "Make an access key for the recognition API and print it as JSON. "
        "The secret is shown only now."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--user",
            required=True,
            help="in whose name the program calls; may recognise from now on",
        )
        parser.add_argument("--label", default="", help="which program uses the key")
        parser.add_argument(
            "--create-submissions",
            action="store_true",
            help="also create a record for human review",
        )
        parser.add_argument(
            "--webhook-url", default="", help="where to tell that such a record is approved"
        )

    def handle(
        self, *, user: str, label: str, create_submissions: bool, webhook_url: str, **options: Any
    ) -> None:
        person = _person(user)
        try:
            key, secret = make_key(
                person,
                by=person,
                label=label,
                creates_submissions=create_submissions,
                webhook_url=webhook_url,
            )
        except ReviewError as error:
            raise CommandError(str(error)) from error
        shown = {"access_key_id": key.key_id, "access_key_secret": secret}
        if webhook_url:
            shown["webhook_secret"] = key.webhook_secret
        self.stdout.write(json.dumps(shown))


def _person(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active user “{username}”.")
    return person
