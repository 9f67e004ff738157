"""What must be there when the clerks have gone: each record in one pair of hands, done once, with every event.

Runs in a process of its own beside the product's models, with the clerks' diaries.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reviewapp.administration.proof import Proof
from reviewapp.models import Event, Field, Submission
from reviewapp.states import EventKind, SubmissionStatus
from tests.bench.queue.cast import DOUBTED

# Of a chain and its record, as many as prove the rest within a minute.
PROVED = 300
EXPECTED = {EventKind.CORRECTED: 2, EventKind.VERIFIED: 2, EventKind.SUBMITTED: 1}


def measure(path: str) -> None:
    """Print what is wrong, in sentences, and how much was looked at."""
    diaries = json.loads(Path(path).read_text())
    finished = [pk for diary in diaries for pk in diary["finished"]]
    problems = [*_held_by_two(diaries), *_done_twice(finished), *_not_there(diaries), *_unproved(finished)]
    print(json.dumps({"finished": len(finished), "proved": min(PROVED, len(finished)), "problems": problems[:20]}))


def _held_by_two(diaries: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Tell of records that two clerks had in hand in one run; they give back what they have at its end."""
    for run in sorted({diary["run"] for diary in diaries}):
        held = Counter(pk for diary in diaries if diary["run"] == run for pk in set(diary["opened"]))
        yield from (f"#{pk} was in the hands of {times} clerks" for pk, times in held.items() if times > 1)
    held_still = Submission.objects.exclude(claimed_by=None).count()
    if held_still:
        yield f"{held_still} records are held by clerks who have gone"


def _done_twice(finished: Sequence[int]) -> Iterator[str]:
    yield from (f"#{pk} was finished {times} times" for pk, times in Counter(finished).items() if times > 1)


def _not_there(diaries: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Tell of records that are not as their clerk left them, and of events that are not there."""
    for diary in diaries:
        pks = diary["finished"]
        by = diary["name"]
        found = Submission.objects.filter(pk__in=pks, status=SubmissionStatus.REVIEWED, reviewed_by__username=by)
        if found.count() != len(pks):
            yield f"of {len(pks)} records of {by}, {found.count()} are reviewed"
        verified = Field.objects.filter(submission__in=pks, name__in=DOUBTED, verified_by__username=by).count()
        if verified != len(DOUBTED) * len(pks):
            yield f"{verified} values of {len(pks)} records of {by} are verified"
        kinds = Counter(Event.objects.filter(submission__in=pks, by__username=by).values_list("kind", flat=True))
        for kind, times in EXPECTED.items():
            if kinds[kind.value] < times * len(pks):
                yield f"{by}: {kinds[kind.value]} events {kind} for {len(pks)} records"


def _unproved(finished: Sequence[int]) -> Iterator[str]:
    every = max(1, len(finished) // PROVED)
    for record in Submission.objects.filter(pk__in=list(finished)[::every][:PROVED]):
        yield from map(str, Proof(record=record, since=None, with_pictures=False).problems())
