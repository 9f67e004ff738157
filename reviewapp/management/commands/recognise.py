import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviewapp import tasks
from reviewapp.certificate import BY_NAME
from reviewapp.engines.base import Engine
from reviewapp.exceptions import ReviewError
from reviewapp.models import DEFAULT_THRESHOLD
from reviewapp.pictures import inspect
from reviewapp.rules.judge import Circumstances
from reviewapp.stages.flag import flag
from reviewapp.stages.parse import parse


class Command(BaseCommand):
    help = "Read pictures and print one JSON line for each. Nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--engine", default="", help="local, replay (default: the installation's engine)")

    def handle(self, *, paths: list[Path], engine: str, **options: Any) -> None:
        try:
            chosen = tasks.engine(engine)
        except ReviewError as error:
            raise CommandError(str(error)) from error
        for path in paths:
            self.stdout.write(json.dumps(_line(path, chosen), ensure_ascii=False))


def _line(path: Path, engine: Engine) -> dict[str, Any]:
    """Return what is printed of one picture; one that cannot be read has an `error` and no `data`."""
    started = time.perf_counter()
    line: dict[str, Any] = {"file": str(path), "data": None, "flags": {}}
    try:
        line |= _answer(path.read_bytes(), engine)
    except ReviewError as error:
        line["error"] = {"code": error.code, "sentence": str(error)}
    except OSError as error:
        line["error"] = {"code": "file", "sentence": str(error)}
    line["seconds"] = round(time.perf_counter() - started, 3)
    return line


def _answer(content: bytes, engine: Engine) -> dict[str, Any]:
    picture = inspect(content)
    data = engine.recognise(content).data
    thresholds = dict.fromkeys(BY_NAME, DEFAULT_THRESHOLD)
    around = Circumstances(timezone.localdate(), (picture.width, picture.height), thresholds)
    flags: dict[str, list[str]] = {}
    for finding in flag(parse(data), around):
        flags.setdefault(BY_NAME[finding.fields[0]].key, []).append(finding.code)
    return {"data": data, "flags": flags}
