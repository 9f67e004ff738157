# ruff: noqa: S608 – the SQL is put together from tables' names alone
"""Statements that both databases understand, for filling tables from tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Model

from reviewapp import triggers

SECONDS_APART = 2


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def run(statement: str, params: Any = None) -> int:
    """Execute one statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def ask(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def largest(model: type[Model]) -> int:
    found: int = ask(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")[0][0]
    return found


def insert(model: type[Model], columns: dict[str, str], source: str) -> int:
    """Fill a table from others: `columns` are SQL, and every other column gets its default.

    So a column that the product gets later needs no change here.
    """
    names, expressions, params = list(columns), list(columns.values()), []
    for field in model._meta.concrete_fields:
        is_made = field.column in columns or field.primary_key or field.has_db_default()
        if is_made or isinstance(field, models.GeneratedField):
            continue
        names.append(field.column)
        expressions.append("%s")
        params.append(field.get_db_prep_save(field.get_default(), connection))
    listed, chosen = ", ".join(names), ", ".join(expressions)
    return run(f"INSERT INTO {model._meta.db_table} ({listed}) SELECT {chosen} {source}", params)


def add_many(table: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert rows that were made here."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def as_json(expression: str) -> str:
    return f"({expression})::jsonb" if is_postgres() else f"({expression})"


def padded(expression: str, width: int) -> str:
    """Return SQL of a number with leading zeros."""
    if is_postgres():
        return f"lpad(({expression})::text, {width}, '0')"
    return f"substr('{'0' * width}' || ({expression}), -{width})"


def moment(begin: str, number: str) -> str:
    """Return SQL of a moment so many times SECONDS_APART after `begin`, a text in UTC."""
    if is_postgres():
        return f"'{begin}+00'::timestamptz + ({number}) * interval '{SECONDS_APART} seconds'"
    return f"datetime('{begin}', '+' || (({number}) * {SECONDS_APART}) || ' seconds')"


def iso(expression: str) -> str:
    """Return SQL of a moment as a digest's content has it."""
    if is_postgres():
        return f"""to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000000+00:00"')"""
    return f"replace({expression}, ' ', 'T') || '.000000+00:00'"


def text(expression: str) -> str:
    return f"CAST({expression} AS text)"


def numbers(until: int) -> str:
    """Return a source of the numbers from 1 on, as `series(number)`."""
    if is_postgres():
        return f"generate_series(1, {until}) AS series(number)"
    return f"""(WITH RECURSIVE counted(number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < {until})
        SELECT number FROM counted) AS series"""


def define_digest() -> None:
    """Give the database `bench_digest(text)`, as the product writes digests."""
    if is_postgres():
        run("""CREATE OR REPLACE FUNCTION bench_digest(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
            AS $$ SELECT 'sha256:' || encode(sha256(convert_to(content, 'UTF8')), 'hex') $$""")
        return
    connection.ensure_connection()
    connection.connection.create_function(
        "bench_digest", 1, lambda content: "sha256:" + sha256(content.encode()).hexdigest(), deterministic=True
    )


@contextmanager
def unguarded() -> Iterator[None]:
    """Fill without guards, foreign keys and indexes; all of them are there again at the end.

    1. the guards; 2. what the database checks of each row; 3. the indexes, but for those of constraints.
    """
    triggers.remove(connection)
    if is_postgres():
        hurry()
    else:
        run("PRAGMA foreign_keys = OFF")
        run("PRAGMA synchronous = OFF")
    indexes = _indexes()
    for name, _definition in indexes:
        run(f'DROP INDEX "{name}"')

    yield

    for _name, definition in indexes:
        run(definition)
    if is_postgres():
        run("SET session_replication_role = origin")
    else:
        run("PRAGMA foreign_keys = ON")
    triggers.install(connection)


def hurry() -> None:
    """Let this connection write without foreign keys and without waiting for the disk; others do as before."""
    run("SET session_replication_role = replica")
    run("SET maintenance_work_mem = '512MB'")
    run("SET work_mem = '128MB'")
    run("SET synchronous_commit = off")


def _indexes() -> list[tuple[str, str]]:
    if is_postgres():
        return ask("""
            SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x
            JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
            WHERE t.relname LIKE 'reviewapp\\_%%' AND NOT x.indisunique
            AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)""", [])  # fmt: skip
    return ask("""
        SELECT name, sql FROM sqlite_master
        WHERE type = 'index' AND sql IS NOT NULL AND tbl_name LIKE 'reviewapp%%'""", [])  # fmt: skip


def set_sequences(chosen: list[type[Model]]) -> None:
    """Let each table go on behind its largest key."""
    for statement in connection.ops.sequence_reset_sql(no_style(), chosen):
        run(statement)
