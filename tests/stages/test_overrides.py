"""A value kept against a rule stays a fact: with rule, sentence, reason and person, opened by who approves."""

from functools import partial

import pytest
from django.utils import translation

from reviewapp.exceptions import ChangedSinceShown, IllegalTransition, NotAllowed, ReviewError, StaleWrite
from reviewapp.models import Event, Field, Flag, OverrideSight, Submission, User
from reviewapp.stages import approve, claim, correct
from reviewapp.stages.flag import judge_again
from reviewapp.states import EventKind
from tests.factories import (
    AS_ON_PAPER,
    make_batch,
    mark,
    no_program,
    person,
    see_overrides,
    shown,
    submission_at,
    true_values,
)
from tests.racing import race

pytestmark = pytest.mark.django_db

NAME = "birth_weight"


@pytest.fixture
def record(clerk: User) -> Submission:
    return submission_at("reviewed", values={NAME: "120"}, clerk=clerk)


def kept_in(record: Submission) -> Field:
    return record.fields.get(name=NAME)


def test_an_override_leaves_rule_reason_and_person_in_history(record: Submission, clerk: User) -> None:
    event = record.events.get(kind=EventKind.OVERRIDDEN)
    flag = kept_in(record).broken_rules[0]
    assert event.params["rules"] == [{"code": flag.code, "names": flag.names, "params": flag.params}]
    assert (event.by, event.reason, event.new, event.field_name) == (clerk, AS_ON_PAPER, "120", NAME)
    english = event.rule_sentences
    with translation.override("zh-hans"):
        assert event.rule_sentences != english
    assert not record.events.filter(kind=EventKind.VERIFIED, field_name=NAME).exists()


def test_a_record_is_approved_only_after_its_overrides_were_opened(record: Submission, supervisor: User) -> None:
    with pytest.raises(IllegalTransition, match="You have not opened each value"):
        approve.approve(record, by=supervisor, queue=no_program)
    see_overrides(record, by=supervisor)
    approve.approve(record, by=supervisor, queue=no_program)
    seen = record.events.get(kind=EventKind.OVERRIDE_SEEN)
    assert (seen.by, seen.field_name, seen.new) == (supervisor, NAME, "120")


def test_that_another_supervisor_opened_it_does_not_count(
    record: Submission, supervisor: User, supervisor2: User
) -> None:
    see_overrides(record, by=supervisor2)
    with pytest.raises(IllegalTransition):
        approve.approve(record, by=supervisor, queue=no_program)
    assert list(Submission.objects.with_unseen_overrides(supervisor)) == [record]
    assert list(Submission.objects.with_unseen_overrides(supervisor2)) == []


def test_what_was_kept_anew_is_opened_anew(record: Submission, supervisor: User, clerk: User) -> None:
    see_overrides(record, by=supervisor)
    approve.return_to_clerk(record, by=supervisor, reason="Look.", field_names=[NAME])
    claim.claim(record, by=clerk)
    correct.verify_value(kept_in(record), by=clerk, override_reason="seen again")
    correct.submit(record, by=clerk)
    with pytest.raises(IllegalTransition):
        approve.approve(record, by=supervisor, queue=no_program)


def test_opening_twice_leaves_one_trace(record: Submission, supervisor: User) -> None:
    for _ in range(2):
        see_overrides(record, by=supervisor)
    assert OverrideSight.objects.count() == 1
    assert record.events.filter(kind=EventKind.OVERRIDE_SEEN).count() == 1


def test_a_mark_against_a_rule_is_opened_too(clerk: User, supervisor: User) -> None:
    record = submission_at("recognised", values={NAME: "120"})
    claim.claim(record, by=clerk)
    mark(record, NAME, "paper_wrong", by=clerk, should_say="3200")
    correct.submit(record, by=clerk)
    with pytest.raises(IllegalTransition):
        approve.approve(record, by=supervisor, queue=no_program)


def test_only_what_is_there_is_opened_and_only_by_supervisors(
    record: Submission, clerk: User, admin_user: User, supervisor: User
) -> None:
    kept = kept_in(record)
    for by in (clerk, admin_user):
        with pytest.raises(NotAllowed):
            approve.see_override(kept, version=kept.version, by=by)
    with pytest.raises(ChangedSinceShown):
        approve.see_override(kept, version=kept.version - 1, by=supervisor)
    plain = record.fields.get(name="sex")
    with pytest.raises(ReviewError, match="not kept against a rule"):
        approve.see_override(plain, version=plain.version, by=supervisor)
    approve.return_to_clerk(record, by=supervisor, reason="Look.")
    kept = kept_in(record)
    with pytest.raises(IllegalTransition):
        approve.see_override(kept, version=kept.version, by=supervisor)
    assert not Event.objects.filter(kind=EventKind.OVERRIDE_SEEN).exists()


def test_a_batch_is_approved_but_for_records_with_unopened_overrides(clerk: User, supervisor: User) -> None:
    batch = make_batch()
    kept = submission_at("reviewed", batch=batch, values={NAME: "120"}, clerk=clerk)
    plain = submission_at("reviewed", batch=batch, values=true_values(2), clerk=clerk)
    done = approve.approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch))
    assert (done.approved, done.own, done.unseen) == (1, 0, (kept.pk,))
    plain.refresh_from_db()
    assert plain.status == "approved"

    with pytest.raises(IllegalTransition, match=f"in #{kept.pk}"):
        approve.approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch))
    see_overrides(kept, by=supervisor)
    assert approve.approve_batch(batch, by=supervisor, queue=no_program, shown=shown(batch)) == (1, 0, ())


@pytest.mark.django_db(transaction=True)
def test_opening_in_two_tabs_at_once_leaves_one_trace() -> None:
    record, supervisor = submission_at("reviewed", values={NAME: "120"}), person("supervisor")
    copies = [Field.objects.select_related("submission").get(pk=kept_in(record).pk) for _ in range(2)]
    outcomes = race(*(partial(approve.see_override, copy, version=copy.version, by=supervisor) for copy in copies))
    assert outcomes == [None, None]
    assert record.events.filter(kind=EventKind.OVERRIDE_SEEN).count() == 1


def test_a_mark_survives_a_new_finding_and_is_opened_anew(clerk: User, supervisor: User) -> None:
    """Who said that the paper is wrong is not asked again; who approves sees what is found since."""
    record = submission_at("recognised", values={NAME: "120"})
    claim.claim(record, by=clerk)
    mark(record, NAME, "paper_wrong", by=clerk, should_say="3200")
    correct.submit(record, by=clerk)
    see_overrides(record, by=supervisor)
    approve.return_to_clerk(record, by=supervisor, reason="Look.")
    claim.claim(record, by=clerk)
    before = kept_in(record)
    Flag.objects.filter(field=before).delete()
    judge_again(record)

    marked = kept_in(record)
    assert (marked.mark, marked.should_say, marked.verified_by) == ("paper_wrong", "3200", clerk)
    assert marked.version == before.version + 1
    assert marked.is_override
    assert record.events.filter(kind=EventKind.MARKED).count() == 1
    correct.submit(record, by=clerk)
    with pytest.raises(IllegalTransition, match="You have not opened each value"):
        approve.approve(record, by=supervisor, queue=no_program)
    see_overrides(record, by=supervisor)
    approve.approve(record, by=supervisor, queue=no_program)


def test_what_an_old_tab_verified_is_stale_after_a_new_finding(clerk: User) -> None:
    record = submission_at("recognised", values={NAME: "120"})
    claim.claim(record, by=clerk)
    correct.verify_value(kept_in(record), by=clerk, override_reason=AS_ON_PAPER)
    in_other_tab = kept_in(record)
    Flag.objects.filter(field=in_other_tab).delete()
    judge_again(record)
    assert not kept_in(record).is_verified
    with pytest.raises(StaleWrite):
        correct.change(in_other_tab, value="3200", version=in_other_tab.version, by=clerk)


def test_what_was_returned_is_stale_in_an_old_tab(record: Submission, supervisor: User, clerk: User) -> None:
    in_other_tab = kept_in(record)
    approve.return_to_clerk(record, by=supervisor, reason="Look.", field_names=[NAME])
    claim.claim(record, by=clerk)
    with pytest.raises(StaleWrite):
        correct.change(in_other_tab, value="3200", version=in_other_tab.version, by=clerk)
    told = record.events.get(kind=EventKind.RETURNED).params["before"][NAME]
    assert told == ["120", "verified", AS_ON_PAPER]
