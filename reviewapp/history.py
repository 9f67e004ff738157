"""The only writer of events: each is bound to the one before it in its chain.

An event of a record is in the chain of that record, one of a batch in that of the batch, one about
a person in that of the person, any other in that of who did it; what nobody did is in `house`. So
people who work on different records never wait for each other here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.digests import canonical, digest
from reviewapp.models import Chain, Event, Submission
from reviewapp.models.chain import HOUSE

CHAIN_LABELS = {
    "submission": _("record #%(number)s"),
    "batch": _("batch #%(number)s"),
    "person": _("person #%(number)s"),
    HOUSE: _("the house"),
}

# What a chain is of: the column of a chain, and the number in it.
type Whose = tuple[str, int | None]


class EventRow(NamedTuple):
    """One event as it is stored: the columns that its digest is computed from, and no model."""

    chain_id: int
    number: int
    previous: str
    kind: str
    at: datetime
    by_id: int | None
    person_id: int | None
    submission_id: int | None
    batch_id: int | None
    field_name: str
    old: str
    new: str
    reason: str
    params: Any
    address: str | None


@transaction.atomic(savepoint=False)
def append(events: Iterable[Event], *, held: Iterable[Chain] = ()) -> list[Event]:
    """Store events, in their order, each at the end of its chain.

    1. for one record whose chain is in hand: the bonds, and the chain's new end, if it is still as
    it is in hand; 2. else the chains, locked in the order of their keys, so that two who add to
    several wait for each other and never both; the bonds, and the new ends; 3. the events.

    Who adds to several records in one transaction, but in several calls, does so in the order of
    the records' keys. `held` are chains that the transaction has locked already.
    """
    pending = list(events)
    if pending and not _add_to_chain_in_hand(pending):
        _add_to_locked_chains(pending, held)
    Event.objects.bulk_create(pending)
    return pending


def _add_to_chain_in_hand(pending: Sequence[Event]) -> bool:
    """Bind the events of one record to its chain in hand; False where it is none, or has grown.

    The one statement by which the chain grows is what keeps others from it, and it does nothing
    where somebody else has added to the chain since it was read.
    """
    if len({event.submission_id for event in pending}) != 1:
        return False
    record = _in_hand(pending[0])
    if record is None or not Submission.chain.is_cached(record):
        return False

    chain = record.chain
    as_read = {"pk": chain.pk, "length": chain.length, "head": chain.head}
    _bind_all(pending, {("submission_id", record.pk): chain})
    grown = Chain.objects.filter(**as_read).update(length=chain.length, head=chain.head)
    return grown == 1


def _add_to_locked_chains(pending: Sequence[Event], held: Iterable[Chain]) -> None:
    """Bind events to their chains, whatever these are; a record in hand has its chain from now."""
    whose = {_whose(event) for event in pending}
    chains = {_owner(chain): chain for chain in held if _owner(chain) in whose}
    if missing := whose - chains.keys():
        chains |= _locked(missing)
    _bind_all(pending, chains)
    if len(chains) == 1:
        (chain,) = chains.values()
        Chain.objects.filter(pk=chain.pk).update(length=chain.length, head=chain.head)
    else:
        Chain.objects.bulk_update(chains.values(), ["length", "head"])

    for event in pending:
        record = _in_hand(event)
        if record is not None:
            record.chain = event.chain


def _in_hand(event: Event) -> Submission | None:
    """Return the record of an event, unless only its key is known."""
    return event.submission if Event.submission.is_cached(event) else None


def _bind_all(pending: Iterable[Event], chains: Mapping[Whose, Chain]) -> None:
    now = timezone.now()
    for event in pending:
        _bind(event, chains[_whose(event)], at=now)


def _whose(event: Event) -> Whose:
    """Return whose chain an event belongs to."""
    if event.submission_id:
        return "submission_id", event.submission_id
    if event.batch_id:
        return "batch_id", event.batch_id
    person = event.person_id or event.by_id
    return ("person_id", person) if person else (HOUSE, None)


def _owner(chain: Chain) -> Whose:
    """Return whose a chain is."""
    for column in ("submission_id", "batch_id", "person_id"):
        if key := getattr(chain, column):
            return column, key
    return HOUSE, None


def _locked(whose: set[Whose]) -> dict[Whose, Chain]:
    """Return the chains of these, made where there were none, which nobody else adds to now."""
    chains = _lock(whose)
    missing = whose - chains.keys()
    if missing:
        # Whoever makes the same one at the same moment is waited for, and theirs is taken.
        Chain.objects.bulk_create(map(_new, sorted(missing, key=str)), ignore_conflicts=True)
        chains |= _lock(missing)
    return chains


def _lock(whose: set[Whose]) -> dict[Whose, Chain]:
    names = {chain_name(column, key): (column, key) for column, key in whose}
    locked = Chain.objects.select_for_update(no_key=True).filter(name__in=names).order_by("pk")
    return {names[chain.name]: chain for chain in locked}


def chain_name(column: str, key: int | None) -> str:
    """Return a chain's name: `submission 12`, `batch 3`, `person 4` or `house`."""
    return HOUSE if key is None else f"{column.removesuffix('_id')} {key}"


def chain_label(name: str) -> str:
    """Return what a chain is of, in the reader's language."""
    kind, _space, number = name.partition(" ")
    return str(CHAIN_LABELS[kind]) % {"number": number}


def _new(whose: Whose) -> Chain:
    column, key = whose
    owner = {} if key is None else {column: key}
    return Chain(name=chain_name(column, key), **owner)


def _bind(event: Event, chain: Chain, *, at: datetime) -> None:
    """Put an event behind the last one of its chain."""
    event.at = at
    event.chain = chain
    event.number = chain.length + 1
    event.previous = chain.head
    chain.length = event.number
    chain.head = digest(content_of(event, chain.name), algorithm=settings.HISTORY_DIGEST)


def content_of(event: Event | EventRow, chain: str) -> bytes:
    """Return what an event's digest is computed from; docs/history.md tells outsiders."""
    return canonical(
        {
            "chain": chain,
            "number": event.number,
            "previous": event.previous,
            "kind": str(event.kind),
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "by": event.by_id,
            "person": event.person_id,
            "submission": event.submission_id,
            "batch": event.batch_id,
            "field": event.field_name,
            "old": str(event.old),
            "new": str(event.new),
            "reason": event.reason,
            "params": event.params,
            "address": event.address,
        }
    )
