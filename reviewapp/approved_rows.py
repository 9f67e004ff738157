# ruff: noqa: S608 – the SQL is put together from our own tables' names and words alone
"""What approved records say, many at a time: one row from the database for each record.

An export reads a record's 23 values as one array, not as 23 model instances. That what comes out is
what `content.py` knows as a record's content is proven each time by the digest of its approval.
"""

import json
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from reviewapp.certificate.fields import BY_NAME
from reviewapp.content import OVERRIDE_PARTS
from reviewapp.digests import algorithm_of, canonical_of, canonical_string, canonical_text, digest
from reviewapp.models import (
    Approval,
    Batch,
    Correction,
    Field,
    Flag,
    Override,
    Submission,
    User,
    Voiding,
)

_SUBMISSION, _FIELD, _BATCH = (model._meta.db_table for model in (Submission, Field, Batch))
_USER, _CORRECTION = User._meta.db_table, Correction._meta.db_table
_APPROVAL, _VOIDING = Approval._meta.db_table, Voiding._meta.db_table
# As Field.state tells it.
_STATE = """CASE WHEN f.mark <> '' THEN f.mark
    WHEN f.value <> f.read_value AND f.read_value <> '' THEN 'corrected'
    WHEN f.value <> f.read_value THEN 'missed'
    WHEN f.verified_by_id IS NOT NULL THEN 'verified' ELSE 'read' END"""
# Keys so close to each other are asked for as a range, which databases plan well for any number.
CLOSE = 2
_SHOULD_SAY = "CASE WHEN f.should_say <> '' THEN f.should_say END"


class Form(NamedTuple):
    """Which values a record has, and how each came to be what it is: the same for many records."""

    names: tuple[str, ...]
    keys: tuple[str, ...]
    states: Mapping[str, str]
    states_text: str
    # The values' own order, which is not that of their keys, and the text around them.
    in_order_of_keys: Callable[[Sequence[str]], tuple[str, ...]]
    values_text: str

    def canonical_values(self, values: Sequence[str]) -> str:
        """Return an object of these values as `canonical_text` does, in a third of its time."""
        return self.values_text % tuple(map(canonical_string, self.in_order_of_keys(values)))


class ApprovedRow(NamedTuple):
    """One record as it leaves; `values` are in the order of the form."""

    pk: int
    picture: str
    status: str
    digest: str
    batch_name: str
    file_name: str
    reviewer: str
    approver: str
    approved_at: datetime | None
    corrections: int
    form: Form
    values: Sequence[str]
    should_say: Mapping[str, str]
    overrides: Sequence[Override]

    @property
    def content(self) -> bytes:
        """Return what its approval is about in the form of digests, as `content.content_of` does."""
        parts = [
            {part: str(getattr(override, part)) for part in OVERRIDE_PARTS}
            for override in self.overrides
        ]
        return canonical_of(
            {
                "record": str(self.pk),
                "picture": f'"{self.picture}"',
                "values": self.form.canonical_values(self.values),
                "states": self.form.states_text,
                "shouldSay": canonical_text(self.should_say) if self.should_say else "{}",
                "overrides": canonical_text(parts) if parts else "[]",
            }
        )

    @property
    def is_as_approved(self) -> bool:
        """Return whether an approval stands that was given to just this content."""
        algorithm = algorithm_of(self.digest)
        return bool(algorithm) and digest(self.content, algorithm=algorithm) == self.digest


class Fetched(NamedTuple):
    """Records as the database gives them."""

    rows: Sequence[Sequence[Any]]
    overrides: Mapping[int, Sequence[Override]]

    def approved_rows(self) -> Iterator[ApprovedRow]:
        """Yield the records in the order of their keys."""
        for row in self.rows:
            yield _row(row, self.overrides)


def approved_rows(records: Sequence[int]) -> Iterator[ApprovedRow]:
    """Yield these records in the order of their keys, by two queries for any number of them."""
    return fetched(records).approved_rows()


def fetched(records: Sequence[int]) -> Fetched:
    """Ask the database for these records."""
    if not records:
        return Fetched([], {})
    first, last = min(records), max(records)
    flags = Flag.objects.filter(field__submission__gte=first, field__submission__lte=last)
    if last - first >= CLOSE * len(records):
        flags = flags.filter(field__submission__in=records)
    overrides = flags.overrides_by_record()
    with connection.cursor() as cursor:
        cursor.execute(_query(connection.vendor), [_parameter(records)])
        return Fetched(cursor.fetchall(), overrides)


def fetched_ahead(chunks: Iterable[Sequence[int]]) -> Iterator[Fetched]:
    """Yield chunks of records; while one is in hand, the next is asked for.

    That is another thread's work, with a connection of its own, which sees only what is committed:
    within a transaction there is none.
    """
    if connection.in_atomic_block:
        yield from map(fetched, chunks)
        return
    with ThreadPoolExecutor(1) as executor:
        asked: Future[Fetched] | None = None
        try:
            for chunk in chunks:
                following = executor.submit(fetched, chunk)
                if asked is not None:
                    yield asked.result()
                asked = following
            if asked is not None:
                yield asked.result()
        finally:
            executor.submit(_close).result()


def _close() -> None:
    """Close the connection of the thread that this runs in."""
    connection.close()


def _row(row: Sequence[Any], overrides: Mapping[int, Sequence[Override]]) -> ApprovedRow:
    *origin, approved_at, corrections, names, values, states, said = row
    form = _form(names or "", states or "")
    return ApprovedRow._make(
        [
            *origin,
            _moment(approved_at),
            corrections,
            form,
            json.loads(values or "[]"),
            {} if said is None else _should_say(form.keys, said),
            overrides.get(row[0], ()),
        ]
    )


@lru_cache(maxsize=4096)
def _form(names_text: str, states_text: str) -> Form:
    names = tuple(names_text.split(",")) if names_text else ()
    keys = tuple(BY_NAME[name].key for name in names)
    states = dict(zip(keys, states_text.split(",") if names else (), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    members = ",".join(f'"{keys[index]}":%s' for index in order)
    in_order_of_keys = operator.itemgetter(*order) if len(order) > 1 else tuple
    return Form(names, keys, states, canonical_text(states), in_order_of_keys, f"{{{members}}}")


def _should_say(keys: Sequence[str], said: str) -> dict[str, str]:
    return {key: text for key, text in zip(keys, json.loads(said), strict=True) if text}


def _moment(kept: datetime | None) -> datetime | None:
    """Return a moment with its time zone: SQLite keeps it in UTC and says so nowhere."""
    return kept if kept is None or kept.tzinfo else kept.replace(tzinfo=UTC)


def _parameter(records: Sequence[int]) -> list[int] | str:
    """Return keys as one parameter: an array, or JSON, of which SQLite makes a table."""
    keys = list(records)
    return keys if connection.vendor == "postgresql" else json.dumps(keys)


def _query(vendor: str) -> str:
    """Return the query for one row a record; both databases build the same arrays.

    PostgreSQL puts each record's arrays together by itself: one sort of 23 values, not of them all.
    """
    chosen, joined = _ON_POSTGRESQL if vendor == "postgresql" else _ON_SQLITE
    return f"""
        WITH chosen AS (SELECT s.* FROM {_SUBMISSION} s WHERE {chosen}),
        corrected AS (SELECT f.submission_id, count(*) AS total
            FROM {_FIELD} f JOIN {_CORRECTION} c ON c.field_id = f.id
            WHERE f.submission_id IN (SELECT id FROM chosen) GROUP BY f.submission_id)
        SELECT s.id, s.sha256, s.status, coalesce(standing.digest, ''), b.name, s.original_name,
            coalesce(reviewer.username, ''), coalesce(approver.username, ''), s.approved_at,
            coalesce(corrected.total, 0), said.names, said.vals, said.states, said.said
        FROM chosen s JOIN {_BATCH} b ON b.id = s.batch_id
        {joined}
        LEFT JOIN corrected ON corrected.submission_id = s.id
        LEFT JOIN {_USER} reviewer ON reviewer.id = s.reviewed_by_id
        LEFT JOIN {_USER} approver ON approver.id = s.approved_by_id
        ORDER BY s.id"""


# The condition of the records that are asked for, and the joins of what they say and their approval.
_ON_POSTGRESQL = (
    "s.id = ANY(%s)",
    f"""LEFT JOIN LATERAL (
            SELECT string_agg(f.name, ',' ORDER BY f.position) AS names,
                json_agg(f.value ORDER BY f.position)::text AS vals,
                string_agg({_STATE}, ',' ORDER BY f.position) AS states,
                CASE WHEN max(f.should_say) <> '' THEN
                    json_agg({_SHOULD_SAY} ORDER BY f.position)::text END AS said
            FROM {_FIELD} f WHERE f.submission_id = s.id) said ON TRUE
        LEFT JOIN LATERAL (
            SELECT max(a.digest) AS digest FROM {_APPROVAL} a WHERE a.submission_id = s.id
            AND NOT EXISTS (SELECT 1 FROM {_VOIDING} v WHERE v.approval_id = a.id)
        ) standing ON TRUE""",
)
_ON_SQLITE = (
    "s.id IN (SELECT value FROM json_each(%s))",
    f"""LEFT JOIN (
            SELECT f.submission_id, group_concat(f.name) AS names,
                json_group_array(f.value) AS vals, group_concat({_STATE}) AS states,
                CASE WHEN max(f.should_say) <> '' THEN json_group_array({_SHOULD_SAY}) END AS said
            FROM (SELECT * FROM {_FIELD} WHERE submission_id IN (SELECT id FROM chosen)
                ORDER BY submission_id, position) f
            GROUP BY f.submission_id) said ON said.submission_id = s.id
        LEFT JOIN (
            SELECT a.submission_id, max(a.digest) AS digest
            FROM {_APPROVAL} a LEFT JOIN {_VOIDING} v ON v.approval_id = a.id
            WHERE v.id IS NULL AND a.submission_id IN (SELECT id FROM chosen)
            GROUP BY a.submission_id) standing ON standing.submission_id = s.id""",
)
