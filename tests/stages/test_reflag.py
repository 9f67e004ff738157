"""Stored records are flagged anew under other thresholds, severities and rules."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviewapp.administration import reflag
from reviewapp.engines.base import Recognition
from reviewapp.exceptions import IllegalTransition, NotAllowed
from reviewapp.models import (
    DEFAULT_THRESHOLD,
    Event,
    Field,
    Flag,
    Reflag,
    RuleSeverity,
    Submission,
    Threshold,
    User,
)
from reviewapp.rules.catalogue import RETURNED
from reviewapp.stages import claim
from reviewapp.stages.correct import verify_value
from reviewapp.stages.flag import judge_again, judged
from reviewapp.stages.recognise import keep_answer
from reviewapp.states import EventKind
from tests.factories import answer, change, fields_of, receive, submission_at, true_values

pytestmark = pytest.mark.django_db


def trust_only(percent: int, *names: str) -> None:
    for name in names:
        Threshold.objects.update_or_create(name=name, defaults={"percent": percent})


def flags_of(submission: Submission) -> dict[str, list[str]]:
    found = {name: [flag.code for flag in field.flags.all()] for name, field in fields_of(submission).items()}
    return {name: codes for name, codes in found.items() if codes}


def doubts(submission: Submission) -> list[str]:
    return [name for name, codes in flags_of(submission).items() if "low_probability" in codes]


def run_of(by: User, **options: int) -> Reflag:
    run = reflag.begin(by=by)
    assert reflag.go_on(run, **options)
    return run


def test_a_new_threshold_flags_what_is_stored(admin_user: User) -> None:
    submission = submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD})
    assert doubts(submission) == []
    trust_only(100, "sex")
    run = run_of(admin_user)
    assert doubts(submission) == ["sex"]
    assert (run.total, run.judged, run.changed, run.undone) == (1, 1, 1, 0)


def test_a_lower_threshold_takes_flags_away(admin_user: User) -> None:
    submission = submission_at("recognised", probs={"sex": 80})
    assert doubts(submission) == ["sex"]
    trust_only(70, "sex")
    run_of(admin_user)
    assert doubts(submission) == []


def test_flags_that_stay_are_not_written(admin_user: User) -> None:
    data = [{"mother_name": "", "birth_weight": "33500"}, true_values(2)]
    records = [submission_at("recognised", values=values, probs={"sex": 50}) for values in data]
    before = list(Flag.objects.values_list("pk", flat=True))
    run = run_of(admin_user)
    assert before == list(Flag.objects.values_list("pk", flat=True))
    assert (run.judged, run.changed) == (2, 0)
    assert {"low_probability"} <= set(flags_of(records[1])["sex"])


def test_values_and_verifications_of_people_stay(admin_user: User, clerk: User) -> None:
    submission = submission_at("recognised", probs={"sex": 80})
    claim.claim(submission, by=clerk)
    change(submission, "neonatal_name", "王小明", by=clerk)
    verify_value(submission.fields.get(name="sex"), by=clerk)
    trust_only(85, "sex")
    run = run_of(admin_user)
    fields = fields_of(submission)
    assert fields["neonatal_name"].value == "王小明"
    assert fields["neonatal_name"].verified_by == fields["sex"].verified_by == clerk
    assert run.undone == 0


def test_a_new_finding_undoes_a_verification(admin_user: User, clerk: User) -> None:
    submission = submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD})
    claim.claim(submission, by=clerk)
    verify_value(submission.fields.get(name="sex"), by=clerk)
    trust_only(100, "sex")
    run = run_of(admin_user)
    assert not submission.fields.get(name="sex").is_verified
    assert run.undone == 1


def test_a_warning_that_becomes_an_error_undoes_a_verification(admin_user: User, clerk: User) -> None:
    submission = submission_at("recognised", probs={"sex": 80})
    claim.claim(submission, by=clerk)
    verify_value(submission.fields.get(name="sex"), by=clerk)
    RuleSeverity.objects.create(code="low_probability", severity="E")
    assert run_of(admin_user).undone == 1
    assert submission.fields.get(name="sex").has_error


def test_an_error_that_becomes_a_warning_keeps_a_verification(admin_user: User, clerk: User) -> None:
    submission = submission_at("recognised", values={"sex": "女子"})
    claim.claim(submission, by=clerk)
    verify_value(submission.fields.get(name="sex"), by=clerk, override_reason="so it stands")
    RuleSeverity.objects.create(code="sex_unknown", severity="W")
    run = run_of(admin_user)
    assert (run.changed, run.undone) == (1, 0)


def test_a_rule_that_is_off_takes_its_flags_away_also_between_two_engines(admin_user: User) -> None:
    submission = receive()
    second = Recognition("local", answer({"sex": "男"}), 1)
    keep_answer(submission, Recognition("answer", answer({"sex": "女"}), 1, second=second))
    assert flags_of(submission)["sex"] == ["disagreement"]
    Flag.objects.all().delete()
    run_of(admin_user)
    assert flags_of(submission)["sex"] == ["disagreement"]
    RuleSeverity.objects.create(code="disagreement", severity="")
    run_of(admin_user)
    assert "sex" not in flags_of(submission)


def test_flags_and_severities_of_a_rule_that_is_no_more_go(admin_user: User) -> None:
    submission = submission_at("recognised", probs={"sex": 80})
    field = submission.fields.get(name="birth_place")
    Flag.objects.create(field=field, code="unit_lost", severity="W", names=["birth_place"])
    RuleSeverity.objects.create(code="unit_lost", severity="E")
    assert run_of(admin_user).changed == 1
    assert flags_of(submission) == {"sex": ["low_probability"]}


def test_the_migration_takes_away_what_is_stored_of_lost_units() -> None:
    submission = submission_at("recognised", probs={"sex": 80})
    field = submission.fields.get(name="birth_place")
    Flag.objects.create(field=field, code="unit_lost", severity="W", names=["birth_place"])
    RuleSeverity.objects.create(code="unit_lost", severity="E")
    import_module("reviewapp.migrations.0005_forget_lost_units").forget(apps, None)
    assert flags_of(submission) == {"sex": ["low_probability"]}
    assert not RuleSeverity.objects.exists()


def test_what_a_supervisor_asked_stays(admin_user: User) -> None:
    submission = submission_at("returned")
    assert flags_of(submission)["neonatal_name"] == [RETURNED]
    run_of(admin_user)
    assert flags_of(submission)["neonatal_name"] == [RETURNED]


@pytest.mark.parametrize("status", ["reviewed", "approved", "rejected", "received", "failed"])
def test_records_that_are_finished_or_not_read_are_left_alone(admin_user: User, status: str) -> None:
    submission = submission_at(status, probs={"sex": DEFAULT_THRESHOLD})
    trust_only(100, "sex")
    run = run_of(admin_user)
    assert (run.total, run.judged) == (0, 0)
    assert doubts(submission) == []


def test_many_records_are_judged_as_each_alone(admin_user: User) -> None:
    number = true_values(3)["certificate_number"]
    records = [submission_at("recognised", values=true_values(3) | {"certificate_number": number})]
    records += [submission_at("recognised", values=true_values(seed)) for seed in (3, 4, 5)]
    trust_only(100, "birth_time")
    for record in records:
        judge_again(record)
    alone = [flags_of(record) for record in records]
    Flag.objects.all().delete()
    run_of(admin_user, size=3)
    assert [flags_of(record) for record in records] == alone
    assert "number_second_scan" in alone[0]["certificate_number"]


def test_a_chunk_takes_as_many_queries_as_one_record(admin_user: User) -> None:
    records = [submission_at("recognised", values=true_values(seed)) for seed in range(6)]
    judged(records[:1])
    with CaptureQueriesContext(
        connection,
    ) as one:
        judged(records[:1])
    with CaptureQueriesContext(connection) as many:
        judged(records)
    assert len(one) == len(many) <= 8


def test_a_run_goes_on_where_it_was_stopped(admin_user: User) -> None:
    records = [submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD}) for _ in range(5)]
    trust_only(100, "sex")
    run = reflag.begin(by=admin_user)
    assert not reflag.go_on(run, size=2, seconds=0)
    assert [doubts(record) for record in records] == [["sex"], ["sex"], [], [], []]
    again = Reflag.objects.get(pk=run.pk)
    assert (again.judged, again.finished_at) == (2, None)
    assert reflag.go_on(again, size=2)
    assert [doubts(record) for record in records] == [["sex"]] * 5
    assert (again.judged, again.changed) == (5, 5)


def test_each_run_leaves_one_event_with_its_counts(admin_user: User) -> None:
    submission_at("recognised")
    run_of(admin_user)
    event = Event.objects.get(kind=EventKind.REFLAGGED)
    counts = {"judged": 1, "changed": 0, "undone": 0, "total": 1}
    assert (event.by, event.params) == (admin_user, counts)


def test_a_run_that_was_left_standing_ends_when_another_begins(admin_user: User) -> None:
    left = reflag.begin(by=admin_user)
    run = reflag.begin(by=admin_user)
    assert [one.pk for one in Reflag.objects.unfinished()] == [run.pk]
    assert Event.objects.filter(kind=EventKind.REFLAGGED).count() == 1
    with pytest.raises(IllegalTransition):
        reflag.go_on(left)


def test_two_processes_do_not_go_on_with_one_run(admin_user: User) -> None:
    for _ in range(2):
        submission_at("recognised")
    mine = reflag.begin(by=admin_user)
    theirs = Reflag.objects.get(pk=mine.pk)
    reflag.go_on(mine, size=1, seconds=0)
    with pytest.raises(IllegalTransition):
        reflag.go_on(theirs, size=1)


def test_what_a_clerk_changes_meanwhile_is_judged_as_it_is_then(admin_user: User, clerk: User) -> None:
    submission = submission_at("recognised", probs={"sex": DEFAULT_THRESHOLD})
    claim.claim(submission, by=clerk)
    trust_only(100, "sex")
    run, stale = reflag.begin(by=admin_user), judged([submission])
    Field.objects.filter(submission=submission, name="sex").update(value="女子", version=2)
    reflag._keep(run.pk, stale)
    assert flags_of(submission)["sex"] == ["sex_unknown"]
    run.refresh_from_db()
    assert (run.judged, run.changed) == (0, 1)


def test_only_administrators_begin_a_run(clerk: User) -> None:
    with pytest.raises(NotAllowed):
        reflag.begin(by=clerk)


def test_the_command_begins_and_resumes(admin_user: User, capsys: pytest.CaptureFixture[str]) -> None:
    submission_at("recognised")
    call_command("reflag", processes=1)
    assert capsys.readouterr().out == "1 records judged, 0 changed, 0 verifications undone.\n"
    with pytest.raises(CommandError, match="no run"):
        call_command("reflag", resume=True)
    run = reflag.begin(by=admin_user)
    call_command("reflag", "--resume", "--batch-size", "10", processes=1)
    run.refresh_from_db()
    assert (run.judged, run.finished_at is not None) == (1, True)


@pytest.mark.parametrize("options", [["--batch-size", "0"], ["--batch-size", "1001"], ["--processes", "0"]])
def test_the_command_refuses_what_cannot_be(options: list[str], admin_user: User) -> None:
    with pytest.raises(CommandError):
        call_command("reflag", *options)


@pytest.mark.parametrize("change_of", ["threshold", "severity"])
def test_a_run_does_not_go_on_by_other_thresholds_or_rules(admin_user: User, change_of: str) -> None:
    for _ in range(2):
        submission_at("recognised")
    run = reflag.begin(by=admin_user)
    assert not reflag.go_on(run, size=1, seconds=0)
    assert run.can_go_on
    if change_of == "threshold":
        trust_only(100, "sex")
    else:
        RuleSeverity.objects.create(code="sex_unknown", severity="W")
    assert (run.is_outdated, run.can_go_on, run.is_under_way) == (True, False, False)
    for go_on in (lambda: reflag.go_on(run), lambda: reflag.resume(run, by=admin_user)):
        with pytest.raises(IllegalTransition, match="Start a new one"):
            go_on()
    with pytest.raises(CommandError, match="Start a new one"):
        call_command("reflag", resume=True)
    run.refresh_from_db()
    assert run.judged == 1


def test_a_change_while_a_run_is_under_way_stops_it(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        submission_at("recognised")
    run, judge = reflag.begin(by=admin_user), reflag.judge_chunk

    def judge_and_change(run_pk: int, pks: list[int]) -> reflag.Judgement:
        trust_only(100, "sex")
        return judge(run_pk, pks)

    monkeypatch.setattr(reflag, "judge_chunk", judge_and_change)
    with pytest.raises(IllegalTransition, match="have changed"):
        reflag.go_on(run, size=1)
    run.refresh_from_db()
    assert (run.judged, run.finished_at) == (0, None)


def test_a_stopped_run_is_taken_once(admin_user: User, clerk: User) -> None:
    submission_at("recognised")
    mine = reflag.begin(by=admin_user)
    theirs = Reflag.objects.get(pk=mine.pk)
    with pytest.raises(NotAllowed):
        reflag.resume(mine, by=clerk)
    reflag.resume(mine, by=admin_user)
    with pytest.raises(IllegalTransition):
        reflag.resume(theirs, by=admin_user)
