"""What clerks' own work says about a recogniser's probabilities."""

import pytest

from reviewapp.models import Field, Submission, User
from reviewapp.rules.evidence import Tally, buckets, marks, what_if, wilson
from reviewapp.stages import claim
from reviewapp.stages.correct import submit
from tests.factories import change, submission_at, verify_all


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # The first two are of R's prop.test(correct = FALSE).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0, 1)],
)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=0.0001)


def test_values_are_grouped_by_probability() -> None:
    groups = buckets([Tally(100, 10, 10), Tally(92, 4, 3), Tally(90, 6, 6), Tally(0, 1, 0)])
    assert [(bucket.label, bucket.right.count, bucket.right.total) for bucket in groups] == [
        ("0–49", 0, 1),
        ("90–92", 9, 10),
        ("100", 10, 10),
    ]


def test_every_probability_has_a_group() -> None:
    assert sum(bucket.right.total for bucket in buckets(Tally(prob, 1, 1) for prob in range(101))) == 101


def test_a_threshold_costs_looks_and_lets_errors_pass() -> None:
    chosen = what_if([Tally(91, 80, 40), Tally(92, 400, 398), Tally(99, 600, 599)], threshold=92, days=2)
    assert (chosen.looks, chosen.errors.count, chosen.errors.total) == (40, 3, 1000)
    assert chosen.errors.percent == pytest.approx(0.3)
    assert (chosen.errors.low, chosen.errors.high) == pytest.approx((0.1, 0.9), abs=0.05)


def test_where_nothing_passes_there_is_no_share_of_errors() -> None:
    assert what_if([Tally(91, 80, 40)], threshold=100, days=0).errors.percent is None


def test_a_group_is_drawn_between_the_ends_of_its_interval() -> None:
    (mark,) = marks(buckets([Tally(95, 100, 50)]), left=0, width=100, height=100)
    assert (mark.x, mark.y) == (50, 50)
    assert mark.top < mark.y < mark.bottom


@pytest.mark.django_db
def test_what_clerks_left_as_it_was_counts_as_right(clerk: User) -> None:
    submission_at("approved", probs={"sex": 95})
    corrected = submission_at("recognised", probs={"sex": 95}, values={"sex": "男"})
    claim.claim(corrected, by=clerk)
    change(corrected, "sex", "女", by=clerk)
    verify_all(corrected, by=clerk)
    submit(corrected, by=clerk)
    submission_at("recognised", probs={"sex": 95})
    assert Field.objects.tallies()["sex"] == [Tally(95, 2, 1)]
    assert Submission.objects.days_of_review() == 1


@pytest.mark.django_db
def test_values_that_were_not_read_are_no_evidence() -> None:
    submission_at("reviewed", values={"birth_weight": ""})
    assert "birth_weight" not in Field.objects.tallies()
