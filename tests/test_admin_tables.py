"""Django's admin is for support: its tables begin with the newest row and lead to the product's pages."""

import re

import pytest
from django.test import Client

from tests.exports import exported
from tests.factories import submission_at

pytestmark = pytest.mark.django_db

LINKED = {"submission": "/records/{pk}/", "event": "/records/{pk}/", "recognitionresult": "/records/{pk}/"}


@pytest.mark.parametrize("table", LINKED)
def test_a_table_begins_with_the_newest_row_and_leads_to_the_product(as_admin: Client, table: str) -> None:
    older, newer = submission_at("recognised"), submission_at("recognised")
    page = as_admin.get(f"/admin/reviewapp/{table}/").content.decode()
    links = [LINKED[table].format(pk=record.pk) for record in (newer, older)]
    places = [page.index(f'href="{link}"') for link in links]
    assert places == sorted(places)


def test_batches_lead_to_their_pages_newest_first(as_admin: Client) -> None:
    older, newer = submission_at("received").batch, submission_at("received").batch
    page = as_admin.get("/admin/reviewapp/batch/").content.decode()
    assert re.findall(r'href="(/batches/\d+/)"', page) == [newer.get_absolute_url(), older.get_absolute_url()]


def test_exports_lead_to_the_page_of_exports(as_admin: Client) -> None:
    submission_at("approved")
    exported()
    assert 'href="/exports/"' in as_admin.get("/admin/reviewapp/export/").content.decode()
