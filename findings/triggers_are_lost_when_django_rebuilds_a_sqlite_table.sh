#!/usr/bin/env bash
# A migration of Django that rebuilds a table on SQLite loses the table's triggers without a word, and
# fails where a trigger of another table names it.
#
# Seen with Django 5.2.8 on SQLite 3.40.1.
# Triggers made by RunSQL are expected to stay until something drops them, and `sqlmigrate` shows no
# DROP TRIGGER. On SQLite Django alters a column, and adds one that is not nullable, by making a new
# table, copying the rows, dropping the old table and renaming the new one. The triggers go with the
# table that is dropped: one that refused deletions is gone, and deletions pass. A trigger of another
# table whose condition names the table stays, but then the renaming fails with "error in trigger …
# no such table", although the table is there a moment later. PostgreSQL keeps both.
# What helps: drop all triggers before `migrate`, set them anew after it, and ask sqlite_master.
#
# Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check django==5.2.8
cat > "$folder/try.py" <<'PYTHON'
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[],
)
django.setup()
from django.db import OperationalError, connection, migrations, models
from django.db.migrations.state import ProjectState

REFUSE = "BEGIN SELECT RAISE(ABORT, 'kept'); END"
ID = ("id", models.AutoField(primary_key=True))
TEXT = models.CharField(max_length=10)
MADE = [
    migrations.CreateModel("Entry", [ID, ("text", TEXT)]),
    migrations.CreateModel("Other", [ID]),
    migrations.RunSQL(f"CREATE TRIGGER entry_kept BEFORE DELETE ON shop_entry {REFUSE}"),
]
OTHERS = f"""CREATE TRIGGER other_kept BEFORE DELETE ON shop_other
WHEN EXISTS (SELECT 1 FROM shop_entry) {REFUSE}"""


def triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return " ".join(name for (name,) in cursor.fetchall()) or "none"


def applied(state, *operations):
    migration = migrations.Migration("0001", "shop")
    migration.operations = operations
    with connection.schema_editor() as editor:
        return migration.apply(state, editor)


state = applied(ProjectState(), *MADE)
print("made:", triggers())
state = applied(state, migrations.AddField("Entry", "note", models.TextField(null=True)))
print("nullable column added:", triggers())
state = applied(state, migrations.AlterField("Entry", "text", models.CharField(max_length=10, null=True)))
print("column altered:", triggers())

applied(state, migrations.RunSQL(OTHERS))
try:
    applied(state, migrations.AlterField("Entry", "text", TEXT))
except OperationalError as error:
    print("named by another table's trigger:", error)
PYTHON
said=$("$folder/venv/bin/python" "$folder/try.py")
"$folder/venv/bin/python" -c 'import django, sqlite3; print("Django", django.__version__, "SQLite", sqlite3.sqlite_version)'
echo "$said"
[ "$said" = "made: entry_kept
nullable column added: entry_kept
column altered: none
named by another table's trigger: error in trigger other_kept: no such table: main.shop_entry" ]
