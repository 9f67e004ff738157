"""Approved records for the measurement of exports, and the exports: run in processes of the product."""

import random
import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched
from typing import Any

from django.utils import timezone

from reviewapp.approved_rows import approved_rows
from reviewapp.certificate.fields import FIELDS, ORDER
from reviewapp.digests import digest
from reviewapp.history import append
from reviewapp.models import Approval, Batch, Event, Export, ExportFormat, ExportPhase, Field, Submission, User
from reviewapp.stages import export as exporting
from reviewapp.states import EventKind, Role, Source, SubmissionStatus
from tests.factories import SIZE, polygon, true_values
from tests.guards import guards_off

AT_ONCE = 2000
DIFFERENT = 500
REASON = "Filled in for a measurement."


def make(count: int) -> None:
    """Fill in approved records, each received, reviewed and approved by somebody, with real digests."""
    people = [
        User.objects.create_user(name, role=role, password=None)
        for name, role in (("admin", Role.ADMIN), ("clerk", Role.CLERK), ("supervisor", Role.SUPERVISOR))
    ]
    batch = Batch.objects.create(name="measured", created_by=people[0])
    samples = [true_values(random.Random(number).getrandbits(48)) for number in range(DIFFERENT)]
    with guards_off():
        for numbers in batched(range(count), AT_ONCE):
            _store(numbers, batch, people, samples)


def _store(numbers: Iterable[int], batch: Batch, people: list[User], samples: list[dict[str, str]]) -> None:
    _admin, clerk, supervisor = people
    width, height = SIZE
    now = timezone.now() - timedelta(minutes=1)
    shared = {"batch": batch, "received_by": clerk, "source": Source.UPLOAD, "width": width, "height": height}
    state = {"status": SubmissionStatus.APPROVED, "byte_size": 1, "media_type": "image/png", "version": 3}
    done = {"reviewed_by": clerk, "reviewed_at": now, "approved_by": supervisor, "approved_at": now}
    records = Submission.objects.bulk_create(
        Submission(
            sha256=f"{number:064x}",
            original=f"{number}.png",
            original_name=f"scan-{number:07}.png",
            **shared,
            **state,
            **done,
        )
        for number in numbers
    )
    Field.objects.bulk_create(
        Field(
            submission=record,
            name=spec.name,
            position=ORDER[spec.name],
            read_value=values[spec.name],
            value=values[spec.name],
            value_prob=99,
            polygon=polygon(ORDER[spec.name]),
        )
        for record, values in ((record, samples[record.pk % DIFFERENT]) for record in records)
        for spec in FIELDS
    )
    append(Event(kind=EventKind.RECEIVED, by=clerk, submission=record) for record in records)
    Approval.objects.bulk_create(
        Approval(submission_id=row.pk, version=3, digest=digest(row.content, algorithm="sha256"), by=supervisor, at=now)
        for row in approved_rows([record.pk for record in records])
    )


def wish(format: str) -> int:
    made = exporting.wish(
        by=User.objects.get(username="admin"),
        format=ExportFormat(format),
        columns=list(exporting.COLUMNS),
        queue=lambda pk: None,
        balance_reason=REASON,
    )
    return made.pk


def export(format: str) -> dict[str, Any]:
    """Export all; return how long the file took, how long all took, and where the file lies."""
    made = Export.objects.get(pk=wish(format))
    begun = time.perf_counter()
    exporting._take(made)
    while made.phase != ExportPhase.WRITING:
        exporting.bring_further(made)
    left = time.perf_counter()
    exporting.bring_further(made)
    ended = time.perf_counter()
    return {"file_s": ended - left, "whole_s": ended - begun, "path": made.file.path}


def state(pk: int) -> list[Any]:
    return list(Export.objects.values_list("phase", "progress").get(pk=pk))


def finish(pk: int) -> dict[str, Any]:
    """Bring an export to its end; return its rows, and how many records left with one event each."""
    made = Export.objects.get(pk=pk)
    exporting.go_on(made)
    made.refresh_from_db()
    events = Event.objects.filter(kind=EventKind.EXPORTED, params__export=pk)
    return {
        "phase": made.phase,
        "rows": made.written_count,
        "items": made.items.count(),
        "events": events.count(),
        "records_with_events": events.values("submission").distinct().count(),
    }
