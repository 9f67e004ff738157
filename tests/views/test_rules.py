"""An administrator says how much each rule asks for, has records flagged anew, and looks at the evidence."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from reviewapp.administration import reflag
from reviewapp.models import DEFAULT_THRESHOLD, Event, Reflag, RuleSeverity, Threshold, User, present_basis
from reviewapp.rules.catalogue import RETURNED, RULES
from reviewapp.states import EventKind
from reviewapp.tasks import reflag_for_a_while
from tests.factories import fields_of, submission_at
from tests.views.pages import text

pytestmark = pytest.mark.django_db

PRESENT = {rule.code: rule.severity.value for rule in RULES if rule.code != RETURNED}


def sent(typed: dict[str, str] | None = None) -> dict[str, str]:
    """Return what the page sends that shows what is set now, but for what was typed."""
    return PRESENT | {"basis": present_basis()} | (typed or {})


def test_every_rule_is_shown_with_its_sentence(as_admin: Client) -> None:
    response = as_admin.get("/rules/")
    assert [rule.code for rule, *_rest in response.context["form"].rows()] == list(PRESENT)
    assert "The certificate was issued before the child was born." in text(response)


def test_a_changed_severity_is_saved_with_an_event_and_counts(as_admin: Client, admin_user: User) -> None:
    changed = {"sex_unknown": "W", "low_probability": "off"}
    response = as_admin.post("/rules/", sent(changed), follow=True)
    assert response.redirect_chain == [("/rules/", 302)]
    assert "2 rules changed." in text(response)
    assert "sex_unknown E → W" in text(response)
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "W", "low_probability": None}
    events = Event.objects.filter(kind=EventKind.RULE_CHANGED, by=admin_user).order_by("field_name")
    assert [(e.field_name, e.old, e.new) for e in events] == [
        ("low_probability", "W", "off"),
        ("sex_unknown", "E", "W"),
    ]
    fields = fields_of(submission_at("recognised", values={"sex": "女子"}, probs={"birth_time": 1}))
    assert [(flag.code, flag.severity) for flag in fields["sex"].flags.all()] == [("sex_unknown", "W")]
    assert not fields["birth_time"].flags.filter(code="low_probability").exists()


def test_what_is_as_usual_again_is_not_stored(as_admin: Client) -> None:
    as_admin.post("/rules/", sent({"sex_unknown": "off"}))
    as_admin.post("/rules/", sent())
    assert not RuleSeverity.objects.exists()
    assert Event.objects.filter(kind=EventKind.RULE_CHANGED).count() == 2


def test_saving_rules_without_a_change_says_so(as_admin: Client) -> None:
    assert "Nothing was changed." in text(as_admin.post("/rules/", sent(), follow=True))


@pytest.mark.parametrize("wrong", ["X", ""])
def test_an_unknown_severity_changes_nothing(as_admin: Client, wrong: str) -> None:
    response = as_admin.post("/rules/", sent({"sex_unknown": wrong, "low_probability": "E"}))
    assert response.status_code == 422
    assert "Nothing was saved." in text(response)
    assert not RuleSeverity.objects.exists()


def test_of_two_open_pages_the_later_one_does_not_undo_what_the_earlier_one_set(as_admin: Client) -> None:
    basis = present_basis()
    as_admin.post("/rules/", sent({"sex_unknown": "W"}))
    late = as_admin.post("/rules/", PRESENT | {"basis": basis, "low_probability": "off"})

    assert late.status_code == 409
    assert "thresholds or rules have changed since this page was shown to you" in text(late)
    assert "sex_unknown : Look at it is set now, Must be resolved is in your form" in text(late)
    assert late.context["form"]["low_probability"].value() == "off"
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "W"}

    again = PRESENT | {"basis": late.context["basis"], "low_probability": "off"}
    assert as_admin.post("/rules/", again).status_code == 302
    assert RuleSeverity.objects.overrides() == {"low_probability": None}


def test_a_severity_of_a_rule_that_is_no_more_breaks_no_page(as_admin: Client) -> None:
    RuleSeverity.objects.create(code="unit_lost", severity="E")
    assert "unit_lost" not in text(as_admin.get("/rules/"))
    assert "Nothing was changed." in text(as_admin.post("/rules/", sent(), follow=True))


def test_the_button_has_records_flagged_anew_in_the_background(as_admin: Client) -> None:
    submission = submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD})
    Threshold.objects.create(name="sex", percent=100)
    assert as_admin.post("/thresholds/reflag/").headers["location"] == "/thresholds/"
    waiting = as_admin.get("/thresholds/")
    assert "0 of 1 records judged." in text(waiting)
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    task = DBTaskResult.objects.get(task_path=reflag_for_a_while.module_path)
    reflag_for_a_while.func(*task.args_kwargs["args"])
    done = as_admin.get("/thresholds/reflag/")
    assert "1 records judged, 1 flagged otherwise than before, 0 verified fields put in doubt." in text(done)
    assert "hx-trigger" not in done.content.decode()
    assert [flag.code for flag in fields_of(submission)["sex"].flags.all()] == ["low_probability"]


def test_a_second_press_starts_no_second_run(as_admin: Client) -> None:
    submission_at("recognised")
    as_admin.post("/thresholds/reflag/")
    as_admin.post("/thresholds/reflag/")
    assert Reflag.objects.count() == DBTaskResult.objects.count() == 1


def test_a_long_run_queues_up_again(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewapp.tasks.REFLAG_SECONDS", 0)
    submission_at("recognised")
    run = reflag.begin(by=admin_user)
    reflag_for_a_while.func(run.pk)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [run.pk]
    run.refresh_from_db()
    assert (run.judged, run.finished_at) == (1, None)


def test_a_task_for_a_run_that_has_ended_does_nothing(admin_user: User) -> None:
    run = reflag.begin(by=admin_user)
    reflag.begin(by=admin_user)
    reflag_for_a_while.func(run.pk)
    assert not DBTaskResult.objects.exists()


@pytest.fixture
def stopped(admin_user: User) -> Reflag:
    """Return a run that stopped after the first of two records."""
    for _ in range(2):
        submission_at("recognised", probs={"sex": 80})
    run = reflag.begin(by=admin_user)
    reflag.go_on(run, size=1, seconds=0)
    Reflag.objects.filter(pk=run.pk).update(moved_at="2026-01-01T00:00Z")
    return run


def work_off() -> None:
    """Do what a worker would do with the one task that waits."""
    task = DBTaskResult.objects.get(task_path=reflag_for_a_while.module_path)
    reflag_for_a_while.func(*task.args_kwargs["args"])


def test_a_run_that_stopped_goes_on_where_it_stopped(as_admin: Client, stopped: Reflag) -> None:
    page = text(as_admin.get("/thresholds/"))
    assert "The last run stopped after 1 of 2 records. It can go on where it stopped." in page
    as_admin.post("/thresholds/reflag/", {"resume": "1"})
    assert "1 of 2 records judged." in text(as_admin.get("/thresholds/"))
    work_off()
    assert "2 records judged" in text(as_admin.get("/thresholds/"))
    assert Reflag.objects.get().judged == 2


def test_a_second_press_does_not_go_on_twice(as_admin: Client, stopped: Reflag) -> None:
    for _ in range(2):
        as_admin.post("/thresholds/reflag/", {"resume": "1"})
    assert DBTaskResult.objects.count() == 1


def test_a_run_that_stopped_can_be_started_from_the_beginning(as_admin: Client, stopped: Reflag) -> None:
    as_admin.post("/thresholds/reflag/")
    assert Reflag.objects.unfinished().get().pk > stopped.pk


def test_a_run_does_not_go_on_by_other_thresholds(as_admin: Client, stopped: Reflag) -> None:
    Threshold.objects.create(name="sex", percent=70)
    page = as_admin.get("/thresholds/")
    assert "it cannot go on" in text(page)
    assert 'name="resume"' not in page.content.decode()
    as_admin.post("/thresholds/reflag/", {"resume": "1"})
    assert not DBTaskResult.objects.exists()


def test_a_change_while_a_run_is_under_way_stops_it_with_a_sentence(as_admin: Client) -> None:
    submission_at("recognised")
    as_admin.post("/thresholds/reflag/")
    as_admin.post("/rules/", sent({"sex_unknown": "W"}))
    work_off()
    assert "The last run stopped after 0 of 1 records. Thresholds or rules have changed" in text(
        as_admin.get("/rules/")
    )


def test_what_has_changed_since_the_last_run_is_said(as_admin: Client) -> None:
    submission_at("recognised")
    as_admin.post("/thresholds/reflag/")
    work_off()
    assert "have changed since" not in text(as_admin.get("/rules/"))
    RuleSeverity.objects.create(code="sex_unknown", severity="W")
    assert "Thresholds or rules have changed since." in text(as_admin.get("/rules/"))


def test_the_evidence_of_each_field_is_shown(as_admin: Client) -> None:
    submission_at("approved", probs={"sex": 80})
    response = as_admin.get("/thresholds/evidence/", {"at": "70"})
    shown = text(response)
    assert f"At {DEFAULT_THRESHOLD}: 1 looks a day, and no value would pass" in shown
    assert "At 70: 0 looks a day, expected errors 0.0 % (0.0–79.3)" in shown
    assert "80–84 % 1 100.0 % (20.7–100.0)" in shown


def test_without_reviewed_records_there_is_no_evidence(as_admin: Client) -> None:
    submission_at("recognised")
    assert "No record has been reviewed yet." in text(as_admin.get("/thresholds/evidence/"))


def test_a_threshold_that_cannot_be_is_not_tried(as_admin: Client) -> None:
    submission_at("approved")
    assert "At 101" not in text(as_admin.get("/thresholds/evidence/", {"at": "101"}))


# One row alone


def test_a_row_is_saved_alone_and_the_page_keeps_what_is_chosen_in_others(as_admin: Client) -> None:
    typed = {"sex_unknown": "W", "id_sex": "I", "only": "sex_unknown"}
    response = as_admin.post("/rules/", sent(typed))
    assert response.status_code == 200
    assert "One rule changed." in text(response)
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "W"}
    form = response.context["form"]
    assert form["id_sex"].value() == "I"
    assert text(response).count(" not saved ") == 1

    # The page is about what is set now: all of it can be saved.
    rest = {rule: form[rule].value() for rule in PRESENT} | {"basis": response.context["basis"]}
    assert as_admin.post("/rules/", rest).status_code == 302
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "W", "id_sex": "I"}


def test_a_row_that_is_all_that_was_changed_leaves_a_page_that_can_be_loaded_again(as_admin: Client) -> None:
    response = as_admin.post("/rules/", sent({"sex_unknown": "W", "only": "sex_unknown"}))
    assert (response.status_code, response.url) == (302, "/rules/")


def test_a_row_is_not_saved_over_what_another_administrator_has_set(as_admin: Client) -> None:
    mine = sent({"sex_unknown": "W", "only": "sex_unknown"})
    RuleSeverity.objects.create(code="sex_unknown", severity="I")
    response = as_admin.post("/rules/", mine)
    assert response.status_code == 409
    assert RuleSeverity.objects.overrides() == {"sex_unknown": "I"}
    assert "sex_unknown : For information is set now, Look at it is in your form" in text(response)


def test_rules_that_are_changed_here_are_marked(as_admin: Client) -> None:
    assert ">changed here<" not in as_admin.get("/rules/").content.decode()
    RuleSeverity.objects.create(code="sex_unknown", severity="W")
    page = as_admin.get("/rules/").content.decode()
    assert page.count(">changed here<") == page.count("data-changed") == 1


def test_the_axes_of_the_evidence_have_titles(as_admin: Client) -> None:
    submission_at("approved", probs={"sex": 80})
    page = text(as_admin.get("/thresholds/evidence/"))
    assert "The recogniser's probability, in percent" in page
