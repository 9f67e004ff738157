"""Whether this installation can work: is its database as this version of the program needs it."""

import logging
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from reviewapp.exceptions import OUTAGES, StorageOutage
from reviewapp.spool import Spool

logger = logging.getLogger(__name__)


@cache
def _newest() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app, as this version of the program brings it."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def waiting_migrations() -> list[str]:
    """Return the apps whose tables are older than the program. Raises OUTAGES."""
    applied = MigrationRecorder(connection).applied_migrations()
    waiting = _newest() - applied.keys()
    return sorted(app for app, _name in waiting)


def check_migrated() -> None:
    """Refuse to start on tables that the program does not know.

    Raises ImproperlyConfigured, OUTAGES.
    """
    if waiting := waiting_migrations():
        tables = ", ".join(waiting)
        raise ImproperlyConfigured(
            f"The database is older than this program (tables of {tables}). "
            "Back it up, then run: manage.py migrate"
        )


def check_server() -> None:
    """Refuse to serve an old database.

    1. Without any database the server starts, and `/healthz` says what is missing. 2. Traces of
    looks get their room while the disk has some. 3. SQLite's connection stays open: with the last
    one its index of the write-ahead log goes, and on a full disk nobody could make it again to
    read.
    """
    try:
        check_migrated()
        Spool(settings.DATA_DIR).reserve()
    except (*OUTAGES, StorageOutage) as error:
        logger.warning("database or disk away at the start", extra={"error": str(error)})
    finally:
        if connection.vendor != "sqlite":
            connection.close()


class MigratedCommand(BaseCommand):
    """A command that refuses to start on an old database, or on none, with a sentence."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        try:
            check_migrated()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except OUTAGES as error:
            raise CommandError(
                f"The database does not answer ({error}). Start it, or check DATABASE_URL."
            ) from error


class PatientCommand(MigratedCommand):
    """A command that starts without a database too: it waits for it, or hardly needs it."""

    def check_migrations(self) -> None:
        try:
            super().check_migrations()
        except CommandError as error:
            if not isinstance(error.__cause__, OUTAGES):
                raise
            logger.warning("database away at the start", extra={"error": str(error.__cause__)})
