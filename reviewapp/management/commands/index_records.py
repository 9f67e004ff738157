from django.core.management.base import BaseCommand
from django.db import connection, transaction

from reviewapp.search.fill import fill


class Command(BaseCommand):
    help = (
        "Make the index of search anew from the records, for instance with a new table of pinyin."
    )

    def handle(self, *args: object, **options: object) -> None:
        with transaction.atomic():
            count = fill(connection)
        self.stdout.write(f"{count} terms")
