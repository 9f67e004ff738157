"""A day in the office: it opens, works under blows, closes, and is audited."""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.bench.office import clerks, supervisors
from tests.bench.office.cast import CLERK, SUPERVISOR
from tests.bench.office.chaos import Chaos
from tests.bench.office.people import Desk, Person, open_for
from tests.bench.office.place import CLAIM_MINUTES, Place, place
from tests.installation import ROOT

UNFINISHED = "models.Submission.objects.exclude(status__in=['approved', 'rejected', 'failed']).count()"
STATUSES = "__import__('collections').Counter(models.Submission.objects.values_list('status', flat=True))"
EVENTS = "models.Event.objects.count()"
AUDIT = "from pathlib import Path; from tests.bench.office import audit; audit.main(Path({path!r}), {seconds})"
# What the server says of a blow comes within so many seconds after it.
AFTER_A_BLOW = 45.0
GO_HOME_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """How many records, people and blows, and for how long at most."""

    records: int
    clerks: int
    supervisors: int
    seconds: float
    blow_every: float
    seed: int


@dataclass
class Outcome:
    """What happened: figures for a reader, what the auditor compared, and what is wrong, in sentences."""

    figures: dict[str, object] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def work(directory: Path, plan: Plan) -> Outcome:
    """Let the office work: 1. it opens; 2. people work under blows; 3. it closes; 4. the auditors come."""
    outcome = Outcome()
    begun = time.monotonic()
    with place(
        directory,
        records=plan.records,
        clerks=plan.clerks,
        supervisors=plan.supervisors,
        seed=plan.seed,
    ) as running:
        outcome.figures["seconds to set up"] = round(time.monotonic() - begun)
        running.anchor()
        closing = threading.Event()
        people = _people(running, plan, closing)
        chaos = Chaos(running, every=plan.blow_every, seed=plan.seed, closing=closing)

        begun = time.monotonic()
        for thread in (*people, chaos):
            thread.start()
        open_for(plan.seconds, lambda: _is_done(running, people, chaos), closing)
        for thread in (*people, chaos):
            thread.join(GO_HOME_SECONDS)
        seconds = time.monotonic() - begun

        _tell(outcome, people, chaos, seconds)
        outcome.figures["statuses"] = running.made.ask(STATUSES)
        outcome.figures["events"] = running.made.ask(EVENTS)
        running.stop()
        _audit(outcome, running, people)
    return outcome


def _people(running: Place, plan: Plan, closing: threading.Event) -> list[Person]:
    desk = Desk(running.made.directory / "desk")
    common = {"desk": desk, "closing": closing, "seed": plan.seed}
    cast = {CLERK.format(number): clerks.DEEDS for number in range(1, plan.clerks + 1)}
    cast |= {SUPERVISOR.format(number): supervisors.DEEDS for number in range(1, plan.supervisors + 1)}
    cast[SUPERVISOR.format(1)] = supervisors.DEEDS_OF_THE_FIRST
    return [Person(running.url, name, deeds, **common) for name, deeds in cast.items()]


def _is_done(running: Place, people: Sequence[Person], chaos: Chaos) -> bool:
    """Return whether nothing is left to do, or somebody has met what they cannot deal with."""
    if chaos.failure or any(person.failure for person in people):
        return True
    return people[0].desk.is_empty and not running.made.ask(UNFINISHED)


def _tell(outcome: Outcome, people: Sequence[Person], chaos: Chaos, seconds: float) -> None:
    """Put together what the people met."""
    outcome.problems += [f"{person.name} stopped: {person.failure}" for person in people if person.failure]
    outcome.problems += [f"{person.name} does not go home." for person in people if person.is_alive()]
    if chaos.failure:
        outcome.problems.append(f"The blows stopped: {chaos.failure}")

    times = [second for person in people for second in person.browser.seconds]
    intents = [intent for person in people for intent in person.browser.journal]
    attempts = [attempt for intent in intents for attempt in intent.attempts]
    blows = Counter(name for _at, name in chaos.blows)
    moments = [at for at, _name in chaos.blows]
    errors = [at for _begun, at, status in attempts if status >= httpx.codes.INTERNAL_SERVER_ERROR]
    calm = [at for at in errors if not any(0 <= at - moment <= AFTER_A_BLOW for moment in moments)]
    outcome.figures |= {
        "seconds of work": round(seconds),
        "requests answered": len(times),
        "requests a second": round(len(times) / seconds, 1),
        "seconds, median": round(statistics.median(times), 3),
        "seconds, 95 %": round(statistics.quantiles(times, n=20)[-1], 3),
        "intents": dict(Counter(f"{intent.action} {intent.outcome}" for intent in intents)),
        "answers": dict(Counter(status for _begun, _ended, status in attempts)),
        "server errors far from any blow": len(calm),
        "blows": dict(blows),
    }


def _audit(outcome: Outcome, running: Place, people: Sequence[Person]) -> None:
    """Have the auditor compare, and prove the history, with pictures and from an entry kept outside."""
    path = running.made.directory / "journals.json"
    path.write_text(json.dumps([person.browser.diary() for person in people]))
    code = AUDIT.format(path=str(path), seconds=60.0 * CLAIM_MINUTES)
    said = running.made.manage("shell", "-v", "0", "-c", code)
    found = json.loads(said)
    outcome.looked = found["looked"]
    outcome.problems += found["problems"]

    for options in ([], ["--without-pictures"], ["--since", running.anchors[len(running.anchors) // 2]]):
        command = [sys.executable, "manage.py", "verify_history", *options]
        done = subprocess.run(
            command, cwd=ROOT, env=running.made.environment, capture_output=True, text=True, check=False
        )
        name = " ".join(["verify_history", *options[:1]])
        outcome.figures[name] = done.stdout.strip().splitlines()[-1]
        if done.returncode:
            outcome.problems.append(f"{name}: {done.stdout.strip()}")
