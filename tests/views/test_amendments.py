"""The pages on which a correction after approval is asked for and decided."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.exceptions import sentence
from reviewapp.models import Amendment, Event, Export, Submission, User
from reviewapp.states import SubmissionStatus
from tests.amendments import (
    NEW_NAME,
    OLD_NAME,
    SHELF,
    amended,
    amendment_of,
    approved_record,
    lines_of,
    paper_wrong_record,
)
from tests.conftest import LogIn
from tests.exports import content_of, done, exported
from tests.factories import fields_of, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

ZH = {"accept-language": "zh-hans"}


def form_of(record: Submission, **typed: Any) -> dict[str, Any]:
    values = {field.name: field.value for field in record.fields.all()}
    grounds = {"reason": "A slip.", "evidence": "paper_seen", "evidence_note": SHELF}
    return {**values, **grounds, "version": record.version, **typed}


def address(record: Submission) -> str:
    return reverse("amend", args=[record.pk])


def approve_at(amendment: Amendment) -> str:
    return reverse("amendment_approve", args=[amendment.pk])


def refuse_at(amendment: Amendment) -> str:
    return reverse("amendment_refuse", args=[amendment.pk])


def shown_on(page: str) -> str:
    """Return the digest of the errors that a page shows of the new values."""
    return page.partition('name="findings" value="')[2].partition('"')[0]


@pytest.fixture
def as_supervisor2(supervisor2: User, log_in: LogIn) -> Client:
    return log_in(supervisor2)


def test_the_whole_way_from_request_to_recall(as_clerk: Client, as_supervisor2: Client, as_admin: Client) -> None:
    record = approved_record()
    first = exported()
    lines_of(first)
    assert "Correct after approval…" in text(as_clerk.get(record.get_absolute_url()))

    response = as_clerk.post(address(record), form_of(record, neonatal_name=NEW_NAME), follow=True)
    words = text(response)
    assert "The correction waits for a supervisor" in words
    assert "Correct after approval…" not in words
    assert f"when the correction is approved, the next export recalls it: {first} (" in words
    assert SHELF in words
    assert b"<mark>\xe5\xb0\x8f</mark>" in response.content
    assert b"<mark>\xe6\x99\x93</mark>" in response.content
    assert "Approve the correction" not in words

    home = text(as_supervisor2.get("/"))
    assert "Corrections after approval that wait" in home
    assert "asked for by clerk" in home
    assert "Approve the correction" in text(as_supervisor2.get(record.get_absolute_url()))
    words = text(as_supervisor2.post(approve_at(Amendment.objects.get()), follow=True))
    assert f"Record #{record.pk} is corrected and approved anew." in words
    assert f"Export {first} holds a value that was corrected later; the next export tells so." in words
    assert NEW_NAME in words

    page = text(as_admin.get("/exports/"))
    assert f"They leave with the next export, whatever is chosen, and say what they replace: #{record.pk}" in page
    assert "Records corrected since: 1" in page
    as_admin.post("/exports/", {"format": "jsonl", "preset": "monthly", "approved_until": "2001-01-01"})
    assert OLD_NAME in content_of(done(Export.objects.latest("pk"))).decode()
    page = text(as_admin.get("/exports/"))
    assert "say what they replace" not in page
    assert "Recalled records, sent whatever was chosen: 1" in page
    words = text(as_clerk.get(record.get_absolute_url()))
    assert f"Export {first} holds a value that was corrected later; export #{first.pk + 1} tells so." in words


def test_the_history_tells_each_step_in_words(as_clerk: Client, as_supervisor2: Client) -> None:
    record = approved_record()
    amended(record)
    words = text(as_clerk.get(record.get_absolute_url()))
    for told in ("Correction asked for", "Approval voided", "Corrected after approval", f"{OLD_NAME} → {NEW_NAME}"):
        assert told in words


def test_a_refusal_is_told(as_supervisor2: Client) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    words = text(as_supervisor2.post(refuse_at(amendment), {"note": "The paper says 小."}, follow=True))
    assert f"The correction of record #{record.pk} is refused; the record stays as it is." in words
    assert "The paper says 小." in words
    assert "Correct after approval…" in words
    assert fields_of(record)["neonatal_name"].value == OLD_NAME


def test_who_decides_sees_which_rules_the_new_values_break(as_supervisor2: Client) -> None:
    record = approved_record()
    amendment_of(record, changes={"birth_weight": "120"})
    response = as_supervisor2.get(record.get_absolute_url())
    page = response.content.decode()
    told = text(response).partition("What the rules say of the new values")[2]
    refusal = as_supervisor2.post(approve_at(Amendment.objects.get()))
    assert refusal.status_code == 409
    assert sentence("findingsChangedSinceShown") in text(refusal)
    assert as_supervisor2.post(approve_at(Amendment.objects.get()), {"findings": shown_on(page)}).status_code == 302
    (flag,) = fields_of(record)["birth_weight"].flags.filter(severity="E")
    assert flag.sentence in told


def test_nothing_is_said_of_new_values_that_break_no_rule(as_supervisor2: Client) -> None:
    record = approved_record()
    amendment_of(record, changes={"birth_weight": "3210"})
    assert "What the rules say of the new values" not in text(as_supervisor2.get(record.get_absolute_url()))


def test_what_another_record_makes_of_a_new_value_is_shown(as_supervisor2: Client) -> None:
    record, other = approved_record(), approved_record(values={"neonatal_name": "别人"})
    amendment_of(record)
    words = text(as_supervisor2.get(record.get_absolute_url()))
    assert f"#{other.pk}" in words.partition("What the rules say of the new values")[2].partition("exports")[0]


@pytest.mark.parametrize("note", ["", "  ", "x" * 501, "\0"])
def test_a_refusal_without_a_reason_is_not_taken(note: str, as_supervisor2: Client) -> None:
    amendment = amendment_of(approved_record())
    response = as_supervisor2.post(refuse_at(amendment), {"note": note})
    assert response.status_code == 422
    assert sentence("reasonMissing") in text(response)
    assert Amendment.objects.waiting().exists()


def test_nobody_decides_on_their_own_request(as_supervisor2: Client, supervisor2: User) -> None:
    record = approved_record()
    amendment = amendment_of(record, by=supervisor2)
    page = text(as_supervisor2.get(record.get_absolute_url()))
    assert "Approve the correction" not in page
    assert "asked for by you: another supervisor decides" in text(as_supervisor2.get("/"))
    for response in (
        as_supervisor2.post(approve_at(amendment)),
        as_supervisor2.post(refuse_at(amendment), {"note": "No."}),
    ):
        assert response.status_code == 403
        assert sentence("amendmentOwn") in text(response)
    assert Amendment.objects.waiting().exists()


def test_a_second_decision_comes_too_late(as_supervisor: Client, as_supervisor2: Client) -> None:
    amendment = amendment_of(approved_record())
    assert as_supervisor2.post(approve_at(amendment)).status_code == 302
    for response in (
        as_supervisor.post(approve_at(amendment)),
        as_supervisor.post(refuse_at(amendment), {"note": "N"}),
    ):
        assert response.status_code == 409
        assert sentence("amendmentDecided") in text(response)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, 422),
        ({"neonatal_name": NEW_NAME, "reason": ""}, 422),
        ({"neonatal_name": NEW_NAME, "reason": "\0"}, 422),
        ({"neonatal_name": NEW_NAME, "evidence": "a dream"}, 422),
        ({"neonatal_name": NEW_NAME, "evidence": ""}, 422),
        ({"neonatal_name": NEW_NAME, "evidence_note": " "}, 422),
        ({"neonatal_name": "长" * 501}, 422),
        ({"neonatal_name": NEW_NAME, "version": ""}, 422),
        ({"neonatal_name": NEW_NAME, "version": "-1"}, 422),
        ({"neonatal_name": NEW_NAME, "version": "9" * 30}, 422),
        ({"neonatal_name": NEW_NAME, "version": "1"}, 409),
    ],
)
def test_what_is_refused_stays_typed(typed: dict[str, Any], status: int, as_clerk: Client) -> None:
    record = approved_record()
    events = Event.objects.exclude(kind="viewed").count()
    response = as_clerk.post(address(record), form_of(record, **typed))
    assert response.status_code == status
    assert str(typed.get("neonatal_name", OLD_NAME)) in response.content.decode()
    assert not Amendment.objects.exists()
    assert Event.objects.exclude(kind="viewed").count() == events


def test_a_request_while_another_waits_is_told_so(as_clerk: Client) -> None:
    record = approved_record()
    amendment_of(record)
    response = as_clerk.post(address(record), form_of(record, sex="女"))
    assert response.status_code == 409
    assert sentence("amendmentWaits") in text(response)


def test_hostile_values_are_shown_as_text(as_clerk: Client, as_supervisor2: Client) -> None:
    record, hostile = approved_record(), "<script>alert(1)</script>"
    typed = {"neonatal_name": hostile, "reason": hostile, "evidence_note": hostile}
    assert as_clerk.post(address(record), form_of(record, **typed)).status_code == 302
    assert hostile.encode() not in as_supervisor2.get(record.get_absolute_url()).content
    as_supervisor2.post(approve_at(Amendment.objects.get()))
    assert fields_of(record)["neonatal_name"].value == hostile
    assert hostile.encode() not in as_clerk.get(record.get_absolute_url()).content


def test_a_value_that_nobody_typed_is_no_change_even_if_a_browser_would_write_it_otherwise(as_clerk: Client) -> None:
    record = approved_record(values={"mother_address": "湖南省长沙市　岳麓区 "})
    stored = fields_of(record)["mother_address"].value
    form = form_of(record, neonatal_name=NEW_NAME)
    assert form["mother_address"] == stored
    as_clerk.post(address(record), form)
    assert [change["field"] for change in Amendment.objects.get().changes] == ["neonatal_name"]


@pytest.mark.parametrize("status", ["received", "failed", "recognised", "reviewed", "returned", "rejected"])
def test_a_record_that_is_not_approved_has_no_such_form(status: str, as_supervisor: Client) -> None:
    record = submission_at(status)
    assert as_supervisor.get(address(record)).status_code == 409
    assert "Correct after approval…" not in text(as_supervisor.get(record.get_absolute_url()))
    assert record.status != SubmissionStatus.APPROVED


def test_the_form_is_in_chinese_for_who_reads_chinese(as_supervisor: Client) -> None:
    record = approved_record()
    words = text(as_supervisor.get(address(record), headers=ZH))
    assert "审核后更正" in words
    assert "已再次查看纸质证件" in words


def test_the_page_costs_the_same_queries_however_many_corrections(
    as_supervisor: Client, supervisor: User, django_assert_max_num_queries: Any
) -> None:
    record = approved_record()
    exported()
    for name in (NEW_NAME, OLD_NAME, NEW_NAME):
        amended(record, changes={"neonatal_name": name})
    amendment_of(record, changes={"neonatal_name": OLD_NAME, "sex": "?", "father_name": "某", "mother_age": "30"})
    as_supervisor.get(record.get_absolute_url())
    with django_assert_max_num_queries(22):
        as_supervisor.get(record.get_absolute_url())


def test_who_decides_sees_the_mark_that_goes_with_the_old_value(as_supervisor2: Client) -> None:
    record = paper_wrong_record()
    amendment_of(record)
    words = text(as_supervisor2.get(record.get_absolute_url()))
    assert "Marked until now: The paper itself is wrong." in words.partition("A correction waits")[2]
    assert "It should say: 王小朋" in words.partition("A correction waits")[2]


def test_who_asked_withdraws_on_the_records_page(as_clerk: Client, as_supervisor2: Client) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    address = reverse("amendment_withdraw", args=[amendment.pk])
    assert address not in as_supervisor2.get(record.get_absolute_url()).content.decode()
    refusal = as_supervisor2.post(address)
    assert refusal.status_code == 403
    assert "Only clerk can withdraw this correction" in text(refusal)

    assert address in as_clerk.get(record.get_absolute_url()).content.decode()
    words = text(as_clerk.post(address, follow=True))
    assert f"The correction of record #{record.pk} is withdrawn; the record stays as it is." in words
    assert "Correction withdrawn" in words
    assert "Correct after approval…" in words


def test_a_supervisor_withdraws_for_who_is_gone(as_supervisor2: Client, clerk: User) -> None:
    record = approved_record()
    address = reverse("amendment_withdraw", args=[amendment_of(record).pk])
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert address in as_supervisor2.get(record.get_absolute_url()).content.decode()
    words = text(as_supervisor2.post(address, follow=True, headers=ZH))
    assert "更正已撤回" in words
