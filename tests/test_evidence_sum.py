"""The sum of evidence by days says what a count of all finished records says, whatever happened to them."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviewapp import evidence
from reviewapp.models import EvidenceDay, EvidenceSum, Field, Submission, User
from reviewapp.rules.evidence import Tally
from reviewapp.stages import approve
from reviewapp.states import SubmissionStatus
from tests.amendments import amended
from tests.factories import submission_at

pytestmark = pytest.mark.django_db
DAYS = 5


@pytest.fixture
def records(clerk: User, supervisor: User) -> list[Submission]:
    """Records that were finished on several days, most of them approved."""
    chance = random.Random(20)
    made = []
    for number in range(8):
        record = submission_at(chance.choice(["approved", "reviewed"]), probs={"sex": 90 + number % 3})
        finished_at = timezone.now() - timedelta(days=number % DAYS)
        Submission.objects.filter(pk=record.pk).update(reviewed_at=finished_at)
        record.refresh_from_db()
        made.append(record)
    return made


def full() -> tuple[dict[str, list[Tally]], int]:
    """Count all finished records, as the sum must say."""
    tallies = {name: sorted(rows) for name, rows in Field.objects.tallies().items()}
    return tallies, Submission.objects.days_of_review()


def summed() -> tuple[dict[str, list[Tally]], int]:
    present = evidence.evidence()
    return present.tallies, present.days


def sum_all() -> None:
    while evidence.sum_next_day():
        pass


def test_before_anything_is_summed_all_is_counted(records: list[Submission]) -> None:
    assert summed() == full()


def test_after_each_day_is_summed_the_same_is_told(records: list[Submission]) -> None:
    while evidence.sum_next_day():
        assert summed() == full()
    assert EvidenceSum.objects.get().days == DAYS - 1
    assert summed()[1] == DAYS


def test_whatever_becomes_of_finished_records_the_same_is_told(records: list[Submission], supervisor: User) -> None:
    sum_all()
    chance = random.Random(7)
    for record in chance.sample(records, len(records)):
        if record.status == SubmissionStatus.APPROVED:
            amended(record, changes={"sex": "女" if record.fields.get(name="sex").value == "男" else "男"})
        else:
            approve.return_to_clerk(record, by=supervisor, reason="again")
        assert summed() == full()
        if chance.random() < 0.5:
            evidence.sum_when_due()
            assert summed() == full()
    sum_all()
    assert not EvidenceDay.objects.outdated().filter(day__lt=timezone.localdate()).exists()
    assert summed() == full()


def test_a_record_that_is_finished_today_outdates_no_day(clerk: User, supervisor: User) -> None:
    submission_at("approved")
    assert not EvidenceDay.objects.exists()


def test_today_is_never_summed(clerk: User, supervisor: User) -> None:
    submission_at("approved")
    assert not evidence.sum_next_day()
    assert summed() == full()


def test_what_is_summed_is_not_read_again(records: list[Submission]) -> None:
    sum_all()
    with CaptureQueriesContext(connection) as captured:
        evidence.evidence()
    assert len(captured) == 4
    assert all('"reviewed_at" >=' in query["sql"] for query in captured.captured_queries[2:])
