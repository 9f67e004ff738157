"""What a single value must look like, and whether the recogniser was sure enough of it. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reviewapp.certificate import BY_NAME, Kind
from reviewapp.states import FlagReason

Point = Sequence[float]
SLACK = 0.02
TIME = re.compile(r"([0-9]{4})年([0-9]{2})月([0-9]{2})日([0-9]{2})时([0-9]{2})分")
DATE = re.compile(r"([0-9]{4})年([0-9]{2})月([0-9]{2})日")
PATTERNS = {
    Kind.SEX: re.compile(r"[男女]"),
    Kind.WEEKS: re.compile(r"[0-9]{2}(\+[0-6])?"),
    Kind.GRAMS: re.compile(r"[0-9]{3,4}"),
    Kind.CENTIMETRES: re.compile(r"[0-9]{2}(\.[0-9])?"),
    Kind.AGE: re.compile(r"[0-9]{2}"),
    Kind.ID_NUMBER: re.compile(r"[0-9]{17}[0-9X]|(?![0-9]{11})[A-Z0-9]{5,17}"),
    Kind.CERTIFICATE_NUMBER: re.compile(r"[A-Z][0-9]{9}"),
    Kind.NAME: re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003FFFF〇·]{2,}|[A-Za-z][A-Za-z .,'·-]+"),
    Kind.NATIONALITY: re.compile(r"[㐀-鿿（）()]{2,}"),
    Kind.ETHNICITY: re.compile(r"[㐀-鿿]+|/+"),
    Kind.PLACE: re.compile(r".*[㐀-鿿].*"),
    Kind.ADDRESS: re.compile(r".*[㐀-鿿A-Za-z].*"),
    Kind.ORGANISATION: re.compile(r".*[㐀-鿿A-Za-z].*"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look at a value; `params` fill its sentence."""

    reason: FlagReason
    params: dict[str, str | int] = field(default_factory=dict)


def _is_real(match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    try:
        datetime(*map(int, match.groups()))  # noqa: DTZ001
    except ValueError:
        return False
    return True


def has_form(name: str, value: str) -> bool:
    """Return whether a value has the form of its field: real dates, plain digits, known marks."""
    checks: dict[Kind, Callable[[str], bool]] = {
        Kind.TIME: lambda text: _is_real(TIME.fullmatch(text)),
        Kind.DATE: lambda text: _is_real(DATE.fullmatch(text)),
    }
    kind = BY_NAME[name].kind
    if kind in checks:
        return checks[kind](value)
    return PATTERNS[kind].fullmatch(value) is not None


def value_findings(name: str, value: str) -> Iterator[Finding]:
    """Judge a value by itself, whoever wrote it."""
    if not value:
        yield Finding(FlagReason.MISSING)
    elif not has_form(name, value):
        yield Finding(FlagReason.MALFORMED, {"value": value})


def reading_findings(
    value: str, prob: int | None, polygon: Sequence[Point] | None, *, size: tuple[int, int], threshold: int
) -> Iterator[Finding]:
    """Judge how a value was read: `prob` 0–100, `polygon` and `size` (width, height) in pixels as shown.

    An empty value says nothing by its probability and has no place.
    """
    if not value:
        return
    if prob is None or prob < threshold:
        yield Finding(FlagReason.LOW_PROBABILITY, {"probability": prob or 0, "threshold": threshold})
    if polygon is None:
        yield Finding(FlagReason.NO_POLYGON)
    elif not _lies_within(polygon, size):
        yield Finding(FlagReason.POLYGON_OUTSIDE)


def _lies_within(polygon: Sequence[Point], size: tuple[int, int]) -> bool:
    """Return whether all corners lie in the picture; real answers leave it by a few pixels."""
    width, height = size
    slack_x, slack_y = width * SLACK, height * SLACK
    return all(-slack_x <= x <= width + slack_x and -slack_y <= y <= height + slack_y for x, y in polygon)
