"""Taking over, laying aside, asking and taking back at the moment at which somebody else acts, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from reviewapp.exceptions import ReviewError
from reviewapp.models import Approval, Batch, Skip, Submission, User
from reviewapp.stages import approve, claim, correct, ingest
from reviewapp.states import BatchStatus, EventKind, RejectReason, SubmissionStatus
from tests.factories import no_program, person, submission_at
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def copies_of(record: Submission, count: int = 2) -> list[Submission]:
    return [Submission.objects.select_related("batch").get(pk=record.pk) for _ in range(count)]


def held_by(clerk: User) -> Submission:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    return record


def kinds(record: Submission) -> list[str]:
    return list(record.events.values_list("kind", flat=True))


def refused(outcomes: list[object]) -> list[bool]:
    return [isinstance(outcome, ReviewError) for outcome in outcomes]


def return_it(record: Submission, *, by: User) -> None:
    approve.return_to_clerk(record, by=by, reason="look again")


def approve_it(record: Submission, *, by: User) -> None:
    approve.approve(record, by=by, queue=no_program)


@pytest.mark.parametrize(("decide", "after"), [(approve_it, "approved"), (return_it, "returned")])
@pytest.mark.parametrize("is_first", [True, False])
def test_of_a_decision_and_a_taking_back_at_once_one_holds(
    meet: Meet, decide: Callable[..., None], after: str, *, is_first: bool
) -> None:
    clerk, supervisor = person("clerk"), person("supervisor")
    record = submission_at("reviewed", clerk=clerk)
    copies = copies_of(record)
    meet("reviewapp.stages.approve.move", "reviewapp.stages.correct.move")
    runners = [partial(decide, copies[0], by=supervisor), partial(correct.undo, copies[1], by=clerk)]
    outcomes = race(*(runners if is_first else reversed(runners)))
    outcomes = outcomes if is_first else outcomes[::-1]
    assert sorted(refused(outcomes)) == [False, True]

    record.refresh_from_db()
    if outcomes[0] is None:
        assert (record.status, record.reviewed_by, record.claimed_by) == (after, clerk, None)
        assert "undone" not in kinds(record)
    else:
        assert (record.status, record.holder) == ("recognised", clerk)
        assert not Approval.objects.exists()
        assert after not in kinds(record)


def test_taking_back_in_two_tabs_at_once_is_done_once() -> None:
    clerk = person("clerk")
    for status in ("reviewed", "rejected", "escalated"):
        record = submission_at(status, clerk=clerk)
        outcomes = race(*(partial(correct.undo, copy, by=clerk) for copy in copies_of(record)))
        assert sorted(refused(outcomes)) == [False, True]
        record.refresh_from_db()
        assert (record.status, record.holder) == ("recognised", clerk)
        assert kinds(record).count("undone") == 1
        assert Batch.objects.get(pk=record.batch_id).status == BatchStatus.OPEN


def test_an_answer_and_a_taking_back_of_the_question_at_once_leave_one_of_them(meet: Meet) -> None:
    clerk, supervisor = person("clerk"), person("supervisor")
    record = submission_at("escalated", clerk=clerk)
    copies = copies_of(record)
    meet("reviewapp.stages.approve.move", "reviewapp.stages.correct.move")
    outcomes = race(
        partial(approve.answer, copies[0], by=supervisor, text="yes"), partial(correct.undo, copies[1], by=clerk)
    )
    assert sorted(refused(outcomes)) == [False, True]
    record.refresh_from_db()
    assert record.status == ("returned" if outcomes[0] is None else "recognised")


def intents(clerk: User) -> list[Callable[[Submission], None]]:
    """Return all ways in which a clerk lets go of a record."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return [
        partial(correct.submit, by=clerk),
        partial(correct.reject, by=clerk, reason=RejectReason.DUPLICATE),
        partial(correct.escalate, by=clerk, question="why?"),
        partial(claim.skip, by=clerk, reason="later"),
        partial(claim.postpone, by=clerk, reason="later", until=tomorrow),
    ]


@pytest.mark.parametrize(("one", "other"), [(0, 2), (0, 3), (1, 2), (2, 3), (2, 4), (3, 4), (2, 2), (3, 3)])
def test_of_two_intents_in_two_tabs_at_once_one_counts(one: int, other: int) -> None:
    clerk = person("clerk")
    record = held_by(clerk)
    copies = copies_of(record)
    chosen = intents(clerk)
    outcomes = race(partial(chosen[one], copies[0]), partial(chosen[other], copies[1]))
    assert sorted(refused(outcomes)) == [False, True]
    record.refresh_from_db()
    assert record.claimed_by is None
    ends = {"submitted", "rejected", "escalated", "skipped", "postponed"}
    assert len([kind for kind in kinds(record) if kind in ends]) == 1
    assert Skip.objects.exists() == ("skipped" in kinds(record))


@pytest.mark.parametrize("number", range(5))
def test_a_taking_over_and_what_the_clerk_does_at_that_moment_never_both_count(number: int) -> None:
    clerk, supervisor = person("clerk"), person("supervisor")
    record = held_by(clerk)
    copies = copies_of(record)
    outcomes = race(
        partial(claim.take_over, copies[0], by=supervisor),
        partial(intents(clerk)[number], copies[1]),
    )
    record.refresh_from_db()
    taken, done = (not is_refused for is_refused in refused(outcomes))
    if "taken_over" in kinds(record):
        assert (taken, done, record.holder) == (True, False, supervisor)
    else:
        # The clerk was first; what was only laid aside is taken like any other record.
        assert done
        assert taken == (record.holder == supervisor) == (record.status == SubmissionStatus.RECOGNISED)


def test_two_supervisors_who_take_over_at_once_leave_a_true_history() -> None:
    record = held_by(person("clerk"))
    supervisors = [person("supervisor"), person("supervisor2")]
    race(*(partial(claim.take_over, copy, by=by) for copy, by in zip(copies_of(record), supervisors, strict=True)))
    record.refresh_from_db()
    events = record.events.filter(kind=EventKind.TAKEN_OVER).order_by("pk")
    assert [event.person for event in events] == [person("clerk"), events[0].by]
    assert record.holder == events[1].by


def test_two_who_take_a_postponed_record_at_once_are_one_holder() -> None:
    clerks = [person("clerk"), person("clerk2")]
    record = held_by(clerks[0])
    claim.postpone(record, by=clerks[0], reason="later", until=timezone.localdate() + timedelta(days=1))
    outcomes = race(*(partial(claim.take, copy, by=by) for copy, by in zip(copies_of(record), clerks, strict=True)))
    assert sorted(refused(outcomes)) == [False, True]


def test_two_supervisors_who_plan_a_batch_at_once_lose_nothing_of_each_other() -> None:
    record = submission_at("recognised")
    due_on = timezone.localdate() + timedelta(days=3)
    first, second = (copy.batch for copy in copies_of(record))
    outcomes = race(
        partial(ingest.change_batch, first, by=person("supervisor"), priority=2),
        partial(ingest.change_batch, second, by=person("supervisor2"), due_on=due_on),
    )
    assert outcomes == [None, None]
    first.refresh_from_db()
    assert (first.priority, first.due_on) == (2, due_on)
