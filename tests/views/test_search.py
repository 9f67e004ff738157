"""The page of search results: masked, with reasons, and noted without what was typed."""

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reviewapp.models import Event, Submission
from reviewapp.states import EventKind
from tests.conftest import LogIn
from tests.factories import make_batch, person, submission_at
from tests.test_search import FAMILY
from tests.views.pages import text

pytestmark = pytest.mark.django_db

STATEMENTS = 14


@pytest.fixture
def record(db: None) -> Submission:
    return submission_at("recognised", values=FAMILY, batch=make_batch("Longyan 2026-11"))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("王小", "Neonatal name has “王小”"),
        ("wxm", "Neonatal name is read “wxm”"),
        ("123x", "Mother's ID number ends in 123X"),
        ("11010119900307123X", "Mother's ID number ends in 123X"),
        ("x3300", "Certificate number begins with X3300"),
        ("X330012345", "Certificate number begins with **2345"),
        ("2345", "Certificate number ends in 2345"),
        ("picture", "The file's name has “picture”"),
    ],
)
def test_each_result_says_why_it_is_one(as_supervisor: Client, record: Submission, asked: str, reason: str) -> None:
    response = as_supervisor.get("/search/", {"q": asked})
    assert response.status_code == 200
    assert reason in html.unescape(text(response))
    assert f'href="{record.get_absolute_url()}"' in response.content.decode()


def test_results_are_masked(as_supervisor: Client, record: Submission) -> None:
    shown = text(as_supervisor.get("/search/", {"q": "0071"}))
    assert not any(value in shown for value in FAMILY.values())
    shown = text(as_supervisor.get("/search/", {"q": "2345"}))
    assert "王**" in shown
    assert "**2345" in shown
    assert "Longyan 2026-11" in shown
    assert not any(value in shown for value in FAMILY.values())


def test_a_search_is_noted_by_its_kind_with_what_it_shows(as_supervisor: Client, record: Submission) -> None:
    as_supervisor.get("/search/", {"q": "11010119900307123X"})
    noted = Event.objects.get(kind=EventKind.SEARCHED)
    assert noted.by == person("supervisor")
    assert noted.params == {"kinds": ["batch", "ending", "number", "word"], "records": [record.pk]}
    assert "11010119900307123X" not in str(list(Event.objects.filter(kind=EventKind.SEARCHED).values()))


def test_the_history_tells_what_was_searched_for(as_supervisor: Client, record: Submission) -> None:
    as_supervisor.get("/search/", {"q": "王小"})
    shown = text(as_supervisor.get("/history/", {"kind": "searched"}))
    assert f"Batch, Name, File name · #{record.pk}" in shown
    assert "王小" not in shown


@pytest.mark.parametrize("asked", ["", "王", "nobody", "%", "'; DROP TABLE x; --", "<script>alert(1)</script>", "😀"])
def test_where_nothing_is_found_the_page_says_what_can_be_looked_for(
    as_clerk: Client, record: Submission, asked: str
) -> None:
    response = as_clerk.get("/search/", {"q": asked})
    assert response.status_code == 200
    assert "You can look for:" in text(response)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("asked", ["x" * 500, "王" * 101])
def test_what_no_box_takes_is_refused_with_a_sentence(as_clerk: Client, record: Submission, asked: str) -> None:
    response = as_clerk.get("/search/", {"q": asked})
    assert response.status_code == 422
    assert "You can look for:" in text(response)
    assert "notice--error" in response.content.decode()


def test_the_box_is_on_every_page_but_auditors(as_clerk: Client, log_in: LogIn) -> None:
    for address in ("/", "/batches/", "/upload/"):
        assert 'id="search-box"' in as_clerk.get(address).content.decode()
    assert 'id="search-box"' not in log_in(person("auditor")).get("/").content.decode()


def test_the_page_speaks_chinese(log_in: LogIn, record: Submission) -> None:
    browser = log_in(person("clerk"))
    chinese = {"accept-language": "zh-CN"}
    assert "新生儿姓名含“王小”" in text(browser.get("/search/", {"q": "王小"}, headers=chinese))
    assert "可以查找" in text(browser.get("/search/", {"q": "王"}, headers=chinese))


def test_ten_results_and_sixty_cost_the_same_number_of_statements(as_supervisor: Client, record: Submission) -> None:
    as_supervisor.get("/search/", {"q": "nobody"})
    counts = []
    for number in range(2):
        for _ in range(5 + 50 * number):
            submission_at("recognised", values={"neonatal_name": "王小龙"}, is_rendered=False)
        with CaptureQueriesContext(connection) as queries:
            response = as_supervisor.get("/search/", {"q": "王小"})
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
    assert "More than 50 records" in text(response)
    assert counts[0] == counts[1] <= STATEMENTS, counts
