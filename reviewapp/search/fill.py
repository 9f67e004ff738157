"""Fill the index of search anew from the records: for a migration, a command, and benchmarks.

In SQL and without models, so that a migration can use it: it reads four columns of two tables.
"""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from reviewapp.models.search_term import FILE_NAME
from reviewapp.search.terms import POSITIONS, Term, terms_of, terms_of_file

ROWS_AT_ONCE = 5_000
EMPTY = "DELETE FROM reviewapp_searchterm"
DROP_LOOSE = "DROP TABLE IF EXISTS loose_terms"
CREATE_LOOSE = (
    "CREATE TEMPORARY TABLE loose_terms"
    " (kind varchar(1), term text, submission_id bigint, position smallint)"
)
COPY_LOOSE = "COPY loose_terms (kind, term, submission_id, position) FROM STDIN"
INSERT_LOOSE = (
    "INSERT INTO loose_terms (kind, term, submission_id, position) VALUES (%s, %s, %s, %s)"
)
IN_ORDER = (
    "INSERT INTO reviewapp_searchterm (kind, term, submission_id, position)"
    " SELECT kind, term, submission_id, position FROM loose_terms"
)
# As the index compares, whatever language the database has.
ORDERS = {
    "postgresql": ' ORDER BY kind, term COLLATE "C", submission_id, position',
    "sqlite": " ORDER BY kind, term, submission_id, position",
}
FIELDS = (
    "SELECT id, submission_id, name, value FROM reviewapp_field WHERE id > %s ORDER BY id LIMIT %s"
)
FILES = "SELECT id, original_name FROM reviewapp_submission WHERE id > %s ORDER BY id LIMIT %s"

# Kind, term, record and position of one term.
type Row = tuple[str, str, int, int]


def fill(connection: BaseDatabaseWrapper) -> int:
    """Empty the index and fill it; return the number of terms. In the caller's transaction.

    1. the old terms; 2. the terms in the order of the records, in a table without an index; 3. the
    same in the order of the index, which so grows at its end and not at a million places.
    """
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        cursor.execute(DROP_LOOSE)
        cursor.execute(CREATE_LOOSE)
        write = _copy if connection.vendor == "postgresql" else _insert
        write(cursor, _rows(connection))
        cursor.execute(IN_ORDER + ORDERS[connection.vendor])
        written = int(cursor.rowcount)
        cursor.execute(DROP_LOOSE)
    return written


def _copy(cursor: Any, rows: Iterator[Row]) -> None:
    # What is to be copied is read before: a connection does one thing at a time.
    for some in batched(rows, ROWS_AT_ONCE):
        with cursor.copy(COPY_LOOSE) as copy:
            for row in some:
                copy.write_row(row)


def _insert(cursor: Any, rows: Iterator[Row]) -> None:
    for some in batched(rows, ROWS_AT_ONCE):
        cursor.executemany(INSERT_LOOSE, some)


def _rows(connection: BaseDatabaseWrapper) -> Iterator[Row]:
    for _pk, submission_id, name, value in _read(connection, FIELDS):
        if name in POSITIONS:
            yield from _of(terms_of(name, value), submission_id, POSITIONS[name])
    for submission_id, name in _read(connection, FILES):
        yield from _of(terms_of_file(name), submission_id, FILE_NAME)


def _read(connection: BaseDatabaseWrapper, statement: str) -> Iterator[Any]:
    """Yield the rows of a statement, whose first column is the key that it goes on from."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, ROWS_AT_ONCE])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1][0]


def _of(terms: frozenset[Term], submission_id: int, position: int) -> Iterator[Row]:
    for kind, term in terms:
        yield str(kind), term, submission_id, position
