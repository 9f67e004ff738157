"""Documents for people who change the project: complete, and true where that can be checked."""

import re
import tomllib
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reviewapp.management.commands import tables
from tests.syntax import ROOT

pytestmark = pytest.mark.sqlite

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
GUIDES = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "engine.md"]
STATUS = re.compile(r"^Status: (accepted|superseded by \d+), (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_has_a_status_and_stands_in_the_index_with_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    title = re.match(r"# (\d+)\. (.+)", text)
    status = STATUS.search(text)
    assert title is not None
    assert status is not None
    assert int(path.name[:4]) == int(title[1])
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert f"| {title[1]} | [{title[2]}]({path.name}) | {status[2]} | {status[1]} |" in index


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_guides_name_files_that_are_there(path: Path) -> None:
    names = re.findall(r"`([\w/.]+(?:\.py|\.md|\.html|\.js|/))`", path.read_text(encoding="utf-8"))
    places = (ROOT, ROOT / "reviewapp", ROOT / "reviewapp" / "engines" / "local")
    missing = [name for name in names if not any((place / name).exists() for place in places)]
    assert names
    assert missing == []


@pytest.mark.parametrize("path", [*GUIDES, ROOT / "README.md"], ids=lambda path: path.stem)
def test_guides_link_to_files_that_are_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def annotations() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    return listed


def test_every_table_that_is_shipped_has_a_licence_of_its_own() -> None:
    whole_tree, *annotated = annotations()
    assert whole_tree["path"] == "**"
    patterns: list[str] = []
    for annotation in annotated:
        patterns += [annotation["path"]] if isinstance(annotation["path"], str) else annotation["path"]
    tables = [path for path in (ROOT / "reviewapp" / "data").rglob("*") if path.is_file()]
    names = [str(path.relative_to(ROOT)) for path in tables]
    assert names
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)] == []


def test_every_licence_that_is_named_has_its_text() -> None:
    named = {name for annotation in annotations() for name in annotation["SPDX-License-Identifier"].split(" AND ")}
    assert {path.stem for path in (ROOT / "LICENSES").iterdir()} == named
    assert (ROOT / "LICENSES" / "Apache-2.0.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_every_dependency_has_a_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    listed = [*project["project"]["dependencies"], *chain(*project["dependency-groups"].values())]
    with_reason = set(re.findall(r'^    "([^"]+)",  # \w.{10,}$', text, re.MULTILINE))
    assert listed
    assert [name for name in listed if name not in with_reason] == []


def test_the_document_of_tables_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tables")
    assert capsys.readouterr().out == tables.document() == (ROOT / "docs" / "tables.md").read_text(), (
        "run: uv run manage.py tables > docs/tables.md"
    )
