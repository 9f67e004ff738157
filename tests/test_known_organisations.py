"""Which organisations are known is kept with each approval, and says what a count of all approved records says."""

from collections import Counter
from importlib import import_module

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviewapp import organisations
from reviewapp.models import Field, Organisation, User
from reviewapp.stages.flag import Common
from reviewapp.states import SubmissionStatus
from tests.amendments import amended
from tests.factories import submission_at

pytestmark = pytest.mark.django_db
HOSPITAL, AUTHORITY = "medical_institutions", "issue_authority"
NAMES = ("广州市妇女儿童医疗中心", "深圳市妇幼保健院", "广州市妇女儿童医疗中心", "")


def counted() -> Counter[str]:
    """Count what approved records name."""
    approved = Field.objects.filter(
        submission__status=SubmissionStatus.APPROVED, name__in=organisations.ORGANISATION_FIELDS
    )
    return Counter(approved.exclude(value="").values_list("value", flat=True))


def known() -> Counter[str]:
    return Counter(dict(Organisation.objects.filter(times__gt=0).values_list("name", "times")))


def test_each_approval_counts_the_organisations_of_its_record(clerk: User, supervisor: User) -> None:
    for name in NAMES:
        submission_at("approved", values={HOSPITAL: name, AUTHORITY: name})
    submission_at("reviewed", values={HOSPITAL: "东莞市妇幼保健院"})

    assert known() == counted()
    assert known()[NAMES[0]] == 4


def test_an_amendment_takes_the_old_name_away_and_counts_the_new_one(clerk: User, supervisor: User) -> None:
    record = submission_at("approved", values={HOSPITAL: NAMES[0]})
    submission_at("approved", values={HOSPITAL: NAMES[0]})

    amended(record, changes={HOSPITAL: NAMES[1]})

    assert known() == counted()
    assert (known()[NAMES[0]], known()[NAMES[1]]) == (1, 1)


def test_any_number_of_approved_records_is_counted_in_one_statement(clerk: User, supervisor: User) -> None:
    pks = [submission_at("reviewed", values={HOSPITAL: name}).pk for name in NAMES]
    with CaptureQueriesContext(connection) as captured:
        organisations.note_approved(pks)
    assert len(captured) == 1
    assert known()[NAMES[0]] == 2


def test_the_migration_counts_what_was_approved_before(clerk: User, supervisor: User) -> None:
    for name in NAMES:
        submission_at("approved", values={HOSPITAL: name})
    Organisation.objects.all().delete()

    with connection.cursor() as cursor:
        cursor.execute(import_module("reviewapp.migrations.0020_known_sums").KNOWN)

    assert known() == counted()


def test_records_are_judged_by_the_names_that_stand_on_approved_ones(clerk: User, supervisor: User) -> None:
    for name in NAMES:
        submission_at("approved", values={HOSPITAL: name, AUTHORITY: name})
    submission_at("reviewed", values={HOSPITAL: "东莞市妇幼保健院"})

    cache.clear()
    assert Common.now().organisations == frozenset(counted())
    assert Organisation.objects.most_frequent(1) == [NAMES[0]]
