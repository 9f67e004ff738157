"""A file holds every record that was chosen, or everybody is told that it does not."""

import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from django.test import Client

from reviewapp.exceptions import ExportIncomplete
from reviewapp.models import Export, ExportFormat, User
from reviewapp.stages import export as exporting
from tests.factories import submission_at
from tests.views.pages import text

FORMATS = list(ExportFormat)


@pytest.fixture
def three_approved(db: None) -> None:
    for _ in range(3):
        submission_at("approved")


def chosen(admin: User, format: ExportFormat, columns: tuple[str, ...] = ("record", "sex")) -> Export:
    return exporting.create(by=admin, format=format, columns=columns)


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_keeps_how_many_records_its_file_holds(
    format: ExportFormat, three_approved: None, admin_user: User
) -> None:
    created = chosen(admin_user, format)
    assert created.is_incomplete
    assert b"".join(exporting.stream(created))
    created.refresh_from_db()
    assert (created.row_count, created.written_count, created.is_incomplete) == (3, 3, False)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_lacks_records_fails_and_is_listed_as_incomplete(
    format: ExportFormat,
    three_approved: None,
    admin_user: User,
    as_admin: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    created = chosen(admin_user, format)
    whole = exporting.rows
    monkeypatch.setattr(exporting, "rows", lambda export: list(whole(export))[:2])
    with pytest.raises(ExportIncomplete, match="The file holds 2 of 3 records"):
        b"".join(exporting.stream(created))
    created.refresh_from_db()
    assert (created.written_count, created.finished_at) == (2, None)
    assert "2 of 3 written" in text(as_admin.get("/exports/"))


def test_a_download_that_was_cut_short_is_listed_with_what_left(
    three_approved: None, admin_user: User, as_admin: Client
) -> None:
    created = chosen(admin_user, ExportFormat.JSONL)
    pieces = exporting.stream(created)
    next(pieces)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert "1 of 3 written" in text(as_admin.get("/exports/"))


def test_what_goes_beyond_one_sheet_stands_on_the_next(
    three_approved: None, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 2)
    created = chosen(admin_user, ExportFormat.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(exporting.stream(created))))
    columns = [[cell.value for cell in sheet["A"]] for sheet in book]
    pks = [str(pk) for pk in created.items.values_list("submission_id", flat=True)]
    assert columns == [["Record", *pks[:2]], ["Record", *pks[2:]]]


@pytest.mark.slow
@pytest.mark.sqlite
def test_more_records_than_a_sheet_has_rows_all_leave(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 1_048_576 + 10
    created = Export.objects.create(format="xlsx", columns=["record"], row_count=count, exported_by=admin_user)

    def many(export: Export) -> Iterator[list[str]]:
        return ([str(number)] for number in range(count))

    monkeypatch.setattr(exporting, "rows", many)
    content = io.BytesIO(b"".join(exporting.stream(created)))
    with zipfile.ZipFile(content) as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/")]
        rows = [len(re.findall(rb"<row ", file.read(name))) for name in sorted(sheets)]
    assert rows == [1_048_576, 12]
    created.refresh_from_db()
    assert created.written_count == count


def test_a_cell_that_a_sheet_cannot_hold_fails_instead_of_being_dropped(
    three_approved: None, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = chosen(admin_user, ExportFormat.XLSX)
    monkeypatch.setattr(exporting, "rows", lambda export: [["x" * 32_768, "1"]] * 3)
    with pytest.raises(ExportIncomplete, match="Row 2, column 1 does not fit"):
        b"".join(exporting.stream(created))
