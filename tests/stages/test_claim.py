"""One clerk at a time holds a record."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed
from reviewapp.models import Event, Submission, User
from reviewapp.stages import approve, correct
from reviewapp.stages.claim import claim, claim_next, give_back, renew
from reviewapp.states import EventKind, RejectReason, SubmissionStatus
from tests.factories import change, make_batch, no_program, person, receive, submission_at
from tests.racing import race

pytestmark = pytest.mark.django_db


def let_time_pass(submission: Submission) -> None:
    """Let the claim be over, as when a clerk went home."""
    Submission.objects.filter(pk=submission.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    submission.refresh_from_db()


def kinds(submission: Submission) -> list[str]:
    return list(submission.events.values_list("kind", flat=True))


def test_a_clerk_takes_a_record_and_holds_it(clerk: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    submission.refresh_from_db()
    assert submission.is_held_by(clerk)
    assert submission.holder == clerk
    assert Submission.objects.held_by(clerk).get() == submission
    assert submission.events.get(kind=EventKind.CLAIMED).by == clerk


def test_taking_it_again_keeps_it_longer_and_leaves_no_second_event(clerk: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    Submission.objects.update(claimed_until=timezone.now() + timedelta(seconds=5))
    submission.refresh_from_db()
    claim(submission, by=clerk)
    submission.refresh_from_db()
    assert submission.claimed_until is not None
    assert submission.claimed_until > timezone.now() + timedelta(minutes=10)
    assert kinds(submission).count("claimed") == 1


def test_nobody_takes_what_another_one_holds(clerk: User, clerk2: User, supervisor: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    for other in (clerk2, supervisor):
        with pytest.raises(ClaimLost, match="clerk is working on this record"):
            claim(Submission.objects.get(pk=submission.pk), by=other)
    assert Submission.objects.get(pk=submission.pk).holder == clerk


def test_an_administrator_does_not_review(admin_user: User) -> None:
    with pytest.raises(NotAllowed, match="Only clerks and supervisors"):
        claim(submission_at("recognised"), by=admin_user)
    with pytest.raises(NotAllowed):
        claim_next(by=admin_user)


@pytest.mark.parametrize("status", ["received", "failed", "reviewed", "approved", "rejected"])
def test_only_what_waits_for_review_is_taken(status: str, clerk: User) -> None:
    with pytest.raises(IllegalTransition):
        claim(submission_at(status), by=clerk)


def test_a_record_moved_meanwhile_is_not_taken(clerk: User, clerk2: User) -> None:
    seen = submission_at("recognised", clerk=clerk2)
    moved = Submission.objects.get(pk=seen.pk)
    claim(moved, by=clerk2)
    correct.submit(moved, by=clerk2)
    with pytest.raises(ClaimLost):
        claim(seen, by=clerk)


def test_a_claim_whose_time_is_over_is_free_for_the_next(clerk: User, clerk2: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    let_time_pass(submission)
    assert submission.holder is None
    claim(submission, by=clerk2)
    assert Submission.objects.get(pk=submission.pk).holder == clerk2


def test_a_clerk_whose_time_is_over_takes_it_again_if_nobody_else_has(clerk: User, clerk2: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    let_time_pass(submission)
    renew(submission, by=clerk)
    assert Submission.objects.get(pk=submission.pk).holder == clerk
    let_time_pass(submission)
    claim(Submission.objects.get(pk=submission.pk), by=clerk2)
    with pytest.raises(ClaimLost, match="no longer hold"):
        renew(submission, by=clerk)


def test_a_record_that_is_finished_cannot_be_renewed(clerk: User) -> None:
    with pytest.raises(ClaimLost):
        renew(submission_at("reviewed"), by=clerk)


def test_giving_back_frees_a_record_once(clerk: User, clerk2: User) -> None:
    submission = submission_at("recognised")
    claim(submission, by=clerk)
    give_back(submission, by=clerk2)
    assert Submission.objects.get(pk=submission.pk).holder == clerk
    give_back(submission, by=clerk)
    give_back(submission, by=clerk)
    submission.refresh_from_db()
    assert submission.holder is None
    assert kinds(submission).count("released") == 1


def test_a_returned_record_goes_back_to_its_clerk_or_to_a_supervisor(
    clerk: User, clerk2: User, supervisor: User
) -> None:
    submission = submission_at("returned", clerk=clerk)
    with pytest.raises(NotAllowed, match="returned to clerk"):
        claim(submission, by=clerk2)
    claim(submission, by=clerk)
    give_back(submission, by=clerk)
    claim(submission, by=supervisor)
    assert submission.holder == supervisor


def test_next_gives_what_came_back_first_and_then_the_oldest(clerk: User, clerk2: User) -> None:
    batch = make_batch()
    old, young = (submission_at("recognised", batch=batch) for _ in range(2))
    returned = submission_at("returned", batch=batch, clerk=clerk)
    others = submission_at("returned", batch=batch, clerk=clerk2)
    taken = []
    while (following := claim_next(by=clerk)) is not None:
        taken.append(following)
        correct.reject(following, by=clerk, reason=RejectReason.DUPLICATE)
    assert taken == [returned, old, young]
    assert Submission.objects.get(pk=others.pk).status == SubmissionStatus.RETURNED


def test_next_skips_the_record_just_put_aside(clerk: User) -> None:
    first = submission_at("recognised")
    assert claim_next(by=clerk, after=first) is None
    second = submission_at("recognised")
    assert claim_next(by=clerk, after=first) == second


def test_next_gives_nothing_when_nothing_waits(clerk: User) -> None:
    for status in ("received", "failed", "reviewed", "approved", "rejected"):
        submission_at(status)
    assert claim_next(by=clerk) is None


def test_next_does_not_give_what_others_hold(clerk: User, clerk2: User) -> None:
    first, second = submission_at("recognised"), submission_at("recognised")
    assert claim_next(by=clerk) == first
    assert claim_next(by=clerk2) == second
    assert claim_next(by=clerk2, after=second) is None


def test_next_goes_on_when_somebody_was_faster(clerk: User, clerk2: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the grip another clerk takes the record."""
    first, second = submission_at("recognised"), submission_at("recognised")
    hold = Submission.hold

    def too_late(submission: Submission, user: User, *, minutes: int) -> bool:
        if submission == first:
            hold(Submission.objects.get(pk=first.pk), clerk2, minutes=minutes)
        return hold(submission, user, minutes=minutes)

    monkeypatch.setattr(Submission, "hold", too_late)
    assert claim_next(by=clerk) == second
    assert Submission.objects.get(pk=first.pk).holder == clerk2


def test_next_gives_up_when_others_are_always_faster(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    submission_at("recognised")
    monkeypatch.setattr(Submission, "hold", lambda submission, user, *, minutes: False)
    assert claim_next(by=clerk) is None
    assert not Event.objects.filter(kind=EventKind.CLAIMED).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_take_a_record_at_once_exactly_one_holds_it() -> None:
    clerks = [person("clerk"), person("clerk2")]
    for _ in range(5):
        submission = submission_at("recognised")
        copies = [Submission.objects.get(pk=submission.pk) for _ in clerks]
        outcomes = race(*(partial(claim, copy, by=by) for copy, by in zip(copies, clerks, strict=True)))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ClaimLost", "NoneType"]
        winner = clerks[outcomes.index(None)]
        assert Submission.objects.get(pk=submission.pk).holder == winner
        assert Event.objects.filter(submission=submission, kind=EventKind.CLAIMED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_clerks_who_ask_for_the_next_at_once_get_different_records() -> None:
    clerks = [person(name) for name in ("clerk", "clerk2", "supervisor", "supervisor2")]
    waiting = {submission_at("recognised") for _ in clerks}
    assert set(race(*(partial(claim_next, by=by) for by in clerks))) == waiting


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_who_decide_at_once_leave_one_decision() -> None:
    submission = submission_at("reviewed")
    copies = [Submission.objects.get(pk=submission.pk) for _ in range(2)]
    outcomes = race(
        partial(approve.approve, copies[0], by=person("supervisor"), queue=no_program),
        partial(approve.return_to_clerk, copies[1], by=person("supervisor2"), reason="look again"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IllegalTransition", "NoneType"]
    submission.refresh_from_db()
    assert submission.status == ("approved" if outcomes[0] is None else "returned")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_the_same_value_at_once_none_is_lost_in_silence() -> None:
    submission, clerk = submission_at("recognised"), person("clerk")
    claim(submission, by=clerk)
    outcomes = race(*(partial(change, submission, "mother_name", value, by=clerk) for value in ("王小明", "王大明")))
    kept = submission.fields.get(name="mother_name")
    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names in (["Field", "StaleWrite"], ["Field", "Field"])
    assert kept.corrections.count() == names.count("Field")
    assert kept.corrections.last().new_value == kept.value


def test_a_picture_that_waits_to_be_read_cannot_be_held(clerk: User) -> None:
    assert receive().hold(clerk, minutes=5) is False


def test_a_sign_of_life_takes_nothing_that_was_not_taken(clerk: User, clerk2: User, admin_user: User) -> None:
    free, returned = submission_at("recognised"), submission_at("returned", clerk=clerk)
    for submission in (free, returned):
        for other in (clerk2, admin_user):
            with pytest.raises(ClaimLost):
                renew(submission, by=other)
            with pytest.raises(ClaimLost):
                change(submission, "mother_age", "44", by=other)
        assert Submission.objects.get(pk=submission.pk).claimed_by is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "admin"}])
def test_a_record_returned_to_somebody_who_left_is_offered_to_others(
    change: dict[str, object], clerk: User, clerk2: User
) -> None:
    record = submission_at("returned", clerk=clerk)
    assert claim_next(by=clerk2) is None
    User.objects.filter(pk=clerk.pk).update(**change)
    assert list(Submission.objects.returned_to(clerk2)) == [record]
    assert claim_next(by=clerk2) == record


def test_a_record_returned_to_a_supervisor_who_reviewed_it_stays_theirs(supervisor: User, clerk: User) -> None:
    submission_at("returned", clerk=supervisor)
    assert claim_next(by=clerk) is None
