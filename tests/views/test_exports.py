"""Approved records leave as a file."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.core.management import call_command
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone

from reviewapp.administration.webhooks import payload
from reviewapp.exceptions import IllegalTransition, sentence
from reviewapp.export_columns import COLUMNS, MONTHLY_LIST
from reviewapp.models import Event, Export, ExportItem, Flag, User
from reviewapp.stages import export
from tests.exports import done, exported, left, wished
from tests.factories import AS_ON_PAPER, fields_of, make_batch, submission_at, true_values
from tests.views.pages import text

pytestmark = pytest.mark.django_db

CHOICE = {"format": "csv", "preset": "all"}


def downloaded(browser: Client, choice: dict[str, object], **options: Any) -> StreamingHttpResponse:
    """Ask for an export, let its task be done, and download the file."""
    asked = browser.post("/exports/", choice, **options)
    assert (asked.status_code, asked.headers["location"]) == (302, "/exports/#past")
    made = done(Export.objects.latest("pk"))
    return browser.get(f"/exports/{made.pk}/file/")  # type: ignore[return-value]


def sent(response: StreamingHttpResponse) -> bytes:
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def csv_rows(response: StreamingHttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sent(response).decode("utf-8-sig"))))


def test_all_approved_records_leave_as_csv_with_all_columns(as_admin: Client, admin_user: User) -> None:
    submission_at("approved", values=true_values(2))
    submission_at("reviewed")
    response = downloaded(as_admin, CHOICE)
    rows = csv_rows(response)
    assert len(rows) == 2
    assert len(rows[0]) == len(COLUMNS)
    assert true_values(2)["mother_id_card_number"] in rows[1]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    created = Export.objects.get()
    assert (created.exported_by, created.row_count) == (admin_user, 1)
    assert f"-{created.pk}.csv" in response.headers["Content-Disposition"]


def test_the_monthly_list_has_the_bureaus_columns_in_the_bureaus_order(as_admin: Client) -> None:
    record = submission_at("approved")
    (_, row) = csv_rows(downloaded(as_admin, CHOICE | {"preset": "monthly"}))
    values = fields_of(record)
    assert row == [values[name].value for name in MONTHLY_LIST]


def test_own_columns_are_taken_only_when_asked_for(as_admin: Client) -> None:
    submission_at("approved")
    chosen = {"columns": ["neonatal_name", "record"]}
    assert len(csv_rows(downloaded(as_admin, CHOICE | chosen))[0]) == len(COLUMNS)
    assert csv_rows(downloaded(as_admin, CHOICE | chosen | {"preset": "own"}))[0] == ["Neonatal name", "Record"]


def test_no_column_and_no_record_are_told(as_admin: Client) -> None:
    response = as_admin.post("/exports/", CHOICE)
    assert response.status_code == 422
    assert sentence("nothingToExport") in text(response)
    submission_at("approved")
    response = as_admin.post("/exports/", CHOICE | {"preset": "own"})
    assert response.status_code == 422
    assert sentence("noColumns") in text(response)
    assert not Export.objects.exists()


def test_batches_and_days_narrow_the_choice(as_admin: Client) -> None:
    here, there = make_batch("Here"), make_batch("There")
    submission_at("approved", batch=here)
    submission_at("approved", batch=there)
    (_, row) = csv_rows(downloaded(as_admin, CHOICE | {"batches": [here.pk]}))
    assert "Here" in row
    today = timezone.localdate()
    assert len(csv_rows(downloaded(as_admin, CHOICE | {"approved_from": today, "approved_until": today}))) == 3
    later = {"approved_from": today + timedelta(days=1)}
    assert as_admin.post("/exports/", CHOICE | later).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "exe"},
        {"preset": "none"},
        {"batches": ["999"]},
        {"approved_from": "yesterday"},
        {"columns": ["password"], "preset": "own"},
    ],
)
def test_a_choice_that_is_none_is_refused(as_admin: Client, wrong: dict[str, object]) -> None:
    submission_at("approved")
    assert as_admin.post("/exports/", CHOICE | wrong).status_code == 422
    assert not Export.objects.exists()


def test_days_in_the_wrong_order_are_told(as_admin: Client) -> None:
    response = as_admin.post("/exports/", CHOICE | {"approved_from": "2026-02-02", "approved_until": "2026-02-01"})
    assert response.status_code == 422
    assert "This day lies before the first one." in text(response)


def test_a_spreadsheet_keeps_the_last_digits_of_an_id_number(as_admin: Client) -> None:
    record = submission_at("approved")
    content = sent(downloaded(as_admin, {"format": "xlsx", "preset": "monthly"}))
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[1][MONTHLY_LIST.index("mother_id_card_number")] == fields_of(record)["mother_id_card_number"].value


def test_json_lines_have_the_keys_of_the_api(as_admin: Client) -> None:
    record = submission_at("approved")
    (line,) = sent(downloaded(as_admin, {"format": "jsonl", "preset": "all"})).splitlines()
    assert json.loads(line)["neonatalName"] == fields_of(record)["neonatal_name"].value


def test_headers_of_the_file_speak_the_language_of_who_asks(as_admin: Client) -> None:
    submission_at("approved")
    response = downloaded(as_admin, CHOICE | {"preset": "monthly"}, headers={"accept-language": "zh-hans"})
    assert csv_rows(response)[0][:2] == ["编号", "新生儿姓名"]


def test_what_left_before_is_listed_with_who_and_how_many(as_admin: Client, admin_user: User) -> None:
    record = submission_at("approved")
    assert "Nothing has been exported yet." in text(as_admin.get("/exports/"))
    sent(downloaded(as_admin, CHOICE | {"approved_from": "2026-01-01"}))
    page = text(as_admin.get("/exports/"))
    assert admin_user.display_name in page
    assert "2026-01-01 – …" in page
    assert "Approved records: 1, never exported: 0" in page
    assert record.batch.name in page


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_only_administrators_export(role: str, request: pytest.FixtureRequest) -> None:
    submission_at("approved")
    browser: Client = request.getfixturevalue(f"as_{role}")
    assert browser.get("/exports/").status_code == 403
    assert browser.post("/exports/", CHOICE).status_code == 403
    assert not Export.objects.exists()


def test_a_value_kept_against_a_rule_leaves_with_rule_reason_and_person(as_admin: Client, clerk: User) -> None:
    record = submission_at("approved", values={"birth_weight": "120"}, clerk=clerk)
    flag = Flag.objects.overridden().get()
    submission_at("approved", values=true_values(2))

    lines = [json.loads(line) for line in sent(downloaded(as_admin, CHOICE | {"format": "jsonl"})).splitlines()]
    override = {"field": "birthWeight", "rule": flag.code, "sentence": flag.sentence, "reason": AS_ON_PAPER}
    assert [line["overrides"] for line in lines] == [[override | {"by": "clerk"}], []]

    header, row, plain = csv_rows(downloaded(as_admin, CHOICE))
    cell = row[header.index("Kept against a rule")]
    assert cell == f"Birth weight: {flag.sentence} [{flag.code}] {AS_ON_PAPER} (clerk)"
    assert plain[header.index("Kept against a rule")] == ""

    book = openpyxl.load_workbook(io.BytesIO(sent(downloaded(as_admin, CHOICE | {"format": "xlsx"}))))
    assert cell in [one.value for one in book.active[2]]
    assert json.loads(payload(record))["data"]["overrides"] == [override | {"by": "clerk"}]


def test_a_download_goes_on_where_it_broke_off(as_admin: Client) -> None:
    submission_at("approved")
    whole = downloaded(as_admin, CHOICE | {"format": "jsonl"})
    content, etag, address = sent(whole), whole.headers["ETag"], whole.request["PATH_INFO"]
    assert whole.headers["Accept-Ranges"] == "bytes"

    def part(asked: str, **headers: str) -> tuple[int, bytes, str]:
        answer = as_admin.get(address, headers={"range": asked, **headers})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, body, answer.headers.get("Content-Range", "")

    size = len(content)
    assert part("bytes=10-") == (206, content[10:], f"bytes 10-{size - 1}/{size}")
    assert part("bytes=0-9", **{"if-range": etag}) == (206, content[:10], f"bytes 0-9/{size}")
    assert part("bytes=-5") == (206, content[-5:], f"bytes {size - 5}-{size - 1}/{size}")
    assert part("bytes=5-9", **{"if-range": '"another"'}) == (200, content, "")
    assert part("bytes=9-5") == (200, content, "")
    assert part("bytes=0-1,4-5") == (200, content, "")
    assert part(f"bytes={size}-")[0::2] == (416, f"bytes */{size}")


def test_the_file_is_named_in_plain_letters_and_in_the_language_of_who_asked(as_admin: Client) -> None:
    submission_at("approved")
    named = downloaded(as_admin, CHOICE, headers={"accept-language": "zh-hans"}).headers["Content-Disposition"]
    assert 'filename="birth-certificates-' in named
    assert f"filename*=UTF-8''{quote('出生医学证明')}-" in named


def test_an_export_is_cancelled_until_its_first_record_leaves(as_admin: Client) -> None:
    submission_at("approved")
    made = wished()
    assert "Waiting for a worker" in text(as_admin.get("/exports/"))
    assert as_admin.post(f"/exports/{made.pk}/cancel/").status_code == 302
    made.refresh_from_db()
    assert made.phase == "cancelled"
    assert export.go_on(made)
    assert not ExportItem.objects.exists()
    begun = left(wished())
    refused = as_admin.post(f"/exports/{begun.pk}/cancel/")
    assert refused.status_code == 409
    assert sentence("exportNotCancelled") in text(refused)


def test_a_file_is_removed_after_its_last_day_and_said_to_be_gone(as_admin: Client, settings: Any) -> None:
    submission_at("approved")
    made = exported()
    call_command("sweep")
    assert made.file.storage.exists(made.file.name)
    settings.EXPORT_DAYS = 0
    call_command("sweep")
    assert not made.file.storage.exists(made.file.name)
    gone = as_admin.get(f"/exports/{made.pk}/file/")
    assert (gone.status_code, sentence("exportFileGone") in text(gone)) == (404, True)
    assert "The file is removed." in text(as_admin.get("/exports/"))


def test_a_person_who_was_deactivated_meanwhile_exports_nothing(admin_user: User) -> None:
    submission_at("approved")
    made = wished()
    User.objects.filter(pk=admin_user.pk).update(is_active=False)
    assert export.go_on(made)
    made.refresh_from_db()
    assert (made.phase, made.failure_code) == ("failed", "notAdministrator")
    assert not ExportItem.objects.exists()


def test_of_two_workers_with_one_export_the_later_goes_on_and_nothing_is_recorded_twice() -> None:
    for _ in range(3):
        submission_at("approved")
    first = left(wished())
    second = Export.objects.get(pk=first.pk)
    assert export.go_on(second)
    with pytest.raises(IllegalTransition):
        export.bring_further(first)
    assert ExportItem.objects.count() == 3
    assert Event.objects.filter(kind="exported").count() == 3


def test_the_newest_exports_are_listed_first(as_admin: Client) -> None:
    submission_at("approved")
    made = [exported() for _ in range(3)]
    assert [one.pk for one in as_admin.get("/exports/").context["past"]] == [one.pk for one in reversed(made)]
