"""What is done in a demonstration before the pictures of the help pages are taken."""

import json

from django.test import Client

from reviewapp.models import Batch, Submission
from reviewapp.stages import claim, correct
from tests.factories import change, person, verify_all


def work() -> None:
    """Let a clerk review some records and log everybody in; print sessions by person, and keys by place.

    1. The record with most doubts stays in a clerk's hand. 2. Others are submitted, one with a correction and one
    against a rule. 3. The sessions. 4. The places.
    """
    clerk, other = person("clerk"), person("clerk2")
    records = list(Submission.objects.filter(status="recognised").order_by("pk"))
    doubtful = max(records, key=lambda record: record.fields.doubtful().count())
    records.remove(doubtful)
    claim.claim(doubtful, by=clerk)
    for record in records[:4]:
        claim.claim(record, by=other)
        if record == records[0]:
            change(record, "birth_weight", "3270", by=other)
        if record == records[1]:
            change(record, "mother_age", "47", by=other)
        verify_all(record, by=other)
        correct.submit(record, by=other)

    sessions = {}
    for name in ("clerk", "supervisor", "auditor", "admin"):
        browser = Client()
        browser.force_login(person(name))
        sessions[name] = browser.cookies["sessionid"].value
    batch = Batch.objects.order_by("pk").first()
    assert batch is not None
    places = {"held": doubtful.pk, "reviewed": records[1].pk, "batch": batch.pk}
    print(json.dumps(sessions | {name: str(pk) for name, pk in places.items()}))  # noqa: T201 – the answer
