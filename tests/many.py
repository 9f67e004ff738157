"""Thousands of records for tests of plans and budgets, put in as sets instead of through the stages."""

import re
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviewapp.models import Chain, Submission, User
from reviewapp.states import Source, SubmissionStatus
from tests.factories import make_batch, person

FRAME = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)


def fill(status: SubmissionStatus | str, count: int, *, batches: int = 1, **columns: Any) -> list[Submission]:
    """Put in records of one status, spread over batches, each with the chain of its history."""
    by = person("clerk")
    made = [make_batch() for _ in range(batches)]
    begin = Submission.objects.count()
    records = [
        Submission(
            batch=made[number % batches],
            status=status,
            source=Source.UPLOAD,
            original_name=f"{number}.png",
            sha256=sha256(str(number).encode()).hexdigest(),
            media_type="image/png",
            byte_size=1,
            width=1,
            height=1,
            received_by=by,
            **columns,
        )
        for number in range(begin, begin + count)
    ]
    kept = Submission.objects.bulk_create(records)
    Chain.objects.bulk_create(Chain(submission=record, name=f"submission {record.pk}") for record in kept)
    return kept


def finished(by: User) -> dict[str, Any]:
    return {"reviewed_by": by, "reviewed_at": timezone.now()}


def analyse() -> None:
    """Let the database learn what its tables hold."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return what was asked of the database, without what only frames transactions."""
    return [query["sql"] for query in captured.captured_queries if not FRAME.match(query["sql"])]


def plan_of(queryset: QuerySet[Any, Any]) -> str:
    """Return how the database answers; on PostgreSQL with the rows that it really read."""
    if connection.vendor == "postgresql":
        return queryset.explain(analyze=True)
    return queryset.explain()
