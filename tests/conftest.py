"""The cast: people with roles, their browsers, and a place for pictures that nobody else uses."""

import os
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from threading import Barrier
from typing import Any

import hypothesis
import pytest
from django.core.management.commands import flush
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from reviewapp.models import User
from tests.factories import begin_again, person
from tests.guards import FlushPastGuards
from tests.racing import Meet, waiting_at
from tests.settings import CHANGEABLE
from tests.syntax import ROOT

MUST_RUN = os.environ.get("REVIEWAPP_REQUIRE") == "1"

# Between tests that commit, all tables are emptied.
flush.Command = FlushPastGuards  # type: ignore[misc]

# A busy machine is no bug: no time limit on one example.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Fail what would be skipped where everything must run (REVIEWAPP_REQUIRE=1): a skip proves nothing."""
    report = yield
    if MUST_RUN and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"must not be skipped here: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English in every test, whatever a request before it has switched to."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def private_media(tmp_path: Path, settings: Settings) -> Path:
    """Keep the pictures of each test apart."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def pictures_from_the_first() -> None:
    """Receive the same pictures in every test."""
    begin_again()


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Meet:
    """Let both sides of a race come to the named functions before either goes on."""

    def at(*targets: str) -> None:
        barrier = Barrier(2)
        for target in targets:
            monkeypatch.setattr(target, waiting_at(barrier, resolve_name(target)))

    return at


@pytest.fixture
def settings_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what the settings are under a given environment and nothing else of ours."""
    for name in CHANGEABLE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REVIEWAPP_DATA_DIR", str(tmp_path / "data"))

    def load(**environment: str) -> dict[str, Any]:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            return runpy.run_path(str(ROOT / "reviewapp" / "settings.py"))

    return load


@pytest.fixture
def clerk(db: None) -> User:
    return person("clerk")


@pytest.fixture
def clerk2(db: None) -> User:
    return person("clerk2")


@pytest.fixture
def supervisor(db: None) -> User:
    return person("supervisor")


@pytest.fixture
def supervisor2(db: None) -> User:
    return person("supervisor2")


@pytest.fixture
def admin_user(db: None) -> User:
    return person("admin")


type LogIn = Callable[[User], Client]


@pytest.fixture
def log_in() -> LogIn:
    """Give a person a browser of their own that asks for English."""

    def browser_of(user: User) -> Client:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return browser_of


@pytest.fixture
def anonymous() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def as_clerk(clerk: User, log_in: LogIn) -> Client:
    return log_in(clerk)


@pytest.fixture
def as_clerk2(clerk2: User, log_in: LogIn) -> Client:
    return log_in(clerk2)


@pytest.fixture
def as_supervisor(supervisor: User, log_in: LogIn) -> Client:
    return log_in(supervisor)


@pytest.fixture
def as_admin(admin_user: User, log_in: LogIn) -> Client:
    return log_in(admin_user)
