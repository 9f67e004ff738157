"""Histories that somebody has tampered with, past all guards: each is found, and named in a sentence."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from reviewapp.administration import ledger
from reviewapp.administration.proof import Proof, entry_of
from reviewapp.digests import digest
from reviewapp.exceptions import ReviewError
from reviewapp.history import append
from reviewapp.models import (
    Approval,
    Chain,
    Correction,
    Event,
    Field,
    LedgerEntry,
    LedgerHead,
    RecognitionResult,
    Submission,
    User,
)
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind
from tests.factories import change, person, submission_at, verify_all
from tests.guards import guards_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(clerk: User) -> Submission:
    """Two approved records and one that a clerk has corrected; the ledger knows all but the last steps."""
    submission_at("approved")
    approved = submission_at("approved")
    ledger.anchor()
    reviewed = submission_at("recognised")
    claim.claim(reviewed, by=clerk)
    change(reviewed, "mother_age", "44", by=clerk)
    verify_all(reviewed, by=clerk)
    correct.submit(reviewed, by=clerk)
    return approved


def found(**options: Any) -> list[str]:
    return [problem.code for problem in Proof(**options).problems()]


def event(record: Submission, number: int) -> Any:
    """Return the query of one event of a record's chain."""
    return Event.objects.filter(chain__submission=record, number=number)


def exchange_two(record: Submission) -> None:
    """Exchange the places of two events, bonds and all."""
    second, third = event(record, 2).get(), event(record, 3).get()
    event(record, 2).update(number=1000)
    Event.objects.filter(pk=third.pk).update(number=2, previous=second.previous)
    Event.objects.filter(pk=second.pk).update(number=3, previous=third.previous)


def cut_off(record: Submission) -> None:
    """Take the last event away, and let the chain end before it, as one who knows the tables would."""
    last = Event.objects.filter(chain__submission=record).last()
    assert last is not None
    Event.objects.filter(pk=last.pk).delete()
    Chain.objects.filter(submission=record).update(
        length=last.number - 1, head=last.previous, anchored_length=last.number - 1
    )


def put_in(record: Submission) -> None:
    """Put an event between two others."""
    third = event(record, 3).get()
    Event.objects.filter(chain=third.chain, number__gte=3).order_by("-number")
    for later in Event.objects.filter(chain=third.chain, number__gte=3).order_by("-number"):
        Event.objects.filter(pk=later.pk).update(number=later.number + 1)
    third.pk, third.number, third.reason = None, 3, "put in"
    third.save()
    Chain.objects.filter(pk=third.chain_id).update(length=third.chain.length + 1)


def forge_the_rest(record: Submission) -> None:
    """Change an event and bind all that follow anew, as one who knows this very code would."""
    chain = Chain.objects.get(submission=record)
    events = list(Event.objects.filter(chain=chain).order_by("number"))
    Event.objects.filter(chain=chain).delete()
    Chain.objects.filter(pk=chain.pk).update(length=0, head="", anchored_length=0)
    events[2].reason = "forged"
    for one in events:
        one.pk = None
        append([one])


def swap_picture(record: Submission) -> None:
    storage, name = record.original.storage, record.original.name
    storage.delete(name)
    storage.save(name, ContentFile(b"another picture"))


def forge_an_approval(record: Submission) -> None:
    """Change an approved value together with the approval's digest."""
    Field.objects.filter(submission=record, name="mother_age").update(value="45")
    Approval.objects.filter(submission=record).update(digest=digest(b"x", algorithm="sha256"))


def forge_a_head(record: Submission) -> None:
    head = LedgerHead.objects.filter(chain__submission=record)
    head.update(digest=digest(b"x", algorithm="sha256"))


def forget(record: Submission) -> None:
    """Take away all that history knows of a record, the ledger's heads too."""
    record.events.all().delete()
    LedgerHead.objects.filter(chain__submission=record).delete()
    Chain.objects.filter(submission=record).delete()


TAMPERED: dict[str, tuple[Callable[[Submission], Any], str]] = {
    "an event's words": (lambda record: event(record, 2).update(reason="never said"), "chainBroken"),
    "an event's person": (lambda record: event(record, 3).update(by=None), "chainBroken"),
    "an event's params": (lambda record: event(record, 2).update(params={"a": 1}), "chainBroken"),
    "an event's bond": (lambda record: event(record, 3).update(previous="sha256:0"), "chainBroken"),
    "the last event": (lambda record: Event.objects.filter(pk=record.events.last().pk).update(at="2020-01-01T00:00Z"),
                       "chainNotAnchored"),
    "an event taken away": (lambda record: event(record, 3).delete(), "chainGap"),
    "the end taken away": (cut_off, "chainGap"),
    "all events taken away": (lambda record: record.events.all().delete(), "chainGap"),
    "two events exchanged": (exchange_two, "chainBroken"),
    "an event put in": (put_in, "chainBroken"),
    "an event moved to another record": (
        lambda record: event(record, 3).update(submission=Submission.objects.exclude(pk=record.pk).first()),
        "chainForeign",
    ),
    "a whole history bound anew": (forge_the_rest, "chainNotAnchored"),
    "an entry of the ledger": (lambda record: LedgerEntry.objects.update(at="2020-01-01T00:00Z"), "ledgerChanged"),
    "a head in the ledger": (forge_a_head, "ledgerChanged"),
    "a head taken from the ledger": (lambda record: LedgerHead.objects.filter(chain__submission=record).delete(),
                                     "ledgerChanged"),
    "a raw answer": (lambda record: RecognitionResult.objects.filter(submission=record).update(answer="{}"),
                     "answerChanged"),
    "a raw answer taken away": (lambda record: RecognitionResult.objects.filter(submission=record).delete(),
                                "answerMissing"),
    "an approved value": (lambda record: record.fields.filter(name="mother_age").update(value="99"),
                          "approvedValueChanged"),
    "an approved value's mark": (lambda record: record.fields.filter(name="sex").update(mark="unsure",
                                 verified_by=None, verified_at=None), "approvedValueChanged"),
    "an approval and its value": (forge_an_approval, "approvalForged"),
    "an approval taken away": (lambda record: Approval.objects.filter(submission=record).delete(), "approvalMissing"),
    "a value nobody corrected": (lambda record: Field.objects.filter(name="birth_weight").update(value="1"),
                                 "valueChanged"),
    "a correction's value": (lambda record: Correction.objects.update(new_value="45"), "correctionsDiffer"),
    "a correction taken away": (lambda record: Correction.objects.all().delete(), "correctionsDiffer"),
    "a status": (lambda record: Submission.objects.filter(pk=record.pk).update(status="rejected"), "statusChanged"),
    "a version": (lambda record: Submission.objects.filter(pk=record.pk).update(version=99), "statusChanged"),
    "who approved": (lambda record: Approval.objects.filter(submission=record).update(by=person("admin")),
                     "approvalForged"),
    "who is named as approver": (
        lambda record: Submission.objects.filter(pk=record.pk).update(approved_by=person("admin")), "approvalMissing",
    ),
    "a verification": (lambda record: Field.objects.filter(verified_by=None, name="sex").update(
                       verified_by=person("admin"), verified_at=timezone.now()), "decisionChanged"),
    "a mark": (lambda record: Field.objects.filter(name="sex").update(verified_by=person("clerk"), mark="paper_wrong",
               verified_at=timezone.now(), should_say="女"), "decisionChanged"),
    "a history with its chain": (forget, "historyMissing"),
    "another picture": (swap_picture, "pictureExchanged"),
    "no picture": (lambda record: record.original.storage.delete(record.original.name), "pictureGone"),
    "another picture's digest": (lambda record: Submission.objects.filter(pk=record.pk).update(sha256="0" * 64),
                                 "pictureNotSealed"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_named(name: str, record: Submission) -> None:
    tamper, code = TAMPERED[name]
    assert found() == []
    with guards_off():
        tamper(record)
    assert code in found()


@pytest.mark.parametrize("name", TAMPERED)
def test_every_problem_is_a_sentence_in_both_languages(name: str, record: Submission) -> None:
    with guards_off():
        TAMPERED[name][0](record)
    problems = list(Proof().problems())
    english = [str(problem) for problem in problems]
    with override("zh-hans"):
        chinese = [str(problem) for problem in problems]
    assert english
    assert all(re.search("[\u4e00-\u9fff]", told) for told in chinese)


def test_an_entry_taken_from_the_ledger_is_missed(record: Submission) -> None:
    ledger.anchor()
    with guards_off():
        LedgerHead.objects.filter(entry__number=1).delete()
        LedgerEntry.objects.filter(number=1).delete()
    assert "ledgerGap" in found()


def test_two_entries_of_the_ledger_are_bound(record: Submission) -> None:
    ledger.anchor()
    first = LedgerEntry.objects.get(number=1)
    with guards_off():
        LedgerEntry.objects.filter(number=2).update(previous="sha256:0")
    assert "ledgerBroken" in found()
    assert found(since=first) != []


def test_a_guard_that_is_off_is_said(record: Submission) -> None:
    with connection.cursor() as cursor:
        on_table = " ON reviewapp_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER reviewapp_guard_reviewapp_event_update{on_table}")
    assert found() == ["guardsMissing"]


def test_one_record_is_proved_alone(record: Submission) -> None:
    other = Submission.objects.exclude(pk=record.pk).first()
    with guards_off():
        event(record, 2).update(reason="never said")
    assert found(record=record) == ["chainBroken"]
    assert found(record=other) == []


def test_a_proof_begins_at_what_was_kept_outside(record: Submission) -> None:
    """What was anchored then is not followed again; that its end is as it was, and all after it, is proved."""
    kept = ledger.anchor()
    assert kept is not None
    with guards_off():
        event(record, 2).update(reason="never said")
    assert found(since=entry_of(f" {kept.digest}\n")) == []
    assert found() == ["chainBroken"]
    with guards_off():
        cut_off(record)
    assert "chainGap" in found(since=kept)


def test_a_head_from_another_history_is_unknown(record: Submission) -> None:
    with pytest.raises(ReviewError) as refusal:
        entry_of(digest(b"x", algorithm="sha256"))
    assert refusal.value.code == "anchorUnknown"


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_both_algorithms_prove_also_what_the_other_one_bound(
    algorithm: str, record: Submission, settings: Settings, clerk: User
) -> None:
    settings.HISTORY_DIGEST = algorithm
    later = submission_at("reviewed")
    append([Event(kind=EventKind.VIEWED, by=clerk, submission=record)])
    assert ledger.anchor() is not None
    assert Chain.objects.get(submission=later).head.startswith(f"{algorithm}:")
    assert found() == []


def test_the_commands_say_what_they_found(record: Submission) -> None:
    out = StringIO()
    call_command("anchor", stdout=out)
    number, _at, kept = out.getvalue().split()
    call_command("verify_history", stdout=out)
    call_command("verify_history", since=kept, stdout=out)
    call_command("verify_history", record=record.pk, without_pictures=True, stdout=out)
    assert LedgerEntry.objects.get(digest=kept).number == int(number)
    assert out.getvalue().count("The history holds.") == 3
    with guards_off():
        event(record, 2).update(reason="never said")
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_history", stdout=out)
    assert f"record #{record.pk}, event 2" in out.getvalue()


def test_the_commands_say_what_cannot_be_done() -> None:
    with pytest.raises(CommandError, match="Nothing has happened"):
        call_command("anchor")
    with pytest.raises(CommandError, match="no record #7"):
        call_command("verify_history", record=7)
    with pytest.raises(CommandError, match="no entry with this digest"):
        call_command("verify_history", since="sha256:0")
