"""Many files at once, in a real browser: a bad one, a broken line or a lost session stops none of the others."""

import re

from playwright.sync_api import FilePayload, Page, Route, expect

from reviewapp.models import Batch, Submission, User
from tests.browser.conftest import OpenPage
from tests.factories import picture

TEN_MB = 10 * 1024 * 1024


def file(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("#files").set_input_files(list(files))


def expect_row(page: Page, name: str, words: str) -> None:
    row = page.locator(".upload-row").filter(has_text=name)
    expect(row).to_contain_text(words)


def test_each_file_gets_its_own_answer(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.get_by_label("Name of the new batch").fill("Monday")
    twin = picture()
    choose(
        page,
        file("first.png", twin),
        file("second.png", picture()),
        file("small.png", picture(size=(200, 150))),
        file("cut.png", picture()[:800]),
        file("paper.pdf", b"%PDF-1.7", "application/pdf"),
        file("empty.png", b""),
        file("large.png", b"0" * (TEN_MB + 1)),
    )
    expect(page.locator("#upload-summary")).to_have_text("7 of 7 done, 4 refused")
    expect_row(page, "first.png", "Record #")
    expect_row(page, "small.png", "sides above 500 pixels are read better")
    expect_row(page, "cut.png", "damaged, incomplete")
    expect_row(page, "paper.pdf", "no picture that can be read")
    expect_row(page, "empty.png", "The file is empty")
    expect_row(page, "large.png", "larger than 10 MB")
    choose(page, file("again.png", twin))
    expect_row(page, "again.png", "This very picture is already here")
    assert Batch.objects.get().submissions.count() == 3
    page.get_by_role("link", name="To the batch").click()
    expect(page).to_have_url(re.compile(r"/batches/\d+/$"))


def test_a_file_can_be_dropped_anywhere_on_the_page(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.evaluate(
        """async (bytes) => {
          const files = new DataTransfer();
          files.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
          const options = { bubbles: true, cancelable: true, dataTransfer: files };
          document.querySelector("#dropzone").dispatchEvent(new DragEvent("drop", options));
        }""",
        list(picture()),
    )
    expect_row(page, "dropped.png", "Record #")
    assert Submission.objects.get().original_name == "dropped.png"


def test_a_broken_line_is_tried_again_and_then_by_a_button(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    failures = {"once.png": 1, "thrice.png": 3}

    def break_off(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        for name, left in failures.items():
            if name.encode() in body and left:
                failures[name] -= 1
                return route.abort()
        return route.fallback()

    page.route("**/upload/", break_off)
    choose(page, file("once.png", picture()), file("thrice.png", picture()), file("never.png", picture()))
    expect_row(page, "once.png", "Record #")
    expect_row(page, "never.png", "Record #")
    expect_row(page, "thrice.png", "The transfer broke off.")
    page.get_by_role("button", name="Retry all that broke off").click()
    expect_row(page, "thrice.png", "Record #")
    expect(page.locator("#upload-summary")).to_have_text("3 of 3 done, 0 refused")


def test_a_lost_session_is_told_and_logging_in_elsewhere_mends_it(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    context = page.context
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    choose(page, file("late.png", picture()))
    expect_row(page, "late.png", "You are logged out.")
    context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])  # type: ignore[misc]
    page.get_by_role("button", name="Retry", exact=True).click()
    expect_row(page, "late.png", "Record #")


def test_an_address_is_sent_by_enter_and_answered_like_a_file(open_page: OpenPage, clerk: User) -> None:
    page = open_page(clerk, "/upload/")
    page.get_by_label("Or fetch a picture from a web address").fill("http://127.0.0.1:9/a.png")
    page.keyboard.press("Enter")
    expect_row(page, "http://127.0.0.1:9/a.png", "This address may not be fetched")


def test_the_name_of_a_new_batch_is_asked_only_for_a_new_batch(open_page: OpenPage, clerk: User) -> None:
    batch = Batch.objects.create(name="Tuesday", created_by=clerk)
    page = open_page(clerk, "/upload/")
    expect(page.get_by_label("Name of the new batch")).to_be_visible()
    page.get_by_label("Batch", exact=True).select_option("Tuesday")
    expect(page.get_by_label("Name of the new batch")).to_be_hidden()
    choose(page, file("a.png", picture()))
    expect_row(page, "a.png", "Record #")
    assert batch.submissions.count() == 1
