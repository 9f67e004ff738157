import json
import logging
import os
import time
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviewapp.administration import engine_choice
from reviewapp.certificate.fields import BY_NAME
from reviewapp.certificate.wire import parse
from reviewapp.engines.aliyun import AliyunEngine
from reviewapp.engines.base import ENGINES, Engine
from reviewapp.exceptions import ReviewError, sentence
from reviewapp.models import DEFAULT_THRESHOLD
from reviewapp.pictures.fetching import fetch
from reviewapp.pictures.files import inspect
from reviewapp.rules.judge import JudgementContext, judge_answer

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Read pictures, files or web addresses, and print one JSON line for each. "
        "Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument(
            "--engine",
            default="",
            help=f"{', '.join(ENGINES)} (default: the installation's engine)",
        )

    def handle(self, *, paths: list[str | Path], engine: str, **options: Any) -> None:
        try:
            # One picture after another: all processors may work on it, unless told otherwise.
            chosen = engine_choice.engine(engine, threads=os.cpu_count() or 1)
        except ReviewError as error:
            raise CommandError(str(error)) from error
        for path in paths:
            line = _line(str(path), chosen)
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def _line(path: str, engine: Engine) -> dict[str, Any]:
    """Return what is printed of one picture; one that cannot be read has an `error`, no `data`."""
    started = time.perf_counter()
    line: dict[str, Any] = {"file": path, "data": None, "flags": {}}
    try:
        line |= _answer(path, engine)
    except ReviewError as error:
        line["error"] = {"code": error.code, "sentence": str(error)}
    except OSError as error:
        line["error"] = {"code": "file", "sentence": str(error)}
    except Exception:  # a recogniser may raise anything, and the next picture waits
        logger.exception("engine failed", extra={"engine": engine.name})
        line["error"] = {"code": "algorithmError", "sentence": sentence("algorithmError")}
    line["seconds"] = round(time.perf_counter() - started, 3)
    return line


def _answer(path: str, engine: Engine) -> dict[str, Any]:
    """Read a file, or what lies at an address; the cloud fetches that by itself."""
    if not path.startswith(("http://", "https://")):
        return _read(Path(path).read_bytes(), engine)
    if isinstance(engine, AliyunEngine):
        data = engine.recognise_url(path).data
        size = (data.get("orgWidth") or 0, data.get("orgHeight") or 0)
        return _flagged(data, size)
    fetched = fetch(path, allowed_hosts=settings.FETCH_ALLOWED_HOSTS)
    return _read(fetched.content, engine)


def _read(content: bytes, engine: Engine) -> dict[str, Any]:
    picture = inspect(content)
    return _flagged(engine.recognise(content).data, (picture.width, picture.height))


def _flagged(data: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    """Return an answer with what is found in it, by the key of each finding's first field."""
    context = JudgementContext(
        today=timezone.localdate(), size=size, thresholds=dict.fromkeys(BY_NAME, DEFAULT_THRESHOLD)
    )
    flags: defaultdict[str, list[str]] = defaultdict(list)
    for finding in judge_answer(parse(data), context):
        first = BY_NAME[finding.fields[0]]
        flags[first.key].append(finding.code)
    return {"data": data, "flags": flags}
