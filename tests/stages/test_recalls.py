"""What left with a value that was corrected since is recalled by the next export, until one arrives whole."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from reviewapp.models import Export, ExportFormat, Recall, Submission, User
from reviewapp.states import EventKind
from tests.amendments import NEW_NAME, OLD_NAME, amended, approved_record, lines_of
from tests.exports import content_of, exported, left, wished
from tests.factories import submission_at

pytestmark = pytest.mark.django_db


def recalls_by_record(made: Export) -> dict[str, list]:
    return {line["record"]: line["recalls"] for line in lines_of(made)}


def test_the_next_export_tells_which_exports_hold_the_old_value() -> None:
    record, other = approved_record(), submission_at("approved")
    first, second = exported(), exported()
    lines_of(first)
    amended(record)

    third = exported()
    told = {"exports": [first.pk, second.pk], "field": "neonatalName", "old": OLD_NAME, "new": NEW_NAME}
    assert recalls_by_record(third) == {str(record.pk): [told], str(other.pk): []}
    assert {recall.told_in for recall in Recall.objects.all()} == {third}
    event = record.events.get(kind=EventKind.RECALLED)
    amendment = record.amendments.get()
    assert event.params == {"export": third.pk, "exports": [first.pk, second.pk], "amendments": [amendment.pk]}
    assert event.new_label == f"#{third.pk} (#{first.pk}, #{second.pk})"

    assert recalls_by_record(exported()) == {str(record.pk): [], str(other.pk): []}


def test_a_recalled_record_leaves_whatever_is_chosen() -> None:
    record, other = approved_record(), submission_at("approved")
    exported()
    amended(record)
    made = exported(batches=[other.batch], columns=["sex", "record"])
    assert recalls_by_record(made).keys() == {str(record.pk), str(other.pk)}
    assert made.columns == ["sex", "record", "recalls"]


def test_recalls_alone_are_something_to_export() -> None:
    record = approved_record()
    exported()
    amended(record)
    made = exported(approved_until=date(2001, 1, 1))
    assert list(recalls_by_record(made)) == [str(record.pk)]


def test_an_export_that_breaks_off_has_told_nothing() -> None:
    record = approved_record()
    first = exported()
    amended(record)
    left(wished())

    whole = exported()
    (told,) = recalls_by_record(whole)[str(record.pk)]
    assert told["exports"] == [first.pk]
    assert recalls_by_record(exported())[str(record.pk)] == []


def test_a_second_correction_goes_on_from_the_first() -> None:
    record = approved_record()
    first = exported()
    amended(record)
    amended(record, changes={"neonatal_name": "王筱明"})
    (line,) = lines_of(exported())
    assert [(told["old"], told["new"]) for told in line["recalls"]] == [(OLD_NAME, NEW_NAME), (NEW_NAME, "王筱明")]
    assert [told["exports"] for told in line["recalls"]] == [[first.pk], [first.pk]]


def test_a_correction_of_what_never_left_recalls_nothing() -> None:
    record = approved_record()
    exported(columns=["sex"])
    amended(record)
    made = exported(columns=["record"])
    assert made.columns == ["record"]
    assert not Recall.objects.exists()


def test_the_spreadsheets_say_it_in_a_line_that_people_read(admin_user: User) -> None:
    record = approved_record()
    first = exported()
    amended(record)
    sentence = f"#{first.pk}: Neonatal name: {OLD_NAME} → {NEW_NAME}"

    made = exported(by=admin_user, format=ExportFormat.CSV, columns=["neonatal_name"])
    header, row = csv.reader(io.StringIO(content_of(made).decode("utf-8-sig")))
    assert (header, row) == (["Neonatal name", "Replaces what left earlier"], [NEW_NAME, sentence])

    Recall.objects.update(told_in=None)
    made = exported(by=admin_user, format=ExportFormat.XLSX, columns=["neonatal_name"])
    sheet = openpyxl.load_workbook(io.BytesIO(content_of(made))).active
    assert [cell.value for cell in sheet[2]] == [NEW_NAME, sentence]


def test_recalls_cost_the_same_queries_for_many_records(django_assert_max_num_queries: object) -> None:
    records = [approved_record() for _ in range(3)]
    exported()
    for record in records:
        amended(record)
    made = exported()
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert all(line["recalls"] for line in lines_of(made))
    assert Submission.objects.approved().count() == 3
