"""An office of six people and five records, and how an act of theirs is compared with the model."""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import override
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from reviewapp import models
from reviewapp.administration.proof import Proof
from reviewapp.exceptions import ReviewError
from reviewapp.models import Batch, Event, Field, Flag, Submission, User
from reviewapp.states import MOVES
from tests.factories import AS_ON_PAPER, see_overrides
from tests.stateful import model

APPEND_ONLY: tuple[type[Model], ...] = (
    Event,
    models.Correction,
    models.Approval,
    models.Voiding,
    models.RecognitionResult,
    models.AmendedValue,
    models.OverrideSight,
)
CHANGING: tuple[type[Model], ...] = (Submission, Batch, Field, Flag, models.Chain, models.Skip, models.Amendment)
NAMES = ("mother_name", "mother_age", "father_name")
# Right, wrong, empty, and too long to be kept.
TEXTS = ("欧阳娜娜", "王小明", "31", "thirty", "", "长" * (model.VALUE_LIMIT + 1))
# Random people are mostly refused: of every other act the person and the record are such that it may be done.
WHOEVER_MAY = "whoever may"

people = st.sampled_from((*model.EVERYBODY, *[WHOEVER_MAY] * len(model.EVERYBODY)))
numbers = st.integers(0, 4)
names = st.sampled_from(NAMES)
texts = st.sampled_from(TEXTS)
marks = st.sampled_from(("unsure", "unsure", "illegible", "blank", "not_on_form", "paper_wrong", ""))
# What a wrong paper should say; of any other value nothing is said.
should_says = st.sampled_from(("", "", "", "王小明"))
reasons = st.sampled_from((AS_ON_PAPER, AS_ON_PAPER, AS_ON_PAPER, "", " "))
# Of a version that was seen: the present one four times of five, else the one before it.
ages = st.sampled_from((0, 0, 0, 0, 1))

type May = Callable[[model.Record, str], bool]


def modelled(submission: Submission) -> model.Record:
    """Return a record as the model knows it; what is reviewed at the beginning was so by its reviewer alone."""
    record = model.Record(submission.pk, submission.batch_id, submission.status, submission.version)
    if submission.claimed_by is not None:
        record.holder = submission.claimed_by.username
    record.came_back = bool(submission.return_reason)
    if submission.reviewed_by is not None:
        record.reviewer = submission.reviewed_by.username
        record.workers = {record.reviewer}
        record.last = (record.reviewer, "submit") if submission.approved_by is None else ("", "")
    return record


def rows_of_all() -> list[Any]:
    """Return all that an act could change; of what only grows, how much there is."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for table in CHANGING:
            cursor.execute(f"SELECT * FROM {table._meta.db_table} ORDER BY id")  # noqa: S608 – names of our own
            rows.append(cursor.fetchall())
    return rows + [table._default_manager.count() for table in APPEND_ONLY]


def problems_of(proof: Proof) -> list[str]:
    return [str(problem) for problem in proof.problems()]


class Office(RuleBasedStateMachine):
    """What all acts have in common."""

    outcomes: ClassVar[Counter[tuple[str, bool]]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.users = {name: User.objects.get(username=name) for name in model.EVERYBODY}
        self.records = [modelled(submission) for submission in Submission.objects.order_by("pk")]
        for record in self.records:
            self.hear_the_rules(record)
        self.batches = {batch.pk: model.Batch(batch.pk, batch.status) for batch in Batch.objects.all()}

    def teardown(self) -> None:
        """Prove the whole history, then take everything back."""
        try:
            assert not problems_of(Proof())
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @invariant()
    def is_counted(self) -> None:
        self.outcomes["step", True] += 1

    def pick(self, by: str, number: int, may: May) -> tuple[model.Record, str]:
        """Return the record and the person; for WHOEVER_MAY the first two with whom it may be done, if there are."""
        if by != WHOEVER_MAY:
            return self.records[number], by
        for record in (*self.records[number:], *self.records[:number]):
            for person in (*model.EVERYBODY[number:], *model.EVERYBODY[:number]):
                if may(record, person):
                    return record, person
        return self.records[number], model.CLERKS[0]

    def attempt(
        self, name: str, record: model.Record, may: bool, act: Callable[[], object], then: Callable[[], None]
    ) -> None:
        """Do something: 1. what may not be done is refused and changes nothing; 2. what may be done is as expected."""
        self.outcomes[name, may] += 1
        if may:
            act()
            then()
            self.batches[record.batch].settle(self.records)
            self.is_as_expected(record)
        else:
            self.is_refused(act)

    def is_refused(self, act: Callable[[], object]) -> None:
        before = rows_of_all()
        with pytest.raises(ReviewError) as refused, transaction.atomic():
            act()
        assert rows_of_all() == before
        with override("en"):
            english = str(refused.value)
        with override("zh-hans"):
            chinese = str(refused.value)
        assert english.endswith((".", "?")), english
        assert any("一" <= char <= "鿿" for char in chinese), chinese

    def is_as_expected(self, record: model.Record) -> None:
        """Compare a record with the model, its history with itself, and what its batch holds."""
        stored = Submission.objects.select_related("claimed_by", "reviewed_by").get(pk=record.pk)
        holder, reviewer = stored.claimed_by, stored.reviewed_by
        assert (stored.status, stored.version) == (record.status, record.version)
        assert (holder and holder.username) == record.holder
        assert (reviewer and reviewer.username) == record.reviewer
        for value in stored.fields.all():
            known = record.values[value.name]
            assert (value.value, value.version, value.is_verified) == (known.text, known.version, known.is_verified)
            assert (value.mark, value.should_say) == (known.mark, known.should_say)

        assert stored.version == 1 + stored.events.filter(kind__in=MOVES).count()
        assert not problems_of(Proof(record=stored))
        if stored.status == "approved":
            assert stored.approved_by is not None
            assert stored.approved_by.username not in record.workers

        assert Batch.objects.get(pk=record.batch).status == self.batches[record.batch].status
        of_batch = Counter(other.status for other in self.records if other.batch == record.batch)
        assert Counter(Submission.objects.counts_by_batch([record.batch])[record.batch]) == of_batch

    def fresh(self, record: model.Record) -> Submission:
        return Submission.objects.select_related("batch", "claimed_by", "reviewed_by").get(pk=record.pk)

    def field(self, record: model.Record, name: str) -> Field:
        fields = Field.objects.prefetch_related("flags").select_related("submission")
        return fields.get(submission=record.pk, name=name)

    def opens_what_was_kept(self, record: model.Record, by: str) -> None:
        """Have who may approve a record look at each value that was kept against a rule; a look is no deed."""
        if record.may_approve(by):
            see_overrides(self.fresh(record), by=self.users[by])

    def hear_the_rules(self, record: model.Record, *, are_verified: bool = False) -> None:
        """Tell the model what the rules of certificates say now, which may ask for another look at a value.

        By a correction after approval who asked for it verifies all that is doubtful then.
        """
        for field in Field.objects.filter(submission=record.pk):
            new = model.Value(field.value, field.version, field.is_verified, field.mark, field.should_say)
            known = record.values.setdefault(field.name, new)
            if known.is_verified and not field.is_verified:
                known.version, known.is_verified = known.version + 1, False
            if are_verified:
                known.version, known.is_verified = field.version, field.is_verified
                known.mark, known.should_say = field.mark, field.should_say
        flags = Flag.objects.filter(field__submission=record.pk)
        record.flagged = set(flags.filter(severity__in="EW").values_list("field__name", flat=True))
        record.wrong = set(flags.filter(severity="E").values_list("field__name", flat=True))
