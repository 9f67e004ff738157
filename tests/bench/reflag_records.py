"""Stored records for the measurement of flagging anew: as many as asked for, without pictures."""

import json
import random
from collections.abc import Iterable
from itertools import batched

from reviewapp.certificate.fields import FIELDS, ORDER
from reviewapp.models import Batch, Field, RecognitionResult, Submission, Threshold, User
from reviewapp.states import Role, Source, SubmissionStatus
from tests.factories import SIZE, answer, polygon, true_values

AT_ONCE = 1000
DOUBTED = "mother_name"


def make(count: int) -> None:
    """Store true records that one engine has read; every tenth mother's name at 85 %."""
    by = User.objects.create_user("admin", role=Role.ADMIN)
    batch = Batch.objects.create(name="measured", created_by=by)
    for numbers in batched(range(count), AT_ONCE):
        _store(numbers, batch, by)


def _store(numbers: Iterable[int], batch: Batch, by: User) -> None:
    values = {number: true_values(random.Random(number).getrandbits(48)) for number in numbers}
    width, height = SIZE
    shared = {"batch": batch, "received_by": by, "source": Source.UPLOAD, "width": width, "height": height}
    state = {"status": SubmissionStatus.RECOGNISED, "byte_size": 1, "media_type": "image/png"}
    records = Submission.objects.bulk_create(
        Submission(sha256=f"{number:064x}", original=f"{number}.png", **shared, **state) for number in values
    )
    probs = {number: {DOUBTED: 85 if number % 10 == 0 else 99} for number in values}
    both = list(zip(records, values, strict=True))
    RecognitionResult.objects.bulk_create(
        RecognitionResult(
            submission=record,
            engine="aliyun",
            seconds=1,
            answer=json.dumps(answer(values[number], probs=probs[number])),
        )
        for record, number in both
    )
    Field.objects.bulk_create(
        field for record, number in both for field in _fields(record, values[number], probs[number])
    )


def _fields(record: Submission, values: dict[str, str], probs: dict[str, int]) -> Iterable[Field]:
    for spec in FIELDS:
        value, position = values[spec.name], ORDER[spec.name]
        prob = probs.get(spec.name, 99) if value else 100
        read = {"read_value": value, "value": value, "value_prob": prob, "polygon": polygon(position)}
        yield Field(submission=record, name=spec.name, position=position, **read)


def set_threshold(percent: int, *, everywhere: bool) -> None:
    """Set the threshold of the doubted field, or of all."""
    for name in ORDER if everywhere else [DOUBTED]:
        Threshold.objects.update_or_create(name=name, defaults={"percent": percent})
