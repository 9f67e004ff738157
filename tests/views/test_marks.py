"""Marks, overrides and returns as pages show them."""

from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from reviewapp.models import Event, Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.states import EventKind
from tests.factories import change, make_batch, mark, submission_at, true_values, verify_all
from tests.views.pages import text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def held(clerk: User) -> Submission:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    return record


def send(browser: Client, record: Submission, name: str = "mother_name", **data: str | int) -> tuple[int, str]:
    version = record.fields.get(name=name).version
    address = f"/records/{record.pk}/fields/{name}/mark/"
    response = browser.post(address, {"version": version, **data}, headers=HTMX)
    return response.status_code, text(response)


def submitted(record: Submission, clerk: User) -> Submission:
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    return record


def test_a_mark_answers_with_the_state_in_words(as_clerk: Client, held: Submission) -> None:
    status, words = send(as_clerk, held, mark="illegible", reason="a stain")
    assert (status, "Illegible" in words) == (200, True)
    page = as_clerk.get(f"/records/{held.pk}/review/").content.decode()
    assert '<option value="illegible" selected>' in page
    assert held.fields.get(name="mother_name").override_reason == "a stain"


def test_a_mark_without_sense_is_refused_with_its_sentence(as_clerk: Client, held: Submission) -> None:
    assert send(as_clerk, held, mark="paper_wrong") == (422, send(as_clerk, held, mark="paper_wrong")[1])
    assert "Say what the paper should say" in send(as_clerk, held, mark="paper_wrong")[1]
    assert "Choose again" in send(as_clerk, held, mark="nonsense")[1]
    assert "Choose again" in send(as_clerk, held, mark="unsure", version="x")[1]
    status, words = send(as_clerk, held, mark="unsure", version=99)
    assert (status, "Somebody changed this value" in words) == (409, True)
    assert not held.events.filter(kind=EventKind.MARKED).exists()


def test_who_lost_the_record_is_told_so(as_clerk2: Client, held: Submission) -> None:
    status, words = send(as_clerk2, held, mark="unsure")
    assert (status, "no longer hold this record" in words) == (409, True)


@pytest.mark.parametrize(("language", "words"), [("en", "The paper itself is wrong"), ("zh-hans", "证件本身有误")])
def test_states_stand_in_words_on_record_and_batch(
    as_supervisor: Client, held: Submission, clerk: User, language: str, words: str
) -> None:
    mark(held, "father_name", "paper_wrong", by=clerk, should_say="李明")
    submitted(held, clerk)
    with translation.override(language):
        for address in (held.get_absolute_url(), held.batch.get_absolute_url()):
            page = text(as_supervisor.get(address, headers={"accept-language": language}))
            assert words in page
            assert "李明" in page


def test_papers_that_are_wrong_are_listed_by_hospital(
    as_supervisor: Client, as_admin: Client, as_clerk: Client, clerk: User, supervisor: User
) -> None:
    hospitals = ("龙岩市第二医院", "上杭县医院")
    for number, hospital in enumerate(hospitals, start=1):
        values = true_values(number) | {"medical_institutions": hospital}
        record = submission_at("recognised", values=values)
        claim.claim(record, by=clerk)
        mark(record, "father_name", "paper_wrong", by=clerk, should_say=f"李明{number}")
        mark(record, "mother_name", "illegible", by=clerk)
    for browser in (as_supervisor, as_admin):
        page = text(browser.get("/papers/"))
        for number, hospital in enumerate(hospitals, start=1):
            assert hospital in page
            assert f"李明{number} clerk" in page
        assert "上杭县医院 Illegible 1" in page
    assert record.events.filter(kind=EventKind.VIEWED, by=supervisor).count() == 1
    assert "Papers that are wrong, by hospital" in text(as_supervisor.get("/"))
    assert as_clerk.get("/papers/").status_code == 403


def test_an_empty_list_of_papers_says_so(as_supervisor: Client) -> None:
    page = text(as_supervisor.get("/papers/"))
    assert "Nobody has said of a paper that it is wrong." in page
    assert "What nobody could read" not in page


def test_the_list_of_papers_takes_few_queries(
    as_supervisor: Client, held: Submission, clerk: User, django_assert_max_num_queries: object
) -> None:
    for name in ("father_name", "mother_name", "neonatal_name"):
        mark(held, name, "paper_wrong", by=clerk, should_say="李明")
    as_supervisor.get("/papers/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        as_supervisor.get("/papers/")


# ---- overrides


def test_overrides_are_opened_one_by_one_and_then_the_record_is_approved(as_supervisor: Client, clerk: User) -> None:
    values = {"birth_weight": "120", "birth_length": "5"}
    record = submission_at("reviewed", values=values, clerk=clerk)
    overrides = list(record.fields.overrides())
    assert len(overrides) == 2
    page = text(as_supervisor.get(record.get_absolute_url()))
    assert "Open 2 values kept against a rule" in page
    assert page.count("Not opened by you") == 2
    refused = as_supervisor.post(f"/records/{record.pk}/approve/", {"version": record.version})
    assert (refused.status_code, "You have not opened each value" in text(refused)) == (409, True)
    for field in overrides:
        address = f"/records/{record.pk}/overrides/{field.name}/seen/"
        response = as_supervisor.post(address, {"version": field.version})
        assert response.headers["location"] == f"{record.get_absolute_url()}#overrides"
    page = text(as_supervisor.get(record.get_absolute_url()))
    assert page.count("Opened by you") == 2
    assert as_supervisor.post(f"/records/{record.pk}/approve/", {"version": record.version}).status_code == 302


def test_history_says_which_rule_was_overridden_in_the_readers_language(as_supervisor: Client, clerk: User) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"}, clerk=clerk)
    event = record.events.get(kind=EventKind.OVERRIDDEN)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            page = as_supervisor.get(record.get_absolute_url(), headers={"accept-language": language})
            history = page.content.decode().partition('id="history-title"')[2]
            assert escape(event.rule_sentences[0]) in history


def test_a_batch_says_which_records_were_left_out(as_supervisor: Client, clerk: User) -> None:
    batch = make_batch()
    kept = submission_at("reviewed", batch=batch, values={"birth_weight": "120"}, clerk=clerk)
    plain = submission_at("reviewed", batch=batch, values=true_values(2), clerk=clerk)
    shown = [f"{record.pk}:{record.version}" for record in (kept, plain)]
    response = as_supervisor.post(f"/batches/{batch.pk}/approve/", {"shown": shown}, follow=True)
    words = text(response)
    assert "One record approved." in words
    assert f"was kept against a rule: 1 (#{kept.pk})" in words
    again = as_supervisor.post(f"/batches/{batch.pk}/approve/", {"shown": shown[:1]})
    assert (again.status_code, f"in #{kept.pk}." in text(again)) == (409, True)


# ---- the way back


def returned(record: Submission, browser: Client, **comments: str) -> None:
    data = {f"comment-{name}": comment for name, comment in comments.items()}
    form = {"reason": "Look again.", "fields": ["father_name"], "version": record.version, **data}
    assert browser.post(f"/records/{record.pk}/return/", form).status_code == 302
    record.refresh_from_db()


def test_the_clerk_sees_at_each_field_what_is_asked(
    as_supervisor: Client, as_clerk: Client, held: Submission, clerk: User
) -> None:
    record = submitted(held, clerk)
    returned(record, as_supervisor, mother_name="Is it 丽?")
    asked = {flag.field.name: flag.params["reason"] for field in record.fields.all() for flag in field.flags.all()}
    assert asked == {"mother_name": "Is it 丽?", "father_name": "Look again."}
    claim.claim(record, by=clerk)
    page = text(as_clerk.get(f"/records/{record.pk}/review/"))
    assert page.count("The supervisor asks to look at this again: Is it 丽?") == 1
    assert page.count("The supervisor asks to look at this again: Look again.") == 1
    assert "Mother's name – Is it 丽?" in unescape(page)
    event = record.events.get(kind=EventKind.RETURNED)
    assert event.reason_label == "Look again. · Mother's name: Is it 丽?"


def test_the_supervisor_sees_only_the_difference(
    as_supervisor: Client, held: Submission, clerk: User, supervisor: User
) -> None:
    record = submitted(held, clerk)
    old = {field.name: field.value for field in record.fields.all()}
    returned(record, as_supervisor, mother_name="Is it 丽?")
    claim.claim(record, by=clerk)
    change(record, "mother_name", "王丽", by=clerk)
    change(record, "birth_weight", "120", by=clerk)
    mark(record, "mother_address", "illegible", by=clerk)
    submitted(record, clerk)

    page = as_supervisor.get(record.get_absolute_url()).content.decode()
    new, _, rest = page.partition('class="record__rest"')
    new = new.partition('id="since-return"')[2]
    assert [new.count(f'data-field="{name}"') for name in ("mother_name", "father_name", "birth_weight")] == [1, 1, 1]
    assert f'<del lang="zh-Hans">{old["mother_name"]}</del> → <ins lang="zh-Hans">王丽</ins>' in new
    assert new.count("Returned, but its value was not changed.") == 1
    assert "Is it 丽?" in new
    assert "Read → Illegible" in new
    assert "— → It stands so on the paper." in new
    assert 'data-field="sex"' in rest
    assert 'data-field="mother_name"' not in rest


def test_another_supervisor_sees_the_whole(
    as_supervisor: Client, held: Submission, clerk: User, supervisor2: User, log_in: object
) -> None:
    record = submitted(held, clerk)
    returned(record, as_supervisor)
    claim.claim(record, by=clerk)
    submitted(record, clerk)
    page = log_in(supervisor2).get(record.get_absolute_url()).content.decode()  # type: ignore[operator]
    assert 'class="record__rest"' not in page
    assert "Since you returned" not in page


def test_a_rejected_picture_without_values_is_seen_whole(as_supervisor: Client, clerk: User, supervisor: User) -> None:
    record = submission_at("failed")
    correct.reject(record, by=clerk, reason=correct.RejectReason.UNREADABLE)
    approve.return_to_clerk(record, by=supervisor, reason="It can be read.", field_names=["sex"])
    event = Event.objects.get(submission=record, kind=EventKind.RETURNED)
    assert event.params == {"fields": {"sex": ""}, "before": {}}
    claim.claim(record, by=clerk)
    submitted(record, clerk)
    assert "Since you returned" not in text(as_supervisor.get(record.get_absolute_url()))


def test_a_comment_that_is_too_long_is_refused_and_kept(as_supervisor: Client, held: Submission, clerk: User) -> None:
    record = submitted(held, clerk)
    form = {"reason": "Look.", "version": record.version, "comment-sex": "x" * 501}
    response = as_supervisor.post(f"/records/{record.pk}/return/", form)
    assert response.status_code == 422
    assert "x" * 501 in response.content.decode()
