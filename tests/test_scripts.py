"""The scripts as the browser gets them: what they import, under which names, and what is fetched early."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from reviewapp.settings import STORAGES
from reviewapp.static_storage import ModuleManifestStorage
from tests.syntax import ROOT

SCRIPTS = ROOT / "static/js"
PRELOADS = ROOT / "templates/review/modules.html"
IMPORT = re.compile(r"^(?:import|\} from) .*?[\"'](\.[^\"']+)[\"'];$", re.MULTILINE)


def imports(path: Path) -> set[Path]:
    return {(path.parent / address).resolve() for address in IMPORT.findall(path.read_text())}


def reachable(*starts: Path) -> set[Path]:
    """Return the modules that these bring with them, themselves included."""
    seen: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting.extend(imports(path))
    return seen


def test_the_review_page_fetches_early_exactly_the_modules_that_it_runs() -> None:
    named = re.findall(r'rel="modulepreload" href="{% static "js/([^"]+)" %}"', PRELOADS.read_text())
    runs = reachable(SCRIPTS / "review/main.js", SCRIPTS / "shell.js")
    assert named == sorted(str(path.relative_to(SCRIPTS)) for path in runs)
    assert len(named) == len(PRELOADS.read_text().splitlines())


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: path.name)
def test_the_types_of_every_script_are_checked(path: Path) -> None:
    assert path.read_text().startswith("// @ts-check\n")
    assert "@ts-ignore" not in path.read_text()
    assert "@ts-nocheck" not in path.read_text()


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> ModuleManifestStorage:
    """Collect all static files as the product does before it starts, in a directory of their own."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": STORAGES["staticfiles"]}
    call_command("collectstatic", interactive=False, verbosity=0)
    return ModuleManifestStorage(location=tmp_path)


def test_a_page_and_a_module_name_one_script_alike_so_that_it_is_fetched_once(
    collected: ModuleManifestStorage, tmp_path: Path
) -> None:
    published = {name: collected.stored_name(name) for name in collected.load_manifest()[0]}
    for script in sorted(SCRIPTS.rglob("*.js")):
        name = str(script.relative_to(SCRIPTS.parent))
        imported = {str(path.relative_to(SCRIPTS.parent)) for path in imports(script)}
        fetched = {str(path.relative_to(tmp_path)) for path in imports(tmp_path / published[name])}
        assert fetched == {published[module] for module in imported}, name
