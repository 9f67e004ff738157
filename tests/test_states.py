"""Every move from every status to every status by everybody, against the table."""

from itertools import product
from typing import Any

import pytest
from django.core.management import call_command

from reviewapp.exceptions import IllegalTransition, NotAllowed
from reviewapp.management.commands.states import document
from reviewapp.models import Batch, Event, Submission
from reviewapp.states import (
    BATCH_TRANSITIONS,
    SUBMISSION_TRANSITIONS,
    BatchStatus,
    Role,
    SubmissionStatus,
)
from reviewapp.transitions import move
from tests.factories import make_batch, person, receive
from tests.guards import guards_off
from tests.syntax import ROOT

PEOPLE: dict[Role | None, str] = {Role.CLERK: "clerk", Role.SUPERVISOR: "supervisor", Role.ADMIN: "admin", None: ""}

pytestmark = pytest.mark.django_db


def at(obj: Submission | Batch, status: str) -> Submission | Batch:
    """Put an object into a status past all rules, to ask the table about moves that lead away from it."""
    with guards_off():
        type(obj)._default_manager.filter(pk=obj.pk).update(status=status)
    obj.refresh_from_db()
    return obj


def outcome(obj: Submission | Batch, to: str, role: Role | None) -> str:
    """Try a move; return "moved", or the refusal's name when nothing has changed."""
    before, events = obj.status, Event.objects.count()
    by = person(PEOPLE[role]) if role else None
    try:
        # Whose approval it is, and of what, is asked elsewhere.
        with guards_off():
            move(obj, to, by=by)
    except (IllegalTransition, NotAllowed) as error:
        obj.refresh_from_db()
        assert (obj.status, Event.objects.count()) == (before, events)
        return type(error).__name__
    in_hand = obj.status
    obj.refresh_from_db()
    assert obj.status == in_hand == to
    return "moved"


def expected(table: dict[Any, Any], old: str, new: str, role: Role | None) -> str:
    if (old, new) not in table:
        return "IllegalTransition"
    roles = table[old, new].roles
    return "moved" if not roles or role in roles else "NotAllowed"


@pytest.mark.parametrize("role", tuple(PEOPLE), ids=str)
@pytest.mark.parametrize(("old", "new"), tuple(product(SubmissionStatus, repeat=2)))
def test_a_record_moves_as_the_table_says_and_never_otherwise(old: str, new: str, role: Role | None) -> None:
    submission = at(receive(is_rendered=False), old)
    assert outcome(submission, new, role) == expected(SUBMISSION_TRANSITIONS, old, new, role)


@pytest.mark.parametrize("role", tuple(PEOPLE), ids=str)
@pytest.mark.parametrize(("old", "new"), tuple(product(BatchStatus, repeat=2)))
def test_a_batch_moves_as_the_table_says_and_never_otherwise(old: str, new: str, role: Role | None) -> None:
    batch = at(make_batch(), old)
    assert outcome(batch, new, role) == expected(BATCH_TRANSITIONS, old, new, role)


@pytest.mark.parametrize(("old", "new"), tuple(SUBMISSION_TRANSITIONS), ids=str)
def test_a_move_leaves_its_event_with_who_from_to_and_why(old: SubmissionStatus, new: SubmissionStatus) -> None:
    transition = SUBMISSION_TRANSITIONS[old, new]
    submission, by = at(receive(is_rendered=False), old), person("supervisor")
    with guards_off():
        move(submission, new, by=by, reason="because")
    event = Event.objects.filter(submission=submission).last()
    assert event is not None
    assert (event.kind, event.by, event.old, event.new, event.reason) == (transition.event, by, old, new, "because")


def test_of_two_who_move_the_same_record_one_is_told_that_he_was_slower() -> None:
    first = at(receive(is_rendered=False), SubmissionStatus.REVIEWED)
    second = Submission.objects.get(pk=first.pk)
    with guards_off():
        move(first, SubmissionStatus.APPROVED, by=person("supervisor"))
    with pytest.raises(IllegalTransition, match="faster"):
        move(second, SubmissionStatus.RETURNED, by=person("supervisor2"))
    assert Event.objects.filter(submission=first, new="returned").count() == 0


def test_who_and_when_are_set_together_with_the_status() -> None:
    submission = at(receive(is_rendered=False), SubmissionStatus.RECOGNISED)
    for status, who in ((SubmissionStatus.REVIEWED, "clerk"), (SubmissionStatus.APPROVED, "supervisor")):
        by = person(who)
        with guards_off():
            move(submission, status, by=by)
        submission.refresh_from_db()
        assert getattr(submission, f"{status}_by") == person(who)
        assert getattr(submission, f"{status}_at") is not None


def test_columns_that_change_with_the_status_are_written_with_it() -> None:
    submission = at(receive(is_rendered=False), SubmissionStatus.RECEIVED)
    move(submission, SubmissionStatus.FAILED, by=None, values={"failure_code": "algorithmError"})
    assert submission.failure_code == Submission.objects.get(pk=submission.pk).failure_code == "algorithmError"


def test_every_status_is_reached_from_the_first_one() -> None:
    tables: list[tuple[Any, Any]] = [(SubmissionStatus, SUBMISSION_TRANSITIONS), (BatchStatus, BATCH_TRANSITIONS)]
    for statuses, table in tables:
        reached = {next(iter(statuses))}
        for _ in statuses:
            reached |= {new for old, new in table if old in reached}
        assert reached == set(statuses)


def test_the_document_of_states_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("states")
    assert capsys.readouterr().out == document() == (ROOT / "docs" / "states.md").read_text(), (
        "run: uv run manage.py states > docs/states.md"
    )
