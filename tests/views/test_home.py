"""The first page of each role."""

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.models import User
from reviewapp.stages import claim, export
from tests.exports import exported
from tests.factories import make_batch, person, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


def test_a_clerk_starts_with_one_focused_button(as_clerk: Client) -> None:
    submission_at("recognised")
    submission_at("recognised")
    response = as_clerk.get("/")
    page = response.content.decode()
    assert "2 records wait to be reviewed." in text(response)
    assert page.count("autofocus") == 1
    start = page.index(f'action="{reverse("next")}"')
    assert "autofocus" in page[start : page.index("</form>", start)]


def test_a_clerk_with_a_begun_record_goes_on_with_it(as_clerk: Client, clerk: User) -> None:
    begun = submission_at("recognised")
    claim.claim(begun, by=clerk)
    response = as_clerk.get("/")
    assert f"You have begun record #{begun.pk}." in text(response)
    assert f'href="{reverse("review", args=[begun.pk])}"' in response.content.decode()


def test_a_clerk_with_nothing_to_do_is_led_to_the_upload(as_clerk: Client) -> None:
    response = as_clerk.get("/")
    assert "Nothing waits for you." in text(response)
    assert f'href="{reverse("upload")}"' in response.content.decode()
    assert reverse("next") not in response.content.decode()


def test_the_counts_are_those_of_the_clerk_who_looks(as_clerk: Client, as_clerk2: Client, clerk2: User) -> None:
    submission_at("recognised")
    claim.claim(submission_at("recognised"), by=clerk2)
    submission_at("returned")
    submission_at("failed")
    submission_at("received")
    submission_at("approved")
    waiting = as_clerk.get("/").context["waiting"]
    assert (waiting["to_review"], waiting["returned"], len(waiting["held"])) == (2, 1, 0)
    assert (waiting["failed"], waiting["received"]) == (1, 1)
    waiting = as_clerk2.get("/").context["waiting"]
    assert (waiting["to_review"], waiting["returned"], len(waiting["held"])) == (2, 0, 1)


def test_what_was_finished_today_is_listed(as_clerk: Client, as_clerk2: Client) -> None:
    finished = submission_at("reviewed")
    page = as_clerk.get("/").content.decode()
    assert f'href="{finished.get_absolute_url()}"' in page
    assert finished.get_absolute_url() not in as_clerk2.get("/").content.decode()


def test_the_page_refreshes_itself_only_while_pictures_are_read(as_clerk: Client) -> None:
    assert 'hx-trigger="every' not in as_clerk.get("/").content.decode()
    submission_at("received")
    assert 'hx-trigger="every' in as_clerk.get("/").content.decode()
    part = as_clerk.get("/", headers=HTMX).content.decode()
    assert 'id="waiting"' in part
    assert "<html" not in part


def test_a_supervisor_sees_the_oldest_batch_that_waits(as_supervisor: Client) -> None:
    first, second = make_batch("First"), make_batch("Second")
    submission_at("reviewed", batch=second)
    submission_at("reviewed", batch=first)
    submission_at("recognised", batch=first)
    response = as_supervisor.get("/")
    assert "2 batches wait for approval." in text(response)
    assert "Look at “First”" in text(response)
    assert "1 of 2 wait" in text(response)


def test_a_supervisor_without_batches_may_review(as_supervisor: Client) -> None:
    assert "No batch waits for approval." in text(as_supervisor.get("/"))
    submission_at("recognised")
    assert reverse("next") in as_supervisor.get("/").content.decode()


def test_an_administrator_sees_what_never_left(as_admin: Client) -> None:
    submission_at("approved")
    assert "One approved record was never exported." in text(as_admin.get("/"))
    exported(by=person("admin"), format=export.ExportFormat.CSV, columns=["sex"])
    assert "Every approved record has been exported." in text(as_admin.get("/"))


def test_what_could_not_be_read_is_listed_with_a_retry(as_clerk: Client) -> None:
    failed = submission_at("failed")
    response = as_clerk.get("/")
    assert "No birth certificate was found in the picture." in text(response)
    assert f'action="{reverse("retry", args=[failed.pk])}"' in response.content.decode()
    as_clerk.post(reverse("retry", args=[failed.pk]))
    assert "No birth certificate was found" not in text(as_clerk.get("/"))


def test_an_administrator_is_told_that_nobody_can_answer(as_admin: Client, supervisor: User) -> None:
    submission_at("escalated")
    sentence = "One question waits for a supervisor, and no supervisor is active."
    assert sentence not in text(as_admin.get("/"))
    User.objects.filter(pk=supervisor.pk).update(is_active=False)
    assert sentence in text(as_admin.get("/"))
    assert "没有启用的审核人" in text(as_admin.get("/", headers={"accept-language": "zh-hans"}))
