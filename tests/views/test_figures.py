"""Figures: what the house did and what waits, for those who oversee; for clerks their own day."""

import csv
import io
from datetime import timedelta
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from reviewapp import evidence
from reviewapp.figures import Figure
from reviewapp.models import CallOutcome, CloudCall, Submission, User
from reviewapp.stages import claim, correct
from tests.conftest import LogIn
from tests.factories import change, person, submission_at, true_values, verify_all
from tests.guards import guards_off
from tests.test_budgets_of_lists import statements
from tests.views.pages import text

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def office(db: None) -> None:
    """Three records submitted by two clerks, one of them corrected, one kept against a rule; others wait."""
    clerk, clerk2 = person("clerk"), person("clerk2")
    corrected = submission_at("recognised", values=true_values(1))
    claim.claim(corrected, by=clerk)
    change(corrected, "mother_address", "北京市东城区", by=clerk)
    verify_all(corrected, by=clerk)
    correct.submit(corrected, by=clerk)
    kept = submission_at("recognised", values=true_values(2) | {"birth_weight": "120"})
    claim.claim(kept, by=clerk2)
    verify_all(kept, by=clerk2)
    correct.submit(kept, by=clerk2)
    submission_at("approved", values=true_values(3), clerk=clerk)
    submission_at("returned", values=true_values(4), clerk=clerk)
    submission_at("failed", values=true_values(5))
    waiting = submission_at("recognised", values=true_values(6))
    with guards_off():
        Submission.objects.filter(pk=waiting.pk).update(received_at=timezone.now() - timedelta(days=5))


def figures(response: HttpResponse) -> dict[str, Figure]:
    assert response.status_code == 200
    return {figure.name: figure for figure in response.context["figures"]}


def test_the_figures_say_what_was_done_today(as_supervisor: Client, office: None) -> None:
    shown = figures(as_supervisor.get("/figures/"))
    today = str(TODAY())
    assert shown["days"].rows == [(today, [6, 4, 1, 0])]
    assert shown["people"].columns == ["clerk", "clerk2"]
    assert shown["people"].rows == [(today, [3, 1])]
    assert shown["touched"].rows == [(today, [25.0, 1, 4])]
    assert shown["overrides"].rows == [(today, [1, 1])]
    assert "calls" not in shown


def test_the_backlog_is_told_by_its_age(as_supervisor: Client, office: None) -> None:
    backlog = figures(as_supervisor.get("/figures/"))["backlog"]
    assert [numbers for _age, numbers in backlog.rows] == [[1, 1, 2], [0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("is_summed", [False, True])
def test_corrections_are_told_by_field_and_engine(as_supervisor: Client, office: None, is_summed: bool) -> None:
    if is_summed:
        evidence.sum_when_due()
    shown = figures(as_supervisor.get("/figures/"))
    fields = dict(shown["fields"].rows)
    assert fields["Mother's address"][1:] == [1, 3]
    assert fields["Sex"][:2] == [0, 0]
    assert shown["corrections"].columns == ["answer"]
    assert dict(shown["corrections"].rows)["Mother's address"] == [1]
    assert sum(numbers[0] for _field, numbers in shown["corrections"].rows) == 1


def test_days_before_those_that_are_asked_for_do_not_count(as_supervisor: Client, clerk: User) -> None:
    old = submission_at("approved")
    with guards_off():
        old.events.update(at=timezone.now() - timedelta(days=40))
        Submission.objects.filter(pk=old.pk).update(reviewed_at=timezone.now() - timedelta(days=40))
    assert figures(as_supervisor.get("/figures/")).keys() == {"backlog"}
    shown = figures(as_supervisor.get("/figures/?days=90"))
    assert shown["days"].rows == [(str(TODAY() - timedelta(days=40)), [1, 1, 1, 0])]
    assert shown["fields"].rows


def test_calls_of_the_cloud_are_counted_with_their_cost(as_supervisor: Client) -> None:
    for outcome in (CallOutcome.READ, CallOutcome.REFUSED):
        CloudCall.objects.create(sha256="0" * 64, outcome=outcome)
    response = as_supervisor.get("/figures/")
    assert figures(response)["calls"].rows == [(str(TODAY()), [2, 1])]
    assert "this month that are paid: 1, which cost 0.00" in text(response)


def test_the_same_comes_as_a_file(as_supervisor: Client, office: None) -> None:
    User.objects.filter(username="clerk2").update(last_name="=1+1")
    response = as_supervisor.get("/figures/?format=csv&days=7")
    assert response.headers["content-type"] == "text/csv"
    assert f"figures-{TODAY()}.csv" in response.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Figure", "Of", "What", "Number"]
    assert ["Records by day", str(TODAY()), "Submitted", "4"] in rows
    assert ["Records submitted by person and day", str(TODAY()), "'=1+1", "1"] in rows


def test_a_clerk_sees_their_own_day_alone(as_clerk: Client, as_clerk2: Client, office: None) -> None:
    for browser, submitted, corrected in ((as_clerk, 3, 1), (as_clerk2, 1, 0)):
        shown = figures(browser.get("/figures/?days=90"))
        assert shown.keys() == {"own_day"}
        sums = [sum(column) for column in zip(*(numbers for _hour, numbers in shown["own_day"].rows), strict=True)]
        assert sums[:2] == [submitted, corrected]
        rows = browser.get("/figures/?format=csv").content.decode()
        assert "My day" in rows
        assert "Records by day" not in rows


def test_an_administrator_sees_what_supervisors_see(as_admin: Client, office: None) -> None:
    assert "people" in figures(as_admin.get("/figures/"))


@pytest.mark.parametrize("wanted", ["days=1000", "days=x", "format=xlsx"])
def test_what_makes_no_sense_is_refused_with_the_form(as_supervisor: Client, wanted: str) -> None:
    assert as_supervisor.get(f"/figures/?{wanted}").status_code == 422


def test_nothing_yet_is_told_in_words(log_in: LogIn) -> None:
    for name in ("clerk", "supervisor"):
        assert "There is nothing to count yet." in text(log_in(person(name)).get("/figures/"))


@pytest.mark.parametrize(("who", "most"), [("supervisor", 12), ("clerk", 2)])
def test_the_figures_take_as_few_statements_for_many_records_as_for_few(
    log_in: LogIn, office: None, who: str, most: int
) -> None:
    ask = partial(log_in(person(who)).get, "/figures/")
    few = statements(ask)
    for number in range(5):
        submission_at("reviewed", values=true_values(10 + number))
    assert len(statements(ask)) == len(few) <= most, few
