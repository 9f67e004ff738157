from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from reviewapp import triggers


class Command(Migrate):
    """Django's own, which takes the database's guards away while tables change.

    On SQLite a changed table is a new one, which has no triggers, and those of other tables that
    name it are in its way.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["check_unapplied"] or options["plan"]:
            super().handle(*args, **options)
            return
        goes_elsewhere = bool(options["migration_name"])
        if goes_elsewhere or _plan(connection):
            triggers.remove(connection)
        super().handle(*args, **options)
        if not _plan(connection):
            triggers.install(connection)


def _plan(connection: Any) -> list[Any]:
    """Return what of our own is still to be done to reach the present state."""
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "reviewapp"]
    return executor.migration_plan(leaves)
