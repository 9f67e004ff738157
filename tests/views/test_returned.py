"""What the header of each page asks: how many records are returned to a person."""

from functools import partial

import pytest
from django.test import Client

from tests.factories import submission_at
from tests.test_budgets_of_lists import statements
from tests.views.pages import text

pytestmark = pytest.mark.django_db


def test_the_header_is_told_how_many_records_are_returned(as_clerk: Client, as_clerk2: Client) -> None:
    assert not text(as_clerk.get("/returned/")).strip()
    submission_at("returned")
    response = as_clerk.get("/returned/")
    assert "One returned" in text(response)
    assert 'href="/records/?queue=returned"' in response.content.decode()
    assert not text(as_clerk2.get("/returned/")).strip()
    assert len(statements(partial(as_clerk.get, "/returned/"))) == 1
