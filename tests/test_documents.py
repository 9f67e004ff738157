"""Documents for people who change the project: complete, and true where that can be checked."""

import re
from pathlib import Path

import pytest

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
