"""The numbers of the first page: each leads to a list that holds so many."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from reviewapp.models import User
from reviewapp.stages import claim
from reviewapp.states import SubmissionStatus
from tests.factories import make_batch, person, submission_at, true_values

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
TILE = re.compile(
    r'<div class="figures__item[^"]*">\s*<dt>\s*(?:<a class="figures__link" href="(?P<address>[^"]+)">)?'
    r"(?P<label>[^<]+?)(?:</a>)?\s*</dt>\s*<dd>\s*(?P<count>\d+)\s*</dd>"
)
HEADING = re.compile(
    r'<h2[^>]*>\s*<a href="(?P<address>[^"]+)">(?P<label>[^<]+)</a>\s*<span[^>]*>(?P<count>\d+)</span>'
)


@pytest.fixture
def office(db: None) -> None:
    """Records in every state, several of some, and other people's among them."""
    clerk, clerk2, supervisor = person("clerk"), person("clerk2"), person("supervisor")
    for number, status in enumerate(SubmissionStatus):
        submission_at(status, values=true_values(number))
    submission_at("recognised", values=true_values(20))
    submission_at("returned", values=true_values(21), clerk=clerk2)
    submission_at("approved", values=true_values(22), clerk=clerk2)
    submission_at("reviewed", values=true_values(23), clerk=clerk2)
    submission_at("reviewed", values=true_values(24), clerk=clerk)
    submission_at("unsure", values=true_values(25), clerk=clerk2)
    claim.claim(submission_at("recognised", values=true_values(26)), by=clerk)
    claim.claim(submission_at("recognised", values=true_values(27)), by=supervisor)
    skipped = submission_at("recognised", values=true_values(28))
    claim.claim(skipped, by=clerk)
    claim.skip(skipped, by=clerk, reason="Another ward.")


def numbers(response: HttpResponse) -> dict[str, tuple[str, int]]:
    """Return the address and the number of each tile and heading, by its label."""
    page = response.content.decode()
    found = [*TILE.finditer(page), *HEADING.finditer(page)]
    return {part["label"].strip(): (html.unescape(part["address"] or ""), int(part["count"])) for part in found}


def shown(browser: Client, address: str) -> int:
    response = browser.get(address)
    assert response.status_code == 200, address
    rows = len(response.context["rows"])
    if address.startswith("/records/"):
        assert response.context["count"] == rows, address
    return rows


TILES = {
    "clerk": {"To review", "Returned to me", "Begun by me", "Finished by me today", "Being read", "Not read"},
    "supervisor": {"Batches to approve", "Questions to supervisors", "For a second reader", "To review", "Not read"},
    "admin": {"Approved", "Never exported", "Questions to supervisors", "Being read", "Not read"},
}


@pytest.mark.parametrize("who", TILES)
def test_each_number_of_the_first_page_is_that_of_the_list_behind_it(client: Client, office: None, who: str) -> None:
    client.force_login(person(who))
    found = numbers(client.get("/", headers=ENGLISH))
    linked = {label: (address, count) for label, (address, count) in found.items() if address}
    assert linked.keys() >= TILES[who]
    for label, (address, count) in linked.items():
        assert shown(client, address) == count, label
    assert sum(count for _address, count in linked.values()) > 5


def test_what_a_clerk_finished_skipped_and_holds_is_listed_behind_its_number(client: Client, office: None) -> None:
    client.force_login(person("clerk"))
    found = numbers(client.get("/", headers=ENGLISH))
    assert found["Skipped by me"] == ("/records/?queue=skipped", 1)
    assert found["Begun by me"] == ("/records/?queue=begun", 1)
    assert found["Finished by me today"] == ("/records/?queue=finished&sort=reviewed", 7)


def test_a_second_reading_in_hand_is_in_no_list_of_a_clerk(client: Client, clerk2: User) -> None:
    unsure = submission_at("unsure", clerk=person("clerk"))
    claim.claim(unsure, by=clerk2)
    client.force_login(clerk2)
    found = numbers(client.get("/", headers=ENGLISH))
    assert found["For a second reader"] == ("", 1)
    assert found["Begun by me"][1] == shown(client, "/records/?queue=begun") == 0
    assert client.get("/records/?queue=second").status_code == 422


@pytest.mark.parametrize(("who", "queue"), [("clerk", "never_exported"), ("admin", "to_review"), ("supervisor", "x")])
def test_a_queue_of_another_role_is_refused(client: Client, who: str, queue: str) -> None:
    client.force_login(person(who))
    assert client.get("/records/", {"queue": queue}).status_code == 422


def test_a_queue_is_filtered_further(client: Client, supervisor: User) -> None:
    batch = make_batch("Longyan")
    wanted = submission_at("recognised", batch=batch)
    submission_at("recognised")
    client.force_login(supervisor)
    response = client.get("/records/", {"queue": "to_review", "batch": "longyan", "sort": "priority"})
    assert [record for record, _child in response.context["rows"]] == [wanted]
    response = client.get("/records/", {"queue": "to_review", "engine": "local"})
    assert not response.context["rows"]
