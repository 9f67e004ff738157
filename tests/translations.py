"""Check that every sentence is translated: `uv run --group dev python -m tests.translations` (needs gettext).

Extracts the messages of a copy of the tree and compares them with the catalogue that is committed;
then the compiled catalogue with its source.
"""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from tests.syntax import ROOT

CATALOGUE = Path("reviewapp/locale/zh_Hans/LC_MESSAGES/django.po")
IGNORED = shutil.ignore_patterns("__pycache__", "data", "*.mo")


def extracted() -> polib.POFile:
    """Return the messages that the sources hold now."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("reviewapp", "templates", "static"):
            shutil.copytree(ROOT / part, copy / part, ignore=IGNORED)
        shutil.copy(ROOT / "manage.py", copy)
        command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-obsolete", "-v", "0"]
        environment = os.environ | {"REVIEWAPP_DATA_DIR": str(copy / "var")}
        subprocess.run(command, cwd=copy, env=environment, check=True)
        return polib.pofile(str(copy / CATALOGUE))


def problems() -> list[str]:
    committed = polib.pofile(str(ROOT / CATALOGUE))
    present = {(entry.msgctxt, entry.msgid): entry for entry in committed if not entry.obsolete}
    found = [f"fuzzy: {entry.msgid}" for entry in committed.fuzzy_entries()]
    found += [f"not translated: {entry.msgid}" for entry in committed.untranslated_entries()]
    found += [f"placeholders differ: {entry.msgid}" for entry in committed if _differs(entry)]
    for entry in extracted():
        if (entry.msgctxt, entry.msgid) not in present:
            found.append(f"missing from the catalogue: {entry.msgid}")
        elif present[entry.msgctxt, entry.msgid].msgid_plural != entry.msgid_plural:
            # Its placeholder may be another, and the page would then be in English.
            found.append(f"another plural in the catalogue: {entry.msgid}")
    return found + _stale(committed)


def _differs(entry: polib.POEntry) -> bool:
    text = entry.msgstr or " ".join(entry.msgstr_plural.values())
    return bool(text) and _names(entry.msgid + entry.msgid_plural) != _names(text)


def _names(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


def _stale(committed: polib.POFile) -> list[str]:
    with (ROOT / CATALOGUE.with_suffix(".mo")).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    return [
        f"compiled catalogue is stale: {entry.msgid}"
        for entry in committed.translated_entries()
        if not entry.msgid_plural and _looked_up(compiled, entry) != entry.msgstr
    ]


def _looked_up(compiled: gettext.GNUTranslations, entry: polib.POEntry) -> str:
    return compiled.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else compiled.gettext(entry.msgid)


if __name__ == "__main__":
    listed = problems()
    sys.stdout.write("\n".join([*listed, f"{len(listed)} problems"]) + "\n")
    sys.exit(bool(listed))
