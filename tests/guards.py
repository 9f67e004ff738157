"""The database's guards are set aside where a test must do what nobody may: empty all tables, forge, force a status."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connection, connections, transaction

from reviewapp import triggers


@contextmanager
def guards_off() -> Iterator[None]:
    """Take the guards away for the block."""
    with transaction.atomic():
        triggers.remove(connection)
    try:
        yield
    finally:
        with transaction.atomic():
            triggers.install(connection)


class FlushPastGuards(flush.Command):
    """Empties the tables of a test database, which its guards would refuse."""

    def handle(self, **options: Any) -> None:
        database = connections[options["database"]]
        with transaction.atomic(using=options["database"]):
            triggers.remove(database)
        super().handle(**options)
        with transaction.atomic(using=options["database"]):
            triggers.install(database)
