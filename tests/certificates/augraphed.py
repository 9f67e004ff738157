"""Spoil a page with Augraphy, a degradation written by others, so that nothing is tuned to our own alone.

Kept apart because importing Augraphy takes seconds (numba compiles).
"""

import random

import augraphy
import cv2
import numpy as np

from .degrade import Parts, Picture


def augraphed(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Age a page by ink, paper and light effects that leave every pixel in its place. Same shapes as in `degrade`."""
    effects = [
        augraphy.InkBleed(intensity_range=(0.1, 0.3), kernel_size=(3, 3), p=0.7),
        augraphy.LowInkRandomLines(count_range=(2, 6), p=0.5),
        augraphy.SubtleNoise(subtle_range=8, p=0.7),
        augraphy.BrightnessTexturize(texturize_range=(0.9, 0.99), deviation=0.03, p=0.6),
        augraphy.LightingGradient(max_brightness=250, min_brightness=90, mode="gaussian", transparency=0.6, p=0.6),
        augraphy.Gamma(gamma_range=(0.8, 1.3), p=0.6),
    ]
    picture = np.ascontiguousarray(image[..., ::-1])
    state = random.getstate(), np.random.get_state()  # noqa: NPY002 - Augraphy draws from this state
    cv2.setRNGSeed(rng.getrandbits(31))
    random.seed(rng.getrandbits(64))
    np.random.seed(rng.getrandbits(32))  # noqa: NPY002
    try:
        for effect in effects:
            result = effect(picture)
            picture = picture if result is None else np.ascontiguousarray(result)
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])  # noqa: NPY002
    return Picture(np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8), parts)
