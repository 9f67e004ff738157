"""What people try with records that are finished: approve, return, answer, correct after approval."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from reviewapp.models import Amendment, Batch
from reviewapp.stages import amend, approve
from reviewapp.states import Evidence
from tests.factories import no_program
from tests.stateful import model
from tests.stateful.office import Office, ages, names, numbers, people, reasons, texts


class Deciding(Office):
    @rule(by=people, number=numbers, name=names, age=ages)
    def opens_an_override(self, by: str, number: int, name: str, age: int) -> None:
        """Opened twice it is seen once; a look is no deed."""
        record, by = self.pick(by, number, model.Record.may_look)
        if name not in record.values:
            return
        field = self.field(record, name)
        version = record.values[name].version
        self.attempt(
            "see an override",
            record,
            record.may_look(by) and name in record.overrides and age == 0,
            lambda: approve.see_override(field, version=version - age, by=self.users[by]),
            lambda: record.sights.add((by, name, version)),
        )

    @rule(by=people, number=numbers)
    def opens_all_overrides(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_look)
        for name in sorted(record.unseen(by)):
            self.opens_an_override(by=by, number=self.records.index(record), name=name, age=0)

    @rule(by=people, number=numbers, age=ages)
    def approves(self, by: str, number: int, age: int) -> None:
        record, by = self.pick(by, number, model.Record.may_approve)
        version = record.version - age
        self.opens_what_was_kept(record, by)
        self.attempt(
            "approve",
            record,
            record.may_approve(by) and age == 0,
            lambda: approve.approve(self.fresh(record), by=self.users[by], version=version, queue=no_program),
            lambda: record.move(by, "approve", "approved"),
        )

    @rule(by=people, number=numbers, age=ages, chosen=st.sets(numbers))
    def approves_a_batch(self, by: str, number: int, age: int, chosen: set[int]) -> None:
        """What a page showed is approved whole, but for own work and for what was not opened, or not at all."""
        record, by = self.pick(by, number, model.Record.may_approve)
        batch = self.batches[record.batch]
        of_batch = [self.records[other] for other in sorted(chosen) if self.records[other].batch == batch.pk]
        shown = {other.pk: other.version - age for other in of_batch}

        def approved() -> None:
            for other in of_batch:
                if other.may_approve(by):
                    other.move(by, "approve", "approved")
            if not shown:
                batch.status = "approved"

        for other in of_batch:
            self.opens_what_was_kept(other, by)
        stored = Batch.objects.get(pk=batch.pk)
        self.attempt(
            "approve a batch",
            record,
            model.may_approve_batch(batch, self.records, by, shown),
            lambda: approve.approve_batch(stored, by=self.users[by], shown=shown, queue=no_program),
            approved,
        )
        for other in of_batch:
            self.is_as_expected(other)

    @rule(by=people, number=numbers)
    def approves_what_its_page_shows(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_approve)
        of_batch = {place for place, other in enumerate(self.records) if other.batch == record.batch}
        waiting = {place for place in of_batch if self.records[place].status == "reviewed"}
        self.approves_a_batch(by=by, number=self.records.index(record), age=0, chosen=waiting)

    @rule(by=people, number=numbers, age=ages, reason=reasons, asked=st.sets(names))
    def returns(self, by: str, number: int, age: int, reason: str, asked: set[str]) -> None:
        record, by = self.pick(by, number, model.Record.may_return)
        version = record.version - age

        def returned() -> None:
            record.move(by, "return", "returned")
            for name in asked & record.values.keys():
                record.values[name].is_verified = False
                record.values[name].version += 1
            self.hear_the_rules(record)

        self.attempt(
            "return",
            record,
            record.may_return(by) and bool(reason.strip()) and age == 0,
            lambda: approve.return_to_clerk(
                self.fresh(record), by=self.users[by], reason=reason, field_names=sorted(asked), version=version
            ),
            returned,
        )

    @rule(by=people, number=numbers, text=reasons, age=ages)
    def answers(self, by: str, number: int, text: str, age: int) -> None:
        record, by = self.pick(by, number, model.Record.may_answer)
        version = record.version - age
        self.attempt(
            "answer",
            record,
            record.may_answer(by) and bool(text.strip()) and age == 0,
            lambda: approve.answer(self.fresh(record), by=self.users[by], text=text, version=version),
            lambda: record.move(by, "answer", "returned"),
        )

    @rule(by=people, number=numbers, name=names, text=texts, reason=reasons, age=ages)
    def asks_for_a_correction(self, by: str, number: int, name: str, text: str, reason: str, age: int) -> None:
        record, by = self.pick(by, number, model.Record.may_amend)
        version = record.version - age
        changes = {name: text} if name in record.values else {}

        def asked() -> None:
            record.amendment = model.Amendment(by, changes)
            record.last = (by, "amend")

        self.attempt(
            "amend",
            record,
            record.may_amend(by) and record.may_become(changes) and bool(reason.strip()) and age == 0,
            lambda: amend.ask(
                self.fresh(record),
                changes=changes,
                by=self.users[by],
                reason=reason,
                evidence=Evidence.PAPER_SEEN,
                evidence_note="box 1",
                version=version,
            ),
            asked,
        )

    @rule(by=people, number=numbers)
    def approves_a_correction(self, by: str, number: int) -> None:
        record, by = self.pick(by, number, model.Record.may_decide)
        stored = Amendment.objects.filter(submission=record.pk).last()
        if stored is None:
            return

        def corrected() -> None:
            asked = record.amendment
            assert asked is not None
            record.version += 2
            record.workers.add(asked.asked_by)
            record.last, record.amendment = (by, "approve a correction"), None
            self.hear_the_rules(record, are_verified=True)
            for name, text in asked.texts.items():
                record.values[name].text = text

        self.attempt(
            "approve a correction",
            record,
            record.may_decide(by),
            lambda: amend.approve_amendment(stored, by=self.users[by], queue=no_program),
            corrected,
        )

    @rule(by=people, number=numbers, note=reasons)
    def refuses_a_correction(self, by: str, number: int, note: str) -> None:
        record, by = self.pick(by, number, model.Record.may_decide)
        stored = Amendment.objects.filter(submission=record.pk).last()
        if stored is None:
            return

        def refused() -> None:
            record.last, record.amendment = (by, "refuse a correction"), None

        self.attempt(
            "refuse a correction",
            record,
            record.may_decide(by) and bool(note.strip()),
            lambda: amend.refuse_amendment(stored, by=self.users[by], note=note),
            refused,
        )
