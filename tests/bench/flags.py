"""How many wrong values the rules flag, and how many true records they flag without need.

    uv run --group dev python -m tests.bench.flags [--seed N] [--records N] [--true N] [--independent] [--json]

Errors of realistic kinds (errors.py) are put into true records at valueProb 100. An error counts as caught
when a finding of severity E or W names a field that is wrong; "shown" counts findings of severity I too.
A threshold alone looks at valueProb, so it can only see values that are missing.

The rules were tuned on the project's own drawn records. `--independent` measures them beside these on the records of
tests.strangers, which were made without looking at the rules, and on which nothing is ever tuned.
"""

import argparse
import importlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TypedDict

import django
from django.conf import settings

from reviewapp.certificate.fields import BY_KEY, ReadField
from reviewapp.rules.base import Finding
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import check
from reviewapp.rules.form import reading_findings
from tests.bench.errors import BEYOND_EVIDENCE, KINDS, Maker, Record, true_record

Draw = Callable[[random.Random], Record]
TODAY = date(2026, 1, 15)
THRESHOLD = 99
SEVERE = (Severity.ERROR, Severity.WARNING)
TARGETS = {"ID digits": 1.0, "dates": 0.95, "number": 0.95, "places": 0.95, "names: look-alikes": 0.90, "all": 0.90}


@dataclass
class Share:
    """What became of the errors of one kind."""

    kind: str
    errors: int = 0
    caught: int = 0
    shown: int = 0
    right_proposal: int = 0
    by_threshold: int = 0

    def add(self, other: "Share") -> None:
        for name in ("errors", "caught", "shown", "right_proposal", "by_threshold"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class TrueRecords:
    """What became of the records without an error."""

    records: int = 0
    with_error: int = 0
    with_warning: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0


def drawn_by_strangers(rng: random.Random) -> Record:
    """Return a true record that was made without looking at the rules."""
    people = importlib.import_module("tests.strangers.people")
    values: dict[str, str] = people.record(rng.randrange(10**9))
    return {BY_KEY[key].name: value for key, value in values.items()}


def measure(kind: str, maker: Maker, rng: random.Random, count: int, draw: Draw) -> Share:
    """Seed `count` errors of one kind and look which are found."""
    share = Share(kind)
    while share.errors < count:
        seeded = maker(rng, draw(rng))
        if seeded is None or not seeded.wrong:
            continue
        findings = [found for found in check(seeded.record, today=TODAY) if set(found.fields) & set(seeded.wrong)]
        share.errors += 1
        share.caught += any(found.severity in SEVERE for found in findings)
        share.shown += bool(findings)
        share.right_proposal += _proposes_truth(findings, seeded.truth)
        share.by_threshold += _below_threshold(seeded.record, seeded.wrong)
    return share


def _proposes_truth(findings: Iterable[Finding], truth: Record) -> bool:
    return any(truth[proposal.field] == proposal.value for found in findings for proposal in found.proposals)


def _below_threshold(record: Record, wrong: Sequence[str]) -> bool:
    """Return whether anything but the rules would show it: too low a probability, or no value at all."""
    polygon = ((0, 0), (1, 0), (1, 1), (0, 1))
    reads = [ReadField(name, record[name], 100, polygon) for name in wrong]
    return any(not read.value or list(reading_findings(read, size=(9, 9), threshold=THRESHOLD)) for read in reads)


def measure_true(rng: random.Random, count: int, draw: Draw) -> TrueRecords:
    """Check records without an error; the time is that of the rules alone."""
    result = TrueRecords()
    check(draw(rng), today=TODAY)
    for _ in range(count):
        record = draw(rng)
        started = time.process_time()
        findings = check(record, today=TODAY)
        took = time.process_time() - started
        severities = {found.severity for found in findings}
        result.records += 1
        result.with_error += Severity.ERROR in severities
        result.with_warning += bool(severities & set(SEVERE))
        result.by_rule.update({finding.code for finding in findings if finding.severity in SEVERE})
        result.seconds += took
        result.slowest = max(result.slowest, took)
    return result


class Result(TypedDict):
    """Each kind's total and parts, the whole, what no rule can see, and the records without an error."""

    kinds: dict[str, list[Share]]
    all: Share
    beyond: list[Share]
    true: TrueRecords


def run(seed: int, per_kind: int, true_count: int, draw: Draw = true_record) -> Result:
    """Measure every kind with `per_kind` errors, and `true_count` true records."""
    rng = random.Random(seed)
    kinds: dict[str, list[Share]] = {}
    whole = Share("all")
    for kind, makers in KINDS.items():
        total = Share(kind)
        parts = [measure(part, maker, rng, per_kind // len(makers), draw) for part, maker in makers.items()]
        for part in parts:
            total.add(part)
        kinds[kind] = [total, *parts]
        whole.add(total)
    beyond = [measure(kind, maker, rng, per_kind // 2, draw) for kind, maker in BEYOND_EVIDENCE.items()]
    return {"kinds": kinds, "all": whole, "beyond": beyond, "true": measure_true(rng, true_count, draw)}


def lines(result: Result) -> Iterator[str]:
    """Yield the table that a person reads."""
    yield f"{'':36}{'errors':>7}{'caught':>9}{'shown':>9}{'proposed':>10}{'threshold':>11}{'target':>9}"
    for total, *parts in result["kinds"].values():
        yield _line(total)
        yield from (_line(part, "  ") for part in parts if len(parts) > 1)
    yield _line(result["all"])
    yield "not in the above, for nothing in the record can tell:"
    yield from (_line(share, "  ") for share in result["beyond"])
    true = result["true"]
    yield (
        f"{true.records} true records: {true.with_error} with a false E, "
        f"{true.with_warning / true.records:.1%} with a false E or W (target ≤ 5 %); "
        f"{true.seconds / true.records * 1000:.2f} ms each, slowest {true.slowest * 1000:.1f} ms (target ≤ 5 ms)"
    )
    for code, count in true.by_rule.most_common():
        yield f"  {code:34}{count / true.records:>7.1%}"


def _line(share: Share, indent: str = "") -> str:
    shares = (share.caught, share.shown, share.right_proposal, share.by_threshold)
    caught, shown, proposed, threshold = (f"{part / share.errors:.1%}" for part in shares)
    target = f"{TARGETS[share.kind]:.0%}" if share.kind in TARGETS and not indent else ""
    return f"{indent + share.kind:36}{share.errors:>7}{caught:>9}{shown:>9}{proposed:>10}{threshold:>11}{target:>9}"


def side_by_side(own: Result, independent: Result) -> Iterator[str]:
    """Yield what is caught of both sets of records, and which rules flag true ones without need."""
    yield f"{'caught':36}{'own':>9}{'independent':>13}"
    for kind, shares in own["kinds"].items():
        others = independent["kinds"][kind]
        for place, (share, other) in enumerate(zip(shares, others, strict=True)):
            if place == 0 or len(shares) > 2:
                yield _both(("  " if place else "") + share.kind, _caught(share), _caught(other))
    yield _both("all", _caught(own["all"]), _caught(independent["all"]))
    yield f"{'true records with a false':36}{'own':>9}{'independent':>13}"
    trues = own["true"], independent["true"]
    yield _both("E", *(true.with_error / true.records for true in trues))
    yield _both("E or W", *(true.with_warning / true.records for true in trues))
    for code in dict.fromkeys([*trues[1].by_rule, *trues[0].by_rule]):
        yield _both(f"  {code}", *(true.by_rule[code] / true.records for true in trues))


def _both(what: str, own: float, independent: float) -> str:
    return f"{what:36}{own:>9.1%}{independent:>13.1%}"


def _caught(share: Share) -> float:
    return share.caught / share.errors


def main() -> None:
    parser = argparse.ArgumentParser(description="Seed errors into true records and count those that are flagged.")
    parser.add_argument("--seed", type=int, default=None, help="default: a fresh one, which is printed")
    parser.add_argument("--records", type=int, default=1200, help="errors of each kind")
    parser.add_argument("--true", type=int, default=3000, help="records without an error")
    parser.add_argument("--independent", action="store_true", help="also measure on records of tests.strangers")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    settings.configure(USE_I18N=False)
    django.setup()
    seed = random.SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    result = run(seed, chosen.records, chosen.true)
    independent = run(seed, chosen.records, chosen.true, drawn_by_strangers) if chosen.independent else None
    if chosen.json:
        sys.stdout.write(
            json.dumps({"seed": seed, **result, "independent": independent}, default=asdict, ensure_ascii=False) + "\n"
        )
        return
    table = side_by_side(result, independent) if independent else lines(result)
    sys.stdout.write("\n".join((f"seed {seed}", *table, "")))


if __name__ == "__main__":
    main()
