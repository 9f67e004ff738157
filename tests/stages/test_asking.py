"""A clerk asks a supervisor, and the record comes back with the answer."""

import pytest

from reviewapp.exceptions import ChangedSinceShown, ClaimLost, IllegalTransition, NotAllowed, ReviewError
from reviewapp.models import Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus
from tests.factories import no_program, submission_at, verify_all

pytestmark = pytest.mark.django_db

QUESTION, ANSWER = "Is this a 钧?", "It is; the ward confirms it."


def asked_by(clerk: User) -> Submission:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    correct.escalate(record, by=clerk, question=QUESTION, field_name="neonatal_name")
    return record


def test_a_question_waits_for_supervisors_and_frees_the_claim(clerk: User, clerk2: User) -> None:
    record = asked_by(clerk)
    record.refresh_from_db()
    assert (record.status, record.holder, record.reviewed_by) == (SubmissionStatus.ESCALATED, None, clerk)
    assert claim.claim_next(by=clerk2) is None
    assert record.batch.status == BatchStatus.OPEN
    event = record.events.question()
    assert event is not None
    assert (event.by, event.reason, event.about_field) == (clerk, QUESTION, "neonatal_name")
    assert (event.field_label, event.new_label) == ("Neonatal name", "Question to a supervisor")


def test_questions_stand_in_the_order_in_which_they_were_asked(clerk: User, clerk2: User) -> None:
    second, first = submission_at("recognised"), submission_at("recognised")
    for record, by in ((first, clerk2), (second, clerk)):
        claim.claim(record, by=by)
        correct.escalate(record, by=by, question=QUESTION)
    assert list(Submission.objects.asked()) == [first, second]
    told = Submission.objects.asked().with_reason_of(EventKind.ESCALATED)
    assert {record.given_reason for record in told} == {QUESTION}


def test_the_answer_comes_back_first_to_who_asked(clerk: User, clerk2: User, supervisor: User) -> None:
    older, record = submission_at("recognised"), asked_by(clerk)
    approve.answer(record, by=supervisor, text=f" {ANSWER} ")
    record.refresh_from_db()
    assert (record.status, record.return_reason) == (SubmissionStatus.RETURNED, ANSWER)
    assert record.batch.status == BatchStatus.RETURNED
    assert claim.claim_next(by=clerk2) == older
    assert claim.claim_next(by=clerk) == record
    question, answer = record.events.answered()
    assert (question.reason, answer.reason, answer.by) == (QUESTION, ANSWER, supervisor)


def test_who_answered_has_not_worked_on_it_and_may_approve_it(clerk: User, supervisor: User) -> None:
    record = asked_by(clerk)
    approve.answer(record, by=supervisor, text=ANSWER)
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    approve.approve(record, by=supervisor, queue=no_program)
    assert Submission.objects.get().status == SubmissionStatus.APPROVED


def test_who_asked_must_not_approve_it(supervisor: User, supervisor2: User, clerk: User) -> None:
    record = asked_by(supervisor)
    approve.answer(record, by=supervisor2, text=ANSWER)
    User.objects.filter(pk=supervisor.pk).update(is_active=False)
    record = Submission.objects.get()
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    User.objects.filter(pk=supervisor.pk).update(is_active=True)
    with pytest.raises(NotAllowed, match="yourself"):
        approve.approve(record, by=supervisor, queue=no_program)


def test_the_answer_to_somebody_who_left_is_offered_to_others(clerk: User, clerk2: User, supervisor: User) -> None:
    record = asked_by(clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    approve.answer(record, by=supervisor, text=ANSWER)
    assert claim.claim_next(by=clerk2) == record


def test_a_returned_record_is_asked_about_too_and_its_last_talk_is_told(clerk: User, supervisor: User) -> None:
    record = submission_at("returned", clerk=clerk)
    assert record.events.answered() is None
    claim.claim(record, by=clerk)
    correct.escalate(record, by=clerk, question=QUESTION)
    assert record.events.answered() is None
    approve.answer(record, by=supervisor, text=ANSWER)
    assert record.events.answered() is not None
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    approve.return_to_clerk(record, by=supervisor, reason="look again")
    assert record.events.answered() is None


def test_a_supervisor_rejects_what_was_asked_about_and_a_clerk_does_not(clerk: User, supervisor: User) -> None:
    record = asked_by(clerk)
    with pytest.raises(NotAllowed):
        correct.reject(record, by=clerk, reason=RejectReason.UNREADABLE)
    with pytest.raises(ChangedSinceShown):
        correct.reject(record, by=supervisor, reason=RejectReason.UNREADABLE, version=record.version - 1)
    correct.reject(record, by=supervisor, reason=RejectReason.UNREADABLE, version=record.version)
    assert Submission.objects.get().status == SubmissionStatus.REJECTED


@pytest.mark.parametrize("text", ["", " \n "])
def test_without_words_there_is_no_question_and_no_answer(text: str, clerk: User, supervisor: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    with pytest.raises(ReviewError, match="Write what you want to ask"):
        correct.escalate(record, by=clerk, question=text)
    correct.escalate(record, by=clerk, question=QUESTION)
    with pytest.raises(ReviewError, match="Give a reason"):
        approve.answer(record, by=supervisor, text=text)
    assert Submission.objects.get().status == SubmissionStatus.ESCALATED


def test_who_may_ask_and_who_may_answer(clerk: User, clerk2: User, admin_user: User, supervisor: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    with pytest.raises(ClaimLost):
        correct.escalate(Submission.objects.get(), by=clerk2, question=QUESTION)
    with pytest.raises(NotAllowed):
        correct.escalate(Submission.objects.get(), by=admin_user, question=QUESTION)
    correct.escalate(record, by=clerk, question=QUESTION)
    for person in (clerk, clerk2, admin_user):
        with pytest.raises(NotAllowed):
            approve.answer(record, by=person, text=ANSWER)
    with pytest.raises(ChangedSinceShown):
        approve.answer(record, by=supervisor, text=ANSWER, version=record.version - 1)
    approve.answer(record, by=supervisor, text=ANSWER)
    with pytest.raises(IllegalTransition):
        approve.answer(record, by=supervisor, text=ANSWER)


def test_what_is_reviewed_is_returned_and_not_answered(supervisor: User) -> None:
    record = submission_at("reviewed")
    with pytest.raises(IllegalTransition, match="“Reviewed”"):
        approve.answer(record, by=supervisor, text=ANSWER)
