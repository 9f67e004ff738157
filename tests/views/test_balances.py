"""The equation of a batch on its page, and on the exports' page the batches that do not add up."""

import pytest
from django.test import Client

from reviewapp.models import Batch, Event, Export, ExportItem
from reviewapp.stages.export import go_on
from reviewapp.states import EventKind
from tests.exports import content_of, done
from tests.factories import make_batch, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

CHOICE = {"format": "csv", "preset": "all"}


@pytest.fixture
def unbalanced() -> Batch:
    batch = make_batch("Monday")
    submission_at("recognised", batch=batch)
    submission_at("returned", batch=batch)
    submission_at("approved", batch=batch)
    return batch


def test_the_equation_stands_on_the_page_of_a_batch(as_clerk: Client, unbalanced: Batch) -> None:
    words = text(as_clerk.get(unbalanced.get_absolute_url()))
    equation = "Received: 3 = approved: 1 + returned: 1 + rejected: 0 + duplicates: 0 + open: 1"
    assert equation in words
    assert "Records that are not decided yet: 1." in words
    Batch.objects.update(announced=5)
    words = text(as_clerk.get(unbalanced.get_absolute_url()))
    assert f"{equation} (announced: 5)" in words
    assert "5 sheets were announced, 3 were received." in words


def test_a_batch_that_adds_up_says_so(as_clerk: Client) -> None:
    record = submission_at("approved")
    assert "The batch adds up." in text(as_clerk.get(record.batch.get_absolute_url()))


def test_the_exports_page_names_what_does_not_add_up_and_why(as_admin: Client, unbalanced: Batch) -> None:
    submission_at("approved", batch=make_batch("Tuesday"))
    short = submission_at("approved", batch=make_batch("Wednesday")).batch
    Batch.objects.filter(pk=short.pk).update(announced=2)
    submission_at("recognised", batch=make_batch("Without any approved record"))
    words = text(as_admin.get("/exports/")).partition("Approved from")[0]
    assert "Monday : Records that are not decided yet: 1. Records that are returned and not corrected yet: 1." in words
    assert "Wednesday : 2 sheets were announced, 1 were received." in words
    assert "Tuesday :" not in words
    assert "Without any approved record" not in words


def test_it_leaves_only_with_a_reason_that_the_page_then_names(as_admin: Client, unbalanced: Batch) -> None:
    assert as_admin.post("/exports/", CHOICE).status_code == 302
    assert go_on(Export.objects.get())
    assert "these batches do not add up: “Monday”" in text(as_admin.get("/exports/"))
    assert not ExportItem.objects.exists()

    typed = {"balance_reason": "The <b>bureau</b> needs it."}
    assert as_admin.post("/exports/", CHOICE | typed).status_code == 302
    assert content_of(done(Export.objects.latest("pk")))
    event = Event.objects.get(kind=EventKind.BALANCE_OVERRIDDEN)
    assert (event.batch, event.reason) == (unbalanced, typed["balance_reason"])
    page = as_admin.get("/exports/")
    assert "Left although batches do not add up" in text(page)
    assert b"<b>bureau</b>" not in page.content


def test_a_reason_that_is_too_long_is_refused(as_admin: Client, unbalanced: Batch) -> None:
    assert as_admin.post("/exports/", CHOICE | {"balance_reason": "x" * 501}).status_code == 422
    assert not Export.objects.exists()


def test_other_batches_leave_without_a_reason(as_admin: Client, unbalanced: Batch) -> None:
    whole = submission_at("approved").batch
    assert as_admin.post("/exports/", CHOICE | {"batches": [whole.pk]}).status_code == 302
    assert done(Export.objects.get()).row_count == 1
