"""Digits compared with their own kind on the same sheet: those of resident numbers whose check character holds.

One printer prints all values in one type, so a 5 looks like the other 5s of its sheet. A network
that is sure of a 6 there has never seen this printer; whoever holds the two beside each other sees
that it is none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import has_check_character, is_certificate_number
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Layer
from reviewapp.engines.local.read.lines import INK_MARGIN, pixels_of
from reviewapp.engines.local.read.reading import Line

COMPARED = ("Time", "Date", "Age", "Weight", "Length")
ROOM = 0.5
FAINTEST = 20.0
# Where the digits of a sheet are mostly less alike than this, the numbers were printed in another
# type.
LEAST_ALIKE = 0.7
_SIDE, _EMPTY, _SPECK = 0.06, 0.05, 0.15
_REACH, _EARLY, _TRIED = (0.93, 1.1, 35), 0.7, 100
_SMOOTH = (0.25, 0.5, 0.25)
_SAMPLES = np.arange(0.5, 14) / 14
_PITCHES = (0.96, 1.0, 1.04)


@dataclass(frozen=True, slots=True)
class Strip:
    """The ink of one line of digits: darkness (H, W), 0.0 to 1.0, its text, and how tall its digits are in pixels."""

    ink: Layer
    text: str
    height: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """By digit what it looks like, as darkness (h, w), on a sheet; `pitch` is the digits' distance in pixels."""

    of: Mapping[str, Sequence[Layer]]
    pitch: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of a line's digits the least correlation (-1 to 1) with their own kind, and by how much another's exceeds it."""

    own: float
    excess: float


def excesses(sheet: Sheet, values: Sequence[Value]) -> dict[str, float]:
    """Return by API key how much more another digit's patterns correlate with one of a value's digits than its own.

    From about -0.2 for what is plain to above 0 where another digit is likelier; no key where
    nothing can be compared.

    1. Take the digits of resident numbers whose check character holds as patterns.
    2. Find the digits of dates and measures, and compare each with all patterns.
    3. Say nothing where most are unlike their own kind: the type is another.
    4. Compare the certificate's number, which is printed in its own type, with itself.
    """
    numbers = [
        _strip(sheet, value.lines[0], value.text)
        for value in values
        if value.key.endswith("IdCardNumber")
        and len(value.lines) == 1
        and has_check_character(value.text)
    ]
    patterns = patterns_of(numbers)
    found = [
        (value.key, likeness(_strip(sheet, line, line.reading.text), patterns))
        for value in values
        if patterns and value.key.endswith(COMPARED)
        for line in value.lines
        if line.reading.text.isdecimal()
    ]
    if found and float(np.median([one.own for _, one in found])) < LEAST_ALIKE:
        found = []
    within = {
        value.key: excess_within(_strip(sheet, value.lines[0], value.text))
        for value in values
        if value.key == "certificateNumber"
        and len(value.lines) == 1
        and is_certificate_number(value.text)
    }
    return within | {
        key: max(one.excess for other, one in found if other == key) for key, _ in found
    }


def _strip(sheet: Sheet, line: Line, text: str) -> Strip:
    box = line.ink
    x0, y0, x1, y1 = pixels_of(
        sheet, replace(box, x0=box.x0 - ROOM, y0=box.y0 - ROOM, x1=box.x1 + ROOM, y1=box.y1 + ROOM)
    )
    dark = 255.0 - sheet.ink[y0:y1, x0:x1].astype(np.float32)
    ink = np.clip(dark / max(FAINTEST, float(np.quantile(dark, 0.98))), 0.0, 1.0)
    return Strip(ink, text, (box.height - 2 * INK_MARGIN) * sheet.scale)


def patterns_of(numbers: Sequence[Strip]) -> Patterns | None:
    """Cut numbers of digits in even steps into patterns; None where there are none, or steps wider than digits."""
    patterns: dict[str, list[Layer]] = defaultdict(list)
    pitches = []
    for strip in numbers:
        pitch, digits = _cut(strip)
        if pitch > strip.height:
            continue
        pitches.append(pitch)
        for digit, pattern in digits:
            patterns[digit].append(pattern)
    return Patterns(patterns, float(np.mean(pitches))) if patterns else None


def _cut(strip: Strip) -> tuple[float, list[tuple[str, Layer]]]:
    """Return the width of a number's even steps, and its digits with what stands there, as far as anything does."""
    body = _body(strip)
    start, pitch = _steps(strip.ink[body], strip.text)
    digits = []
    for at, char in enumerate(strip.text):
        left, right = (max(0, round(start + pitch * (at + part))) for part in (_SIDE, 1.0 - _SIDE))
        pattern = strip.ink[max(0, body.start - 1) : body.stop + 1, left:right]
        if char.isdecimal() and pattern.size and pattern.std() > _EMPTY:
            digits.append((char, pattern))
    return pitch, digits


def excess_within(strip: Strip) -> float:
    """Return by how much at most a digit behind a number's letter looks more like others there than like its own kind.

    One that stands there once counts as wholly like its own kind.
    """
    _, digits = _cut(_behind_letter(strip))
    widest = max((pattern.shape[1] for _, pattern in digits), default=0)
    excess = -1.0
    for at, (digit, pattern) in enumerate(digits):
        ink = np.pad(pattern, ((2, 2), (widest, widest)))
        fits = [
            (said, float(_fit(ink, [other]).max()))
            for i, (said, other) in enumerate(digits)
            if i != at
        ]
        own = max((fit for said, fit in fits if said == digit), default=1.0)
        excess = max(excess, max((fit for said, fit in fits if said != digit), default=-1.0) - own)
    return excess


def _behind_letter(strip: Strip) -> Strip:
    """Return a number without its first character, cut where least ink is about the end of that."""
    columns = strip.ink[_body(strip)].sum(axis=0)
    inked = np.flatnonzero(columns >= _SPECK * np.quantile(columns, 0.9))
    first, width = int(inked[0]), (int(inked[-1]) + 1 - int(inked[0])) / len(strip.text)
    low, high = int(first + 0.6 * width), int(first + 1.5 * width) + 1
    cut = low + int(np.convolve(columns, _SMOOTH, "same")[low:high].argmin())
    return Strip(strip.ink[:, cut:], strip.text[1:], strip.height)


def _body(strip: Strip) -> slice:
    """Return the rows in which a line's digits stand."""
    rows = min(len(strip.ink), max(3, round(strip.height)))
    top = int(np.convolve(strip.ink.sum(axis=1), np.ones(rows), "valid").argmax())
    return slice(top, top + rows)


def _steps(ink: Layer, text: str) -> tuple[float, float]:
    """Return where the first of a number's even steps begins, and their width.

    1. The steps with least ink on their borders and beyond; more than one, for rules and specks have ink too.
    2. Of those the ones by which equal digits look most alike.
    """
    columns, count = ink.sum(axis=0), len(text)
    inked = np.flatnonzero(columns >= _SPECK * np.quantile(columns, 0.9))
    first, last = int(inked[0]), int(inked[-1]) + 1
    pitches = np.linspace(*_REACH) * (last - first) / count
    starts = np.arange(first - _EARLY * pitches[-1], first + _EARLY * pitches[-1], 0.5)
    borders = starts[:, None, None] + pitches[:, None] * np.arange(count + 1)
    places = np.clip(borders.round().astype(int), 0, len(columns) - 1)
    smooth = np.convolve(columns, _SMOOTH, "same")
    before = np.concatenate([[0.0], columns.cumsum()])
    beyond = before[places[..., 0]] + before[-1] - before[places[..., -1]]
    likely = np.argsort(smooth[places].sum(axis=-1) + beyond, axis=None)[:_TRIED]
    rows, ranks = np.unravel_index(likely, beyond.shape)
    chars = np.array(list(text))
    equals = np.triu(chars[:, None] == chars, 1)
    best = int(_likeness_of(equals, ink, starts[rows], pitches[ranks]).argmax())
    return float(starts[rows[best]]), float(pitches[ranks[best]])


def _likeness_of(equals: NDArray[np.bool_], ink: Layer, starts: Layer, pitches: Layer) -> Layer:
    """Return the mean correlation of equal digits, (N, N) telling which are, of a number cut in each of steps (T,)."""
    if not equals.any():
        return np.zeros(len(starts))
    count = len(equals)
    x = starts[:, None, None] + pitches[:, None, None] * (np.arange(count)[:, None] + _SAMPLES)
    cells = ink.T[np.clip(x, 0, ink.shape[1] - 1).astype(int)].reshape(len(starts), count, -1)
    cells -= cells.mean(axis=2, keepdims=True)
    cells /= np.maximum(_EMPTY, np.linalg.norm(cells, axis=2, keepdims=True))
    likeness: Layer = (cells @ cells.transpose(0, 2, 1))[:, equals].mean(axis=1)
    return likeness


def likeness(strip: Strip, patterns: Patterns) -> Likeness:
    """Compare the digits of a line with their own kind and with all others.

    1. Room round the line, so that patterns fit everywhere.
    2. Where its digits stand, as what they were read as.
    3. There, how well their own patterns fit, and the best of others; a digit that has none is left out.
    """
    everything = [pattern for some in patterns.of.values() for pattern in some]
    high, wide = (max(pattern.shape[axis] for pattern in everything) for axis in (0, 1))
    room = max(0, high - len(strip.ink)) // 2 + 2
    ink = np.pad(strip.ink, ((room, room), (wide, wide)))
    fits = {digit: _fit(ink, some) for digit, some in patterns.of.items()}
    places = _places(strip.text, fits, patterns.pitch, ink.shape[1])
    own, excess = 1.0, -1.0
    for char, at in zip(strip.text, places, strict=bool(places)):
        best = {digit: float(fit[max(0, at - 1) : at + 2].max()) for digit, fit in fits.items()}
        if char in best and len(best) > 1:
            own = min(own, best[char])
            excess = max(
                excess, max(fit for digit, fit in best.items() if digit != char) - best[char]
            )
    return Likeness(own, excess)


def _fit(ink: Layer, some: Sequence[Layer]) -> Layer:
    """Return the best correlation of any of some patterns with a line, by x of the pattern's middle (X,)."""
    fit = np.full(ink.shape[1], -1.0, np.float32)
    for pattern in some:
        found = cv2.matchTemplate(ink, pattern, cv2.TM_CCOEFF_NORMED).max(axis=0)
        here = fit[pattern.shape[1] // 2 :][: len(found)]
        np.maximum(here, found, out=here)
    return fit


def _places(text: str, fits: Mapping[str, Layer], pitch: float, length: int) -> Sequence[int]:
    """Return the x of each digit's middle where, at about the patterns' distance, they fit best as they were read.

    None where there is no room for them.
    """
    blurred = {
        digit: np.maximum.reduce([np.roll(fit, by) for by in (-1, 0, 1)])
        for digit, fit in fits.items()
    }
    unknown = np.zeros(length, np.float32)
    best, places = -np.inf, []
    for factor in _PITCHES:
        steps = [round(factor * pitch * at) for at in range(len(text))]
        room = length - steps[-1]
        if room <= 0:
            continue
        total = sum(
            blurred.get(char, unknown)[step : step + room]
            for char, step in zip(text, steps, strict=True)
        )
        if np.max(total) > best:
            start, best = int(np.argmax(total)), float(np.max(total))
            places = [start + step for step in steps]
    return places
