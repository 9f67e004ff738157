"""The server is out of order for a while, before people who are at work in a real browser."""

from pathlib import Path

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

from reviewapp.models import Submission, User
from reviewapp.stages import correct
from reviewapp.states import SubmissionStatus
from tests.browser.conftest import OpenPage, OpenReview
from tests.browser.test_upload_files import choose, expect_row, file
from tests.factories import picture, submission_at
from tests.installation import wait_for

CANNOT_BE_SHOWN = "The stored picture cannot be shown."
OUT_OF_ORDER = "The server cannot save or read this at the moment. What you typed is still here"


@pytest.fixture
def record(clerk: User) -> Submission:
    return submission_at(SubmissionStatus.RECOGNISED)


def gone(*arguments: object, **options: object) -> None:
    raise OperationalError("database is locked")


def test_a_value_typed_while_the_database_is_away_is_saved_when_it_is_back(
    record: Submission, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_review(record)
    with monkeypatch.context() as patch:
        patch.setattr(correct, "correct", gone)
        screen.type_over("father_name", "张三")
        screen.page.keyboard.press("Tab")
        screen.expect_save("father_name", "retrying")
        assert screen.field("father_name").value != "张三"
        # Also after a reload the text is there.
        screen.page.reload()
        expect(screen.input("father_name")).to_have_value("张三")
        screen.expect_save("father_name", "retrying")
    screen.expect_save("father_name", "saved")
    assert screen.field("father_name").value == "张三"


def test_a_button_that_meets_an_outage_says_what_to_do_and_works_again_after_it(
    record: Submission, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_review(record)
    finish = screen.page.locator("#finish button[type=submit]")
    with monkeypatch.context() as patch:
        patch.setattr(correct, "submit", gone)
        finish.click()
        expect(screen.page.locator("#notices")).to_contain_text(OUT_OF_ORDER)
    finish.click()
    wait_for(lambda: Submission.objects.get(pk=record.pk).status == SubmissionStatus.REVIEWED)


def test_a_picture_without_room_says_so_in_its_row_and_goes_in_by_a_second_try(
    open_page: OpenPage, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    page = open_page(clerk, "/upload/")
    page.get_by_label("Name of the new batch").fill("Monday")
    with monkeypatch.context() as patch:
        patch.setattr("django.core.files.storage.FileSystemStorage._save", full)
        choose(page, file("first.png", picture()))
        expect_row(page, "first.png", "The place where pictures are kept is full or does not answer.")
    page.get_by_role("button", name="Retry", exact=True).click()
    expect_row(page, "first.png", "Record #")


def lose(record: Submission, content: bytes | None) -> None:
    """Take a picture away, or leave something else in its place."""
    path = Path(record.screen.path)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def expect_lost(page: Page) -> None:
    expect(page.locator(".picture-lost")).to_contain_text(CANNOT_BE_SHOWN)
    expect(page.locator(".picture-lost")).to_be_visible()


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"RIFF\x00\x10\x00\x00WEBPVP8 cut off"])
def test_a_picture_that_is_missing_or_damaged_is_said_and_the_values_are_there(
    record: Submission, content: bytes | None, open_page: OpenPage, open_review: OpenReview, supervisor: User
) -> None:
    lose(record, content)
    page = open_page(supervisor, record.get_absolute_url())
    expect_lost(page)
    expect(page.locator('.value[data-field="neonatal_name"]')).to_be_visible()

    screen = open_review(record)
    expect_lost(screen.page)
    screen.type_over("father_name", "张三")
    screen.page.keyboard.press("Tab")
    screen.expect_save("father_name", "saved")


def test_a_picture_that_is_there_is_shown_without_a_word(
    record: Submission, open_page: OpenPage, supervisor: User
) -> None:
    page = open_page(supervisor, record.get_absolute_url())
    expect(page.locator("#picture image")).to_be_visible()
    expect(page.locator(".picture-lost")).to_be_hidden()
