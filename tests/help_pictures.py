"""Take the pictures of the help pages from the running product, in both languages, with the demonstration's records.

uv run --group dev python -m tests.help_pictures
"""

import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402 – the settings come first
from tests.installation import wait_for  # noqa: E402
from tests.syntax import ROOT  # noqa: E402
from tests.test_demo import ENVIRONMENT, Demo  # noqa: E402

PICTURES = ROOT / "static" / "help"
LANGUAGES = {"en": "en-US", "zh-hans": "zh-CN"}
WIDTH, HEIGHT = 1280, 800
QUALITY = 62
PREPARE = "from tests.help_records import work; work()"

type Act = Callable[[Page], None]


def nothing(page: Page) -> None:
    """The page is as it opens."""


def open_marks(page: Page) -> None:
    page.keyboard.press("Alt+m")


def go_to_records(page: Page) -> None:
    page.locator("table").first.evaluate("node => node.scrollIntoView()")


# Whose page, its address in terms of what was prepared, and what is done there first.
SHOTS: dict[str, tuple[str, str, Act]] = {
    "review": ("clerk", "/records/{held}/review/", nothing),
    "marks": ("clerk", "/records/{held}/review/", open_marks),
    "upload": ("clerk", "/upload/", nothing),
    "batch": ("supervisor", "/batches/{batch}/", go_to_records),
    "record": ("supervisor", "/records/{reviewed}/", nothing),
    "history": ("auditor", "/history/", nothing),
    "people": ("admin", "/people/", nothing),
    "rules": ("admin", "/rules/", nothing),
    "exports": ("admin", "/exports/", nothing),
}


def main() -> None:
    """Start the demonstration, let its people work a little, and take all pictures."""
    with tempfile.TemporaryDirectory() as directory, Demo(Path(directory)) as demo:
        database = Path(directory) / "db.sqlite3"
        wait_for(lambda: not count_waiting(database))
        prepared = prepare(Path(directory))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for folder, locale in LANGUAGES.items():
                for name in SHOTS:
                    taken = shot(browser, demo.url, locale, name, prepared)
                    keep(taken, PICTURES / folder / f"{name}.webp")
            browser.close()


def count_waiting(database: Path) -> int:
    with sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True) as connection:
        waiting = connection.execute("SELECT count(*) FROM reviewapp_submission WHERE status = 'received'")
        return int(waiting.fetchone()[0])


def prepare(directory: Path) -> dict[str, str]:
    """Let people work in the demonstration; return the addresses' parts, and by person their session."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
    environment = {**ENVIRONMENT, "REVIEWAPP_DATA_DIR": str(directory)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return answer


def shot(browser: Browser, url: str, locale: str, name: str, prepared: dict[str, str]) -> bytes:
    who, address, act = SHOTS[name]
    context = browser.new_context(
        base_url=url, locale=locale, viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "sessionid", "value": prepared[who], "url": url}])
    page = context.new_page()
    page.goto(address.format(**prepared), wait_until="networkidle")
    act(page)
    taken = page.screenshot()
    context.close()
    return taken


def keep(png: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
