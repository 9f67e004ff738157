"""Digits compared with their own kind on the same sheet: those of resident numbers whose check
character holds.

One printer prints all values in one type, so a 5 looks like the other 5s of its sheet. A network
that is sure of a 6 there has never seen this printer; whoever holds the two beside each other sees
that it is none.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import has_check_character, is_certificate_number
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Layer
from reviewapp.engines.local.read.box import part_of
from reviewapp.engines.local.read.ink import INK_MARGIN, WHITE
from reviewapp.engines.local.read.line import Line
from reviewapp.engines.local.trust.steps import ink_span, smoothed, steps_of

# How the keys end of values whose digits are compared.
COMPARED = ("Time", "Date", "Age", "Weight", "Length")
# mm round a line's ink, so that patterns fit at its ends too.
ROOM = 0.5
# Grey values: what is no darker than this is no ink, though it be the darkest of its line. The
# darkest is a quantile, for a speck may be darker than print.
FAINTEST, DARKEST_SHARE = 20.0, 0.98
# Correlation: where the digits of a sheet are mostly less alike than this, the numbers were printed
# in another type.
LEAST_ALIKE = 0.7
# Share of a step to each side of a digit that is left out: neighbours reach over.
SIDE = 0.06
# Standard deviation of darkness: a step of less holds no digit.
EMPTY = 0.05
# Of the usual step: digits stand this far apart in values whose print runs a little wider or
# narrower than in numbers.
PITCHES = (0.96, 1.0, 1.04)
# Of a number's usual width for a character: where its letter ends, at the earliest and the latest.
EARLIEST_END, LATEST_END = 0.6, 1.5
# Rows that a pattern may lie higher or lower than the one it is compared with.
UP_AND_DOWN = 2
# Correlations that say nothing: alike to its own kind, unlike all others.
WHOLLY_ALIKE, WHOLLY_UNLIKE = 1.0, -1.0


@dataclass(frozen=True, slots=True)
class Strip:
    """The ink of one line of digits: darkness (H, W), 0.0 to 1.0, its text, and how tall its digits
    are in pixels.
    """

    ink: Layer
    text: str
    height: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """By digit what it looks like, as darkness (h, w), on a sheet; `pitch` is the digits' distance
    in pixels.
    """

    by_digit: Mapping[str, Sequence[Layer]]
    pitch: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of a line's digits the least correlation (-1 to 1) with their own kind, and by how much
    another's exceeds it.
    """

    to_own_kind: float
    excess: float


def excesses(sheet: Sheet, values: Sequence[Value]) -> dict[str, float]:
    """Return by API key how much more another digit's patterns correlate with one of a value's
    digits than its own.

    From about -0.2 for what is plain to above 0 where another digit is likelier; no key where
    nothing can be compared.

    1. Take the digits of resident numbers whose check character holds as patterns.
    2. Compare the digits of dates and measures with all patterns.
    3. Compare the certificate's number, which is printed in its own type, with itself.
    """
    numbers = []
    certificate_numbers = []
    for value in values:
        if len(value.lines) != 1:
            continue
        if value.key.endswith("IdCardNumber") and has_check_character(value.text):
            numbers.append(_number_strip(sheet, value))
        if value.key == "certificateNumber" and is_certificate_number(value.text):
            certificate_numbers.append(value)

    patterns = patterns_of(numbers)
    by_key = _excesses_over(patterns, sheet, values) if patterns else {}
    for value in certificate_numbers:
        by_key[value.key] = excess_within(_number_strip(sheet, value))
    return by_key


def _excesses_over(patterns: Patterns, sheet: Sheet, values: Sequence[Value]) -> dict[str, float]:
    """Compare dates and measures with the patterns; return the excesses by API key.

    1. Compare all digits.
    2. Say nothing where most are unlike their own kind: the type is another.
    3. Of a value's lines the one with most counts.
    """
    likenesses = []
    for value in values:
        if not value.key.endswith(COMPARED):
            continue
        for line in value.lines:
            text = line.reading.text
            if text.isdecimal():
                strip = _strip(sheet, line, text)
                likenesses.append((value.key, likeness(strip, patterns)))
    if not likenesses:
        return {}
    usual = float(np.median([alike.to_own_kind for _, alike in likenesses]))
    if usual < LEAST_ALIKE:
        return {}
    by_key: dict[str, float] = {}
    for key, alike in likenesses:
        by_key[key] = max(by_key.get(key, WHOLLY_UNLIKE), alike.excess)
    return by_key


def _number_strip(sheet: Sheet, value: Value) -> Strip:
    """Return the only line of a number, as which it was read in the end."""
    return _strip(sheet, value.lines[0], value.text)


def _strip(sheet: Sheet, line: Line, text: str) -> Strip:
    grey = part_of(sheet.ink, sheet, line.ink.grown(ROOM))
    darkness = WHITE - grey.astype(np.float32)
    darkest = float(np.quantile(darkness, DARKEST_SHARE))
    ink = np.clip(darkness / max(FAINTEST, darkest), 0.0, 1.0)
    height_mm = line.ink.height - 2 * INK_MARGIN
    return Strip(ink, text, height_mm * sheet.scale)


def patterns_of(numbers: Sequence[Strip]) -> Patterns | None:
    """Cut numbers of digits in even steps into patterns; None where there are none, or steps wider
    than digits.
    """
    by_digit: dict[str, list[Layer]] = defaultdict(list)
    pitches = []
    for strip in numbers:
        pitch, digits = _cut(strip)
        # Digits in boxes stand farther apart than they are high: their steps hold no type's pitch.
        if pitch > strip.height:
            continue
        pitches.append(pitch)
        for digit, pattern in digits:
            by_digit[digit].append(pattern)
    return Patterns(by_digit, float(np.mean(pitches))) if by_digit else None


def _cut(strip: Strip) -> tuple[float, list[tuple[str, Layer]]]:
    """Return the width of a number's even steps, and its digits with what stands there, as far as
    anything does.
    """
    body = _body(strip)
    start, pitch = steps_of(strip.ink[body], strip.text)
    above, below = max(0, body.start - 1), body.stop + 1
    digits = []
    for number, char in enumerate(strip.text):
        left = round(start + pitch * (number + SIDE))
        right = round(start + pitch * (number + 1.0 - SIDE))
        pattern = strip.ink[above:below, max(0, left) : max(0, right)]
        if char.isdecimal() and pattern.size and pattern.std() > EMPTY:
            digits.append((char, pattern))
    return pitch, digits


def excess_within(strip: Strip) -> float:
    """Return by how much at most a digit behind a number's letter looks more like others there than
    like its own kind.

    One that stands there once counts as wholly like its own kind.
    """
    _, digits = _cut(_behind_letter(strip))
    widest = max((pattern.shape[1] for _, pattern in digits), default=0)
    room = ((UP_AND_DOWN, UP_AND_DOWN), (widest, widest))
    most = WHOLLY_UNLIKE
    for place, (digit, pattern) in enumerate(digits):
        ink = np.pad(pattern, room)
        to_own_kind: list[float] = []
        to_others: list[float] = []
        for other_digit, other_pattern in digits[:place] + digits[place + 1 :]:
            fits = to_own_kind if other_digit == digit else to_others
            fits.append(float(_fit(ink, [other_pattern]).max()))
        best_of_own = max(to_own_kind, default=WHOLLY_ALIKE)
        best_of_others = max(to_others, default=WHOLLY_UNLIKE)
        most = max(most, best_of_others - best_of_own)
    return most


def _behind_letter(strip: Strip) -> Strip:
    """Return a number without its first character, cut where least ink is about the end of that."""
    columns = strip.ink[_body(strip)].sum(axis=0)
    first, behind_last = ink_span(columns)
    width = (behind_last - first) / len(strip.text)
    earliest = int(first + EARLIEST_END * width)
    latest = int(first + LATEST_END * width)
    about_end = smoothed(columns)[earliest : latest + 1]
    cut = earliest + int(about_end.argmin())
    return replace(strip, ink=strip.ink[:, cut:], text=strip.text[1:])


def _body(strip: Strip) -> slice:
    """Return the rows in which a line's digits stand: as many as they are high, with most ink."""
    height = max(3, round(strip.height))
    height = min(len(strip.ink), height)
    ink_of_rows = strip.ink.sum(axis=1)
    ink_below = np.convolve(ink_of_rows, np.ones(height), "valid")
    top = int(ink_below.argmax())
    return slice(top, top + height)


def likeness(strip: Strip, patterns: Patterns) -> Likeness:
    """Compare the digits of a line with their own kind and with all others.

    1. Room round the line, so that patterns fit everywhere.
    2. Where its digits stand, as what they were read as.
    3. There, how well their own patterns fit, and the best of others; a digit that has none is left
       out.
    """
    ink = _with_room(strip.ink, patterns)
    fits = {}
    for digit, of_digit in patterns.by_digit.items():
        fits[digit] = _fit(ink, of_digit)
    middles = _middles(strip.text, fits, patterns.pitch, ink.shape[1])

    to_own_kind, excess = WHOLLY_ALIKE, WHOLLY_UNLIKE
    for char, x in zip(strip.text, middles, strict=bool(middles)):
        about = slice(max(0, x - 1), x + 2)
        best = {digit: float(fit[about].max()) for digit, fit in fits.items()}
        if char not in best or len(best) == 1:
            continue
        of_own = best.pop(char)
        to_own_kind = min(to_own_kind, of_own)
        excess = max(excess, max(best.values()) - of_own)
    return Likeness(to_own_kind, excess)


def _with_room(ink: Layer, patterns: Patterns) -> Layer:
    """Return a line with room for the highest and widest pattern on every side."""
    everything: list[Layer] = []
    for of_digit in patterns.by_digit.values():
        everything += of_digit
    highest = max(len(pattern) for pattern in everything)
    widest = max(pattern.shape[1] for pattern in everything)
    room = max(0, highest - len(ink)) // 2 + UP_AND_DOWN
    return np.pad(ink, ((room, room), (widest, widest)))


def _fit(ink: Layer, patterns: Sequence[Layer]) -> Layer:
    """Return the best correlation of any of some patterns with a line, by x of the pattern's middle
    (X,).
    """
    fit = np.full(ink.shape[1], WHOLLY_UNLIKE, np.float32)
    for pattern in patterns:
        correlations = cv2.matchTemplate(ink, pattern, cv2.TM_CCOEFF_NORMED).max(axis=0)
        first_middle = pattern.shape[1] // 2
        covered = fit[first_middle:][: len(correlations)]
        np.maximum(covered, correlations, out=covered)
    return fit


def _middles(text: str, fits: Mapping[str, Layer], pitch: float, length: int) -> Sequence[int]:
    """Return the x of each digit's middle where, at about the patterns' distance, they fit best as
    they were read.

    None where there is no room for them.
    """
    # Digits may stand a pixel off their even steps.
    blurred = {digit: _greatest_about(fit) for digit, fit in fits.items()}
    unknown = np.zeros(length, np.float32)
    best, middles = -np.inf, []
    for steps, room in _possible_steps(len(text), pitch, length):
        total = np.zeros(room, np.float32)
        for char, step in zip(text, steps, strict=True):
            fit = blurred.get(char, unknown)
            total += fit[step : step + room]
        start = int(np.argmax(total))
        if total[start] > best:
            best = float(total[start])
            middles = [start + step for step in steps]
    return middles


def _greatest_about(fit: Layer) -> Layer:
    """Return in every place the greatest value there and beside it."""
    greatest: NDArray[np.float32] = np.maximum.reduce([np.roll(fit, by) for by in (-1, 0, 1)])
    return greatest


def _possible_steps(count: int, pitch: float, length: int) -> Iterator[tuple[list[int], int]]:
    """Yield how far digits may stand behind the first, in pixels, and how many places that one may
    then have.
    """
    for factor in PITCHES:
        steps = [round(factor * pitch * number) for number in range(count)]
        room = length - steps[-1]
        if room > 0:
            yield steps, room
