import json
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviewapp.certificate.fields import ORDER
from reviewapp.certificate.wire import parse
from reviewapp.engines.base import Recognition, get_engine
from reviewapp.exceptions import EngineError, IllegalTransition
from reviewapp.models import DEFAULT_THRESHOLD, Batch, Event, Field, RecognitionResult, Submission, Threshold, User
from reviewapp.stages import recognise
from reviewapp.stages.flag import judge_again
from reviewapp.states import EventKind, SubmissionStatus
from tests.factories import AnswerEngine, answer, person, receive, submission_at

pytestmark = pytest.mark.django_db


def flags_of(submission: Submission) -> dict[str, set[str]]:
    return {
        field.name: {flag.code for flag in field.flags.all()}
        for field in submission.fields.prefetch_related("flags")
        if field.flags.all()
    }


def test_a_picture_that_is_read_has_its_23_fields_and_the_answer_as_it_came() -> None:
    submission, data = receive(), answer()

    recognise.recognise(submission, engine=AnswerEngine(data))

    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED
    assert {field.spec.key: field.value for field in submission.fields.all()} == data["data"]
    assert submission.recognitions.get().data == data
    assert Event.objects.filter(submission=submission, kind=EventKind.RECOGNISED, by=None).count() == 1


def test_doubt_is_flagged_with_a_sentence() -> None:
    data = answer(
        {"sex": "易", "birth_place": ""},
        probs={"mother_name": DEFAULT_THRESHOLD - 1, "mother_age": DEFAULT_THRESHOLD},
        without_place=("issue_date",),
    )
    data["prism_keyValueInfo"][2]["valuePos"][0]["x"] = 900
    submission = receive()

    recognise.recognise(submission, engine=AnswerEngine(data))

    assert flags_of(submission) == {
        "sex": {"sex_unknown"},
        "birth_time": {"polygon_outside"},
        "mother_name": {"low_probability"},
        "birth_place": {"missing"},
        "issue_date": {"no_polygon"},
    }
    sentences = [flag.sentence for field in submission.fields.all() for flag in field.flags.all()]
    assert all("%(" not in sentence for sentence in sentences)


def test_a_threshold_that_an_administrator_set_decides() -> None:
    Threshold.objects.create(name="mother_name", percent=80)
    submission = receive()

    recognise.recognise(submission, engine=AnswerEngine(answer(probs={"mother_name": 85, "father_name": 85})))

    assert flags_of(submission) == {"father_name": {"low_probability"}}


@pytest.mark.parametrize("code", ["unmatchedImageType", "algorithmError", "AlgorithmTimeout"])
def test_an_engine_that_fails_leaves_the_picture_and_a_sentence(code: str) -> None:
    submission = receive()

    recognise.recognise(submission, engine=AnswerEngine(error=code))

    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.FAILED
    assert submission.failure_sentence == str(EngineError(code))
    assert submission.original.storage.exists(submission.original.name)


def test_an_engine_that_breaks_leaves_the_picture_and_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(AnswerEngine):
        def recognise(self, picture: bytes) -> Recognition:
            raise ZeroDivisionError

    submission = receive()
    recognise.recognise(submission, engine=Broken())

    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, "algorithmError")
    assert "ZeroDivisionError" in caplog.text


def boxed_answer() -> dict[str, Any]:
    """Return an answer that tells of which boxes its values were put together."""
    data = answer()
    sex = data["data"]["sex"]
    boxes = [{"det_cls": ORDER["sex"], "rec_tcc": sex, "rec_alternatives": ["男", "女", "又"]}]
    return data | {"debug_info": {"kv_info": boxes}}


def readings_of(submission: Submission) -> list[tuple[Any, ...]]:
    return list(submission.fields.order_by("position").values_list("name", "parts", "alternatives", "second_value"))


def test_parts_and_alternatives_are_kept_with_the_field() -> None:
    data, submission = boxed_answer(), receive()
    recognise.recognise(submission, engine=AnswerEngine(data))
    read = parse(data).fields
    assert read["sex"].alternatives
    kept = {name: (tuple(parts), tuple(others)) for name, parts, others, _ in readings_of(submission)}
    assert kept == {name: (field.parts, field.alternatives) for name, field in read.items()}


def test_judging_again_reads_no_answer() -> None:
    submission = receive()
    recognise.recognise(submission, engine=AnswerEngine(boxed_answer()))
    with CaptureQueriesContext(connection) as queries:
        judge_again(submission)
    assert not [query["sql"] for query in queries if "recognitionresult" in query["sql"]]


def test_a_second_answer_that_says_nothing_is_kept_and_no_opinion() -> None:
    submission, second = receive(), Recognition("local", {}, 0.1)
    recognise.keep_answer(submission, Recognition("aliyun", answer(), 0.1, second=second))
    assert submission.recognitions.count() == 2
    assert flags_of(submission) == {}


def test_the_migration_keeps_readings_of_answers_that_are_stored() -> None:
    read, second = boxed_answer(), Recognition("local", answer({"mother_age": "29"}), 0.1)
    submission, once = receive(), receive()
    recognise.keep_answer(submission, Recognition("aliyun", {}, 0.1))
    recognise.retry(submission, by=person("clerk"))
    recognise.keep_answer(submission, Recognition("aliyun", read, 0.1, second=second))
    recognise.recognise(once, engine=AnswerEngine(read))
    before = [readings_of(record) for record in (submission, once)]
    Field.objects.update(parts=[], alternatives=[], second_value="")
    import_module("reviewapp.migrations.0008_readings_with_fields").keep_readings(apps, None)
    assert [readings_of(record) for record in (submission, once)] == before
    assert before[0] != before[1]


NAN, HUGE = float("nan"), 10**400
ODD_ANSWERS: dict[str, Any] = {
    "null": None,
    "a list": [],
    "a text": "Data",
    "nothing": {},
    "no field of ours": {"data": {"name": "读光"}},
    "data is a list": {"data": ["读光"], "prism_keyValueInfo": None},
    "Data is a number": {"Data": 5},
}


@pytest.mark.parametrize("data", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_an_answer_that_says_nothing_fails_with_a_sentence_and_is_kept(data: Any) -> None:
    submission = receive()

    recognise.recognise(submission, engine=AnswerEngine(data))

    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.FAILED, "unreadableAnswer")
    assert json.loads(RecognitionResult.objects.get().answer) == data


def test_an_answer_with_missing_null_nan_huge_and_nested_values_is_read_as_far_as_it_goes() -> None:
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]
    data = answer()
    entries = data["prism_keyValueInfo"]
    data["data"] |= {
        "sex": None,
        "motherAge": NAN,
        "fatherAge": HUGE,
        "motherName": deep,
        "fatherName": "李\x00四\ud800",
    }
    entries[2] = None
    entries[3]["valueProb"] = NAN
    entries[4]["valuePos"] = [{"x": NAN, "y": 0}, {"x": 0, "y": HUGE}, {"x": 1}, {}]
    entries[5]["valuePos"] = deep
    entries[6]["valueProb"] = HUGE
    del data["data"]["birthPlace"]
    submission = receive()

    recognise.recognise(submission, engine=AnswerEngine(data))

    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.RECOGNISED
    fields = {field.name: field for field in Field.objects.filter(submission=submission)}
    assert len(fields) == 23
    assert fields["father_name"].value == "李四"
    assert fields["gestational_age"].value_prob is None
    assert fields["birth_weight"].polygon is None
    assert "low_probability" in flags_of(submission)["gestational_age"]


def test_two_workers_that_read_the_same_picture_make_its_fields_once() -> None:
    submission = receive()
    second = Submission.objects.get(pk=submission.pk)

    recognise.recognise(submission, engine=AnswerEngine())
    recognise.recognise(second, engine=AnswerEngine(answer({"sex": "女"})))

    assert submission.recognitions.count() == 1
    assert submission.fields.count() == 23


def test_a_stored_picture_that_is_gone_is_said_so() -> None:
    submission = Submission.objects.get(pk=receive().pk)
    submission.original.storage.delete(submission.original.name)

    recognise.recognise(submission, engine=AnswerEngine())

    submission.refresh_from_db()
    assert submission.failure_code == "pictureMissing"


def test_a_failed_picture_is_read_when_somebody_tries_again(clerk: User) -> None:
    submission = submission_at(SubmissionStatus.FAILED)

    recognise.retry(submission, by=clerk)
    assert submission.status == SubmissionStatus.RECEIVED
    recognise.recognise(submission, engine=AnswerEngine())

    submission.refresh_from_db()
    assert (submission.status, submission.failure_code) == (SubmissionStatus.RECOGNISED, "")
    assert Batch.objects.get(pk=submission.batch_id).status == "open"


def test_only_a_failed_picture_can_be_tried_again(clerk: User) -> None:
    with pytest.raises(IllegalTransition):
        recognise.retry(submission_at(SubmissionStatus.RECOGNISED), by=clerk)


def test_an_engine_that_nobody_knows_is_named_with_those_that_exist() -> None:
    with pytest.raises(EngineError) as refusal:
        get_engine("tesseract")
    assert "tesseract" in str(refusal.value)
    assert "local" in str(refusal.value)
