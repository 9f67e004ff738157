"""Reflag: stored records are judged anew under the present thresholds, severities and rules."""

import pickle
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import closing
from itertools import cycle
from typing import NamedTuple, cast

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from reviewapp.child_processes import Child, Work, helping
from reviewapp.exceptions import OUTAGES, IllegalTransition
from reviewapp.history import append
from reviewapp.models import Event, Field, Reflag, Submission, User, present_basis
from reviewapp.permissions import check_can_administer
from reviewapp.stages.flag import Judged, judged, keep
from reviewapp.states import EventKind

CHUNK = 500


class Judgement(NamedTuple):
    """How many records up to `last_pk`, from where the one before ended, were judged."""

    last_pk: int
    judged: int


@transaction.atomic
def begin(*, by: User) -> Reflag:
    """Start a run over all records that are not finished; one that was left standing ends.

    Raises NotAllowed.
    """
    check_can_administer(by)
    for left in Reflag.objects.unfinished():
        _end(left)
    total = Submission.objects.to_review().count()
    return Reflag.objects.create(started_by=by, total=total, basis=present_basis())


@transaction.atomic
def start_in_background(*, by: User, queue: Callable[[int], object]) -> None:
    """Have all records that are not finished flagged anew, unless that is under way.

    `queue` asks a worker to go on with a run, by its number. Raises NotAllowed.
    """
    check_can_administer(by)
    last = Reflag.objects.latest_first().first()
    if last is None or not last.is_under_way:
        queue(begin(by=by).pk)


@transaction.atomic
def resume_in_background(*, by: User, queue: Callable[[int], object]) -> None:
    """Go on with the last run if it stopped and still can. Raises NotAllowed."""
    check_can_administer(by)
    last = Reflag.objects.latest_first().first()
    if last is not None and last.can_go_on and not last.is_under_way:
        resume(last, by=by)
        queue(last.pk)


def resume(run: Reflag, *, by: User) -> None:
    """Take a run that stopped, to go on with it.

    Raises NotAllowed; IllegalTransition when it cannot go on.
    """
    check_can_administer(by)
    _check_up_to_date(run)
    untaken = Reflag.objects.unfinished().filter(pk=run.pk, moved_at=run.moved_at)
    if untaken.update(moved_at=timezone.now()) != 1:
        raise IllegalTransition("reflagTaken")


def go_on(
    run: Reflag, *, size: int = CHUNK, processes: int = 1, seconds: float | None = None
) -> bool:
    """Judge the records that a run has not come to, `size` at a time; return whether all are done.

    After `seconds` it stops. It may be interrupted at any moment, and called again to go on: what
    is judged twice by that is counted once. Values stay as they are; a new finding undoes a
    verification. Memory holds `size` records for each process. Raises IllegalTransition when
    another process has gone on with the run, or ended it, and when thresholds or rules have
    changed; ChildLost when a helping process was lost.
    """
    until = None if seconds is None else time.monotonic() + seconds
    _check_up_to_date(run)
    with closing(_judged(run, size, processes)) as done:
        for judgement in done:
            _check_up_to_date(run)
            _advance(run, judgement)
            if until is not None and time.monotonic() >= until:
                return False
    _end(run)
    return True


def _check_up_to_date(run: Reflag) -> None:
    """Refuse to go on by another measure than the one that the run began with."""
    if run.is_outdated:
        raise IllegalTransition("reflagOutdated")


def _judged(run: Reflag, size: int, processes: int) -> Generator[Judgement, None, None]:
    """Judge chunk by chunk, in order, in this process or in several others."""
    if processes == 1:
        for pks in _chunks(run.last_pk, size):
            yield judge_chunk(run.pk, pks)
        return
    with helping(_judges_chunks, processes) as children:
        under_way: deque[Child] = deque()
        for pks, child in zip(_chunks(run.last_pk, size), cycle(children), strict=False):
            child.send(pickle.dumps((run.pk, pks)))
            under_way.append(child)
            if len(under_way) > processes:
                yield _judgement_of(under_way.popleft())
        for child in under_way:
            yield _judgement_of(child)


def _judgement_of(child: Child) -> Judgement:
    """Wait for the judgement that is a child's next answer. Raises ChildLost, OUTAGES."""
    answer = child.receive()
    if isinstance(answer, OUTAGES):
        raise answer
    return cast(Judgement, answer)


def _judges_chunks() -> Work:
    """Make, in a helping process, what judges a chunk that is sent to it."""
    return _judge_request


def _judge_request(request: bytes) -> object:
    """Judge a chunk; that the database went away is an answer too."""
    try:
        # Our own process sent what is unpickled.
        return judge_chunk(*pickle.loads(request))  # noqa: S301
    except OUTAGES as error:
        return error


def _chunks(after: int, size: int) -> Iterator[list[int]]:
    to_review = Submission.objects.to_review().order_by("pk")
    all_pks = to_review.values_list("pk", flat=True)
    while pks := list(all_pks.filter(pk__gt=after)[:size]):
        yield pks
        after = pks[-1]


def judge_chunk(run_pk: int, pks: list[int]) -> Judgement:
    """Judge these records, and keep what is found where it is not what their flags say."""
    present = Submission.objects.to_review().filter(pk__in=pks)
    submissions = list(present.only("width", "height", "signs"))
    records = judged(submissions)
    changed = [record for record in records if record.flags]
    if changed:
        _keep(run_pk, changed)
    return Judgement(pks[-1], len(submissions))


@transaction.atomic
def _keep(run_pk: int, records: list[Judged]) -> None:
    """Keep what was found on records, also where a clerk has changed one since it was judged.

    1. the records are held; 2. those that are as they were judged; 3. the others, which are judged
    again; 4. the flags, and the count of what changed, so that an interruption loses neither
    without the other.
    """
    pks = [record.submission_id for record in records]
    present = Submission.objects.to_review().filter(pk__in=pks).only("width", "height", "signs")
    held = {submission.pk: submission for submission in present.select_for_update()}

    versions = _versions(held)
    changed, stale = [], []
    for record in records:
        pk = record.submission_id
        if versions.get(pk) == record.version:
            changed.append(record)
        elif pk in held:
            stale.append(held[pk])

    changed += [record for record in judged(stale) if record.flags]

    undone = keep(changed)
    Reflag.objects.filter(pk=run_pk).update(
        changed=F("changed") + len(changed), undone=F("undone") + undone
    )


def _versions(pks: Collection[int]) -> dict[int, int]:
    """Return by record what grows whenever one of its values is changed or verified."""
    fields = Field.objects.filter(submission__in=pks)
    summed = fields.values_list("submission_id").annotate(Sum("version"))
    return dict(summed.order_by())


def _advance(run: Reflag, judgement: Judgement) -> None:
    """Write down how far a run has come, unless another process has done so."""
    _write(
        run,
        last_pk=judgement.last_pk,
        judged=F("judged") + judgement.judged,
        moved_at=timezone.now(),
    )


def _write(run: Reflag, **columns: object) -> None:
    """Change a run that is as far as the one in hand. Raises IllegalTransition when it is not."""
    known = Reflag.objects.unfinished().filter(pk=run.pk, last_pk=run.last_pk)
    if known.update(**columns) != 1:
        raise IllegalTransition("reflagTaken")
    run.refresh_from_db()


@transaction.atomic
def _end(run: Reflag) -> None:
    """Close a run, and leave its event with the counts."""
    _write(run, finished_at=timezone.now())
    counts = {
        "judged": run.judged,
        "changed": run.changed,
        "undone": run.undone,
        "total": run.total,
    }
    append([Event(kind=EventKind.REFLAGGED, by=run.started_by, params=counts)])
