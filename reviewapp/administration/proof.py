"""Prove the history: that no event was changed, added, moved or taken away, and that the records
are what their events say.

All is read as it was at one moment, in streams: memory does not grow with the number of events.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import connection, transaction

from reviewapp import triggers
from reviewapp.administration import ledger
from reviewapp.administration.record_proof import CHUNK, Problem, like, pictures_of, records_of
from reviewapp.exceptions import ReviewError
from reviewapp.history import EventRow, content_of
from reviewapp.models import Chain, Event, LedgerEntry, LedgerHead, Submission

RECORDS_AT_ONCE = 200


@dataclass
class Counts:
    """How much was looked at."""

    events: int = 0
    chains: int = 0
    entries: int = 0
    records: int = 0
    pictures: int = 0


@contextmanager
def one_moment() -> Iterator[None]:
    """Read within the block what was there when it began, and keep nobody from writing.

    On SQLite a transaction of Django's would take the one lock for writing, so this one is begun
    by hand.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


@dataclass
class Proof:
    """One run over the history of all records, or of one, from the beginning or from an entry."""

    record: Submission | None = None
    since: LedgerEntry | None = None
    with_pictures: bool = True
    counts: Counts = field(default_factory=Counts)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong, in the order in which it is found.

        1. the guards; 2. the ledger; 3. the chains; 4. what the records hold.
        """
        with one_moment():
            yield from _guards()
            if self.record is None:
                yield from self._ledger()
            yield from self._chains()
            yield from self._records()

    def _ledger(self) -> Iterator[Problem]:
        """Follow the entries, each of which holds the digest of the one before it."""
        entries = LedgerEntry.objects.order_by("number")
        previous, expected = "", 1
        if self.since is not None:
            entries = entries.filter(number__gte=self.since.number)
            previous, expected = self.since.previous, self.since.number
        for entry in entries.iterator(CHUNK):
            self.counts.entries += 1
            if entry.number != expected:
                yield Problem("ledgerGap", {"number": expected})
            elif entry.previous != previous:
                yield Problem("ledgerBroken", {"number": entry.number})
            rows = entry.heads.order_by("chain_id").values_list("chain__name", "length", "digest")
            heads = list(rows)
            computed = like(entry.digest, ledger.content_of(entry, heads))
            if computed != entry.digest or len(heads) != entry.head_count:
                yield Problem("ledgerChanged", {"number": entry.number})
            previous, expected = entry.digest, entry.number + 1

    def _chains(self) -> Iterator[Problem]:
        """Follow each chain's events, beside what the ledger says of it.

        Three streams in the order of the chains: the chains, their events, their anchored heads.
        """
        chains = Chain.objects.order_by("pk")
        events = Event.objects.order_by("chain_id", "number")
        heads = LedgerHead.objects.order_by("chain_id", "length", "pk")
        if self.record is not None:
            chains = chains.filter(submission=self.record)
            events = events.filter(chain__submission=self.record)
            heads = heads.filter(chain__submission=self.record)

        rows = events.values_list(*EventRow._fields).iterator(CHUNK)
        event_stream = Grouped(map(EventRow._make, rows))
        anchored = heads.values_list("chain_id", "length", "digest", "entry__number")
        head_stream = Grouped(anchored.iterator(CHUNK))
        for chain in chains.iterator(CHUNK):
            self.counts.chains += 1
            heads_of_chain = list(head_stream.of(chain.pk))
            yield from self._chain(chain, event_stream.of(chain.pk), heads_of_chain)

    def _chain(
        self, chain: Chain, rows: Iterable[EventRow], heads: Sequence[tuple[int, int, str, int]]
    ) -> Iterator[Problem]:
        """Follow one chain to its first broken link.

        1. where to begin; 2. each event has the next number and names the digest of the one before
        it, is of what the chain is of, and is what the ledger says; 3. so does the end.
        """
        anchored = {length: written for _chain, length, written, _entry in heads}
        start = max([1, *(head[1] for head in heads if self._is_known(head[3]))])

        number, before = 0, b""
        for row in rows:
            self.counts.events += 1
            if row.number < start:
                number = row.number
                continue
            if row.number != number + 1:
                yield Problem("chainGap", {"chain": chain.name, "number": number + 1})
                return
            is_bound = row.number == start > 1 or row.previous == like(row.previous, before)
            if not is_bound:
                yield Problem("chainBroken", {"chain": chain.name, "number": number})
                return
            if not _is_of(row, chain):
                yield Problem("chainForeign", {"chain": chain.name, "number": row.number})
                return
            number, before = row.number, content_of(row, chain.name)
            if row.number in anchored and anchored[number] != like(anchored[number], before):
                yield Problem("chainNotAnchored", {"chain": chain.name, "number": number})
                return

        if number < max([chain.length, *anchored]):
            yield Problem("chainGap", {"chain": chain.name, "number": number + 1})
        elif number > chain.length or chain.head != like(chain.head, before):
            yield Problem("chainBroken", {"chain": chain.name, "number": number})

    def _is_known(self, entry: int) -> bool:
        """Return whether what this entry holds is taken as proved."""
        return self.since is not None and entry <= self.since.number

    def _records(self) -> Iterator[Problem]:
        """Compare what records hold with what their events say, some hundred at a time."""
        records = Submission.objects.order_by("pk")
        if self.record is not None:
            records = records.filter(pk=self.record.pk)
        for some in batched(records.iterator(RECORDS_AT_ONCE), RECORDS_AT_ONCE):
            self.counts.records += len(some)
            yield from records_of(some)
            if self.with_pictures:
                self.counts.pictures += len(some)
                yield from pictures_of(some)


class Grouped[T: Sequence[Any]]:
    """Rows that come in the order of their first column, given out by that column."""

    def __init__(self, rows: Iterator[T]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, key: int) -> Iterator[T]:
        """Yield the rows of a key; those of keys before it are passed over."""
        while self._next is not None and self._next[0] <= key:
            row, self._next = self._next, next(self._rows, None)
            if row[0] == key:
                yield row


def _is_of(row: EventRow, chain: Chain) -> bool:
    """Return whether an event stands in the chain of what it is about."""
    if chain.submission_id:
        return row.submission_id == chain.submission_id
    if chain.batch_id:
        return row.submission_id is None and row.batch_id == chain.batch_id
    is_nobodys = row.submission_id is None and row.batch_id is None
    return is_nobodys and (row.person_id or row.by_id) == chain.person_id


def _guards() -> Iterator[Problem]:
    """Say whether the database still refuses false histories by itself."""
    missing = triggers.missing(connection)
    if missing:
        yield Problem("guardsMissing", {"count": len(missing), "first": missing[0]})


def entry_of(written: str) -> LedgerEntry:
    """Return the ledger's entry with this digest, as it was kept outside.

    Raises ReviewError when there is none: the history is another one, or has been cut.
    """
    entry = LedgerEntry.objects.filter(digest=written.strip()).first()
    if entry is None:
        raise ReviewError("anchorUnknown")
    return entry
