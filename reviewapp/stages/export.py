"""Export: approved records leave as a file, and which ones is on record."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import batched
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import FIELDS
from reviewapp.exceptions import ExportIncomplete, ReviewError
from reviewapp.facts.frequencies import NO_CODE_POINT
from reviewapp.models import (
    Batch,
    Event,
    Export,
    ExportFormat,
    ExportItem,
    Field,
    Flag,
    Override,
    Submission,
    User,
)
from reviewapp.permissions import check_can_administer
from reviewapp.states import EventKind

CHUNK = 500
# Of a sheet's 1,048,576 rows the first holds the headers (Excel specifications and limits).
SHEET_ROWS = 1_048_575


type Cell = str | list[Override]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"

# Name: (key in JSON lines, header): the certificate's fields, then where the record comes from.
COLUMNS: dict[str, tuple[str, str | Promise]] = {
    **{spec.name: (spec.key, spec.label) for spec in FIELDS},
    "record": ("record", _("Record")),
    "batch_name": ("batch", _("Batch")),
    "file_name": ("fileName", _("File name")),
    "reviewer": ("reviewedBy", _("Reviewed by")),
    "approver": ("approvedBy", _("Approved by")),
    "approved_on": ("approvedAt", _("Approved at")),
    "corrections": ("corrections", _("Corrections")),
    "overrides": ("overrides", _("Kept against a rule")),
    "without_code_point": ("charactersWithoutCodePoint", _("Characters without code point")),
}
ORIGIN: dict[str, Combinable] = {
    "record": F("pk"),
    "batch_name": F("batch__name"),
    "file_name": F("original_name"),
    "reviewer": F("reviewed_by__username"),
    "approver": F("approved_by__username"),
    "approved_on": F("approved_at"),
    "corrections": Count("fields__corrections"),
}
MONTHLY_LIST = (
    "certificate_number",
    "neonatal_name",
    "sex",
    "birth_time",
    "gestational_age",
    "mother_name",
    "mother_id_card_number",
    "father_name",
    "father_id_card_number",
    "mother_address",
)


@transaction.atomic
def create(
    *,
    by: User,
    format: ExportFormat,
    columns: Sequence[str],
    batches: Iterable[Batch] = (),
    approved_from: date | None = None,
    approved_until: date | None = None,
) -> Export:
    """Decide which approved records leave, with an event on each; `stream` writes the file.

    1. who and which columns; 2. which records; 3. the export with them; 4. the events.

    Without batches all batches count; the dates are days of approval, both included.
    Raises NotAllowed, and ReviewError without columns or records.
    """
    check_can_administer(by)
    known = [name for name in columns if name in COLUMNS]
    if not known:
        raise ReviewError("noColumns")

    batch_ids = [batch.pk for batch in batches]
    chosen = _chosen(batch_ids, approved_from, approved_until)
    filters = {"batches": batch_ids, "from": _iso(approved_from), "until": _iso(approved_until)}
    export = Export.objects.create(format=format, columns=known, filters=filters, exported_by=by)
    for pks in batched(chosen.values_list("pk", flat=True).iterator(CHUNK), CHUNK):
        _add(pks, to=export, by=by)
        export.row_count += len(pks)

    if not export.row_count:
        raise ReviewError("nothingToExport")
    export.save(update_fields=["row_count"])
    return export


def _add(pks: Iterable[int], *, to: Export, by: User) -> None:
    """Let records leave with an export, each with an event."""
    params = {"export": to.pk, "format": to.format}
    items = [ExportItem(export=to, submission_id=pk) for pk in pks]
    events = [Event(kind=EventKind.EXPORTED, by=by, submission_id=pk, params=params) for pk in pks]
    ExportItem.objects.bulk_create(items)
    Event.objects.bulk_create(events)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _chosen(batch_ids: list[int], since: date | None, until: date | None) -> QuerySet[Submission]:
    chosen = Submission.objects.approved().in_order()
    if batch_ids:
        chosen = chosen.filter(batch__in=batch_ids)
    if since:
        chosen = chosen.filter(approved_at__gte=_local(since, time.min))
    if until:
        chosen = chosen.filter(approved_at__lte=_local(until, time.max))
    return chosen


def _local(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))


def rows(export: Export) -> Iterator[list[Cell]]:
    """Yield the values of each record in the order of the export's columns.

    CHUNK records are in memory at a time, and as plain values: model instances with their fields
    refer to each other in circles, which stay until the collector comes by.
    """
    items = ExportItem.objects.filter(export=export)
    pks = items.values_list("submission_id", flat=True).iterator(CHUNK)
    for chunk in batched(pks, CHUNK):
        cells = _cells(chunk)
        for pk in chunk:
            yield [cells[pk].get(name, "") for name in export.columns]


def _cells(pks: Sequence[int]) -> dict[int, dict[str, Cell]]:
    """Return the cells of these records by the column's name.

    1. the values; 2. the rules that they break; 3. where the records come from.
    """
    cells: dict[int, dict[str, Cell]] = {pk: {"overrides": []} for pk in pks}
    without_code_point = dict.fromkeys(pks, 0)
    fields = Field.objects.filter(submission__in=pks)
    for pk, name, value in fields.values_list("submission", "name", "value"):
        cells[pk][name] = value
        without_code_point[pk] += value.count(NO_CODE_POINT)
    for pk, count in without_code_point.items():
        cells[pk]["without_code_point"] = str(count)

    for pk, overrides in Flag.objects.overrides_of(pks).items():
        cells[pk]["overrides"] = overrides

    records = Submission.objects.filter(pk__in=pks)
    for pk, *origin in records.values_list("pk", *ORIGIN.values()):
        for name, value in zip(ORIGIN, origin, strict=True):
            cells[pk][name] = _text(value)
    return cells


def _plain(row: Iterable[Cell]) -> list[str]:
    """Return a row for a sheet, where what is a list stands in one cell, a line for each."""
    return [cell if isinstance(cell, str) else "\n".join(map(str, cell)) for cell in row]


def _text(value: object) -> str:
    """Return a cell's text; times are in the installation's time zone, ISO 8601."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return "" if value is None else str(value)


class _Counted:
    """Rows on their way to a file.

    One counts as written when the writer, done with it, asks for the next.
    """

    def __init__(self, export: Export) -> None:
        self._export = export
        self.written = 0

    def __iter__(self) -> Iterator[list[Cell]]:
        for row in rows(self._export):
            yield row
            self.written += 1


def stream(export: Export) -> Iterator[bytes]:
    """Yield the file piece by piece; memory does not grow with the number of records.

    How many records were written is kept, also when the download is cut short. Raises
    ExportIncomplete after the last piece when that is not every record: the browser then reports a
    failed download.
    """
    counted = _Counted(export)
    pieces = WRITERS[ExportFormat(export.format)](export, counted)
    finished_at = None
    try:
        yield from pieces
        if counted.written != export.row_count:
            raise ExportIncomplete(
                "exportIncomplete", written=counted.written, chosen=export.row_count
            )
        finished_at = timezone.now()
    finally:
        Export.objects.filter(pk=export.pk).update(
            written_count=counted.written, finished_at=finished_at
        )


def _headers(export: Export) -> list[str]:
    return [str(COLUMNS[name][1]) for name in export.columns]


def _guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _csv(export: Export, records: Iterable[list[Cell]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(_headers(export))
    for row in records:
        writer.writerow(map(_guarded, _plain(row)))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _jsonl(export: Export, records: Iterable[list[Cell]]) -> Iterator[bytes]:
    keys = [COLUMNS[name][0] for name in export.columns]
    for row in records:
        line = dict(zip(keys, map(_as_json, row), strict=True))
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _as_json(cell: Cell) -> object:
    if isinstance(cell, str):
        return cell
    return [override._asdict() for override in cell]


def _xlsx(export: Export, records: Iterable[list[Cell]]) -> Iterator[bytes]:
    """Write every cell as text, so that no ID number loses its last digits and no formula runs.

    A sheet has an end; what goes beyond it stands on further sheets, each with the headers.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "use_zip64": True}
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, options) as book:
            text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
            remaining = iter(records)
            row = next(remaining, None)
            while row is not None:
                sheet = _new_sheet(book, _headers(export), text, bold)
                for number in range(1, SHEET_ROWS + 1):
                    _write_row(sheet, number, _plain(row), text)
                    row = next(remaining, None)
                    if row is None:
                        break
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _new_sheet(book: Any, headers: list[str], text: Any, bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headers) - 1, 24, text)
    _write_row(sheet, 0, headers, bold)
    return sheet


def _write_row(sheet: Any, number: int, cells: list[str], style: Any) -> None:
    """Write one row. XlsxWriter drops what does not fit and says so only by what it returns."""
    for index, cell in enumerate(cells):
        if sheet.write_string(number, index, cell, style) != 0:
            raise ExportIncomplete("cellNotWritten", row=number + 1, column=index + 1)


WRITERS = {ExportFormat.CSV: _csv, ExportFormat.JSONL: _jsonl, ExportFormat.XLSX: _xlsx}
