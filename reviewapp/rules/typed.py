"""The form in which a typed weight, length, age or duration is kept: digits without a unit. Pure."""

import re
from decimal import Decimal

from reviewapp.certificate.fields import BY_NAME, Kind
from reviewapp.rules.clean import STEPS

MEASURES = (Kind.GRAMS, Kind.CENTIMETRES, Kind.AGE, Kind.WEEKS)
_MEASURED = re.compile(r"\d{1,6}(?:\.\d{1,3})?|\d\d\+\d", re.ASCII)
_KILOGRAMS = re.compile(r"(\d{1,2}(?:\.\d{1,3})?)(?:kg|公斤|千克)", re.ASCII | re.IGNORECASE)


def kept_form(name: str, value: str) -> str:
    """Return ３２７０克 as 3270 and 2.9kg as 2900, and what is no measure as it is.

    The form prints the unit beside the value. A number alone is never another number: 2.9 stays
    what the rules find wrong.
    """
    kind = BY_NAME[name].kind
    if kind not in MEASURES:
        return value
    text = value
    for code, step in STEPS[kind]:
        if code == "units" and kind == Kind.GRAMS:
            text = _in_grams(text)
        text = step(text)
    return text if _MEASURED.fullmatch(text) else value


def _in_grams(text: str) -> str:
    match = _KILOGRAMS.fullmatch(text)
    return f"{(Decimal(match[1]) * 1000).normalize():f}" if match else text
