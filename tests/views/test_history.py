"""The history as supervisors and auditors read it."""

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from reviewapp.administration import thresholds
from reviewapp.administration.view_log import note_views
from reviewapp.history import append
from reviewapp.models import Event, Submission, User, present_basis
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind
from reviewapp.views import history as pages
from tests.amendments import NEW_NAME, OLD_NAME, amended, approved_record
from tests.conftest import LogIn
from tests.factories import change, fields_of, mark, person, submission_at, verify_all
from tests.guards import guards_off
from tests.views.pages import TAGS, text

pytestmark = pytest.mark.django_db

STATEMENTS = 8


@pytest.fixture
def as_auditor(db: None, log_in: LogIn) -> Client:
    return log_in(person("auditor"))


def kinds_of(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    return [event.kind for event in response.context["page"].events]


def changed(clerk: User) -> Submission:
    """Return a record in which name, ID number and weight were corrected."""
    record = submission_at("recognised", values={"neonatal_name": "王掉", "mother_id_card_number": ""})
    record.hold(clerk, minutes=10)
    change(record, "neonatal_name", "王绰", by=clerk)
    change(record, "mother_id_card_number", "330106199001011234", by=clerk)
    change(record, "birth_weight", "3456", by=clerk)
    return record


# One record


def test_the_history_of_a_record_tells_who_did_and_saw_what_in_order(
    as_supervisor: Client, as_clerk2: Client, clerk: User
) -> None:
    record = changed(clerk)
    as_clerk2.get(record.get_absolute_url())
    response = as_supervisor.get(f"/history/records/{record.pk}/")
    events = response.context["page"].events
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert {"received", "recognised", "corrected", "viewed", "picture_seen"} <= set(kinds_of(response))
    words = text(response)
    assert "王掉 → 王绰" in words
    assert "330106199001011234" in words
    assert f"record #{record.pk} · 1" in words
    assert "127.0.0.1" in words
    assert person("clerk2").display_name in words


def test_who_saw_a_childs_record_is_asked_for_alone(as_auditor: Client, as_clerk2: Client) -> None:
    record = submission_at("reviewed")
    as_clerk2.get(record.get_absolute_url())
    assert kinds_of(as_auditor.get(f"/history/records/{record.pk}/?looks=1")) == ["viewed", "picture_seen"]


def test_the_record_page_leads_to_the_whole_history_those_who_may_read_it(
    as_supervisor: Client, as_clerk: Client, as_admin: Client
) -> None:
    record = submission_at("reviewed")
    link = f'href="/history/records/{record.pk}/"'
    assert link in as_supervisor.get(record.get_absolute_url()).content.decode()
    for browser in (as_clerk, as_admin):
        assert link not in browser.get(record.get_absolute_url()).content.decode()


# What an auditor reads


def test_an_auditor_reads_names_and_numbers_masked_and_all_else_as_it_is(as_auditor: Client, clerk: User) -> None:
    record = changed(clerk)
    words = text(as_auditor.get(f"/history/records/{record.pk}/"))
    assert "王** → 王**" in words
    assert "330**1234" in words
    assert "3456" in words
    assert "masked" in words
    for secret in ("王掉", "王绰", "330106199001011234"):
        assert secret not in words
    assert "masked" in text(as_auditor.get("/history/"))
    assert "330106199001011234" not in text(as_auditor.get("/history/"))


def test_a_correction_after_approval_is_masked_for_an_auditor_too(as_auditor: Client, as_supervisor: Client) -> None:
    record = approved_record()
    amended(record)
    pages_of_it = ("/history/", f"/history/records/{record.pk}/")
    for words in [text(as_auditor.get(page)) for page in pages_of_it]:
        assert words.count("Neonatal name: 王** → 王**") == 2
        assert OLD_NAME not in words
        assert NEW_NAME not in words
    assert f"Neonatal name: {OLD_NAME} → {NEW_NAME}" in text(as_supervisor.get(pages_of_it[1]))


def test_an_auditor_reads_the_values_of_a_correction_masked_and_is_recorded(as_auditor: Client) -> None:
    record = approved_record(values={"mother_id_card_number": "330106199001011234"})
    amended(record, changes={"neonatal_name": NEW_NAME, "mother_id_card_number": "", "birth_weight": "3456"})
    for address in ("/history/", f"/history/records/{record.pk}/"):
        words = text(as_auditor.get(address))
        assert "Neonatal name: 王** → 王**" in words
        assert "330**1234 → —" in words
        assert "3456" in words
        for secret in (OLD_NAME, NEW_NAME, "330106199001011234"):
            assert secret not in words


@pytest.mark.parametrize("kind", ["amendment_asked", "amended"])
def test_who_reads_the_values_of_a_correction_in_the_whole_history_has_seen_the_record(
    kind: str, as_auditor: Client
) -> None:
    record = approved_record()
    amended(record)
    as_auditor.get(f"/history/?kind={kind}")
    (seen,) = record.events.filter(kind=EventKind.HISTORY_SEEN)
    assert seen.by == person("auditor")


def test_an_auditors_pages_lead_to_no_record_and_no_picture(as_auditor: Client) -> None:
    record = submission_at("reviewed")
    page = as_auditor.get(f"/history/records/{record.pk}/").content.decode()
    assert f'href="{record.get_absolute_url()}"' not in page
    assert "/picture/" not in page
    assert record.original_name not in page
    for address in (
        record.get_absolute_url(),
        *(f"/records/{record.pk}/picture/{kind}/" for kind in ("screen", "original")),
    ):
        refused = as_auditor.get(address)
        assert refused.status_code == 403
        assert "Auditors read the history and the settings" in text(refused)


def test_thresholds_are_shown_to_an_auditor_as_they_are(as_auditor: Client, admin_user: User) -> None:
    thresholds.set_thresholds({"neonatal_name": 87}, by=admin_user, basis=present_basis())
    words = text(as_auditor.get("/history/?about=settings"))
    assert "87" in words
    assert "8**" not in words


def test_the_pages_speak_chinese(as_auditor: Client, clerk: User) -> None:
    record = changed(clerk)
    with translation.override("zh-hans"):
        for address in ("/history/", f"/history/records/{record.pk}/", f"/history/people/{clerk.pk}/"):
            response = as_auditor.get(address, headers={"accept-language": "zh-hans"})
            assert "masked" not in text(response)
            table = response.content.decode().partition("<tbody>")[2]
            assert str(EventKind.CORRECTED.label) in table
            assert ">Corrected<" not in table
            assert "submission" not in TAGS.sub("", table)


# One person on one day


def test_a_persons_day_holds_what_they_did_and_saw_on_it_and_nothing_else(
    as_auditor: Client, as_clerk2: Client, clerk2: User, clerk: User
) -> None:
    yesterday = submission_at("reviewed")
    as_clerk2.get(yesterday.get_absolute_url())
    with guards_off():
        Event.objects.filter(by=clerk2).update(at=timezone.now() - timedelta(days=1))
    today = submission_at("reviewed", by=clerk)
    as_clerk2.get(today.get_absolute_url())

    response = as_auditor.get(f"/history/people/{clerk2.pk}/")
    assert {event.submission for event in response.context["page"].events} == {today}
    day = timezone.localdate() - timedelta(days=1)
    before = as_auditor.get(f"/history/people/{clerk2.pk}/?day={day.isoformat()}")
    assert {event.submission for event in before.context["page"].events} == {yesterday}
    assert day.isoformat() in text(before)


def test_a_day_begins_and_ends_at_local_midnight(as_auditor: Client, clerk: User) -> None:
    record = submission_at("received", by=clerk)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    address = f"/history/people/{clerk.pk}/?day={midnight.date().isoformat()}"
    for at, is_there in ((midnight, True), (midnight - timedelta(microseconds=1), False)):
        with guards_off():
            record.events.update(at=at)
        assert ("received" in kinds_of(as_auditor.get(address))) == is_there


@pytest.mark.parametrize("query", ["day=yesterday", "day=0001-01-01", "day=9999-12-31", "after=x", "after=" + "9" * 40])
def test_a_day_or_a_place_that_is_none_is_said_so(query: str, as_auditor: Client, clerk: User) -> None:
    assert as_auditor.get(f"/history/people/{clerk.pk}/?{query}").status_code == 422


# Search


def test_the_history_is_searched_by_record_certificate_person_day_kind_and_subject(
    as_auditor: Client, clerk: User, admin_user: User
) -> None:
    record, other = changed(clerk), submission_at("recognised", values={"certificate_number": "Z100000009"})
    thresholds.set_thresholds({"neonatal_name": 87}, by=admin_user, basis=present_basis())
    number = fields_of(other)["certificate_number"].value

    def found(query: str) -> set[tuple[int | None, str]]:
        events = as_auditor.get(f"/history/?{query}").context["page"].events
        return {(event.submission_id, str(event.by)) for event in events}

    assert {pk for pk, _by in found(f"record={record.pk}")} == {record.pk}
    assert {pk for pk, _by in found(f"certificate={number}")} == {other.pk}
    assert found(f"certificate={number[:-1]}") == set()
    assert found("certificate=330106199001011234") == set()
    assert {by for _pk, by in found("person=admin")} == {"admin"}
    assert found("person=admin&kind=corrected") == set()
    assert found("kind=corrected") == {(record.pk, "clerk")}
    assert found(f"kind=corrected&day={timezone.localdate().isoformat()}") == {(record.pk, "clerk")}
    assert found("kind=corrected&day=2001-01-01") == set()
    assert found("about=settings") == {(None, "admin")}
    assert found("about=people") == set()


@pytest.mark.parametrize(
    "query",
    ["record=x", "record=0", "record=" + "9" * 40, "person=nobody", "kind=gone", "about=x", "day=x", "before=-1"],
)
def test_a_search_that_cannot_be_is_refused_and_asks_nothing(query: str, as_auditor: Client) -> None:
    submission_at("recognised")
    response = as_auditor.get(f"/history/?{query}")
    assert response.status_code == 422
    assert response.context["page"].events == []


def test_hostile_searches_find_nothing(as_auditor: Client) -> None:
    submission_at("recognised")
    for query in ("certificate=%27%20OR%201%3D1--", "certificate=%25", "certificate=" + "A" * 40):
        assert kinds_of(as_auditor.get(f"/history/?{query}")) == []
    assert as_auditor.get("/history/?certificate=%00").status_code == 404


def test_long_histories_come_in_pages_that_miss_and_repeat_nothing(
    as_auditor: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHOWN", 3)
    record = submission_at("received", by=clerk)
    append([Event(kind=EventKind.RETRIED, submission=record, by=clerk) for _ in range(6)])
    expected = list(record.events.order_by("pk").values_list("pk", flat=True))

    for address, key, in_order in (
        (f"/history/records/{record.pk}/?looks=", "after", expected),
        (f"/history/people/{clerk.pk}/?day=", "after", expected),
        (f"/history/?record={record.pk}", "before", expected[::-1]),
    ):
        seen: list[int] = []
        more: int | None = 0
        while more is not None:
            response = as_auditor.get(address + (f"&{key}={more}" if more else ""))
            page = response.context["page"]
            read = [event for event in page.events if event.kind != EventKind.HISTORY_SEEN]
            seen += [event.pk for event in read if event.kind != EventKind.CREATED]
            assert (f"{key}={page.more}" in response.content.decode()) == (page.more is not None)
            more = page.more
        assert seen == in_order


# Reading it is recorded, too


def test_what_was_asked_for_is_recorded_without_the_number_that_was_looked_for(as_auditor: Client) -> None:
    record = submission_at("recognised")
    number = fields_of(record)["certificate_number"].value
    as_auditor.get(f"/history/?certificate={number}&kind=viewed")
    as_auditor.get(f"/history/records/{record.pk}/")
    search, opened = Event.objects.filter(kind=EventKind.HISTORY_SEEN).order_by("pk")
    assert search.params == {"asked": {"kind": "viewed", "certificate": f"**{number[-4:]}"}}
    assert search.new_label == f"Viewed · **{number[-4:]}"
    assert (search.by, search.address) == (person("auditor"), "127.0.0.1")
    assert opened.submission == record
    assert number not in str(list(Event.objects.filter(kind=EventKind.HISTORY_SEEN).values()))


@pytest.mark.parametrize("address", ["/history/?kind=corrected", "/history/people/{clerk}/"])
def test_a_value_that_a_search_shows_is_a_look_at_its_record(address: str, as_supervisor: Client, clerk: User) -> None:
    shown, unchanged = changed(clerk), submission_at("recognised")
    for _ in range(2):
        as_supervisor.get(address.format(clerk=clerk.pk))
    assert shown.events.filter(kind=EventKind.HISTORY_SEEN, by=person("supervisor")).count() == 1
    assert not unchanged.events.filter(kind=EventKind.HISTORY_SEEN)
    assert Event.objects.filter(kind=EventKind.HISTORY_SEEN).count() == 2


def test_an_auditors_own_reading_stands_in_the_history(as_auditor: Client, as_supervisor: Client) -> None:
    auditor = person("auditor")
    as_auditor.get("/history/?kind=viewed")
    assert kinds_of(as_supervisor.get(f"/history/people/{auditor.pk}/")) == ["history_seen"]


# Costs


def test_each_page_takes_few_statements_however_long_the_history(as_auditor: Client, clerk: User) -> None:
    record = changed(clerk)
    verify_all(record, by=clerk)
    note_views([record], by=person("clerk2"), kind=EventKind.VIEWED, address=None)
    number = fields_of(record)["certificate_number"].value
    for address in (
        "/history/",
        f"/history/?certificate={number}&person=clerk",
        f"/history/records/{record.pk}/",
        f"/history/people/{clerk.pk}/",
    ):
        as_auditor.get(address)
        with CaptureQueriesContext(connection) as queries:
            as_auditor.get(address)
        assert len(queries) <= STATEMENTS, address


def plan_of(query: str) -> str:
    """Return how the database finds what a query asks for, when reading a whole table is no choice."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {query}".replace("%", "%%"))
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {query}".replace("%", "%%"))
        return " ".join(str(row) for row in cursor.fetchall())


def test_no_page_reads_the_whole_history(as_auditor: Client, clerk: User) -> None:
    record = changed(clerk)
    for address in (
        f"/history/records/{record.pk}/?looks=1",
        f"/history/people/{clerk.pk}/",
        f"/history/?record={record.pk}",
        "/history/?kind=corrected",
        "/history/?about=people",
        f"/history/?person=clerk&day={timezone.localdate().isoformat()}",
    ):
        with CaptureQueriesContext(connection) as queries:
            as_auditor.get(address)
        asked = [query["sql"] for query in queries if 'LEFT OUTER JOIN "reviewapp_batch"' in query["sql"]]
        plan = plan_of(asked[0])
        event = plan.partition("reviewapp_chain")[0] if connection.vendor == "sqlite" else plan
        assert "SCAN reviewapp_event" not in event, (address, plan)
        assert "Seq Scan on reviewapp_event" not in event, (address, plan)


def test_the_broken_rule_and_what_the_paper_should_say_are_told_and_masked(
    as_supervisor: Client, as_auditor: Client, clerk: User
) -> None:
    record = submission_at("recognised", values={"mother_id_card_number": "330106199001011239", "birth_weight": "120"})
    record.hold(clerk, minutes=10)
    mark(record, "mother_id_card_number", "paper_wrong", by=clerk, should_say="330106199001011234")
    mark(record, "birth_weight", "paper_wrong", by=clerk, should_say="3120")
    rules = [rule for event in record.events.of_kinds([EventKind.MARKED]) for rule in event.rule_sentences]
    assert rules
    address = f"/history/records/{record.pk}/"
    whole, masked = (html.unescape(browser.get(address).content.decode()) for browser in (as_supervisor, as_auditor))
    for told in (*rules, "330106199001011234", "3120"):
        assert told in whole
    assert "330**1234" in masked
    assert masked.count("The paper itself is wrong") == 2
    assert "3120" in masked
    assert "330106199001011234" not in masked
    assert "330106199001011239" not in masked
    for event in record.events.of_kinds([EventKind.MARKED]):
        for rule in event.rules_without_values:
            assert rule in masked


def test_a_second_reading_is_called_so(as_auditor: Client, clerk2: User) -> None:
    record = submission_at("unsure")
    assert "second reading" not in text(as_auditor.get(f"/history/records/{record.pk}/"))
    claim.claim(record, by=clerk2)
    [unsure] = record.fields.unsure()
    correct.read_second(record, by=clerk2, decisions={unsure.name: correct.Decision("王丽", unsure.version)})
    assert "second reading" in text(as_auditor.get(f"/history/records/{record.pk}/"))
