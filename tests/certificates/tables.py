"""What certificates are photographed on: wood, cloth, a plain desk, a patterned counter."""

import random
from collections.abc import Callable

import cv2
import numpy as np


def table(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Return a (height, width, 3) uint8 RGB picture of some table top."""
    source = np.random.default_rng(rng.getrandbits(64))
    return rng.choice(KINDS)(source, width, height)


def _noise(source: np.random.Generator, width: int, height: int, across: int, down: int) -> np.ndarray:
    """Return smooth noise of 0–1 with cells of `across` × `down` pixels."""
    cells = source.random((height // down + 2, width // across + 2), np.float32)
    return np.clip(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def _coloured(values: np.ndarray, dark: tuple[int, int, int], light: tuple[int, int, int]) -> np.ndarray:
    """Map 0–1 to a colour between `dark` and `light`."""
    low, high = np.array(dark, np.float32), np.array(light, np.float32)
    return (low + values[..., None] * (high - low)).astype(np.uint8)


def _wood(source: np.random.Generator, width: int, height: int) -> np.ndarray:
    grain = 0.6 * _noise(source, width, height, 400, 6) + 0.4 * _noise(source, width, height, 90, 2)
    return _coloured(grain, (104, 66, 38), (186, 138, 92))


def _cloth(source: np.random.Generator, width: int, height: int) -> np.ndarray:
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    weave = 0.5 + 0.25 * np.sin(xs * 0.9) + 0.25 * np.sin(ys * 0.9)
    return _coloured(
        0.6 * weave + 0.4 * _noise(source, width, height, 60, 60),
        (52, 60, 84),
        (92, 104, 132),
    )


def _desk(source: np.random.Generator, width: int, height: int) -> np.ndarray:
    tone = int(source.integers(60, 200))
    return _coloured(
        _noise(source, width, height, 500, 500),
        (tone, tone, tone),
        (tone + 25, tone + 22, tone + 15),
    )


def _counter(source: np.random.Generator, width: int, height: int) -> np.ndarray:
    specks = _noise(source, width, height, 4, 4)
    return _coloured(np.clip(specks * 1.6 - 0.4, 0, 1), (96, 98, 94), (150, 147, 140))


def _bench(source: np.random.Generator, width: int, height: int) -> np.ndarray:
    image = _desk(source, width, height)
    step = int(source.integers(180, 320))
    image[::step] = image[1::step] = image[2::step] = 70
    image[:, ::step] = image[:, 1::step] = image[:, 2::step] = 70
    return image


KINDS: tuple[Callable[[np.random.Generator, int, int], np.ndarray], ...] = (
    _wood,
    _cloth,
    _desk,
    _counter,
    _bench,
)
