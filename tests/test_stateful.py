"""Random people do random things for thousands of steps; a simple model says beforehand what may be done.

Whatever may not be done is refused with a sentence in both languages, and nothing changes. After each step the record
holds what the model says, its history proves it, and batches add up. For longer, and with other examples each time:

    STATEFUL_EXAMPLES=1000 uv run --group dev pytest --db sqlite tests/test_stateful.py
"""

import os
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from reviewapp.models import Submission
from reviewapp.stages import claim
from reviewapp.states import RejectReason
from tests.factories import AS_ON_PAPER, make_batch, person, submission_at
from tests.stateful import model
from tests.stateful.deciding import Deciding
from tests.stateful.office import WHOEVER_MAY, Office
from tests.stateful.reviewing import DOUBTS, Reviewing

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "0"))
STEPS = 50
# On PostgreSQL each step takes longer, and SQLite has tried the same.
FEW, MANY = 10, 40
# Examples end early now and then.
SHARE = 0.8
# The records with which each example begins: status and batch. The first one is held by a clerk.
BEGINNING = {"recognised": "first", "reviewed": "first", "failed": "second", "approved": "second", "unsure": "second"}

REASONS = {"reason": AS_ON_PAPER, "question": "Is this a 3?"}

# Each act at least once, so that it may be done then; `number` is where to look for such a record first.
A_DAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("shows_life", {"number": 0}),
    ("changes_a_value", {"number": 0, "name": "mother_name", "text": "欧阳娜娜", "age": 0}),
    ("verifies_a_value", {"number": 0, "name": "mother_name", "reason": AS_ON_PAPER}),
    ("takes_over", {"number": 0}),
    ("skips", {"number": 0, "reason": "blurred"}),
    ("claims", {"number": 0}),
    ("postpones", {"number": 0, "reason": "a letter is awaited", "days": 1}),
    ("claims", {"number": 0}),
    ("asks_a_supervisor", {"number": 0, "question": "Is this a 3?"}),
    ("answers", {"number": 0, "text": "It is.", "age": 0}),
    ("claims", {"number": 0}),
    ("gives_back", {"number": 0}),
    ("does_all_that_a_clerk_does", {"number": 0}),
    ("submits", {"number": 0}),
    ("takes_back", {"number": 0, "age": 0}),
    ("submits", {"number": 0}),
    ("returns", {"number": 0, "age": 0, "reason": "Look again.", "asked": {"mother_name"}}),
    ("approves", {"number": 0, "age": 0}),
    ("does_all_that_a_clerk_does", {"number": 0}),
    ("opens_all_overrides", {"number": 0}),
    ("approves_what_its_page_shows", {"number": 0}),
    ("asks_for_a_correction", {"number": 0, "name": "father_name", "text": "王小明", "reason": "x", "age": 0}),
    ("refuses_a_correction", {"number": 0, "note": "It is right."}),
    ("asks_for_a_correction", {"number": 0, "name": "father_name", "text": "王小明", "reason": "x", "age": 0}),
    ("approves_a_correction", {"number": 0}),
    ("has_it_read_again", {"number": 2}),
    ("the_worker_reads", {"number": 2, "is_read": True}),
    ("claims", {"number": 2}),
    ("rejects", {"number": 2, "reason": RejectReason.UNREADABLE}),
    ("returns", {"number": 2, "age": 0, "reason": "It is readable.", "asked": set()}),
    ("claims", {"number": 2}),
    ("changes_a_value", {"number": 2, "name": "mother_age", "text": "thirty", "age": 0}),
    ("is_unsure_and_submits", {"number": 2, "name": "mother_name"}),
    ("reads_second", {"number": 2, "text": "欧阳娜娜", "is_sure": True, "age": 0, **REASONS}),
    ("opens_an_override", {"number": 2, "name": "mother_age", "age": 0}),
    ("approves", {"number": 2, "age": 0}),
)
NEVER_REFUSED = {"give back", "read"}


class People(Reviewing, Deciding):
    """Six people and five records in two batches; any of them tries anything on any of these."""


@pytest.fixture
def office(db: None) -> None:
    """Let people and records be there with which each example begins."""
    for name in model.EVERYBODY:
        person(name)
    for status, batch in BEGINNING.items():
        submission_at(status, batch=make_batch(batch), by=person("admin"), probs=DOUBTS)
    claim.claim(Submission.objects.get(status="recognised"), by=person(model.CLERKS[0]))
    Office.outcomes.clear()


@pytest.mark.slow
def test_random_people_who_do_random_things_get_what_they_may_and_nothing_else(office: None) -> None:
    examples = EXAMPLES or (MANY if connection.vendor == "sqlite" else FEW)
    run_state_machine_as_test(
        People,
        settings=settings(
            phases=[Phase.explicit, Phase.generate],
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Office.outcomes["step", True] >= SHARE * examples * STEPS


def test_everything_that_people_can_try_is_done_once_and_refused_once(office: None) -> None:
    people = People()
    try:
        for by in (WHOEVER_MAY, "auditor"):
            for name, further in A_DAY:
                who = {} if name == "the_worker_reads" else {"by": by}
                getattr(people, name)(**who, **further)
        people.time_passes(number=0)
        people.asks_for_next(by="clerk")
    finally:
        people.teardown()

    names = {name for name, _may in Office.outcomes}
    assert {name for name in names if not Office.outcomes[name, True]} == set()
    assert {name for name in names if not Office.outcomes[name, False]} == NEVER_REFUSED
