"""Received = approved + returned + rejected + duplicate + open, always."""

from typing import Any

import pytest
from django.utils import translation

from reviewapp.exceptions import ReviewError
from reviewapp.models import Balance, Batch, Event, ExportItem, Submission, balances
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind, RejectReason
from tests.amendments import lines_of
from tests.exports import exported
from tests.factories import make_batch, person, submission_at
from tests.guards import guards_off

pytestmark = pytest.mark.django_db

REASON = "The bureau needs these today."


def balance_of(batch: Batch) -> Balance:
    return balances([batch.pk])[batch.pk]


def duplicate_in(batch: Batch) -> Submission:
    record = submission_at("recognised", batch=batch)
    claim.claim(record, by=person("clerk"))
    correct.reject(record, by=person("clerk"), reason=RejectReason.DUPLICATE)
    return record


def test_every_record_is_counted_once() -> None:
    batch, other = make_batch(), make_batch()
    for status in ("received", "failed", "recognised", "reviewed", "returned", "rejected", "approved", "approved"):
        submission_at(status, batch=batch)
    duplicate_in(batch)
    submission_at("approved", batch=other)
    found = balance_of(batch)
    assert found == Balance(received=9, approved=2, returned=1, rejected=1, duplicate=1, open=4)
    assert found.received == found.present
    assert found.problems == [
        "Records that are not decided yet: 4.",
        "Records that are returned and not corrected yet: 1.",
    ]
    assert balance_of(other).problems == []


def test_an_empty_batch_adds_up() -> None:
    assert balance_of(make_batch()) == Balance(received=0)
    assert balances([]) == {}


def test_what_the_sender_announced_must_have_come() -> None:
    batch = make_batch()
    submission_at("approved", batch=batch)
    Batch.objects.update(announced=1)
    assert balance_of(batch).problems == []
    Batch.objects.update(announced=3)
    assert balance_of(batch).problems == ["3 sheets were announced, 1 were received."]
    Batch.objects.update(announced=0)
    assert balance_of(batch).problems == ["0 sheets were announced, 1 were received."]


def test_a_record_that_vanished_is_missed() -> None:
    batch, elsewhere = make_batch(), make_batch()
    record = submission_at("approved", batch=batch)
    submission_at("approved", batch=elsewhere)
    with guards_off():
        Event.objects.filter(chain__submission=record, number=1).update(kind=EventKind.CLAIMED)
    (problem,) = balance_of(batch).problems
    assert problem == "History knows 0 received pictures, the batch holds 1."
    assert balance_of(elsewhere).problems == []


def test_the_sentences_are_chinese_for_who_reads_chinese() -> None:
    batch = make_batch()
    submission_at("returned", batch=batch)
    with translation.override("zh-hans"):
        (problem,) = balance_of(batch).problems
    assert problem == "已退回且尚未更正的记录：1 条。"


def test_any_number_of_batches_costs_two_queries(django_assert_num_queries: Any) -> None:
    batches = [submission_at("approved").batch_id for _ in range(3)]
    with django_assert_num_queries(2):
        assert len(balances(batches)) == 3


@pytest.mark.parametrize("status", ["received", "recognised", "reviewed", "returned"])
def test_a_batch_that_does_not_add_up_is_not_exported(status: str) -> None:
    batch = make_batch("Monday")
    submission_at(status, batch=batch)
    submission_at("approved", batch=batch)
    with pytest.raises(ReviewError) as refusal:
        exported()
    assert (refusal.value.code, refusal.value.params) == ("batchesDoNotAddUp", {"batches": "“Monday”"})
    with pytest.raises(ReviewError):
        exported(balance_reason=" \n")
    assert not ExportItem.objects.exists()
    assert not Event.objects.filter(kind=EventKind.EXPORTED).exists()


def test_with_a_reason_it_leaves_and_the_reason_is_in_the_history_of_the_batch() -> None:
    batch, whole = make_batch(), make_batch()
    submission_at("recognised", batch=batch)
    submission_at("approved", batch=batch)
    submission_at("approved", batch=whole)
    made = exported(balance_reason=f" {REASON} ")
    assert made.balance_reason == REASON
    assert len(lines_of(made)) == 2
    event = Event.objects.get(kind=EventKind.BALANCE_OVERRIDDEN)
    assert (event.batch, event.by, event.reason) == (batch, person("admin"), REASON)
    parts = {"received": 2, "approved": 1, "returned": 0, "rejected": 0, "duplicate": 0, "open": 1}
    assert event.params == {"export": made.pk, "balance": parts}
    assert event.new_label == f"#{made.pk}"


def test_a_reason_that_nobody_needed_is_not_kept() -> None:
    submission_at("approved")
    assert exported(balance_reason=REASON).balance_reason == ""
    assert not Event.objects.filter(kind=EventKind.BALANCE_OVERRIDDEN).exists()


def test_rejected_and_duplicate_records_are_decided() -> None:
    batch = make_batch()
    submission_at("rejected", batch=batch)
    duplicate_in(batch)
    submission_at("approved", batch=batch)
    assert len(lines_of(exported())) == 1


def test_of_many_batches_the_first_ten_are_named() -> None:
    for _ in range(12):
        batch = make_batch()
        submission_at("received", batch=batch, is_rendered=False)
        submission_at("approved", batch=batch, is_rendered=False)
    with pytest.raises(ReviewError) as refusal:
        exported()
    named = str(refusal.value.params["batches"])
    assert (named.count("“"), named.endswith(", …")) == (10, True)
