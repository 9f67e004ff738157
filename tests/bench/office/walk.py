"""One record through its events: who held it when, who worked on it, and through which states it went."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from reviewapp.states import MOVES, WORK, EventKind, SubmissionStatus
from tests.bench.office.browser import DONE, Intent

if TYPE_CHECKING:
    from tests.bench.office.audit import Row

LET_GO = {EventKind.GIVEN_BACK, EventKind.SKIPPED, EventKind.POSTPONED}
# Whoever does these has the record in hand.
NEED_THE_RECORD = {
    EventKind.CORRECTED,
    EventKind.VERIFIED,
    EventKind.OVERRIDDEN,
    EventKind.MARKED,
    EventKind.SUBMITTED,
    EventKind.SENT_ON,
    EventKind.SECOND_READ,
    EventKind.ESCALATED,
} | LET_GO
IN_HAND = (SubmissionStatus.RECOGNISED, SubmissionStatus.RETURNED, SubmissionStatus.UNSURE)
# What a person was told was done, and which holds the record for them for a while longer.
HOLDING = ("claim", "next", "save", "verify", "mark", "undo", "take over")
TAKING = ("claim", "next", "undo", "take over")


class Walk:
    """The state of a record while its events are read in their order."""

    def __init__(self, record: int, told: Iterable[Intent], claim_seconds: float, say: Callable[[str], None]) -> None:
        self.record, self.claim_seconds = record, claim_seconds
        self._say = say
        self.status, self.version = "", 1
        self.holder: str | None = None
        self.held_since = 0.0
        self.holdings = 0
        self.workers: set[str | None] = set()
        self.kinds: Counter[str] = Counter()
        self.approvals: dict[int, str | None] = {}
        # Values kept against a rule that were opened, by whom; and those before the last approval.
        self.opened: set[tuple[str | None, str]] = set()
        self.opened_before_approval: set[tuple[str | None, str]] = set()
        self.spans: list[tuple[str, float, float]] = []
        self._told = [intent for intent in told if intent.outcome == DONE and intent.action in HOLDING]

    def say(self, problem: str) -> None:
        self._say(f"Record #{self.record}: {problem}")

    def step(self, row: "Row") -> None:
        """Follow one event: 1. is it allowed here; 2. what it changes."""
        kind = EventKind(row.kind)
        self.kinds[kind] += 1
        if kind in NEED_THE_RECORD and self.status in IN_HAND and row.by != self.holder:
            self.say(f"{row.by} did “{kind}” (event {row.number}) while {self.holder} held it.")
        if kind == EventKind.APPROVED and row.by in self.workers:
            self.say(f"{row.by} approved own work (event {row.number}).")
        if kind in WORK:
            self.workers.add(row.by)
        if kind == EventKind.OVERRIDE_SEEN:
            self.opened.add((row.by, row.field_name))

        if kind == EventKind.RECEIVED:
            self.status = row.new
        elif kind in MOVES:
            self._move(row)
        if kind in (EventKind.CLAIMED, EventKind.TAKEN_OVER):
            self._take(row, is_over_another=kind == EventKind.TAKEN_OVER)
        elif kind in LET_GO:
            self._let_go(row.at)

    def _move(self, row: "Row") -> None:
        if row.old != self.status:
            self.say(f"event {row.number} moves it from {row.old}, but it was {self.status}.")
        self.status, self.version = row.new, self.version + 1
        self._let_go(row.at)
        if row.kind == EventKind.APPROVED:
            self.approvals[self.version] = row.by
            self.opened_before_approval = set(self.opened)
        if row.kind == EventKind.UNDONE:
            self._hold(row)

    def _take(self, row: "Row", *, is_over_another: bool) -> None:
        """Let somebody hold it; the time of whoever held it must be over by then."""
        held_until = self._held_until(row.at)
        if self.holder not in (None, row.by) and row.at < held_until and not is_over_another:
            seconds = held_until - row.at
            self.say(f"{row.by} took it {seconds:.1f} s before the time of {self.holder} was over.")
        self._let_go(row.at)
        self._hold(row)

    def _held_until(self, now: float) -> float:
        """Return until when the holder may count on it, by what they were told before `now`."""
        signs = [self.held_since]
        for intent in self._told:
            begun, ended, _status = intent.attempts[-1]
            if intent.person == self.holder and self.held_since <= ended <= now:
                signs.append(begun)
        return max(signs) + self.claim_seconds

    def _hold(self, row: "Row") -> None:
        self.holder, self.held_since = row.by, row.at
        self.holdings += 1

    def _let_go(self, at: float) -> None:
        if self.holder is not None:
            self.spans.append((self.holder, self.held_since, at))
        self.holder = None

    def end(self) -> None:
        """Look whether everybody held it who was told so."""
        if self.holder is not None:
            self.spans.append((self.holder, self.held_since, float("inf")))
        for intent in self._told:
            if intent.action in TAKING and not self._was_held(intent):
                self.say(f"{intent.person} was told to hold it, and did not.")

    def _was_held(self, intent: Intent) -> bool:
        begun, ended, _status = intent.attempts[-1]
        return any(person == intent.person and since <= ended and until >= begun for person, since, until in self.spans)
