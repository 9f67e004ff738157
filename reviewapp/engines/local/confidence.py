"""How probable it is that a value is right: the table that `tests.bench.calibrate` fits, and what it is asked.

A value's raw score is the least probable of its characters. What that is worth depends on its trust:
`checked` when a checksum or a closed vocabulary confirms it, `plain` when it has the form of its field,
`doubtful` when it has not, when it was read other than it stands here, or when only ink was found.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np

from reviewapp.engines.local.compose import Value
from reviewapp.engines.local.lines import Box
from reviewapp.engines.local.vocabulary import ETHNIC_GROUPS, standard_characters

UNREAD = 0.4
TABLE = Path(__file__).with_name("calibration.json")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION = re.compile(r"[\u3400-\u9fff·()（）0-9]{3,40}(院|所|中心|站|局|部|会|室|诊|科)")


def with_probabilities(values: Sequence[Value], copies: Sequence[Mapping[str, str]] = ()) -> list[Value]:
    """Give every value its probability of being right, 0 to 1.

    `copies` are the texts, by API key, of the other copies on the same sheet.
    """
    return [replace(value, prob=probability(trust(value), raw_score(value))) for value in values]


def raw_score(value: Value) -> float:
    """Return the least probability of the value's characters, 0 to 1; ink that was not read counts as one."""
    lowest = min((line.reading.lowest for line in value.lines), default=1.0)
    return min(lowest, UNREAD) if has_unread_days(value) else lowest


def has_unread_days(value: Value) -> bool:
    """Tell whether the weeks of gestation, two digits, have ink beside them that was not read: raised days."""
    return value.key == "gestationalAge" and len(value.text) == 2 and any(_is_long(line.ink) for line in value.lines)


def _is_long(ink: Box) -> bool:
    return ink.x1 - ink.x0 > 1.7 * ink.height


def trust(value: Value) -> str:
    """Return what else is known of a value: `checked`, `plain` or `doubtful`."""
    free = "".join(line.reading.free for line in value.lines)
    is_as_read = all(_bare(line.reading.free) == _bare(line.reading.text) for line in value.lines)
    is_kept = _bare(re.sub("[年月日时分]", "", value.text)) == _bare(free) or value.key == "gestationalAge"
    has_its_points = _points(value.text) == _points(free)
    is_sure = not has_unread_days(value) and all(line.box.score and line.agreed for line in value.lines)
    if not (is_as_read and is_kept and has_its_points and is_sure and is_well_formed(value)):
        return "doubtful"
    return "checked" if is_checked(value) else "plain"


def _points(text: str) -> int:
    """Count middle dots, and points between digits: one that was inferred or dropped makes a value doubtful."""
    return len(re.findall(r"[·•・‧∙]|(?<=\d)\.(?=\d)", text))


def _bare(text: str) -> str:
    return re.sub(r"[\s.…·•・‧∙]", "", text)


def probability(trust_of_value: str, raw: float) -> float:
    """Look a raw score up in the calibration table, between its points linearly."""
    raws, probs = _table()[trust_of_value]
    return float(np.interp(raw, raws, probs))


@cache
def _table() -> dict[str, tuple[list[float], list[float]]]:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return {name: (rows["raw"], rows["right"]) for name, rows in table.items()}


def is_checked(value: Value) -> bool:
    """Tell whether something independent confirms a value: a check character or a closed vocabulary."""
    if value.key.endswith("IdCardNumber"):
        return has_check_character(value.text)
    if value.key.endswith("Ethnicity"):
        return value.text.removesuffix("族") in ETHNIC_GROUPS
    return value.key == "sex" or (value.key.endswith("Nationality") and value.text == "中国")


def has_check_character(number: str) -> bool:
    """Tell whether a resident number's 18th character is right (GB 11643, MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def is_well_formed(value: Value) -> bool:
    """Tell whether a value has the form of its field."""
    for ending, check in _FORMS.items():
        if value.key.endswith(ending):
            return check(value.text)
    return True


def _is_moment(form: str) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return datetime.strptime(text, form).year > 1995  # noqa: DTZ007 (printed without a zone)
        except ValueError:
            return False

    return check


def _is_between(low: float, high: float) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        return bool(re.fullmatch(r"\d+(\.\d+)?", text)) and low <= float(text) <= high

    return check


def _is_name(text: str) -> bool:
    if re.fullmatch(r"[A-Za-z .'-]{3,}", text):
        return True
    return len(text) > 1 and all(char == "·" or char in standard_characters() for char in text)


_FORMS: dict[str, Callable[[str], bool]] = {
    "birthTime": _is_moment("%Y年%m月%d日%H时%M分"),
    "issueDate": _is_moment("%Y年%m月%d日"),
    "gestationalAge": lambda text: bool(re.fullmatch(r"(2\d|3\d|4[0-5])(\+[0-6])?", text)),
    "birthWeight": _is_between(300, 9999),
    "birthLength": _is_between(25, 75),
    "Age": _is_between(14, 75),
    "sex": lambda text: text in {"男", "女"},
    "IdCardNumber": lambda text: has_check_character(text) or bool(re.fullmatch(r"[A-Z]{1,2}\d{6,9}", text)),
    "certificateNumber": lambda text: bool(re.fullmatch(r"[A-Z]\d{9}", text)),
    "Name": _is_name,
    "Ethnicity": lambda text: text.removesuffix("族") in ETHNIC_GROUPS,
    "Address": lambda text: len(text) > 5 and bool(re.fullmatch(r"[\u3400-\u9fff·()（）\d#A-Z-]+", text)),
    "birthPlace": lambda text: len(text) > 3 and bool(re.fullmatch(r"[\u3400-\u9fff]+", text)),
    "medicalInstitutions": lambda text: bool(_ORGANISATION.fullmatch(text)),
    "issueAuthority": lambda text: bool(_ORGANISATION.fullmatch(text)),
}
