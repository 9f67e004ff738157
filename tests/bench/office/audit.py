"""The auditor: compares what people were told with what the database holds, event by event.

It runs in a process of its own, when the office is closed, and knows nothing of what the office meant to do but the
journals of its people.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import Count

from reviewapp.models import Batch, Event, Field, Submission
from reviewapp.states import EventKind, SubmissionStatus
from tests.bench.office.browser import DONE, REFUSED, Intent
from tests.bench.office.walk import Walk

# An act by the text that is its person's alone: where it is, the events that it leaves, and where it stands in them.
SIGNED = {
    ("save", "text"): ((EventKind.CORRECTED,), "new"),
    ("verify", "reason"): ((EventKind.VERIFIED, EventKind.OVERRIDDEN), "reason"),
    ("reject", "text"): ((EventKind.REJECTED,), "reason"),
    ("return", "text"): ((EventKind.RETURNED,), "reason"),
    ("skip", "text"): ((EventKind.SKIPPED,), "reason"),
    ("postpone", "text"): ((EventKind.POSTPONED,), "reason"),
    ("ask", "text"): ((EventKind.ESCALATED,), "reason"),
    ("answer", "text"): ((EventKind.ANSWERED,), "reason"),
    ("amend", "reason"): ((EventKind.AMENDMENT_ASKED,), "reason"),
    ("refuse amendment", "text"): ((EventKind.AMENDMENT_REFUSED,), "reason"),
    ("mark", "reason"): ((EventKind.MARKED,), "reason"),
    ("second", "text"): ((EventKind.CORRECTED,), "new"),
    ("second", "reason"): ((EventKind.ESCALATED,), "reason"),
}
# Acts that a person does on one record any number of times.
COUNTED = {
    "submit": (EventKind.SUBMITTED, EventKind.SENT_ON),
    "second": (EventKind.SECOND_READ,),
    "undo": (EventKind.UNDONE,),
    "approve amendment": (EventKind.AMENDED,),
}
# Where an event can come from: somebody must have asked for it.
SOURCES = {
    EventKind.APPROVED: ("approve", "approve batch", "approve amendment"),
    EventKind.CORRECTED: ("save", "mark", "second", "amend"),
    EventKind.OVERRIDDEN: ("verify", "second", "amend"),
    EventKind.MARKED: ("mark", "second"),
    EventKind.SECOND_READ: ("second",),
    EventKind.OVERRIDE_SEEN: ("see override",),
    EventKind.SUBMITTED: ("submit",),
    EventKind.SENT_ON: ("submit",),
    EventKind.REJECTED: ("reject",),
    EventKind.RETURNED: ("return",),
    EventKind.UNDONE: ("undo",),
    EventKind.SKIPPED: ("skip",),
    EventKind.POSTPONED: ("postpone",),
    EventKind.ESCALATED: ("ask",),
    EventKind.ANSWERED: ("answer",),
    EventKind.TAKEN_OVER: ("take over",),
    EventKind.VOIDED: ("approve amendment",),
    EventKind.AMENDED: ("approve amendment",),
    EventKind.AMENDMENT_ASKED: ("amend",),
    EventKind.AMENDMENT_REFUSED: ("refuse amendment",),
}


# What a person wants: who, what, on which record and in which field of it.
type Key = tuple[str, str, int, str]


class Row(NamedTuple):
    """What the auditor reads of an event of a record."""

    record: int
    number: int
    kind: str
    by: str | None
    at: float
    field_name: str
    old: str
    new: str
    reason: str


@dataclass
class Audit:
    """One look at everything; `looked` counts what was compared, `problems` are sentences."""

    intents: list[Intent]
    claim_seconds: float
    looked: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    walks: dict[int, Walk] = field(default_factory=dict)
    by_text: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_reason: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_person: Counter[tuple[str, str | None, int]] = field(default_factory=Counter)
    unanswered: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for intent in self.intents:
            if intent.had_no_answer:
                self.unanswered[_key(intent)].append(intent.attempts[0][0])

    def run(self) -> None:
        """1. every record's events in their order; 2. what people were told; 3. the sums."""
        self._walk_all()
        for intent in self.intents:
            self._compare(intent)
        self._compare_counts()
        self._compare_approvals()
        self._compare_overrides()
        self._compare_amendments()
        self._compare_sources()
        self._compare_records()
        self._compare_batches()

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def _walk_all(self) -> None:
        """Follow each record through its events, with what its people were told beside them."""
        told: dict[int, list[Intent]] = defaultdict(list)
        for intent in self.intents:
            told[intent.record].append(intent)
        for row in _rows():
            if row.record not in self.walks:
                self.walks[row.record] = Walk(row.record, told[row.record], self.claim_seconds, self.say)
            self.walks[row.record].step(row)
            self.by_person[_deed(row), row.by, row.record] += 1
            self.by_text[row.kind, row.new].append(row)
            self.by_reason[row.kind, row.reason].append(row)
            self.looked["events"] += 1
        for walk in self.walks.values():
            walk.end()
            self.looked["times that somebody held a record"] += walk.holdings

    def _compare(self, intent: Intent) -> None:
        """Compare an act that has texts of its own with its events."""
        for given in ("text", "reason"):
            text = getattr(intent, given)
            if not text or (intent.action, given) not in SIGNED:
                continue
            kinds, column = SIGNED[intent.action, given]
            if intent.action not in COUNTED:
                self.looked[f"{intent.action}: {intent.outcome}"] += 1
            among = self.by_text if column == "new" else self.by_reason
            rows = [row for kind in kinds for row in among[kind, text]]
            rows = [row for row in rows if row.by == intent.person and row.record == intent.record]
            self._judge(intent, len(rows), what=f"{intent.action} “{text}”")

    def _judge(self, intent: Intent, found: int, *, what: str) -> None:
        """Say what is wrong with how often something was done."""
        where = f"{what} of {intent.person} on record #{intent.record}"
        if found > 1:
            self.say(f"Done {found} times: {where}.")
        elif intent.outcome == DONE and not found and not self._was_done_before(intent):
            self.say(f"Acknowledged and lost: {where}.")
        elif intent.outcome == REFUSED and found and not intent.had_no_answer:
            self.say(f"Refused and done all the same: {where}.")

    def _was_done_before(self, intent: Intent) -> bool:
        """Return whether the same person had tried the same before, without an answer: then once is enough."""
        begun = self.unanswered.get(_key(intent), [])
        return any(moment < intent.attempts[0][0] for moment in begun)

    def _compare_counts(self) -> None:
        """Compare how often somebody was told that something was done with how often it was."""
        told: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
        for intent in self.intents:
            if intent.action in COUNTED:
                is_open = intent.outcome != DONE and intent.had_no_answer
                told[intent.action, intent.person, intent.record]["open" if is_open else intent.outcome] += 1
        for (action, person, record), outcomes in told.items():
            self.looked[f"{action}: done"] += outcomes[DONE]
            found = sum(self.by_person[kind, person, record] for kind in COUNTED[action])
            least, most = outcomes[DONE], outcomes[DONE] + outcomes["open"]
            # Pressed again after no answer, on a page that was opened anew, it is told as done and was done before.
            repeated = len(self.unanswered.get((person, action, record, ""), []))
            if not (least - repeated <= found <= most):
                self.say(f"{person} {action}: done {found} times, told {least} to {most}, on record #{record}.")

    def _compare_approvals(self) -> None:
        """Compare each record and version that a person approved, alone or with a page of a batch."""
        for intent in self.intents:
            shown = intent.shown if intent.action == "approve batch" else {intent.record: intent.version}
            if intent.action not in ("approve", "approve batch"):
                continue
            self.looked[f"{intent.action}: {intent.outcome}"] += 1
            for record, version in shown.items():
                walk = self.walks[int(record)]
                is_there = walk.approvals.get(version + 1) == intent.person
                left_out = intent.action == "approve batch" and intent.person in walk.workers
                if intent.outcome == DONE and not is_there and not left_out:
                    self.say(f"Acknowledged and lost: {intent.action} of {intent.person} on record #{record}.")

    def _compare_overrides(self) -> None:
        """Look whether who approved had opened each value kept against a rule, and who could without."""
        for intent in self.intents:
            if intent.action == "approve unseen":
                self.looked[f"approve unseen: {intent.outcome}"] += 1
                if intent.outcome == DONE:
                    self.say(f"{intent.person} approved record #{intent.record} with values that they had not opened.")
            if intent.action == "see override":
                self.looked[f"see override: {intent.outcome}"] += 1
                is_there = (intent.person, intent.field_name) in self.walks[intent.record].opened
                if intent.outcome == DONE and not is_there:
                    self.say(f"Acknowledged and lost: see override of {intent.person} on record #{intent.record}.")
        approved = Field.objects.overrides().filter(submission__status=SubmissionStatus.APPROVED)
        for record, name, by in approved.values_list("submission_id", "name", "submission__approved_by__username"):
            walk = self.walks[record]
            # A correction after approval is decided on a page that shows all of it.
            if walk.kinds[EventKind.AMENDED]:
                continue
            self.looked["values kept against a rule that were approved"] += 1
            if (by, name) not in walk.opened_before_approval:
                self.say(f"{by} approved record #{record} without having opened {name}.")

    def _compare_amendments(self) -> None:
        """Look whether a corrected value came with its decision, and with nothing else."""
        for intent in self.intents:
            if intent.action != "amend":
                continue
            corrected = self.by_text[EventKind.CORRECTED, intent.text]
            decided = self.by_reason[EventKind.AMENDED, intent.reason]
            self.looked["corrections after approval"] += len(decided)
            if len(corrected) != len(decided) or len(decided) > 1:
                self.say(f"Decided {len(decided)} times, corrected {len(corrected)} times: record #{intent.record}.")

    def _compare_sources(self) -> None:
        """Look for acts that nobody asked for: each needs somebody who was told of it, or got no answer."""
        asked: set[tuple[str, str, int]] = set()
        for intent in self.intents:
            if intent.outcome == REFUSED and not intent.had_no_answer:
                continue
            for record in intent.shown or [intent.record]:
                asked.add((intent.action, intent.person, int(record)))
        for (kind, person, record), count in self.by_person.items():
            actions = SOURCES.get(EventKind(kind), ())
            if actions and not any((action, person, record) in asked for action in actions):
                self.say(f"Nobody asked for it: {kind}, {count} times, by {person} on record #{record}.")

    def _compare_records(self) -> None:
        """Compare each record with its walk, and count how often it was received and read."""
        read = Submission.objects.annotate(answers=Count("recognitions"))
        for pk, status, version, answers in read.values_list("pk", "status", "version", "answers"):
            self.looked["records"] += 1
            walk = self.walks[pk]
            if (status, version) != (walk.status, walk.version):
                self.say(f"Record #{pk} is {status} in version {version}; its events say {walk.status} {walk.version}.")
            expected = 0 if status == SubmissionStatus.RECEIVED else 1
            if answers != expected or walk.kinds[EventKind.RECOGNISED] != expected:
                self.say(f"Record #{pk} was read {answers} times.")
        names = Counter(Submission.objects.values_list("original_name", flat=True))
        for intent in self.intents:
            if intent.action == "upload":
                self.looked[f"upload: {intent.outcome}"] += 1
                self._judge(intent, names[intent.text], what=f"upload “{intent.text}”")

    def _compare_batches(self) -> None:
        """Compare what was received with what is there, batch by batch."""
        received = Counter(Event.objects.filter(kind=EventKind.RECEIVED).values_list("submission__batch_id", flat=True))
        batches = list(Batch.objects.all())
        counts = Submission.objects.counts_by_batch([batch.pk for batch in batches])
        for batch in batches:
            self.looked["batches"] += 1
            parts = sum(counts[batch.pk].values())
            if received[batch.pk] != parts:
                self.say(f"{batch} does not add up: {received[batch.pk]} received, {parts} there.")
            follows = batch.status_that_follows()
            is_closed = (
                batch.status == "approved"
                and follows == "submitted"
                and not counts[batch.pk][SubmissionStatus.REVIEWED]
            )
            if batch.status != follows and not is_closed:
                self.say(f"{batch} is {batch.status}; its records say {follows}.")


def _key(intent: Intent) -> Key:
    return intent.person, intent.action, intent.record, intent.field_name


def _deed(row: Row) -> str:
    """Return what somebody did by an event: a second reader who asks a supervisor has read it, too."""
    is_second = row.kind == EventKind.ESCALATED and row.old == SubmissionStatus.UNSURE
    return EventKind.SECOND_READ if is_second else row.kind


def _rows() -> Iterator[Row]:
    events = Event.objects.exclude(submission=None).order_by("submission_id", "number")
    columns = ("submission_id", "number", "kind", "by__username", "at", "field_name", "old", "new", "reason")
    for row in events.values_list(*columns).iterator(5000):
        record, number, kind, by, at, *texts = row
        yield Row(record, number, kind, by, at.timestamp(), *texts)


def intents_of(diaries: Iterable[list[dict[str, Any]]]) -> list[Intent]:
    intents = [Intent(**entry) for diary in diaries for entry in diary]
    return sorted((intent for intent in intents if intent.attempts), key=lambda intent: intent.attempts[0][0])


def main(path: Path, claim_seconds: float) -> None:
    """Audit what the journals in a file tell; print what was looked at, and what is wrong."""
    audit = Audit(intents_of(json.loads(path.read_text())), claim_seconds)
    audit.run()
    print(json.dumps({"looked": audit.looked, "problems": audit.problems}))
