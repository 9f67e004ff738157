"""Describe the tables that hold a record and its history, from the models themselves."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand
from django.db.models import CheckConstraint, Field, Model, UniqueConstraint
from django.utils.translation import override

from reviewapp import triggers
from reviewapp.models import (
    AmendedValue,
    Amendment,
    Approval,
    Batch,
    Chain,
    Correction,
    Event,
    Export,
    ExportItem,
    Flag,
    LedgerEntry,
    LedgerHead,
    OverrideSight,
    Recall,
    RecognitionResult,
    SavedFilter,
    SearchTerm,
    Skip,
    Submission,
    Voiding,
)
from reviewapp.models import Field as Value

MODELS: tuple[type[Model], ...] = (
    Batch,
    Submission,
    RecognitionResult,
    Value,
    Flag,
    Correction,
    Skip,
    OverrideSight,
    Approval,
    Voiding,
    Amendment,
    AmendedValue,
    Export,
    ExportItem,
    Recall,
    Event,
    Chain,
    LedgerEntry,
    LedgerHead,
    SearchTerm,
    SavedFilter,
)
HEAD = """# The tables of a record

Written by `manage.py tables > docs/tables.md` from the models; a test keeps it current. Why they are
as they are: [decision 90](decisions/0090-one-truth-under-many-hands.md).

In the diagram an arrow leads from a row to the one that it belongs to.
"""


class Command(BaseCommand):
    help = "Print docs/tables.md: the tables of a record, their columns, rules and guards."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """Return the whole document as Markdown, in English."""
    with override("en"):
        parts = [HEAD, *_diagram(), *_tables(), *_guards()]
    return "\n".join(parts) + "\n"


def _diagram() -> Iterator[str]:
    yield "```mermaid\nflowchart RL"
    for model in MODELS:
        for column in model._meta.concrete_fields:
            related = column.related_model
            if related in MODELS and related is not model:
                yield f"    {model.__name__} -- {column.name} --> {related.__name__}"
    yield "```\n"


def _tables() -> Iterator[str]:
    for model in MODELS:
        yield f"## {model.__name__}\n\n{_said_of(model)}\n"
        yield "| column | what it holds |\n|---|---|"
        for column in model._meta.concrete_fields:
            if not column.primary_key:
                yield f"| {column.attname} | {_holds(column)} |"
        yield ""
        rules = list(_rules(model))
        if rules:
            yield "The database refuses what breaks one of these: " + ", ".join(rules) + ".\n"


def _said_of(model: type[Model]) -> str:
    """Return the first paragraph of what the model says of itself."""
    paragraph = (model.__doc__ or "").partition("\n\n")[0]
    said = " ".join(paragraph.split())
    # Django writes the columns of a model that says nothing.
    return "" if said.startswith(f"{model.__name__}(") else said


def _holds(column: "Field[object, object]") -> str:
    """Return in words what a column holds: its own help, its choices, or whom it refers to."""
    parts = [str(column.help_text)] if column.help_text else []
    if column.choices:
        parts.append(
            "one of " + ", ".join(str(word) or "nothing" for word, _label in column.flatchoices)
        )
    elif column.related_model:
        parts.append(column.related_model.__name__)
    if not parts:
        parts.append(str(column.description) % vars(column))
    if column.null:
        parts.append("or nothing")
    return "; ".join(parts)


def _rules(model: type[Model]) -> Iterator[str]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint | UniqueConstraint):
            yield f"`{constraint.name}`"


def _guards() -> Iterator[str]:
    """List what triggers refuse."""
    yield "## Guards\n\nTriggers that refuse what no rule of a single row can tell, on both databases.\n"
    yield "| table | what | refused because |\n|---|---|---|"
    for table, event, _condition, said in triggers.guards("sqlite").values():
        yield f"| {table} | {event.lower().replace(' of ', ' of: ')} | {said} |"
