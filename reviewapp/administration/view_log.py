"""Looks leave a trace: who saw a record, its picture, a raw answer, an export or the history.

Source: 未成年人网络保护条例, article 36 (access to minors' data must be recorded).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone

from reviewapp.digests import canonical
from reviewapp.history import append
from reviewapp.models import Event, Export, Submission, User
from reviewapp.spool import Entry, Spool
from reviewapp.states import EventKind

QUIET = timedelta(minutes=10)
# What the claim of whoever holds a record has said already.
COVERED_BY_CLAIM = (EventKind.VIEWED, EventKind.LISTED, EventKind.PICTURE_SEEN)


@cache
def spool() -> Spool:
    """Return where looks wait while the database takes no writing."""
    return Spool(settings.DATA_DIR)


@dataclass(frozen=True, slots=True)
class Look:
    """What a person saw: something of a record, of a person, or neither; `params` say what of it."""

    kind: EventKind
    submission_id: int | None = None
    person_id: int | None = None
    params: dict[str, object] = field(default_factory=dict)

    @property
    def key(self) -> bytes:
        """Return what two looks at the same have in common."""
        return canonical([str(self.kind), self.submission_id, self.person_id, self.params])


def note_views(
    submissions: Iterable[Submission], *, by: User, kind: EventKind, address: str | None
) -> None:
    """Record that a person saw these records, which they do not hold; see `note_looks`."""
    note_looks(looks_at(submissions, by=by, kind=kind), by=by, address=address)


def looks_at(submissions: Iterable[Submission], *, by: User, kind: EventKind) -> list[Look]:
    """Return a look at each of these records, but for those that the claim itself tells of."""
    return [
        Look(kind, submission_id=submission.pk)
        for submission in submissions
        if kind not in COVERED_BY_CLAIM or not submission.is_held_by(by)
    ]


def note_looks(looks: Sequence[Look], *, by: User, address: str | None) -> None:
    """Record what a person saw, however many records at once, each look once in QUIET at most.

    Nothing is written, and on SQLite no lock taken, where all of it is on record already. What
    cannot be written now is kept for later. Raises StorageOutage where it cannot be kept either.
    """
    if not looks:
        return
    noted = _noted_lately(looks, by=by)
    fresh = {look.key: look for look in looks if look.key not in noted}
    _record([_entry(look, by=by, address=address) for look in fresh.values()])


def note_download(export: Export, *, by: User, address: str | None) -> None:
    """Record that an export's file goes to a person, each time; which records is EXPORTED's."""
    params = {"export": export.pk, "format": str(export.format), "records": export.row_count}
    look = Look(EventKind.DOWNLOADED, params=params)
    _record([_entry(look, by=by, address=address)])


def _noted_lately(looks: Sequence[Look], *, by: User) -> set[bytes]:
    """Return the keys of those looks that are on record since less than QUIET ago, and of others.

    Asked by one query for all of them.
    """
    now = timezone.now()
    kinds = {look.kind for look in looks}
    # A look from the future is from before the clock jumped back.
    noted = Event.objects.looks_of(by, since=now - QUIET, until=now, kinds=kinds)
    pks = {look.submission_id for look in looks if look.submission_id is not None}
    if all(look.submission_id is not None for look in looks):
        noted = noted.of_records(pks)
    keys = set()
    columns = noted.values_list("kind", "submission_id", "person_id", "params")
    for kind, submission_id, person_id, params in columns:
        params.pop("seen_at", None)
        keys.add(Look(EventKind(kind), submission_id, person_id, params).key)
    return keys


def _entry(look: Look, *, by: User, address: str | None) -> Entry:
    """Return a look as it is written now, or kept for later as a line of JSON."""
    return {
        "kind": str(look.kind),
        "record": look.submission_id,
        "person": look.person_id,
        "params": look.params,
        "by": by.pk,
        "address": address,
    }


def _record(entries: list[Entry]) -> None:
    if entries:
        spool().record(entries, write=_write)


def write_kept_looks() -> int:
    """Write the looks that were kept while the database took none; return how many. Raises OUTAGES."""
    return spool().drain(write=_write)


def _write(entries: Sequence[Entry]) -> None:
    """Write looks as events, in one set; one that was kept says when it was."""
    events = []
    for entry in entries:
        seen_at = {"seen_at": entry["at"]} if "at" in entry else {}
        event = Event(
            kind=EventKind(entry["kind"]),
            by_id=entry["by"],
            submission_id=entry["record"],
            person_id=entry["person"],
            params={**entry["params"], **seen_at},
            address=entry["address"],
        )
        events.append(event)
    append(events)
