"""The record page: what it shows to whom, and what a supervisor decides there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape
from pytest_django.fixtures import DjangoAssertNumQueries

from reviewapp.models import Event, Flag, Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import AS_ON_PAPER, change, receive, submission_at, verify_all
from tests.guards import guards_off
from tests.views.pages import text

pytestmark = pytest.mark.django_db

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
BASE_QUERIES = 9


def views_of(record: Submission, person: User) -> int:
    return Event.objects.filter(submission=record, kind=EventKind.VIEWED, by=person).count()


def reviewed_with_a_change(clerk: User) -> Submission:
    record = submission_at("recognised", values={"neonatal_name": "王掉"}, probs=DOUBTFUL)
    claim.claim(record, by=clerk)
    change(record, "neonatal_name", "王绰", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    return record


def test_the_page_shows_values_what_was_read_and_the_history(as_supervisor: Client, clerk: User) -> None:
    record = reviewed_with_a_change(clerk)
    words = text(as_supervisor.get(record.get_absolute_url()))
    assert "Read: 王掉" in words
    history = words[words.rindex("History") :]
    for step in ("Received", "Opened for review", "Corrected", "Verified", "Submitted"):
        assert step in history
    assert "王掉 → 王绰" in history
    assert "To review → Reviewed" in history
    assert "clerk" in history


def test_the_history_speaks_the_readers_language(as_supervisor: Client) -> None:
    record = submission_at("rejected")
    english = text(as_supervisor.get(record.get_absolute_url()))
    assert "Unreadable picture: too dark" in english
    with translation.override("zh-hans"):
        chinese = text(as_supervisor.get(record.get_absolute_url(), headers={"accept-language": "zh-CN"}))
        assert str(EventKind.REJECTED.label) in chinese
    assert "unreadable: too dark" not in chinese


def test_the_history_says_why_a_picture_was_not_read(as_supervisor: Client) -> None:
    record = submission_at("failed")
    page = text(as_supervisor.get(record.get_absolute_url()))
    history = page[page.rindex("History") :]
    assert record.failure_code not in history
    assert "No birth certificate was found in the picture." in history


def test_a_look_is_recorded_once_in_ten_minutes_per_person(
    as_clerk: Client, as_clerk2: Client, clerk: User, clerk2: User
) -> None:
    record = submission_at("recognised")
    for browser in (as_clerk, as_clerk, as_clerk2):
        browser.get(record.get_absolute_url())
    assert (views_of(record, clerk), views_of(record, clerk2)) == (1, 1)
    with guards_off():
        Event.objects.filter(kind=EventKind.VIEWED).update(at=timezone.now() - timedelta(minutes=11))
    as_clerk.get(record.get_absolute_url())
    assert views_of(record, clerk) == 2


def test_the_holders_own_look_is_no_event(as_clerk: Client, clerk: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    words = text(as_clerk.get(record.get_absolute_url()))
    assert "Go on reviewing" in words
    assert views_of(record, clerk) == 0


def test_the_page_costs_the_same_queries_however_long_the_history(
    as_supervisor: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    record = reviewed_with_a_change(clerk)
    as_supervisor.get(record.get_absolute_url())
    with django_assert_max_num_queries(BASE_QUERIES):
        as_supervisor.get(record.get_absolute_url())


def test_a_record_held_by_somebody_says_by_whom_and_offers_no_review(
    as_clerk: Client, as_clerk2: Client, clerk: User
) -> None:
    record = submission_at("recognised")
    assert "Review this record" in text(as_clerk2.get(record.get_absolute_url()))
    claim.claim(record, by=clerk)
    words = text(as_clerk2.get(record.get_absolute_url()))
    assert "clerk is working on this record" in words
    assert "Review this record" not in words


def test_a_picture_that_was_not_read_says_why_and_can_be_read_again_or_rejected(as_clerk: Client) -> None:
    record = submission_at("failed")
    words = text(as_clerk.get(record.get_absolute_url()))
    assert "No birth certificate was found in the picture." in words
    assert "No values: nothing could be read from this picture." in words
    response = as_clerk.post(f"/records/{record.pk}/retry/", follow=True)
    assert "The picture is being read again." in text(response)
    record.refresh_from_db()
    assert record.status == SubmissionStatus.RECEIVED


def test_a_picture_that_was_not_read_is_rejected_from_its_page(as_clerk: Client) -> None:
    record = submission_at("failed")
    response = as_clerk.post(f"/records/{record.pk}/reject/", {"reason": "no_certificate"})
    assert response.headers["location"] == record.get_absolute_url()
    assert "Not a birth certificate" in text(as_clerk.get(record.get_absolute_url()))


def test_a_record_whose_picture_is_not_rendered_yet_has_a_page(as_clerk: Client) -> None:
    record = receive()
    Submission.objects.update(screen="")
    assert "The picture is not ready for the screen yet." in text(as_clerk.get(record.get_absolute_url()))


def test_a_supervisor_approves_a_record(as_supervisor: Client, supervisor: User) -> None:
    record = submission_at("reviewed")
    response = as_supervisor.post(f"/records/{record.pk}/approve/", {"version": record.version}, follow=True)
    assert f"Record #{record.pk} is approved." in text(response)
    record.refresh_from_db()
    assert (record.status, record.approved_by) == (SubmissionStatus.APPROVED, supervisor)


def test_nobody_is_offered_or_granted_the_approval_of_their_own_work(as_supervisor: Client, supervisor: User) -> None:
    record = submission_at("reviewed", clerk=supervisor)
    assert "> Approve <" not in text(as_supervisor.get(record.get_absolute_url()))
    response = as_supervisor.post(f"/records/{record.pk}/approve/")
    assert response.status_code == 403
    assert "Another supervisor must approve it." in text(response)


def test_a_supervisor_returns_a_record_with_a_reason_and_fields(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    body = {"reason": "The name is cut off.", "fields": ["neonatal_name", "sex"], "version": record.version}
    as_supervisor.post(f"/records/{record.pk}/return/", body)
    record.refresh_from_db()
    assert (record.status, record.return_reason) == (SubmissionStatus.RETURNED, "The name is cut off.")
    assert {field.name for field in record.fields.doubtful()} == {"neonatal_name", "sex"}
    assert "Returned to clerk:" in text(as_supervisor.get(record.get_absolute_url()))


def test_a_return_without_a_reason_shows_the_page_again_with_what_was_ticked(as_supervisor: Client) -> None:
    record = submission_at("reviewed")
    response = as_supervisor.post(f"/records/{record.pk}/return/", {"reason": " ", "fields": ["sex"]})
    assert response.status_code == 422
    assert "This field is required." in text(response)
    assert 'value="sex" id="id_fields_1" checked' in response.content.decode()


def test_a_clerk_is_offered_no_decision(as_clerk: Client) -> None:
    record = submission_at("reviewed")
    page = as_clerk.get(record.get_absolute_url()).content.decode()
    assert f"/records/{record.pk}/approve/" not in page
    assert f"/records/{record.pk}/return/" not in page
    assert as_clerk.post(f"/records/{record.pk}/return/", {"reason": "?"}).status_code == 403


def test_a_finished_record_of_somebody_else_is_not_shown_to_a_clerk(as_clerk2: Client, as_admin: Client) -> None:
    record = submission_at("approved")
    assert as_clerk2.get(record.get_absolute_url()).status_code == 403
    assert as_admin.get(record.get_absolute_url()).status_code == 200


def test_an_old_page_decides_nothing_and_shows_what_is_new(
    as_supervisor: Client, supervisor2: User, clerk: User
) -> None:
    record = submission_at("reviewed", clerk=clerk)
    old = {"version": record.version}
    approve.return_to_clerk(record, by=supervisor2, reason="Look at the name.")
    claim.claim(record, by=clerk)
    change(record, "neonatal_name", "王焯", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)

    response = as_supervisor.post(f"/records/{record.pk}/approve/", old)
    assert response.status_code == 409
    page = text(response)
    notice = page[page.index("Nothing was done") : page.rindex("History")]
    assert "Look at the name." in notice
    assert "→ 王焯" in notice
    assert f'name="version" value="{record.version}"' in response.content.decode()
    returned = as_supervisor.post(f"/records/{record.pk}/return/", old | {"reason": "Typed for nothing?"})
    assert returned.status_code == 409
    assert "Typed for nothing?" in text(returned)
    record.refresh_from_db()
    assert record.status == SubmissionStatus.REVIEWED


@pytest.mark.parametrize("body", [{}, {"version": ""}, {"version": "x"}, {"version": "-1"}, {"version": "9" * 30}])
def test_a_decision_without_a_version_is_none(as_supervisor: Client, body: dict[str, str]) -> None:
    record = submission_at("reviewed")
    assert as_supervisor.post(f"/records/{record.pk}/approve/", body).status_code == 409
    assert as_supervisor.post(f"/records/{record.pk}/return/", body | {"reason": "x"}).status_code == 409
    record.refresh_from_db()
    assert record.status == SubmissionStatus.REVIEWED


@pytest.mark.parametrize("status", ["reviewed", "approved"])
def test_a_value_kept_against_a_rule_keeps_its_rule_and_person_on_the_page(
    as_supervisor: Client, clerk: User, status: str
) -> None:
    record = submission_at(status, values={"birth_weight": "120"}, clerk=clerk)
    response = as_supervisor.get(record.get_absolute_url())
    page = response.content.decode()
    assert escape(Flag.objects.overridden().get().sentence) in page
    assert f"Kept all the same: {AS_ON_PAPER}" in text(response).replace("  ", " ")
    assert f"{clerk.display_name}, " in text(response)
    assert "One value breaks a rule and was kept with a reason: Birth weight" in text(response)
