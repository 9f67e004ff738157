"""What the databases read to answer the questions of the hot paths: what they show, and no table from end to end."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from reviewapp.models import Batch, Submission, User
from reviewapp.models.submission import NEXT_AMONG
from reviewapp.states import BatchStatus
from tests.many import analyse, fill, finished, plan_of

pytestmark = pytest.mark.django_db

RECORDS = "reviewapp_submission"
# PostgreSQL reads a smaller table from end to end for ten of its rows, and is right.
CROWD = 10_000
FULL_SCANS = {"postgresql": rf"Seq Scan on {RECORDS}\b.*", "sqlite": r"SCAN \w+$|SCAN \w+ USING INTEGER.*"}
# A walk in the order of an index, which ends with the first few rows.
READ = re.compile(rf"Scan (?:using \w+ )?on {RECORDS}\b.*?actual [^)]*?rows=([\d.]+) loops=(\d+)")
# Few people, few skips and, in these tests, few events: they are read from end to end.
SMALL = r"U0|V1|V2"


@pytest.fixture
def office(clerk: User, clerk2: User) -> None:
    """Ten thousand records that wait, and some of every other kind."""
    later = timezone.now() + timedelta(hours=1)
    fill("recognised", CROWD, batches=50)
    fill("reviewed", 300, batches=2, **finished(clerk2))
    fill("returned", 30, **finished(clerk2))
    fill("recognised", 5, claimed_by=clerk2, claimed_until=later)
    fill("recognised", 5, postponed_until=later)
    analyse()


def full_scans(plan: str) -> list[str]:
    found = [line.strip() for line in plan.splitlines() if re.search(FULL_SCANS[connection.vendor], line)]
    return [line for line in found if not re.search(rf"SCAN ({SMALL})$", line)]


def rows_read(plan: str) -> float:
    return sum(float(rows) * int(loops) for rows, loops in READ.findall(plan))


def test_the_next_record_is_found_by_indexes(office: None, clerk: User) -> None:
    waiting = Submission.objects.next_for(clerk)
    plan = plan_of(waiting)
    assert not full_scans(plan), plan
    for index in ("submission_waiting", "submission_returned", "submission_in_hand"):
        assert index in plan, plan
    assert len(waiting) == NEXT_AMONG


@pytest.mark.postgres
def test_the_next_record_is_found_by_reading_ten_rows(office: None, clerk: User) -> None:
    """Beside those in hands and postponed, of which there are as many as people, and not as records."""
    in_hand = 10
    plan = plan_of(Submission.objects.next_for(clerk)[:1])
    assert rows_read(plan) <= 10 + in_hand, plan


def test_the_status_of_a_batch_follows_without_counting_its_records(office: None) -> None:
    batch = Batch.objects.filter(submissions__status="recognised").first()
    assert batch is not None
    plan = plan_of(Batch.objects.filter(pk=batch.pk).annotate(**batch.first_statuses()))
    assert plan.count("submission_of_batch") == 9, plan
    assert not full_scans(plan), plan
    if connection.vendor == "postgresql":
        assert rows_read(plan) <= 9, plan
    assert batch.status_that_follows() == BatchStatus.OPEN
