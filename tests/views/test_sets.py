"""A supervisor chooses records in the list of a batch, and returns or rejects them with one reason."""

import pytest
from django.test import Client

from reviewapp.models import Submission
from reviewapp.states import SubmissionStatus
from tests.factories import make_batch, submission_at

pytestmark = pytest.mark.django_db


def named(*records: Submission) -> list[str]:
    return [f"{record.pk}:{record.version}" for record in records]


def messages_after(client: Client, address: str, data: dict[str, object]) -> list[str]:
    answer = client.post(address, data, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_what_is_chosen_is_returned_and_what_is_left_out_is_said(as_supervisor: Client) -> None:
    batch = make_batch()
    chosen, other, stale = (submission_at("reviewed", batch=batch) for _ in range(3))
    shown = [*named(chosen), f"{stale.pk}:1"]
    said = messages_after(as_supervisor, f"/batches/{batch.pk}/return/", {"chosen": shown, "return_reason": "Look."})
    assert said == [
        "One record returned.",
        f"Left out, because they are no longer as they were shown: 1 (#{stale.pk})",
    ]
    for record, status in ((chosen, "returned"), (other, "reviewed"), (stale, "reviewed")):
        record.refresh_from_db()
        assert record.status == status


def test_what_is_chosen_is_rejected_for_one_reason(as_supervisor: Client) -> None:
    batch = make_batch()
    records = [submission_at("recognised", batch=batch) for _ in range(2)]
    data = {"chosen": named(*records), "reason": "duplicate", "note": "sent twice"}
    assert messages_after(as_supervisor, f"/batches/{batch.pk}/reject/", data) == ["2 records rejected."]
    rejected = Submission.objects.filter(status=SubmissionStatus.REJECTED, reject_note="sent twice")
    assert set(rejected) == set(records)


def test_without_a_reason_nothing_is_returned_or_rejected(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    for act in ("return", "reject"):
        answer = as_supervisor.post(f"/batches/{record.batch_id}/{act}/", {"chosen": named(record)})
        assert answer.status_code == 422
    record.refresh_from_db()
    assert record.status == SubmissionStatus.REVIEWED


def test_clerks_are_offered_no_choice(as_clerk: Client) -> None:
    record = submission_at("reviewed")
    assert b'id="chosen"' not in as_clerk.get(f"/batches/{record.batch_id}/").content
