import json
import logging
import os
import time
from argparse import ArgumentParser
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
    help = "Read pictures, files or web addresses, and print one JSON line for each. Nothing is stored."

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
            self.stdout.write(json.dumps(_line(str(path), chosen), ensure_ascii=False))


def _line(path: str, engine: Engine) -> dict[str, Any]:
    """Return what is printed of one picture; one that cannot be read has an `error` and no `data`."""
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
        return _flagged(data, (data.get("orgWidth") or 0, data.get("orgHeight") or 0))
    return _read(fetch(path, allowed_hosts=settings.FETCH_ALLOWED_HOSTS).content, engine)


def _read(content: bytes, engine: Engine) -> dict[str, Any]:
    picture = inspect(content)
    return _flagged(engine.recognise(content).data, (picture.width, picture.height))


def _flagged(data: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    context = JudgementContext(
        timezone.localdate(), size, dict.fromkeys(BY_NAME, DEFAULT_THRESHOLD)
    )
    flags: dict[str, list[str]] = {}
    for finding in judge_answer(parse(data), context):
        flags.setdefault(BY_NAME[finding.fields[0]].key, []).append(finding.code)
    return {"data": data, "flags": flags}
