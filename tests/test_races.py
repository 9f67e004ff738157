"""What two people do at the same moment must end as if one had come after the other, on both databases."""

from functools import partial

import pytest

from reviewapp.exceptions import NotAllowed
from reviewapp.models import Batch, Submission
from reviewapp.stages import approve, claim, correct, ingest
from reviewapp.states import BatchStatus, SubmissionStatus
from tests.factories import change, make_batch, no_program, person, picture, receive, shown, submission_at
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_whose_last_two_records_are_submitted_at_once_awaits_approval(meet: Meet) -> None:
    batch, clerks = make_batch(), [person("clerk"), person("clerk2")]
    records = [submission_at("recognised", batch=batch) for _ in clerks]
    for record, by in zip(records, clerks, strict=True):
        claim.claim(record, by=by)
    meet("reviewapp.stages.correct.settle")
    outcomes = race(*(partial(correct.submit, record, by=by) for record, by in zip(records, clerks, strict=True)))
    assert outcomes == [None, None]
    assert Batch.objects.get().status == BatchStatus.SUBMITTED


def test_a_batch_whose_last_two_records_are_approved_at_once_is_approved(meet: Meet) -> None:
    batch, supervisors = make_batch(), [person("supervisor"), person("supervisor2")]
    records = [submission_at("reviewed", batch=batch) for _ in supervisors]
    meet("reviewapp.stages.approve.settle")
    approvals = zip(records, supervisors, strict=True)
    outcomes = race(*(partial(approve.approve, r, by=by, queue=no_program) for r, by in approvals))
    assert outcomes == [None, None]
    assert Batch.objects.get().status == BatchStatus.APPROVED


def test_no_picture_joins_a_batch_that_is_approved_at_that_moment(meet: Meet) -> None:
    batch = submission_at("reviewed").batch
    clerk, supervisor = person("clerk"), person("supervisor")
    meet("reviewapp.stages.ingest.settle", "reviewapp.stages.approve.settle")
    outcomes = race(
        partial(receive, batch=Batch.objects.get(), by=clerk, is_rendered=False),
        partial(approve.approve_batch, batch, by=supervisor, queue=no_program, shown=shown(batch)),
    )
    batch.refresh_from_db()
    statuses = set(batch.submissions.values_list("status", flat=True))
    if isinstance(outcomes[0], NotAllowed):
        assert (batch.status, statuses) == (BatchStatus.APPROVED, {"approved"})
    else:
        assert (batch.status, statuses) == (BatchStatus.OPEN, {"approved", "received"})


def test_a_value_that_is_changed_while_the_record_is_submitted_is_not_left_doubtful(meet: Meet) -> None:
    clerk = person("clerk")
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    copies = [Submission.objects.get(pk=record.pk) for _ in range(2)]
    meet("reviewapp.stages.correct.move", "reviewapp.stages.correct._record")
    race(
        partial(correct.submit, copies[0], by=clerk),
        partial(change, copies[1], "mother_age", "thirty", by=clerk, verify=False),
    )
    record.refresh_from_db()
    assert record.status == SubmissionStatus.RECOGNISED or not record.fields.doubtful().exists()


def test_the_same_picture_sent_twice_at_once_is_taken_in_once(meet: Meet) -> None:
    content, batch, clerk = picture(), make_batch(), person("clerk")
    meet("reviewapp.stages.ingest.clean_name")
    outcomes = race(*(partial(receive, batch=batch, by=clerk, content=content, is_rendered=False) for _ in range(2)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidImage", "Submission"]
    kept = Submission.objects.get()
    assert kept.original.read() == content
    assert ingest.clean_name(kept.original_name) == kept.original_name
