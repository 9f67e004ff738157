"""The API's error codes: what each means on the wire, and what a client does about it. Pure.

The table is `data/error_codes.json`; the sets below say what follows from a code for our calls.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[2] / "data" / "error_codes.json"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row of the table.

    `status` is that of HTTP, `message` the vendor's; `retryable` says whether the same call may do
    better later.
    """

    code: str
    status: int
    message: str
    retryable: bool


class Remedy(Enum):
    """What follows from a failed call."""

    RETRY = "the same call may succeed in a moment"
    PICTURE = "this picture will never be read"
    ACCOUNT = "no picture will be read until somebody mends the account"


ACCOUNT_CODES = frozenset(
    {
        "noPermission",
        "ocrServiceNotOpen",
        "OcrServiceExpired",
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
        "SignatureDoesNotMatch",
        "illegalSignature",
        "invalidStsToken",
        "MissingAccessKeyId",
        "InvalidTimeStamp.Expired",
    }
)
ACCOUNT_PREFIXES = (
    "Forbidden",
    "NoPermission",
    "InvalidSecurityToken",
    "InvalidAccessKeyId",
    "Arrearage",
)
RETRY_PREFIXES = ("Throttling",)


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """Return the table by code; a row that stands for two codes is there twice."""
    codes = {}
    for row in json.loads(TABLE.read_bytes()):
        for code in row["code"].split(" / "):
            codes[code] = ErrorCode(
                code,
                status=row["http"],
                message=row["message"],
                retryable=row["retryable"].startswith(("yes", "once")),
            )
    return codes


def remedy(code: str, status: int) -> Remedy:
    """Return what follows from a failure.

    Its code says so, and for a code that is in no list its HTTP status.
    """
    if code in ACCOUNT_CODES or code.startswith(ACCOUNT_PREFIXES):
        return Remedy.ACCOUNT
    if code.startswith(RETRY_PREFIXES):
        return Remedy.RETRY
    known = error_codes().get(code)
    if known is not None:
        return Remedy.RETRY if known.retryable else Remedy.PICTURE
    if status in (401, 403):
        return Remedy.ACCOUNT
    may_pass = status == 429 or status >= 500
    return Remedy.RETRY if may_pass else Remedy.PICTURE
