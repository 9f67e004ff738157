"""People who save values at the same time, with the history as it is and with events that are bound to nothing.

Runs in a process of its own beside the product's models. The other history is what the product had before: an insert
into a table with the same columns, but without chain, number and the digest of the event before.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from itertools import cycle
from unittest.mock import patch

from django.db import connection, models
from django.test import Client
from django.utils import timezone

from reviewapp.models import Event, Field, Submission, User
from reviewapp.stages import claim, correct
from reviewapp.states import Role
from tests.factories import begin_again, make_batch, person, submission_at

NAME = "mother_address"
TEXTS = ("云南省昆明市五华区翠湖南路1号", "云南省昆明市五华区翠湖南路2号")

type Step = Callable[[str], object]


class UnboundEvent(models.Model):
    """An event as it was before events were bound to each other."""

    kind = models.CharField(max_length=30)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    submission = models.ForeignKey(Submission, models.DO_NOTHING, null=True, related_name="+")
    field_name = models.CharField(max_length=40)
    old = models.TextField()
    new = models.TextField()
    reason = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        app_label = "reviewapp"
        db_table = "bench_unbound_event"


def append_unbound(events: Iterable[Event]) -> None:
    UnboundEvent.objects.bulk_create(
        UnboundEvent(
            kind=event.kind,
            at=timezone.now(),
            by_id=event.by_id,
            submission_id=event.submission_id,
            field_name=event.field_name,
            old=event.old,
            new=event.new,
            reason=event.reason,
            params=event.params,
        )
        for event in events
    )


def measure(clerks: int, seconds: float, rounds: int) -> None:
    """Print steps a second of each block, for both histories, by stage and by request; the two take turns."""
    with connection.schema_editor() as editor:
        editor.create_model(UnboundEvent)
    begin_again()
    held = [_held(number) for number in range(clerks)]
    measured: dict[str, dict[str, list[float]]] = {}
    for kind, steps in {
        "stage": [_by_stage(*one) for one in held],
        "request": [_by_request(*one) for one in held],
    }.items():
        _block(steps, seconds=1)
        measured[kind] = {"bound": [], "unbound": []}
        for number in range(rounds):
            # Which of the two is first takes turns, too.
            order = ("bound", "unbound") if number % 2 else ("unbound", "bound")
            for name in order:
                with _history(name):
                    measured[kind][name].append(_block(steps, seconds=seconds))
    print(json.dumps(measured))


def _history(name: str) -> AbstractContextManager[object]:
    return nullcontext() if name == "bound" else patch.object(correct, "append", append_unbound)


def _held(number: int) -> tuple[Submission, User]:
    """Return a record and the clerk who holds it."""
    by = User.objects.create_user(f"clerk-{number}", role=Role.CLERK)
    record = submission_at("recognised", batch=make_batch("measured"), by=person("admin"), is_rendered=False)
    claim.claim(record, by=by)
    return record, by


def _by_stage(record: Submission, by: User) -> Step:
    def step(text: str) -> None:
        field = Field.objects.select_related("submission").get(submission=record, name=NAME)
        correct.change(field, value=text, version=field.version, by=by)

    return step


def _by_request(record: Submission, by: User) -> Step:
    """Return a step that goes through all of the server but its sockets."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(by)
    address = f"/records/{record.pk}/fields/{NAME}/"

    def step(text: str) -> None:
        version = Field.objects.values_list("version", flat=True).get(submission=record, name=NAME)
        response = client.post(address, {"value": text, "version": version}, headers={"HX-Request": "true"})
        assert response.status_code == 200, response.content

    return step


def _block(steps: Iterable[Step], *, seconds: float) -> float:
    """Let each person save values for some seconds, all at once; return steps a second."""
    until = time.monotonic() + seconds
    counts: list[int] = []

    def work(step: Step) -> None:
        count = 0
        for text in cycle(TEXTS):
            if time.monotonic() > until:
                break
            step(text)
            count += 1
        counts.append(count)
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == len(threads), "somebody stopped"
    return sum(counts) / (time.perf_counter() - begun)
