"""Chinese is typed with an input method; while it composes, every key belongs to it."""

from playwright.sync_api import CDPSession, expect

from reviewapp.models import Submission, User
from tests.browser.conftest import OpenReview, Screen
from tests.factories import submission_at

DOUBTFUL = {"neonatal_name": 60, "mother_name": 70}
INPUT_METHOD = 229


def compose(cdp: CDPSession, text: str) -> None:
    cdp.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def press_while_composing(cdp: CDPSession, key: str) -> None:
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": INPUT_METHOD})


def open_with_composition(open_review: OpenReview) -> tuple[Screen, CDPSession]:
    """Clear the first doubtful field and begin to compose in it."""
    screen = open_review(submission_at("recognised", probs=DOUBTFUL))
    screen.expect_focus("neonatal_name")
    screen.page.keyboard.press("Control+A")
    screen.page.keyboard.press("Delete")
    cdp = screen.page.context.new_cdp_session(screen.page)
    compose(cdp, "wang")
    return screen, cdp


def test_no_key_does_anything_while_composing_and_the_committed_text_is_saved(
    open_review: OpenReview, clerk: User
) -> None:
    screen, cdp = open_with_composition(open_review)
    for key in ("Enter", "Escape", "F1"):
        press_while_composing(cdp, key)
    expect(screen.page.locator("#keys-dialog")).to_be_hidden()
    screen.expect_focus("neonatal_name")
    compose(cdp, "王小明")
    cdp.send("Input.insertText", {"text": "王小明"})
    expect(screen.input("neonatal_name")).to_have_value("王小明")
    screen.expect_focus("neonatal_name")
    assert not screen.field("neonatal_name").is_verified

    screen.page.wait_for_timeout(100)
    screen.page.keyboard.press("Enter")
    screen.expect_focus("mother_name")
    screen.expect_check("neonatal_name", "verified")
    field = screen.field("neonatal_name")
    assert (field.value, field.verified_by) == ("王小明", clerk)


def test_an_enter_that_commits_does_not_verify_in_the_order_of_any_browser(open_review: OpenReview) -> None:
    """Chromium tells of the key inside the composition, Safari after its end with the input method's code."""
    record: Submission = submission_at("recognised", probs=DOUBTFUL)
    screen = open_review(record)
    screen.expect_focus("neonatal_name")
    saves: list[str] = []
    screen.page.on("request", lambda request: saves.append(request.url) if "/fields/" in request.url else None)
    screen.page.evaluate(
        """() => {
          const input = document.querySelector("#value-neonatal_name");
          const tell = (event) => input.dispatchEvent(event);
          const enter = (options) => new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...options });
          tell(new CompositionEvent("compositionstart", { bubbles: true }));
          tell(enter({ isComposing: true }));
          tell(enter({}));
          tell(new CompositionEvent("compositionend", { bubbles: true, data: "王" }));
          tell(enter({ keyCode: 229 }));
          tell(enter({}));
        }"""
    )
    screen.page.wait_for_timeout(300)
    screen.expect_focus("neonatal_name")
    assert not saves


def test_leaving_the_field_in_the_middle_of_a_composition_frees_the_keys_again(open_review: OpenReview) -> None:
    screen, _ = open_with_composition(open_review)
    screen.input("sex").click()
    screen.page.wait_for_timeout(100)
    screen.page.keyboard.press("Enter")
    screen.expect_check("sex", "verified")
