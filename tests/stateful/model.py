"""What may be done with a record, in plain Python: the model that the product is compared with.

It is written from the rules that people know, not from the product's code, and knows no database. What the rules of
certificates say of a value is not its business: it is told after each change.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

CLERKS = ("clerk", "clerk2")
SUPERVISORS = ("supervisor", "supervisor2")
REVIEWERS = (*CLERKS, *SUPERVISORS)
WORKING = (*REVIEWERS, "admin")
EVERYBODY = (*WORKING, "auditor")

VALUE_LIMIT = 500
IN_HAND = ("recognised", "returned")
# Marks of a value that is not there, and those by which a person has decided.
EMPTY_MARKS = ("illegible", "blank", "not_on_form")
SETTLING_MARKS = (*EMPTY_MARKS, "paper_wrong")
# Each form of the certificate has a place for these.
ON_EVERY_FORM = ("mother_name",)
OPEN = ("received", "failed", "recognised", "unsure", "escalated")
# Acts that a person can take back, as long as nobody else has acted on the record.
UNDOABLE = ("submit", "reject", "ask")


@dataclass
class Value:
    """One value of a record as the model knows it."""

    text: str
    version: int = 1
    is_verified: bool = False
    mark: str = ""
    should_say: str = ""

    def marked(self, mark: str, should_say: str) -> "Value":
        """Return the value with a mark: what is not there is emptied with it."""
        is_emptied = mark in EMPTY_MARKS and self.text != ""
        return Value(
            text="" if is_emptied else self.text,
            version=self.version + 1,
            is_verified=mark in SETTLING_MARKS,
            mark=mark,
            should_say=should_say,
        )


@dataclass
class Amendment:
    """A correction of an approved record that waits for its decision."""

    asked_by: str
    texts: dict[str, str]


@dataclass
class Record:
    """One record as the model knows it; people are their user names."""

    pk: int
    batch: int
    status: str
    version: int = 1
    holder: str | None = None
    is_over: bool = False
    reviewer: str | None = None
    # Whether it was once returned, or came back with an answer.
    came_back: bool = False
    workers: set[str] = field(default_factory=set)
    values: dict[str, Value] = field(default_factory=dict)
    skipped_by: set[str] = field(default_factory=set)
    is_postponed: bool = False
    # Who did what last; a look is no deed.
    last: tuple[str, str] = ("", "")
    amendment: Amendment | None = None
    # What the rules say: values that ask for a look, and those that are wrong.
    flagged: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    # Which values were opened by whom, in which version.
    sights: set[tuple[str, str, int]] = field(default_factory=set)

    @property
    def doubtful(self) -> set[str]:
        return {name for name in self.flagged - self.unsure if not self.values[name].is_verified}

    @property
    def unsure(self) -> set[str]:
        return {name for name, value in self.values.items() if value.mark == "unsure"}

    @property
    def overrides(self) -> set[str]:
        return {name for name in self.wrong if self.values[name].is_verified}

    def unseen(self, person: str) -> set[str]:
        """Return the values kept against a rule that this person has not opened as they are."""
        return {name for name in self.overrides if (person, name, self.values[name].version) not in self.sights}

    @property
    def is_in_hand(self) -> bool:
        return self.status in IN_HAND

    def is_held_by(self, person: str) -> bool:
        """Return whether a person may go on with it: also when their time is over, if nobody else took it."""
        return self.is_in_hand and self.holder == person

    def is_kept_by(self, person: str) -> bool:
        """Return whether a person has it, for all of it or for what somebody was unsure of."""
        return (self.is_in_hand or self.status == "unsure") and self.holder == person

    def is_for(self, person: str) -> bool:
        """Return whether this person may review it: what was returned goes to its clerk, or to a supervisor."""
        if person not in REVIEWERS:
            return False
        return self.status != "returned" or person in SUPERVISORS or self.reviewer in (None, person)

    def may_claim(self, person: str) -> bool:
        is_free = self.holder in (None, person) or self.is_over
        if self.status == "unsure":
            return is_free and self.is_for_second_reading_by(person)
        return self.is_for(person) and self.is_in_hand and is_free

    def is_for_second_reading_by(self, person: str) -> bool:
        return self.status == "unsure" and person in REVIEWERS and not self.is_own_work_of(person)

    def may_read_second(self, person: str) -> bool:
        return self.is_for_second_reading_by(person) and self.holder == person

    def may_mark(self, name: str, mark: str, should_say: str) -> bool:
        """Return whether a mark makes sense: only a paper that is wrong should say something else."""
        known = self.values[name]
        if (known.mark, known.should_say) == (mark, should_say):
            return True
        if mark == "paper_wrong":
            return should_say not in ("", known.text)
        return not should_say and (mark != "not_on_form" or name not in ON_EVERY_FORM)

    def may_submit(self, person: str) -> bool:
        return self.is_for(person) and self.is_held_by(person) and not self.doubtful

    def may_reject(self, person: str) -> bool:
        if self.status == "failed":
            return person in REVIEWERS
        if self.status == "escalated":
            return person in SUPERVISORS
        return self.is_for(person) and self.is_held_by(person)

    def may_let_go(self, person: str, reason: str) -> bool:
        """Return whether a person may skip or postpone it; a second reading is given back."""
        return self.is_held_by(person) and bool(reason.strip())

    def may_be_read_again(self, person: str) -> bool:
        return self.status == "failed" and person in WORKING

    def may_take_over(self, person: str) -> bool:
        """Return whether a supervisor may take it from whoever holds it now, or take it like any other."""
        if self.holder in (None, person) or self.is_over:
            return person in SUPERVISORS and self.may_claim(person)
        return person in SUPERVISORS and self.is_in_hand

    def may_ask(self, person: str, question: str) -> bool:
        return self.is_for(person) and self.is_held_by(person) and bool(question.strip())

    def may_answer(self, person: str) -> bool:
        return person in SUPERVISORS and self.status == "escalated"

    def may_undo(self, person: str) -> bool:
        is_last = self.last[0] == person and self.last[1] in UNDOABLE
        return person in REVIEWERS and is_last and bool(self.values)

    def may_amend(self, person: str) -> bool:
        """Return whether a person may ask for a correction after approval: who reviews and may see the record."""
        may_see = person in SUPERVISORS or (person in CLERKS and person == self.reviewer)
        return may_see and self.status == "approved" and self.amendment is None

    def may_become(self, texts: Mapping[str, str]) -> bool:
        """Return whether these texts are a change, and each is short enough."""
        differs = any(self.values[name].text != text for name, text in texts.items())
        return differs and all(len(text) <= VALUE_LIMIT for text in texts.values())

    def may_decide(self, person: str) -> bool:
        is_own = self.is_own_work_of(person) or (self.amendment is not None and self.amendment.asked_by == person)
        return person in SUPERVISORS and self.amendment is not None and not is_own

    def may_look(self, person: str) -> bool:
        """Return whether a person approves such records, and there is something kept against a rule."""
        return person in SUPERVISORS and self.status == "reviewed" and bool(self.overrides)

    def may_approve(self, person: str) -> bool:
        is_open = person in SUPERVISORS and self.status == "reviewed" and not self.is_own_work_of(person)
        return is_open and not self.unseen(person)

    def may_return(self, person: str) -> bool:
        return person in SUPERVISORS and self.status in ("reviewed", "rejected")

    def is_own_work_of(self, person: str) -> bool:
        return person in self.workers or person == self.reviewer

    def hold(self, person: str | None) -> None:
        self.holder, self.is_over = person, False
        if person is not None:
            self.is_postponed = False

    def take(self, person: str) -> None:
        """Let a person hold it; who holds it already does nothing new."""
        if self.holder != person or self.is_over:
            self.last = (person, "claim")
        self.hold(person)

    def let_go(self, person: str, act: str) -> None:
        self.hold(None)
        self.last = (person, act)

    def work(self, person: str, act: str) -> None:
        self.workers.add(person)
        self.last = (person, act)

    def move(self, person: str, act: str, status: str) -> None:
        self.status, self.version = status, self.version + 1
        self.last = (person, act)
        self.came_back = self.came_back or status == "returned"

    def finish(self, person: str, act: str, status: str) -> None:
        """Let a person's work on it end."""
        self.move(person, act, status)
        self.hold(None)
        self.reviewer = person
        self.workers.add(person)

    def pass_on(self, person: str, is_still_unsure: bool) -> None:
        """Let a second reading end; whoever read it first stays its reviewer."""
        is_finished = not is_still_unsure and not self.doubtful
        self.move(person, "read second", "reviewed" if is_finished else "escalated")
        self.hold(None)
        self.workers.add(person)


@dataclass
class Batch:
    """One batch as the model knows it."""

    pk: int
    status: str

    def settle(self, records: Iterable[Record]) -> None:
        """Follow the records; what is approved stays so, unless one of them is returned."""
        statuses = {record.status for record in records if record.batch == self.pk}
        if self.status == "approved" and "returned" not in statuses:
            return
        if "returned" in statuses:
            self.status = "returned"
        elif statuses & set(OPEN):
            self.status = "open"
        elif "approved" in statuses and "reviewed" not in statuses:
            self.status = "approved"
        else:
            self.status = "submitted"


def may_take_next(records: Collection[Record], person: str) -> list[Record]:
    """Return the records of which “next” may give one: those to be read by a second person come before all.

    Else free ones, and those returned to this very person.
    """
    unsure = [record for record in records if record.status == "unsure" and record.may_claim(person)]
    return unsure or [record for record in records if record.may_claim(person) and _is_offered(record, person)]


def _is_offered(record: Record, person: str) -> bool:
    if record.is_postponed or person in record.skipped_by:
        return False
    return record.status == "recognised" or record.reviewer in (None, person)


def may_approve_batch(batch: Batch, records: Collection[Record], person: str, shown: Mapping[int, int]) -> bool:
    """Return whether a supervisor may approve what was shown; with nothing shown, whether they may close the batch."""
    waiting = {record.pk: record for record in records if record.batch == batch.pk and record.status == "reviewed"}
    if person not in SUPERVISORS:
        return False
    if any(pk not in waiting or waiting[pk].version != version for pk, version in shown.items()):
        return False
    if not shown:
        return not waiting and batch.status == "submitted"
    return any(waiting[pk].may_approve(person) for pk in shown)
