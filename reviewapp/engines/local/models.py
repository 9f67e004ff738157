"""The two neural networks, as functions: find text lines in a picture, read the text of a crop.

Weights are PP-OCRv6 small as shipped in the wheel of `rapidocr`; they run on onnxruntime directly, so
that threads are bounded and every character's place and probability can be had.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

# OpenCV's stubs do not tell the type of its arrays' elements, so these do not either.
Image = NDArray[Any]  # (H, W, 3) BGR or (H, W) grey, 0 to 255
Layer = NDArray[Any]  # (H, W) or (H, W, 3), 0.0 to 1.0
Points = NDArray[Any]  # (N, 2) places, or a (3, 3) homography

READ_HEIGHT = 48
BATCH_WIDTH = 3200
NARROWEST = 160
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
    """What a crop was read as; `free` is the reading without regard to what may stand there."""

    glyphs: tuple[Glyph, ...]
    free: str

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


def _session(model: str) -> ort.InferenceSession:
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package rapidocr, whose wheel carries the models, is not installed.")
    options = ort.SessionOptions()
    options.intra_op_num_threads = max(1, int(os.environ.get("REVIEWAPP_OCR_THREADS", "1")))
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    path = Path(spec.submodule_search_locations[0]) / "models" / model
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _finder() -> ort.InferenceSession:
    return _session("PP-OCRv6_det_small.onnx")


@cache
def _reader() -> ort.InferenceSession:
    return _session("PP-OCRv6_rec_small.onnx")


@cache
def alphabet() -> tuple[str, ...]:
    """Return the reader's characters; index 0 is the CTC blank."""
    lines = _reader().get_modelmeta().custom_metadata_map["character"].splitlines()
    return ("", *lines, " ")


@cache
def indices_of(chars: str) -> NDArray[np.intp]:
    """Return the reader's indices of the blank and of `chars`, for reading with a closed alphabet."""
    wanted = set(chars)
    return np.array([0, *(i for i, char in enumerate(alphabet()) if char in wanted and char)], dtype=np.intp)


def _tensor(image: Image) -> NDArray[np.float32]:
    scaled = image.astype(np.float32)
    scaled *= 2.0 / 255.0
    scaled -= 1.0
    return scaled.transpose(2, 0, 1)


def find_lines(image: Image, long_side: int) -> list[TextBox]:
    """Find text lines in a BGR picture (H, W, 3), looking at it with `long_side` pixels at most.

    Returns boxes in the picture's own pixels, in no particular order.
    """
    height, width = image.shape[:2]
    ratio = min(1.0, long_side / max(height, width))
    seen_w, seen_h = (max(32, round(side * ratio / 32) * 32) for side in (width, height))
    seen = cv2.resize(image, (seen_w, seen_h), interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR)
    session = _finder()
    heat = session.run(None, {session.get_inputs()[0].name: _tensor(seen)[None]})[0][0, 0]
    scale = np.array([width / seen_w, height / seen_h])
    return [TextBox(box.corners * scale, box.score) for box in _boxes(heat)]


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
        boxes.append(TextBox(_clockwise(cv2.boxPoints((centre, (w + grow, h + grow), angle))), score))
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


def read_crops(crops: Sequence[Image], alphabets: Sequence[str] | None = None) -> list[Reading]:
    """Read BGR crops (any size, upright text in one line each), in the order given.

    1. Scale each to the reader's height and sort by width.
    2. Run batches whose padded width stays below BATCH_WIDTH.
    3. Decode; a crop with an alphabet is read as characters of that alphabet only.
    """
    scaled = [_to_reader_height(crop) for crop in crops]
    order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[1])
    readings: dict[int, Reading] = {}
    batch: list[int] = []
    for place, index in enumerate(order):
        batch.append(index)
        following = order[place + 1] if place + 1 < len(order) else None
        if following is None or (len(batch) + 1) * scaled[following].shape[1] > BATCH_WIDTH:
            readings |= _read_batch(batch, scaled, alphabets)
            batch = []
    return [readings[i] for i in range(len(crops))]


def _to_reader_height(crop: Image) -> Image:
    height, width = crop.shape[:2]
    wide = min(2400, max(8, round(width * READ_HEIGHT / height)))
    shrinks = height > READ_HEIGHT
    return cv2.resize(crop, (wide, READ_HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _read_batch(batch: list[int], scaled: Sequence[Image], alphabets: Sequence[str] | None) -> dict[int, Reading]:
    widest = max(scaled[i].shape[1] for i in batch)
    padded = np.zeros((len(batch), 3, READ_HEIGHT, max(NARROWEST, -(-widest // 16) * 16)), np.float32)
    for row, index in enumerate(batch):
        padded[row, :, :, : scaled[index].shape[1]] = _tensor(scaled[index])
    session = _reader()
    chances = session.run(None, {session.get_inputs()[0].name: padded})[0]
    return {
        index: _decode(chances[row], scaled[index].shape[1] / padded.shape[3], alphabets[index] if alphabets else "")
        for row, index in enumerate(batch)
    }


def _decode(chances: NDArray[np.float32], used: float, closed: str) -> Reading:
    """Collapse a (steps, characters) table by the CTC rule; `used` is the share of steps that is not padding."""
    free = _collapse(chances, chances.argmax(axis=1), used)
    text = "".join(glyph.char for glyph in free)
    if not closed or set(text) <= set(closed):
        return Reading(free, text)
    allowed = indices_of(closed)
    return Reading(_collapse(chances, allowed[chances[:, allowed].argmax(axis=1)], used), text)


def _collapse(chances: NDArray[np.float32], best: NDArray[np.intp], used: float) -> tuple[Glyph, ...]:
    steps = len(chances)
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
            others = _others(chances[peak], int(best[peak])) if prob < PLAIN else ()
            glyphs.append(Glyph(alphabet()[best[start]], prob, min(1.0, at), others))
        start = stop
    return tuple(glyphs)


def _others(chances: NDArray[np.float32], chosen: int) -> tuple[tuple[str, float], ...]:
    likely = np.argpartition(-chances, OPTIONS)[:OPTIONS]
    likely = likely[np.argsort(-chances[likely])]
    return tuple((alphabet()[i], float(chances[i])) for i in likely if i not in (0, chosen))
