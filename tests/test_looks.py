"""A look leaves a trace: who saw what, from where; once in ten minutes, and for a whole page in one set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviewapp.administration import view_log
from reviewapp.administration.view_log import Look, looks_at, note_looks, note_views
from reviewapp.models import Chain, Event, Export, Submission, User
from reviewapp.stages import claim
from reviewapp.states import LOOKS, EventKind
from tests.exports import done
from tests.factories import make_batch, person, receive, submission_at, true_values
from tests.guards import guards_off
from tests.racing import Meet, race

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
HTMX = {"hx-request": "true"}
V, L, P = EventKind.VIEWED, EventKind.LISTED, EventKind.PICTURE_SEEN
A, H, D = EventKind.ANSWER_SEEN, EventKind.HISTORY_SEEN, EventKind.DOWNLOADED


@dataclass(frozen=True)
class Case:
    """Who asks for what, and which looks that leaves in this order."""

    who: str
    what: str
    leaves: tuple[EventKind, ...]
    at: str = "reviewed"
    held: bool = False
    headers: dict[str, str] | None = None

    def __str__(self) -> str:
        words = (self.who, self.what, self.at, "held" if self.held else "", "htmx" if self.headers else "")
        return " ".join(word for word in words if word)


def taken(browser: Client) -> HttpResponse:
    """Let the last export be made, and take its file."""
    return browser.get(f"/exports/{done(Export.objects.latest('pk')).pk}/file/")


def ask(case: Case, record: Submission) -> HttpResponse:
    """Ask as one of the cast does, from ADDRESS."""
    browser = Client(headers={"accept-language": "en"}, REMOTE_ADDR=ADDRESS)
    browser.force_login(person(case.who))
    if case.what == "export":
        asked = browser.post("/exports/", {"format": "csv", "preset": "all"})
        return taken(browser) if asked.status_code == 302 else asked
    if case.what == "broken value":
        return browser.post(f"/records/{record.pk}/fields/sex/", {"version": "x"})
    return browser.get(ADDRESSES[case.what](record), headers=case.headers or {})


def admin_of(model: str, pk: int) -> str:
    return reverse(f"admin:reviewapp_{model}_change", args=[pk])


ADDRESSES: dict[str, Callable[[Submission], str]] = {
    "home": lambda record: "/",
    "batches": lambda record: "/batches/",
    "batch": lambda record: f"/batches/{record.batch_id}/",
    "sheet": lambda record: f"/batches/{record.batch_id}/sheet/",
    "record": lambda record: record.get_absolute_url(),
    "review": lambda record: f"/records/{record.pk}/review/",
    "thumbnail": lambda record: f"/records/{record.pk}/picture/thumbnail/",
    "screen": lambda record: f"/records/{record.pk}/picture/screen/",
    "original": lambda record: f"/records/{record.pk}/picture/original/",
    "history": lambda record: "/history/",
    "history of record": lambda record: f"/history/records/{record.pk}/",
    "history of person": lambda record: f"/history/people/{record.received_by_id}/",
    "raw answer": lambda record: admin_of("recognitionresult", record.recognitions.get().pk),
    "record's row": lambda record: admin_of("submission", record.pk),
    "event's row": lambda record: admin_of("event", record.events.order_by("pk")[0].pk),
    "batch's row": lambda record: admin_of("batch", record.batch_id),
    "answers": lambda record: reverse("admin:reviewapp_recognitionresult_changelist"),
    "events": lambda record: reverse("admin:reviewapp_event_changelist"),
}

CASES = [
    Case("clerk2", "home", ()),
    Case("clerk2", "batches", ()),
    Case("clerk2", "batch", (L,)),
    Case("clerk2", "batch", (L,), headers=HTMX),
    Case("clerk2", "batch", (L,), at="received"),
    Case("supervisor2", "batch", (L,)),
    Case("supervisor2", "batch", (L,), headers=HTMX),
    Case("admin", "batch", (L,)),
    *[Case("supervisor2", "sheet", (V, P), at=at) for at in ("reviewed", "approved")],
    *[Case(who, "sheet", ()) for who in ("clerk2", "admin", "auditor")],
    *[Case(who, "record", (V, P)) for who in ("clerk2", "supervisor2", "admin")],
    *[Case(who, "thumbnail", (L,)) for who in ("clerk2", "supervisor2", "admin")],
    *[Case(who, "screen", (P,)) for who in ("clerk2", "supervisor2", "admin")],
    *[Case(who, "original", (P,)) for who in ("clerk2", "supervisor2", "admin")],
    Case("clerk2", "record", (), at="approved"),
    Case("clerk2", "screen", (), at="approved"),
    Case("clerk2", "record", (), at="recognised", held=True),
    Case("clerk2", "review", (), at="recognised", held=True),
    Case("clerk2", "batch", (), at="recognised", held=True),
    Case("clerk2", "thumbnail", (), at="recognised", held=True),
    Case("clerk2", "screen", (), at="recognised", held=True),
    Case("clerk2", "original", (P,), at="recognised", held=True),
    Case("clerk2", "broken value", (V,), at="recognised"),
    Case("clerk2", "broken value", (), at="recognised", held=True),
    Case("admin", "export", (EventKind.EXPORTED, D), at="approved"),
    Case("admin", "raw answer", (A,)),
    Case("admin", "answers", ()),
    Case("admin", "record's row", (V,)),
    Case("admin", "event's row", (H,)),
    Case("admin", "events", (H,)),
    Case("admin", "batch's row", ()),
    *[
        Case(who, what, leaves)
        for what in ("history", "history of record", "history of person")
        for who, leaves in {"auditor": (H,), "supervisor2": (H,), "clerk2": (), "admin": ()}.items()
    ],
    *[Case("auditor", what, ()) for what in ("record", "screen", "original", "thumbnail", "raw answer", "export")],
    *[Case("clerk2", what, ()) for what in ("raw answer", "record's row", "event's row", "export")],
]


def looks_of(name: str) -> list[Event]:
    return list(Event.objects.filter(by=person(name), kind__in=LOOKS).order_by("pk"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_look_leaves_its_event_once(case: Case) -> None:
    record = submission_at(case.at)
    if case.held:
        claim.claim(record, by=person(case.who))
    for _ in range(2 if case.what != "export" else 1):
        ask(case, record)
        left = looks_of(case.who)
        assert tuple(event.kind for event in left) == case.leaves
    assert {event.address for event in left if event.kind != EventKind.EXPORTED} <= {ADDRESS}
    if case.what in ("batch", "sheet", "record", "screen", "original", "thumbnail", "raw answer", "history of record"):
        assert {event.submission for event in left} <= {record}


def test_the_look_says_what_of_it_was_seen(as_admin: Client, admin_user: User) -> None:
    record = submission_at("approved")
    as_admin.get(f"/records/{record.pk}/picture/screen/")
    as_admin.get(f"/records/{record.pk}/picture/original/")
    answer = record.recognitions.get()
    as_admin.get(admin_of("recognitionresult", answer.pk))
    as_admin.post("/exports/", {"format": "jsonl", "preset": "all"})
    taken(as_admin)
    screen, original, raw, _exported, download = looks_of("admin")
    assert (screen.params, original.params) == ({}, {"picture": "original"})
    assert raw.params == {"answer": answer.pk}
    assert download.params == {"export": Export.objects.get().pk, "format": "jsonl", "records": 1}
    assert original.new_label == "the file as it came in"
    assert raw.new_label == f"#{answer.pk}"
    assert download.new_label == f"#{Export.objects.get().pk} JSON lines"
    assert (screen.by, download.submission) == (admin_user, None)


def test_a_list_that_shows_values_to_a_supervisor_is_a_look_at_the_record_and_its_picture(
    as_supervisor: Client,
) -> None:
    batch = make_batch()
    kept = submission_at("reviewed", batch=batch, values={"birth_weight": "120"})
    plain = submission_at("reviewed", batch=batch, values=true_values(2))
    as_supervisor.get(batch.get_absolute_url())
    left = {(event.submission_id, event.kind) for event in looks_of("supervisor")}
    assert left == {(kept.pk, V), (kept.pk, P), (plain.pk, L)}
    as_supervisor.get(f"/records/{kept.pk}/picture/screen/")
    assert len(looks_of("supervisor")) == 3


def test_what_is_new_in_a_batch_is_a_look_when_it_is_told(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    as_supervisor.post(f"/batches/{record.batch_id}/approve/", {"shown": [f"{record.pk}:1"]})
    assert (record.pk, V) in {(event.submission_id, event.kind) for event in looks_of("supervisor")}


def test_a_browser_that_has_the_picture_already_shows_it_too(as_clerk2: Client) -> None:
    record = submission_at("reviewed")
    address = f"/records/{record.pk}/picture/screen/"
    etag = as_clerk2.get(address).headers["etag"]
    later()
    assert as_clerk2.get(address, headers={"if-none-match": etag}).status_code == 304
    assert len(looks_of("clerk2")) == 2


def later() -> None:
    """Let ten minutes go by since all that has happened."""
    with guards_off():
        Event.objects.update(at=timezone.now() - view_log.QUIET - timedelta(seconds=1))


def test_after_ten_minutes_the_same_look_is_another_one(clerk: User) -> None:
    record = submission_at("reviewed")
    for _ in range(3):
        note_views([record], by=clerk, kind=V, address=ADDRESS)
    assert len(looks_of("clerk")) == 1
    later()
    note_views([record], by=clerk, kind=V, address=ADDRESS)
    assert len(looks_of("clerk")) == 2


def test_the_quiet_time_is_one_persons_one_records_and_one_kinds(clerk: User, clerk2: User) -> None:
    records = [submission_at("reviewed"), submission_at("reviewed")]
    for by in (clerk, clerk2):
        for kind in (V, P):
            note_views(records, by=by, kind=kind, address=None)
            note_views(records, by=by, kind=kind, address=None)
    assert len(looks_of("clerk")) == len(looks_of("clerk2")) == 4


def test_one_page_that_names_a_record_twice_leaves_one_look(clerk: User) -> None:
    record = submission_at("reviewed")
    note_views([record, record], by=clerk, kind=L, address=None)
    assert len(looks_of("clerk")) == 1


def test_looks_that_nobody_had_leave_nothing(clerk: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        note_views([], by=clerk, kind=V, address=None)
    assert not queries.captured_queries


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_records_is_noted_in_one_set_however_long(count: int, clerk2: User) -> None:
    batch = make_batch()
    records = [receive(batch=batch, is_rendered=False) for _ in range(count)]
    with CaptureQueriesContext(connection) as first:
        note_views(records, by=clerk2, kind=L, address=ADDRESS)
    with CaptureQueriesContext(connection) as again:
        note_views(records, by=clerk2, kind=L, address=ADDRESS)
    assert Event.objects.filter(by=clerk2, kind=L).count() == count
    # The question, then between the transaction's begin and end: chains, events, chains' new ends.
    assert len(first) <= 7
    assert len(again) == 1


def test_a_batchs_page_takes_few_statements_whoever_saw_it_before(as_clerk2: Client) -> None:
    batch = make_batch()
    for _ in range(30):
        receive(batch=batch, is_rendered=False)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            as_clerk2.get(batch.get_absolute_url())
        counts.append(len(queries))
    # On SQLite nobody who reads again waits for a writer.
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert counts[0] - counts[1] <= 6
    assert counts[1] <= 15


def test_what_was_seen_lately_is_found_by_an_index(clerk: User) -> None:
    records = [submission_at("reviewed") for _ in range(3)]
    with CaptureQueriesContext(connection) as queries:
        note_views(records, by=clerk, kind=L, address=None)
    asked = queries[0]["sql"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    with connection.cursor() as cursor:
        prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(prefix + asked.replace("%", "%%"))
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "event_by_at" in plan or "submission_id" in plan, plan


@pytest.mark.django_db(transaction=True)
def test_two_people_who_open_the_same_records_at_once_are_both_noted(meet: Meet) -> None:
    batch = make_batch()
    records = [receive(batch=batch, is_rendered=False) for _ in range(5)]
    people = [person("clerk2"), person("supervisor")]
    meet("reviewapp.administration.view_log._write")
    sets = [looks_at(records, by=people[0], kind=L), looks_at(reversed(records), by=people[1], kind=V)]
    outcomes = race(
        *(partial(note_looks, looks, by=by, address=ADDRESS) for looks, by in zip(sets, people, strict=True))
    )
    assert outcomes == [None, None]
    for record in records:
        chain = Chain.objects.get(submission=record)
        numbers = list(record.events.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, chain.length + 1))
        assert {event.by for event in record.events.filter(kind__in=LOOKS)} == set(people)


def test_looks_at_the_same_thing_are_told_apart_by_what_of_it_was_seen() -> None:
    assert Look(P, 1).key == Look(P, 1, params={}).key
    assert len({Look(P, 1).key, Look(P, 2).key, Look(V, 1).key, Look(P, 1, params={"picture": "original"}).key}) == 4
