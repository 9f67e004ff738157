"""What a browser may keep of an answer: of a record nothing that outlives the session."""

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.models import Submission, User
from tests.access_records import make_record
from tests.factories import submission_at
from tests.test_access import ACTORS, TABLE, Row, world_of

pytestmark = pytest.mark.django_db

# What these answer with is asked for again each time, or says nothing of anybody.
KEPT = {"picture": "private, no-cache", "characters": "private, max-age=3600"}
WITH_CONTENT = (200, 403, 404, 405, 409, 422)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_no_answer_is_stored_unless_it_may_be(row: Row) -> None:
    record = make_record(row.name, at=row.at)
    for actor in ACTORS:
        with world_of(record, row, actor) as world:
            answer = world.answer(row)
        if answer.status_code == 200 and row.name in KEPT:
            assert answer.headers["Cache-Control"] == KEPT[row.name]
        elif answer.status_code in WITH_CONTENT:
            assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_of_the_admin_is_not_stored(as_admin: Client) -> None:
    for name in ("admin:index", "admin:reviewapp_event_changelist", "admin:jsi18n"):
        assert "no-store" in as_admin.get(reverse(name)).headers["Cache-Control"]


def test_a_page_that_says_no_is_not_stored(as_clerk: Client) -> None:
    for address in ("/nowhere/", "/exports/", "/review/next/"):
        assert "no-store" in as_clerk.get(address).headers["Cache-Control"]


def picture_of(record: Submission) -> str:
    return reverse("picture", args=[record.pk, "screen"])


def test_a_picture_that_the_browser_has_is_not_sent_again(as_clerk: Client) -> None:
    address = picture_of(submission_at("recognised"))
    first = as_clerk.get(address)
    again = as_clerk.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"


def test_whoever_may_not_see_a_picture_is_not_told_that_the_browser_has_it(
    as_clerk: Client, as_clerk2: Client, clerk: User
) -> None:
    address = picture_of(submission_at("approved", clerk=clerk))
    known = {"if-none-match": as_clerk.get(address).headers["ETag"]}
    assert as_clerk.get(address, headers=known).status_code == 304
    assert as_clerk2.get(address, headers=known).status_code == 403
    as_clerk.post("/logout/")
    after = as_clerk.get(address, headers=known)
    assert after.status_code == 302
    assert after.headers["location"].startswith("/login/")


def test_logging_out_empties_the_browsers_cache(as_clerk: Client) -> None:
    assert as_clerk.post("/logout/").headers["Clear-Site-Data"] == '"cache"'
