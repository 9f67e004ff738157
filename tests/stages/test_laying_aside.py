"""A record is skipped by one, postponed for all, or taken over by a supervisor; and who is offered what, in which
order.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed, ReviewError
from reviewapp.models import Batch, Skip, Submission, User
from reviewapp.stages import approve, correct
from reviewapp.stages.claim import (
    MOST_POSTPONED,
    SKIPPED_FOR,
    claim,
    claim_next,
    give_back,
    postpone,
    renew,
    skip,
    take,
    take_over,
)
from reviewapp.states import EventKind
from tests.factories import change, make_batch, submission_at, verify_all

pytestmark = pytest.mark.django_db


def held_by(person: User, batch: Batch | None = None) -> Submission:
    record = submission_at("recognised", batch=batch)
    claim(record, by=person)
    return record


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_a_skipped_record_is_offered_to_others_at_once_and_to_this_person_later(clerk: User, clerk2: User) -> None:
    record = held_by(clerk)
    skip(record, by=clerk, reason="  I do not know this hospital. ")
    assert record.holder is None
    assert claim_next(by=clerk) is None
    assert list(Submission.objects.skipped_by(clerk)) == [record]
    event = record.events.get(kind=EventKind.SKIPPED)
    assert (event.by, event.reason) == (clerk, "I do not know this hospital.")

    assert claim_next(by=clerk2) == record
    give_back(record, by=clerk2)
    Skip.objects.update(until=timezone.now())
    assert not Submission.objects.skipped_by(clerk).exists()
    assert claim_next(by=clerk) == record


def test_a_skip_lasts_longer_than_a_shift(clerk: User) -> None:
    before = timezone.now()
    skip(held_by(clerk), by=clerk, reason="later")
    assert Skip.objects.get().until >= before + SKIPPED_FOR
    assert timedelta(hours=10) < SKIPPED_FOR < timedelta(hours=16)


def test_a_skipped_record_that_is_taken_on_purpose_is_skipped_no_more(clerk: User, supervisor: User) -> None:
    record = held_by(clerk)
    skip(record, by=clerk, reason="later")
    take(record, by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    approve.return_to_clerk(record, by=supervisor, reason="look again")
    assert claim_next(by=clerk) == record


def test_skipping_it_twice_holds_it_back_longer(clerk: User) -> None:
    record = held_by(clerk)
    skip(record, by=clerk, reason="later")
    Skip.objects.update(until=timezone.now())
    claim_next(by=clerk)
    skip(record, by=clerk, reason="still later")
    assert claim_next(by=clerk) is None
    assert Skip.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_nothing_is_laid_aside(reason: str, clerk: User) -> None:
    record = held_by(clerk)
    for refused in (
        lambda: skip(record, by=clerk, reason=reason),
        lambda: postpone(record, by=clerk, reason=reason, until=in_days(1)),
    ):
        with pytest.raises(ReviewError, match="Give a reason"):
            refused()
    assert Submission.objects.get().holder == clerk


def test_only_who_holds_a_record_lays_it_aside(clerk: User, clerk2: User, admin_user: User) -> None:
    record = held_by(clerk)
    with pytest.raises(ClaimLost):
        skip(Submission.objects.get(), by=clerk2, reason="later")
    with pytest.raises(ClaimLost):
        postpone(Submission.objects.get(), by=clerk2, reason="later", until=in_days(1))
    with pytest.raises(NotAllowed):
        skip(Submission.objects.get(), by=admin_user, reason="later")
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    with pytest.raises(IllegalTransition, match="“Reviewed”"):
        skip(record, by=clerk, reason="later")
    assert not Skip.objects.exists()


def test_a_postponed_record_is_offered_to_nobody_before_its_day(clerk: User, clerk2: User, supervisor: User) -> None:
    record = held_by(clerk)
    postpone(record, by=clerk, reason="The hospital is asked.", until=in_days(3))
    for person in (clerk, clerk2, supervisor):
        assert claim_next(by=person) is None
        assert list(Submission.objects.postponed(person)) == [record]
    event = record.events.get(kind=EventKind.POSTPONED)
    assert (event.reason, event.new) == ("The hospital is asked.", in_days(3).isoformat())
    begin = timezone.localtime(Submission.objects.get().postponed_until)
    assert (begin.date(), begin.hour, begin.minute) == (in_days(3), 0, 0)

    Submission.objects.update(postponed_until=timezone.now())
    assert claim_next(by=clerk2) == record


def test_a_postponed_record_can_be_taken_on_purpose_and_is_then_postponed_no_more(clerk: User, clerk2: User) -> None:
    record = held_by(clerk)
    postpone(record, by=clerk, reason="later", until=in_days(3))
    take(record, by=clerk2)
    give_back(record, by=clerk2)
    assert claim_next(by=clerk) == record


def test_a_heartbeat_of_another_tab_does_not_take_a_postponed_record_back(clerk: User) -> None:
    record = held_by(clerk)
    in_other_tab = Submission.objects.get()
    Submission.objects.update(claimed_until=timezone.now())
    in_other_tab.refresh_from_db()
    postpone(record, by=clerk, reason="later", until=in_days(3))
    with pytest.raises(ClaimLost):
        renew(in_other_tab, by=clerk)
    assert Submission.objects.get().postponed_until is not None


@pytest.mark.parametrize("days", [-400, -1, 0, MOST_POSTPONED.days + 1, 40_000])
def test_a_day_that_has_come_or_is_too_far_is_refused(days: int, clerk: User) -> None:
    record = held_by(clerk)
    with pytest.raises(ReviewError, match="at most 90 days"):
        postpone(record, by=clerk, reason="later", until=in_days(days))
    assert Submission.objects.get().holder == clerk


def test_a_record_of_somebody_else_that_is_postponed_is_shown_to_them_and_to_supervisors(
    clerk: User, clerk2: User, supervisor: User
) -> None:
    record = submission_at("returned", clerk=clerk)
    claim(record, by=clerk)
    postpone(record, by=clerk, reason="later", until=in_days(1))
    assert [Submission.objects.postponed(person).count() for person in (clerk, clerk2, supervisor)] == [1, 0, 1]


def test_a_supervisor_takes_a_record_over_and_the_event_says_from_whom(clerk: User, supervisor: User) -> None:
    record = held_by(clerk)
    change(record, "mother_name", "王小明", by=clerk)
    take_over(record, by=supervisor, reason="  You are ill. ")
    assert Submission.objects.get().holder == supervisor
    event = record.events.get(kind=EventKind.TAKEN_OVER)
    assert (event.by, event.person, event.reason) == (supervisor, clerk, "You are ill.")
    assert record.fields.get(name="mother_name").value == "王小明"
    with pytest.raises(ClaimLost):
        renew(Submission.objects.get(), by=clerk)
    with pytest.raises(ClaimLost):
        change(record, "mother_name", "王大明", by=clerk)


def test_only_supervisors_take_over(clerk: User, clerk2: User, admin_user: User) -> None:
    record = held_by(clerk)
    for person in (clerk2, admin_user):
        with pytest.raises(NotAllowed):
            take_over(record, by=person)
    assert Submission.objects.get().holder == clerk


def test_what_nobody_else_holds_is_taken_without_displacing_anybody(supervisor: User) -> None:
    record = submission_at("recognised")
    for _ in range(2):
        take_over(record, by=supervisor)
    assert Submission.objects.get().holder == supervisor
    kinds = list(record.events.values_list("kind", flat=True))
    assert (kinds.count("claimed"), kinds.count("taken_over")) == (1, 0)


def test_a_record_that_is_finished_meanwhile_is_not_taken_over(clerk: User, supervisor: User) -> None:
    record = held_by(clerk)
    as_seen = Submission.objects.get()
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    with pytest.raises(IllegalTransition, match="“Reviewed”"):
        take_over(as_seen, by=supervisor)


def planned(priority: int, due_in: int | None) -> Submission:
    batch = make_batch()
    due_on = None if due_in is None else in_days(due_in)
    Batch.objects.filter(pk=batch.pk).update(priority=priority, due_on=due_on)
    return submission_at("recognised", batch=batch)


def test_the_queue_gives_own_returned_records_then_by_priority_then_by_day_then_by_age(clerk: User) -> None:
    undated, late, early, old_low, urgent = (
        planned(0, None),
        planned(0, 9),
        planned(0, 2),
        planned(-1, 1),
        planned(2, None),
    )
    returned = submission_at("returned", clerk=clerk, batch=old_low.batch)
    younger = submission_at("recognised", batch=urgent.batch)
    taken = []
    while record := claim_next(by=clerk):
        taken.append(record)
        Submission.objects.filter(pk=record.pk).update(claimed_by=None, claimed_until=None)
        Skip.objects.create(submission=record, by=clerk, until=timezone.now() + timedelta(hours=1))
    assert taken == [returned, urgent, younger, early, late, undated, old_low]


@pytest.mark.parametrize("leaving", [{"is_active": False}, {"role": "admin"}, {"role": "auditor"}])
def test_what_came_back_to_somebody_who_left_is_counted_for_everybody_and_taken_by_one(
    leaving: dict[str, object], clerk: User, clerk2: User, supervisor: User
) -> None:
    record = submission_at("returned", clerk=clerk)
    User.objects.filter(pk=clerk.pk).update(**leaving)
    for person in (clerk2, supervisor):
        assert Submission.objects.returned_to(person).count() == 1
        assert Submission.objects.claimable(person).count() == 1
    assert claim_next(by=clerk2) == record
    assert claim_next(by=supervisor) is None


def test_a_sign_of_life_is_written_down_only_when_the_claim_grows_old(clerk: User) -> None:
    record = held_by(clerk)
    fresh = Submission.objects.get().claimed_until
    renew(Submission.objects.get(), by=clerk)
    assert Submission.objects.get().claimed_until == fresh
    Submission.objects.update(claimed_until=timezone.now() + timedelta(minutes=13))
    record.refresh_from_db()
    renew(record, by=clerk)
    assert record.claimed_until is not None
    assert record.claimed_until > timezone.now() + timedelta(minutes=14)
