"""A record is finished in one way: a second intent is refused, the same one sent twice goes on."""

import pytest
from django.test import Client

from reviewapp.models import Submission, User
from reviewapp.stages import claim
from tests.factories import submission_at, verify_all

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    return record


def test_a_record_submitted_in_one_tab_is_not_rejected_in_another(as_clerk: Client, held: Submission) -> None:
    submission_at("recognised")
    verify_all(held, by=held.claimed_by)
    as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    response = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "duplicate"}, headers=HTMX)
    assert response.status_code == 409
    assert "HX-Redirect" not in response.headers
    held.refresh_from_db()
    assert held.status == "reviewed"


def test_a_record_rejected_in_one_tab_is_not_submitted_in_another(as_clerk: Client, held: Submission) -> None:
    submission_at("recognised")
    as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "duplicate"}, headers=HTMX)
    assert as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX).status_code == 409
    other_reason = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "unreadable"}, headers=HTMX)
    assert other_reason.status_code == 409
    held.refresh_from_db()
    assert (held.status, held.reject_reason) == ("rejected", "duplicate")


def test_finishing_the_same_way_again_after_a_lost_answer_goes_on(as_clerk: Client, held: Submission) -> None:
    following = submission_at("recognised")
    for _ in range(2):
        response = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "duplicate"}, headers=HTMX)
        assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
