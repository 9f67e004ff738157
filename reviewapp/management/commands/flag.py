import json
import math
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from reviewapp.certificate.fields import BY_NAME
from reviewapp.certificate.wire import parse
from reviewapp.exceptions import EngineError
from reviewapp.models import DEFAULT_THRESHOLD
from reviewapp.rules.base import Finding
from reviewapp.rules.judge import JudgementContext, judge_answer

# Where a picture's size is not given, no place can lie outside it.
UNKNOWN_SIZE = (10**9, 10**9)


class Command(BaseCommand):
    help = (
        "Check answers (API Data objects, one JSON a line) and print one JSON line for each. "
        "Uses no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="default: standard input"
        )
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--lang", default=settings.LANGUAGE_CODE, choices=languages)
        parser.add_argument(
            "--threshold", type=int, default=DEFAULT_THRESHOLD, help="percent, for every field"
        )

    def handle(self, *, files: list[Path], lang: str, threshold: int, **options: Any) -> None:
        with translation.override(lang):
            for line in _lines(files):
                flagged = _flagged(line, threshold)
                self.stdout.write(json.dumps(flagged, ensure_ascii=False))


def _lines(files: list[Path]) -> Iterator[bytes | OSError]:
    """Yield the lines of all files that are not empty; for a file that cannot be read its error."""
    if not files:
        yield from filter(bytes.strip, sys.stdin.buffer)
    for path in files:
        try:
            with path.open("rb") as file:
                yield from filter(bytes.strip, file)
        except OSError as error:
            yield error


def _flagged(line: bytes | OSError, threshold: int) -> dict[str, Any]:
    """Return what is printed of one line; one that is no answer has an `error` and no flags."""
    if isinstance(line, OSError):
        return {"flags": {}, "error": {"code": "file", "sentence": str(line)}}
    try:
        return {"flags": _flags(_data(line), threshold)}
    except EngineError as error:
        return {"flags": {}, "error": {"code": error.code, "sentence": str(error)}}


def _data(line: bytes) -> Any:
    """Read a Data object, also inside a whole answer, where it is JSON in a string."""
    try:
        data = json.loads(line)
        inner = data.get("Data") if isinstance(data, dict) else None
        return json.loads(inner) if isinstance(inner, str) else data
    except (ValueError, RecursionError) as error:
        raise EngineError("unreadableAnswer", detail="JSON") from error


def _flags(data: Any, threshold: int) -> dict[str, list[dict[str, Any]]]:
    """Return what is found in an answer, by the key of each field that a finding names."""
    record = parse(data)
    context = JudgementContext(
        today=timezone.localdate(), size=_size(data), thresholds=dict.fromkeys(BY_NAME, threshold)
    )
    flags: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in judge_answer(record, context):
        for name in finding.fields:
            key = BY_NAME[name].key
            flags[key].append(_entry(finding, name))
    return flags


def _size(data: dict[str, Any]) -> tuple[int, int]:
    """Return width and height of the picture, as far as the answer tells them."""
    body = data.get("Data", data)
    width, height = body.get("orgWidth"), body.get("orgHeight")
    if _is_length(width) and _is_length(height):
        return int(width), int(height)
    return UNKNOWN_SIZE


def _is_length(side: Any) -> bool:
    return isinstance(side, int | float) and math.isfinite(side) and side > 0


def _entry(finding: Finding, name: str) -> dict[str, Any]:
    """Return a finding as it stands under one of its fields, with that field's proposals."""
    proposals = [proposal.value for proposal in finding.proposals if proposal.field == name]
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "proposals": proposals,
        "fields": [BY_NAME[field].key for field in finding.fields],
    }
