"""A second person approves records or sends them back; the batch follows."""

import pytest

from reviewapp.exceptions import IllegalTransition, NotAllowed, ReviewError
from reviewapp.models import Batch, Field, Submission, User
from reviewapp.stages import claim, correct, recognise
from reviewapp.stages.approve import approve, approve_batch, return_to_clerk
from reviewapp.states import BatchStatus, EventKind, RejectReason
from tests.factories import (
    AnswerEngine,
    change,
    fields_of,
    make_batch,
    no_program,
    person,
    receive,
    shown,
    submission_at,
    verify_all,
)

pytestmark = pytest.mark.django_db


def status_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.status


def test_a_supervisor_approves_a_record(supervisor: User) -> None:
    submission = submission_at("reviewed")
    approve(submission, by=supervisor, queue=no_program)
    submission.refresh_from_db()
    assert (submission.status, submission.approved_by) == ("approved", supervisor)
    assert submission.approved_at is not None
    assert submission.events.last().kind == EventKind.APPROVED


@pytest.mark.parametrize("name", ["clerk", "clerk2", "admin"])
def test_only_supervisors_approve_and_return(name: str) -> None:
    submission, by = submission_at("reviewed"), person(name)
    with pytest.raises(NotAllowed, match="Only supervisors"):
        approve(submission, by=by, queue=no_program)
    with pytest.raises(NotAllowed, match="Only supervisors"):
        approve_batch(submission.batch, by=by, queue=no_program, shown=shown(submission.batch))
    with pytest.raises(NotAllowed, match="Only supervisors"):
        return_to_clerk(submission, by=by, reason="look again")
    assert Submission.objects.get().status == "reviewed"


@pytest.mark.parametrize("status", ["received", "failed", "recognised", "returned", "rejected", "approved"])
def test_only_what_was_reviewed_is_approved(status: str, supervisor2: User) -> None:
    with pytest.raises(IllegalTransition):
        approve(submission_at(status), by=supervisor2, queue=no_program)


def test_nobody_approves_what_they_submitted_themselves(supervisor: User, supervisor2: User) -> None:
    submission = submission_at("reviewed", clerk=supervisor)
    with pytest.raises(NotAllowed, match="Another supervisor must approve it"):
        approve(submission, by=supervisor, queue=no_program)
    approve(submission, by=supervisor2, queue=no_program)


def test_nobody_approves_what_they_corrected_although_another_submitted_it(
    supervisor: User, supervisor2: User, clerk: User
) -> None:
    submission = submission_at("recognised")
    claim.claim(submission, by=supervisor)
    change(submission, "mother_name", "欧阳娜娜", by=supervisor)
    claim.give_back(submission, by=supervisor)
    claim.claim(submission, by=clerk)
    correct.submit(submission, by=clerk)
    with pytest.raises(NotAllowed, match="yourself"):
        approve(submission, by=supervisor, queue=no_program)
    approve(submission, by=supervisor2, queue=no_program)


def test_a_batch_is_approved_but_for_ones_own_work(supervisor: User, supervisor2: User) -> None:
    batch = make_batch()
    others = [submission_at("reviewed", batch=batch) for _ in range(2)]
    own = submission_at("reviewed", batch=batch, clerk=supervisor)
    assert approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch)) == (2, 1, ())
    assert {Submission.objects.get(pk=other.pk).status for other in others} == {"approved"}
    assert Submission.objects.get(pk=own.pk).status == "reviewed"
    assert status_of(batch) == BatchStatus.SUBMITTED
    with pytest.raises(NotAllowed, match="yourself"):
        approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch))
    assert approve_batch(batch, by=supervisor2, queue=no_program, shown=shown(batch)) == (1, 0, ())
    assert status_of(batch) == BatchStatus.APPROVED
    assert (batch.approved_by, batch.approved_at is not None) == (supervisor2, True)


def test_a_batch_in_which_nothing_waits_is_not_approved(supervisor: User) -> None:
    for batch in (make_batch(), submission_at("recognised").batch, submission_at("approved").batch):
        with pytest.raises(IllegalTransition, match="waiting for your approval"):
            approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch))


def test_a_batch_of_rejected_pictures_is_closed_by_the_supervisor(supervisor: User) -> None:
    batch = submission_at("rejected").batch
    assert status_of(batch) == BatchStatus.SUBMITTED
    assert approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch)) == (0, 0, ())
    assert (status_of(batch), batch.approved_by) == (BatchStatus.APPROVED, supervisor)


def test_a_record_is_returned_with_a_reason_and_its_fields(supervisor: User, clerk: User) -> None:
    submission = submission_at("reviewed", probs={"sex": 20})
    return_to_clerk(
        submission, by=supervisor, reason=" Compare the mother's name. ", field_names=["mother_name", "sex"]
    )
    submission.refresh_from_db()
    assert (submission.status, submission.return_reason) == ("returned", "Compare the mother's name.")
    assert submission.reviewed_by == clerk
    assert submission.events.last().reason == "Compare the mother's name."
    fields = fields_of(submission)
    assert {name for name, field in fields.items() if field.is_doubtful} == {"mother_name", "sex"}
    assert not fields["sex"].is_verified
    assert Submission.objects.returned_to(clerk).get() == submission


def test_returning_again_asks_only_about_the_fields_named_now(supervisor: User, clerk: User) -> None:
    submission = submission_at("returned", clerk=clerk)
    claim.claim(submission, by=clerk)
    verify_all(submission, by=clerk)
    correct.submit(submission, by=clerk)
    return_to_clerk(submission, by=supervisor, reason="And the father.", field_names=["father_name"])
    asked = Field.objects.filter(flags__code="returned")
    assert [field.name for field in asked] == ["father_name"]


def test_a_whole_record_can_be_returned_without_naming_a_field(supervisor: User, clerk: User) -> None:
    submission = submission_at("reviewed")
    return_to_clerk(submission, by=supervisor, reason="Wrong child.")
    assert not submission.fields.doubtful().exists()
    claim.claim(submission, by=clerk)
    correct.submit(submission, by=clerk)
    assert submission.status == "reviewed"


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_return_needs_a_reason(reason: str, supervisor: User) -> None:
    submission = submission_at("reviewed")
    with pytest.raises(ReviewError, match="Give a reason"):
        return_to_clerk(submission, by=supervisor, reason=reason)
    assert Submission.objects.get().status == "reviewed"


@pytest.mark.parametrize("status", ["received", "failed", "recognised", "approved", "returned"])
def test_only_what_was_reviewed_or_rejected_is_returned(status: str, supervisor: User) -> None:
    with pytest.raises(IllegalTransition):
        return_to_clerk(submission_at(status), by=supervisor, reason="look again")


def test_a_rejected_record_comes_back_with_its_values(supervisor: User, clerk: User) -> None:
    submission = submission_at("rejected", clerk=clerk)
    return_to_clerk(submission, by=supervisor, reason="It can be read.")
    assert (submission.status, submission.fields.count()) == ("returned", 23)
    assert submission.batch.status == BatchStatus.RETURNED
    claim.claim(submission, by=clerk)
    correct.submit(submission, by=clerk)
    assert submission.status == "reviewed"


def test_a_picture_rejected_before_it_was_read_is_filled_in_by_hand(supervisor: User, clerk: User) -> None:
    submission = submission_at("failed")
    correct.reject(submission, by=clerk, reason=RejectReason.UNREADABLE)
    return_to_clerk(submission, by=supervisor, reason="Type it.", field_names=["sex"])
    fields = fields_of(submission)
    assert len(fields) == 23
    assert not any(field.value for field in fields.values())
    assert fields["sex"].has_error
    claim.claim(submission, by=clerk)
    change(submission, "sex", "女", by=clerk)
    verify_all(submission, by=clerk)
    correct.submit(submission, by=clerk)
    assert submission.status == "reviewed"


def test_the_status_of_a_batch_follows_its_records_through_all_their_ways(clerk: User, supervisor: User) -> None:
    """Walk: empty, received, failed, read, reviewed, returned, reviewed, one rejected, approved."""
    batch = make_batch()
    seen = [status_of(batch)]
    first, second = receive(batch=batch), receive(batch=batch)
    seen.append(status_of(batch))
    recognise.recognise(first, engine=AnswerEngine(error="algorithmError"))
    recognise.retry(first, by=clerk)
    recognise.recognise(first, engine=AnswerEngine())
    recognise.recognise(second, engine=AnswerEngine())
    seen.append(status_of(batch))
    for submission in (first, second):
        claim.claim(submission, by=clerk)
        correct.submit(submission, by=clerk)
        seen.append(status_of(batch))
    return_to_clerk(first, by=supervisor, reason="look again")
    seen.append(status_of(batch))
    claim.claim(first, by=clerk)
    correct.reject(first, by=clerk, reason=RejectReason.DUPLICATE)
    seen.append(status_of(batch))
    approve(second, by=supervisor, queue=no_program)
    seen.append(status_of(batch))
    assert seen == ["open", "open", "open", "open", "submitted", "returned", "submitted", "approved"]
    kinds = list(batch.events.values_list("kind", flat=True))
    assert kinds == ["created", "submitted", "returned", "submitted", "approved"]


def test_a_picture_added_to_a_waiting_batch_opens_it_again() -> None:
    batch = submission_at("reviewed").batch
    assert status_of(batch) == BatchStatus.SUBMITTED
    receive(batch=batch)
    assert status_of(batch) == BatchStatus.OPEN
    assert batch.events.last().kind == EventKind.REOPENED


def test_no_picture_joins_an_approved_batch() -> None:
    batch = submission_at("approved").batch
    with pytest.raises(NotAllowed, match="already approved"):
        receive(batch=Batch.objects.get(pk=batch.pk))
    assert batch.submissions.count() == 1


def test_the_last_open_record_of_an_otherwise_approved_batch_closes_it(supervisor: User) -> None:
    batch = make_batch()
    submission_at("approved", batch=batch)
    assert status_of(batch) == BatchStatus.APPROVED
    other = make_batch()
    first, second = submission_at("reviewed", batch=other), submission_at("recognised", batch=other)
    approve(first, by=supervisor, queue=no_program)
    assert status_of(other) == BatchStatus.OPEN
    claim.claim(second, by=supervisor)
    correct.reject(second, by=supervisor, reason=RejectReason.DUPLICATE)
    assert status_of(other) == BatchStatus.APPROVED
    assert list(other.events.values_list("new", flat=True))[-2:] == ["submitted", "approved"]
