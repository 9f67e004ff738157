"""The neural networks as functions: find text lines in a picture, read the text of a crop, read it once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
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
)

# OpenCV's stubs do not tell the type of its arrays' elements, so these do not either.
Image = NDArray[Any]  # (H, W, 3) BGR or (H, W) grey, 0 to 255
Layer = NDArray[Any]  # (H, W) or (H, W, 3), 0.0 to 1.0
Points = NDArray[Any]  # (N, 2) places, or a (3, 3) homography

# Every new shape costs time and memory, so pictures are filled up to few: wide and tall ones,
# sheets, 副页 and 存根.
FINDER_SHAPES = ((736, 960), (960, 736), (960, 960), (512, 1024), (416, 1312), (864, 1120))
MOST_FILLING = 1.4
MOST_AT_ONCE, BEYOND_MIDDLE = 2_000_000, 96
# So are crops; a network keeps 3 MiB for each width that it has ever read.
WIDTHS = (160, 224, 288, 352, 416, 480, 544, 608, 672, 768, 896, 1024, 1280, 1600, 2000, 2400)
READ_HEIGHT = 48
THIRD_HEIGHT, THIRD_STEP = 64, 64
PLAIN, OPTIONS = 0.995, 12
_INK, _BOX_SCORE, _UNCLIP = 0.3, 0.45, 1.6


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
    """What a crop was read as, and by which network; `free` is the reading without regard to what may stand there.

    It is cut where a character that follows the others like one of theirs was taken for a printed
    label's.
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


@cache
def _reader(network: Network) -> Compiled:
    return Compiled(network)


def _finder(shape: tuple[int, int]) -> Compiled:
    """Return a finder for pictures of a shape (H, W), kept if it is one of FINDER_SHAPES."""
    return _kept_finder(shape) if shape in FINDER_SHAPES else Compiled(Network.FINDER, shape)


@cache
def _kept_finder(shape: tuple[int, int]) -> Compiled:
    return Compiled(Network.FINDER, shape)


def _tensor(image: Image) -> Tensor:
    """Return a picture (H, W, 3) of 0 to 255 as (3, H, W) of -1 to 1, with no second copy in between."""
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
    seen_w, seen_h = (max(32, round(side * ratio / 32) * 32) for side in (width, height))
    seen = cv2.resize(
        image, (seen_w, seen_h), interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    )
    heat = _heat(seen)
    scale = np.array([width / seen_w, height / seen_h])
    return [TextBox(box.corners * scale, box.score) for box in _boxes(heat)]


def _heat(seen: Image) -> Layer:
    """Return how probably each pixel of a BGR picture (H, W, 3), sides multiples of 32, is in a line, as (H, W).

    A large picture is looked at in two halves, one after the other, that reach over the middle:
    together they would need twice the memory.
    """
    height, width = seen.shape[:2]
    if height * width <= MOST_AT_ONCE:
        return _heats([seen])[0]
    axis = int(width > height)
    across = seen.swapaxes(0, axis)
    middle = len(across) // 2
    reach = -(-(middle + BEYOND_MIDDLE) // 32) * 32
    halves = [half.swapaxes(0, axis) for half in (across[:reach], across[-reach:])]
    first, second = (heat.swapaxes(0, axis) for heat in _heats(halves))
    return np.concatenate([first[:middle], second[reach - len(across) + middle :]]).swapaxes(
        0, axis
    )


def _heats(parts: Sequence[Image]) -> list[Layer]:
    """Look at pictures of one shape, one after the other."""
    height, width = parts[0].shape[:2]
    shape = _with_room(height, width)

    def filled(part: Image) -> Tensor:
        whole = cv2.copyMakeBorder(
            part, 0, shape[0] - height, 0, shape[1] - width, cv2.BORDER_REPLICATE
        )
        return _tensor(whole)[None]

    def heat(_: Image, found: Tensor) -> Layer:
        return found[0, 0, :height, :width].copy()

    heats = _finder(shape).run(parts, filled, heat)
    give_memory_back()
    return heats


def _with_room(height: int, width: int) -> tuple[int, int]:
    """Return the smallest of the shapes (H, W) that holds a picture and not much more; else the picture's own."""
    room = [
        (h, w)
        for h, w in FINDER_SHAPES
        if h >= height and w >= width and h * w < MOST_FILLING * height * width
    ]
    return min(room, key=lambda shape: shape[0] * shape[1], default=(height, width))


def _boxes(heat: Layer) -> list[TextBox]:
    mask = cv2.dilate((heat > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:1500]:
        centre, (w, h), angle = cv2.minAreaRect(contour)
        if min(w, h) < 3:
            continue
        score = _mean_inside(heat, cv2.boxPoints((centre, (w, h), angle)))
        if score < _BOX_SCORE:
            continue
        grow = 2 * w * h * _UNCLIP / (2 * (w + h))
        boxes.append(
            TextBox(_clockwise(cv2.boxPoints((centre, (w + grow, h + grow), angle))), score)
        )
    return boxes


def _mean_inside(heat: Layer, corners: Points) -> float:
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = heat[y0:y1, x0:x1]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(mask, (corners - [x0, y0]).astype(np.int32), 1)
    return float(cv2.mean(part, mask)[0])


def _clockwise(corners: Points) -> Points:
    """Order a rectangle's corners clockwise from the one that is top left as seen."""
    points = corners.astype(np.float64)
    by_angle = points[np.argsort(np.arctan2(*(points - points.mean(axis=0)).T[::-1]))]
    return np.roll(by_angle, -int(np.argmin(by_angle.sum(axis=1))), axis=0)


def read_crops(
    crops: Sequence[Image],
    alphabets: Sequence[str] | None = None,
    reader: Network = Network.FIRST_READER,
) -> list[Reading]:
    """Read BGR crops (any size, upright text in one line each), in the order given.

    1. Scale each to the reader's height; the widest come first, so that no thread is left with a wide one at the end.
    2. Fill each up to one of few widths, and have the network read it.
    3. Decode; a crop with an alphabet is read as characters of that alphabet only.
    """
    sized = [_to_height(crop, READ_HEIGHT) for crop in crops]
    widest_first = sorted(range(len(crops)), key=lambda index: -sized[index].shape[1])

    def decode(index: int, chances: Tensor) -> Reading:
        used = sized[index].shape[1] / _width_for(sized[index])
        return _decode(chances[0], used, alphabets[index] if alphabets else "", reader)

    read = _reader(reader).run(widest_first, lambda index: _filled(sized[index]), decode)
    readings = dict(zip(widest_first, read, strict=True))
    return [readings[index] for index in range(len(crops))]


def _width_for(crop: Image) -> int:
    return next(width for width in WIDTHS if width >= crop.shape[1])


def _filled(crop: Image) -> Tensor:
    tensor = np.zeros((1, 3, READ_HEIGHT, _width_for(crop)), np.float32)
    tensor[0, :, :, : crop.shape[1]] = _tensor(crop)
    return tensor


def _wide_at(crop: Image, height: int) -> int:
    wide: int = round(crop.shape[1] * height / crop.shape[0])
    return min(WIDTHS[-1], max(8, wide))


def _to_height(crop: Image, height: int) -> Image:
    shrinks = crop.shape[0] > height
    return cv2.resize(
        crop,
        (_wide_at(crop, height), height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC,
    )


def read_greys(crops: Sequence[Image]) -> list[Reading]:
    """Read grey crops (H, W), upright text in one line each, with the third reader, in the order given."""

    def filled(crop: Image) -> Tensor:
        seen = _to_height(crop, THIRD_HEIGHT)
        room = -seen.shape[1] % THIRD_STEP
        wide = cv2.copyMakeBorder(seen, 0, 0, 0, room, cv2.BORDER_CONSTANT, value=255)
        return (wide / np.float32(255))[None, None]

    def decode(crop: Image, logits: Tensor) -> Reading:
        chances = np.exp(logits[:, 0] - logits[:, 0].max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        wide = _wide_at(crop, THIRD_HEIGHT)
        return _decode(chances, wide / (wide + -wide % THIRD_STEP), "", Network.THIRD_READER)

    return _reader(Network.THIRD_READER).run(crops, filled, decode)


def _decode(chances: Tensor, used: float, closed: str, reader: Network) -> Reading:
    """Collapse a (steps, characters) table by the CTC rule; `used` is the share of steps that is not padding."""
    free = _collapse(chances, chances.argmax(axis=1), used, reader)
    text = "".join(glyph.char for glyph in free)
    if not closed or set(text) <= set(closed):
        return Reading(free, text, reader)
    allowed = indices_of(closed, reader)
    return Reading(
        _collapse(chances, allowed[chances[:, allowed].argmax(axis=1)], used, reader), text, reader
    )


def _collapse(
    chances: Tensor, best: NDArray[np.intp], used: float, reader: Network
) -> tuple[Glyph, ...]:
    steps, chars = len(chances), alphabet(reader)
    probs = chances[np.arange(steps), best]
    glyphs: list[Glyph] = []
    start = 0
    for stop in range(1, steps + 1):
        if stop < steps and best[stop] == best[start]:
            continue
        if best[start]:
            at = ((start + stop) / 2) / steps / used
            peak = start + int(probs[start:stop].argmax())
            prob = float(probs[peak])
            others = _others(chances[peak], int(best[peak]), chars) if prob < PLAIN else ()
            glyphs.append(Glyph(chars[best[start]], prob, min(1.0, at), others))
        start = stop
    return tuple(glyphs)


def _others(chances: Tensor, chosen: int, chars: Sequence[str]) -> tuple[tuple[str, float], ...]:
    likely = np.argpartition(-chances, OPTIONS)[:OPTIONS]
    likely = likely[np.argsort(-chances[likely])]
    return tuple((chars[i], float(chances[i])) for i in likely if i not in (0, chosen))
