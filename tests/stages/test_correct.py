"""A clerk changes, verifies, submits or rejects; nothing is overwritten without a trace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviewapp.exceptions import ClaimLost, IllegalTransition, NotAllowed, ReviewError, StaleWrite
from reviewapp.models import Correction, Field, Submission, Threshold, User
from reviewapp.stages.claim import claim, give_back
from reviewapp.stages.correct import VALUE_LIMIT, clean, correct, reject, submit
from reviewapp.states import EventKind, RejectReason
from tests.factories import answer, change, fields_of, submission_at, verify_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(clerk: User) -> Submission:
    """Give a record with one unsure and one missing value, held by the clerk."""
    submission = submission_at("recognised", values={"birth_place": ""}, probs={"mother_name": 55})
    claim(submission, by=clerk)
    return submission


def reasons(field: Field) -> list[str]:
    return sorted(field.flags.values_list("code", flat=True))


def test_a_correction_is_saved_with_its_trace(held: Submission, clerk: User) -> None:
    before = held.fields.get(name="mother_name")
    after = change(held, "mother_name", "欧阳娜娜", by=clerk, verify=False)
    assert (after.value, after.read_value, after.version) == ("欧阳娜娜", before.value, before.version + 1)
    correction = Correction.objects.get()
    assert (correction.old_value, correction.new_value, correction.by) == (before.value, "欧阳娜娜", clerk)
    event = held.events.get(kind=EventKind.CORRECTED)
    assert (event.field_name, event.old, event.new, event.by) == ("mother_name", before.value, "欧阳娜娜", clerk)


def test_a_corrected_value_is_no_longer_judged_by_how_it_was_read(held: Submission, clerk: User) -> None:
    assert reasons(held.fields.get(name="mother_name")) == ["low_probability"]
    assert reasons(change(held, "mother_name", "欧阳娜娜", by=clerk)) == []


def test_the_value_typed_back_is_judged_again_by_how_it_was_read(held: Submission, clerk: User) -> None:
    read = held.fields.get(name="mother_name").read_value
    change(held, "mother_name", "欧阳娜娜", by=clerk)
    back = change(held, "mother_name", read, by=clerk, verify=False)
    assert reasons(back) == ["low_probability"]
    assert not back.is_verified


def test_a_typed_value_of_the_wrong_form_is_flagged_and_an_emptied_one_too(held: Submission, clerk: User) -> None:
    assert reasons(change(held, "mother_age", "thirty", by=clerk, verify=False)) == ["age_unreadable"]
    assert reasons(change(held, "mother_age", "", by=clerk, verify=False)) == ["missing"]
    assert reasons(change(held, "mother_age", fields_of(held)["mother_age"].read_value, by=clerk)) == []


def test_a_threshold_of_the_administrator_counts(held: Submission, clerk: User) -> None:
    Threshold.objects.create(name="mother_name", percent=50)
    read = held.fields.get(name="mother_name").read_value
    change(held, "mother_name", "欧阳娜娜", by=clerk)
    assert reasons(change(held, "mother_name", read, by=clerk)) == []


def test_verifying_accepts_a_value_without_changing_it(held: Submission, clerk: User) -> None:
    doubtful = held.fields.get(name="mother_name")
    correct(doubtful, value=doubtful.value, version=doubtful.version, by=clerk, verify=True)
    assert (doubtful.verified_by, doubtful.is_doubtful) == (clerk, False)
    assert doubtful.verified_at is not None
    assert Correction.objects.count() == 0
    assert held.events.get(kind=EventKind.VERIFIED).new == doubtful.value


def test_a_change_without_verifying_takes_the_verification_away(held: Submission, clerk: User) -> None:
    change(held, "mother_age", "31", by=clerk, verify=True)
    assert held.fields.get(name="mother_age").is_verified
    change(held, "mother_age", "32", by=clerk, verify=False)
    assert not held.fields.get(name="mother_age").is_verified


def test_the_same_value_sent_twice_changes_nothing(held: Submission, clerk: User) -> None:
    """A browser that lost the answer sends again, with the version that it still has."""
    field = held.fields.get(name="mother_name")
    stale = field.version
    for _ in range(3):
        correct(field, value="欧阳娜娜", version=stale, by=clerk, verify=True)
    assert (field.version, Correction.objects.count()) == (stale + 1, 1)
    assert held.events.filter(kind=EventKind.CORRECTED).count() == 1
    assert held.events.filter(kind=EventKind.VERIFIED).count() == 1


def test_a_stale_save_is_refused_and_shows_the_present_value(held: Submission, clerk: User) -> None:
    field = held.fields.get(name="mother_name")
    change(held, "mother_name", "欧阳娜娜", by=clerk)
    with pytest.raises(StaleWrite, match="Compare both"):
        correct(field, value="司马相如", version=field.version, by=clerk)
    assert (field.value, Correction.objects.count()) == ("欧阳娜娜", 1)


def test_what_is_typed_is_kept_as_one_clean_line(held: Submission, clerk: User) -> None:
    assert change(held, "mother_name", "  欧阳\n\t娜娜\x00 ", by=clerk).value == "欧阳娜娜"
    assert clean("\ud800张\x7f三") == "张三"
    assert clean("x" * VALUE_LIMIT) == "x" * VALUE_LIMIT
    with pytest.raises(ReviewError, match="more than 500 characters"):
        clean("x" * (VALUE_LIMIT + 1))


def test_a_value_may_hold_markup_and_formulas_as_plain_text(held: Submission, clerk: User) -> None:
    for value in ("<script>alert(1)</script>", "=1+1", "%(value)s %s", "'; DROP TABLE fields; --"):
        changed = change(held, "mother_address", value, by=clerk)
        assert held.fields.get(name="mother_address").value == value
        assert all(flag.sentence for flag in changed.flags.all())


def test_who_does_not_hold_the_record_saves_nothing(held: Submission, clerk: User, clerk2: User) -> None:
    with pytest.raises(ClaimLost):
        change(held, "mother_name", "欧阳娜娜", by=clerk2)
    assert held.fields.get(name="mother_name").version == 1


def test_a_claim_that_ran_out_is_taken_again_by_saving_unless_another_has_it(
    held: Submission, clerk: User, clerk2: User
) -> None:
    Submission.objects.update(claimed_until=timezone.now() - timedelta(minutes=1))
    change(Submission.objects.get(pk=held.pk), "mother_age", "31", by=clerk)
    assert Submission.objects.get(pk=held.pk).holder == clerk
    Submission.objects.update(claimed_until=timezone.now() - timedelta(minutes=1))
    claim(Submission.objects.get(pk=held.pk), by=clerk2)
    with pytest.raises(ClaimLost, match="take the record again"):
        change(held, "mother_age", "32", by=clerk)
    assert held.fields.get(name="mother_age").value == "31"


@pytest.mark.parametrize("status", ["reviewed", "approved", "rejected"])
def test_a_record_that_is_finished_is_not_changed(status: str, clerk: User) -> None:
    submission = submission_at(status, clerk=clerk)
    with pytest.raises(ClaimLost):
        change(submission, "mother_name", "欧阳娜娜", by=clerk)


def test_a_record_is_submitted_when_nothing_is_doubtful(held: Submission, clerk: User) -> None:
    with pytest.raises(IllegalTransition, match="2 flagged fields are not verified"):
        submit(held, by=clerk)
    verify_all(held, by=clerk)
    submit(held, by=clerk)
    held.refresh_from_db()
    assert (held.status, held.reviewed_by, held.claimed_by, held.claimed_until) == ("reviewed", clerk, None, None)
    assert held.reviewed_at is not None


def test_a_record_without_doubts_is_submitted_as_it_is(clerk: User) -> None:
    submission = submission_at("recognised")
    assert not submission.fields.flagged().exists()
    claim(submission, by=clerk)
    submit(submission, by=clerk)
    assert submission.status == "reviewed"


def test_a_record_is_submitted_once(held: Submission, clerk: User) -> None:
    verify_all(held, by=clerk)
    twin = Submission.objects.get(pk=held.pk)
    submit(held, by=clerk)
    for again in (held, twin):
        with pytest.raises((IllegalTransition, ClaimLost)):
            submit(again, by=clerk)
    assert held.events.filter(kind=EventKind.SUBMITTED).count() == 1


def test_only_the_holder_submits_or_rejects(held: Submission, clerk: User, clerk2: User, admin_user: User) -> None:
    verify_all(held, by=clerk)
    for act in (submit, lambda record, by: reject(record, by=by, reason=RejectReason.UNREADABLE)):
        with pytest.raises(ClaimLost):
            act(held, by=clerk2)
        with pytest.raises(NotAllowed):
            act(held, by=admin_user)
    give_back(held, by=clerk)
    with pytest.raises(ClaimLost):
        submit(held, by=clerk)


@pytest.mark.parametrize("reason", RejectReason)
def test_a_picture_is_rejected_with_its_reason(reason: RejectReason, held: Submission, clerk: User) -> None:
    reject(held, by=clerk, reason=reason, note="  see\nthe other one ")
    held.refresh_from_db()
    assert (held.status, held.reject_reason, held.reject_note) == ("rejected", reason, "seethe other one")
    assert (held.reviewed_by, held.claimed_by) == (clerk, None)
    event = held.events.get(kind=EventKind.REJECTED)
    assert (event.params, event.reason) == ({"reason": reason.value}, "seethe other one")


def test_a_picture_that_was_not_read_can_be_rejected_by_any_reviewer(clerk: User) -> None:
    failed = submission_at("failed")
    reject(failed, by=clerk, reason=RejectReason.NO_CERTIFICATE)
    assert (failed.status, failed.reject_note) == ("rejected", "")
    with pytest.raises(IllegalTransition):
        reject(failed, by=clerk, reason=RejectReason.NO_CERTIFICATE)


@pytest.mark.parametrize("status", ["received", "reviewed", "approved"])
def test_what_is_not_under_review_is_not_rejected(status: str, clerk: User) -> None:
    with pytest.raises(IllegalTransition):
        reject(submission_at(status), by=clerk, reason=RejectReason.DUPLICATE)


def test_a_field_that_was_asked_about_by_the_supervisor_stays_flagged_until_verified(clerk: User) -> None:
    submission = submission_at("returned", clerk=clerk, reason="The name is wrong.")
    claim(submission, by=clerk)
    field = fields_of(submission)["neonatal_name"]
    assert reasons(field) == ["returned"]
    assert field.flags.get().sentence.startswith("The supervisor asks to look at this again: The name is wrong.")
    changed = change(submission, "neonatal_name", "张小凡", by=clerk, verify=False)
    assert {"returned", "surname_of_neither"} <= set(reasons(changed))
    with pytest.raises(IllegalTransition, match="1 flagged fields"):
        submit(submission, by=clerk)
    change(submission, "neonatal_name", "张小凡", by=clerk, verify=True)
    submit(submission, by=clerk)
    assert submission.status == "reviewed"


def test_a_value_without_a_place_is_doubtful_until_somebody_looked(clerk: User) -> None:
    submission = submission_at("recognised", data=answer(without_place=("sex",)))
    assert reasons(submission.fields.get(name="sex")) == ["no_polygon"]
    claim(submission, by=clerk)
    verify_all(submission, by=clerk)
    assert not submission.fields.doubtful().exists()


@pytest.mark.parametrize("status", ["received", "failed", "escalated", "reviewed", "approved", "rejected"])
def test_only_what_is_to_be_reviewed_is_submitted(status: str, supervisor2: User) -> None:
    submission = submission_at(status)
    with pytest.raises(IllegalTransition, match=r"so this can no longer be done"):
        submit(submission, by=supervisor2)
    assert Submission.objects.get().status == status
