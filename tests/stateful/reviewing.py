"""What people try with records that are to be reviewed: take, change, verify, finish, lay aside, take back."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from reviewapp.models import Submission
from reviewapp.stages import claim, correct, recognise
from reviewapp.states import RejectReason
from tests.factories import AS_ON_PAPER, AnswerEngine, answer
from tests.stateful import model
from tests.stateful.office import Office, ages, marks, names, numbers, people, reasons, should_says, texts

DOUBTS = {"mother_name": 55}
MOST_DAYS = 90


class Reviewing(Office):
    @rule(by=people, number=numbers)
    def claims(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_claim)

        def claimed() -> None:
            record.take(by)
            record.skipped_by.discard(by)

        self.attempt(
            "claim",
            record,
            record.may_claim(by),
            lambda: claim.take(self.fresh(record), by=self.users[by]),
            claimed,
        )

    @rule(by=st.sampled_from(model.EVERYBODY))
    def asks_for_next(self, by: str) -> None:
        """What is given is one of those that may be, and nothing only where there is none."""
        if by not in model.REVIEWERS:
            self.is_refused(lambda: claim.claim_next(by=self.users[by]))
            return
        offered = model.may_take_next(self.records, by)
        taken = claim.claim_next(by=self.users[by])
        assert (taken is None) == (not offered)
        if taken is not None:
            record = next(record for record in offered if record.pk == taken.pk)
            record.take(by)
            self.is_as_expected(record)

    @rule(by=people, number=numbers)
    def shows_life(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.is_kept_by)
        self.attempt(
            "show life",
            record,
            record.is_kept_by(by),
            lambda: claim.renew(self.fresh(record), by=self.users[by]),
            lambda: record.hold(by),
        )

    @rule(number=numbers)
    def time_passes(self, number: int) -> None:
        record = self.records[number]
        if record.holder is not None:
            past = timezone.now() - timedelta(seconds=1)
            Submission.objects.filter(pk=record.pk).update(claimed_until=past)
            record.is_over = True

    @rule(by=people, number=numbers)
    def gives_back(self, by: str, number: int) -> None:
        """Who does not hold it gives nothing back; that is no fault."""
        record, by = self.pick(by, number, model.Record.is_kept_by)
        is_held = record.holder == by
        self.attempt(
            "give back",
            record,
            True,
            lambda: claim.give_back(self.fresh(record), by=self.users[by]),
            lambda: record.let_go(by, "give back") if is_held else None,
        )

    @rule(by=people, number=numbers, reason=reasons)
    def skips(self, by: str, number: int, reason: str) -> None:
        record, by = self.pick(by, number, model.Record.is_kept_by)

        def skipped() -> None:
            record.let_go(by, "skip")
            record.skipped_by.add(by)

        self.attempt(
            "skip",
            record,
            record.may_let_go(by, reason),
            lambda: claim.skip(self.fresh(record), by=self.users[by], reason=reason),
            skipped,
        )

    @rule(by=people, number=numbers, reason=reasons, days=st.sampled_from((-1, 0, 1, 1, 90, 91)))
    def postpones(self, by: str, number: int, reason: str, days: int) -> None:
        record, by = self.pick(by, number, model.Record.is_kept_by)
        until = timezone.localdate() + timedelta(days=days)

        def postponed() -> None:
            record.let_go(by, "postpone")
            record.is_postponed = True

        self.attempt(
            "postpone",
            record,
            record.may_let_go(by, reason) and 0 < days <= MOST_DAYS,
            lambda: claim.postpone(self.fresh(record), by=self.users[by], reason=reason, until=until),
            postponed,
        )

    @rule(by=people, number=numbers)
    def takes_over(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_take_over)
        is_displaced = record.holder not in (None, by) and not record.is_over

        def taken() -> None:
            record.take(by)
            if is_displaced:
                record.last = (by, "take over")

        self.attempt(
            "take over",
            record,
            record.may_take_over(by),
            lambda: claim.take_over(self.fresh(record), by=self.users[by], reason="ill"),
            taken,
        )

    @rule(by=people, number=numbers, name=names, text=texts, age=ages)
    def changes_a_value(self, by: str, number: int, name: str, text: str, age: int) -> None:
        """The present value, sent again, is taken against any version."""
        record, by = self.pick(by, number, model.Record.is_held_by)
        if name not in record.values:
            return
        known = record.values[name]
        is_same = text == known.text
        field = self.field(record, name)

        def changed() -> None:
            record.hold(by)
            if not is_same:
                record.values[name] = model.Value(text, known.version + 1)
                record.work(by, "change")
                self.hear_the_rules(record)

        self.attempt(
            "change",
            record,
            record.is_held_by(by) and len(text) <= model.VALUE_LIMIT and (is_same or age == 0),
            lambda: correct.change(field, value=text, version=known.version - age, by=self.users[by]),
            changed,
        )

    @rule(by=people, number=numbers, name=names, mark=marks, should_say=should_says, age=ages)
    def marks_a_value(self, by: str, number: int, name: str, mark: str, should_say: str, age: int) -> None:
        """The present mark, said again, is taken against any version."""
        record, by = self.pick(by, number, model.Record.is_held_by)
        if name not in record.values:
            return
        known = record.values[name]
        is_same = (mark, should_say) == (known.mark, known.should_say)
        field = self.field(record, name)

        def marked() -> None:
            record.hold(by)
            if not is_same:
                record.values[name] = known.marked(mark, should_say)
                record.work(by, "mark")
                self.hear_the_rules(record)

        self.attempt(
            "mark",
            record,
            record.is_held_by(by) and record.may_mark(name, mark, should_say) and (is_same or age == 0),
            lambda: correct.mark_value(
                field, mark=mark, version=known.version - age, by=self.users[by], should_say=should_say, reason="x"
            ),
            marked,
        )

    @rule(by=people, number=numbers, name=names, reason=reasons)
    def verifies_a_value(self, by: str, number: int, name: str, reason: str) -> None:
        record, by = self.pick(by, number, model.Record.is_held_by)
        if name in record.values:
            self.verify(record, name, by=by, reason=reason)

    @rule(by=people, number=numbers, reason=reasons)
    def verifies_what_is_doubtful(self, by: str, number: int, reason: str) -> None:
        record, by = self.pick(by, number, model.Record.is_held_by)
        for name in sorted(record.doubtful):
            self.verify(record, name, by=by, reason=reason)

    def verify(self, record: model.Record, name: str, *, by: str, reason: str) -> None:
        known = record.values[name]
        is_said = known.is_verified or name not in record.wrong or bool(reason.strip())
        field = self.field(record, name)

        def verified() -> None:
            record.hold(by)
            if not known.is_verified:
                record.values[name] = model.Value(known.text, known.version + 1, is_verified=True)
                record.work(by, "verify")

        self.attempt(
            "verify",
            record,
            record.is_held_by(by) and is_said,
            lambda: correct.verify_value(field, by=self.users[by], override_reason=reason),
            verified,
        )

    @rule(by=people, number=numbers)
    def submits(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_submit)
        self.attempt(
            "submit",
            record,
            record.may_submit(by),
            lambda: correct.submit(self.fresh(record), by=self.users[by]),
            lambda: record.finish(by, "submit", "unsure" if record.unsure else "reviewed"),
        )

    @rule(by=people, number=numbers, name=names)
    def is_unsure_and_submits(self, by: str, number: int, name: str) -> None:
        record, by = self.pick(by, number, model.Record.may_claim)
        number = self.records.index(record)
        self.claims(by=by, number=number)
        self.marks_a_value(by=by, number=number, name=name, mark="unsure", should_say="", age=0)
        self.verifies_what_is_doubtful(by=by, number=number, reason=AS_ON_PAPER)
        self.submits(by=by, number=number)

    @rule(by=people, number=numbers, text=texts, is_sure=st.booleans(), reason=reasons, question=reasons, age=ages)
    def reads_second(
        self, by: str, number: int, text: str, is_sure: bool, reason: str, question: str, age: int
    ) -> None:
        """All of it is decided or nothing: the first unsure value as read, the others by what is said.

        Only who gives a reason reads something else, so that what the rules say without one is known beforehand.
        """
        record, by = self.pick(by, number, model.Record.is_for_second_reading_by)
        if record.holder is None or record.is_over:
            self.claims(by=by, number=self.records.index(record))
        has_reason = bool(reason.strip())
        read: dict[str, str | None] = {}
        for name in sorted(record.unsure):
            read[name] = text if has_reason else record.values[name].text
        if read and not is_sure:
            read[min(read)] = None
        decisions = {}
        for name, value in read.items():
            decisions[name] = correct.Decision(value, record.values[name].version - age, reason)

        self.attempt(
            "read second",
            record,
            self.may_decide(record, by, read, reason, question) and age == 0,
            lambda: correct.read_second(self.fresh(record), by=self.users[by], decisions=decisions, question=question),
            lambda: self.is_read_second(record, by, read),
        )

    def may_decide(
        self, record: model.Record, by: str, read: Mapping[str, str | None], reason: str, question: str
    ) -> bool:
        is_still_unsure = None in read.values()
        if not record.may_read_second(by) or (is_still_unsure and not question.strip()):
            return False
        if any(len(text or "") > model.VALUE_LIMIT for text in read.values()):
            return False
        decided = {name for name, text in read.items() if text is not None}
        return bool(reason.strip()) or not decided & record.wrong

    def is_read_second(self, record: model.Record, by: str, read: Mapping[str, str | None]) -> None:
        for name, text in read.items():
            known = record.values[name]
            if text is None:
                known.version += 1
            else:
                record.values[name] = model.Value(text, known.version + 1, is_verified=True)
        self.hear_the_rules(record)
        record.pass_on(by, is_still_unsure=None in read.values())

    @rule(by=people, number=numbers)
    def does_all_that_a_clerk_does(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_claim)
        number = self.records.index(record)
        self.claims(by=by, number=number)
        self.verifies_what_is_doubtful(by=by, number=number, reason=AS_ON_PAPER)
        self.submits(by=by, number=number)

    @rule(by=people, number=numbers, reason=st.sampled_from(RejectReason))
    def rejects(self, by: str, number: int, reason: RejectReason) -> None:
        record, by = self.pick(by, number, model.Record.may_reject)
        self.attempt(
            "reject",
            record,
            record.may_reject(by),
            lambda: correct.reject(self.fresh(record), by=self.users[by], reason=reason, note="x"),
            lambda: record.finish(by, "reject", "rejected"),
        )

    @rule(by=people, number=numbers, question=reasons)
    def asks_a_supervisor(self, by: str, number: int, question: str) -> None:
        record, by = self.pick(by, number, model.Record.is_held_by)
        self.attempt(
            "ask",
            record,
            record.may_ask(by, question),
            lambda: correct.escalate(self.fresh(record), by=self.users[by], question=question),
            lambda: record.finish(by, "ask", "escalated"),
        )

    @rule(by=people, number=numbers, age=ages)
    def takes_back(self, by: str, number: int, age: int) -> None:
        record, by = self.pick(by, number, model.Record.may_undo)
        version = record.version - age

        def undone() -> None:
            record.move(by, "undo", "recognised")
            record.hold(by)
            if not record.came_back:
                record.reviewer = None

        self.attempt(
            "undo",
            record,
            record.may_undo(by) and age == 0 and self.batches[record.batch].status != "approved",
            lambda: correct.undo(self.fresh(record), by=self.users[by], version=version),
            undone,
        )

    @rule(by=people, number=numbers)
    def has_it_read_again(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_be_read_again)
        self.attempt(
            "read again",
            record,
            record.may_be_read_again(by),
            lambda: recognise.retry(self.fresh(record), by=self.users[by]),
            lambda: record.move(by, "read again", "received"),
        )

    @rule(number=numbers, is_read=st.booleans())
    def the_worker_reads(self, number: int, is_read: bool) -> None:
        """What was read before, or is no longer to be read, is left as it is."""
        record = self.records[number]
        engine = AnswerEngine(answer(probs=DOUBTS)) if is_read else AnswerEngine(error="unmatchedImageType")

        def was_read() -> None:
            if record.status == "received":
                record.move("", "read", "recognised" if is_read else "failed")
                self.hear_the_rules(record)

        self.attempt("read", record, True, lambda: recognise.recognise(self.fresh(record), engine=engine), was_read)
