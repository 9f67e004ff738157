"""Records with long histories for the measurement of verify_history: as many events as asked for, without pictures."""

import json
import random
from collections.abc import Iterator
from itertools import batched

from django.conf import settings
from django.utils import timezone

from reviewapp.certificate.fields import ORDER
from reviewapp.digests import digest
from reviewapp.history import _bind, chain_name
from reviewapp.models import Batch, Chain, Correction, Event, Field, RecognitionResult, Submission, User
from reviewapp.states import EventKind, Role, Source, SubmissionStatus
from tests.factories import SIZE, answer, true_values

AT_ONCE = 400
CORRECTED = ("mother_name", "father_name", "mother_address")
VERIFIED, VIEWED = 8, 9
# What each record has: received, read, claimed, corrected, verified, submitted, and looked at.
EVENTS_OF_ONE = 4 + len(CORRECTED) + VERIFIED + VIEWED
# Different values cost time to invent and nothing to prove.
DIFFERENT = 50


def make(count: int) -> None:
    """Add records until there are `count` events or a few more."""
    by, _is_new = User.objects.get_or_create(username="clerk", defaults={"role": Role.CLERK})
    batch, _is_new = Batch.objects.get_or_create(name="measured", defaults={"created_by": by})
    present = Submission.objects.count()
    for numbers in batched(range(present, -(-count // EVENTS_OF_ONE)), AT_ONCE):
        _store(list(numbers), batch, by)


def _store(numbers: list[int], batch: Batch, by: User) -> None:
    """Store some records: 1. the records; 2. their answers and values; 3. their events, bound as the product does."""
    records = Submission.objects.bulk_create(_record(number, batch, by) for number in numbers)
    chains = Chain.objects.bulk_create(
        Chain(name=chain_name("submission_id", record.pk), submission=record) for record in records
    )
    values = [true_values(number % DIFFERENT) for number in numbers]
    texts = [json.dumps(answer(of_one)) for of_one in values]
    answers = RecognitionResult.objects.bulk_create(
        RecognitionResult(submission=record, engine="replay", seconds=1, answer=text)
        for record, text in zip(records, texts, strict=True)
    )
    fields = Field.objects.bulk_create(
        Field(
            submission=record,
            name=name,
            position=ORDER[name],
            read_value=value,
            value=f"{value}改" if name in CORRECTED else value,
            value_prob=99,
        )
        for record, of_one in zip(records, values, strict=True)
        for name, value in of_one.items()
    )
    Correction.objects.bulk_create(
        Correction(field=field, old_value=field.read_value, new_value=field.value, by=by)
        for field in fields
        if field.name in CORRECTED
    )

    events = []
    now = timezone.now()
    for kept, record, chain, of_one in zip(answers, records, chains, values, strict=True):
        sealed = {str(kept.pk): digest(kept.answer.encode(), algorithm=settings.HISTORY_DIGEST)}
        for event in _events(record, of_one, sealed, by):
            _bind(event, chain, at=now)
            events.append(event)
    Event.objects.bulk_create(events)
    Chain.objects.bulk_update(chains, ["length", "head"])


def _record(number: int, batch: Batch, by: User) -> Submission:
    width, height = SIZE
    return Submission(
        batch=batch,
        status=SubmissionStatus.REVIEWED,
        version=3,
        source=Source.COMMAND,
        original_name=f"{number}.png",
        original=f"{number}.png",
        sha256=f"{number:064x}",
        media_type="image/png",
        byte_size=1,
        width=width,
        height=height,
        received_by=by,
        reviewed_by=by,
        reviewed_at=timezone.now(),
    )


def _events(record: Submission, values: dict[str, str], sealed: dict[str, str], by: User) -> Iterator[Event]:
    received, recognised, reviewed = SubmissionStatus.RECEIVED, SubmissionStatus.RECOGNISED, SubmissionStatus.REVIEWED
    common = {"submission": record, "by": by}
    yield Event(kind=EventKind.RECEIVED, new=received, **common)
    yield Event(kind=EventKind.RECOGNISED, submission=record, old=received, new=recognised, params={"answers": sealed})
    yield Event(kind=EventKind.CLAIMED, **common)
    for name in CORRECTED:
        old = values[name]
        yield Event(kind=EventKind.CORRECTED, field_name=name, old=old, new=f"{old}改", **common)
    for name in random.Random(record.pk).sample(sorted(values), VERIFIED):
        yield Event(kind=EventKind.VERIFIED, field_name=name, new=values[name], **common)
    yield Event(kind=EventKind.SUBMITTED, old=recognised, new=reviewed, **common)
    for _ in range(VIEWED):
        yield Event(kind=EventKind.VIEWED, **common)
