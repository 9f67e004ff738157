"""A finding that names another record leads to it, for whom that record is open."""

import pytest
from django.test import Client

from reviewapp.models import Submission, User
from reviewapp.stages import claim
from tests.factories import person, submission_at, true_values
from tests.views.pages import text

pytestmark = pytest.mark.django_db

OTHERS_WORK = "clerk2"


def twins(first_status: str = "recognised") -> tuple[Submission, Submission]:
    """Return two records with one number and other content, and what is to be found on the second."""
    first = submission_at(first_status, values=true_values(1), clerk=person(OTHERS_WORK), by=person(OTHERS_WORK))
    number = {"certificate_number": true_values(1)["certificate_number"]}
    return first, submission_at("recognised", values=true_values(2) | number)


def link_to(record: Submission) -> str:
    return f'href="{record.get_absolute_url()}" target="_blank"'


def test_the_review_screen_leads_to_the_record_with_the_same_number(as_clerk: Client, clerk: User) -> None:
    first, second = twins()
    claim.claim(second, by=clerk)
    page = as_clerk.get(f"/records/{second.pk}/review/")
    assert link_to(first) in page.content.decode()
    assert f"Record #{first.pk} has the same number but other content." in text(page)


def test_the_page_of_a_record_leads_to_the_record_with_the_same_number(as_supervisor: Client) -> None:
    first, second = twins("approved")
    assert link_to(first) in as_supervisor.get(second.get_absolute_url()).content.decode()


def test_there_is_no_link_to_a_record_that_this_person_may_not_see(as_clerk: Client, clerk: User) -> None:
    first, second = twins("approved")
    claim.claim(second, by=clerk)
    page = as_clerk.get(f"/records/{second.pk}/review/")
    assert link_to(first) not in page.content.decode()
    assert f"Record #{first.pk} has the same number but other content." in text(page)
    assert as_clerk.get(first.get_absolute_url()).status_code == 403


def test_what_a_value_holds_is_escaped_around_the_link(as_supervisor: Client) -> None:
    first, second = twins()
    flag = second.fields.get(name="certificate_number").flags.get(code="number_reused")
    flag.code, flag.params = "issued_again", flag.params | {"number": "<b>", "record": f"#{first.pk}"}
    flag.save()
    page = as_supervisor.get(second.get_absolute_url()).content.decode()
    assert link_to(first) in page
    assert "&lt;b&gt;" in page


def test_a_name_that_is_no_records_is_no_link(as_supervisor: Client) -> None:
    _first, second = twins()
    flag = second.fields.get(name="certificate_number").flags.get(code="number_reused")
    flag.params = {"record": '"><script>'}
    flag.save()
    page = as_supervisor.get(second.get_absolute_url()).content.decode()
    assert '"><script>' not in page


def test_what_is_for_information_is_said_to_be(as_clerk: Client, clerk: User) -> None:
    submission_at("recognised", values=true_values(1), clerk=person(OTHERS_WORK))
    second = submission_at("recognised", values=true_values(1))
    claim.claim(second, by=clerk)
    page = text(as_clerk.get(f"/records/{second.pk}/review/"))
    assert "For information: Record" in page
