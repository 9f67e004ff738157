"""What a person says of a value beside its text: unsure, illegible, blank, not on this form, the paper is wrong."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from reviewapp.certificate.fields import ON_EVERY_FORM, ORDER
from reviewapp.exceptions import ClaimLost, ReviewError, StaleWrite
from reviewapp.models import Correction, Field, Flag, Submission, User
from reviewapp.models.field import EMPTY_MARKS
from reviewapp.stages import claim, correct
from reviewapp.states import EventKind, ValueMark, ValueState
from tests.factories import change, mark, person, submission_at
from tests.racing import race

pytestmark = pytest.mark.django_db

NAME = "mother_address"


@pytest.fixture
def held(clerk: User) -> Submission:
    """Give a record with one doubtful value, held by the clerk."""
    submission = submission_at("recognised", probs={NAME: 55})
    claim.claim(submission, by=clerk)
    return submission


def present(record: Submission, name: str = NAME) -> Field:
    return record.fields.get(name=name)


@pytest.mark.parametrize("word", EMPTY_MARKS)
def test_a_value_that_is_not_there_is_emptied_and_settled(held: Submission, clerk: User, word: str) -> None:
    read = present(held).value
    marked = mark(held, NAME, word, by=clerk)
    assert (marked.value, marked.read_value, marked.state, marked.verified_by) == ("", read, ValueState(word), clerk)
    assert not marked.is_doubtful
    correction = Correction.objects.get()
    assert (correction.old_value, correction.new_value) == (read, "")
    corrected, said = held.events.filter(field_name=NAME)
    assert (corrected.kind, corrected.old, corrected.new) == (EventKind.CORRECTED, read, "")
    assert (said.kind, said.old, said.new) == (EventKind.MARKED, "read", word)


def test_a_file_for_people_names_the_mark_in_their_language_and_one_for_programs_its_word(
    held: Submission, clerk: User
) -> None:
    change(held, "birth_weight", "32", by=clerk, verify=False)
    mark(held, "birth_weight", "paper_wrong", by=clerk, should_say="3200")
    (override,) = Flag.objects.overrides_of([held.pk])[held.pk]
    assert override.reason == "paper_wrong"
    with translation.override("zh-hans"):
        label = str(ValueState.PAPER_WRONG.label)
        assert f"] {label} (" in str(override)
        assert "paper_wrong" not in str(override)


def test_an_empty_value_is_marked_without_a_correction(clerk: User) -> None:
    record = submission_at("recognised", values={NAME: ""})
    claim.claim(record, by=clerk)
    assert mark(record, NAME, "blank", by=clerk).state == ValueState.BLANK
    assert not Correction.objects.exists()


def test_a_mark_is_itself_the_reason_against_a_rule(held: Submission, clerk: User) -> None:
    change(held, "birth_weight", "120", by=clerk, verify=False)
    marked = mark(held, "birth_weight", "paper_wrong", by=clerk, should_say="3200", reason="a stain")
    assert marked.is_override
    said = held.events.get(kind=EventKind.MARKED)
    assert [rule["code"] for rule in said.params["rules"]] == [flag.code for flag in marked.broken_rules]
    assert (said.reason, marked.override_reason) == ("a stain", "a stain")
    assert said.rule_sentences == [flag.sentence for flag in marked.broken_rules]
    [override] = Flag.objects.overrides_of([held.pk])[held.pk]
    assert override.reason == "a stain"


def test_an_unsure_value_is_kept_unverified_and_not_doubtful(held: Submission, clerk: User) -> None:
    read = present(held).value
    change(held, NAME, read + "1", by=clerk)
    marked = mark(held, NAME, "unsure", by=clerk)
    assert (marked.value, marked.is_verified, marked.is_doubtful) == (read + "1", False, False)
    assert marked.override_reason == ""
    assert held.fields.left() == (0, 1)
    assert not held.fields.doubtful().exists()


def test_a_paper_that_is_wrong_keeps_what_is_printed_and_says_what_is_right(held: Submission, clerk: User) -> None:
    printed = present(held).value
    marked = mark(held, NAME, "paper_wrong", by=clerk, should_say=" 龙岩 ")
    assert (marked.value, marked.should_say, marked.verified_by) == (printed, "龙岩", clerk)
    event = held.events.get(kind=EventKind.MARKED)
    assert (event.old_label, event.new_label, event.should_say) == ("Read", "The paper itself is wrong", "龙岩")
    assert change(held, NAME, printed + "1", by=clerk, verify=False).mark == ""
    assert present(held).should_say == ""


def test_verifying_an_unsure_value_settles_it(held: Submission, clerk: User) -> None:
    unsure = mark(held, NAME, "unsure", by=clerk)
    correct.verify_value(unsure, by=clerk)
    assert (unsure.mark, unsure.state, unsure.verified_by) == ("", ValueState.VERIFIED, clerk)


def test_a_mark_is_taken_back_and_then_nobody_has_verified(held: Submission, clerk: User) -> None:
    mark(held, NAME, "illegible", by=clerk)
    marked = mark(held, NAME, "", by=clerk)
    assert (marked.mark, marked.is_verified, marked.is_doubtful) == ("", False, True)
    last = held.events.filter(kind=EventKind.MARKED).last()
    assert last is not None
    assert (last.old, last.new) == ("illegible", "corrected")


def test_the_same_mark_sent_twice_changes_nothing(held: Submission, clerk: User) -> None:
    field = present(held)
    stale = field.version
    for _ in range(3):
        correct.mark_value(field, mark="illegible", version=stale, by=clerk)
    assert held.events.filter(kind=EventKind.MARKED).count() == 1
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("word", "should_say", "code"),
    [
        ("paper_wrong", "", "shouldSayMissing"),
        ("paper_wrong", " \t", "shouldSayMissing"),
        ("paper_wrong", None, "shouldSaySame"),
        ("blank", "龙岩", "shouldSayAlone"),
        ("", "龙岩", "shouldSayAlone"),
        ("paper_wrong", "x" * 501, "valueTooLong"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(
    held: Submission, clerk: User, word: str, should_say: str | None, code: str
) -> None:
    field = present(held)
    text = field.value if should_say is None else should_say
    with pytest.raises(ReviewError) as refused:
        correct.mark_value(field, mark=word, version=field.version, by=clerk, should_say=text)
    assert refused.value.code == code
    assert present(held).mark == ""
    assert not held.events.filter(kind=EventKind.MARKED).exists()


@pytest.mark.parametrize("name", ORDER)
def test_what_every_form_has_cannot_be_missing_on_this_one(held: Submission, clerk: User, name: str) -> None:
    if name not in ON_EVERY_FORM:
        assert mark(held, name, "not_on_form", by=clerk).state == ValueState.NOT_ON_FORM
        return
    with pytest.raises(ReviewError, match="Every edition of the form has this field"):
        mark(held, name, "not_on_form", by=clerk)


def test_a_mark_against_an_older_version_is_refused(held: Submission, clerk: User) -> None:
    field = present(held)
    change(held, NAME, "龙岩", by=clerk)
    for word in ("unsure", "illegible"):
        with pytest.raises(StaleWrite):
            correct.mark_value(field, mark=word, version=1, by=clerk)
    assert present(held).value == "龙岩"


def test_only_the_holder_marks(held: Submission, clerk2: User, supervisor: User) -> None:
    for by in (clerk2, supervisor):
        with pytest.raises(ClaimLost):
            mark(held, NAME, "blank", by=by)


def test_a_finding_that_comes_later_does_not_undo_what_is_not_there(held: Submission, clerk: User) -> None:
    mark(held, "mother_id_card_number", "illegible", by=clerk)
    change(held, "mother_nationality", "美国", by=clerk, verify=False)
    change(held, "mother_age", "3", by=clerk, verify=False)
    assert present(held, "mother_id_card_number").state == ValueState.ILLEGIBLE


def test_a_record_that_was_decided_by_marks_is_submitted(held: Submission, clerk: User) -> None:
    for word, name in (("illegible", NAME), ("blank", "father_name"), ("not_on_form", "father_address")):
        mark(held, name, word, by=clerk)
    mark(held, "neonatal_name", "paper_wrong", by=clerk, should_say="王小明")
    for doubtful in held.fields.doubtful():
        correct.verify_value(doubtful, by=clerk, override_reason="as on the paper")
    correct.submit(held, by=clerk)
    assert held.status == "reviewed"


@pytest.mark.parametrize(
    "columns",
    [
        {"mark": "nonsense"},
        {"mark": "illegible"},
        {"mark": "unsure", "should_say": "x"},
        {"mark": "paper_wrong"},
        {"mark": "", "should_say": "x"},
    ],
)
def test_the_database_refuses_half_a_mark(held: Submission, clerk: User, columns: dict[str, str]) -> None:
    mark(held, NAME, "unsure", by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        held.fields.filter(name=NAME).update(**columns)


def test_the_database_refuses_an_unsure_value_that_is_verified(held: Submission, clerk: User) -> None:
    correct.verify_value(present(held), by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        held.fields.filter(name=NAME).update(mark=ValueMark.UNSURE)


@pytest.mark.django_db(transaction=True)
def test_of_a_mark_and_a_change_at_once_the_second_is_refused() -> None:
    clerk = person("clerk")
    record = submission_at("recognised")
    claim.claim(record, by=clerk)
    marked, changed = present(record), present(record)
    outcomes = race(
        partial(correct.mark_value, marked, mark="illegible", version=1, by=clerk),
        partial(correct.change, changed, value="龙岩", version=1, by=clerk),
    )
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [StaleWrite]
    now = present(record)
    is_marked = isinstance(outcomes[1], StaleWrite)
    assert (now.value, now.mark) == (("", "illegible") if is_marked else ("龙岩", ""))
