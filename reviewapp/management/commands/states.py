"""Describe the statuses and who may change them, from the table that the product itself obeys."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import TextChoices
from django.utils.translation import override

from reviewapp.states import (
    BATCH_TRANSITIONS,
    SUBMISSION_TRANSITIONS,
    BatchStatus,
    EventKind,
    Role,
    SubmissionStatus,
    Transition,
)

HEAD = """# Statuses, and who may change them

Written by `manage.py states > docs/states.md` from `reviewapp/states.py`; a test keeps it current.
A move that is not in these tables is refused. Where no role stands, the move follows from other moves
or is made by the worker. Every move leaves its event.
"""


class Command(BaseCommand):
    help = "Print docs/states.md: the statuses, the moves between them, roles, events and flags."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """Return the whole document as Markdown, in English."""
    with override("en"):
        parts = [
            HEAD,
            *_section("Record", SubmissionStatus, SUBMISSION_TRANSITIONS),
            *_section("Batch", BatchStatus, BATCH_TRANSITIONS),
            *_words("Roles", Role),
            *_words("Events", EventKind),
        ]
    return "\n".join(parts) + "\n"


def _section(
    title: str, statuses: type[TextChoices], table: Mapping[tuple[Any, Any], Transition]
) -> Iterator[str]:
    yield f"## {title}\n\n```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {next(iter(statuses)).value}"
    for (old, new), transition in table.items():
        yield f"    {old} --> {new}: {transition.event}"
    yield from (
        f"    {status.value} --> [*]" for status in statuses if not _leads_on(status, table)
    )
    yield "```\n\n| from | to | who | event |\n|---|---|---|---|"
    for (old, new), transition in table.items():
        who = ", ".join(role.value for role in transition.roles) or "–"
        yield f"| {old} | {new} | {who} | {transition.event} |"
    yield "\n| status | shown as |\n|---|---|"
    yield from (f"| {status.value} | {status.label} |" for status in statuses)
    yield ""


def _leads_on(status: TextChoices, table: Mapping[tuple[Any, Any], Transition]) -> bool:
    return any(old == status for old, _ in table)


def _words(title: str, words: type[TextChoices]) -> Iterator[str]:
    yield f"## {title}\n\n| word | shown as |\n|---|---|"
    yield from (f"| {word.value} | {word.label} |" for word in words)
    yield ""
