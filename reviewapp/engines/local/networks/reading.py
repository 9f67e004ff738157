"""The neural networks as functions: find text lines in a picture, read the text of crops."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.networks.weights import (
    Compiled,
    Network,
    Tensor,
    alphabet,
    give_memory_back,
    indices_of,
    threads_allowed,
)

# OpenCV's stubs do not tell the type of its arrays' elements, so these do not either.
Image = NDArray[Any]  # (H, W, 3) BGR or (H, W) grey, 0 to 255
Layer = NDArray[Any]  # (H, W) or (H, W, 3), 0.0 to 1.0
Points = NDArray[Any]  # (N, 2) places, or a (3, 3) homography

# Pixels (H, W). Every new shape costs time and memory, so pictures are filled up to few: wide and
# tall ones, sheets, 副页 and 存根.
FINDER_SHAPES = ((736, 960), (960, 736), (960, 960), (512, 1024), (416, 1312), (864, 1120))
# A shape may have so many times a picture's pixels; to look at more than that would take longer
# than to compile the finder for the picture's own shape.
MOST_FILLING = 1.4
# Pixels that the finder looks at at once, for its memory grows with them, and how many pixels each
# half of a larger picture reaches beyond the middle, so that lines there are seen whole.
MOST_AT_ONCE, BEYOND_MIDDLE = 2_000_000, 96
# The finder halves a picture five times, so its sides (pixels) are multiples of this.
FINDER_STEP = 32
# Pixels. So are crops filled up; a network keeps 3 MiB for each width that it has ever read.
WIDTHS = (160, 224, 288, 352, 416, 480, 544, 608, 672, 768, 896, 1024, 1280, 1600, 2000, 2400)
# Pixels: the height of lines that the readers were trained on.
READ_HEIGHT = 48
# Pixels: no crop is made narrower, for a reader sees a column for every eight of them.
NARROWEST = 8
# The CTC rule's number for no character at all.
BLANK = 0
# A character of at least this probability is plain; of others so many alternatives are kept.
PLAIN, OPTIONS = 0.995, 12
# Probabilities: a pixel above the first is in a line, and a line's mean is above the second. The
# finder's makers use 0.3 and 0.5; here pale lines count as well.
_INK, _BOX_SCORE = 0.3, 0.45
# The finder was trained on shrunk lines: they lack area x this / perimeter, as its makers say.
_UNCLIP = 1.6
# A page full of small print has this many lines; and lines are taller than so many pixels.
_MOST_BOXES, _LEAST_SIDE = 1500, 3


@dataclass(frozen=True, slots=True)
class Glyph:
    """One read character: its probability and its place along the crop, 0 left to 1 right.

    `others` are the characters it might be instead, most probable first, where it is not plain.
    """

    char: str
    prob: float
    at: float
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a crop was read as, and by which network.

    `free` is the reading without regard to what may stand there. It is cut where a character that
    follows the others like one of theirs was taken for a printed label's.
    """

    glyphs: tuple[Glyph, ...]
    free: str
    by: Network = Network.FIRST_READER
    is_cut: bool = False

    @property
    def text(self) -> str:
        """The characters joined."""
        return "".join(glyph.char for glyph in self.glyphs)

    @property
    def score(self) -> float:
        """Mean probability of the characters, 0 to 1; 0 when nothing was read."""
        return float(np.mean([glyph.prob for glyph in self.glyphs])) if self.glyphs else 0.0

    @property
    def lowest(self) -> float:
        """Lowest probability among the characters, 0 to 1."""
        return min((glyph.prob for glyph in self.glyphs), default=0.0)


@dataclass(frozen=True, slots=True)
class TextBox:
    """A found line: corners (4, 2) in pixels clockwise from top left, and the finder's score."""

    corners: Points
    score: float


def _reader(network: Network) -> Compiled:
    return _kept_reader(network, threads_allowed())


@cache
def _kept_reader(network: Network, threads: int) -> Compiled:
    return Compiled(network, threads)


def _finder(shape: tuple[int, int]) -> Compiled:
    """Return a finder for pictures of a shape (H, W), kept if it is one of FINDER_SHAPES."""
    if shape in FINDER_SHAPES:
        return _kept_finder(shape, threads_allowed())
    return Compiled(Network.FINDER, threads_allowed(), shape)


@cache
def _kept_finder(shape: tuple[int, int], threads: int) -> Compiled:
    return Compiled(Network.FINDER, threads, shape)


def _tensor(image: Image) -> Tensor:
    """Return a picture (H, W, 3) of 0 to 255 as (3, H, W) of -1 to 1, with no copy in between."""
    tensor = np.empty((3, *image.shape[:2]), np.float32)
    np.multiply(image.transpose(2, 0, 1), np.float32(2.0 / 255.0), out=tensor)
    tensor -= 1.0
    return tensor


def find_lines(image: Image, long_side: int) -> list[TextBox]:
    """Find text lines in a BGR picture (H, W, 3), looking at it with `long_side` pixels at most.

    Returns boxes in the picture's own pixels, in no particular order.
    """
    height, width = image.shape[:2]
    ratio = min(1.0, long_side / max(height, width))
    seen_width = _whole_steps(width * ratio)
    seen_height = _whole_steps(height * ratio)
    seen = cv2.resize(
        image,
        (seen_width, seen_height),
        interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR,
    )
    to_own_pixels = np.array([width / seen_width, height / seen_height])
    return [TextBox(box.corners * to_own_pixels, box.score) for box in _boxes(_heat(seen))]


def _whole_steps(pixels: float) -> int:
    return max(FINDER_STEP, round(pixels / FINDER_STEP) * FINDER_STEP)


def _heat(seen: Image) -> Layer:
    """Return how probably each pixel of a BGR picture (H, W, 3) is in a line, as (H, W).

    Its sides are multiples of FINDER_STEP. A large picture is looked at in two halves, one after
    the other, that reach over the middle: together they would need twice the memory.
    """
    height, width = seen.shape[:2]
    if height * width <= MOST_AT_ONCE:
        return _heats([seen])[0]
    # Halves are cut across the longer side, which is made the first axis for it.
    long_axis = int(width > height)
    across = seen.swapaxes(0, long_axis)
    length = len(across)
    middle = length // 2
    reach = ceil((middle + BEYOND_MIDDLE) / FINDER_STEP) * FINDER_STEP
    halves = [across[:reach], across[-reach:]]
    heats = _heats([half.swapaxes(0, long_axis) for half in halves])
    first, second = (heat.swapaxes(0, long_axis) for heat in heats)
    middle_of_second = middle - (length - reach)
    whole = np.concatenate([first[:middle], second[middle_of_second:]])
    return whole.swapaxes(0, long_axis)


def _heats(parts: Sequence[Image]) -> list[Layer]:
    """Look at pictures of one shape, one after the other."""
    height, width = parts[0].shape[:2]
    shape = _with_room(height, width)

    def filled(part: Image) -> Tensor:
        whole = cv2.copyMakeBorder(
            part,
            top=0,
            bottom=shape[0] - height,
            left=0,
            right=shape[1] - width,
            borderType=cv2.BORDER_REPLICATE,
        )
        return _tensor(whole)[None]

    def heat(_: Image, output: Tensor) -> Layer:
        return output[0, 0, :height, :width].copy()

    heats = _finder(shape).run(parts, filled, heat)
    give_memory_back()
    return heats


def _with_room(height: int, width: int) -> tuple[int, int]:
    """Return the smallest shape (H, W) that holds a picture and not much more, else its own."""
    most = MOST_FILLING * height * width
    shapes_by_size = sorted(FINDER_SHAPES, key=lambda shape: shape[0] * shape[1])
    for shape_height, shape_width in shapes_by_size:
        holds_it = shape_height >= height and shape_width >= width
        if holds_it and shape_height * shape_width < most:
            return shape_height, shape_width
    return height, width


def _boxes(heat: Layer) -> list[TextBox]:
    """Return the lines in a heat map (H, W), in its pixels.

    1. Whatever is hot and hangs together, as a rectangle.
    2. Small and lukewarm ones are none; the others are grown to the print's full height.
    """
    is_hot = (heat > _INK).astype(np.uint8)
    mask = cv2.dilate(is_hot, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:_MOST_BOXES]:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < _LEAST_SIDE:
            continue
        score = _mean_inside(heat, cv2.boxPoints((centre, (width, height), angle)))
        if score < _BOX_SCORE:
            continue
        area, perimeter = width * height, 2 * (width + height)
        grow = 2 * area * _UNCLIP / perimeter
        grown = (centre, (width + grow, height + grow), angle)
        boxes.append(TextBox(clockwise(cv2.boxPoints(grown)), score))
    return boxes


def _mean_inside(heat: Layer, corners: Points) -> float:
    """Return the mean heat, 0 to 1, inside a quadrilateral (4, 2)."""
    first = np.floor(corners.min(axis=0)).astype(int)
    last = np.ceil(corners.max(axis=0)).astype(int)
    x0, y0 = np.maximum(first, 0)
    x1, y1 = last + 1
    part = heat[y0:y1, x0:x1]
    inside = (corners - [x0, y0]).astype(np.int32)
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(mask, inside, 1)
    mean, *_ = cv2.mean(part, mask)
    return float(mean)


def clockwise(corners: Points) -> Points:
    """Order the corners (4, 2) of a convex shape clockwise from the one that is seen top left."""
    points = corners.astype(np.float64)
    x, y = (points - points.mean(axis=0)).T
    angles = np.arctan2(y, x)
    by_angle = points[np.argsort(angles)]
    sums = by_angle.sum(axis=1)
    top_left = int(np.argmin(sums))
    return np.roll(by_angle, -top_left, axis=0)


def read_crops(
    crops: Sequence[Image],
    alphabets: Sequence[str] | None = None,
    reader: Network = Network.FIRST_READER,
) -> list[Reading]:
    """Read BGR crops (any size, upright text in one line each), in the order given.

    1. Scale each to the reader's height.
    2. The widest come first, so that no thread is left with a wide one at the end.
    3. Fill each up to one of few widths, and have the network read it.
    4. Decode; a crop with an alphabet is read as characters of that alphabet only.
    """
    sized = [_to_height(crop) for crop in crops]
    widest_first = sorted(range(len(crops)), key=lambda index: -sized[index].shape[1])

    def filled(index: int) -> Tensor:
        return _filled(sized[index])

    def decode(index: int, chances: Tensor) -> Reading:
        crop = sized[index]
        used = crop.shape[1] / _width_for(crop)
        closed = alphabets[index] if alphabets else ""
        return _decode(chances[0], used, closed, reader)

    in_that_order = _reader(reader).run(widest_first, filled, decode)
    readings = dict(zip(widest_first, in_that_order, strict=True))
    return [readings[index] for index in range(len(crops))]


def _width_for(crop: Image) -> int:
    return next(width for width in WIDTHS if width >= crop.shape[1])


def _filled(crop: Image) -> Tensor:
    tensor = np.zeros((1, 3, READ_HEIGHT, _width_for(crop)), np.float32)
    tensor[0, :, :, : crop.shape[1]] = _tensor(crop)
    return tensor


def _to_height(crop: Image) -> Image:
    """Return a crop at the height that the readers know, in pixels."""
    width = round(crop.shape[1] * READ_HEIGHT / crop.shape[0])
    width = min(WIDTHS[-1], max(NARROWEST, width))
    shrinks = crop.shape[0] > READ_HEIGHT
    return cv2.resize(
        crop, (width, READ_HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )


def _decode(chances: Tensor, used: float, closed: str, reader: Network) -> Reading:
    """Collapse a (steps, characters) table by the CTC rule.

    `used` is the share of steps that is not padding.
    """
    best = chances.argmax(axis=1)
    glyphs = _collapse(chances, best, used, reader)
    text = "".join(glyph.char for glyph in glyphs)
    if closed and not set(text) <= set(closed):
        allowed = indices_of(closed, reader)
        best_allowed = chances[:, allowed].argmax(axis=1)
        glyphs = _collapse(chances, allowed[best_allowed], used, reader)
    return Reading(glyphs, text, reader)


def _collapse(
    chances: Tensor, best: NDArray[np.intp], used: float, reader: Network
) -> tuple[Glyph, ...]:
    """Make a glyph of each run of steps that have the same best character.

    1. Where runs begin and end.
    2. Leave out those of the blank.
    3. The others are as probable as at their surest step.
    """
    steps, chars = len(chances), alphabet(reader)
    changes = np.flatnonzero(np.diff(best)) + 1
    borders = [0, *changes.tolist(), steps]
    glyphs: list[Glyph] = []
    for start, stop in pairwise(borders):
        number = int(best[start])
        if number == BLANK:
            continue
        peak = start + int(chances[start:stop, number].argmax())
        prob = float(chances[peak, number])
        middle = (start + stop) / 2
        glyph = Glyph(
            char=chars[number],
            prob=prob,
            at=min(1.0, middle / steps / used),
            others=_others(chances[peak], number, chars) if prob < PLAIN else (),
        )
        glyphs.append(glyph)
    return tuple(glyphs)


def _others(chances: Tensor, chosen: int, chars: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the likeliest characters of a step (characters,) but the chosen, likeliest first."""
    likely = np.argpartition(-chances, OPTIONS)[:OPTIONS]
    order = np.argsort(-chances[likely])
    others = []
    for number in likely[order]:
        if number not in (BLANK, chosen):
            prob = float(chances[number])
            others.append((chars[number], prob))
    return tuple(others)
