"""A newly drawn certificate from upload to spreadsheet, with the real engine, by three people."""

import io
from pathlib import Path

import openpyxl
import pytest
from django_tasks_db.management.commands.db_worker import Worker
from playwright.sync_api import Page, expect

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import Submission, User
from reviewapp.states import BatchStatus, SubmissionStatus
from tests.browser.conftest import OpenPage
from tests.certificates.make import Sample, make
from tests.guards import guards_off

BATCH = "Monday 周一"


def work() -> None:
    """Let a worker do all that waits."""
    Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="story",
    ).run()


@pytest.fixture
def certificate() -> Sample:
    return make(20_261_122, "scan", "plain")


def upload(page: Page, certificate: Sample, directory: Path) -> None:
    path = directory / f"certificate{certificate.suffix}"
    path.write_bytes(certificate.content)
    page.get_by_label("Batch", exact=True).select_option("")
    page.get_by_label("New batch").fill(BATCH)
    page.locator("#files").set_input_files(path)
    expect(page.locator("#upload-list li")).to_contain_text("certificate")
    expect(page.locator("#upload-list a").first).to_be_visible()


def review(page: Page, certificate: Sample) -> int:
    """Bring every value to what the paper says, by the keyboard alone; return how many were changed."""
    truth = {spec.name: certificate.truth[spec.key] for spec in FIELDS}
    changed = 0
    page.locator(f"#value-{FIELDS[0].name}").focus()
    for spec in FIELDS:
        field = page.locator(f"#value-{spec.name}")
        expect(field).to_be_focused()
        if field.input_value() != truth[spec.name]:
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(truth[spec.name])
            changed += 1
        page.keyboard.press("Tab")
    while doubtful := page.locator('[id^="state-"][data-state="flagged"]').first.count():
        name = page.locator('[id^="state-"][data-state="flagged"]').first.get_attribute("id").removeprefix("state-")
        page.locator(f"#value-{name}").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#state-{name}")).to_have_attribute("data-state", "verified")
        assert doubtful
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url("**/review/")
    return changed


def test_a_picture_goes_from_upload_to_spreadsheet_and_the_truth_is_in_the_file(
    open_page: OpenPage, certificate: Sample, clerk: User, supervisor: User, admin_user: User, tmp_path: Path
) -> None:
    upload(open_page(clerk, "/upload/"), certificate, tmp_path)
    work()
    submission = Submission.objects.get()
    assert submission.status == SubmissionStatus.RECOGNISED
    # The engine reads this picture rightly, so one reading is spoilt for the clerk to correct.
    with guards_off():
        submission.fields.filter(name="neonatal_name").update(value="读错", read_value="读错")

    page = open_page(clerk)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{submission.pk}/review/")
    assert review(page, certificate) >= 1

    page = open_page(supervisor, f"/batches/{submission.batch_id}/")
    expect(page.locator("main")).to_contain_text("读错")
    expect(page.locator("main")).to_contain_text(certificate.truth["neonatalName"])
    page.get_by_role("button", name="Approve all 1").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("main")).to_contain_text("approved by supervisor")
    submission.refresh_from_db()
    assert (submission.status, submission.batch.status) == (SubmissionStatus.APPROVED, BatchStatus.APPROVED)

    page = open_page(admin_user, "/exports/")
    page.get_by_label("XLSX").check()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.locator("#export-past progress")).to_have_count(1)
    work()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    header, row = (["" if cell is None else cell for cell in line] for line in sheet.iter_rows(values_only=True))
    cells = dict(zip(header, row, strict=True))
    assert {str(spec.label): cells[str(spec.label)] for spec in FIELDS} == {
        str(spec.label): certificate.truth[spec.key] for spec in FIELDS
    }
