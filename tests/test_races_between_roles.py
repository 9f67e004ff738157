"""What people of different roles, or two programs, do at one moment must end as if one had come after the other."""

import json
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from reviewapp.administration import thresholds
from reviewapp.administration.cloud_budget import DatabaseGate, Terms
from reviewapp.exceptions import EnginePaused, IllegalTransition, ReviewError
from reviewapp.models import (
    Batch,
    Breaker,
    CloudCall,
    Correction,
    Event,
    Export,
    ExportFormat,
    Submission,
    Threshold,
    present_basis,
)
from reviewapp.stages import approve, claim, correct, export
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus
from tests.exports import content_of, done, no_task
from tests.factories import change, make_batch, no_program, person, shown, submission_at
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def exported() -> Export:
    """Export all approved records, as the page does."""
    wish = {"by": person("admin"), "format": ExportFormat.JSONL, "queue": no_task}
    return done(export.wish(columns=["record"], **wish))


def records_in(made: Export) -> list[int]:
    """Return the records that the file holds."""
    lines = content_of(made).decode().splitlines()
    return [int(json.loads(line)["record"]) for line in lines]


def statuses(batch: Batch) -> set[str]:
    return set(batch.submissions.values_list("status", flat=True))


def test_two_exports_at_once_each_hold_every_record_and_leave_an_event_on_it(meet: Meet) -> None:
    person("admin")
    approved = [submission_at("approved").pk for _ in range(3)]
    meet("reviewapp.stages.export._chosen")
    first, second = race(exported, exported)
    assert records_in(first) == records_in(second) == approved
    left = Event.objects.filter(kind=EventKind.EXPORTED).values_list("submission", "params__export")
    assert sorted(left) == sorted((pk, made.pk) for pk in approved for made in (first, second))


def test_an_export_holds_no_record_that_is_returned_at_that_moment(meet: Meet) -> None:
    person("admin")
    before, batch = submission_at("approved"), make_batch()
    kept, doubted = (submission_at("reviewed", batch=batch) for _ in range(2))
    on_page = shown(batch)
    supervisors = person("supervisor"), person("supervisor2")
    meet("reviewapp.stages.export._chosen", "reviewapp.stages.approve.settle")
    made, *decisions = race(
        exported,
        partial(approve.approve_batch, batch, by=supervisors[0], shown=on_page, queue=no_program),
        partial(approve.return_to_clerk, doubted, by=supervisors[1], reason="the name is wrong"),
    )
    refused = [decision for decision in decisions if isinstance(decision, ReviewError)]
    assert len(refused) == 1, "one of the two was faster"
    kept.refresh_from_db()
    doubted.refresh_from_db()
    is_approved = decisions[0] == (2, 0, ())
    assert kept.status == (SubmissionStatus.APPROVED if is_approved else SubmissionStatus.REVIEWED)
    assert doubted.status == (SubmissionStatus.APPROVED if is_approved else SubmissionStatus.RETURNED)
    held = Submission.objects.filter(pk__in=records_in(made))
    assert before in held
    assert {record.status for record in held} == {SubmissionStatus.APPROVED}
    assert len(held) == made.row_count


def test_a_batch_is_approved_also_when_its_last_record_is_rejected_at_that_moment(meet: Meet) -> None:
    batch, clerk = make_batch(), person("clerk")
    submission_at("reviewed", batch=batch)
    unreadable = submission_at("recognised", batch=batch)
    claim.claim(unreadable, by=clerk)
    on_page = shown(batch)
    meet("reviewapp.stages.correct.settle", "reviewapp.stages.approve.settle")
    outcomes = race(
        partial(correct.reject, unreadable, by=clerk, reason=RejectReason.UNREADABLE),
        partial(approve.approve_batch, batch, by=person("supervisor"), shown=on_page, queue=no_program),
    )
    assert outcomes == [None, (1, 0, ())]
    batch.refresh_from_db()
    assert (batch.status, statuses(batch)) == (BatchStatus.APPROVED, {"approved", "rejected"})


def test_a_batch_of_rejected_pictures_that_is_closed_at_that_moment_is_open_for_what_goes_back(meet: Meet) -> None:
    batch = make_batch()
    rejected = submission_at("rejected", batch=batch)
    batch.refresh_from_db()
    supervisors = person("supervisor"), person("supervisor2")
    meet("reviewapp.stages.approve.move", "reviewapp.stages.approve.settle")
    closing, returning = race(
        partial(approve.approve_batch, batch, by=supervisors[0], shown={}, queue=no_program),
        partial(approve.return_to_clerk, rejected, by=supervisors[1], reason="it can be read"),
    )
    assert returning is None
    batch.refresh_from_db()
    assert isinstance(closing, IllegalTransition) or closing == (0, 0, ())
    assert (batch.status, statuses(batch)) == (BatchStatus.RETURNED, {"returned"})


def test_a_record_is_judged_by_all_new_thresholds_or_by_none_of_them(meet: Meet) -> None:
    names, clerk, admin = ("mother_name", "father_name"), person("clerk"), person("admin")
    record = submission_at("recognised", probs=dict.fromkeys(names, 95))
    claim.claim(record, by=clerk)
    # The correction is judged when one threshold is written and the other is not.
    meet("reviewapp.models.Event.objects.create")
    outcomes = race(
        partial(thresholds.set_thresholds, dict.fromkeys(names, 90), basis=present_basis(), by=admin),
        partial(change, record, "mother_age", "31", by=clerk, verify=False),
    )
    assert outcomes[0] == 2
    assert not isinstance(outcomes[1], ReviewError)
    assert record.fields.get(name="mother_age").value == "31"
    assert Correction.objects.get().new_value == "31"
    assert {Threshold.objects.percents()[name] for name in names} == {90}
    doubtful = set(record.fields.doubtful().values_list("name", flat=True)) & set(names)
    assert doubtful in (set(), set(names))


@pytest.mark.parametrize("are_first", [False, True])
def test_two_workers_at_once_do_not_pass_the_budget_together(meet: Meet, *, are_first: bool) -> None:
    gate = DatabaseGate(Terms(per_second=100, price=Decimal(1), budget=Decimal(1)))
    if not are_first:
        Breaker.the_one()
    meet("reviewapp.administration.cloud_budget._locked")
    outcomes = race(*(partial(gate.admit, picture * 64, 1) for picture in "ab"))
    paused = [outcome.code for outcome in outcomes if isinstance(outcome, EnginePaused)]
    assert paused == ["budgetSpent"]
    assert CloudCall.objects.count() == 1


def test_of_two_workers_one_tries_whether_the_cloud_is_back(meet: Meet) -> None:
    now = timezone.now()
    Breaker.objects.create(code="cloudDown", opened_at=now - timedelta(hours=1), open_until=now - timedelta(seconds=1))
    gate = DatabaseGate(Terms(per_second=100))
    meet("reviewapp.administration.cloud_budget._locked")
    outcomes = race(*(partial(gate.admit, picture * 64, 1) for picture in "ab"))
    paused = [outcome.code for outcome in outcomes if isinstance(outcome, EnginePaused)]
    assert paused == ["cloudDown"]
    assert CloudCall.objects.count() == 1
