"""The demo as a newcomer starts it: real processes, the real engine, the shipped samples."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest

from reviewapp.processes.demo import SAMPLES, is_free
from tests.installation import ROOT, free_port, interruptible, wait_for

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STATE = re.compile(r'data-state="(\w+)"')
VERSION = re.compile(r'name="version"\s+value="(\d+)"')


ENVIRONMENT = os.environ | {"DJANGO_SETTINGS_MODULE": "reviewapp.settings", "DATABASE_URL": "", "SECRET_KEY": ""}


class Demo:
    """A running demo; its children are restarted by it, and stopped with it."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory, self.port = directory, free_port()
        command = [
            sys.executable,
            "manage.py",
            "demo",
            "--json",
            "--port",
            str(self.port),
            "--data-dir",
            str(directory),
        ]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=interruptible,  # noqa: PLW1509 – it only sets a signal
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())
        self.url: str = self.said["url"]

    def browser(self, name: str) -> httpx.Client:
        client = httpx.Client(base_url=self.url, follow_redirects=True, headers={"accept-language": "en"}, timeout=30)
        self.post(client, "/login/", username=name, password=self.said["accounts"][name])
        assert client.get("/").url.path == "/"
        return client

    def post(self, client: httpx.Client, path: str, page: str = "", **data: str) -> httpx.Response:
        token = TOKEN.search(client.get(page or path).text)
        assert token is not None
        return client.post(path, data={"csrfmiddlewaretoken": token[1], **data}, headers={"referer": self.url})

    def children(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self.process.poll() is None:
            self.stop()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with Demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def read_page(client: httpx.Client, path: str) -> str:
    """Return the page of a record that has been read; nothing before that."""
    page = client.get(path).text
    return page if "data-state=" in page else ""


def test_the_line_names_the_address_and_four_accounts(demo: Demo) -> None:
    assert set(demo.said) == {"url", "accounts"}
    assert set(demo.said["accounts"]) == {"clerk", "clerk2", "supervisor", "admin"}
    assert demo.url == f"http://127.0.0.1:{demo.port}/"
    health = httpx.get(f"{demo.url}healthz").json()
    assert (health["status"], health["database"]) == ("ok", True)


def test_all_samples_are_read_and_the_one_that_is_no_certificate_says_so(demo: Demo) -> None:
    client = demo.browser("supervisor")
    pictures = len(list(SAMPLES.glob("*.jpg")))

    def finished() -> bool:
        page = client.get("/batches/1/").text
        return "Waiting to be read" not in page and f"{pictures} records" in page

    wait_for(finished)
    failed = client.get(f"/records/{pictures}/").text
    assert "No birth certificate was found in the picture" in failed


def test_the_first_record_is_as_clean_as_its_name_says(demo: Demo) -> None:
    client = demo.browser("supervisor")
    page = wait_for(lambda: read_page(client, "/records/1/"), seconds=120)
    assert "01-clean.jpg" in page
    assert set(STATE.findall(page)) == {"ok"}


def test_a_saved_value_survives_the_server_being_killed(demo: Demo) -> None:
    client = demo.browser("clerk")
    wait_for(lambda: read_page(client, "/records/1/"))
    review = demo.post(client, "/review/next/", page="/")
    record = re.search(r"/records/(\d+)/review/", str(review.url))
    assert record is not None
    token, version = TOKEN.search(review.text), VERSION.search(review.text)
    assert token is not None
    assert version is not None
    saved = client.post(
        f"/records/{record[1]}/fields/neonatal_name/",
        data={"csrfmiddlewaretoken": token[1], "value": "读大光", "version": version[1]},
        headers={"referer": demo.url, "hx-request": "true"},
    )
    assert saved.status_code == 200

    for pid in demo.children():
        os.killpg(pid, signal.SIGKILL)

    def answered() -> str:
        try:
            return client.get(f"/records/{record[1]}/").text
        except httpx.HTTPError:
            return ""

    assert "读大光" in wait_for(answered)
    assert wait_for(lambda: httpx.get(f"{demo.url}healthz").json()["workers"])


def test_however_it_is_stopped_nothing_is_left_running_and_it_goes_on_with_what_is_there(tmp_path: Path) -> None:
    with Demo(tmp_path) as first:
        children = first.children()
        assert len(children) >= 2
        assert first.stop() == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]

    with Demo(tmp_path) as second:
        assert second.said["accounts"] == first.said["accounts"]
        assert "示例 Samples" in second.browser("admin").get("/batches/1/").text
        assert_nothing_is_left_after(signal.SIGKILL, second)

    with Demo(tmp_path, "--fresh") as third:
        assert third.said["accounts"] != first.said["accounts"]
        assert_nothing_is_left_after(signal.SIGHUP, third)


def assert_nothing_is_left_after(end: signal.Signals, running: Demo) -> None:
    """End a demo as a kill or a closed terminal does; no process may hold its port."""
    children = running.children()
    assert len(children) >= 2
    running.process.send_signal(end)
    running.process.wait(30)
    wait_for(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()])
    assert is_free(running.port)


def test_a_taken_port_is_said_so(demo: Demo, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "demo", "--port", str(demo.port), "--data-dir", str(tmp_path)]
    refused = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"Port {demo.port} is taken" in refused.stderr


def test_it_does_not_touch_a_production_database(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "demo", "--data-dir", str(tmp_path)]
    environment = ENVIRONMENT | {"DATABASE_URL": "postgres://localhost/production", "SECRET_KEY": "x" * 60}
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "Unset DATABASE_URL" in refused.stderr
