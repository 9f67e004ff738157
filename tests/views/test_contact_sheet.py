"""The contact sheet: one field of all records of a batch, and what is wrong in it returned together."""

import pytest
from django.test import Client

from reviewapp.models import Batch, Flag, Submission
from reviewapp.rules.catalogue import RETURNED
from reviewapp.states import EventKind
from tests.factories import make_batch, submission_at, true_values
from tests.views.pages import text

pytestmark = pytest.mark.django_db


def sheet_of(batch: Batch, query: str = "") -> str:
    return f"/batches/{batch.pk}/sheet/{query}"


def named(*records: Submission) -> list[str]:
    return [f"{record.pk}:{record.version}" for record in records]


def test_it_shows_the_childs_name_of_each_record_with_its_place_in_the_picture(as_supervisor: Client) -> None:
    batch = make_batch()
    names = ["王小明", "李小红"]
    records = [submission_at("reviewed", batch=batch, values={"neonatal_name": name}) for name in names]
    response = as_supervisor.get(sheet_of(batch))
    assert [cell.field.value for cell in response.context["cells"]] == names
    page = response.content.decode()
    for record, name in zip(records, names, strict=True):
        assert name in page
        assert f"/records/{record.pk}/picture/screen/" in page


def test_another_field_is_chosen_by_its_name_and_an_unknown_one_is_the_childs_name(as_supervisor: Client) -> None:
    record = submission_at("reviewed", values={"father_name": "欧阳大明"})
    shown = as_supervisor.get(sheet_of(record.batch, "?field=father_name"))
    assert [cell.field.value for cell in shown.context["cells"]] == ["欧阳大明"]
    for query in ("?field=nothing", "?field=", "?page=99&field=SEX"):
        assert as_supervisor.get(sheet_of(record.batch, query)).context["spec"].name == "neonatal_name"


def test_forty_records_stand_on_a_page_and_the_next_page_shows_the_same_field(as_supervisor: Client) -> None:
    batch = make_batch()
    for _ in range(41):
        submission_at("reviewed", batch=batch)
    first = as_supervisor.get(sheet_of(batch, "?field=sex"))
    assert len(first.context["cells"]) == 40
    assert 'href="?field=sex&amp;page=2"' in first.content.decode()
    assert len(as_supervisor.get(sheet_of(batch, "?field=sex&page=2")).context["cells"]) == 1


def test_only_what_waits_for_approval_can_be_marked_and_stands_first(as_supervisor: Client) -> None:
    batch = make_batch()
    *_others, marked = (submission_at(at, batch=batch) for at in ("rejected", "recognised", "returned", "reviewed"))
    submission_at("received", batch=batch)
    response = as_supervisor.get(sheet_of(batch))
    assert len(response.context["cells"]) == 4
    assert [cell.submission for cell in response.context["cells"] if cell.may_return] == [marked]
    assert response.context["cells"][0].submission == marked


def test_what_is_marked_is_returned_with_the_field_that_is_wrong(as_supervisor: Client) -> None:
    batch = make_batch()
    wrong, right = (submission_at("reviewed", batch=batch, values=true_values(number)) for number in (1, 2))
    page = as_supervisor.get(sheet_of(batch, "?field=mother_name"))
    reason = page.context["reason"]
    assert reason == "Mother's name: not as in the picture."
    data = {"chosen": named(wrong), "return_reason": reason, "field": "mother_name"}
    answer = as_supervisor.post(f"/batches/{batch.pk}/return/", data, follow=True)
    assert answer.request["PATH_INFO"] == sheet_of(batch)
    assert answer.context["spec"].name == "mother_name"
    assert "One record returned." in text(answer)

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, wrong.return_reason, right.status) == ("returned", reason, "reviewed")
    (flag,) = Flag.objects.filter(code=RETURNED)
    assert (flag.field.name, flag.field.submission, flag.params) == ("mother_name", wrong, {"reason": reason})
    assert wrong.fields.get(name="mother_name").verified_by is None
    event = wrong.events.get(kind=EventKind.RETURNED)
    assert event.params["fields"] == {"mother_name": ""}


def test_a_field_that_does_not_exist_is_asked_about_in_no_record(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    data = {"chosen": named(record), "return_reason": "Look.", "field": "nothing"}
    answer = as_supervisor.post(f"/batches/{record.batch_id}/return/", data)
    assert answer.headers["location"] == record.batch.get_absolute_url()
    assert not Flag.objects.filter(code=RETURNED).exists()


def test_a_batch_of_which_nothing_was_read_says_so(as_supervisor: Client) -> None:
    waiting = submission_at("received")
    assert "No record of this batch has been read yet." in text(as_supervisor.get(sheet_of(waiting.batch)))


def test_only_supervisors_are_offered_the_sheet(as_clerk: Client, as_supervisor: Client) -> None:
    batch = submission_at("reviewed").batch
    address = sheet_of(batch)
    assert address in as_supervisor.get(batch.get_absolute_url()).content.decode()
    assert address not in as_clerk.get(batch.get_absolute_url()).content.decode()
