import csv
import io
import json
import tracemalloc
from datetime import date, timedelta

import openpyxl
import pytest
from django.utils import timezone

from reviewapp import export_files
from reviewapp.certificate.fields import FIELDS
from reviewapp.content import contents, digest_of
from reviewapp.exceptions import NotAllowed, ReviewError
from reviewapp.models import Approval, Event, Export, ExportFormat, Submission, User
from reviewapp.stages import export
from reviewapp.states import EventKind, SubmissionStatus
from tests.exports import content_of, done, exported, left, wished
from tests.factories import make_batch, submission_at, true_values
from tests.guards import guards_off

pytestmark = pytest.mark.django_db

ALL = [spec.name for spec in FIELDS]


def file_of(made: Export) -> bytes:
    return content_of(made)


def test_only_approved_records_leave(admin_user: User) -> None:
    approved = submission_at(SubmissionStatus.APPROVED)
    for status in set(SubmissionStatus) - {SubmissionStatus.APPROVED}:
        submission_at(status)

    made = exported(by=admin_user, format=ExportFormat.JSONL, columns=[*ALL, "record"])

    lines = file_of(made).decode().splitlines()
    assert [json.loads(line)["record"] for line in lines] == [str(approved.pk)]
    assert (made.row_count, list(made.submissions.all())) == (1, [approved])
    assert Event.objects.get(kind=EventKind.EXPORTED).submission == approved


def test_json_lines_carry_the_truth_under_the_keys_of_the_api(admin_user: User) -> None:
    submission_at(SubmissionStatus.APPROVED, values=true_values(5))

    line = json.loads(file_of(exported(by=admin_user, format=ExportFormat.JSONL, columns=ALL)))

    assert line == {spec.key: true_values(5)[spec.name] for spec in FIELDS}


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula(admin_user: User) -> None:
    values = true_values(5) | {
        "mother_address": "=HYPERLINK(0)区",
        "father_address": "@SUM(1)号",
        "issue_authority": "-医院",
    }
    submission_at(SubmissionStatus.APPROVED, values=values)

    content = file_of(exported(by=admin_user, format=ExportFormat.CSV, columns=ALL))

    assert content.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    cells = dict(zip(header, row, strict=True))
    assert cells["Mother's address"] == "'=HYPERLINK(0)区"
    assert cells["Father's address"] == "'@SUM(1)号"
    assert cells["Issuing authority"] == "'-医院"
    assert cells["Mother's ID number"] == values["mother_id_card_number"]


def test_xlsx_keeps_every_digit_as_text(admin_user: User) -> None:
    values = true_values(5) | {"mother_address": "=1+1区"}
    submission_at(SubmissionStatus.APPROVED, values=values)

    content = file_of(exported(by=admin_user, format=ExportFormat.XLSX, columns=ALL))

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    header, row = (list(line) for line in sheet.iter_rows())
    cells = {title.value: cell for title, cell in zip(header, row, strict=True)}
    number = cells["Mother's ID number"]
    assert (number.value, number.data_type) == (values["mother_id_card_number"], "s")
    assert (cells["Mother's address"].value, cells["Mother's address"].data_type) == ("=1+1区", "s")


def test_columns_stand_in_the_order_that_was_chosen(admin_user: User) -> None:
    submission_at(SubmissionStatus.APPROVED)

    made = exported(by=admin_user, format=ExportFormat.CSV, columns=["sex", "batch_name", "neonatal_name", "nonsense"])

    assert file_of(made).decode("utf-8-sig").splitlines()[0] == "Sex,Batch,Neonatal name"


def test_batches_and_days_narrow_the_choice(admin_user: User) -> None:
    first = submission_at(SubmissionStatus.APPROVED, batch=make_batch("first"))
    second = submission_at(SubmissionStatus.APPROVED, batch=make_batch("second"))
    today = timezone.localdate()
    Submission.objects.filter(pk=second.pk).update(approved_at=timezone.now() - timedelta(days=3))

    def chosen(**filters: object) -> list[Submission]:
        made = exported(by=admin_user, format=ExportFormat.CSV, columns=["sex"], **filters)
        return list(made.submissions.order_by("pk"))

    assert chosen() == [first, second]
    assert chosen(batches=[second.batch]) == [second]
    assert chosen(approved_from=today) == [first]
    assert chosen(approved_until=today - timedelta(days=1)) == [second]
    assert chosen(approved_from=today - timedelta(days=3), approved_until=today) == [first, second]
    with pytest.raises(ReviewError) as refusal:
        chosen(approved_until=date(2001, 1, 1))
    assert refusal.value.code == "nothingToExport"
    assert Export.objects.count() == 5


def test_an_export_without_columns_is_refused(admin_user: User) -> None:
    submission_at(SubmissionStatus.APPROVED)
    with pytest.raises(ReviewError) as refusal:
        exported(by=admin_user, format=ExportFormat.CSV, columns=["nonsense"])
    assert refusal.value.code == "noColumns"


@pytest.mark.parametrize("name", ["clerk", "supervisor"])
def test_only_an_administrator_exports(name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        exported(by=request.getfixturevalue(name), format=ExportFormat.CSV, columns=ALL)


@pytest.mark.parametrize("format", ExportFormat)
def test_memory_does_not_grow_with_the_number_of_records(
    format: ExportFormat, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "READ", 20)
    monkeypatch.setattr(export_files, "AT_ONCE", 20)
    one = submission_at(SubmissionStatus.APPROVED)
    fields = list(one.fields.all())

    def peak(records: int) -> int:
        with guards_off():
            _copies(one, fields, records)
        reason = "Copies came in past ingest."
        made = left(wished(by=admin_user, format=format, columns=ALL, balance_reason=reason))
        tracemalloc.start()
        done(made)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    few = peak(100)
    growth = (peak(400) - few) / 400
    assert growth < 1024, "a record's values take several kilobytes"


def _copies(one: Submission, fields: list, records: int) -> None:
    made = []
    for number in range(records):
        digest = f"{Submission.objects.count()}-{number}"
        made.append(Submission(**{**_columns(one), "sha256": digest}))
    model = type(fields[0])
    with guards_off():
        saved = Submission.objects.bulk_create(made)
        model.objects.bulk_create(
            model(submission=submission, name=field.name, position=field.position, value=field.value)
            for submission in saved
            for field in fields
        )
        approval = one.approvals.get()
        said = contents([submission.pk for submission in saved])
        Approval.objects.bulk_create(
            Approval(submission_id=pk, version=one.version, digest=digest_of(said[pk]), by=approval.by, at=approval.at)
            for pk in said
        )


def _columns(one: Submission) -> dict:
    return {field.attname: getattr(one, field.attname) for field in one._meta.fields if not field.primary_key}


def test_characters_without_a_code_point_are_counted(admin_user: User) -> None:
    marked = true_values(5) | {"neonatal_name": "王〓〓", "mother_address": "湖南省长沙市岳麓区〓村1号"}
    for values in (marked, true_values(5)):
        submission_at(SubmissionStatus.APPROVED, values=values)

    made = exported(by=admin_user, format=ExportFormat.JSONL, columns=["neonatal_name", "without_code_point"])

    lines = [json.loads(line) for line in file_of(made).decode().splitlines()]
    assert sorted(line["charactersWithoutCodePoint"] for line in lines) == ["0", "3"]
