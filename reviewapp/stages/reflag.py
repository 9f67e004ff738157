"""Reflag: stored records are judged anew under the present thresholds, severities and rules."""

import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from reviewapp.exceptions import IllegalTransition
from reviewapp.findings import Judged, judged, keep
from reviewapp.models import Event, Field, Reflag, Submission, User
from reviewapp.permissions import check_can_administer
from reviewapp.processes import prepare
from reviewapp.states import EventKind

CHUNK = 500


class Counts(NamedTuple):
    """What became of the records up to `last_pk`."""

    last_pk: int
    judged: int
    changed: int
    undone: int


@transaction.atomic
def begin(*, by: User) -> Reflag:
    """Start a run over all records that are not finished; one that was left standing ends. Raises NotAllowed."""
    check_can_administer(by)
    for left in Reflag.objects.unfinished():
        _end(left)
    return Reflag.objects.create(started_by=by, total=Submission.objects.to_review().count())


def go_on(run: Reflag, *, size: int = CHUNK, processes: int = 1, seconds: float | None = None) -> bool:
    """Judge the records that a run has not come to yet, `size` at a time; return whether all are done.

    After `seconds` it stops. It may be interrupted at any moment, and called again to go on. Values stay as
    they are; a new finding undoes a confirmation. Memory holds `size` records for each process.
    Raises IllegalTransition when another process has gone on with the run, or ended it.
    """
    until = None if seconds is None else time.monotonic() + seconds
    with closing(_judged(run.last_pk, size, processes)) as done:
        for counts in done:
            _advance(run, counts)
            if until is not None and time.monotonic() >= until:
                return False
    _end(run)
    return True


def _judged(after: int, size: int, processes: int) -> Generator[Counts, None, None]:
    """Yield what becomes of each chunk, in order, judged by this process or by several others."""
    if processes == 1:
        yield from map(judge_chunk, _chunks(after, size))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=prepare) as pool:
        under_way: deque[Future[Counts]] = deque()
        for pks in _chunks(after, size):
            under_way.append(pool.submit(judge_chunk, pks))
            if len(under_way) > processes:
                yield under_way.popleft().result()
        yield from (chunk.result() for chunk in under_way)


def _chunks(after: int, size: int) -> Iterator[list[int]]:
    to_review = Submission.objects.to_review().order_by("pk").values_list("pk", flat=True)
    while pks := list(to_review.filter(pk__gt=after)[:size]):
        yield pks
        after = pks[-1]


def judge_chunk(pks: list[int]) -> Counts:
    """Judge these records, and keep what is found where it is not what their flags say."""
    submissions = list(Submission.objects.to_review().filter(pk__in=pks).only("width", "height"))
    changed = [record for record in judged(submissions) if record.flags]
    return Counts(pks[-1], len(submissions), len(changed), _keep(changed) if changed else 0)


@transaction.atomic
def _keep(records: list[Judged]) -> int:
    """Keep what was found on records that are as they were, and judge those again that a clerk has changed since."""
    present = Submission.objects.to_review().filter(pk__in=[record.submission_id for record in records])
    held = {submission.pk: submission for submission in present.only("width", "height").select_for_update()}
    summed = Field.objects.filter(submission__in=held).values_list("submission_id").annotate(Sum("version"))
    versions = dict(summed.order_by())
    fresh = [record for record in records if versions.get(record.submission_id) == record.version]
    stale = held.keys() - {record.submission_id for record in fresh}
    return keep([*fresh, *judged([held[pk] for pk in stale])])


def _advance(run: Reflag, counts: Counts) -> None:
    """Write down how far a run has come, unless another process has done so."""
    known = Reflag.objects.unfinished().filter(pk=run.pk, last_pk=run.last_pk)
    moved = known.update(
        last_pk=counts.last_pk,
        judged=F("judged") + counts.judged,
        changed=F("changed") + counts.changed,
        undone=F("undone") + counts.undone,
        moved_at=timezone.now(),
    )
    if moved != 1:
        raise IllegalTransition("reflagTaken")
    run.refresh_from_db()


@transaction.atomic
def _end(run: Reflag) -> None:
    """Close a run, and leave its event with the counts."""
    if Reflag.objects.unfinished().filter(pk=run.pk, last_pk=run.last_pk).update(finished_at=timezone.now()) != 1:
        raise IllegalTransition("reflagTaken")
    run.refresh_from_db()
    counts = f"judged={run.judged} changed={run.changed} undone={run.undone} total={run.total}"
    Event.objects.create(kind=EventKind.REFLAGGED, by=run.started_by, new=counts)
