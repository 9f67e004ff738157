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
A move that is not in these tables is refused. Where no role stands, the move follows from other
moves or is made by the worker. Every move leaves its event.
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
    yield f"## {title}\n"
    yield "```mermaid\nstateDiagram-v2"
    yield from _diagram(statuses, table)
    yield "```\n"
    yield "| from | to | who | event |\n|---|---|---|---|"
    for (old, new), transition in table.items():
        who = ", ".join(role.value for role in transition.roles)
        yield f"| {old} | {new} | {who or '–'} | {transition.event} |"
    yield "\n| status | shown as |\n|---|---|"
    yield from _rows(statuses)
    yield ""


def _diagram(
    statuses: type[TextChoices], table: Mapping[tuple[Any, Any], Transition]
) -> Iterator[str]:
    """Yield the arrows: from the first status on, and out of those that lead nowhere."""
    first = next(iter(statuses))
    yield f"    [*] --> {first.value}"
    for (old, new), transition in table.items():
        yield f"    {old} --> {new}: {transition.event}"
    leading_on = {old for old, _new in table}
    for status in statuses:
        if status not in leading_on:
            yield f"    {status.value} --> [*]"


def _words(title: str, words: type[TextChoices]) -> Iterator[str]:
    yield f"## {title}\n\n| word | shown as |\n|---|---|"
    yield from _rows(words)
    yield ""


def _rows(words: type[TextChoices]) -> Iterator[str]:
    for word in words:
        yield f"| {word.value} | {word.label} |"
