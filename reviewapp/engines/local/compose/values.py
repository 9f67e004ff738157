"""From lines read in slots to the 23 values and the API's Data object."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import cv2
import numpy as np

from reviewapp.certificate.fields import FIELDS
from reviewapp.engines.local.compose.vocabulary import (
    UNITS,
    certificate_number,
    ethnic_group,
    id_number,
    is_chinese,
    is_of_compound_surname,
    name_text,
    nationality,
    place_text,
    standard_text,
)
from reviewapp.engines.local.editions.edition5to7 import Alphabet, Form
from reviewapp.engines.local.find.page import Page
from reviewapp.engines.local.find.register import Registration, project
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Glyph, Points
from reviewapp.engines.local.read.lines import Box
from reviewapp.engines.local.read.reading import Line, SheetReading

VERSION = "local-1"
SHORTEST_NAME, SHORTEST_NUMBER = 2, 6
_TIME_PARTS = {"birthTime": "年月日时分", "issueDate": "年月日"}
_STROKES = re.compile(r"[/\\|丿丨ノ∕⁄／]+")
_STROKE_LIKES = re.compile(r"[/\\|丿丨ノ∕⁄／1IlJiLtfV!ⅠⅡ川ⅢNMWH7,.'`-]+")
_STROKES_FOR_ONES = re.compile(f"(?<=[\u3400-\u9fff0-9])[IlT]+(?=[0-9]*[{UNITS}])")
_NOT_PROVIDED = re.compile(r"[未末]提[供洪]|未.供|^无$")
_NAMES = {"neonatalName", "motherName", "fatherName"}
_REST_OF_COUNTY = re.compile("县?[（(]区?[)）]?$")
COUNTED = UNITS + "号弄巷楼层单院街路"
_SPACES = re.compile(r"\s+")
_STRAY = re.compile("[A-Za-zÀ-ɏ!]")
_DOT = re.compile("(?<=[㐀-鿿])[.·•・‧∙:：]+(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True)
class Value:
    """One of the 23 fields as read: its text ("" for not provided), the lines behind it, its probability 0-1."""

    key: str
    text: str
    lines: tuple[Line, ...]
    prob: float = 1.0


def values_of(sheet_reading: SheetReading) -> list[Value]:
    """Compose the 23 values, in the API's order, from what was read in the slots.

    1. Clean every slot's text by what may stand in it.
    2. Join parts: dates with their units, places as printed.
    3. Take slashes, and everything beside a missing parent's slashed name and number, as not provided.
    """
    texts = {name: slot_text(lines) for name, lines in sheet_reading.lines.items()}
    values = []
    for spec in FIELDS:
        names = [name for name in texts if name.split(".")[0] == spec.key]
        lines = tuple(line for name in names for line in sheet_reading.lines[name])
        if spec.key in _TIME_PARTS:
            text = _moment(
                {name.split(".")[1]: texts[name] for name in names}, _TIME_PARTS[spec.key]
            )
        else:
            text = "".join(texts[name] for name in names)
        values.append(Value(spec.key, text, lines))
    return _without_missing_parents(values)


def _moment(parts: dict[str, str], units: str) -> str:
    return "".join(f"{parts[unit]}{unit}" for unit in units if parts.get(unit))


def _without_missing_parents(values: Sequence[Value]) -> list[Value]:
    texts = {value.key: value.text for value in values}
    missing = tuple(
        parent
        for parent in ("mother", "father")
        if len(texts[f"{parent}Name"]) < SHORTEST_NAME
        and len(texts[f"{parent}IdCardNumber"]) < SHORTEST_NUMBER
    )
    return [
        Value(v.key, "", v.lines) if missing and v.key.startswith(missing) else v for v in values
    ]


def slot_text(lines: Sequence[Line]) -> str:
    """Return the text of a slot from its lines, cleaned by its alphabet; "" for slashes and 未提供.

    1. what was not provided; 2. names line by line, other text as a whole; 3. numbers by their
    alphabet.
    """
    if not lines:
        return ""
    slot = lines[0].slot
    glyphs = [
        glyph for at, line in enumerate(lines) for glyph in _own_glyphs(line, is_first=at == 0)
    ]
    free = _SPACES.sub("", "".join(line.reading.free for line in lines))
    if is_not_provided(free, slot.alphabet) or _is_lone_stroke(free, slot.key):
        return ""
    if slot.alphabet == Alphabet.TEXT:
        return _name(lines) if slot.key in _NAMES else _words(glyphs, slot.key)
    if slot.alphabet == Alphabet.CERTIFICATE_NUMBER:
        return certificate_number(glyphs)
    if slot.alphabet == Alphabet.ETHNICITY:
        return _plain(
            ethnic_group([glyph for glyph in glyphs if "\u3400" <= glyph.char <= "\u9fff"])
        )
    text = (
        id_number(glyphs)
        if slot.alphabet == Alphabet.ID_NUMBER
        else "".join(glyph.char for glyph in glyphs)
    )
    return _CLEANERS[slot.alphabet](text)


def _own_glyphs(line: Line, *, is_first: bool) -> list[Glyph]:
    """Return a line's glyphs without spaces, and without what is left of the label before a later line of an address.

    The end of "Address" reads as s or 5; behind a real digit there would be a unit.
    """
    glyphs = [glyph for glyph in line.reading.glyphs if not glyph.char.isspace()]
    is_remains = (
        line.slot.key.endswith("Address")
        and not is_first
        and len(glyphs) > 1
        and glyphs[0].char in "sS5"
    )
    return (
        glyphs[1:]
        if is_remains and is_chinese(glyphs[1].char) and glyphs[1].char not in COUNTED
        else glyphs
    )


def _words(glyphs: Sequence[Glyph], key: str) -> str:
    if key.endswith("Nationality"):
        return _plain(_without_stray_letters(nationality(glyphs)))
    text = _plain(place_text(glyphs))
    if key.endswith("Address"):
        return _STROKES_FOR_ONES.sub(lambda match: "1" * len(match[0]), text)
    text = _without_stray_letters(text)
    return _REST_OF_COUNTY.sub("", text) if key == "birthPlace" else text


def _name(lines: Sequence[Line]) -> str:
    """Join a name's lines; only names of two parts are long enough to wrap, and a faint dot at the end is lost.

    Whatever stands between two Chinese characters is that dot.
    """
    texts = [_name_line(line, begins_name=len(lines) == 1) for line in lines]
    if not any(is_chinese(char) for text in texts for char in text):
        return _plain("".join(texts))
    texts = [_without_stray_letters(text) for text in texts]
    return _plain(_DOT.sub("·", ("" if "·" in "".join(texts) else "·").join(texts)))


def _name_line(line: Line, *, begins_name: bool) -> str:
    """Return a name's line, with a middle dot where its place is left open but the faint dot was not read.

    Names of several lines are not Chinese ones and begin with no surname; names with a compound
    surname have no dot.
    """
    glyphs = [glyph for glyph in line.reading.glyphs if not glyph.char.isspace()]
    text = name_text(glyphs) if begins_name else standard_text(glyphs)
    if not any(is_chinese(char) for char in text):
        return " ".join(line.reading.text.split())
    steps = [after.at - before.at for before, after in pairwise(glyphs)]
    if len(glyphs) < 4 or "·" in text or not text.isalpha() or is_of_compound_surname(text):
        return text
    widest = max(range(len(steps)), key=lambda i: steps[i])
    return (
        text[: widest + 1] + "·" + text[widest + 1 :]
        if steps[widest] > 1.4 * median(steps)
        else text
    )


def is_not_provided(text: str, alphabet: Alphabet) -> bool:
    """Tell whether a slot's text stands for slashes or 未提供.

    Slashes are read as 1, I, l and the like, so a row of such strokes counts where it can be no
    value.
    """
    if not text or _STROKES.fullmatch(text) or (_NOT_PROVIDED.search(text) and len(text) < 7):
        return True
    if not _STROKE_LIKES.fullmatch(text):
        return False
    if alphabet in {Alphabet.DIGITS, Alphabet.WEEKS, Alphabet.DECIMAL}:
        return (
            "/" in text
            or not any(char.isdigit() for char in text)
            or bool(re.fullmatch("1{3,}", text))
        )
    return alphabet != Alphabet.CERTIFICATE_NUMBER


def _is_lone_stroke(text: str, key: str) -> bool:
    """Tell whether one letter or digit stands where a value has two characters at least: it is a slash."""
    return len(text) == 1 and text.isascii() and key.startswith(("mother", "father"))


def _plain(text: str) -> str:
    text = re.sub(r"[•・‧∙]", "·", text)
    text = re.sub(r"[.,，。、'\"`:：;；|_…“”‘’]+(?![A-Za-z0-9])", "", text)
    text = (
        re.sub(r"[A-Za-z]*[a-z][A-Za-z]*", "", text)
        if re.search(r"[\u3400-\u9fff]", text)
        else text
    )
    return text.lstrip(")）]】}·").strip("._-—,/（( ")


def _without_stray_letters(text: str) -> str:
    """Remove Latin letters and ! beside Chinese characters, where no value has any: remains of English labels."""
    return _STRAY.sub("", text) if any(is_chinese(char) for char in text) else text


def _digits(text: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def _decimal(text: str) -> str:
    """Keep a decimal point only where it can stand: 3.71 kg, 50.5 cm; never 371.0 g or 5.0 cm."""
    text = re.sub(r"[^\d.]", "", unicodedata.normalize("NFKC", text)).strip(".")
    return text if re.fullmatch(r"\d\.\d\d+|\d\d\.\d", text) else text.replace(".", "")


def _weeks(text: str) -> str:
    """Compose weeks and days; 403 can only be 40+3, for no pregnancy has three digits of weeks."""
    text = re.sub(r"[^\d+*]", "", unicodedata.normalize("NFKC", text)).replace("*", "+").strip("+")
    match = re.fullmatch(r"(\d\d)\+*([0-6])", text)
    return f"{match[1]}+{match[2]}" if match else text


def _number(text: str) -> str:
    return re.sub(r"[^0-9A-Z()]", "", unicodedata.normalize("NFKC", text).upper())


def _sex(text: str) -> str:
    return next((char for char in text if char in "男女"), "")


_CLEANERS: dict[Alphabet, Callable[[str], str]] = {
    Alphabet.DIGITS: _digits,
    Alphabet.DECIMAL: _decimal,
    Alphabet.WEEKS: _weeks,
    Alphabet.ID_NUMBER: _number,
    Alphabet.SEX: _sex,
}


def data_object(
    page: Page,
    form: Form,
    registration: Registration,
    sheet: Sheet,
    reading: SheetReading,
    values: Sequence[Value],
) -> dict[str, Any]:
    """Return the API's Data object; coordinates are pixels of the picture as shown."""
    lies = registration.turn % 2
    return {
        "algo_version": VERSION,
        "data": {value.key: value.text for value in values},
        "debug_info": {"kv_info": _parts(page, registration, reading)},
        "ftype": 1 if sheet.is_copy else 0,
        "height": page.width if lies else page.height,
        "orgHeight": page.height,
        "orgWidth": page.width,
        "prism_keyValueInfo": [_entry(value, page, registration) for value in values],
        "sliceRect": _slice_rect(page, form, registration),
        "width": page.height if lies else page.width,
    }


def _slice_rect(page: Page, form: Form, registration: Registration) -> dict[str, int]:
    left, top, right, bottom = form.frame
    frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    corners = np.floor(project(registration.to_pixels, frame) * page.scale)
    corners = np.clip(corners, 0, [page.width, page.height])
    return {f"{axis}{i}": int(corners[i][j]) for i in range(4) for j, axis in enumerate("xy")}


def _entry(value: Value, page: Page, registration: Registration) -> dict[str, Any]:
    if not value.text or not value.lines:
        return {"key": value.key, "keyProb": 100, "value": "", "valueProb": 100}
    prob = int(100 * np.clip(value.prob, 0.0, 1.0))
    corners = polygon([line.ink for line in value.lines], registration.to_pixels, page.scale)
    points = [{"x": int(x), "y": int(y)} for x, y in np.floor(corners)]
    return {
        "key": value.key,
        "keyProb": prob,
        "value": value.text,
        "valuePos": points,
        "valueProb": prob,
    }


def polygon(boxes: Sequence[Box], to_pixels: Points, scale: Points) -> Points:
    """Return the smallest turned rectangle (4, 2) in shown pixels round boxes given in form mm.

    Its corners run clockwise from the value's own top left, whichever way the picture lies.
    """
    corners = np.array(
        [[x, y] for b in boxes for x, y in ((b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1))]
    )
    shown = project(to_pixels, corners) * scale
    rectangle = cv2.boxPoints(cv2.minAreaRect(shown.astype(np.float32))).astype(np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    wanted = project(to_pixels, np.array([low, [high[0], low[1]], high, [low[0], high[1]]])) * scale
    turns = [np.roll(rectangle, -k, axis=0) for k in range(4)]
    return min(turns, key=lambda turned: float(np.linalg.norm(turned - wanted, axis=1).sum()))


def _parts(page: Page, registration: Registration, reading: SheetReading) -> list[dict[str, Any]]:
    parts = []
    for number, lines in enumerate(reading.lines.values()):
        for line in lines:
            corners = polygon([line.box], registration.to_pixels, page.scale)
            parts.append(
                {
                    "det_cfd": round(line.box.score, 6),
                    "det_cls": number,
                    "det_pts": [round(float(v), 3) for v in corners.ravel()],
                    "rec_cfd": round(line.reading.score, 6),
                    "rec_tcc": _free_text(line),
                }
            )
            if others := _other_texts(line):
                parts[-1]["rec_alternatives"] = others
    return parts


def _free_text(line: Line) -> str:
    """Return what a line was read as without regard to its slot, by a reading that has just its text where one has."""
    alike = [
        reading.free
        for reading in (line.reading, *line.others)
        if reading.text == line.reading.text
    ]
    return line.reading.text if line.reading.text in alike else line.reading.free


def _other_texts(line: Line) -> list[str]:
    """Return what other readings of a line say that differ in characters, not in their number."""
    texts = dict.fromkeys(other.text for other in line.others)
    return [
        text for text in texts if text != line.reading.text and len(text) == len(line.reading.text)
    ]
