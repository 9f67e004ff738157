"""An approval is about what was shown, and nobody gives it to a record that they worked on."""

import pytest

from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed
from reviewapp.models import Submission, User
from reviewapp.stages import claim, correct
from reviewapp.stages.approve import approve, approve_batch, return_to_clerk
from tests.factories import change, make_batch, no_program, person, see_overrides, shown, submission_at, verify_all

pytestmark = pytest.mark.django_db


def submit_again(submission: Submission, *, by: User, name: str = "") -> None:
    """Let the clerk of a returned record change its child's name and submit it again."""
    claim.claim(submission, by=by)
    if name:
        change(submission, "neonatal_name", name, by=by)
    verify_all(submission, by=by)
    correct.submit(submission, by=by)


def test_a_record_that_changed_after_it_was_shown_is_not_approved(
    supervisor: User, supervisor2: User, clerk: User
) -> None:
    submission = submission_at("reviewed", clerk=clerk)
    seen = submission.version
    return_to_clerk(submission, by=supervisor2, reason="The name.")
    submit_again(submission, by=clerk, name="王小明")
    present = Submission.objects.get()
    with pytest.raises(ChangedSinceShown, match="has changed since this page was shown"):
        approve(present, by=supervisor, queue=no_program, version=seen)
    with pytest.raises(ChangedSinceShown):
        return_to_clerk(present, by=supervisor, reason="Old reason.", version=seen)
    assert Submission.objects.get().status == "reviewed"
    approve(present, by=supervisor, queue=no_program, version=present.version)


def test_a_stale_copy_of_a_record_is_not_approved(supervisor: User, supervisor2: User, clerk: User) -> None:
    stale = submission_at("reviewed", clerk=clerk)
    fresh = Submission.objects.get()
    return_to_clerk(fresh, by=supervisor2, reason="The name.")
    submit_again(fresh, by=clerk)
    with pytest.raises(IllegalTransition, match="faster"):
        approve(stale, by=supervisor, queue=no_program)


def test_of_a_batch_just_what_was_shown_is_approved_or_nothing(supervisor: User, clerk: User) -> None:
    batch = make_batch()
    first, second = (submission_at("reviewed", batch=batch, clerk=clerk) for _ in range(2))
    seen = shown(batch)
    return_to_clerk(first, by=supervisor, reason="The name.")
    submit_again(first, by=clerk, name="王小明")
    with pytest.raises(ChangedSinceShown, match="Nothing was approved"):
        approve_batch(batch, by=supervisor, queue=no_program, shown=seen)
    assert set(batch.submissions.values_list("status", flat=True)) == {"reviewed"}

    late = submission_at("reviewed", batch=batch)
    see_overrides(first, by=supervisor)
    seen = {pk: version for pk, version in shown(batch).items() if pk != late.pk}
    assert approve_batch(batch, by=supervisor, queue=no_program, shown=seen) == (2, 0, ())
    assert Submission.objects.get(pk=late.pk).status == "reviewed"
    assert {first.pk, second.pk} == set(seen)


def test_a_batch_is_not_closed_while_a_record_in_it_waits_that_was_not_shown(supervisor: User, clerk: User) -> None:
    record = submission_at("rejected", clerk=clerk)
    return_to_clerk(record, by=supervisor, reason="It can be read.")
    submit_again(record, by=clerk)
    with pytest.raises(ChangedSinceShown):
        approve_batch(record.batch, by=supervisor, queue=no_program, shown={})
    assert Submission.objects.get().status == "reviewed"


def test_nobody_approves_a_record_in_which_they_verified_a_value(supervisor: User, supervisor2: User) -> None:
    submission = submission_at("recognised", probs={"sex": 20})
    claim.claim(submission, by=supervisor)
    verify_all(submission, by=supervisor)
    claim.give_back(submission, by=supervisor)
    clerk = person("clerk")
    claim.claim(submission, by=clerk)
    correct.submit(submission, by=clerk)
    with pytest.raises(NotAllowed, match="verified"):
        approve(submission, by=supervisor, queue=no_program)
    with pytest.raises(NotAllowed):
        approve_batch(submission.batch, by=supervisor, queue=no_program, shown=shown(submission.batch))
    approve(submission, by=supervisor2, queue=no_program)


def test_nobody_approves_a_record_that_broke_a_rule_by_their_reason(supervisor: User, clerk: User) -> None:
    submission = submission_at("recognised", values={"sex": "丈"})
    claim.claim(submission, by=supervisor)
    verify_all(submission, by=supervisor)
    claim.give_back(submission, by=supervisor)
    claim.claim(submission, by=clerk)
    change(submission, "sex", "女", by=clerk)
    verify_all(submission, by=clerk)
    correct.submit(submission, by=clerk)
    assert not submission.fields.filter(verified_by=supervisor).exists()
    with pytest.raises(NotAllowed):
        approve(submission, by=supervisor, queue=no_program)


def test_nobody_approves_what_they_once_submitted_although_another_submitted_it_last(
    supervisor: User, supervisor2: User
) -> None:
    submission = submission_at("returned", clerk=supervisor, supervisor=supervisor2)
    submit_again(submission, by=person("supervisor2"))
    with pytest.raises(NotAllowed):
        approve(submission, by=supervisor, queue=no_program)
