"""Export: approved records leave as a file, and which ones is on record.

A person says what shall leave; a task makes it so, in phases. Nothing is written down of a record
before all of them are checked. decisions/0100 says why.
"""

import hashlib
import operator
import tempfile
import time as clock
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import batched
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext

from reviewapp.approved_rows import ApprovedRow, approved_rows, fetched_ahead
from reviewapp.certificate.fields import BY_KEY, BY_NAME
from reviewapp.exceptions import (
    ExportIncomplete,
    IllegalTransition,
    NotAllowed,
    ReviewError,
    StorageOutage,
)
from reviewapp.export_columns import COLUMNS, cells_of
from reviewapp.export_files import NOTHING, Detail, Row, write_csv, write_jsonl, write_xlsx
from reviewapp.history import append
from reviewapp.models import (
    AmendedValue,
    Approval,
    Balance,
    Batch,
    Event,
    Export,
    ExportFormat,
    ExportItem,
    ExportPhase,
    Recall,
    Submission,
    User,
    balances,
)
from reviewapp.models.submission import SubmissionQuerySet
from reviewapp.permissions import check_can_administer
from reviewapp.states import EventKind, SubmissionStatus
from reviewapp.stored_files import store_from

# Records of one transaction, and records that are read at once.
CHUNK, READ = 500, 2000
MOST_NAMED = 10


@transaction.atomic
def wish(
    *,
    by: User,
    format: ExportFormat,
    columns: Sequence[str],
    queue: Callable[[int], object],
    batches: Iterable[Batch] = (),
    approved_from: date | None = None,
    approved_until: date | None = None,
    balance_reason: str = "",
) -> Export:
    """Write down which approved records shall leave, and have a task make it so.

    1. who, and which columns; 2. the wish; 3. the task.

    Without batches all batches count; the dates are days of approval, both included. What earlier
    exports hold with an old value leaves whatever is chosen. `balance_reason` lets records of
    batches leave that do not add up; `queue` asks a worker to go on with an export, by its number.
    Raises NotAllowed, and ReviewError without columns or records.
    """
    check_can_administer(by)
    known = [name for name in columns if name in COLUMNS]
    if not known:
        raise ReviewError("noColumns")
    if Recall.objects.to_tell().exists() and "recalls" not in known:
        known.append("recalls")

    filters = {
        "batches": [batch.pk for batch in batches],
        "from": _iso(approved_from),
        "until": _iso(approved_until),
    }
    made = Export.objects.create(
        format=format,
        columns=known,
        filters=filters,
        balance_reason=balance_reason.strip(),
        language=get_language() or "",
        phase=ExportPhase.WAITING,
        exported_by=by,
    )
    if not _chosen(made).exists():
        raise ReviewError("nothingToExport")
    queue(made.pk)
    return made


def cancel(export: Export, *, by: User) -> None:
    """End an export of which no record has left. Raises NotAllowed, IllegalTransition."""
    check_can_administer(by)
    retractable = Export.objects.retractable().filter(pk=export.pk)
    if retractable.update(phase=ExportPhase.CANCELLED) != 1:
        raise IllegalTransition("exportNotCancelled")


def go_on(export: Export, *, seconds: float | None = None) -> bool:
    """Bring an export further; return whether it is at its end, good or bad.

    After `seconds` it stops before the next records, but not within the file. It may be killed at
    any moment and called again: what is recorded stays recorded, once, and a file that was not
    finished is written anew. A refusal ends the export with its sentence. Raises
    IllegalTransition when somebody has cancelled it or another worker has taken it.
    """
    until = None if seconds is None else clock.monotonic() + seconds
    if not _take(export):
        return True
    try:
        while export.is_under_way:
            bring_further(export)
            if until is not None and export.is_under_way and clock.monotonic() >= until:
                return False
    except (IllegalTransition, StorageOutage):
        raise
    except ReviewError as error:
        _fail(export, error)
    return True


def bring_further(export: Export) -> None:
    """Do the next piece of work of the phase that an export is in."""
    match export.phase:
        case ExportPhase.WAITING:
            _begin(export)
        case ExportPhase.CHECKING:
            _check(export)
        case ExportPhase.LEAVING:
            _let_leave(export)
        case ExportPhase.WRITING:
            _write_file(export)


def give_up(pk: int, error: ReviewError) -> None:
    """End an export whose task has stopped its workers again and again."""
    export = Export.objects.under_way().filter(pk=pk).first()
    if export is not None:
        _fail(export, error)


def _take(export: Export) -> bool:
    """Take an export from any other worker; return whether there is something to do."""
    this = Export.objects.under_way().filter(pk=export.pk)
    if this.update(attempt=F("attempt") + 1) != 1:
        return False
    export.refresh_from_db()
    return True


def _write(export: Export, **columns: Any) -> None:
    """Change an export that is as far as the one in hand. Raises IllegalTransition."""
    known = Export.objects.under_way().filter(
        pk=export.pk, attempt=export.attempt, phase=export.phase, last_pk=export.last_pk
    )
    if known.update(**columns) != 1:
        raise IllegalTransition("exportTaken")
    for name, value in columns.items():
        setattr(export, name, value)


def _fail(export: Export, error: ReviewError) -> None:
    _write(export, phase=ExportPhase.FAILED, failure_code=error.code, failure_params=error.params)


def _begin(export: Export) -> None:
    """Count what is to be checked."""
    _write(export, phase=ExportPhase.CHECKING, row_count=_chosen(export).count())


def _check(export: Export) -> None:
    """Check the next records; after the last ones the batches, and let the records begin to leave.

    1. records that are not as they were approved; 2. the end of the checks: somebody who may still
    export, something to export, batches that add up, each with an event where they do not.
    """
    pks = _next(export, READ)
    if pks:
        _refuse_unlike(approved_rows(pks), "notAsApproved")
        _write(export, last_pk=pks[-1], progress=export.progress + len(pks))
        return
    by = User.objects.get(pk=export.exported_by_id)
    if not by.is_active:
        raise NotAllowed("notAdministrator")
    check_can_administer(by)
    if not export.progress:
        raise ReviewError("nothingToExport")
    with transaction.atomic():
        count = export.progress
        columns = {"last_pk": 0, "progress": 0, "row_count": count}
        reason = _check_balances(export, reason=export.balance_reason, by=by)
        _write(export, phase=ExportPhase.LEAVING, balance_reason=reason, **columns)


def _refuse_unlike(rows: Iterable[ApprovedRow], code: str) -> None:
    unlike = [row.pk for row in rows if not row.is_as_approved]
    if unlike:
        error = ReviewError if code == "notAsApproved" else ExportIncomplete
        raise error(code, records=_named(unlike))


@transaction.atomic
def _let_leave(export: Export) -> None:
    """Record that the next records leave, each with an event, and tell what they replace.

    1. the records, held: a correction after approval waits until this is done, and then sees that
    it recalls something; 2. those that are as approved; 3. how far this has come, which only one
    worker can write; 4. the items and events; 5. the records' own mark.
    """
    pks = _next(export, CHUNK)
    held = Submission.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    present = list(held.values_list("pk", flat=True))
    leaving = [row.pk for row in approved_rows(present) if _may_leave(row)]
    left_out = [*export.left_out, *sorted(set(pks) - set(leaving))]

    if not pks:
        if not export.progress:
            raise ReviewError("notAsApproved", records=_named(left_out))
        columns = {"phase": ExportPhase.WRITING, "last_pk": 0, "row_count": export.progress}
        _write(export, progress=0, **columns)
        return
    _write(export, last_pk=pks[-1], progress=export.progress + len(leaving), left_out=left_out)
    _add(leaving, to=export)


def _may_leave(row: ApprovedRow) -> bool:
    return row.status == SubmissionStatus.APPROVED and row.is_as_approved


def _add(pks: Sequence[int], *, to: Export) -> None:
    items = [ExportItem(export=to, submission_id=pk) for pk in pks]
    ExportItem.objects.bulk_create(items)

    by = to.exported_by
    recalls = _recalls(pks) if "recalls" in to.columns else {}
    params = {"export": to.pk, "format": to.format}
    events = []
    told: list[int] = []
    for pk in pks:
        events.append(Event(kind=EventKind.EXPORTED, by=by, submission_id=pk, params=params))
        if pk in recalls:
            told += [recall.pk for recall in recalls[pk]]
            events.append(_recalled_event(pk, recalls[pk], to=to, by=by))
    append(events)
    Recall.objects.filter(pk__in=told).update(told_in=to)
    Submission.objects.filter(pk__in=pks).update(exported_at=timezone.now())


def _recalls(pks: Sequence[int]) -> dict[int, list[Recall]]:
    by_record: dict[int, list[Recall]] = defaultdict(list)
    to_tell = Recall.objects.to_tell().filter(amendment__submission__in=pks)
    for recall in to_tell.select_related("amendment"):
        by_record[recall.amendment.submission_id].append(recall)
    return by_record


def _recalled_event(pk: int, recalls: Sequence[Recall], *, to: Export, by: User) -> Event:
    params = {
        "export": to.pk,
        "exports": sorted({recall.export_id for recall in recalls}),
        "amendments": sorted({recall.amendment_id for recall in recalls}),
    }
    return Event(kind=EventKind.RECALLED, by=by, submission_id=pk, params=params)


def _named(records: Sequence[int]) -> str:
    named = ", ".join(f"#{pk}" for pk in records[:MOST_NAMED])
    return f"{named}, …" if len(records) > MOST_NAMED else named


def _check_balances(export: Export, *, reason: str, by: User) -> str:
    """Return the reason where batches do not add up, each with an event; "" where all do.

    Raises ReviewError when it is needed and not given.
    """
    unbalanced = _unbalanced(export)
    if not unbalanced:
        return ""
    if not reason:
        names = Batch.objects.filter(pk__in=list(unbalanced)[:MOST_NAMED]).order_by("pk")
        quoted = ", ".join(f"“{batch.name}”" for batch in names)
        more = ", …" if len(unbalanced) > MOST_NAMED else ""
        raise ReviewError("batchesDoNotAddUp", batches=quoted + more)
    events = []
    for pk, balance in unbalanced.items():
        params = {"export": export.pk, "balance": balance.parts}
        kind = EventKind.BALANCE_OVERRIDDEN
        events.append(Event(kind=kind, by=by, batch_id=pk, reason=reason, params=params))
    append(events)
    return reason


def _unbalanced(export: Export) -> dict[int, Balance]:
    """Return the batches of the chosen records that do not add up."""
    batch_ids = _chosen(export).order_by("batch").values_list("batch", flat=True).distinct()
    found: dict[int, Balance] = {}
    for pks in batched(batch_ids, CHUNK):
        found |= balances(pks)
    return {pk: balance for pk, balance in found.items() if balance.problems}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _next(export: Export, count: int) -> list[int]:
    """Return the next records that the phase has to come to."""
    after = _chosen(export).filter(pk__gt=export.last_pk).order_by("pk")
    return list(after.values_list("pk", flat=True)[:count])


def _chosen(export: Export) -> SubmissionQuerySet:
    """Return what shall leave: what was chosen, and what is to be recalled whatever was chosen.

    Records that were approved for the first time after somebody asked for the export do not count:
    nobody has checked them and their batches.
    """
    early = Approval.objects.filter(submission=OuterRef("pk"), at__lte=export.exported_at)
    approved = Submission.objects.approved()
    known = approved.filter(~Q(approved_at__gt=export.exported_at) | Exists(early))
    chosen = _of_days(known, export.filters["from"], export.filters["until"])
    if export.filters["batches"]:
        chosen = chosen.filter(batch__in=export.filters["batches"])
    if "recalls" not in export.columns:
        return chosen
    recalled = Recall.objects.to_tell().order_by().values("amendment__submission")
    return chosen | approved.filter(pk__in=recalled)


def _of_days(among: SubmissionQuerySet, since: str, until: str) -> SubmissionQuerySet:
    if since:
        among = among.filter(approved_at__gte=_local(since, time.min))
    if until:
        among = among.filter(approved_at__lte=_local(until, time.max))
    return among


def _local(day: str, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), moment))


def _write_file(export: Export) -> None:
    """Write the file, count its rows against those that left, and keep it.

    A worker that is killed here leaves nothing but a file without a name; the next one begins anew.
    """
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        with translation.override(export.language or settings.LANGUAGE_CODE):
            written = write(export, file)
        if written != export.row_count:
            raise ExportIncomplete("exportIncomplete", written=written, chosen=export.row_count)
        file.seek(0)
        digest = hashlib.file_digest(file, hashlib.sha256).hexdigest()
        file.seek(0)
        name = store_from(export.file, f"export.{export.format}", file)
    _write(
        export,
        phase=ExportPhase.DONE,
        file=name,
        file_digest=digest,
        written_count=written,
        finished_at=timezone.now(),
    )


def write(export: Export, file: IO[bytes]) -> int:
    """Write the rows of an export into a file; return how many that were.

    Memory does not grow with the number of records. Raises ExportIncomplete.
    """
    headers = [str(COLUMNS[name][1]) for name in export.columns]
    keys = [COLUMNS[name][0] for name in export.columns]
    found = rows(export)
    if export.format == ExportFormat.CSV:
        return write_csv(file, found, headers=headers)
    if export.format == ExportFormat.JSONL:
        return write_jsonl(file, found, keys=keys)
    return write_xlsx(file, found, headers=headers, title=gettext("Records"))


def rows(export: Export) -> Iterator[Row]:
    """Yield the values of each record in the order of the export's columns; READ are in memory.

    Each record is as one moment had it, and what was approved: a correction after approval between
    two of them leaves with the new value, and is told again. Raises ExportIncomplete.
    """
    chosen = operator.itemgetter(*map(list(COLUMNS).index, export.columns), 0)
    language = get_language() or ""
    for fetched in fetched_ahead(_items(export)):
        found = list(fetched.approved_rows())
        _refuse_unlike(found, "notAsApprovedLater")
        told = _told_in(export, [row.pk for row in found])
        for row in found:
            cells = cells_of(row, told.get(row.pk, NOTHING), language=language)
            yield chosen(cells)[:-1]
        _write(export, progress=export.progress + len(found))


def _items(export: Export) -> Iterator[list[int]]:
    """Yield the keys of the records of an export, READ at a time."""
    items = ExportItem.objects.filter(export=export).order_by("submission_id")
    all_pks = items.values_list("submission_id", flat=True)
    after = 0
    while pks := list(all_pks.filter(submission_id__gt=after)[:READ]):
        yield pks
        after = pks[-1]


def _told_in(export: Export, pks: Collection[int]) -> dict[int, Detail]:
    """Return by record what it replaces in earlier exports, as this export tells it.

    1. which exports hold old values, by correction; 2. the corrections, in their order.
    """
    between = Q(amendment__submission__gte=min(pks), amendment__submission__lte=max(pks))
    recalls = Recall.objects.filter(between, told_in=export)
    exports: dict[int, list[int]] = defaultdict(list)
    for amendment, recalled in recalls.order_by("export").values_list("amendment", "export"):
        exports[amendment].append(recalled)
    if not exports:
        return {}

    amended = AmendedValue.objects.filter(amendment__in=exports).order_by("amendment", "pk")
    parts = amended.values_list(
        "amendment__submission", "amendment", "field__name", "old_value", "new_value"
    )
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pk, amendment, name, old, new in parts:
        key = BY_NAME[name].key
        told[pk].append({"exports": exports[amendment], "field": key, "old": old, "new": new})
    return {pk: Detail(replaced, list(map(_replaced, replaced))) for pk, replaced in told.items()}


def _replaced(told: Mapping[str, Any]) -> str:
    """Return what a record replaces in earlier exports, as a line: `#1, #2: Sex: 男 → 女`."""
    exports = ", ".join(f"#{pk}" for pk in told["exports"])
    label = BY_KEY[told["field"]].label
    return f"{exports}: {label}: {told['old'] or '—'} → {told['new'] or '—'}"
