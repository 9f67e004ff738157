"""The way of a supervisor through a batch: what carries the most risk first, and from one record to the next."""

import pytest
from django.test import Client

from reviewapp.models import Batch, Submission, User
from reviewapp.stages import claim, correct
from tests.factories import change, make_batch, mark, see_overrides, submission_at, true_values, verify_all
from tests.views.pages import text

pytestmark = pytest.mark.django_db


def finished(batch: Batch, clerk: User, number: int, *, marked: bool = False, corrected: bool = False) -> Submission:
    record = submission_at("recognised", batch=batch, values=true_values(number))
    claim.claim(record, by=clerk)
    if marked:
        mark(record, "father_name", "paper_wrong", by=clerk, should_say="李明")
    if corrected:
        change(record, "mother_name", "王丽华", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    record.refresh_from_db()
    return record


@pytest.fixture
def risks(clerk: User) -> list[Submission]:
    """Return records in the order of their risk; those that wait came in the other way round."""
    batch = make_batch()
    untouched = finished(batch, clerk, 2)
    corrected = finished(batch, clerk, 3, corrected=True)
    marked = finished(batch, clerk, 4, marked=True)
    kept = submission_at("reviewed", batch=batch, values=true_values(5) | {"birth_weight": "120"})
    approved = submission_at("approved", batch=batch, values=true_values(1))
    return [kept, marked, corrected, untouched, approved]


def listed(client: Client, batch: Batch) -> list[Submission]:
    return [row.submission for row in client.get(batch.get_absolute_url()).context["rows"]]


def test_a_supervisor_sees_what_carries_the_most_risk_first_and_a_clerk_what_came_first(
    risks: list[Submission], as_supervisor: Client, as_clerk: Client
) -> None:
    batch = risks[0].batch
    assert listed(as_supervisor, batch) == risks
    assert listed(as_clerk, batch) == [*risks[3::-1], risks[4]]


def test_the_approval_counts_the_values_kept_against_a_rule(
    risks: list[Submission], as_supervisor: Client, supervisor: User
) -> None:
    kept, batch = risks[0], risks[0].batch
    before = text(as_supervisor.get(batch.get_absolute_url()))
    assert "Approve the 3 on this page" in before
    assert "one value kept against a rule" not in before
    see_overrides(kept, by=supervisor)
    after = text(as_supervisor.get(batch.get_absolute_url()))
    assert "Approve all 4 · one value kept against a rule" in after
    assert f"One value in them breaks a rule and was kept with a reason: #{kept.pk}" in after


def approve(client: Client, record: Submission) -> str:
    answer = client.post(f"/records/{record.pk}/approve/", {"version": record.version})
    return answer.headers["location"]


def test_an_approval_leads_to_the_next_record_in_the_order_of_risk_and_at_the_end_to_the_batch(
    risks: list[Submission], as_supervisor: Client, supervisor: User
) -> None:
    kept, marked, corrected, untouched, _approved = risks
    see_overrides(kept, by=supervisor)
    assert approve(as_supervisor, marked) == corrected.get_absolute_url()
    assert approve(as_supervisor, corrected) == untouched.get_absolute_url()
    # What was passed over comes again.
    assert approve(as_supervisor, untouched) == kept.get_absolute_url()
    assert approve(as_supervisor, kept) == kept.batch.get_absolute_url()


def test_a_return_leads_to_the_next_record_too(risks: list[Submission], as_supervisor: Client) -> None:
    _kept, marked, corrected, *_rest = risks
    data = {"reason": "Look again.", "version": marked.version}
    answer = as_supervisor.post(f"/records/{marked.pk}/return/", data)
    assert answer.headers["location"] == corrected.get_absolute_url()


def test_ones_own_work_is_passed_over(as_supervisor: Client, supervisor: User) -> None:
    batch = make_batch()
    first = submission_at("reviewed", batch=batch)
    submission_at("reviewed", batch=batch, clerk=supervisor)
    last = submission_at("reviewed", batch=batch)
    assert approve(as_supervisor, first) == last.get_absolute_url()
    assert approve(as_supervisor, last) == batch.get_absolute_url()


def test_a_record_says_how_many_wait_and_which_stand_beside_it(
    risks: list[Submission], as_supervisor: Client, as_clerk: Client
) -> None:
    kept, marked, corrected, untouched, approved = risks
    page = as_supervisor.get(marked.get_absolute_url())
    assert "To approve in this batch: 4" in text(page)
    assert "Approve and next" in text(page)
    beside = page.context["in_turn"]
    assert (beside.previous, beside.following) == (kept.pk, corrected.pk)
    last = as_supervisor.get(untouched.get_absolute_url()).context["in_turn"]
    assert (last.previous, last.following) == (corrected.pk, kept.pk)
    for client, record in ((as_clerk, marked), (as_supervisor, approved)):
        assert "To approve in this batch" not in text(client.get(record.get_absolute_url()))


def test_chosen_records_are_approved_and_the_others_of_them_are_said(
    risks: list[Submission], as_supervisor: Client
) -> None:
    kept, marked, corrected, untouched, _approved = risks
    chosen = [f"{record.pk}:{record.version}" for record in (kept, marked, corrected)]
    address = f"/batches/{kept.batch_id}/approve-chosen/"
    answer = as_supervisor.post(f"{address}?page=1", {"chosen": chosen, "at": untouched.pk})
    assert answer.headers["location"] == f"{kept.batch.get_absolute_url()}?page=1#record-{untouched.pk}"
    said = [str(message) for message in as_supervisor.get(kept.batch.get_absolute_url()).context["messages"]]
    assert said[0] == "2 records approved."
    assert f"(#{kept.pk})" in said[1]
    assert set(kept.batch.submissions.awaiting_approval()) == {kept, untouched}


def test_the_way_back_to_the_list_takes_no_address_from_a_form(as_supervisor: Client) -> None:
    batch = make_batch()
    for page, at in (("1&x=y", "1"), ("//evil", "x"), ("", "1\n2")):
        answer = as_supervisor.post(f"/batches/{batch.pk}/approve-chosen/?page={page}", {"at": at})
        assert answer.headers["location"] in {batch.get_absolute_url() + end for end in ("", "?page=1#record-1")}
