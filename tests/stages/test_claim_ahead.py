"""The record after the one at hand is claimed before its turn, for a short while."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from reviewapp.exceptions import NotAllowed
from reviewapp.models import Submission, User
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind, ValueMark
from tests.factories import person, submission_at, true_values, verify_all
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised", values=true_values(1))
    claim.claim(record, by=clerk)
    return record


@pytest.fixture
def following(held: Submission) -> Submission:
    return submission_at("recognised", values=true_values(2))


def ahead_of(held: Submission, clerk: User) -> Submission:
    ahead = claim.claim_ahead(by=clerk, beside=held)
    assert ahead is not None
    return ahead


def minutes_left(record: Submission) -> float:
    record.refresh_from_db()
    assert record.claimed_until is not None
    return (record.claimed_until - timezone.now()) / timedelta(minutes=1)


def test_the_next_in_turn_is_claimed_for_five_minutes_with_its_event(
    clerk: User, clerk2: User, held: Submission, following: Submission
) -> None:
    assert ahead_of(held, clerk) == following
    assert 4 < minutes_left(following) <= 5
    assert following.events.get(kind=EventKind.CLAIMED).by == clerk
    assert claim.claim_next(by=clerk2) is None, "nobody else is offered it"


def test_nobody_holds_more_than_one_ahead(clerk: User, held: Submission, following: Submission) -> None:
    submission_at("recognised", values=true_values(3))
    assert ahead_of(held, clerk) == following
    assert claim.claim_ahead(by=clerk, beside=held) is None
    assert Submission.objects.held_by(clerk).count() == 2


def test_what_is_taken_back_meanwhile_is_worked_on_and_never_ahead(
    clerk: User, held: Submission, following: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_all(held, by=clerk)
    correct.submit(held, by=clerk)
    claim.claim(following, by=clerk)
    look_for_next = claim._next_among

    def take_back_first(*args: Any, **kwargs: Any) -> Submission | None:
        correct.undo(held, by=clerk)
        return look_for_next(*args, **kwargs)

    monkeypatch.setattr(claim, "_next_among", take_back_first)
    assert claim.claim_ahead(by=clerk, beside=following) is None
    claim.let_go(by=clerk, pk=held.pk)
    assert Submission.objects.get(pk=held.pk).is_held_by(clerk)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_claim_one_ahead(clerk: User, held: Submission, following: Submission) -> None:
    submission_at("recognised", values=true_values(3))
    ahead = partial(claim.claim_ahead, by=clerk, beside=held)
    race(ahead, ahead)
    assert Submission.objects.held_by(clerk).count() == 2


def test_nothing_is_claimed_ahead_beside_a_record_that_is_not_held(
    clerk: User, clerk2: User, held: Submission, following: Submission
) -> None:
    assert claim.claim_ahead(by=clerk2, beside=held) is None
    claim.give_back(held, by=clerk)
    assert claim.claim_ahead(by=clerk, beside=held) is None


def test_who_does_not_review_claims_nothing_ahead(held: Submission, following: Submission) -> None:
    with pytest.raises(NotAllowed):
        claim.claim_ahead(by=person("admin"), beside=held)


def test_a_second_reading_is_not_shown_before_its_turn_and_comes_first(
    clerk: User, clerk2: User, held: Submission, following: Submission
) -> None:
    claim.claim(following, by=clerk2)
    doubted = following.fields.get(name="sex")
    correct.mark_value(doubted, mark=ValueMark.UNSURE, version=doubted.version, by=clerk2)
    verify_all(following, by=clerk2)
    correct.submit(following, by=clerk2)
    submission_at("recognised", values=true_values(3))
    assert claim.claim_ahead(by=clerk, beside=held) is None
    assert claim.claim_next(by=clerk, after=held) == following


def test_what_was_claimed_ahead_is_taken_on_before_what_came_meanwhile(
    clerk: User, held: Submission, following: Submission
) -> None:
    ahead = ahead_of(held, clerk)
    taken = claim.take_ahead(ahead.pk, by=clerk)
    assert taken == following
    assert minutes_left(following) > 5
    assert following.events.filter(kind=EventKind.CLAIMED).count() == 1


def test_what_a_supervisor_took_over_is_not_taken_on(
    clerk: User, supervisor: User, held: Submission, following: Submission
) -> None:
    ahead = ahead_of(held, clerk)
    claim.take_over(following, by=supervisor)
    assert claim.take_ahead(ahead.pk, by=clerk) is None
    following.refresh_from_db()
    assert following.holder == supervisor


def test_it_is_kept_while_the_page_is_there(clerk: User, held: Submission, following: Submission) -> None:
    ahead_of(held, clerk)
    soon = timezone.now() + timedelta(minutes=1)
    Submission.objects.filter(pk=following.pk).update(claimed_until=soon)
    claim.renew_ahead(following.pk, by=clerk)
    assert minutes_left(following) > 4


def test_what_is_unused_is_given_back_with_its_event(clerk: User, held: Submission, following: Submission) -> None:
    ahead_of(held, clerk)
    claim.let_go(by=clerk, pk=following.pk)
    following.refresh_from_db()
    assert following.claimed_by is None
    assert following.events.get(kind=EventKind.GIVEN_BACK).by == clerk


def test_what_is_worked_on_is_not_let_go(clerk: User, held: Submission, following: Submission) -> None:
    ahead = ahead_of(held, clerk)
    claim.take_ahead(ahead.pk, by=clerk)
    claim.let_go(by=clerk)
    for record in (held, following):
        record.refresh_from_db()
        assert record.is_held_by(clerk)
