"""From lines read in slots to the 23 values."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.local.compose.vocabulary import (
    UNITS,
    certificate_number,
    ethnic_group,
    id_number,
    is_of_compound_surname,
    name_text,
    nationality,
    place_text,
    standard_text,
)
from reviewapp.engines.local.editions.edition5to7 import Alphabet
from reviewapp.engines.local.networks.reading import Glyph
from reviewapp.engines.local.read.line import Line, SheetReading
from reviewapp.facts.marks import DOTS, READ_DOTS, READ_NOT_PROVIDED, READ_SLASH_LIKE, READ_SLASHES
from reviewapp.facts.names import DOT
from reviewapp.facts.scripts import BASIC_HAN, has_chinese, is_chinese

# Characters. A parent with less is not provided: slashes are read as one stroke or two of them.
SHORTEST_NAME, SHORTEST_NUMBER = 2, 6
# Characters of a row of slashes that are read as something else than strokes.
MOST_AMONG_STROKES = 2
# Characters of a text that may be 未提供, in any brackets; in a longer one the words are part of it.
LONGEST_NOT_PROVIDED = 6
# Two characters on either side: no name with a dot is shorter.
FEWEST_WITH_DOT = 4
# Of the usual step between a name's characters: a wider one leaves room for a dot.
WIDE_STEP = 1.4
# What is counted, or begins, behind a number in an address.
COUNTED = UNITS + "号弄巷楼层单院街路"

_MOMENT_UNITS = {"birthTime": "年月日时分", "issueDate": "年月日"}
_NAMES = {"neonatalName", "motherName", "fatherName"}
_SPACES = re.compile(r"\s+")
_SLASHES = re.compile(f"[{READ_SLASHES}]+")
_SLASH_LIKE = re.compile(f"[{READ_SLASH_LIKE}]+")
_NOT_PROVIDED = re.compile(READ_NOT_PROVIDED)
_STROKES = re.compile(r"[1IlLTJ7/|!()\\]")
_ROW_OF_ONES = re.compile("1{3,}")
_STROKES_FOR_ONES = re.compile(f"(?<=[{BASIC_HAN}0-9])[IlT]+(?=[0-9]*[{UNITS}])")
# The form prints 县（区） behind the slot.
_REST_OF_COUNTY = re.compile("县?[（(]区?[)）]?$")
_STRAY = re.compile("[A-Za-zÀ-ɏ!]")
_DOTS = re.compile(f"[{DOTS}]")
_DOTS_IN_NAME = re.compile(f"(?<=[{BASIC_HAN}])[{READ_DOTS}]+(?=[{BASIC_HAN}])")
_PUNCTUATION = re.compile(r"[.,，。、'\"`:：;；|_…“”‘’]+(?![A-Za-z0-9])")
_WORD_IN_SMALL_LETTERS = re.compile("[A-Za-z]*[a-z][A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Value:
    """One of the 23 fields as read: its text ("" for not provided), the lines behind it, and how
    probably (0 to 1) that is right.
    """

    key: str
    text: str
    lines: tuple[Line, ...]
    prob: float = 1.0


def values_of(sheet_reading: SheetReading) -> list[Value]:
    """Compose the 23 values, in the API's order, from what was read in the slots.

    1. Clean every slot's text by what may stand in it, and join parts: dates with their units,
       places as printed.
    2. Take slashes, and everything beside a missing parent's slashed name and number, as not
       provided, as well as what the form has no slot for. Where not even slashes were seen,
       nothing is known.
    """
    values = [_value(spec.key, sheet_reading.lines) for spec in FIELDS]
    texts = {value.key: value.text for value in values}
    missing = _missing_parents(texts)
    keys_with_slots = {name.partition(".")[0] for name in sheet_reading.lines}
    struck_out = tuple(parent for parent in missing if _is_struck_out(parent, values))
    provided = []
    for value in values:
        text = "" if value.key.startswith(missing) else value.text
        is_known = bool(text) or value.key.startswith(struck_out) or _has_slashes(value)
        is_known |= value.key not in keys_with_slots
        provided.append(replace(value, text=text, prob=1.0 if is_known else 0.0))
    return provided


def _is_struck_out(parent: str, values: Sequence[Value]) -> bool:
    """Tell whether slashes, or words that say it, stand where a parent's name or number would."""
    of_parent = {f"{parent}Name", f"{parent}IdCardNumber"}
    return any(_has_slashes(value) for value in values if value.key in of_parent)


def _has_slashes(value: Value) -> bool:
    """Tell whether all that was seen in a value's slots means that it is not provided."""
    free = "".join(line.reading.free for line in value.lines)
    text = _SPACES.sub("", free)
    return bool(text) and is_not_provided(text, value.lines[0].slot.alphabet)


def _value(key: str, lines_by_slot: Mapping[str, Sequence[Line]]) -> Value:
    parts: dict[str, str] = {}
    value_lines: list[Line] = []
    for name, lines in lines_by_slot.items():
        slot_key, _, part = name.partition(".")
        if slot_key == key:
            parts[part] = slot_text(lines)
            value_lines += lines
    if key in _MOMENT_UNITS:
        texts = [f"{parts[unit]}{unit}" for unit in _MOMENT_UNITS[key] if parts.get(unit)]
    else:
        texts = list(parts.values())
    return Value(key, "".join(texts), tuple(value_lines))


def _missing_parents(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return how the keys of parents begin of whom neither name nor number was read."""
    missing = []
    for parent in ("mother", "father"):
        has_name = len(texts[f"{parent}Name"]) >= SHORTEST_NAME
        number = texts[f"{parent}IdCardNumber"]
        is_row_of_strokes = len(_STROKES.sub("", number)) <= MOST_AMONG_STROKES
        has_number = len(number) >= SHORTEST_NUMBER and not is_row_of_strokes
        if not has_name and not has_number:
            missing.append(parent)
    return tuple(missing)


def slot_text(lines: Sequence[Line]) -> str:
    """Return the text of a slot from its lines, cleaned by its alphabet; "" for slashes and 未提供.

    1. What was not provided.
    2. Names line by line, all else as a whole, by its alphabet.
    """
    if not lines:
        return ""
    slot = lines[0].slot
    free_text = _SPACES.sub("", "".join(line.reading.free for line in lines))
    if is_not_provided(free_text, slot.alphabet) or _is_lone_stroke(free_text, slot.key):
        return ""

    if slot.key in _NAMES:
        return _name(lines)
    glyphs: list[Glyph] = []
    for number, line in enumerate(lines):
        glyphs += _value_glyphs(line, is_first=number == 0)
    if slot.alphabet == Alphabet.TEXT:
        return _words(glyphs, slot.key)
    return _COMPOSERS[slot.alphabet](glyphs)


def _value_glyphs(line: Line, *, is_first: bool) -> list[Glyph]:
    """Return a line's glyphs without spaces, and without what is left of the label before a later
    line of an address.

    The end of "Address" reads as s or 5; behind a real digit there would be a unit.
    """
    glyphs = _without_spaces(line.reading.glyphs)
    is_address = line.slot.key.endswith("Address")
    if is_first or not is_address or len(glyphs) < 2:
        return glyphs
    first, second = glyphs[0].char, glyphs[1].char
    if first not in "sS5" or not is_chinese(second) or second in COUNTED:
        return glyphs
    return glyphs[1:]


def _without_spaces(glyphs: Sequence[Glyph]) -> list[Glyph]:
    return [glyph for glyph in glyphs if not glyph.char.isspace()]


def _words(glyphs: Sequence[Glyph], key: str) -> str:
    if key.endswith("Nationality"):
        text = _without_stray_letters(nationality(glyphs))
        return _plain(text)
    text = _plain(place_text(glyphs))
    if key.endswith("Address"):
        return _STROKES_FOR_ONES.sub(_as_ones, text)
    text = _without_stray_letters(text)
    return _REST_OF_COUNTY.sub("", text) if key == "birthPlace" else text


def _as_ones(strokes: re.Match[str]) -> str:
    return "1" * len(strokes[0])


def _name(lines: Sequence[Line]) -> str:
    """Join a name's lines; only names of two parts are long enough to wrap, and a faint dot at the
    end is lost.

    Whatever stands between two Chinese characters is that dot.
    """
    texts = [_name_line(line, begins_name=len(lines) == 1) for line in lines]
    if not has_chinese("".join(texts)):
        return _plain("".join(texts))
    texts = [_without_stray_letters(text) for text in texts]
    has_dot = DOT in "".join(texts)
    joined = "".join(texts) if has_dot else DOT.join(texts)
    return _plain(_DOTS_IN_NAME.sub(DOT, joined))


def _name_line(line: Line, *, begins_name: bool) -> str:
    """Return a name's line, with a middle dot where its place is left open but the faint dot was
    not read.

    Names of several lines are not Chinese ones and begin with no surname; names with a compound
    surname have no dot.
    """
    glyphs = _without_spaces(line.reading.glyphs)
    text = name_text(glyphs) if begins_name else standard_text(glyphs)
    if not has_chinese(text):
        return " ".join(line.reading.text.split())
    # Where anything but letters was read, it may be the dot.
    if len(glyphs) < FEWEST_WITH_DOT or not text.isalpha() or is_of_compound_surname(text):
        return text
    steps = [after.at - before.at for before, after in pairwise(glyphs)]
    widest_step = max(steps)
    if widest_step <= WIDE_STEP * median(steps):
        return text
    before_dot = steps.index(widest_step) + 1
    return text[:before_dot] + DOT + text[before_dot:]


def is_not_provided(text: str, alphabet: Alphabet) -> bool:
    """Tell whether a slot's text stands for slashes or 未提供.

    Slashes are read as 1, I, l and the like, so a row of such strokes counts where it can be no
    value.
    """
    if not text or _SLASHES.fullmatch(text):
        return True
    if _NOT_PROVIDED.search(text) and len(text) <= LONGEST_NOT_PROVIDED:
        return True
    if not _SLASH_LIKE.fullmatch(text):
        return False
    if alphabet in {Alphabet.DIGITS, Alphabet.WEEKS, Alphabet.DECIMAL}:
        has_digit = any(char.isdigit() for char in text)
        return "/" in text or not has_digit or bool(_ROW_OF_ONES.fullmatch(text))
    return alphabet != Alphabet.CERTIFICATE_NUMBER


def _is_lone_stroke(text: str, key: str) -> bool:
    """Tell whether one letter or digit stands where a value has two characters at least: it is a
    slash.
    """
    return len(text) == 1 and text.isascii() and key.startswith(("mother", "father"))


def _plain(text: str) -> str:
    """Make all dots middle dots, and remove punctuation and English words beside Chinese ones:
    remains of labels.
    """
    text = _DOTS.sub(DOT, text)
    text = _PUNCTUATION.sub("", text)
    if has_chinese(text):
        text = _WORD_IN_SMALL_LETTERS.sub("", text)
    return text.lstrip(")）]】}·").strip("._-—,/（( ")


def _without_stray_letters(text: str) -> str:
    """Remove Latin letters and ! beside Chinese characters, where no value has any: remains of
    English labels.
    """
    return _STRAY.sub("", text) if has_chinese(text) else text


def _ethnicity(glyphs: Sequence[Glyph]) -> str:
    return _plain(ethnic_group([glyph for glyph in glyphs if is_chinese(glyph.char)]))


def _digits(glyphs: Sequence[Glyph]) -> str:
    return re.sub(r"\D", "", _normal_text(glyphs))


def _decimal(glyphs: Sequence[Glyph]) -> str:
    """Keep a decimal point only where it can stand: 3.71 kg, 50.5 cm; never 371.0 g or 5.0 cm."""
    text = re.sub(r"[^\d.]", "", _normal_text(glyphs)).strip(".")
    has_point = re.fullmatch(r"\d\.\d\d+|\d\d\.\d", text)
    return text if has_point else text.replace(".", "")


def _weeks(glyphs: Sequence[Glyph]) -> str:
    """Compose weeks and days; 403 can only be 40+3, for no pregnancy has three digits of weeks."""
    text = _normal_text(glyphs).replace("*", "+")
    text = re.sub(r"[^\d+]", "", text).strip("+")
    match = re.fullmatch(r"(\d\d)\+*([0-6])", text)
    return f"{match[1]}+{match[2]}" if match else text


def _id_number(glyphs: Sequence[Glyph]) -> str:
    text = unicodedata.normalize("NFKC", id_number(glyphs)).upper()
    return re.sub(r"[^0-9A-Z()]", "", text)


def _sex(glyphs: Sequence[Glyph]) -> str:
    return next((glyph.char for glyph in glyphs if glyph.char in "男女"), "")


def _normal_text(glyphs: Sequence[Glyph]) -> str:
    """Return the glyphs' text with raised and wide characters made plain."""
    return unicodedata.normalize("NFKC", "".join(glyph.char for glyph in glyphs))


_COMPOSERS: dict[Alphabet, Callable[[Sequence[Glyph]], str]] = {
    Alphabet.ETHNICITY: _ethnicity,
    Alphabet.CERTIFICATE_NUMBER: certificate_number,
    Alphabet.ID_NUMBER: _id_number,
    Alphabet.DIGITS: _digits,
    Alphabet.DECIMAL: _decimal,
    Alphabet.WEEKS: _weeks,
    Alphabet.SEX: _sex,
}
