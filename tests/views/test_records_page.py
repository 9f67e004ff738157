"""The records page: what is filtered, in which order, page by page, and at which cost."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviewapp.models import Event, SavedFilter, Submission, User
from reviewapp.search import records as listing
from reviewapp.stages import claim, correct, ingest
from reviewapp.states import EventKind
from tests.conftest import LogIn
from tests.factories import change, make_batch, person, submission_at, true_values, verify_all
from tests.guards import guards_off
from tests.views.pages import text

pytestmark = pytest.mark.django_db

STATEMENTS = 8
SESSION_AND_USER = 2


def listed(browser: Client, **wanted: str) -> list[int]:
    response = browser.get("/records/", wanted)
    assert response.status_code == 200
    return keys(response)


def keys(response: HttpResponse) -> list[int]:
    return [record.pk for record, _child in response.context["rows"]]


def next_address(response: HttpResponse) -> str:
    """Return where the next page is; empty on the last one."""
    link = re.search(r'rel="next"\s+href="([^"]+)"', response.content.decode())
    return f"/records/{html.unescape(link[1])}" if link else ""


@pytest.fixture
def office(db: None) -> dict[str, Submission]:
    """One record of each kind that a filter tells apart."""
    clerk = person("clerk")
    batch = make_batch("Longyan 100%")
    ingest.change_batch(batch, by=person("supervisor"), priority=2)
    kept = submission_at("recognised", values=true_values(3) | {"birth_weight": "120"})
    claim.claim(kept, by=clerk)
    verify_all(kept, by=clerk)
    correct.submit(kept, by=clerk)
    corrected = submission_at("recognised", values=true_values(4))
    claim.claim(corrected, by=clerk)
    change(corrected, "mother_address", "北京市东城区", by=clerk)
    return {
        "kept": kept,
        "corrected": corrected,
        "failed": submission_at("failed", batch=batch),
        "approved": submission_at("approved", values=true_values(5), by=person("clerk2"), clerk=person("clerk2")),
        "returned": submission_at("returned", values=true_values(6)),
    }


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"kept", "corrected", "failed", "approved", "returned"}),
        ({"status": "approved"}, {"approved"}),
        ({"batch": "100%"}, {"failed"}),
        ({"batch": "100_"}, set()),
        ({"batch": "longyan", "status": "approved"}, set()),
        ({"clerk": "clerk2"}, {"approved"}),
        ({"supervisor": "supervisor"}, {"approved"}),
        ({"flag": "barcode_differs"}, set()),
        ({"severity": "E", "status": "reviewed"}, {"kept"}),
        ({"overridden": "on"}, {"kept"}),
        ({"engine": "local"}, set()),
        ({"corrected": "on"}, {"corrected"}),
        ({"returned": "on"}, {"returned"}),
        ({"sort": "approved"}, {"approved"}),
        ({"sort": "reviewed", "status": "returned"}, {"returned"}),
        ({"sort": "priority", "status": "failed"}, {"failed"}),
        ({"day_of": "approved", "since": "2020-01-01"}, {"approved"}),
        ({"day_of": "reviewed", "sort": "reviewed", "until": "2020-01-01"}, set()),
    ],
)
def test_each_filter_lists_what_it_says(
    as_supervisor: Client, office: dict[str, Submission], wanted: dict[str, str], names: set[str]
) -> None:
    pks = {office[name].pk for name in names}
    assert set(listed(as_supervisor, **wanted)) == pks


def test_findings_are_filtered_by_code(as_supervisor: Client, office: dict[str, Submission]) -> None:
    code = office["kept"].fields.overrides()[0].flags.all()[0].code
    assert listed(as_supervisor, flag=code) == [office["kept"].pk]


@pytest.mark.parametrize("sort", ["received", "reviewed", "approved", "priority"])
@pytest.mark.parametrize("further", [{}, {"engine": "answer"}, {"batch": "B"}])
def test_pages_hold_every_record_once_in_the_order(
    as_supervisor: Client, monkeypatch: pytest.MonkeyPatch, sort: str, further: dict[str, str]
) -> None:
    monkeypatch.setattr(listing, "SHOWN", 3)
    monkeypatch.setattr(listing, "LOOKED_AT", 4)
    monkeypatch.setattr("reviewapp.forms.search.ENGINES", {"answer": ""})
    urgent = make_batch("B urgent")
    ingest.change_batch(urgent, by=person("supervisor"), priority=2)
    batches = [make_batch("B normal"), urgent]
    for batch in batches:
        submission_at("received", batch=batch)
    pks = [submission_at("approved", batch=batches[number % 2], values=true_values(number)).pk for number in range(7)]
    by_priority = sorted(pks, key=lambda pk: (Submission.objects.get(pk=pk).batch.priority, pk))
    expected = by_priority if sort == "priority" else pks
    for order, whole in (("desc", expected[::-1]), ("asc", expected)):
        shown, address = [], "/records/?" + urlencode({"status": "approved", "sort": sort, "order": order, **further})
        while address:
            response = as_supervisor.get(address)
            shown += keys(response)
            address = next_address(response)
        assert shown == whole, order


def test_what_a_clerk_may_not_open_is_not_listed(log_in: LogIn, office: dict[str, Submission]) -> None:
    assert office["approved"].pk not in listed(log_in(person("clerk")))
    assert office["approved"].pk in listed(log_in(person("clerk2")))
    assert office["approved"].pk in listed(log_in(person("admin")))


def test_names_are_masked_and_looks_are_noted(as_supervisor: Client, office: dict[str, Submission]) -> None:
    response = as_supervisor.get("/records/", {"status": "approved"})
    name = office["approved"].fields.get(name="neonatal_name").value
    assert name not in text(response)
    assert f"{name[0]}**" in text(response)
    noted = Event.objects.get(kind=EventKind.SEARCHED)
    assert noted.params == {"kinds": ["filters"], "records": [office["approved"].pk]}


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": "x"}, {"since": "yesterday"}, {"clerk": "nobody"}, {"sort": "'; DROP TABLE x"}, {"after": "x"},
        {"batch": "x" * 101}, {"since": "2026-02-02", "until": "2026-02-01"}, {"flag": "%"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_the_form(as_clerk: Client, wanted: dict[str, str]) -> None:
    response = as_clerk.get("/records/", wanted)
    assert response.status_code == 422
    assert response.context["rows"] == []


@pytest.mark.parametrize("after", ["x~1", "9999-12-31T23:59:59-12:00~1", "2026-01-01~1", "5~999999999999999999", "٣~1"])
@pytest.mark.parametrize("sort", ["received", "priority"])
def test_a_place_that_is_none_harms_nothing(as_clerk: Client, office: object, after: str, sort: str) -> None:
    assert as_clerk.get("/records/", {"after": after, "sort": sort}).status_code == 200


def test_more_than_are_counted_are_said_to_be_more(as_supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED", 2)
    monkeypatch.setattr("reviewapp.views.records_list.COUNTED", 2)
    for number in range(3):
        submission_at("failed", values=true_values(number))
        counted = text(as_supervisor.get("/records/"))
    assert "More than 2 records." in counted
    assert "3 records" not in counted


def test_a_filter_is_kept_as_an_address_for_its_owner_alone(as_supervisor: Client, log_in: LogIn) -> None:
    kept = as_supervisor.post("/records/filters/?status=failed&sort=received&after=x", {"name": "Mine alone"})
    assert kept.status_code == 422
    kept = as_supervisor.post("/records/filters/?status=failed&sort=received&stray=1", {"name": "Mine alone"})
    assert kept.headers["location"] == "/records/?status=failed&sort=received"
    as_supervisor.post("/records/filters/?status=returned", {"name": "Mine alone"})
    saved = SavedFilter.objects.get()
    assert "Mine alone" in text(as_supervisor.get("/records/"))
    other = log_in(person("supervisor2"))
    assert "Mine alone" not in text(other.get("/records/"))
    assert other.post(f"/records/filters/{saved.pk}/delete/").status_code == 404
    assert as_supervisor.post(f"/records/filters/{saved.pk}/delete/").status_code == 302
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_filter_needs_a_name(as_supervisor: Client, name: str) -> None:
    assert as_supervisor.post("/records/filters/?status=failed", {"name": name}).status_code == 422
    assert not SavedFilter.objects.exists()


def test_nobody_keeps_filters_without_end(as_supervisor: Client) -> None:
    for number in range(25):
        as_supervisor.post("/records/filters/?status=failed", {"name": str(number)})
    assert SavedFilter.objects.count() == 20


def many(count: int, by: User) -> None:
    """Add records as a million are added: by rows, without pictures."""
    batch, now = make_batch(by=by), timezone.now()
    with guards_off():
        Submission.objects.bulk_create(
            Submission(
                batch=batch, sha256=f"{number:064}", original_name=f"{number}.png", status="recognised", source="api",
                media_type="image/png", byte_size=1, width=1, height=1, received_by=by, original="x",
                received_at=now - timedelta(seconds=number),
            )
            for number in range(Submission.objects.count(), count)
        )  # fmt: skip


@pytest.mark.parametrize("wanted", [{}, {"status": "recognised"}, {"clerk": "clerk"}, {"severity": "E"}])
def test_ten_records_and_three_hundred_cost_the_same_number_of_statements(
    as_supervisor: Client, clerk: User, wanted: dict[str, str]
) -> None:
    counts = []
    for count in (10, 300):
        many(count, clerk)
        as_supervisor.get("/records/", wanted)
        with CaptureQueriesContext(connection) as queries:
            as_supervisor.get("/records/", wanted)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]) - SESSION_AND_USER)
    assert counts[0] == counts[1] <= STATEMENTS, counts


def act(browser: Client, chosen: list[Submission], **said: str) -> HttpResponse:
    shown = [f"{record.pk}:{record.version}" for record in chosen]
    return browser.post("/records/act/?sort=received", {"shown": shown, **said}, follow=True)


@pytest.fixture
def reviewed(db: None) -> list[Submission]:
    return [submission_at("reviewed", values=true_values(number)) for number in range(20, 22)]


def test_chosen_records_are_approved_and_what_is_left_out_is_told(
    as_supervisor: Client, reviewed: list[Submission]
) -> None:
    failed = submission_at("failed")
    response = act(as_supervisor, [*reviewed, failed], act="approve")
    assert response.redirect_chain == [("/records/?sort=received", 302)]
    assert set(Submission.objects.approved()) == set(reviewed)
    assert "2 records approved." in text(response)
    assert f"(#{failed.pk})" in text(response)


def test_chosen_records_are_returned_with_one_reason(as_supervisor: Client, reviewed: list[Submission]) -> None:
    response = act(as_supervisor, reviewed, act="return", reason="The seal is missing.")
    assert "2 records returned." in text(response)
    assert {record.return_reason for record in Submission.objects.filter(status="returned")} == {"The seal is missing."}


def test_chosen_records_are_rejected_with_one_reason(as_clerk: Client) -> None:
    records = [submission_at("recognised", values=true_values(number)) for number in range(2)]
    response = act(as_clerk, records, act="reject", reject_reason="duplicate", note="Sent twice.")
    assert "2 records rejected." in text(response)
    assert Submission.objects.filter(status="rejected", reject_reason="duplicate").count() == 2


@pytest.mark.parametrize(
    "said",
    [{}, {"act": "delete"}, {"act": "return"}, {"act": "return", "reason": " "}, {"act": "reject"},
     {"act": "reject", "reject_reason": "x"}],
)  # fmt: skip
def test_an_act_without_its_reason_changes_nothing(
    as_supervisor: Client, reviewed: list[Submission], said: dict[str, str]
) -> None:
    assert act(as_supervisor, reviewed, **said).status_code == 422
    assert Submission.objects.awaiting_approval().count() == 2


def test_an_act_without_records_says_so(as_supervisor: Client, reviewed: list[Submission]) -> None:
    response = as_supervisor.post("/records/act/", {"act": "approve", "shown": ["x", "1:2:3"]})
    assert response.status_code == 422
    assert "Choose the records first." in text(response)


def test_a_clerk_neither_approves_nor_returns(as_clerk: Client, reviewed: list[Submission]) -> None:
    assert act(as_clerk, reviewed, act="approve").status_code == 403
    assert act(as_clerk, reviewed, act="return", reason="No.").status_code == 403
    assert Submission.objects.awaiting_approval().count() == 2
