"""A file holds every record that was chosen, or everybody is told that it does not."""

import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from django.test import Client

from reviewapp import export_files
from reviewapp.exceptions import ExportIncomplete
from reviewapp.models import Export, ExportFormat, User
from reviewapp.stages import export as exporting
from tests.exports import content_of, done, exported, wished
from tests.factories import submission_at
from tests.views.pages import text

FORMATS = list(ExportFormat)


@pytest.fixture
def three_approved(db: None) -> None:
    for _ in range(3):
        submission_at("approved")


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_keeps_how_many_records_its_file_holds(format: ExportFormat, three_approved: None) -> None:
    made = exported(format=format, columns=("record", "sex"))
    assert (made.row_count, made.written_count, made.is_incomplete) == (3, 3, False)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_lacks_records_fails_and_is_not_kept(
    format: ExportFormat, three_approved: None, as_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exporting.rows
    monkeypatch.setattr(exporting, "rows", lambda export: list(whole(export))[:2])
    made = wished(format=format, columns=("record", "sex"))
    with pytest.raises(ExportIncomplete, match="it held 2 of 3 records"):
        done(made)
    made.refresh_from_db()
    assert (made.file.name, made.finished_at) == ("", None)
    assert "it held 2 of 3 records" in text(as_admin.get("/exports/"))


def test_what_goes_beyond_one_sheet_stands_on_the_next(three_approved: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "SHEET_ROWS", 2)
    created = exported(format=ExportFormat.XLSX, columns=("record", "sex"))
    book = openpyxl.load_workbook(io.BytesIO(content_of(created)))
    columns = [[cell.value for cell in sheet["A"]] for sheet in book]
    pks = [str(pk) for pk in created.items.values_list("submission_id", flat=True)]
    assert columns == [["Record", *pks[:2]], ["Record", *pks[2:]]]
    assert book.sheetnames == ["Records 1", "Records 2"]


@pytest.mark.slow
@pytest.mark.sqlite
def test_more_records_than_a_sheet_has_rows_all_leave(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 1_048_576 + 10
    created = Export.objects.create(
        format="xlsx", columns=["record"], row_count=count, exported_by=admin_user, phase="writing"
    )

    def many(export: Export) -> Iterator[list[str]]:
        return ([str(number)] for number in range(count))

    monkeypatch.setattr(exporting, "rows", many)
    content = io.BytesIO(content_of(done(created)))
    with zipfile.ZipFile(content) as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/")]
        rows = [len(re.findall(rb"<row ", file.read(name))) for name in sorted(sheets)]
    assert rows == [1_048_576, 12]
    created.refresh_from_db()
    assert created.written_count == count


def test_a_cell_that_a_sheet_cannot_hold_fails_instead_of_being_dropped(
    three_approved: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = wished(format=ExportFormat.XLSX, columns=("record", "sex"))
    monkeypatch.setattr(exporting, "rows", lambda export: [["x" * 32_768, "1"]] * 3)
    with pytest.raises(ExportIncomplete, match="Row 2, column 1 does not fit"):
        done(created)
