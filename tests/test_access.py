"""Every address by everybody, against one table. An address that is not in the table fails the test."""

import io
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from reviewapp.certificate.fields import ORDER
from reviewapp.models import Event, Export, Submission, User, present_basis
from reviewapp.stages import claim
from reviewapp.states import LOOKS
from tests.access_records import OF_EXPORTS, make_record
from tests.factories import make_batch, person, picture, submission_at
from tests.views.pages import approval_of

ANONYMOUS, CLERK, SUPERVISOR, ADMIN, AUDITOR = "anonymous", "clerk2", "supervisor2", "admin", "auditor"
ACTORS = (ANONYMOUS, CLERK, SUPERVISOR, ADMIN, AUDITOR)
LOGIN = "to login"
type Outcome = int | str


@dataclass(frozen=True)
class Row:
    """One request and what becomes of it for each actor, none of whom has worked on the record before.

    Outcomes are statuses, or LOGIN; an auditor is refused unless the row says otherwise. `at` is the status of the
    record in the address; `held` lets the actor hold it, as far as their role may.
    """

    name: str
    method: str
    anonymous: Outcome
    clerk: Outcome
    supervisor: Outcome
    admin: Outcome
    auditor: Outcome = 403
    at: str = "recognised"
    held: bool = False
    data: Callable[["World"], dict[str, Any]] = lambda world: {}
    extra: dict[str, Any] = field(default_factory=dict)

    def outcomes(self) -> Iterator[tuple[str, Outcome]]:
        yield from zip(ACTORS, (self.anonymous, self.clerk, self.supervisor, self.admin, self.auditor), strict=True)

    def __str__(self) -> str:
        words = (self.method, self.name, "-".join(map(str, self.extra.values())), self.at, "held" if self.held else "")
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class World:
    """A record, its batch, and somebody who sends a request."""

    record: Submission
    actor: User | None

    def address(self, row: Row) -> str:
        batch, person_key = self.record.batch_id, self.record.received_by_id
        named = {**dict.fromkeys(OF_BATCHES, batch), **dict.fromkeys(OF_PEOPLE, person_key)}
        pk = named.get(row.name, self.record.pk)
        if row.name.startswith("amendment_"):
            pk = self.record.amendments.latest("pk").pk
        if row.name in OF_EXPORTS:
            pk = Export.objects.latest("pk").pk
        takes_pk = row.name in WITH_PK + OF_BATCHES + OF_PEOPLE + OF_EXPORTS
        return reverse(row.name, kwargs=({"pk": pk} if takes_pk else {}) | row.extra)

    def answer(self, row: Row, data: dict[str, Any] | None = None) -> HttpResponse:
        browser = Client(headers={"accept-language": "en"})
        if self.actor:
            browser.force_login(self.actor)
        address = self.address(row)
        if row.method == "POST":
            return browser.post(address, row.data(self) if data is None else data)
        return browser.generic(row.method, address)

    def send(self, row: Row, data: dict[str, Any] | None = None) -> Outcome:
        response = self.answer(row, data)
        if response.status_code == 302 and response.headers["location"].startswith(reverse("login") + "?next="):
            return LOGIN
        return response.status_code


WITH_PK = (
    "submission", "retry", "approve", "return", "review", "claim", "give_back", "heartbeat", "field", "submit",
    "reject", "picture", "access_key_revoke", "filter_delete", "history_of_record", "amend", "amendment_approve",
    "amendment_refuse", "amendment_withdraw", "skip", "postpone", "ask", "take_over", "undo", "answer", "mark",
    "second", "override_seen", "ahead", "let_go",
)  # fmt: skip
OPEN_TO_ALL = ("api_docs", "batches", "batch", "characters", "figures", "records", "search", "upload")
OF_BATCHES = ("batch", "batch_approve", "batch_approve_chosen", "batch_change", "batch_reject", "batch_return",
              "batch_sheet")  # fmt: skip
OF_PEOPLE = ("password_link", "history_of_person")
A_FIELD, A_LINK = {"name": "sex"}, {"uidb64": "MQ", "token": "set-password"}


def a_value(world: World) -> dict[str, Any]:
    return {"value": "男", "version": world.record.fields.get(name="sex").version}


def a_mark(world: World) -> dict[str, Any]:
    return {"mark": "unsure", "version": world.record.fields.get(name="sex").version}


def a_second_reading(world: World) -> dict[str, Any]:
    """Take the first of the readings that are shown."""
    fields = world.record.fields.unsure()
    versions = {f"{field.name}-version": field.version for field in fields}
    return versions | {f"{field.name}-choice": "1" for field in fields}


def a_file(world: World) -> dict[str, Any]:
    return {"batch": make_batch().pk, "file": io.BytesIO(picture())}


def a_private_address(world: World) -> dict[str, Any]:
    return {"batch": make_batch().pk, "url": "http://169.254.169.254/"}


def an_export(world: World) -> dict[str, Any]:
    return {"format": "csv", "preset": "all"}


def all_thresholds(world: World) -> dict[str, Any]:
    return dict.fromkeys(ORDER, 80) | {"basis": present_basis()}


def a_decision(world: World) -> dict[str, Any]:
    return {"version": world.record.version}


def what_is_shown(world: World) -> dict[str, Any]:
    return approval_of(world.record.batch)


def an_act(world: World) -> dict[str, Any]:
    return {"act": "approve", "name": "mine", **what_is_shown(world)}


def a_reason(world: World) -> dict[str, Any]:
    return {"reason": "Look again.", "version": world.record.version}


def a_day(world: World) -> dict[str, Any]:
    return {"reason": "The ward is asked.", "until": str(timezone.localdate() + timedelta(days=2))}


def a_question(world: World) -> dict[str, Any]:
    return {"question": "Is this a 钧?", "field": "neonatal_name"}


def an_answer(world: World) -> dict[str, Any]:
    return {"answer": "It is.", "version": world.record.version}


def a_plan(world: World) -> dict[str, Any]:
    return {"priority": "1", "due_on": "", "announced": "12", "initial-priority": "0"}


def a_reject_reason(world: World) -> dict[str, Any]:
    return {"reason": "unreadable"}


def a_correction(world: World) -> dict[str, Any]:
    values = {field.name: field.value for field in world.record.fields.all()}
    grounds = {"reason": "A slip.", "evidence": "paper_seen", "evidence_note": "Seen again, shelf 3."}
    return {**values, **grounds, "neonatal_name": "欧阳晓明", "version": world.record.version}


def a_note(world: World) -> dict[str, Any]:
    return {"note": "The paper says what is approved."}


#    name               method  anonymous clerk supervisor admin auditor
TABLE = [
    Row("login", "GET", 200, 200, 200, 200, 200),
    Row("set_language", "POST", 302, 302, 302, 302, 302),
    Row("logout", "POST", LOGIN, 302, 302, 302, 302),
    Row("password", "GET", LOGIN, 200, 200, 200, 200),
    Row("password", "POST", LOGIN, 422, 422, 422, 422),
    Row("home", "GET", LOGIN, 200, 200, 200, 200),
    Row("returned", "GET", LOGIN, 200, 200, 403),
    Row("password_set", "GET", 410, 410, 410, 410, 410, extra=A_LINK),
    Row("password_set", "POST", 410, 410, 410, 410, 410, extra=A_LINK),
    Row("people", "GET", LOGIN, 403, 403, 200, 200),
    Row("help", "GET", LOGIN, 200, 200, 200, 200),
    Row("help_of_role", "GET", LOGIN, 200, 200, 200, 200, extra={"role": "clerk"}),
    Row("password_link", "POST", LOGIN, 403, 403, 200),
    Row("upload", "POST", LOGIN, 200, 200, 200, data=a_file),
    Row("upload_url", "POST", LOGIN, 422, 422, 422, data=a_private_address),
    *[Row(name, "GET", LOGIN, 200, 200, 200) for name in OPEN_TO_ALL],
    Row("batch_sheet", "GET", LOGIN, 403, 200, 403),
    Row("batch_approve_chosen", "POST", LOGIN, 403, 302, 403, at="reviewed"),
    Row("batch_approve", "POST", LOGIN, 403, 302, 403, at="reviewed", data=what_is_shown),
    *[Row("batch_approve", "POST", LOGIN, 403, 409, 403, at=status) for status in ("reviewed", "recognised")],
    *[Row(f"batch_{act}", "POST", LOGIN, 403, 422, 403) for act in ("return", "reject")],
    Row("batch_change", "POST", LOGIN, 403, 302, 403, data=a_plan),
    Row("batch_change", "POST", LOGIN, 403, 422, 403),
    Row("exports", "GET", LOGIN, 403, 403, 200),
    Row("exports", "POST", LOGIN, 403, 403, 302, at="approved", data=an_export),
    Row("export_cancel", "POST", LOGIN, 403, 403, 302, at="approved"),
    Row("export_file", "GET", LOGIN, 403, 403, 200, at="approved"),
    *[Row(name, "GET", LOGIN, 403, 200, 403, 200) for name in ("history", "history_of_record", "history_of_person")],
    Row("thresholds", "GET", LOGIN, 403, 403, 200, 200),
    Row("thresholds", "POST", LOGIN, 403, 403, 302, data=all_thresholds),
    *[Row(name, "POST", LOGIN, 403, 403, 302) for name in ("reflag", "cloud_resume")],
    Row("rules", "GET", LOGIN, 403, 403, 200, 200),
    Row("rules", "POST", LOGIN, 403, 403, 422),
    Row("api_try", "POST", LOGIN, 403, 403, 403),
    *[Row(name, "GET", LOGIN, 403, 403, 200) for name in ("access_keys", "cloud", "evidence", "reflag")],
    Row("access_keys", "POST", LOGIN, 403, 403, 422),
    *[
        Row("submission", "GET", LOGIN, 200, 200, 200, at=at)
        for at in ("received", "failed", "recognised", "escalated", "reviewed", "returned", "rejected")
    ],
    Row("submission", "GET", LOGIN, 403, 200, 200, at="approved"),
    *[
        Row("picture", "GET", LOGIN, 200, 200, 200, extra={"kind": kind})
        for kind in ("original", "screen", "thumbnail")
    ],
    *[
        Row("picture", "GET", LOGIN, 403, 200, 200, at="approved", extra={"kind": kind})
        for kind in ("original", "screen", "thumbnail")
    ],
    Row("retry", "POST", LOGIN, 302, 302, 302, at="failed"),
    Row("retry", "POST", LOGIN, 409, 409, 409, at="recognised"),
    Row("approve", "POST", LOGIN, 403, 302, 403, at="reviewed", data=a_decision),
    Row("approve", "POST", LOGIN, 403, 409, 403, at="reviewed"),
    Row("approve", "POST", LOGIN, 403, 409, 403, at="approved", data=a_decision),
    *(Row("return", "POST", LOGIN, 403, 302, 403, at=at, data=a_reason) for at in ("reviewed", "rejected")),
    Row("return", "POST", LOGIN, 403, 409, 403, at="recognised", data=a_reason),
    Row("amend", "GET", LOGIN, 403, 200, 403, at="approved"),
    Row("amend", "GET", LOGIN, 409, 409, 403, at="reviewed"),
    Row("amend", "POST", LOGIN, 403, 302, 403, at="approved", data=a_correction),
    Row("amend", "POST", LOGIN, 403, 422, 403, at="approved"),
    Row("amendment_approve", "POST", LOGIN, 403, 302, 403, at="approved"),
    Row("amendment_refuse", "POST", LOGIN, 403, 302, 403, at="approved", data=a_note),
    Row("amendment_refuse", "POST", LOGIN, 403, 422, 403, at="approved"),
    Row("amendment_withdraw", "POST", LOGIN, 403, 403, 403, at="approved"),
    *[Row(name, "GET", LOGIN, 403, 200, 200) for name in ("numbers", "papers")],
    Row("review", "GET", LOGIN, 302, 302, 302),
    Row("review", "GET", LOGIN, 200, 200, 302, held=True),
    Row("review", "GET", LOGIN, 403, 302, 302, at="approved"),
    Row("records_act", "POST", LOGIN, 422, 422, 403),
    Row("records_act", "POST", LOGIN, 403, 302, 403, at="reviewed", data=an_act),
    Row("filter_save", "POST", LOGIN, 302, 302, 302, data=an_act),
    *[Row(name, "POST", LOGIN, 404, 404, 404) for name in ("filter_delete", "access_key_revoke")],
    Row("next", "POST", LOGIN, 302, 302, 403),
    Row("claim", "POST", LOGIN, 302, 302, 403),
    Row("claim", "POST", LOGIN, 403, 302, 403, at="returned"),
    Row("claim", "POST", LOGIN, 409, 409, 403, at="reviewed"),
    Row("give_back", "POST", LOGIN, 302, 302, 302, held=True),
    Row("ahead", "POST", LOGIN, 204, 204, 403, held=True),
    Row("let_go", "POST", LOGIN, 204, 204, 204),
    *(Row("heartbeat", "POST", LOGIN, 204, 204, 409, at=at, held=True) for at in ("recognised", "unsure")),
    *(Row("heartbeat", "POST", LOGIN, 409, 409, 409, at=at) for at in ("recognised", "returned")),
    Row("field", "POST", LOGIN, 200, 200, 409, held=True, data=a_value, extra=A_FIELD),
    *(
        Row("field", "POST", LOGIN, 409, 409, 409, at=at, data=a_value, extra=A_FIELD)
        for at in ("recognised", "returned", "reviewed")
    ),
    *(Row("field", "POST", LOGIN, 403, 409, 409, at=at, data=a_value, extra=A_FIELD) for at in ("approved", "unsure")),
    Row("mark", "POST", LOGIN, 409, 409, 409, data=a_mark, extra=A_FIELD),
    Row("mark", "POST", LOGIN, 200, 200, 409, held=True, data=a_mark, extra=A_FIELD),
    Row("mark", "POST", LOGIN, 403, 409, 409, at="unsure", data=a_mark, extra=A_FIELD),
    Row("mark", "POST", LOGIN, 403, 409, 409, at="approved", data=a_mark, extra=A_FIELD),
    Row("submission", "GET", LOGIN, 403, 200, 200, at="unsure"),
    Row("submission", "GET", LOGIN, 403, 302, 200, at="unsure", held=True),
    Row("review", "GET", LOGIN, 302, 302, 302, at="unsure"),
    Row("claim", "POST", LOGIN, 302, 302, 403, at="unsure"),
    Row("submit", "POST", LOGIN, 409, 409, 403, at="unsure", held=True),
    Row("second", "GET", LOGIN, 302, 302, 302, at="unsure"),
    Row("second", "GET", LOGIN, 200, 200, 302, at="unsure", held=True),
    Row("second", "GET", LOGIN, 302, 302, 302),
    Row("second", "POST", LOGIN, 302, 302, 403, at="unsure", held=True, data=a_second_reading),
    Row("second", "POST", LOGIN, 422, 422, 403, at="unsure", held=True),
    Row("second", "POST", LOGIN, 409, 409, 403, at="unsure", data=a_second_reading),
    Row("second", "POST", LOGIN, 409, 409, 403, held=True),
    Row("override_seen", "POST", LOGIN, 403, 422, 403, at="reviewed", data=a_value, extra=A_FIELD),
    Row("override_seen", "POST", LOGIN, 403, 409, 403, at="reviewed", extra=A_FIELD),
    Row("override_seen", "POST", LOGIN, 403, 409, 403, data=a_value, extra=A_FIELD),
    Row("submit", "POST", LOGIN, 302, 302, 403, held=True),
    Row("submit", "POST", LOGIN, 409, 409, 403),
    Row("reject", "POST", LOGIN, 302, 302, 403, held=True, data=a_reject_reason),
    Row("reject", "POST", LOGIN, 409, 409, 403, data=a_reject_reason),
    Row("reject", "POST", LOGIN, 302, 302, 403, at="failed", data=a_reject_reason),
    Row("reject", "POST", LOGIN, 409, 409, 403, at="escalated", data=a_reject_reason),
    Row("reject", "POST", LOGIN, 403, 302, 403, at="escalated", data=lambda w: a_reject_reason(w) | a_decision(w)),
    Row("skip", "POST", LOGIN, 302, 302, 403, held=True, data=a_reason),
    Row("skip", "POST", LOGIN, 409, 409, 403, data=a_reason),
    Row("skip", "POST", LOGIN, 403, 409, 403, at="approved", data=a_reason),
    Row("postpone", "POST", LOGIN, 302, 302, 403, held=True, data=a_day),
    Row("postpone", "POST", LOGIN, 409, 409, 403, data=a_day),
    Row("ask", "POST", LOGIN, 302, 302, 403, held=True, data=a_question),
    Row("ask", "POST", LOGIN, 409, 409, 403, data=a_question),
    Row("ask", "POST", LOGIN, 409, 409, 403, at="escalated", data=a_question),
    Row("take_over", "POST", LOGIN, 403, 302, 403),
    Row("take_over", "POST", LOGIN, 403, 409, 403, at="reviewed"),
    *[
        Row("undo", "POST", LOGIN, 403, 403, 403, at=at, data=a_decision)
        for at in ("reviewed", "rejected", "escalated")
    ],
    Row("undo", "POST", LOGIN, 403, 403, 403, data=a_decision),
    Row("answer", "POST", LOGIN, 403, 302, 403, at="escalated", data=an_answer),
    Row("answer", "POST", LOGIN, 403, 409, 403, at="escalated", data=lambda world: {"answer": "It is."}),
    Row("answer", "POST", LOGIN, 403, 409, 403, at="reviewed", data=an_answer),
]


def make_world(row: Row, actor: str, record: Submission | None = None) -> World:
    """Let somebody meet a record, by default a new one."""
    user = person(actor) if actor != ANONYMOUS else None
    met = Submission.objects.get(pk=record.pk) if record else make_record(row.name, at=row.at)
    if row.held and user and user.is_reviewer:
        claim.claim(met, by=user)
    return World(met, user)


@contextmanager
def world_of(record: Submission, row: Row, actor: str) -> Iterator[World]:
    """Let somebody meet a record that nobody has met before; afterwards all is as it was, for whoever comes next."""
    with transaction.atomic():
        yield make_world(row, actor, record)
        transaction.set_rollback(True)


def patterns(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of every address, with its namespace."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", path


ALL_PATTERNS = sorted(set(patterns(get_resolver())))
OWN_NAMES = sorted({name for name, _ in ALL_PATTERNS if not name.startswith("admin:")})
WITHOUT_LOGIN = ("login", "set_language", "password_set")


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_who_may_do_what(row: Row) -> None:
    record = make_record(row.name, at=row.at)
    for actor, outcome in row.outcomes():
        with world_of(record, row, actor) as world:
            assert world.send(row) == outcome, actor


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in TABLE if row.method == "POST"], ids=str)
def test_a_refused_request_changes_nothing(row: Row) -> None:
    record = make_record(row.name, at=row.at)
    for actor, outcome in row.outcomes():
        if outcome not in (LOGIN, 403):
            continue
        with world_of(record, row, actor) as world:
            data = row.data(world)
            before = (Submission.objects.values().get(pk=world.record.pk), Event.objects.count())
            world.send(row, data)
            after = (Submission.objects.values().get(pk=world.record.pk), Event.objects.count())
            assert before == after, actor


def test_every_address_is_in_the_table() -> None:
    assert sorted({row.name for row in TABLE}) == OWN_NAMES


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in OWN_NAMES if name not in WITHOUT_LOGIN])
def test_methods_that_are_not_in_the_table_are_refused(name: str) -> None:
    """GET where only POST is meant and the other way round; PUT, PATCH and DELETE everywhere."""
    rows = [row for row in TABLE if row.name == name]
    meant = {row.method for row in rows}
    record = make_record(name)
    for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - meant):
        row = Row(name, method, 0, 0, 0, 0, extra=rows[0].extra)
        with world_of(record, row, ANONYMOUS) as world:
            assert world.send(row) in (LOGIN, 405)
        with world_of(record, row, ADMIN) as world:
            assert world.send(row) == 405


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in TABLE if row.method == "POST"], ids=str)
def test_no_post_from_another_site_is_taken(row: Row) -> None:
    world = make_world(row, SUPERVISOR)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person(SUPERVISOR))
    assert browser.post(world.address(row), row.data(world)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in TABLE if row.name in WITH_PK or row.name.startswith("batch_")], ids=str)
def test_what_does_not_exist_is_not_found_rather_than_forbidden(row: Row) -> None:
    browser = Client()
    for actor in (CLERK, SUPERVISOR, ADMIN):
        browser.force_login(person(actor))
        address = reverse(row.name, kwargs={"pk": 999_999, **row.extra})
        assert browser.generic(row.method, address).status_code == 404


# ---- Django's admin: for administrators, to look; people alone are changed there


def admin_address(name: str, world: World) -> str:
    """Return an address of the admin; where it names an object, the one of this world or any number."""
    model = name.removeprefix("admin:reviewapp_").partition("_")[0]
    objects = {"batch": world.record.batch_id, "submission": world.record.pk, "user": person(CLERK).pk}
    event = world.record.events.get(kind="recognised")
    pk = (objects | {"event": event.pk, "recognitionresult": world.record.recognitions.get().pk}).get(model, 1)
    kwargs: dict[str, Any] = {}
    if name.endswith(("_history", "_delete", "_change")) and name != "admin:password_change":
        kwargs = {"object_id": pk}
    if name == "admin:app_list":
        kwargs = {"app_label": "reviewapp"}
    if name == "admin:view_on_site":
        kwargs = {"content_type_id": 1, "object_id": 1}
    return reverse(name, kwargs=kwargs)


ADMIN_NAMES = sorted({name for name, _ in ALL_PATTERNS if name.startswith("admin:") and name != "admin:None"})
OPEN_IN_ADMIN = {"admin:login": 200, "admin:logout": 302, "admin:jsi18n": 200}


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [ANONYMOUS, CLERK, SUPERVISOR, AUDITOR])
def test_only_administrators_enter_the_admin(actor: str) -> None:
    record = submission_at("recognised")
    for name, method in itertools.product(ADMIN_NAMES, ("get", "post")):
        with world_of(record, Row(name, method, 0, 0, 0, 0), actor) as world:
            browser = Client()
            if world.actor:
                browser.force_login(world.actor)
            response = getattr(browser, method)(admin_address(name, world))
            sent_away = response.status_code == 302 and "login" in response.headers["location"]
            assert sent_away or response.status_code in (403, 405) or name in OPEN_IN_ADMIN, (method, name)


@pytest.mark.django_db
def test_administrators_look_in_the_admin_and_change_nothing() -> None:
    record = submission_at("recognised")
    for name in ADMIN_NAMES:
        if "_user_" not in name:
            with world_of(record, Row(name, "GET", 0, 0, 0, 0), ADMIN) as world:
                assert_nothing_changes(name, world)


def done() -> int:
    """Return how many events tell of something else than a look."""
    return Event.objects.exclude(kind__in=LOOKS).count()


def assert_nothing_changes(name: str, world: World) -> None:
    browser = Client()
    browser.force_login(person(ADMIN))
    before = done()
    shown = browser.get(admin_address(name, world)).status_code
    if name.startswith("admin:reviewapp_") and name.endswith(("_changelist", "_change")):
        missing = "export" in name or "key" in name
        assert shown in ((200, 302) if missing else (200,)), name
    if name.endswith(("_add", "_delete")):
        assert shown in (302, 403), name
    if name.endswith(("_add", "_delete", "_change")) and name != "admin:password_change":
        changed = browser.post(admin_address(name, world), {"status": "approved", "post": "yes"})
        assert changed.status_code in (302, 403), name
    assert done() == before, name
    assert Submission.objects.get(pk=world.record.pk).status == "recognised", name


@pytest.mark.django_db
def test_a_clerk_who_is_staff_by_mistake_sees_nothing_in_the_admin() -> None:
    clerk = person(CLERK)
    User.objects.filter(pk=clerk.pk).update(is_staff=True)
    world = World(submission_at("recognised"), clerk)
    browser = Client()
    browser.force_login(User.objects.get(pk=clerk.pk))
    for name in ADMIN_NAMES:
        if name.startswith("admin:reviewapp_"):
            assert browser.get(admin_address(name, world)).status_code in (302, 403)


@pytest.mark.django_db
def test_a_person_who_was_switched_off_is_out_at_once(clerk: User) -> None:
    browser = Client()
    browser.force_login(clerk)
    assert browser.get(reverse("home")).status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert browser.get(reverse("home")).status_code == 302
