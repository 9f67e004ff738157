"""Recognise: an engine reads the picture; its answer is stored as it came, parsed and flagged."""

import json
import logging
from dataclasses import asdict

from django.conf import settings
from django.db import transaction

from reviewapp.certificate.fields import ORDER, Record
from reviewapp.certificate.wire import parse
from reviewapp.digests import digest
from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import (
    OUTAGES,
    EngineError,
    EnginePaused,
    IllegalTransition,
    InvalidImage,
    PictureSwapped,
    StorageOutage,
)
from reviewapp.models import Field, RecognitionResult, Submission, User
from reviewapp.pictures.files import opened
from reviewapp.search import index
from reviewapp.stages.flag import judge_again
from reviewapp.states import SubmissionStatus
from reviewapp.transitions import move, settle

logger = logging.getLogger(__name__)


def recognise(submission: Submission, *, engine: Engine) -> None:
    """Read a received picture and make its 23 fields.

    1. Nothing to do for a record that was read before. 2. The answer. 3. What it says. A failure
    becomes the record's status with a sentence. When two workers read the same picture, the first
    one to finish counts. Raises EnginePaused, and leaves the record as it is, while the engine
    takes no picture.
    """
    if submission.status != SubmissionStatus.RECEIVED:
        return

    try:
        recognition = read(submission, engine)
    except EngineError as error:
        fail(submission, error)
        return
    keep_answer(submission, recognition)


def keep_answer(submission: Submission, recognition: Recognition) -> None:
    """Make a received picture's 23 fields of an engine's answer.

    An answer that cannot be understood becomes the record's status with a sentence.
    """
    try:
        record = _on_screen(submission, parse(recognition.data))
        _store(submission, recognition, record)
    except EngineError as error:
        fail(submission, error, recognition=recognition)
    except IllegalTransition:
        logger.info("read twice", extra={"submission": submission.pk})


def read(submission: Submission, engine: Engine) -> Recognition:
    """Return the engine's answer.

    Whatever goes wrong is an EngineError with a sentence, or EnginePaused. The place of the
    pictures, and the database of an engine that keeps accounts, may be away, which is no fault of
    the picture: that is raised as it is, StorageOutage or one of OUTAGES.
    """
    try:
        content = submission.picture_content("original")
    except FileNotFoundError as error:
        logger.exception("stored picture missing", extra={"submission": submission.pk})
        raise EngineError("pictureMissing") from error
    except PictureSwapped as error:
        raise EngineError(error.code) from error
    try:
        return engine.recognise(content)
    except (EngineError, EnginePaused, StorageOutage, *OUTAGES):
        raise
    except Exception as error:
        logger.exception(
            "engine failed", extra={"submission": submission.pk, "engine": engine.name}
        )
        raise EngineError("algorithmError") from error


def _on_screen(submission: Submission, record: Record) -> Record:
    """Return an answer with its places in the picture as it is shown.

    Engines count in the file's pixels, which are not always square. The file is asked only where
    the answer's sides are not those of the picture as shown.
    """
    if record.sides == (submission.width, submission.height):
        return record
    try:
        content = submission.picture_content("original")
        return record.stretched(opened(content).scale)
    except (FileNotFoundError, InvalidImage):
        logger.exception("stored picture missing", extra={"submission": submission.pk})
        return record


@transaction.atomic
def _store(submission: Submission, recognition: Recognition, record: Record) -> None:
    """Keep the answers, which the record's event names with their digests, and make its fields."""
    answers = _keep(submission, recognition)
    second = Record.empty()
    if recognition.second is not None:
        answers |= _keep(submission, recognition.second)
        second = _parsed_if_possible(recognition.second)

    values = {"failure_code": "", "failure_params": {}, "signs": asdict(record.signs)}
    params = {"answers": answers}
    move(submission, SubmissionStatus.RECOGNISED, by=None, params=params, values=values)

    _make_fields(submission, record, second)
    judge_again(submission)


def _parsed_if_possible(recognition: Recognition) -> Record:
    """Return what an answer says; one that cannot be understood says nothing."""
    try:
        return parse(recognition.data)
    except EngineError:
        return Record.empty()


def _keep(submission: Submission, recognition: Recognition) -> dict[str, str]:
    """Store an answer as it came; return its key, as JSON has keys, with the text's digest."""
    answer = json.dumps(recognition.data)
    result = RecognitionResult.objects.create(
        submission=submission,
        engine=recognition.engine,
        answer=answer,
        request_id=recognition.request_id,
        seconds=recognition.seconds,
    )
    return {str(result.pk): digest(answer.encode(), algorithm=settings.HISTORY_DIGEST)}


def _make_fields(submission: Submission, record: Record, second: Record) -> None:
    """Store all that a judgement will need of the answers, so that none reads them again."""
    fields = [
        Field(
            submission=submission,
            name=name,
            position=ORDER[name],
            read_value=read.value,
            value=read.value,
            value_prob=read.prob,
            polygon=read.polygon,
            parts=read.parts,
            alternatives=read.alternatives,
            second_value=second.fields[name].value,
        )
        for name, read in record.fields.items()
    ]
    Field.objects.bulk_create(fields)
    index.add_values(submission, fields)


@transaction.atomic
def fail(
    submission: Submission,
    error: EngineError | InvalidImage,
    *,
    recognition: Recognition | None = None,
) -> None:
    """Put the record aside with the error's sentence, and with the answer when there was one."""
    answers = _keep(submission, recognition) if recognition is not None else {}
    values = {"failure_code": error.code, "failure_params": error.params}
    params = {"code": error.code, "params": error.params, "answers": answers}
    move(submission, SubmissionStatus.FAILED, by=None, params=params, values=values)


@transaction.atomic
def retry(submission: Submission, *, by: User) -> None:
    """Let a picture that failed be read again. Raises IllegalTransition when it has not failed."""
    move(submission, SubmissionStatus.RECEIVED, by=by)
    settle(submission.batch, by=by)
