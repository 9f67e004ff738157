"""A digit is compared with the sheet's other digits of its kind, whatever the networks say of it."""

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reviewapp.engines.local.engine import read
from reviewapp.engines.local.read.line import Line
from reviewapp.engines.local.trust.own_digits import (
    LEAST_ALIKE,
    Likeness,
    Patterns,
    Strip,
    excess_within,
    excesses,
    likeness,
    patterns_of,
)
from tests.certificates.fonts import STYLES, Style, font
from tests.certificates.make import make

pytestmark = pytest.mark.sqlite

NUMBER = "412827199305160834"
SIZE = 26
# Comes with Matplotlib, so that no font of the system is needed; its digits are like those of no style.
ANOTHER_TYPE = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif-Italic.ttf"


def strip(
    drawn: str,
    text: str = "",
    style: Style = "song",
    *,
    face: ImageFont.FreeTypeFont | None = None,
    spread: int = 0,
) -> Strip:
    """Return a line as printed, with room round it, and what it was read as; `spread` pixels between its digits."""
    face = face or font(style, NUMBER, SIZE)
    picture = Image.new("L", (32 + len(drawn) * (15 + spread), 48))
    pen = ImageDraw.Draw(picture)
    for at, char in enumerate(drawn):
        pen.text((16 + at * (15 + spread), 8), char, 255, face)
    return Strip(np.asarray(picture, np.float32) / 255, text or drawn, 19.0)


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> Style:
    return request.param


def patterns(style: Style) -> Patterns:
    of_number = patterns_of([strip(NUMBER, style=style)])
    assert of_number is not None
    return of_number


def test_a_number_gives_patterns_of_all_its_digits(style: Style) -> None:
    of_number = patterns(style)
    counts = {digit: len(of_digit) for digit, of_digit in of_number.by_digit.items()}
    assert counts == {digit: NUMBER.count(digit) for digit in set(NUMBER)}
    assert of_number.pitch == pytest.approx(15, abs=0.5)


@pytest.mark.parametrize(("printed", "read_as"), [("25", "23"), ("2014", "2011"), ("38", "36"), ("06", "05")])
def test_a_digit_that_was_misread_looks_like_another(style: Style, printed: str, read_as: str) -> None:
    of_number = patterns(style)
    as_printed = likeness(strip(printed, style=style), of_number)
    misread = likeness(strip(printed, read_as, style), of_number)
    assert as_printed.to_own_kind > 0.9
    assert as_printed.excess < -0.1 < 0 < misread.excess
    assert misread.to_own_kind < as_printed.to_own_kind


def test_specks_and_rules_about_a_number_do_not_shift_its_patterns(style: Style) -> None:
    soiled = strip(NUMBER, style=style)
    soiled.ink[39:41, ::3] = 0.8
    soiled.ink[22:25, -8:-4] = 1.0
    of_soiled = patterns_of([soiled])
    assert of_soiled is not None
    assert of_soiled.pitch == pytest.approx(15, abs=0.5)
    assert likeness(strip("38", style=style), of_soiled).excess < -0.05


def test_where_nothing_can_be_compared_nothing_is_said() -> None:
    nothing = Likeness(1.0, -1.0)
    assert patterns_of([]) is None
    assert patterns_of([replace(strip(NUMBER), ink=np.zeros((40, 300), np.float32))]) is None
    assert patterns_of([strip(NUMBER, spread=20)]) is None, "digits in boxes"
    only_ones = patterns_of([strip("111111111111111111")])
    assert only_ones is not None
    assert likeness(strip("11"), only_ones) == nothing
    without_sevens = patterns_of([strip("412812193051608341")])
    assert without_sevens is not None
    assert likeness(strip("7"), without_sevens) == nothing
    assert likeness(strip("12", "1" * 40), patterns("song")) == nothing, "no room for so many"


@pytest.mark.parametrize(("read_as", "is_plain"), [("T116361458", True), ("T116367458", False), ("T176361458", False)])
def test_a_certificate_number_is_compared_with_itself(style: Style, read_as: str, *, is_plain: bool) -> None:
    assert (excess_within(strip("T116361458", read_as, style)) < -0.05) is is_plain


def test_a_certificate_number_without_ink_says_nothing() -> None:
    assert excess_within(replace(strip("T116361458"), ink=np.zeros((40, 100), np.float32))) == -1


def test_a_sheets_dates_and_measures_are_compared_with_its_own_numbers() -> None:
    certificate = read(make(1, "clean").content)
    as_printed = excesses(certificate.sheet, certificate.values)
    assert {"birthTime", "issueDate", "birthWeight", "motherAge", "certificateNumber"} <= set(as_printed)
    assert max(as_printed.values()) < 0
    misread = [
        replace(value, lines=tuple(_read_otherwise(line) for line in value.lines))
        if value.key == "birthWeight"
        else value
        for value in certificate.values
    ]
    as_misread = excesses(certificate.sheet, misread)
    assert as_misread["birthWeight"] > 0
    assert as_misread | {"birthWeight": 0} == as_printed | {"birthWeight": 0}
    assert excesses(certificate.sheet, [value for value in certificate.values if "Number" not in value.key]) == {}


def test_numbers_in_another_type_say_nothing_of_the_others() -> None:
    face = ImageFont.truetype(ANOTHER_TYPE, SIZE)
    assert likeness(strip("3510", face=face), patterns("hei")).to_own_kind < LEAST_ALIKE


def _read_otherwise(line: Line) -> Line:
    glyphs = tuple(replace(glyph, char=str((int(glyph.char) + 3) % 10)) for glyph in line.reading.glyphs)
    return replace(line, reading=replace(line.reading, glyphs=glyphs))
