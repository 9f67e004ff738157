"""The plain form of a value, kept apart from what was read. Pure."""

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import BY_NAME, Kind
from reviewapp.facts.characters import with_standard_characters, without_unseen
from reviewapp.facts.marks import LONE_MARKS, NOT_PROVIDED, RAISED, SLASH_LIKE, SLASHES, TYPED_DOTS
from reviewapp.facts.names import DOT, LONGEST_CHINESE_NAME
from reviewapp.facts.scripts import HAN

Step = tuple[str, Callable[[str], str]]

CLEANINGS = {
    "unseen": _("characters removed that are not seen"),
    "standard_characters": _("characters replaced that only look like standard ones"),
    "full_width": _("full-width letters and digits made plain"),
    "spaces": _("spaces removed"),
    "not_provided": _("slashes and 未提供 mean: not provided"),
    "numerals": _("Chinese numerals written as digits"),
    "date_form": _("date written as year, month and day with two digits"),
    "units": _("unit removed"),
    "weeks_form": _("weeks and days written as 40+3"),
    "middle_dot": _("middle dot made plain"),
    "capitals": _("letters written as capitals"),
}

_PLAIN = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_PLAIN |= {ord(wide): plain for wide, plain in zip("＋－．／＊：\u3000", "+-./*: ", strict=True)}
_STROKES = re.compile(f"[{SLASHES}]+")
_STROKES_AS_LETTERS = re.compile(f"[{SLASH_LIKE}]{{2,}}")
_STROKES_AS_DIGITS = re.compile(f"[{SLASH_LIKE}]{{5,17}}")
_DOTS = re.compile(f"[{TYPED_DOTS}]")
_NUMERAL = re.compile(r"[零〇○一二三四五六七八九十]+")
_DIGIT_OF = {**dict(zip("〇一二三四五六七八九", "0123456789", strict=True)), "零": "0", "○": "0"}
_MOMENTS_WRITTEN = (
    re.compile(
        r"(\d{4})年(\d{1,2})月(\d{1,2})[日号](?:(\d{1,2})[时点:](\d{1,2})分?(?::\d\d|\d\d秒)?)?",
        re.ASCII,
    ),
    re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:T?(\d\d):(\d\d)(?::\d\d)?)?", re.ASCII),
)
_UNIT = re.compile(r"(g|G|克|千克|kg|KG|Kg|公斤|cm|CM|厘米|岁|周岁|周)$")
_WEEKS = re.compile(r"(\d\d)(?:周|[+*])(\d)(?:天|日)?")


# Between two parts of a name, in each of which two characters or more are Chinese.
_LONE_MARK = re.compile(rf"({HAN.pattern})[{LONE_MARKS}]({HAN.pattern})")
_LONE_SPACE = re.compile(rf"({HAN.pattern})\s+({HAN.pattern})")


def clean(name: str, value: str) -> tuple[str, tuple[str, ...]]:
    """Return the plain form of a field's value and the codes of the CLEANINGS that changed it.

    "" stands for not provided. A value that no step understands comes back as it is.
    """
    codes = []
    for code, step in STEPS[BY_NAME[name].kind]:
        plain = step(value)
        if plain != value:
            codes.append(code)
            value = plain
    return value, tuple(codes)


def _without_spaces(value: str) -> str:
    return re.sub(r"\s+", "", value)


def _with_single_spaces(value: str) -> str:
    """Remove spaces beside Chinese characters; Latin names keep one between words."""
    value = re.sub(r"\s+", " ", value.strip())
    return re.sub(r" (?![A-Za-z])|(?<![A-Za-z.,]) ", "", value)


def _with_dot(value: str) -> str:
    """Write the one mark or space between the parts of a name of another language as a dot.

    In a name that is short enough to be a Chinese one they are dirt, or were put in to fill a line.
    """
    match = _LONE_MARK.fullmatch(value.strip()) or _LONE_SPACE.fullmatch(value.strip())
    if match is None:
        return value
    first, second = match.groups()
    is_of_two_parts = min(len(first), len(second)) >= 2
    is_long = len(first + second) > LONGEST_CHINESE_NAME
    return f"{first}{DOT}{second}" if is_of_two_parts and is_long else value


def _provided(strokes: re.Pattern[str]) -> Callable[[str], str]:
    return lambda value: "" if value in NOT_PROVIDED or strokes.fullmatch(value) else value


def _numerals(value: str) -> str:
    return _NUMERAL.sub(lambda match: _number(match[0]), value)


def _number(text: str) -> str:
    """Write 二〇一九 as 2019 and 二十六 as 26."""
    if "十" not in text:
        return "".join(_DIGIT_OF[char] for char in text)
    tens, _ten, units = text.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return text
    # 十六 has no word for its one ten, 二十 none for its units.
    tens_digit = _DIGIT_OF.get(tens, "1")
    units_digit = _DIGIT_OF.get(units, "0")
    return tens_digit + units_digit


def _moment(value: str) -> str:
    for pattern in _MOMENTS_WRITTEN:
        match = pattern.fullmatch(value)
        if match is not None:
            return _written_moment(*match.groups())
    return value


def _written_moment(year: str, month: str, day: str, hour: str | None, minute: str | None) -> str:
    date = f"{year}年{month:0>2}月{day:0>2}日"
    if not hour:
        return date
    return f"{date}{hour:0>2}时{minute:0>2}分"


def _weeks(value: str) -> str:
    value = value.translate(RAISED)
    match = _WEEKS.fullmatch(value)
    return f"{match[1]}+{match[2]}" if match else value


def _without_unit(value: str) -> str:
    return _UNIT.sub("", value)


_UNSEEN: Step = ("unseen", without_unseen)
_STANDARD: Step = ("standard_characters", with_standard_characters)
_FULL_WIDTH: Step = ("full_width", lambda value: value.translate(_PLAIN))
_SPACES: Step = ("spaces", _without_spaces)
_SLASHES: Step = ("not_provided", _provided(_STROKES))
_STROKE_WORDS: Step = ("not_provided", _provided(_STROKES_AS_LETTERS))
_CAPITALS: Step = ("capitals", str.upper)
_WORDS: tuple[Step, ...] = (_FULL_WIDTH, _SPACES, _SLASHES, _STROKE_WORDS)
_NUMBERS: tuple[Step, ...] = (_FULL_WIDTH, _SPACES, _SLASHES, ("units", _without_unit))
_MOMENTS: tuple[Step, ...] = (
    _FULL_WIDTH,
    _SPACES,
    _SLASHES,
    ("numerals", _numerals),
    ("date_form", _moment),
)

_STEPS_OF_KIND: dict[Kind, tuple[Step, ...]] = {
    Kind.NAME: (
        _FULL_WIDTH,
        ("middle_dot", _with_dot),
        ("spaces", _with_single_spaces),
        _SLASHES,
        _STROKE_WORDS,
        ("middle_dot", lambda value: _DOTS.sub(DOT, value)),
    ),
    Kind.SEX: _WORDS,
    Kind.TIME: _MOMENTS,
    Kind.DATE: _MOMENTS,
    Kind.WEEKS: (_FULL_WIDTH, _SPACES, _SLASHES, ("weeks_form", _weeks), ("units", _without_unit)),
    Kind.GRAMS: _NUMBERS,
    Kind.CENTIMETRES: _NUMBERS,
    Kind.AGE: _NUMBERS,
    Kind.PLACE: _WORDS,
    Kind.ADDRESS: _WORDS,
    Kind.ORGANISATION: _WORDS,
    Kind.NATIONALITY: _WORDS,
    Kind.ETHNICITY: _WORDS,
    Kind.ID_NUMBER: (
        _FULL_WIDTH,
        _SPACES,
        _SLASHES,
        ("not_provided", _provided(_STROKES_AS_DIGITS)),
        _CAPITALS,
    ),
    Kind.CERTIFICATE_NUMBER: (_FULL_WIDTH, _SPACES, _SLASHES, _CAPITALS),
}

STEPS: dict[Kind, tuple[Step, ...]] = {
    kind: (_UNSEEN, _STANDARD, *steps) for kind, steps in _STEPS_OF_KIND.items()
}
