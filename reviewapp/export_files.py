"""The files of exports: CSV, JSON lines and Excel sheets, written row by row in constant memory.

Each writer takes a binary file and returns how many rows it has written.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, chain, islice
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from reviewapp.exceptions import ExportIncomplete

# Of a sheet's 1,048,576 rows the first holds the headers; a cell holds so many characters (Excel
# specifications and limits).
SHEET_ROWS = 1_048_575
CELL_LENGTH = 32_767
BOM = "\ufeff"
AT_ONCE = 500
# Deflate's fastest: sheets become a tenth as large by it, and a third slower by its usual level.
COMPRESSION = 1

# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA_STARTS = frozenset("=+-@\t\r")
# What XML 1.0 cannot hold, and what Excel would take for an escape of it (ECMA-376, ST_Xstring).
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Detail:
    """A cell with parts: as JSON, and as the lines that stand in one cell of a sheet."""

    json: object
    lines: Sequence[str]

    def __str__(self) -> str:
        return "\n".join(self.lines)


type Cell = str | Detail
NOTHING = Detail([], [])
type Row = Sequence[Cell]


def write_csv(file: IO[bytes], rows: Iterable[Row], *, headers: Sequence[str]) -> int:
    """Write a header and rows; what a spreadsheet would run as a formula gets an apostrophe."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(headers)
    written = 0
    for some in batched(rows, AT_ONCE):
        writer.writerows(map(_guarded_row, some))
        written += len(some)
    text.flush()
    text.detach()
    return written


def _guarded_row(row: Row) -> list[str]:
    return [
        cell if type(cell) is str and cell[:1] not in FORMULA_STARTS else guarded(str(cell))
        for cell in row
    ]


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if cell[:1] in FORMULA_STARTS else cell


def write_jsonl(file: IO[bytes], rows: Iterable[Row], *, keys: Sequence[str]) -> int:
    """Write an object a line."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_parts).encode
    written = 0
    for some in batched(rows, AT_ONCE):
        lines = [encode(dict(zip(keys, row, strict=True))) for row in some]
        lines.append("")
        file.write("\n".join(lines).encode())
        written += len(some)
    return written


def _parts(cell: Detail) -> object:
    return cell.json


def write_xlsx(
    file: IO[bytes],
    rows: Iterable[Row],
    *,
    headers: Sequence[str],
    title: str,
    sheet_rows: int | None = None,
) -> int:
    """Write every cell as text, so that no ID number loses its last digits and no formula runs.

    A sheet has an end; what goes beyond it stands on further sheets, each with the headers. Raises
    ExportIncomplete for what does not fit into a cell.
    """
    most = sheet_rows or SHEET_ROWS
    remaining = iter(rows)
    written = sheets = 0
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION) as book:
        first = next(remaining, None)
        while first is not None or not sheets:
            sheets += 1
            begun = [] if first is None else [first]
            some = chain(begun, islice(remaining, most - 1))
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                written += _write_sheet(sheet, some, headers)
            first = next(remaining, None)
        for name, content in _frame(sheets, title):
            book.writestr(name, DECLARATION + content)
    return written


def _write_sheet(sheet: IO[bytes], rows: Iterable[Row], headers: Sequence[str]) -> int:
    """Write one sheet's XML: bold headers that stay in view, and rows below them."""
    last = len(headers)
    begin = (
        f'{DECLARATION}<worksheet xmlns="{NAMESPACE}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols><col min="1" max="{last}" width="24" style="1" customWidth="1"/></cols>'
        "<sheetData>"
    )
    sheet.write(begin.encode() + _row_xml(1, headers, style=2))
    written = 0
    for some in batched(rows, AT_ONCE):
        numbered = enumerate(some, start=written + 2)
        sheet.write(b"".join(_row_xml(number, row, style=1) for number, row in numbered))
        written += len(some)
    sheet.write(b"</sheetData></worksheet>")
    return written


def _row_xml(number: int, row: Row, *, style: int) -> bytes:
    """Return one row; an empty cell that is followed by others keeps its place by a reference."""
    cells = [f'<row r="{number}">']
    for index, cell in enumerate(row):
        text = cell if type(cell) is str else str(cell)
        if not text:
            continue
        if len(text) > CELL_LENGTH:
            raise ExportIncomplete("cellNotWritten", row=number, column=index + 1)
        if not text.isalnum():
            text = escape(NOT_IN_XML.sub(_escaped, text))
        place = f"{column_letters(index)}{number}"
        cells.append(
            f'<c r="{place}" s="{style}" t="inlineStr"><is>'
            f'<t xml:space="preserve">{text}</t></is></c>'
        )
    cells.append("</row>")
    return "".join(cells).encode()


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def column_letters(index: int) -> str:
    """Return the name of a column, counted from 0: A, …, Z, AA."""
    first, last = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _frame(sheets: int, title: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a workbook around its sheets (ECMA-376, part 1, annex A and 18.8).

    1. what each part is; 2. where the workbook lies, and its sheets; 3. the sheets' names; 4. the
    styles of cells.
    """
    numbers = range(1, sheets + 1)
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{main}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
            f'ContentType="{main}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
    )
    yield ("_rels/.rels", _relationships([("rId1", "officeDocument", "xl/workbook.xml")]))
    named = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    styles = (f"rId{sheets + 1}", "styles", "styles.xml")
    yield "xl/_rels/workbook.xml.rels", _relationships([*named, styles])
    listed = "".join(
        f"<sheet name={quoteattr(f'{title} {number}' if sheets > 1 else title)} "
        f'sheetId="{number}" r:id="rId{number}"/>'
        for number in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    yield "xl/styles.xml", STYLES


def _relationships(targets: Iterable[tuple[str, str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


# Style 1 is text (number format 49), style 2 bold.
STYLES = (
    f'<styleSheet xmlns="{NAMESPACE}"><fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    "</styleSheet>"
)
