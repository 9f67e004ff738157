"""The ledger holds the ends of all chains that have grown, once, whoever anchors."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from pytest_django import Settings

from reviewapp.administration import ledger
from reviewapp.administration.proof import Proof
from reviewapp.history import append
from reviewapp.models import Chain, Event, LedgerEntry, Submission, User
from reviewapp.states import EventKind
from tests.factories import submission_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Submission:
    """Return a record whose history the ledger holds, as all there is."""
    approved = submission_at("approved")
    ledger.anchor()
    return approved


def test_an_entry_holds_only_what_has_grown(record: Submission, clerk: User) -> None:
    first = ledger.anchor()
    assert first == ledger.anchor()
    append([Event(kind=EventKind.VIEWED, by=clerk, submission=record)])
    second = ledger.anchor()
    assert second is not None
    assert [head.chain.submission for head in second.heads.all()] == [record]


def test_workers_anchor_as_often_as_is_set(record: Submission, clerk: User, settings: Settings) -> None:
    entries = LedgerEntry.objects.count()
    append([Event(kind=EventKind.VIEWED, by=clerk, submission=record)])
    ledger.anchor_when_due()
    assert LedgerEntry.objects.count() == entries
    settings.ANCHOR_MINUTES = 0
    ledger.anchor_when_due()
    ledger.anchor_when_due()
    assert LedgerEntry.objects.count() == entries + 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_anchor_at_once_all_make_one_ledger(clerk: User) -> None:
    for _ in range(3):
        submission_at("recognised", is_rendered=False)

    def anchor_again(_number: int) -> None:
        ledger.anchor()
        connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(anchor_again, range(6)))
    assert Chain.objects.grown().count() == 0
    assert list(Proof(with_pictures=False).problems()) == []
