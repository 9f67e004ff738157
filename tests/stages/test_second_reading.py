"""What one person was unsure of, another one reads, without knowing whose reading is whose."""

from functools import partial

import pytest

from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed, ReviewError, StaleWrite
from reviewapp.models import Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.stages.correct import Decision
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import change, make_batch, mark, no_program, person, submission_at, verify_all
from tests.racing import race

pytestmark = pytest.mark.django_db

NAME = "mother_name"


def unsure_record(clerk: User, **values: str) -> Submission:
    """Give a record of which a clerk was unsure in the mother's name, which they had changed."""
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    for name, value in values.items():
        change(record, name, value, by=clerk)
    mark(record, NAME, "unsure", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    return record


@pytest.fixture
def record(clerk: User) -> Submission:
    return unsure_record(clerk, mother_name="王丽")


def decide(record: Submission, value: str | None, *, by: User, question: str = "", **further: str) -> None:
    version = record.fields.get(name=NAME).version
    decisions = {NAME: Decision(value, version, **further)}
    correct.read_second(record, by=by, decisions=decisions, question=question)


def test_a_record_with_an_unsure_value_goes_to_a_second_reader(record: Submission, clerk: User) -> None:
    assert (record.status, record.reviewed_by, record.claimed_by) == (SubmissionStatus.UNSURE, clerk, None)
    assert record.events.filter(kind=EventKind.SENT_ON, by=clerk).count() == 1
    assert record.batch.status == "open"


def test_next_gives_it_to_another_person_before_new_ones_and_never_to_the_first(
    record: Submission, clerk: User, clerk2: User, supervisor: User
) -> None:
    other = submission_at("recognised")
    assert claim.claim_next(by=clerk) == other
    assert claim.claim_next(by=clerk2) == record
    assert claim.claim_next(by=supervisor) is None
    claim.give_back(record, by=clerk2)
    person("supervisor2")
    assert claim.claim_next(by=supervisor, after=record) is None
    assert claim.claim_next(by=supervisor) == record


def test_nobody_takes_their_own_unsure_value(record: Submission, clerk: User, admin_user: User) -> None:
    with pytest.raises(NotAllowed, match="worked on this record yourself"):
        claim.claim(record, by=clerk)
    with pytest.raises(NotAllowed):
        claim.claim(record, by=admin_user)
    assert not Submission.objects.for_second_reading(clerk).exists()


def test_who_changed_a_value_and_gave_the_record_back_is_no_second_reader(clerk: User, clerk2: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk2)
    change(record, "mother_age", "31", by=clerk2)
    claim.give_back(record, by=clerk2)
    claim.claim(record, by=clerk)
    mark(record, NAME, "unsure", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    assert claim.claim_next(by=clerk2) is None


def test_that_nobody_is_left_to_read_it_is_known(record: Submission, clerk2: User) -> None:
    assert list(Submission.objects.without_second_reader()) == []
    User.objects.filter(pk=clerk2.pk).update(is_active=False)
    User.objects.filter(role="supervisor").update(is_active=False)
    assert list(Submission.objects.without_second_reader()) == [record]


@pytest.mark.parametrize("value", ["王丽", "王莉"])
def test_what_the_second_reader_decides_is_verified_by_them(record: Submission, clerk2: User, value: str) -> None:
    claim.claim(record, by=clerk2)
    decide(record, value, by=clerk2)
    field = record.fields.get(name=NAME)
    assert (field.value, field.mark, field.verified_by) == (value, "", clerk2)
    assert (record.status, record.claimed_by) == (SubmissionStatus.REVIEWED, None)
    kinds = list(record.events.filter(by=clerk2).values_list("kind", flat=True))
    changed = [] if value == "王丽" else [EventKind.CORRECTED]
    assert kinds == [EventKind.CLAIMED, *changed, EventKind.VERIFIED, EventKind.SECOND_READ]
    assert all(event.is_second_reading for event in record.events.filter(by=clerk2, field_name=NAME))
    assert record.batch.status == "submitted"


def test_both_have_worked_on_it(record: Submission, supervisor: User, supervisor2: User) -> None:
    claim.claim(record, by=supervisor)
    decide(record, "王丽", by=supervisor)
    with pytest.raises(NotAllowed, match="Another supervisor"):
        approve.approve(record, by=supervisor, queue=no_program)
    approve.approve(record, by=supervisor2, queue=no_program)


def test_a_returned_record_goes_back_to_the_first_one(record: Submission, clerk: User, clerk2: User) -> None:
    claim.claim(record, by=clerk2)
    decide(record, "王丽", by=clerk2)
    approve.return_to_clerk(record, by=person("supervisor"), reason="Look.", field_names=[NAME])
    assert claim.claim_next(by=clerk2) is None
    assert claim.claim_next(by=clerk) == record


def test_who_is_unsure_too_asks_a_supervisor(record: Submission, clerk2: User) -> None:
    claim.claim(record, by=clerk2)
    with pytest.raises(ReviewError, match="Write what you want to ask"):
        decide(record, None, by=clerk2)
    decide(record, None, by=clerk2, question="莉 or 丽?")
    assert (record.status, record.claimed_by) == (SubmissionStatus.ESCALATED, None)
    asked = record.events.get(kind=EventKind.ESCALATED)
    assert asked.reason_label == "Two people cannot read this for certain: Mother's name. 莉 or 丽?"
    marked = record.events.get(kind=EventKind.MARKED, by=clerk2)
    assert (marked.new, marked.is_second_reading) == ("unsure", True)


def test_what_puts_another_value_in_doubt_goes_to_a_supervisor(clerk: User, clerk2: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    for name in ("birth_time", "issue_date"):
        correct.verify_value(record.fields.get(name=name), by=clerk)
    mark(record, "issue_date", "unsure", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    claim.claim(record, by=clerk2)
    version = record.fields.get(name="issue_date").version
    decision = Decision("1990年01月01日", version, "It stands so.")
    correct.read_second(record, by=clerk2, decisions={"issue_date": decision})
    doubtful = list(record.fields.doubtful().values_list("name", flat=True))
    assert doubtful
    assert record.status == SubmissionStatus.ESCALATED
    asked = record.events.get(kind=EventKind.ESCALATED)
    assert asked.params == {"fields": [], "doubtful": doubtful}
    assert asked.reason_label.startswith("What the second reader read puts this in doubt:")


def test_a_value_against_a_rule_needs_a_reason_and_all_or_nothing_is_kept(record: Submission, clerk2: User) -> None:
    claim.claim(record, by=clerk2)
    before = record.events.count()
    with pytest.raises(ReviewError, match="“Mother's name” breaks a rule as you read it"):
        decide(record, "", by=clerk2)
    assert record.fields.get(name=NAME).value == "王丽"
    assert record.events.count() == before
    decide(record, "", by=clerk2, override_reason="nothing is there")
    kept = record.events.get(kind=EventKind.OVERRIDDEN, by=clerk2)
    assert (kept.reason, kept.is_second_reading) == ("nothing is there", True)
    assert record.status == SubmissionStatus.REVIEWED


def test_every_value_needs_a_decision_on_what_was_shown(record: Submission, clerk2: User) -> None:
    claim.claim(record, by=clerk2)
    with pytest.raises(ReviewError, match="Choose for each value"):
        correct.read_second(record, by=clerk2, decisions={})
    with pytest.raises(StaleWrite):
        correct.read_second(record, by=clerk2, decisions={NAME: Decision("王丽", 1)})


def test_who_does_not_hold_it_or_worked_on_it_decides_nothing(record: Submission, clerk: User, clerk2: User) -> None:
    with pytest.raises(ClaimLost):
        decide(record, "王丽", by=clerk2)
    with pytest.raises(NotAllowed):
        decide(record, "王丽", by=clerk)


def test_a_second_reader_changes_and_submits_nothing_else(record: Submission, clerk2: User) -> None:
    claim.claim(record, by=clerk2)
    with pytest.raises(ClaimLost):
        change(record, "mother_age", "31", by=clerk2)
    with pytest.raises(ClaimLost):
        mark(record, NAME, "", by=clerk2)
    with pytest.raises(IllegalTransition):
        correct.submit(record, by=clerk2)
    claim.renew(record, by=clerk2)


def test_the_order_of_readings_is_by_chance_and_stays(clerk: User) -> None:
    record = unsure_record(clerk, mother_name="王丽")
    field = record.fields.get(name=NAME)
    readers = [User(pk=pk) for pk in range(1, 40)]
    orders = [field.readings_for(reader) for reader in readers]
    assert orders == [field.readings_for(reader) for reader in readers]
    assert {tuple(order) for order in orders} == {(field.read_value, "王丽"), ("王丽", field.read_value)}


def test_two_equal_readings_are_shown_once(clerk: User, clerk2: User) -> None:
    field = unsure_record(clerk).fields.get(name=NAME)
    assert field.readings_for(clerk2) == [field.read_value]


@pytest.mark.django_db(transaction=True)
def test_of_two_second_readers_at_once_one_gets_the_record() -> None:
    record = unsure_record(person("clerk"), mother_name="王丽")
    readers = [person("clerk2"), person("supervisor")]
    copies = [Submission.objects.get(pk=record.pk) for _ in readers]
    claims = (partial(claim.claim, copy, by=by) for copy, by in zip(copies, readers, strict=True))
    outcomes = race(*claims)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ClaimLost", "NoneType"]


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts() -> None:
    record = unsure_record(person("clerk"), mother_name="王丽")
    reader = person("clerk2")
    claim.claim(record, by=reader)
    copies = [Submission.objects.select_related("batch").get(pk=record.pk) for _ in range(2)]
    values = ("王丽", "王莉")
    outcomes = race(*(partial(decide, copy, value, by=reader) for copy, value in zip(copies, values, strict=True)))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert record.fields.get(name=NAME).value == values[outcomes.index(None)]
    assert record.events.filter(kind=EventKind.SECOND_READ).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_first_reader_who_takes_it_again_while_submitting_holds_nothing() -> None:
    clerk = person("clerk")
    record = submission_at("recognised", batch=make_batch())
    claim.claim(record, by=clerk)
    stale = Submission.objects.get(pk=record.pk)
    mark(record, NAME, "unsure", by=clerk)
    correct.submit(record, by=clerk)
    with pytest.raises(ClaimLost):
        claim.claim(stale, by=clerk)
