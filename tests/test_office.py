"""A short day in the simulated office (tests/bench/office): people work over HTTP while all under them is killed.

And whether its auditor would notice, if something were lost, done twice, or held by two.
"""

from pathlib import Path

import pytest

from reviewapp.models import User
from reviewapp.stages import approve, claim, correct
from tests.bench.office.audit import Audit, Row
from tests.bench.office.browser import DONE, REFUSED, UNKNOWN, Intent
from tests.bench.office.office import Plan, work
from tests.bench.office.walk import Walk
from tests.factories import change, mark, submission_at, verify_all
from tests.guards import guards_off

SHORT = Plan(records=60, clerks=6, supervisors=2, seconds=24, blow_every=6, seed=7)
# Acts of which a short day has some for certain.
SOME = (
    "save: done",
    "mark: done",
    "submit: done",
    "second: done",
    "upload: done",
    "see override: done",
    "times that somebody held a record",
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where an installation of its own lies; a test with this fixture runs on both databases."""
    return tmp_path


@pytest.mark.slow
def test_nothing_is_lost_or_done_twice_while_processes_and_connections_are_killed(
    place: Path,
) -> None:
    outcome = work(place, SHORT)

    assert not outcome.problems, "\n".join(outcome.problems)
    assert all(outcome.looked.get(name) for name in SOME), outcome.looked
    assert outcome.figures["blows"]


def intent(action: str, *, person: str = "clerk", outcome: str = DONE, status: int = 200, **about: object) -> Intent:
    return Intent(person, action, outcome=outcome, attempts=[(1.0, 2.0, status)], **about)  # type: ignore[arg-type]


def problems(*intents: Intent) -> str:
    audit = Audit(list(intents), claim_seconds=60)
    audit.run()
    return "\n".join(audit.problems)


def test_the_auditor_finds_nothing_where_people_were_told_what_was_done(clerk: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    change(record, "mother_name", "欧阳娜娜", by=clerk, verify=False)
    assert not problems(intent("save", record=record.pk, field_name="mother_name", text="欧阳娜娜"))


def test_the_auditor_misses_what_was_acknowledged_and_is_not_there(clerk: User) -> None:
    record = submission_at("recognised")
    lost = intent("save", record=record.pk, text="欧阳娜娜")
    unknown = intent("save", record=record.pk, text="王小明", outcome=UNKNOWN, status=0)
    assert problems(lost, unknown) == f"Acknowledged and lost: save “欧阳娜娜” of clerk on record #{record.pk}."


def test_the_auditor_finds_what_was_refused_and_done_and_what_was_done_twice(clerk: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    for value in ("欧阳娜娜", "王小明", "欧阳娜娜"):
        change(record, "mother_name", value, by=clerk, verify=False)
    found = problems(
        intent("save", record=record.pk, text="欧阳娜娜"),
        intent("save", record=record.pk, text="王小明", outcome=REFUSED, status=409),
    )
    assert "Done 2 times: save “欧阳娜娜”" in found
    assert "Refused and done all the same: save “王小明”" in found


def test_the_auditor_finds_what_nobody_asked_for(clerk: User) -> None:
    record = submission_at("approved")
    assert f"Nobody asked for it: approved, 1 times, by supervisor on record #{record.pk}." in problems()


def test_the_auditor_finds_that_an_approval_or_an_upload_is_not_there(clerk: User) -> None:
    record = submission_at("reviewed")
    found = problems(
        intent("submit", record=record.pk),
        intent("submit", record=record.pk),
        intent("approve", person="supervisor", record=record.pk, version=record.version),
        intent("upload", text="000001.png"),
    )
    assert f"clerk submit: done 1 times, told 2 to 2, on record #{record.pk}." in found
    assert f"Acknowledged and lost: approve of supervisor on record #{record.pk}." in found
    assert "Acknowledged and lost: upload “000001.png”" in found


def test_the_auditor_finds_a_mark_and_a_second_reading_that_are_not_there(clerk: User, clerk2: User) -> None:
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    unsure = mark(record, "mother_name", "unsure", by=clerk, reason="clerk 1")
    told = (
        intent("mark", record=record.pk, field_name="mother_name", reason="clerk 1"),
        intent("submit", record=record.pk),
    )
    verify_all(record, by=clerk)
    correct.submit(record, by=clerk)
    assert not problems(*told)

    lost = intent("mark", record=record.pk, field_name="mother_name", reason="clerk 2")
    second = intent("second", person="clerk2", record=record.pk, reason="clerk2 1")
    found = problems(*told, lost, second)
    assert f"Acknowledged and lost: mark “clerk 2” of clerk on record #{record.pk}." in found
    assert f"Acknowledged and lost: second “clerk2 1” of clerk2 on record #{record.pk}." in found
    assert f"clerk2 second: done 0 times, told 1 to 1, on record #{record.pk}." in found

    claim.claim(record, by=clerk2)
    decisions = {"mother_name": correct.Decision(None, unsure.version)}
    correct.read_second(record, by=clerk2, decisions=decisions, question="clerk2 1")
    assert not problems(*told, second)
    asked = intent("ask", person="clerk2", record=record.pk)
    assert f"Nobody asked for it: second_read, 1 times, by clerk2 on record #{record.pk}." in problems(*told, asked)


def test_the_auditor_finds_an_approval_without_a_look_at_what_was_kept_against_a_rule(
    supervisor: User, clerk: User
) -> None:
    record = submission_at("reviewed", values={"birth_weight": "120"}, clerk=clerk)
    kept = record.fields.overrides().get()
    told = intent("approve", person="supervisor", record=record.pk, version=record.version)
    tried = intent("approve unseen", person="supervisor", record=record.pk, version=record.version)
    seen = intent("see override", person="supervisor", record=record.pk, field_name=kept.name)
    done = (intent("submit", record=record.pk), intent("verify", record=record.pk))
    assert f"Acknowledged and lost: see override of supervisor on record #{record.pk}." in problems(*done, seen)

    with guards_off():
        approve.give_approval(record, by=supervisor)
    found = problems(*done, told, tried)
    assert f"supervisor approved record #{record.pk} without having opened birth_weight." in found
    assert f"supervisor approved record #{record.pk} with values that they had not opened." in found


def walked(*steps: tuple[str, str, float], told: tuple[Intent, ...] = ()) -> list[str]:
    """Walk a record that was just read through further events: kind, person, second."""
    said: list[str] = []
    walk = Walk(1, told, 60.0, said.append)
    walk.status = "recognised"
    moves = {"submitted": ("recognised", "reviewed"), "approved": ("reviewed", "approved")}
    for number, (kind, by, at) in enumerate(steps, start=1):
        old, new = moves.get(kind, ("", ""))
        walk.step(Row(1, number, kind, by, at, "", old, new, ""))
    walk.end()
    return said


def test_the_auditor_finds_two_who_hold_one_record() -> None:
    assert not walked(("claimed", "a", 0), ("corrected", "a", 5), ("released", "a", 6), ("claimed", "b", 7))
    assert not walked(("claimed", "a", 0), ("claimed", "b", 60))
    assert walked(("claimed", "a", 0), ("claimed", "b", 59)) == [
        "Record #1: b took it 1.0 s before the time of a was over."
    ]
    saved = Intent("a", "save", record=1, outcome=DONE, attempts=[(30.0, 31.0, 200)])
    assert walked(("claimed", "a", 0), ("claimed", "b", 60), told=(saved,)) == [
        "Record #1: b took it 30.0 s before the time of a was over."
    ]
    assert walked(("claimed", "a", 0), ("corrected", "b", 5)) == [
        "Record #1: b did “corrected” (event 2) while a held it."
    ]
    taken = Intent("b", "next", record=1, outcome=DONE, attempts=[(1.0, 2.0, 200)])
    assert walked(("claimed", "a", 0), told=(taken,)) == ["Record #1: b was told to hold it, and did not."]


def test_the_auditor_finds_approvals_of_own_work_and_moves_from_where_it_was_not() -> None:
    own = walked(("claimed", "a", 0), ("submitted", "a", 1), ("approved", "a", 2))
    assert own == ["Record #1: a approved own work (event 3)."]
    assert walked(("approved", "b", 2)) == ["Record #1: event 1 moves it from reviewed, but it was recognised."]
