"""Bind the events that are there into chains, and seal what was approved before there were any.

Each record gets one more event that holds the digests of its picture, of the engines' answers and
of what was approved, as they are now: what was changed before this moment cannot be told any more,
what is changed afterwards can.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from reviewapp.certificate.fields import BY_NAME
from reviewapp.digests import canonical, digest

CHUNK = 500


def _bind(apps: Any, schema_editor: Any) -> None:
    event_model = apps.get_model("reviewapp", "Event")
    submission_model = apps.get_model("reviewapp", "Submission")
    for pks in batched(submission_model.objects.order_by("pk").values_list("pk", flat=True), CHUNK):
        _bind_records(apps, pks)
    for pks in batched(
        apps.get_model("reviewapp", "Batch").objects.order_by("pk").values_list("pk", flat=True),
        CHUNK,
    ):
        events = event_model.objects.filter(submission=None, batch__in=pks).order_by("pk")
        _bind_each(apps, "batch", events, pks)
    others = event_model.objects.filter(submission=None, batch=None).order_by("pk")
    people = sorted({by for by in others.values_list("by", flat=True).distinct() if by})
    for person in people:
        _bind_each(apps, "by", others.filter(by=person), [person])
    _bind_chain(apps, "house", {}, others.filter(by=None))


def _bind_each(apps: Any, column: str, events: Iterable[Any], pks: Iterable[int]) -> None:
    by_owner = defaultdict(list)
    for event in events:
        by_owner[getattr(event, f"{column}_id")].append(event)
    owner = "person" if column == "by" else column
    for pk in pks:
        if by_owner[pk]:
            _bind_chain(apps, f"{owner} {pk}", {f"{owner}_id": pk}, by_owner[pk])


def _bind_records(apps: Any, pks: Iterable[int]) -> None:
    event_model = apps.get_model("reviewapp", "Event")
    by_record = defaultdict(list)
    for event in event_model.objects.filter(submission__in=pks).order_by("pk"):
        by_record[event.submission_id].append(event)

    seals = dict(_seals(apps, pks))
    now = timezone.now()
    for pk in pks:
        sealed = event_model(submission_id=pk, kind="sealed", at=now, params=seals[pk])
        chain = _bind_chain(apps, f"submission {pk}", {"submission_id": pk}, by_record[pk])
        _add(event_model, chain, sealed)


def _bind_chain(apps: Any, name: str, owner: dict[str, Any], events: Iterable[Any]) -> Any:
    events = list(events)
    chain = apps.get_model("reviewapp", "Chain").objects.create(name=name, **owner)
    for event in events:
        _place(chain, event)
    if events:
        type(events[0]).objects.bulk_update(events, ["chain", "number", "previous"], CHUNK)
    chain.save()
    return chain


def _add(event_model: Any, chain: Any, event: Any) -> None:
    _place(chain, event)
    event.save()
    chain.save()


def _place(chain: Any, event: Any) -> None:
    event.chain = chain
    event.number = chain.length + 1
    event.previous = chain.head
    content = {
        "chain": chain.name,
        "number": event.number,
        "previous": event.previous,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": event.by_id,
        "person": event.person_id,
        "submission": event.submission_id,
        "batch": event.batch_id,
        "field": event.field_name,
        "old": event.old,
        "new": event.new,
        "reason": event.reason,
        "params": event.params,
        "address": event.address,
    }
    chain.length = event.number
    chain.head = digest(canonical(content), algorithm=settings.HISTORY_DIGEST)


def _seals(apps: Any, pks: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield for each record the digests of what it holds, and approve anew what is approved."""
    submission_model = apps.get_model("reviewapp", "Submission")
    result_model = apps.get_model("reviewapp", "RecognitionResult")
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    for pk, record, answer in result_model.objects.filter(submission__in=pks).values_list(
        "pk", "submission_id", "answer"
    ):
        answers[record][str(pk)] = digest(answer.encode(), algorithm=settings.HISTORY_DIGEST)

    for submission in submission_model.objects.filter(pk__in=pks):
        params: dict[str, Any] = {"picture": submission.sha256}
        if answers[submission.pk]:
            params["answers"] = answers[submission.pk]
        if submission.status == "approved":
            params["digest"] = _approve(apps, submission)
        yield submission.pk, params


def _approve(apps: Any, submission: Any) -> str:
    """Make the approval of a record that was approved before there were any."""
    fields = list(submission.fields.order_by("position").select_related("verified_by"))
    flags = apps.get_model("reviewapp", "Flag").objects.filter(
        field__submission=submission, severity="E"
    )
    overrides = []
    for flag in flags.exclude(field__verified_by=None).order_by("field__position", "pk"):
        field = flag.field
        overrides.append(
            {
                "field": BY_NAME[field.name].key,
                "rule": flag.code,
                "reason": field.override_reason,
                "by": field.verified_by.username,
            }
        )
    content = {
        "record": submission.pk,
        "picture": submission.sha256,
        "values": {BY_NAME[field.name].key: field.value for field in fields},
        "states": {BY_NAME[field.name].key: _state(field) for field in fields},
        "shouldSay": {},
        "overrides": overrides,
    }
    written = digest(canonical(content), algorithm=settings.HISTORY_DIGEST)
    apps.get_model("reviewapp", "Approval").objects.create(
        submission=submission,
        version=submission.version,
        digest=written,
        by_id=submission.approved_by_id,
        at=submission.approved_at,
    )
    return written


def _state(field: Any) -> str:
    if field.value != field.read_value:
        return "corrected" if field.read_value else "missed"
    return "read" if field.verified_by_id is None else "verified"


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0013_history")]

    operations = [migrations.RunPython(_bind, migrations.RunPython.noop)]
