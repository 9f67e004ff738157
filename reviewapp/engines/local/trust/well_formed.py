"""What form the values of each field have, and which of their numbers are usual."""

import re
from collections.abc import Callable
from datetime import datetime

from reviewapp.engines.local.compose.vocabulary import (
    ETHNIC_GROUPS,
    LONGEST_CHINESE_NAME,
    after_divisions,
    has_surname,
    is_certificate_number,
)
from reviewapp.facts.frequencies import levels
from reviewapp.facts.resident_areas import is_plausible

_ORGANISATION = re.compile(r"[\u3400-\u9fff·()（）0-9]{3,40}(院|所|中心|站|局|部|会|室|诊|科)")
_ADDRESS = re.compile(r"(?!.*(?<!\d)0)[\u3400-\u9fff·()（）\d#A-Z-]+")
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,9}")


def is_well_formed(key: str, text: str) -> bool:
    """Tell whether a value, by its API key, has the form of its field."""
    return next((check(text) for ending, check in _FORMS.items() if key.endswith(ending)), True)


def is_unusual(key: str, text: str) -> bool:
    """Tell whether a number is one that few births have, as many of those do that lost a stroke or a digit."""
    low, high = next(
        (range_ for ending, range_ in _USUAL.items() if key.endswith(ending)), (0.0, 0.0)
    )
    number = text.partition("+")[0]
    return bool(high) and number.isdigit() and not low <= float(number) <= high


def lost_a_four(key: str, text: str) -> bool:
    """Tell whether an impossible or unusual number would be a usual one with a 4 in place of one of its 1s."""
    if not key.endswith((*_USUAL, "IdCardNumber")) or _is_usual(key, text):
        return False
    with_four = (f"{text[:at]}4{text[at + 1 :]}" for at, char in enumerate(text) if char == "1")
    return any(_is_usual(key, other) for other in with_four)


def _is_usual(key: str, text: str) -> bool:
    return is_well_formed(key, text) and not is_unusual(key, text)


def _is_moment(form: str) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 (printed without a zone)
        except ValueError:
            return False
        return moment.year > 1995 and all(len(part) > 1 for part in re.findall(r"\d+", text))

    return check


def _is_between(low: float, high: float) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        return bool(re.fullmatch(r"\d+(\.\d+)?", text)) and low <= float(text) <= high

    return check


def _is_name(text: str) -> bool:
    """Tell whether a name has one's form; a Latin one begins with a capital and has a space: both get lost."""
    if text.isascii():
        return bool(re.fullmatch(r"(?=\S+ )[A-Z][A-Za-z]*(([ ']|\. )[A-Za-z]+)*\.?", text))
    parts = text.split("·")
    if len(parts) == 1 and not (len(text) <= LONGEST_CHINESE_NAME and has_surname(text)):
        return False
    return all(len(part) > 1 and all(char in levels() for char in part) for part in parts)


is_moment, is_day = _is_moment("%Y年%m月%d日%H时%M分"), _is_moment("%Y年%m月%d日")

# In weeks, g, cm and years; 出生孕周 before the ages, whose key ends alike.
_USUAL = {
    "gestationalAge": (35.0, 42.0),
    "birthWeight": (2200.0, 4400.0),
    "birthLength": (45.0, 54.0),
    "Age": (20.0, 43.0),
}

_FORMS: dict[str, Callable[[str], bool]] = {
    "birthTime": is_moment,
    "issueDate": is_day,
    "gestationalAge": lambda text: bool(re.fullmatch(r"(2\d|3\d|4[0-5])(\+[0-6])?", text)),
    "birthWeight": _is_between(300, 9999),
    "birthLength": _is_between(25, 75),
    "Age": _is_between(14, 75),
    "sex": lambda text: text in {"男", "女"},
    "motherIdCardNumber": lambda text: (
        bool(_PASSPORT.fullmatch(text)) or is_plausible(text, is_male=False)
    ),
    "fatherIdCardNumber": lambda text: (
        bool(_PASSPORT.fullmatch(text)) or is_plausible(text, is_male=True)
    ),
    "certificateNumber": is_certificate_number,
    "Name": _is_name,
    "Nationality": lambda text: bool(
        re.fullmatch(r"[\u3400-\u9fff·()（）]{2,}|[A-Za-z][A-Za-z ]+", text)
    ),
    "Ethnicity": lambda text: text.removesuffix("族") in ETHNIC_GROUPS,
    "Address": lambda text: len(text) > 5 and bool(_ADDRESS.fullmatch(text)),
    "birthPlace": lambda text: not after_divisions(text),
    "medicalInstitutions": lambda text: bool(_ORGANISATION.fullmatch(text)),
    "issueAuthority": lambda text: bool(_ORGANISATION.fullmatch(text)),
}
