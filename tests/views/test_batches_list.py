"""The list of batches: what it says of each, in which order, and which ones."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from reviewapp.models import Batch
from reviewapp.stages import ingest
from tests.factories import make_batch, person, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def batches(db: None) -> dict[str, Batch]:
    """Batches that differ in what a filter or an order goes by, the oldest first."""
    supervisor, today = person("supervisor"), timezone.localdate()
    named = {name: make_batch(name, by=person("clerk2")) for name in ("approved", "late", "soon", "open")}
    named["mine"] = make_batch("mine", by=person("clerk"))
    submission_at("approved", batch=named["approved"])
    submission_at("reviewed", batch=named["late"])
    submission_at("recognised", batch=named["late"])
    submission_at("reviewed", batch=named["soon"])
    submission_at("returned", batch=named["open"])
    days = {"approved": -3, "late": -1, "soon": 2}
    for name, days_from_now in days.items():
        ingest.change_batch(named[name], by=supervisor, due_on=today + timedelta(days=days_from_now))
    return named


def names(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    return [row.batch.name for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["mine", "open", "soon", "late", "approved"]),
        ({"sort": "due"}, ["late", "soon", "open", "mine", "approved"]),
        ({"sort": "oldest"}, ["late", "soon", "open", "mine", "approved"]),
        ({"show": "overdue"}, ["late"]),
        ({"show": "mine"}, ["mine"]),
        ({"show": "waiting"}, ["soon", "late"]),
        ({"show": "open"}, ["mine", "late"]),
        ({"show": "submitted"}, ["soon"]),
        ({"show": "returned"}, ["open"]),
        ({"show": "approved", "sort": "due"}, ["approved"]),
    ],
)
def test_batches_are_filtered_and_sorted_by_the_address(
    as_clerk: Client, batches: dict[str, Batch], wanted: dict[str, str], expected: list[str]
) -> None:
    assert names(as_clerk.get("/batches/", wanted)) == expected


def test_a_row_says_when_by_whom_and_how_far(as_clerk: Client, batches: dict[str, Batch]) -> None:
    for status in ("approved", "rejected", "failed"):
        submission_at(status, batch=batches["late"])
    response = as_clerk.get("/batches/?show=overdue")
    (row,) = response.context["rows"]
    assert (row.count_all, row.finished, row.percent, row.to_do, row.reviewed) == (5, 2, 40, 2, 1)
    words = text(response)
    for said in ("40 % (2 of 5)", "clerk2", "Overdue", "One was not read.", str(timezone.localdate())):
        assert said in words, said


def test_a_batch_without_records_is_not_finished(as_clerk: Client) -> None:
    make_batch()
    (row,) = as_clerk.get("/batches/").context["rows"]
    assert (row.percent, row.finished) == (0, 0)


def test_pages_keep_the_filter_and_the_order(as_clerk: Client) -> None:
    for number in range(26):
        make_batch(f"Batch number {number:02}")
    page = as_clerk.get("/batches/?show=mine&sort=oldest").content.decode()
    assert 'href="?show=mine&amp;sort=oldest&amp;page=2"' in page
    assert names(as_clerk.get("/batches/?show=mine&sort=oldest&page=2")) == ["Batch number 25"]


def test_what_makes_no_sense_is_refused_with_the_form(as_clerk: Client) -> None:
    for wanted in ("show=x", "sort=%27"):
        assert as_clerk.get(f"/batches/?{wanted}").status_code == 422
    assert "No batch is like this." in text(as_clerk.get("/batches/?show=overdue"))
