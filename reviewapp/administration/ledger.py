"""The ledger of heads: from time to time the ends of all chains are put into one chain of entries.

Who keeps the digest of an entry outside (in a file, in a mail, at a timestamp service) can prove
later that no event up to it was changed, added or taken away.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from reviewapp.digests import canonical, digest
from reviewapp.models import Chain, LedgerEntry, LedgerHead

logger = logging.getLogger(__name__)

# Chains of one entry. Their people wait while it is written, some 30 ms.
HEADS_AT_ONCE = 500

# The name of a chain, how long it was, and the digest of its last event.
type Head = tuple[str, int, str]


def anchor() -> LedgerEntry | None:
    """Put the heads of all chains that have grown into entries, and return the last entry there is.

    None: nothing has happened yet. What is added meanwhile is in an entry of the next time.
    """
    after = 0
    while pks := list(
        Chain.objects.grown().filter(pk__gt=after).values_list("pk", flat=True)[:HEADS_AT_ONCE]
    ):
        try:
            _add_entry(pks)
        except IntegrityError:
            # Somebody else has made the very first entry at this moment; theirs holds as much.
            logger.info("anchored by somebody else")
        after = pks[-1]
    return LedgerEntry.objects.last()


def anchor_when_due() -> None:
    """Anchor what has happened, unless there is an entry since ANCHOR_MINUTES ago.

    Of several workers that come at the same time one adds an entry, and the others find nothing.
    """
    since = timezone.now() - timedelta(minutes=settings.ANCHOR_MINUTES)
    if not LedgerEntry.objects.filter(at__gt=since).exists():
        anchor()


@transaction.atomic
def _add_entry(chain_pks: list[int]) -> None:
    """Add one entry.

    1. the last entry, held, so that of two who anchor at once one waits; 2. the heads, which stay
    as they are until the entry is written; 3. the entry, and up to where each chain is in it.
    """
    last = LedgerEntry.objects.select_for_update().last()

    grown = Chain.objects.grown().filter(pk__in=chain_pks)
    chains = list(grown.select_for_update(no_key=True))
    if not chains:
        return
    heads = [(chain.name, chain.length, chain.head) for chain in chains]

    entry = LedgerEntry(
        number=last.number + 1 if last else 1,
        previous=last.digest if last else "",
        head_count=len(heads),
        at=timezone.now(),
    )
    entry.digest = digest(content_of(entry, heads), algorithm=settings.HISTORY_DIGEST)
    entry.save()
    LedgerHead.objects.bulk_create(
        LedgerHead(entry=entry, chain=chain, length=chain.length, digest=chain.head)
        for chain in chains
    )
    length = LedgerHead.objects.filter(entry=entry, chain=OuterRef("pk")).values("length")
    Chain.objects.filter(pk__in=chain_pks).update(anchored_length=Subquery(length))


def content_of(entry: LedgerEntry, heads: Iterable[Head]) -> bytes:
    """Return what an entry's digest is computed from; docs/history.md tells outsiders."""
    return canonical(
        {
            "number": entry.number,
            "previous": entry.previous,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "heads": [list(head) for head in heads],
        }
    )
