"""The addresses by which a record passes from hand to hand, each sent once, twice, and after something else."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviewapp.models import Event, Submission, User
from reviewapp.stages import approve, claim
from reviewapp.states import EventKind
from tests.factories import person, submission_at, verify_all
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


def tomorrow() -> str:
    return str(timezone.localdate() + timedelta(days=1))


INTENTS = {
    "submit": {},
    "reject": {"reason": "duplicate"},
    "skip": {"reason": "I do not know this form."},
    "postpone": {"reason": "The ward is asked.", "until": tomorrow()},
    "ask": {"question": "Is this a 钧?", "field": "neonatal_name"},
}


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    verify_all(record, by=clerk)
    return record


def send(browser: Client, record: Submission, name: str, **data: str | int) -> HttpResponse:
    return browser.post(f"/records/{record.pk}/{name}/", INTENTS.get(name, {}) | data, headers=HTMX)


@pytest.mark.parametrize("name", ["skip", "postpone", "ask"])
def test_laying_aside_goes_on_to_the_next_record_also_when_the_answer_was_lost(
    name: str, as_clerk: Client, held: Submission
) -> None:
    following = submission_at("recognised")
    events = []
    for _ in range(2):
        response = send(as_clerk, held, name)
        assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
        events.append(held.events.count())
    assert events[0] == events[1]


@pytest.mark.parametrize(("first", "second"), list(permutations(INTENTS, 2)))
def test_a_second_intent_in_another_tab_is_refused_with_what_happened(
    first: str, second: str, as_clerk: Client, held: Submission
) -> None:
    shown = held.version
    assert "HX-Redirect" in send(as_clerk, held, first, version=shown).headers
    held.refresh_from_db()
    status, before = held.status, held.events.count()
    response = send(as_clerk, held, second, version=shown)
    assert (response.status_code, "HX-Redirect" in response.headers) == (409, False)
    held.refresh_from_db()
    assert (held.status, held.events.count()) == (status, before)
    if first in ("skip", "postpone"):
        assert {"skip": "Skipped", "postpone": "Postponed"}[first] in text(response)
        assert response.headers["HX-Retarget"] == "#review-banner"


@pytest.mark.parametrize("name", ["skip", "postpone", "ask"])
def test_another_reason_than_the_one_before_is_another_intent(name: str, as_clerk: Client, held: Submission) -> None:
    send(as_clerk, held, name)
    other = {"question" if name == "ask" else "reason": "something else"}
    assert send(as_clerk, held, name, **other).status_code == 409


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("skip", {"reason": " "}, "Give a reason"),
        ("skip", {"reason": "x" * 501}, "at most 500 characters"),
        ("postpone", {"reason": ""}, "Give a reason"),
        ("postpone", {"until": ""}, "This field is required"),
        ("postpone", {"until": "0000-99-99"}, "Enter a valid date"),
        ("postpone", {"until": "2199-01-01"}, "at most 90 days"),
        ("postpone", {"until": "1999-01-01"}, "Choose a day after today"),
        ("ask", {"question": ""}, "Write what you want to ask"),
        ("ask", {"field": "nothing"}, "Select a valid choice"),
        ("ask", {"question": "\x00"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_said_in_the_dialog_and_what_was_typed_stays(
    name: str, data: dict[str, str], sentence: str, as_clerk: Client, held: Submission
) -> None:
    response = send(as_clerk, held, name, **data)
    assert response.status_code == 422
    assert sentence in text(response)
    assert f'id="{name}-form"' in response.content.decode()
    if "until" in data:
        assert INTENTS["postpone"]["reason"] in response.content.decode()
    held.refresh_from_db()
    assert held.claimed_by is not None


def test_the_refusals_are_chinese_for_who_reads_chinese(as_clerk: Client, held: Submission) -> None:
    chinese = {**HTMX, "accept-language": "zh-hans"}
    response = as_clerk.post(f"/records/{held.pk}/ask/", {"question": ""}, headers=chinese)
    assert "请写明您的问题" in text(response)
    page = text(as_clerk.get(f"/records/{held.pk}/review/", headers={"accept-language": "zh-hans"}))
    assert "请示审核人…" in page
    assert "跳过…" in page


def test_hostile_words_are_shown_as_text(as_clerk: Client, as_supervisor: Client, held: Submission) -> None:
    send(as_clerk, held, "ask", question='"><script>alert(1)</script>')
    for address in ("/", held.get_absolute_url()):
        page = as_supervisor.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_where_only_skipped_records_wait_their_number_is_told_and_they_can_be_taken(
    as_clerk: Client, held: Submission, clerk: User
) -> None:
    assert send(as_clerk, held, "skip").headers["HX-Redirect"] == "/"
    home = as_clerk.get("/")
    assert "You skipped one record; it is in the list below." in text(home)
    assert "Only a record that you skipped waits." in text(home)
    assert "I do not know this form." in text(home)
    assert home.context["waiting"]["to_review"] == 0
    assert as_clerk.post(f"/records/{held.pk}/claim/").headers["location"] == f"/records/{held.pk}/review/"
    held.refresh_from_db()
    assert held.is_held_by(clerk)


def test_what_is_postponed_is_on_every_first_page_and_on_its_own(
    as_clerk: Client, as_clerk2: Client, as_supervisor: Client, held: Submission
) -> None:
    send(as_clerk, held, "postpone")
    for browser in (as_clerk, as_clerk2, as_supervisor):
        home = text(browser.get("/"))
        assert "The ward is asked." in home
        assert f"until {tomorrow()}" in home
        page = text(browser.get(held.get_absolute_url()))
        assert f"Postponed by clerk, offered again on {tomorrow()}: The ward is asked." in page
    assert as_clerk2.post("/review/next/").headers["location"] == "/"
    assert as_clerk2.post(f"/records/{held.pk}/claim/").status_code == 302
    assert "offered again on" not in text(as_clerk.get(held.get_absolute_url()))


def test_the_former_holder_hears_who_took_the_record_over_and_why(
    as_clerk: Client, as_supervisor: Client, held: Submission
) -> None:
    page = as_supervisor.get(held.get_absolute_url())
    assert "Take over…" in text(page)
    assert "Take over…" not in text(as_clerk.get(held.get_absolute_url()))
    for _ in range(2):
        response = send(as_supervisor, held, "take-over", reason="You are ill.")
        assert response.headers["HX-Redirect"] == f"/records/{held.pk}/review/"
    assert held.events.filter(kind=EventKind.TAKEN_OVER).count() == 1

    for response in (send(as_clerk, held, "heartbeat"), send(as_clerk, held, "submit"), send(as_clerk, held, "skip")):
        assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#review-banner")
        assert "supervisor has taken this record over from you." in text(response)
        assert "You are ill." in text(response)
    assert "Take the record again" in text(response)
    assert "Taken over · supervisor → clerk" in " ".join(text(as_supervisor.get(held.get_absolute_url())).split())


def test_a_claim_that_went_another_way_is_not_called_taken_over(
    as_clerk: Client, held: Submission, clerk: User, clerk2: User
) -> None:
    claim.give_back(held, by=clerk)
    claim.claim(held, by=clerk2)
    words = text(send(as_clerk, held, "heartbeat"))
    assert "You no longer hold this record." in words
    assert "Opened for review · clerk2" in " ".join(words.split())


def test_a_question_is_on_the_supervisors_first_page_and_its_answer_on_the_clerks(
    as_clerk: Client, as_supervisor: Client, held: Submission, clerk: User
) -> None:
    send(as_clerk, held, "ask")
    home = as_supervisor.get("/")
    assert "Is this a 钧?" in text(home)
    assert f'href="/records/{held.pk}/#question"' in home.content.decode()
    assert "Is this a 钧?" not in text(as_clerk.get("/"))

    held.refresh_from_db()
    page = as_supervisor.get(held.get_absolute_url())
    question = page.content.decode().split('id="question"')[1].split("</section>")[0]
    assert 'class="crop"' in question
    assert "Neonatal name" in question
    empty = as_supervisor.post(f"/records/{held.pk}/answer/", {"answer": "", "version": held.version})
    assert (empty.status_code, "Give a reason" in text(empty)) == (422, True)
    for _ in range(2):
        answer = {"answer": "It is <b>钧</b>.", "version": held.version}
        assert as_supervisor.post(f"/records/{held.pk}/answer/", answer).headers["location"] == "/"
    assert held.events.filter(kind=EventKind.ANSWERED).count() == 1

    assert as_clerk.get("/").context["waiting"]["returned"] == 1
    assert as_clerk.post("/review/next/").headers["location"] == f"/records/{held.pk}/review/"
    words = text(as_clerk.get(f"/records/{held.pk}/review/"))
    assert "clerk asked: Neonatal name Is this a 钧? supervisor answers: It is &lt;b&gt;钧&lt;/b&gt;." in words


def test_an_answer_to_what_is_no_question_any_more_shows_what_is_new_and_keeps_what_was_typed(
    as_clerk: Client, as_supervisor: Client, held: Submission
) -> None:
    send(as_clerk, held, "ask")
    held.refresh_from_db()
    send(as_clerk, held, "undo", version=held.version)
    late = as_supervisor.post(f"/records/{held.pk}/answer/", {"answer": "It is.", "version": held.version})
    assert late.status_code == 409
    assert "has changed since this page was shown to you" in text(late)
    assert "Taken back" in text(late)


def test_two_supervisors_answers_leave_the_first(as_clerk: Client, as_supervisor: Client, held: Submission) -> None:
    send(as_clerk, held, "ask")
    held.refresh_from_db()
    approve.answer(Submission.objects.get(pk=held.pk), by=person("supervisor2"), text="No.")
    late = as_supervisor.post(f"/records/{held.pk}/answer/", {"answer": "Yes.", "version": held.version})
    assert late.status_code == 409
    held.refresh_from_db()
    assert held.return_reason == "No."


def test_a_supervisor_rejects_from_the_question_and_not_from_an_older_page(
    as_clerk: Client, as_supervisor: Client, held: Submission
) -> None:
    before = held.version
    send(as_clerk, held, "ask")
    held.refresh_from_db()
    page = as_supervisor.get(held.get_absolute_url()).content.decode()
    assert 'id="reject-dialog"' in page
    assert 'id="reject-dialog"' not in as_clerk.get(held.get_absolute_url()).content.decode()
    assert send(as_supervisor, held, "reject", version=before).status_code == 409
    assert send(as_supervisor, held, "reject", version=held.version).status_code == 200
    held.refresh_from_db()
    assert held.status == "rejected"


@pytest.mark.parametrize("name", ["submit", "reject", "ask"])
def test_what_was_finished_is_taken_back_from_the_first_page_and_from_the_next_record(
    name: str, as_clerk: Client, held: Submission, clerk: User
) -> None:
    following = submission_at("recognised")
    send(as_clerk, held, name)
    held.refresh_from_db()
    assert f'action="/records/{held.pk}/undo/"' in as_clerk.get("/").content.decode()
    assert f'hx-post="/records/{held.pk}/undo/"' in as_clerk.get(f"/records/{following.pk}/review/").content.decode()
    for _ in range(2):
        response = send(as_clerk, held, "undo", version=held.version)
        assert response.headers["HX-Redirect"] == f"/records/{held.pk}/review/"
    assert held.events.filter(kind=EventKind.UNDONE).count() == 1
    assert as_clerk.get(f"/records/{held.pk}/review/").status_code == 200
    assert f"/records/{held.pk}/undo/" not in as_clerk.get("/").content.decode()


def test_what_somebody_acted_on_has_no_button_and_is_refused_with_who_it_was(
    as_clerk: Client, held: Submission, supervisor: User
) -> None:
    following = submission_at("recognised")
    send(as_clerk, held, "submit")
    held.refresh_from_db()
    shown = held.version
    approve.return_to_clerk(held, by=supervisor, reason="look again")
    for address in ("/", f"/records/{following.pk}/review/"):
        assert f"/records/{held.pk}/undo/" not in as_clerk.get(address).content.decode()
    response = send(as_clerk, held, "undo", version=shown)
    assert response.status_code == 409
    assert "supervisor has gone on with this record since" in text(response)


def test_the_first_pages_of_a_long_day_show_the_last_and_count_all(as_clerk: Client, clerk: User) -> None:
    for _ in range(22):
        submission_at("reviewed", clerk=clerk, is_rendered=False)
    page = as_clerk.get("/")
    assert page.context["finished_count"] == 22
    assert page.content.decode().count("/undo/") == 20


def test_the_first_page_costs_the_same_queries_however_much_is_laid_aside(
    as_supervisor: Client, supervisor: User
) -> None:
    def lay_aside() -> None:
        for name in ("skip", "postpone", "ask"):
            record = submission_at("recognised", is_rendered=False)
            claim.claim(record, by=supervisor)
            send(as_supervisor, record, name)

    lay_aside()
    as_supervisor.get("/")
    with CaptureQueriesContext(connection) as few:
        as_supervisor.get("/")
    for _ in range(3):
        lay_aside()
    with CaptureQueriesContext(connection) as many:
        as_supervisor.get("/")
    assert len(many) == len(few)


def test_what_came_back_to_somebody_who_left_is_on_the_first_page_of_others(as_clerk2: Client, clerk: User) -> None:
    record = submission_at("returned", clerk=clerk)
    assert as_clerk2.get("/").context["waiting"]["returned"] == 0
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    home = as_clerk2.get("/")
    assert (home.context["waiting"]["returned"], home.context["waiting"]["to_review"]) == (1, 1)
    assert as_clerk2.post("/review/next/").headers["location"] == f"/records/{record.pk}/review/"


# ---- what supervisors plan of a batch


def plan(browser: Client, record: Submission, **data: str) -> HttpResponse:
    form = {"priority": "0", "due_on": "", "announced": "", "initial-priority": "0"}
    return browser.post(f"/batches/{record.batch_id}/change/", form | data)


def test_a_batch_is_planned_by_supervisors_and_its_event_says_old_and_new(
    as_supervisor: Client, as_clerk: Client, supervisor: User
) -> None:
    record = submission_at("recognised")
    assert "Sheets announced" in text(as_supervisor.get(record.batch.get_absolute_url()))
    assert "Sheets announced" not in text(as_clerk.get(record.batch.get_absolute_url()))
    for _ in range(2):
        assert plan(as_supervisor, record, priority="2", due_on="2030-05-01", announced="12").status_code == 302
    record.batch.refresh_from_db()
    assert (record.batch.priority, str(record.batch.due_on), record.batch.announced) == (2, "2030-05-01", 12)
    event = Event.objects.get(kind=EventKind.BATCH_CHANGED)
    assert (event.by, event.batch) == (supervisor, record.batch)
    assert event.params["old"] == {"priority": 0, "due_on": None, "announced": None}
    assert event.params["new"] == {"priority": 2, "due_on": "2030-05-01", "announced": 12}
    assert event.old_label == "priority: 0, due on: –, sheets announced: –"
    assert event.new_label == "priority: 2, due on: 2030-05-01, sheets announced: 12"


def test_what_a_supervisor_did_not_change_stays_as_another_set_it_meanwhile(as_supervisor: Client) -> None:
    record = submission_at("recognised")
    plan(as_supervisor, record, due_on="2030-05-01")
    plan(as_supervisor, record, priority="1")
    record.batch.refresh_from_db()
    assert (record.batch.priority, str(record.batch.due_on)) == (1, "2030-05-01")
    plan(as_supervisor, record, priority="1", **{"initial-priority": "1", "initial-due_on": "2030-05-01"})
    record.batch.refresh_from_db()
    assert (record.batch.priority, record.batch.due_on) == (1, None)


@pytest.mark.parametrize(
    "data",
    [{"priority": "7"}, {"priority": "x"}, {"due_on": "0001-01-01"}, {"announced": "-1"}, {"announced": "9" * 30}],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(data: dict[str, str], as_supervisor: Client) -> None:
    record = submission_at("recognised")
    response = plan(as_supervisor, record, **data)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert not Event.objects.filter(kind=EventKind.BATCH_CHANGED).exists()
