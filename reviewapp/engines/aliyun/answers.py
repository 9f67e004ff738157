"""What the cloud sent back → an answer, or the reason why there is none. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from reviewapp.certificate.fields import BY_KEY
from reviewapp.engines.acs3.errors import Remedy, remedy
from reviewapp.engines.aliyun.gate import Report

UNREADABLE = "unreadableAnswer"
# These concern the one picture, so that any number of them says nothing about the service.
PICTURES_OWN = frozenset({"algorithmError", "AlgorithmTimeout", "imageTimeOut", "IllegalImageUrl"})


@dataclass
class CallFailed(Exception):
    """One attempt without an answer.

    `is_answer_lost`: it may have been read, and billed, all the same.
    """

    code: str
    remedy: Remedy
    status: int | None = None
    request_id: str = ""
    retry_after: float | None = None
    is_answer_lost: bool = False

    def report(self, seconds: float) -> Report:
        """Return what the gate is told of this failure."""
        return Report(
            self.remedy,
            self.code,
            self.status,
            self.request_id,
            seconds,
            retry_after=self.retry_after,
            is_answer_lost=self.is_answer_lost,
            is_pictures_own=self.code in PICTURES_OWN,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A usable answer: the `Data` object and the id of the request."""

    data: dict[str, Any]
    request_id: str


def read_answer(status: int, content: bytes, *, retry_after: str = "") -> Answer:
    """Return the answer in an HTTP response's bytes.

    1. A refusal has a `Code`, also where it comes with HTTP 200; `retry_after` is
    x-acs-retry-after, milliseconds. 2. `Data` may be a string or an object, may have the wrapper
    that the document prints, and counts only with one of the 23 fields in it. Raises CallFailed:
    with the cloud's code; `unreadableAnswer` for anything else that is no answer.
    """
    body = _json(content)
    if not isinstance(body, dict):
        body = {}
    request_id = _text(body.get("RequestId"))
    code = _text(body.get("Code"))
    if code or status != 200:
        raise _refused(code, status, request_id, _seconds(retry_after))

    data = _data(body.get("Data"))
    if data is None:
        raise CallFailed(
            UNREADABLE, Remedy.RETRY, status=status, request_id=request_id, is_answer_lost=True
        )
    return Answer(data, request_id)


def _refused(code: str, status: int, request_id: str, retry_after: float | None) -> CallFailed:
    code_or_guess = code or ("ServiceUnavailable" if status >= 500 else UNREADABLE)
    return CallFailed(
        code_or_guess,
        remedy(code, status),
        status=status,
        request_id=request_id,
        retry_after=retry_after,
    )


def _json(content: bytes | str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""


def _data(value: Any) -> dict[str, Any] | None:
    data = _json(value) if isinstance(value, str) else value
    inner = data.get("Data", data) if isinstance(data, dict) else None
    if not isinstance(inner, dict) or not _has_field(inner):
        return None
    return inner


def _has_field(data: dict[str, Any]) -> bool:
    values = data.get("data")
    if isinstance(values, dict) and not BY_KEY.keys().isdisjoint(values):
        return True
    entries = data.get("prism_keyValueInfo")
    if not isinstance(entries, list):
        return False
    keys = [entry.get("key") for entry in entries if isinstance(entry, dict)]
    return any(isinstance(key, str) and key in BY_KEY for key in keys)


def _seconds(milliseconds: str) -> float | None:
    return int(milliseconds) / 1000 if milliseconds.isdecimal() else None
