"""Exports as the product makes them: asked for by an administrator, done by a task."""

import tempfile
from collections.abc import Sequence
from typing import Any

from reviewapp.exceptions import ExportIncomplete, ReviewError
from reviewapp.models import Export, ExportFormat, ExportPhase
from reviewapp.stages import export
from tests.factories import person


def no_task(export_id: int) -> None:
    """Queue nothing: the test does the task's work itself."""


def wished(*, columns: Sequence[str] | None = None, **options: Any) -> Export:
    """Ask for an export, by default of all approved records with all columns as JSON lines."""
    chosen = list(export.COLUMNS) if columns is None else list(columns)
    wish = {"by": person("admin"), "format": ExportFormat.JSONL, "queue": no_task, **options}
    return export.wish(columns=chosen, **wish)


def done(made: Export) -> Export:
    """Bring an export to its end; a refusal is raised as what it is."""
    assert export.go_on(made)
    made.refresh_from_db()
    if made.phase == ExportPhase.FAILED:
        later = made.failure_code in ("exportIncomplete", "cellNotWritten", "notAsApprovedLater")
        raise (ExportIncomplete if later else ReviewError)(made.failure_code, **made.failure_params)
    assert made.phase == ExportPhase.DONE
    return made


def exported(*, columns: Sequence[str] | None = None, **options: Any) -> Export:
    """Make an export, with its file."""
    return done(wished(columns=columns, **options))


def left(made: Export) -> Export:
    """Bring an export so far that its records have left and its file is not written."""
    export._take(made)
    while made.phase != ExportPhase.WRITING:
        export.bring_further(made)
    return made


def content_of(made: Export) -> bytes:
    with made.file.open("rb") as file:
        content: bytes = file.read()
        return content


def written_anew(made: Export) -> bytes:
    """Return what the file of an export would hold if it were written now."""
    with tempfile.TemporaryFile() as file:
        export.write(made, file)
        file.seek(0)
        return file.read()
