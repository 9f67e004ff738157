"""What scanners' own settings and other inks make of a page: contrast raised, pale forms, one ink for all."""

import random

import cv2
import numpy as np

from .degrade import Parts, Picture, scan

# Inks (RGB) of copiers with one colour, and of toner chosen to save black.
ONE_INKS = ((30, 50, 120), (20, 90, 100), (110, 40, 60))


def contrasted(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Scan with contrast raised until the ground is white; what colour remains is a little blue."""
    picture = scan(image, parts, rng)
    levels = picture.image.astype(np.float32)
    black, white = rng.uniform(30, 60), rng.uniform(195, 215)
    raised = np.clip((levels - black) / (white - black), 0, 1) ** rng.uniform(0.8, 1.1)
    grey = raised.mean(axis=2, keepdims=True)
    colour = rng.uniform(0.1, 0.5)
    muted = grey + colour * (raised - grey)
    blue = rng.uniform(0.0, 0.08) * (1 - grey) * grey * 4
    tinted = muted + blue * np.array([-0.5, 0.0, 1.0], np.float32)
    return Picture((np.clip(tinted, 0, 1) * 255).astype(np.uint8), picture.parts)


def pale(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Scan a form whose labels, frame and ground were printed in little ink; black values stay as they are."""
    levels = image.astype(np.float32)
    chroma = levels.max(axis=2) - levels.min(axis=2)
    is_form = np.clip(chroma / 30, 0, 1)[..., None]
    faded = 255 - (255 - levels) * rng.uniform(0.35, 0.6)
    return scan((faded * is_form + levels * (1 - is_form)).astype(np.uint8), parts, rng)


def in_one_ink(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Scan in one ink: what is dark is that ink's colour, whatever it was."""
    picture = scan(image, parts, rng)
    grey = cv2.cvtColor(picture.image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] / 255
    ink = np.array(rng.choice(ONE_INKS), np.float32)
    return Picture((ink + (255 - ink) * grey).astype(np.uint8), picture.parts)
