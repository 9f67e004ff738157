"""The day by which a batch is due, counted in working days."""

from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from reviewapp.models import Batch, User
from tests.factories import make_batch
from tests.views.pages import text

pytestmark = pytest.mark.django_db


def received_at(year: int, month: int, day: int) -> Batch:
    batch = make_batch()
    # Late in the evening in China it is another day elsewhere.
    Batch.objects.filter(pk=batch.pk).update(created_at=datetime(year, month, day, 15, 30, tzinfo=UTC))
    return batch


def plan(browser: Client, batch: Batch, **values: str) -> HttpResponse:
    form = {"priority": "0", "due_on": "", "announced": "", "initial-priority": "0", "initial-due_on": ""}
    return browser.post(reverse("batch_change", args=[batch.pk]), form | values, follow=True)


def test_working_days_fill_in_the_day_over_the_holidays(as_supervisor: Client, supervisor: User) -> None:
    batch = received_at(2026, 2, 13)
    response = plan(as_supervisor, batch, working_days="2")
    batch.refresh_from_db()
    assert str(batch.due_on) == "2026-02-24"
    assert "Monday to Friday were counted" not in text(response)
    assert batch.events.latest("pk").params["new"] == {"due_on": "2026-02-24"}


def test_a_year_without_a_notice_is_said(as_supervisor: Client) -> None:
    batch = received_at(2098, 12, 30)
    response = plan(as_supervisor, batch, working_days="3")
    batch.refresh_from_db()
    assert str(batch.due_on) == "2099-01-02"
    assert "No notice of public holidays is known for 2098, 2099" in text(response)


@pytest.mark.parametrize("days", ["0", "-1", "251", "x", "1.5"])
def test_a_number_of_days_that_makes_no_sense_is_refused(as_supervisor: Client, days: str) -> None:
    batch = make_batch()
    assert plan(as_supervisor, batch, working_days=days).status_code == 422
    batch.refresh_from_db()
    assert batch.due_on is None


def test_a_day_and_a_number_of_days_are_not_both_taken(as_supervisor: Client) -> None:
    batch = make_batch()
    response = plan(as_supervisor, batch, working_days="3", due_on="2030-01-01")
    assert response.status_code == 422
    assert "not both" in text(response)


def test_a_batch_that_has_a_day_gets_another_one_by_working_days(as_supervisor: Client) -> None:
    batch = received_at(2026, 11, 30)
    plan(as_supervisor, batch, due_on="2026-12-24")
    plan(as_supervisor, batch, due_on="2026-12-24", working_days="1", **{"initial-due_on": "2026-12-24"})
    batch.refresh_from_db()
    assert str(batch.due_on) == "2026-12-01"
