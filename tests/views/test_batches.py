"""Batches: counts that add up, what was changed, approval."""

import re

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from reviewapp.models import Batch, Event, Flag, Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.states import BatchStatus, EventKind, SubmissionStatus
from reviewapp.templatetags.review import masked, shares
from tests.factories import AS_ON_PAPER, change, make_batch, receive, submission_at, true_values, verify_all
from tests.views.pages import approval_of, text

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


def changed_record(batch: Batch, *, by: User, value: str = "王绰") -> Submission:
    """Return a reviewed record whose child's name was corrected."""
    submission = submission_at("recognised", batch=batch, values={"neonatal_name": "王掉"})
    claim.claim(submission, by=by)
    change(submission, "neonatal_name", value, by=by)
    verify_all(submission, by=by)
    correct.submit(submission, by=by)
    return submission


def test_the_counts_of_a_batch_add_up(as_clerk: Client) -> None:
    batch = make_batch("Mixed")
    for status in SubmissionStatus:
        submission_at(status, batch=batch)
    submission_at("recognised", batch=batch)
    submission_at("recognised")
    (shown, count_all, counts) = as_clerk.get("/batches/").context["rows"][1]
    assert shown == batch
    assert dict(counts) == {**dict.fromkeys(SubmissionStatus, 1), SubmissionStatus.RECOGNISED: 2}
    assert count_all == sum(dict(counts).values()) == 10


def test_the_list_is_cut_into_pages_and_forgives_a_wrong_page(as_clerk: Client) -> None:
    for number in range(26):
        make_batch(f"Batch number {number:02}")
    assert len(as_clerk.get("/batches/").context["rows"]) == 25
    assert len(as_clerk.get("/batches/?page=2").context["rows"]) == 1
    assert "Page 2 of 2" in text(as_clerk.get("/batches/?page=99"))
    assert as_clerk.get("/batches/?page=abc").status_code == 200


def test_no_batch_yet_says_what_to_do(as_clerk: Client) -> None:
    assert "There is no batch yet." in text(as_clerk.get("/batches/"))
    empty = make_batch()
    assert "This batch holds no picture yet." in text(as_clerk.get(empty.get_absolute_url()))


def test_a_clerk_sees_masked_names_and_no_changed_values(as_clerk: Client, clerk: User) -> None:
    batch = make_batch()
    changed_record(batch, by=clerk)
    page = text(as_clerk.get(batch.get_absolute_url()))
    assert "王**" in page
    assert "王绰" not in page
    assert "王掉" not in page


def test_a_supervisor_sees_what_was_changed_where_and_by_whom(as_supervisor: Client, clerk: User) -> None:
    batch = make_batch()
    submission = changed_record(batch, by=clerk)
    response = as_supervisor.get(batch.get_absolute_url())
    page = response.content.decode()
    changes = page[page.index('class="changes"') :]
    words = re.sub(r"<[^>]+>|\s+", "", changes)
    assert "王掉→Corrected:王绰" in words
    assert "<mark>掉</mark>" in changes
    assert "<mark>绰</mark>" in changes
    assert f"/records/{submission.pk}/picture/screen/" in changes
    assert clerk.display_name in words


def test_what_a_supervisor_saw_is_recorded_once(as_supervisor: Client, supervisor: User, clerk: User) -> None:
    batch = make_batch()
    changed = changed_record(batch, by=clerk)
    submission_at("reviewed", batch=batch, values=true_values(2))
    as_supervisor.get(batch.get_absolute_url())
    as_supervisor.get(batch.get_absolute_url())
    views = Event.objects.filter(kind=EventKind.VIEWED)
    assert [(view.submission, view.by) for view in views] == [(changed, supervisor)]


def test_a_value_changed_back_is_no_change(as_supervisor: Client, clerk: User) -> None:
    batch = make_batch()
    submission = submission_at("recognised", batch=batch, values={"neonatal_name": "王掉"})
    claim.claim(submission, by=clerk)
    change(submission, "neonatal_name", "王绰", by=clerk)
    change(submission, "neonatal_name", "王掉", by=clerk)
    (row,) = as_supervisor.get(batch.get_absolute_url()).context["rows"]
    assert row.changed == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("failed", "No birth certificate was found in the picture."),
        ("returned", "The name is wrong."),
        ("rejected", "Unreadable picture: too dark"),
    ],
)
def test_a_record_that_stopped_says_why(as_clerk: Client, status: str, reason: str) -> None:
    stopped = submission_at(status)
    assert reason in text(as_clerk.get(stopped.batch.get_absolute_url()))


def test_the_page_refreshes_itself_only_while_pictures_are_read(as_clerk: Client) -> None:
    batch = make_batch()
    submission_at("recognised", batch=batch)
    assert 'hx-trigger="every' not in as_clerk.get(batch.get_absolute_url()).content.decode()
    submission_at("received", batch=batch)
    response = as_clerk.get(batch.get_absolute_url())
    assert 'hx-trigger="every' in response.content.decode()
    assert "Being read: 1 of 2 done" in text(response)
    part = as_clerk.get(batch.get_absolute_url(), headers=HTMX).content.decode()
    assert 'id="records"' in part
    assert "<html" not in part


def test_somebody_elses_finished_record_has_no_link_for_a_clerk(as_clerk2: Client, as_clerk: Client) -> None:
    approved = submission_at("approved")
    assert f'href="{approved.get_absolute_url()}"' in as_clerk.get(approved.batch.get_absolute_url()).content.decode()
    other = as_clerk2.get(approved.batch.get_absolute_url()).content.decode()
    assert f'href="{approved.get_absolute_url()}"' not in other
    assert f"/records/{approved.pk}/picture/" not in other


def test_a_supervisor_approves_all_at_once(as_supervisor: Client) -> None:
    batch = make_batch()
    submission_at("reviewed", batch=batch)
    submission_at("reviewed", batch=batch)
    response = as_supervisor.get(batch.get_absolute_url())
    assert "2 records wait for your approval." in text(response)
    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch), follow=True)
    assert "2 records approved." in text(response)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED
    assert "Add pictures" not in text(response)


def test_ones_own_work_is_left_for_another_supervisor(as_supervisor: Client, supervisor: User) -> None:
    batch = make_batch()
    changed_record(batch, by=supervisor)
    assert "Another supervisor must approve the waiting records (1)" in text(
        as_supervisor.get(batch.get_absolute_url())
    )
    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch))
    assert response.status_code == 403
    assert "You corrected, verified or submitted something in this record yourself." in text(response)

    submission_at("reviewed", batch=batch, values=true_values(2))
    assert "Not among them, because you worked on them or know them from your former role: 1" in text(
        as_supervisor.get(batch.get_absolute_url())
    )
    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch), follow=True)
    assert "One record approved." in text(response)
    assert (
        "Records left for another supervisor, because you worked on them or know them from your former role: 1"
        in text(response)
    )


def test_a_batch_of_rejected_pictures_can_be_closed(as_supervisor: Client) -> None:
    batch = submission_at("rejected").batch
    assert "Approving closes the batch." in text(as_supervisor.get(batch.get_absolute_url()))
    as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch))
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED


def test_nothing_to_approve_is_told(as_supervisor: Client) -> None:
    batch = submission_at("recognised").batch
    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch))
    assert response.status_code == 409
    assert "No record of this batch is waiting for your approval." in text(response)


@pytest.mark.parametrize("role", ["clerk", "admin"])
def test_only_supervisors_approve(role: str, request: pytest.FixtureRequest) -> None:
    batch = submission_at("reviewed").batch
    browser: Client = request.getfixturevalue(f"as_{role}")
    assert "Approve all" not in text(browser.get(batch.get_absolute_url()))
    assert browser.post(f"/batches/{batch.pk}/approve/").status_code == 403
    assert browser.get(f"/batches/{batch.pk}/approve/").status_code == 405


def test_the_page_speaks_chinese(as_supervisor: Client) -> None:
    batch = submission_at("reviewed").batch
    with translation.override("zh-hans"):
        page = text(as_supervisor.get(batch.get_absolute_url(), headers={"accept-language": "zh-hans"}))
    assert "全部审核通过" in page
    assert "Approve" not in page


def test_a_page_of_records_takes_few_queries(as_supervisor: Client, django_assert_max_num_queries: object) -> None:
    batch = make_batch()
    for _ in range(6):
        receive(batch=batch)
    with django_assert_max_num_queries(19):  # type: ignore[operator]
        as_supervisor.get(batch.get_absolute_url())


def test_names_are_masked_for_lists() -> None:
    assert masked("李小明") == "李**"
    assert masked("Smith") == "S**"
    assert masked("") == ""


def test_a_bar_is_cut_by_its_counts() -> None:
    assert shares([("a", 1), ("b", 0), ("c", 3)]) == [
        {"status": "a", "start": "0.00", "share": "25.00"},
        {"status": "c", "start": "25.00", "share": "75.00"},
    ]
    assert shares([("a", 0)]) == []


def test_an_old_page_approves_nothing_and_names_what_is_new(
    as_supervisor: Client, supervisor2: User, clerk: User
) -> None:
    batch = make_batch()
    record = changed_record(batch, by=clerk)
    untouched = submission_at("reviewed", batch=batch, values=true_values(2))
    old_form = approval_of(batch)
    approve.return_to_clerk(record, by=supervisor2, reason="Look at the name.")
    claim.claim(record, by=clerk)
    change(record, "neonatal_name", "王焯", by=clerk)
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)

    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", old_form)
    assert response.status_code == 409
    page = text(response)
    notice = page[page.index("Nothing was approved") : page.index("Approval")]
    assert "Look at the name." in notice
    assert "王绰 → 王焯" in notice
    assert str(untouched) not in notice
    assert set(batch.submissions.values_list("status", flat=True)) == {"reviewed"}

    assert as_supervisor.post(f"/batches/{batch.pk}/approve/", approval_of(batch)).status_code == 302
    assert set(batch.submissions.values_list("status", flat=True)) == {"approved"}


def test_a_form_that_shows_nothing_approves_nothing(as_supervisor: Client) -> None:
    batch = submission_at("reviewed").batch
    for body in ({}, {"shown": ["all", "1", ":", "9" * 40 + ":1"]}, {"shown": ["0:0"]}):
        assert as_supervisor.post(f"/batches/{batch.pk}/approve/", body).status_code == 409
    assert Submission.objects.get().status == "reviewed"


def test_each_page_of_a_long_batch_is_approved_by_itself(
    as_supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewapp.views.batches.RECORDS_SHOWN", 2)
    batch = make_batch()
    for _ in range(3):
        submission_at("reviewed", batch=batch)
    response = as_supervisor.get(batch.get_absolute_url())
    assert "3 records wait for your approval. On this page: 2. Each page is approved by itself." in text(response)
    shown_on_page = re.findall(r'name="shown"\s+value="([0-9:]+)"', response.content.decode())
    assert len(shown_on_page) == 2
    as_supervisor.post(f"/batches/{batch.pk}/approve/", {"shown": shown_on_page})
    assert batch.submissions.approved().count() == 2


def test_a_value_kept_against_a_rule_is_shown_with_rule_reason_and_person(as_supervisor: Client, clerk: User) -> None:
    batch = make_batch()
    submission_at("reviewed", batch=batch, values={"birth_weight": "120"}, clerk=clerk)
    submission_at("reviewed", batch=batch, values=true_values(2))
    response = as_supervisor.get(batch.get_absolute_url())
    page = response.content.decode()
    kept = page[page.index("changes--overrides") :]
    sentence = Flag.objects.overridden().get().sentence
    assert escape(sentence) in kept
    assert AS_ON_PAPER in kept
    assert clerk.display_name in kept
    assert "One record is left out until you have opened each value in it that was kept" in text(response)
    assert "Approve the 1 on this page" in text(response)


def test_a_look_at_an_override_is_recorded(as_supervisor: Client, supervisor: User) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"})
    as_supervisor.get(record.batch.get_absolute_url())
    assert record.events.filter(kind=EventKind.VIEWED, by=supervisor).count() == 1


def test_a_clerk_sees_no_value_that_was_kept_against_a_rule(as_clerk2: Client) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"})
    assert "changes--overrides" not in as_clerk2.get(record.batch.get_absolute_url()).content.decode()
