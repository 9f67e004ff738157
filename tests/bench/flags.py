"""How many wrong values the rules flag, and how many true records they flag without need.

    uv run python -m tests.bench.flags [--seed N] [--records N] [--true N] [--json]

Errors of realistic kinds (errors.py) are put into true records at valueProb 100. An error counts as caught
when a finding of severity E or W names a field that is wrong; "shown" counts findings of severity I too.
A threshold alone looks at valueProb, so it can only see values that are missing.
"""

import argparse
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import django
from django.conf import settings

from reviewapp.certificate import ReadField
from reviewapp.rules.base import Finding
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import check
from reviewapp.rules.form import reading_findings
from tests.bench.errors import BEYOND_EVIDENCE, KINDS, Maker, Record, true_record

TODAY = date(2026, 1, 15)
THRESHOLD = 90
SEVERE = (Severity.ERROR, Severity.WARNING)
TARGETS = {"ID digits": 0.95, "dates": 0.95, "number": 0.95, "places": 0.95, "names: look-alikes": 0.90, "all": 0.90}


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
    seconds: float = 0.0
    slowest: float = 0.0


def measure(kind: str, maker: Maker, rng: random.Random, count: int) -> Share:
    """Seed `count` errors of one kind and look which are found."""
    share = Share(kind)
    while share.errors < count:
        seeded = maker(rng, true_record(rng))
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


def measure_true(rng: random.Random, count: int) -> TrueRecords:
    """Check records without an error; the time is that of the rules alone."""
    result = TrueRecords()
    check(true_record(rng), today=TODAY)
    for _ in range(count):
        record = true_record(rng)
        started = time.perf_counter()
        findings = check(record, today=TODAY)
        took = time.perf_counter() - started
        severities = {found.severity for found in findings}
        result.records += 1
        result.with_error += Severity.ERROR in severities
        result.with_warning += bool(severities & set(SEVERE))
        result.seconds += took
        result.slowest = max(result.slowest, took)
    return result


def run(seed: int, per_kind: int, true_count: int) -> dict[str, object]:
    """Return all shares: each kind with its parts, the whole, what is beyond evidence, and true records."""
    rng = random.Random(seed)
    kinds: dict[str, list[Share]] = {}
    whole = Share("all")
    for kind, makers in KINDS.items():
        total = Share(kind)
        parts = [measure(part, maker, rng, per_kind // len(makers)) for part, maker in makers.items()]
        for part in parts:
            total.add(part)
        kinds[kind] = [total, *parts]
        whole.add(total)
    beyond = [measure(kind, maker, rng, per_kind // 2) for kind, maker in BEYOND_EVIDENCE.items()]
    return {"kinds": kinds, "all": whole, "beyond": beyond, "true": measure_true(rng, true_count)}


def show(result: dict[str, object]) -> None:
    """Print the table that a person reads."""
    print(f"{'':34}{'errors':>8}{'caught':>9}{'shown':>9}{'proposed':>10}{'threshold':>11}{'target':>9}")
    for total, *parts in result["kinds"].values():
        _line(total)
        for part in parts if len(parts) > 1 else ():
            _line(part, "  ")
    _line(result["all"])
    print("not in the above, for nothing in the record can tell:")
    for share in result["beyond"]:
        _line(share, "  ")
    true = result["true"]
    print(
        f"\n{true.records} true records: {true.with_error} with a false E, {true.with_warning / true.records:.1%} with a "
        f"false E or W (target ≤ 10 %); {true.seconds / true.records * 1000:.2f} ms each, "
        f"slowest {true.slowest * 1000:.1f} ms"
    )


def _line(share: Share, indent: str = "") -> None:
    shares = (share.caught, share.shown, share.right_proposal, share.by_threshold)
    caught, shown, proposed, threshold = (f"{part / share.errors:.1%}" for part in shares)
    target = f"{TARGETS[share.kind]:.0%}" if share.kind in TARGETS and not indent else ""
    print(f"{indent + share.kind:34}{share.errors:>8}{caught:>9}{shown:>9}{proposed:>10}{threshold:>11}{target:>9}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Seed errors into true records and count those that are flagged.")
    parser.add_argument("--seed", type=int, default=None, help="default: a fresh one, which is printed")
    parser.add_argument("--records", type=int, default=1200, help="errors of each kind")
    parser.add_argument("--true", type=int, default=3000, help="records without an error")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    settings.configure(USE_I18N=False)
    django.setup()
    seed = random.SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    result = run(seed, chosen.records, chosen.true)
    if chosen.json:
        print(json.dumps({"seed": seed, **result}, default=asdict, ensure_ascii=False))
        return
    print(f"seed {seed}")
    show(result)


if __name__ == "__main__":
    main()
