"""What is approved is corrected by two people in one act, or not at all."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from reviewapp.certificate.masking import masked_value
from reviewapp.content import approved_digests, contents, not_as_approved
from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed, ReviewError
from reviewapp.models import AccessKey, Amendment, Approval, Correction, Event, Notice, RuleSeverity, Submission, User
from reviewapp.stages import amend
from reviewapp.states import BatchStatus, EventKind, Role, SubmissionStatus
from tests.amendments import NEW_NAME, OLD_NAME, SHELF, amended, amendment_of, approved_record, paper_wrong_record
from tests.exports import content_of, exported
from tests.factories import change, fields_of, no_program, person, submission_at
from tests.guards import guards_off

pytestmark = pytest.mark.django_db


def refused(code: str, kind: type[ReviewError], act: Any, *args: Any, **options: Any) -> None:
    before = (Event.objects.count(), Amendment.objects.count())
    with pytest.raises(kind) as refusal:
        act(*args, **options)
    assert refusal.value.code == code
    assert (Event.objects.count(), Amendment.objects.count()) == before


def test_asking_changes_nothing_but_is_in_the_history(clerk: User) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    assert Submission.objects.get(pk=record.pk).status == SubmissionStatus.APPROVED
    assert fields_of(record)["neonatal_name"].value == OLD_NAME
    event = record.events.get(kind=EventKind.AMENDMENT_ASKED)
    assert (event.by, event.reason) == (clerk, "A slip of the keyboard.")
    changes = [{"field": "neonatal_name", "old": OLD_NAME, "new": NEW_NAME}]
    assert event.params == {"amendment": amendment.pk, "evidence": "paper_seen", "note": SHELF, "changes": changes}
    assert event.new_label == f"Neonatal name: {OLD_NAME} → {NEW_NAME}"


def test_an_approved_correction_voids_changes_and_approves_in_one_act(clerk: User, supervisor2: User) -> None:
    record = approved_record()
    first = record.approvals.get()
    amendment = amended(record, by=supervisor2)

    now = Submission.objects.get(pk=record.pk)
    assert (now.status, now.version) == (SubmissionStatus.APPROVED, record.version + 2)
    assert (now.approved_by, now.reviewed_by) == (supervisor2, clerk)
    assert now.batch.status == BatchStatus.APPROVED
    field = fields_of(record)["neonatal_name"]
    assert (field.value, field.read_value, field.verified_by) == (NEW_NAME, OLD_NAME, clerk)
    correction = Correction.objects.latest("pk")
    assert (correction.old_value, correction.new_value, correction.by) == (OLD_NAME, NEW_NAME, clerk)

    assert (first.voiding.by, first.voiding.reason) == (supervisor2, amendment.reason)
    standing = record.approvals.standing().get()
    assert (standing.by, standing.version) == (supervisor2, now.version)
    assert standing.digest != first.digest
    assert not not_as_approved(contents([record.pk]), approved_digests([record.pk]))

    kinds = [event.kind for event in record.events.order_by("pk")][-5:]
    assert kinds == ["amendment_asked", "voided", "corrected", "approved", "amended"]
    event = record.events.get(kind=EventKind.AMENDED)
    assert event.params["changes"] == [{"field": "neonatal_name", "old": OLD_NAME, "new": NEW_NAME}]
    amendment.refresh_from_db()
    assert (amendment.outcome, amendment.decided_by) == ("approved", supervisor2)


def test_the_first_approver_may_approve_a_correction_that_another_asked_for(supervisor: User) -> None:
    record = approved_record()
    amended(record, by=supervisor)
    assert Submission.objects.get(pk=record.pk).approved_by == supervisor


def test_a_refusal_leaves_the_record_as_it_is_and_says_why(supervisor2: User) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    amend.refuse_amendment(amendment, by=supervisor2, note="  The paper says 小. ")
    amendment.refresh_from_db()
    assert (amendment.outcome, amendment.decision_note) == ("refused", "The paper says 小.")
    assert Submission.objects.get(pk=record.pk).version == record.version
    assert record.approvals.standing().get() == record.approvals.get()
    assert record.events.get(kind=EventKind.AMENDMENT_REFUSED).reason == "The paper says 小."
    amendment_of(record)
    assert record.amendments.count() == 2


def test_who_asked_does_not_decide(supervisor2: User) -> None:
    amendment = amendment_of(approved_record(), by=supervisor2)
    for act, options in ((amend.approve_amendment, {"queue": no_program}), (amend.refuse_amendment, {"note": "No."})):
        refused("amendmentOwn", NotAllowed, act, amendment, by=supervisor2, **options)


def test_who_worked_on_the_record_does_not_decide(supervisor: User, supervisor2: User) -> None:
    record = approved_record(clerk=supervisor, supervisor=supervisor2)
    amendment = amendment_of(record)
    refused("ownWork", NotAllowed, amend.approve_amendment, amendment, by=supervisor, queue=no_program)


def test_who_asked_for_an_approved_correction_has_worked_on_the_record(supervisor: User, supervisor2: User) -> None:
    record = approved_record()
    amended(record, by=supervisor2, changes={"neonatal_name": NEW_NAME})
    other = amendment_of(record, by=supervisor2, changes={"neonatal_name": OLD_NAME})
    amend.approve_amendment(other, by=supervisor, queue=no_program)
    third = amendment_of(record)
    refused("ownWork", NotAllowed, amend.approve_amendment, third, by=supervisor2, queue=no_program)


@pytest.mark.parametrize("role", ["clerk2", "admin"])
def test_only_supervisors_decide(role: str) -> None:
    amendment = amendment_of(approved_record())
    refused("notSupervisor", NotAllowed, amend.approve_amendment, amendment, by=person(role), queue=no_program)
    refused("notSupervisor", NotAllowed, amend.refuse_amendment, amendment, by=person(role), note="No.")


def test_who_may_not_view_or_review_does_not_ask(clerk2: User, admin_user: User) -> None:
    record = approved_record()
    refused("notYours", NotAllowed, amendment_of, record, by=clerk2)
    refused("notReviewer", NotAllowed, amendment_of, record, by=admin_user)
    auditor = User.objects.create_user("auditor", role=Role.AUDITOR)
    refused("notReviewer", NotAllowed, amendment_of, record, by=auditor)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("noChange", {"changes": {}}),
        ("noChange", {"changes": {"neonatal_name": OLD_NAME}}),
        ("noChange", {"changes": {"neonatal_name": f" {OLD_NAME}\0\n"}}),
        ("noChange", {"changes": {"nonsense": "x"}}),
        ("reasonMissing", {"reason": " \t"}),
        ("evidenceMissing", {"evidence_note": "\0"}),
        ("valueTooLong", {"changes": {"neonatal_name": "长" * 501}}),
    ],
)
def test_a_request_without_change_or_ground_is_refused(code: str, options: dict[str, Any]) -> None:
    refused(code, ReviewError, amendment_of, approved_record(), **options)


def test_an_unknown_evidence_is_refused_by_the_database() -> None:
    record = approved_record()
    with pytest.raises(IntegrityError), transaction.atomic():
        amendment_of(record, evidence="a dream")


def test_only_one_request_waits_at_a_time() -> None:
    record = approved_record()
    amendment_of(record)
    refused("amendmentWaits", IllegalTransition, amendment_of, record, changes={"sex": "女"})


def test_a_request_is_made_against_what_was_shown() -> None:
    record = approved_record()
    shown = record.version
    amended(record)
    refused("changedSinceShown", ChangedSinceShown, amendment_of, record, version=shown)


@pytest.mark.parametrize("status", ["recognised", "reviewed", "returned", "rejected"])
def test_only_an_approved_record_is_corrected_so(status: str) -> None:
    record = submission_at(status)
    refused("illegalTransition", IllegalTransition, amendment_of, record)


def test_a_decision_is_made_once(supervisor2: User, supervisor: User) -> None:
    amendment = amended(approved_record())
    stale = Amendment.objects.get(pk=amendment.pk)
    refused("amendmentDecided", IllegalTransition, amend.approve_amendment, stale, by=supervisor2, queue=no_program)
    refused("amendmentDecided", IllegalTransition, amend.refuse_amendment, stale, by=supervisor, note="No.")


@pytest.mark.parametrize("columns", [{"version": 99}, {"value": "别人"}], ids=["another version", "another value"])
def test_a_record_that_is_no_longer_as_it_was_when_asked_is_not_corrected(
    columns: dict[str, Any], supervisor2: User
) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    changed: Any = Submission.objects.filter(pk=record.pk)
    if "value" in columns:
        changed = record.fields.filter(name="neonatal_name")
    with guards_off():
        changed.update(**columns)
    refused(
        "changedSinceShown", ChangedSinceShown, amend.approve_amendment, amendment, by=supervisor2, queue=no_program
    )
    assert Amendment.objects.waiting().get() == amendment
    assert Approval.objects.standing().filter(submission=record).exists()


def test_a_refusal_needs_a_note(supervisor2: User) -> None:
    amendment = amendment_of(approved_record())
    refused("reasonMissing", ReviewError, amend.refuse_amendment, amendment, by=supervisor2, note=" ")


def test_a_value_that_breaks_a_rule_is_kept_for_the_reason_of_who_asked(clerk: User) -> None:
    record = approved_record()
    amended(record, changes={"birth_weight": "120"})
    field = fields_of(record)["birth_weight"]
    assert (field.value, field.is_override) == ("120", True)
    assert (field.verified_by, field.override_reason) == (clerk, "A slip of the keyboard.")
    assert record.events.filter(kind=EventKind.OVERRIDDEN, by=clerk, field_name="birth_weight").exists()
    (override,) = contents([record.pk])[record.pk]["overrides"]
    assert (override["field"], override["by"]) == ("birthWeight", "clerk")


def test_what_a_change_puts_in_doubt_elsewhere_is_verified_by_who_asked(clerk: User) -> None:
    record = approved_record()
    number = fields_of(record)["certificate_number"].value
    twin = approved_record(values={"certificate_number": "Z" + number[1:]})
    amended(twin, changes={"certificate_number": number, "mother_age": "17"})
    assert not twin.fields.doubtful().exists()
    for field in fields_of(twin).values():
        assert not field.has_error or field.override_reason
        assert not field.is_doubtful


def test_no_value_of_the_old_approval_is_left_out_of_the_new_one() -> None:
    record = approved_record()
    before = contents([record.pk])[record.pk]
    amended(record)
    after = contents([record.pk])[record.pk]
    name = after["values"].pop("neonatalName")
    assert (before["values"].pop("neonatalName"), name) == (OLD_NAME, NEW_NAME)
    assert before["values"] == after["values"]


def test_several_values_are_corrected_at_once_and_one_can_be_emptied() -> None:
    record = approved_record()
    amended(record, changes={"neonatal_name": NEW_NAME, "father_address": "", "sex": "男"})
    values = fields_of(record)
    assert (values["neonatal_name"].value, values["father_address"].value) == (NEW_NAME, "")
    named = {change["field"] for change in Amendment.objects.get().changes}
    assert "father_address" in named


def test_the_database_refuses_a_correction_past_this_act(clerk: User) -> None:
    record = approved_record()
    with pytest.raises(IntegrityError), transaction.atomic():
        record.fields.filter(name="neonatal_name").update(value=NEW_NAME)
    with pytest.raises(ReviewError):
        change(record, "neonatal_name", NEW_NAME, by=clerk)


def test_when_a_step_fails_nothing_has_happened(supervisor2: User, monkeypatch: pytest.MonkeyPatch) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    events = Event.objects.count()

    def fail(*args: Any, **options: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(amend, "_recall", fail)
    with pytest.raises(OSError, match="disk"), transaction.atomic():
        amend.approve_amendment(amendment, by=supervisor2, queue=no_program)
    assert Event.objects.count() == events
    assert Approval.objects.standing().get() == record.approvals.get()
    assert Amendment.objects.waiting().get() == amendment
    assert fields_of(record)["neonatal_name"].value == OLD_NAME


def test_exports_that_hold_the_old_value_are_named() -> None:
    record = approved_record()
    with_name, without = exported(), exported(columns=["sex", "record"])
    amendment = amended(record)
    assert [recall.export for recall in amendment.recalls.all()] == [with_name]
    assert record.events.get(kind=EventKind.AMENDED).params["exports"] == [with_name.pk]
    assert without.recalls.count() == 0
    assert content_of(without)


def test_a_program_that_was_told_the_old_value_is_told_again(clerk: User, supervisor2: User) -> None:
    record, other = approved_record(), approved_record()
    key = AccessKey.objects.create(key_id="k", sealed_secret="s", user=clerk, created_by=person("admin"))
    told = {"key": key, "attempts": 3, "delivered_at": record.approved_at}
    notice = Notice.objects.create(submission=record, message_id="msg_1", **told)
    Notice.objects.create(submission=other, message_id="msg_2", **told)
    queued: list[int] = []
    amend.approve_amendment(amendment_of(record), by=supervisor2, queue=queued.append)
    assert queued == [notice.pk]
    notice.refresh_from_db()
    assert (notice.is_settled, notice.attempts, notice.message_id != "msg_1") == (False, 0, True)


def test_what_comes_out_against_rules_is_what_was_expected_and_the_event_names_the_rules(clerk: User) -> None:
    first = approved_record()
    number = fields_of(first)["certificate_number"].value
    twin = approved_record(values={"certificate_number": number[:-1] + ("1" if number[-1] != "1" else "2")})
    amendment = amendment_of(twin, changes={"certificate_number": number, "birth_weight": "120"})
    expected = amend.expected_findings(amendment)
    codes = {flag.code for flag in expected}
    assert f"#{first.pk}" in str([flag.params for flag in expected])

    shown = amend.digest_of_errors(expected)
    amend.approve_amendment(amendment, by=person("supervisor2"), queue=no_program, shown=shown)
    overridden = twin.events.filter(kind=EventKind.OVERRIDDEN, by=clerk)
    assert {event.field_name for event in overridden} == {"certificate_number", "birth_weight"}
    for event in overridden:
        rules = fields_of(twin)[event.field_name].broken_rules
        assert event.params["second"] is False
        assert [rule["code"] for rule in event.params["rules"]] == [rule.code for rule in rules]
        assert {rule.code for rule in rules} <= codes


def test_errors_that_were_not_shown_are_not_approved(supervisor2: User) -> None:
    record = approved_record()
    number = "A430000001"
    amendment = amendment_of(record, changes={"certificate_number": number})
    shown = amend.digest_of_errors(amend.expected_findings(amendment))
    approved_record(values={"certificate_number": number, "neonatal_name": "别人"})
    assert amend.digest_of_errors(amend.expected_findings(amendment)) not in ("", shown)
    act = amend.approve_amendment
    options: dict[str, Any] = {"by": supervisor2, "queue": no_program, "shown": shown}
    refused("findingsChangedSinceShown", ChangedSinceShown, act, amendment, **options)
    assert Amendment.objects.waiting().get() == amendment
    assert fields_of(record)["certificate_number"].value != number


def test_who_kept_an_older_error_goes_on_answering_for_it(clerk: User, supervisor: User, supervisor2: User) -> None:
    RuleSeverity.objects.create(code="weight_unusual", severity="E")
    record = approved_record(values={"gestational_age": "27"})
    amended(record, changes={"birth_weight": "900"})
    second = amendment_of(record, by=supervisor, changes={"gestational_age": "37"}, reason="Another slip.")
    amend.approve_amendment(second, by=supervisor2, queue=no_program)
    field = fields_of(record)["birth_weight"]
    assert {flag.code for flag in field.flags.all()} == {"weight_unusual", "weight_for_weeks"}
    assert (field.verified_by, field.override_reason) == (clerk, "A slip of the keyboard.")
    of_weight = record.events.filter(field_name="birth_weight").order_by("pk")
    decided = of_weight.filter(kind__in=["overridden", "verified"]).values_list("kind", "by__username")
    assert list(decided)[-2:] == [("overridden", "clerk"), ("verified", "supervisor")]


def test_a_mark_stays_when_another_value_is_amended() -> None:
    record = paper_wrong_record()
    amendment = amended(record, changes={"birth_weight": "120"})
    field = fields_of(record)["neonatal_name"]
    assert (field.mark, field.should_say) == ("paper_wrong", "王小朋")
    assert amendment.changes[0].keys() == {"field", "old", "new"}


def test_a_mark_that_goes_with_its_old_value_stands_in_what_is_asked_and_done() -> None:
    record = paper_wrong_record()
    amended(record)
    field = fields_of(record)["neonatal_name"]
    assert (field.value, field.mark, field.should_say) == (NEW_NAME, "", "")
    for kind in (EventKind.AMENDMENT_ASKED, EventKind.AMENDED):
        event = record.events.get(kind=kind)
        (change_told,) = event.params["changes"]
        assert (change_told["mark"], change_told["should_say"]) == ("paper_wrong", "王小朋")
        told = "(marked until then: The paper itself is wrong → 王小朋)"
        assert event.new_label == f"Neonatal name: {OLD_NAME} → {NEW_NAME} {told}"
        assert event.masked(event.new_label, masked_value).count("王**") == 3


def test_who_asked_withdraws_the_request_and_another_may_be_asked_for(clerk: User, supervisor2: User) -> None:
    record = approved_record()
    amendment = amendment_of(record)
    amend.withdraw_amendment(amendment, by=clerk)
    amendment.refresh_from_db()
    assert (amendment.outcome, amendment.decided_by) == ("withdrawn", clerk)
    event = record.events.get(kind=EventKind.AMENDMENT_WITHDRAWN)
    assert (event.by, event.params) == (clerk, {"amendment": amendment.pk})
    assert Submission.objects.get(pk=record.pk).version == record.version
    refused("amendmentDecided", IllegalTransition, amend.withdraw_amendment, amendment, by=clerk)
    refused("amendmentDecided", IllegalTransition, amend.approve_amendment, amendment, by=supervisor2, queue=no_program)
    amended(record)


def test_a_request_of_somebody_who_is_here_is_withdrawn_by_nobody_else(
    clerk2: User, supervisor: User, admin_user: User
) -> None:
    amendment = amendment_of(approved_record())
    for other, code in ((clerk2, "amendmentOfOther"), (supervisor, "amendmentOfOther"), (admin_user, "notReviewer")):
        refused(code, NotAllowed, amend.withdraw_amendment, amendment, by=other)


@pytest.mark.parametrize("gone", [{"is_active": False}, {"role": Role.ADMIN}], ids=["inactive", "another role"])
def test_a_supervisor_withdraws_the_request_of_who_is_gone(
    gone: dict[str, Any], clerk: User, clerk2: User, supervisor: User
) -> None:
    amendment = amendment_of(approved_record())
    User.objects.filter(pk=clerk.pk).update(**gone)
    amendment.refresh_from_db()
    refused("notSupervisor", NotAllowed, amend.withdraw_amendment, amendment, by=clerk2)
    amend.withdraw_amendment(amendment, by=supervisor)
    assert Amendment.objects.get().decided_by == supervisor


@pytest.mark.parametrize("outcome", ["approved", "refused"])
def test_the_database_lets_who_asked_only_withdraw(outcome: str, clerk: User) -> None:
    amendment = amendment_of(approved_record())
    decision = {"outcome": outcome, "decided_by": clerk, "decided_at": amendment.asked_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(**decision)
