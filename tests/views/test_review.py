"""The review screen's addresses: who gets what, and what each answer says."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django.fixtures import DjangoAssertNumQueries

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import DEFAULT_THRESHOLD, Field, Flag, Submission, User
from reviewapp.stages import claim
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import change, submission_at, verify_all
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
BASE_QUERIES = 7


@pytest.fixture
def held(clerk: User) -> Submission:
    """Return a record with two doubtful fields in the clerk's hands."""
    record = submission_at("recognised", probs=DOUBTFUL)
    claim.claim(record, by=clerk)
    return record


def name_of(record: Submission) -> Field:
    return record.fields.get(name="neonatal_name")


def save(client: Client, record: Submission, value: str, **values: str | int) -> HttpResponse:
    body = {"value": value, "version": name_of(record).version, **values}
    return client.post(f"/records/{record.pk}/fields/neonatal_name/", body, headers=HTMX)


def versions(page: str) -> list[str]:
    return re.findall(r'name="version"\s+value="(\d+)"', page)


def test_a_finding_of_a_rule_that_is_no_more_breaks_no_page(as_clerk: Client, held: Submission) -> None:
    Flag.objects.create(field=name_of(held), code="unit_lost", severity="W", names=["neonatal_name"])
    assert "knows the rule behind this finding no more" in text(as_clerk.get(f"/records/{held.pk}/review/"))


def test_the_screen_shows_every_field_with_its_label_value_reason_and_place(as_clerk: Client, held: Submission) -> None:
    response = as_clerk.get(f"/records/{held.pk}/review/")
    page, words = response.content.decode(), text(response)
    fields = {field.name: field for field in held.fields.all()}
    for spec in FIELDS:
        assert escape(str(spec.label)) in words
        assert f'data-value="{fields[spec.name].value}"' in page
        assert f'data-field="{spec.name}" data-state=' in page
    assert page.count('class="crop"') == len(FIELDS)
    assert page.count('data-state="flagged"') == 2 * len(DOUBTFUL)
    assert f"The recogniser is only 60 % sure; the threshold is {DEFAULT_THRESHOLD} %." in words


def test_the_screen_costs_the_same_queries_however_many_fields_are_doubtful_or_changed(
    as_clerk: Client, held: Submission, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("sex", "father_name", "mother_age"):
        change(held, name, "?", by=clerk, verify=False)
    with django_assert_max_num_queries(BASE_QUERIES):
        as_clerk.get(f"/records/{held.pk}/review/")


def test_the_screen_belongs_to_the_holder_and_others_see_the_record(
    as_clerk: Client, as_clerk2: Client, held: Submission
) -> None:
    response = as_clerk2.get(f"/records/{held.pk}/review/", follow=True)
    assert response.redirect_chain == [(f"/records/{held.pk}/", 302)]
    assert "is working on this record" in text(response)
    assert "Take it to review it." not in text(response), "nobody is told to take what somebody else holds"
    Submission.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    response = as_clerk.get(f"/records/{held.pk}/review/", follow=True)
    assert response.redirect_chain == [(f"/records/{held.pk}/", 302)]
    assert "You do not hold this record. Take it to review it." in text(response)


def test_a_save_answers_with_the_state_and_never_with_the_input(as_clerk: Client, held: Submission) -> None:
    response = save(as_clerk, held, "王小明")
    page = response.content.decode()
    assert response.status_code == 200
    assert page.strip().startswith('<div class="entry__state"')
    assert 'data-value="王小明"' in page
    assert versions(page)[0] == "2"
    assert 'name="value"' not in page
    assert name_of(held).value == "王小明"


def test_a_save_tells_the_state_of_every_other_field_beside_its_own(as_clerk: Client, held: Submission) -> None:
    page = save(as_clerk, held, "王小明").content.decode()
    assert len(versions(page)) == len(FIELDS)
    assert page.count('hx-swap-oob="true"') == len(FIELDS) - 1
    assert page.index('id="state-neonatal_name"') < page.index('hx-swap-oob="true"')


def test_an_error_is_verified_only_with_a_reason_and_keeps_the_value(as_clerk: Client, held: Submission) -> None:
    address = f"/records/{held.pk}/fields/birth_weight/"
    refused = as_clerk.post(address, {"value": "12000", "version": 1, "verify": "1"}, headers=HTMX)
    assert refused.status_code == 422
    assert "say why it is right all the same" in text(refused)
    weight = held.fields.get(name="birth_weight")
    assert (weight.value, weight.is_verified) == ("12000", False)
    body = {"value": "12000", "version": weight.version, "verify": "1", "override_reason": "seen"}
    assert as_clerk.post(address, body, headers=HTMX).status_code == 200
    weight.refresh_from_db()
    assert (weight.is_verified, weight.override_reason) == (True, "seen")


def test_verifying_records_the_person_and_says_so(as_clerk: Client, held: Submission, clerk: User) -> None:
    response = save(as_clerk, held, name_of(held).value, verify="1")
    assert 'data-state="verified"' in response.content.decode()
    assert name_of(held).verified_by == clerk


def test_a_save_against_an_older_version_answers_409_with_both_values(
    as_clerk: Client, held: Submission, clerk: User
) -> None:
    version = name_of(held).version
    change(held, "neonatal_name", "王大明", by=clerk)
    response = save(as_clerk, held, "王小明", version=version)
    page = response.content.decode()
    assert response.status_code == 409
    assert "data-conflict" in page
    assert "王大明" in text(response)
    assert "王小明" in text(response)
    assert versions(page)[0] == str(name_of(held).version)
    assert name_of(held).value == "王大明"


def test_a_save_without_the_claim_answers_409_with_a_way_back(
    as_clerk: Client, held: Submission, clerk: User, clerk2: User
) -> None:
    claim.give_back(held, by=clerk)
    claim.claim(held, by=clerk2)
    response = save(as_clerk, held, "王小明")
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#review-banner"
    assert "Take the record again" in text(response)
    assert name_of(held).value != "王小明"


@pytest.mark.parametrize("version", ["", "-1", "one", "9" * 30])
def test_a_version_that_is_none_answers_422_or_409_and_changes_nothing(
    as_clerk: Client, held: Submission, version: str
) -> None:
    before = name_of(held).value
    assert save(as_clerk, held, "王小明", version=version).status_code in (409, 422)
    assert name_of(held).value == before


def test_a_value_that_is_too_long_answers_422_with_its_sentence(as_clerk: Client, held: Submission) -> None:
    response = save(as_clerk, held, "王" * 501)
    assert response.status_code == 422
    assert "The value has more than 500 characters." in text(response)


def test_hostile_text_is_shown_as_text(as_clerk: Client, held: Submission) -> None:
    response = save(as_clerk, held, '"><script>alert(1)</script>')
    assert "<script>" not in response.content.decode()
    assert name_of(held).value == '"><script>alert(1)</script>'


def test_an_unknown_field_or_record_answers_404(as_clerk: Client, held: Submission) -> None:
    assert as_clerk.post(f"/records/{held.pk}/fields/nothing/", {"value": "", "version": 1}).status_code == 404
    assert as_clerk.get("/records/999999/review/").status_code == 404


def test_a_heartbeat_keeps_the_claim_and_says_when_it_is_lost(
    as_clerk: Client, held: Submission, clerk: User, clerk2: User
) -> None:
    nearly_over = timezone.now() + timedelta(seconds=30)
    Submission.objects.update(claimed_until=nearly_over)
    assert as_clerk.post(f"/records/{held.pk}/heartbeat/", headers=HTMX).status_code == 204
    held.refresh_from_db()
    assert held.claimed_until is not None
    assert held.claimed_until > nearly_over
    claim.give_back(held, by=clerk)
    claim.claim(held, by=clerk2)
    response = as_clerk.post(f"/records/{held.pk}/heartbeat/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#review-banner")


def test_submitting_opens_the_next_record_and_at_the_end_goes_home(
    as_clerk: Client, held: Submission, clerk: User
) -> None:
    following = submission_at("recognised")
    verify_all(held, by=clerk)
    response = as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
    held.refresh_from_db()
    assert held.status == SubmissionStatus.REVIEWED
    assert as_clerk.post(f"/records/{following.pk}/submit/", headers=HTMX).headers["HX-Redirect"] == "/"
    assert "Nothing waits for review now." in text(as_clerk.get("/"))


def test_submitting_again_after_a_lost_answer_goes_on(
    as_clerk: Client, as_clerk2: Client, held: Submission, clerk: User
) -> None:
    verify_all(held, by=clerk)
    as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    following = submission_at("recognised")
    response = as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
    assert held.events.filter(kind=EventKind.SUBMITTED).count() == 1
    assert as_clerk2.post(f"/records/{held.pk}/submit/", headers=HTMX).status_code == 409


def test_rejecting_again_after_a_lost_answer_goes_on(as_clerk: Client, held: Submission) -> None:
    following = submission_at("recognised")
    for _ in range(2):
        response = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "unreadable"}, headers=HTMX)
        assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
    assert held.events.filter(kind=EventKind.REJECTED).count() == 1


def test_submitting_with_doubtful_fields_is_refused_with_their_number(as_clerk: Client, held: Submission) -> None:
    response = as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#notices"
    assert "2 flagged fields are not verified yet." in text(response)


def test_submitting_a_record_that_somebody_else_took_offers_to_take_it_again(
    as_clerk: Client, held: Submission, clerk: User, clerk2: User
) -> None:
    claim.give_back(held, by=clerk)
    claim.claim(held, by=clerk2)
    response = as_clerk.post(f"/records/{held.pk}/submit/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#review-banner")


def test_next_takes_the_oldest_waiting_record(as_clerk: Client, clerk: User) -> None:
    first, _ = submission_at("recognised"), submission_at("recognised")
    response = as_clerk.post("/review/next/")
    assert response.headers["location"] == f"/records/{first.pk}/review/"
    first.refresh_from_db()
    assert first.is_held_by(clerk)


def test_a_record_is_taken_and_put_back(as_clerk: Client, clerk: User) -> None:
    record = submission_at("recognised")
    assert as_clerk.post(f"/records/{record.pk}/claim/").headers["location"] == f"/records/{record.pk}/review/"
    record.refresh_from_db()
    assert record.is_held_by(clerk)
    assert as_clerk.post(f"/records/{record.pk}/give-back/").headers["location"] == "/"
    record.refresh_from_db()
    assert record.claimed_by is None


def test_rejecting_needs_a_reason_and_goes_on_to_the_next_record(as_clerk: Client, held: Submission) -> None:
    following = submission_at("recognised")
    refused = as_clerk.post(f"/records/{held.pk}/reject/", {"note": "?"}, headers=HTMX)
    assert refused.status_code == 422
    assert "This field is required." in text(refused)
    response = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "duplicate", "note": "twice"}, headers=HTMX)
    assert response.headers["HX-Redirect"] == f"/records/{following.pk}/review/"
    held.refresh_from_db()
    assert (held.status, held.reject_reason, held.reject_note) == ("rejected", "duplicate", "twice")


def test_rejecting_a_record_that_somebody_else_took_offers_to_take_it_again(
    as_clerk: Client, held: Submission, clerk: User, clerk2: User
) -> None:
    claim.give_back(held, by=clerk)
    claim.claim(held, by=clerk2)
    response = as_clerk.post(f"/records/{held.pk}/reject/", {"reason": "duplicate"}, headers=HTMX)
    assert (response.status_code, response.headers["HX-Retarget"]) == (409, "#review-banner")


def test_a_returned_record_shows_the_supervisors_reason(as_clerk: Client, clerk: User) -> None:
    record = submission_at("returned", clerk=clerk, reason="The name is cut off.")
    claim.claim(record, by=clerk)
    words = text(as_clerk.get(f"/records/{record.pk}/review/"))
    assert "The supervisor returned this record: The name is cut off." in words.replace("  ", " ")
    assert "The supervisor asks to look at this again: The name is cut off." in words


def test_an_administrator_does_not_review(as_admin: Client) -> None:
    record = submission_at("recognised")
    assert as_admin.post("/review/next/").status_code == 403
    assert as_admin.post(f"/records/{record.pk}/claim/").status_code == 403
