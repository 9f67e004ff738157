"""What a run found, as tables for people and as JSON for programs."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Run:
    """All figures of one number of records."""

    records: int
    filled: dict[str, float]
    steps: list[Any] = field(default_factory=list)
    pages: dict[str, dict[str, float]] = field(default_factory=dict)
    approvals: list[float] = field(default_factory=list)
    exports: dict[str, dict[str, float]] = field(default_factory=dict)
    acts: dict[str, Any] = field(default_factory=dict)
    browser: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    peak_megabytes: float = 0

    @property
    def p95(self) -> dict[str, float]:
        """Return the times of lists, and of a step of one clerk, that nineteen of twenty do not exceed."""
        found = {name: times["p95"] for name, times in self.pages.items() if times}
        for kind, times in (self.steps[0].times if self.steps else {}).items():
            if times:
                found[kind] = times["p95"]
        return found


def as_json(runs: list[Run], peer: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Return all figures with texts for keys; what was not measured is an empty object."""
    last = runs[-1] if runs else Run(0, {})
    return {
        "steps_s": {str(run.records): {str(one.clients): one.per_second for one in run.steps} for run in runs},
        "peer_steps_s": peer,
        "p95_ms": {str(run.records): run.p95 for run in runs},
        "export_rows_s": {name: _per_second(told) for name, told in last.exports.items()},
        "statements": {name: act["statements"] for name, act in last.acts.items()},
        "rows_read": {name: round(act["read"]) for name, act in last.acts.items()},
        "rows_returned": {name: round(act["returned"]) for name, act in last.acts.items()},
        "scanned": {name: act["scanned"] for name, act in last.acts.items()},
        "approval_s": {str(run.records): run.approvals for run in runs},
        "exports": {str(run.records): run.exports for run in runs},
        "steps_ms": {str(run.records): {str(one.clients): one.times for one in run.steps} for run in runs},
        "pages_ms": {str(run.records): run.pages for run in runs},
        "browser": {str(run.records): run.browser for run in runs},
        "audit": {str(run.records): run.audit for run in runs},
        "server_peak_megabytes": {str(run.records): round(run.peak_megabytes) for run in runs},
        "fill_s": {str(run.records): run.filled for run in runs},
        "growth": growth(runs),
    }


def _per_second(told: dict[str, float]) -> float:
    return round(told["rows"] / told["seconds"], 1)


def growth(runs: list[Run]) -> dict[str, dict[str, float]]:
    """Return by page how many times its p95 is what it was at the fewest records."""
    found: dict[str, dict[str, float]] = {}
    for run in runs[1:]:
        for name, value in run.p95.items():
            if first := runs[0].p95.get(name):
                found.setdefault(name, {})[str(run.records)] = round(value / first, 2)
    return found


def lines(run: Run, peer: dict[str, dict[str, float]]) -> list[str]:
    """Return the figures of one number of records as lines."""
    told = [f"\n{run.records:,} records, filled in {run.filled['all']:.0f} s ({_parts(run.filled)})"]
    for one in run.steps:
        times = ", ".join(f"{kind} {_times(found)}" for kind, found in one.times.items() if found)
        beside = peer.get(str(run.records), {}).get(str(one.clients))
        than = f" (Label Studio {beside}: {one.per_second / beside:.1f} ×)" if beside else ""
        told.append(f"  {one.clients:>2} clients {one.per_second:7.2f} steps/s{than}  {times} ms,"
                    f" {one.requests_per_step} requests")  # fmt: skip
        told += [f"     refused: {said}" for said in one.refused[:3]]
    told += [f"  {name:<24} {_times(found)} ms" for name, found in run.pages.items()]
    if run.approvals:
        told.append(f"  approval of a batch of 500: {run.approvals} s")
    for name, found in run.exports.items():
        told.append(f"  export {name:<6} {_per_second(found):>9,} rows/s,"
                    f" {found['peak_megabytes']:.0f} MB, {found['rows']} of {found['chosen']} rows")  # fmt: skip
    if run.browser:
        told.append(f"  browser, key to next record shown: {_times(run.browser['submit_to_shown_ms'])} ms,"
                    f" {run.browser['requests']} requests, {run.browser['bytes']} bytes without pictures")  # fmt: skip
    for name, act in run.acts.items():
        scanned = f", reads all of {', '.join(act['scanned'])}" if act["scanned"] else ""
        # SQLite's plans tell no numbers.
        read = f", {act['read']:>9.0f} rows read for {act['returned']:.0f}" if act["read"] else ""
        told.append(f"  {name:<18} {act['statements']:>4} statements{read}{scanned}")
        told += [f"      {slow}" for slow in act["slow"]]
    if run.audit:
        told.append(f"  audit: {run.audit['finished']} records finished, {run.audit['proved']} proved,"
                    f" problems: {run.audit['problems'] or 'none'}")  # fmt: skip
    told.append(f"  memory of the largest server process: {run.peak_megabytes:.0f} MB")
    return told


def growth_lines(runs: list[Run]) -> list[str]:
    if len(runs) < 2:
        return []
    told = [f"\np95 as a multiple of that at {runs[0].records:,} records"]
    for name, by_records in growth(runs).items():
        told.append(f"  {name:<24} " + "  ".join(f"{value:>5} at {int(n):,}" for n, value in by_records.items()))
    return told


def _times(found: dict[str, float]) -> str:
    return f"{found['p50']} / {found['p95']}" if found else "–"


def _parts(filled: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in filled.items() if not name.startswith("all"))
