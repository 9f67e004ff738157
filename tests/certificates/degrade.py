"""Spoil a clean page as scanners, cameras and copiers do.

Every function takes a picture and its parts and returns both anew: `image` (height, width, 3) uint8 RGB, `parts` the
corners of the printed values per field, float32 (parts, 4, 2) in pixels, which follow the picture wherever it goes.
"""

import random
from typing import NamedTuple

import cv2
import numpy as np

from . import tables

Parts = dict[str, np.ndarray]


class Picture(NamedTuple):
    """A picture and the corners of what is printed on it."""

    image: np.ndarray
    parts: Parts


def scan(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Lay the sheet a little askew on a scanner: skew up to 1.5°, the lid's white round it, noise."""
    height, width = image.shape[:2]
    border = round(width * rng.uniform(0.0, 0.04))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1.5, 1.5), 1.0)
    turn[:, 2] += border
    lid = rng.randint(232, 255)
    size = (width + 2 * border, height + 2 * border)
    turned = cv2.warpAffine(
        image,
        turn,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(lid, lid, lid),
    )
    toned = _toned(turned, rng.uniform(0.92, 1.08), rng.uniform(-8, 8))
    return Picture(
        _noisy(toned, rng, rng.uniform(1.0, 4.0)),
        moved(parts, np.vstack([turn, (0, 0, 1)])),
    )


def photo(image: np.ndarray, parts: Parts, rng: random.Random, *, width: int = 2000) -> Picture:
    """Photograph the sheet on a table: perspective, a few degrees askew, uneven light, slight blur."""
    table = tables.table(rng, width, round(width * 0.75))
    corners = _corners_on(
        rng,
        table.shape[1],
        table.shape[0],
        image.shape[1] / image.shape[0],
        angle=7,
        tilt=0.035,
    )
    picture = _laid(image, parts, table, corners, rng)
    lit = _lit(picture.image, rng, rng.uniform(0.1, 0.35))
    blurred = _blurred(lit, rng.uniform(0.4, 0.9))
    return Picture(_noisy(blurred, rng, rng.uniform(2.0, 5.0)), picture.parts)


def beside(picture: Picture, other: np.ndarray, rng: random.Random) -> Picture:
    """Photograph two sheets on one table, the second smaller, above or below the first; only the first has parts."""
    table = tables.table(rng, 2000, 2300)
    places = [(1650, rng.uniform(20, 60)), (rng.uniform(1100, 1300), 0.0)]
    first = rng.random() < 0.5
    tops = (40, 1320) if first else (1080, 60)
    laid = Picture(table, {})
    for (across, left), top, sheet in zip(places[::-1], tops[::-1], (Picture(other, {}), picture), strict=True):
        ratio = sheet.image.shape[0] / sheet.image.shape[1]
        corners = np.array([(0, 0), (across, 0), (across, across * ratio), (0, across * ratio)])
        shaken = corners + [left + 120, top] + [[rng.uniform(-18, 18) for _ in range(2)] for _ in range(4)]
        laid = _laid(sheet.image, sheet.parts, laid.image, shaken, rng)
    lit = _lit(laid.image, rng, rng.uniform(0.1, 0.25))
    return Picture(_noisy(_blurred(lit, 0.5), rng, 2.0), laid.parts)


def copied(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Photocopy the sheet: grey, high contrast, worn toner, speckles, a dark edge where the lid stood open."""
    picture = scan(image, parts, rng)
    grey = cv2.cvtColor(_blurred(picture.image, 0.6), cv2.COLOR_RGB2GRAY).astype(np.float32)
    levels = np.clip((grey - rng.uniform(40, 70)) * rng.uniform(1.5, 2.0), 12, 255)
    source = np.random.default_rng(rng.getrandbits(64))
    levels[source.random(levels.shape, np.float32) < rng.uniform(0.0003, 0.0015)] = 40
    levels[source.random(levels.shape, np.float32) < 0.002] = 250
    edge = rng.randint(4, 30)
    levels[:, :edge] = np.minimum(levels[:, :edge], 70)
    grown = cv2.erode(levels.astype(np.uint8), np.ones((2, 2), np.uint8)) if rng.random() < 0.3 else levels
    return Picture(cv2.cvtColor(grown.astype(np.uint8), cv2.COLOR_GRAY2RGB), picture.parts)


def hard(image: np.ndarray, parts: Parts, rng: random.Random) -> Picture:
    """Photograph the sheet badly: strong tilt, a dark corner, blur of sigma 1–1.5, 1700–2200 px wide."""
    width = rng.randint(1700, 2200)
    table = tables.table(rng, width, round(width * 0.75))
    corners = _corners_on(rng, width, table.shape[0], image.shape[1] / image.shape[0], angle=14, tilt=0.06)
    picture = _laid(image, parts, table, corners, rng)
    lit = _shaded_corner(_lit(picture.image, rng, rng.uniform(0.2, 0.45)), rng)
    blurred = _blurred(lit, rng.uniform(1.0, 1.5))
    return Picture(_noisy(blurred, rng, rng.uniform(3.0, 7.0)), picture.parts)


def turned(image: np.ndarray, parts: Parts, degrees: int) -> Picture:
    """Turn the picture clockwise by 90, 180 or 270 degrees."""
    height, width = image.shape[:2]
    matrices = {
        90: ((0, -1, height), (1, 0, 0), (0, 0, 1)),
        180: ((-1, 0, width), (0, -1, height), (0, 0, 1)),
        270: ((0, 1, 0), (-1, 0, width), (0, 0, 1)),
    }
    return Picture(
        np.ascontiguousarray(np.rot90(image, -degrees // 90)),
        moved(parts, np.array(matrices[degrees], np.float64)),
    )


def moved(parts: Parts, matrix: np.ndarray) -> Parts:
    """Send all corners through a 3 × 3 projective matrix."""
    return {
        key: cv2.perspectiveTransform(corners.reshape(1, -1, 2).astype(np.float64), matrix)
        .reshape(-1, 4, 2)
        .astype(np.float32)
        for key, corners in parts.items()
    }


def _corners_on(
    rng: random.Random,
    width: int,
    height: int,
    ratio: float,
    *,
    angle: float,
    tilt: float,
) -> np.ndarray:
    """Return where the sheet's corners lie on a table: turned up to `angle` degrees, each corner shaken by `tilt`."""
    across = width * rng.uniform(0.82, 0.9)
    half = np.array([across / 2, across / ratio / 2])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    turn = np.radians(rng.uniform(-angle, angle))
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    shake = np.array([[rng.uniform(-tilt, tilt) for _ in range(2)] for _ in range(4)]) * across
    placed = corners @ rotation + shake
    room = np.array([width * 0.99, height * 0.99]) / np.ptp(placed, axis=0)
    placed *= min(1.0, *room)
    slack = np.maximum(0, np.array([width, height]) - np.ptp(placed, axis=0))
    return placed - placed.min(axis=0) + slack * [rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)]


def _laid(
    image: np.ndarray,
    parts: Parts,
    table: np.ndarray,
    corners: np.ndarray,
    rng: random.Random,
) -> Picture:
    """Put the sheet on the table with a soft shadow.

    1. The projection. 2. The warped sheet, smoothed first where it shrinks. 3. Its shadow. 4. Both on the table.
    """
    height, width = image.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    size = (table.shape[1], table.shape[0])
    warped = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    shift = np.array([[1, 0, rng.uniform(4, 12)], [0, 1, rng.uniform(4, 12)]])
    shadow = cv2.GaussianBlur(cv2.warpAffine(cover, shift, size), (0, 0), 9).astype(np.float32) / 255
    ground = table * (1 - 0.5 * shadow[..., None])
    alpha = (cover.astype(np.float32) / 255)[..., None]
    return Picture((warped * alpha + ground * (1 - alpha)).astype(np.uint8), moved(parts, matrix))


def _lit(image: np.ndarray, rng: random.Random, strength: float) -> np.ndarray:
    """Light the picture from one side, darker by `strength` on the other, in a warm or cold tint."""
    angle = rng.uniform(0, 2 * np.pi)
    ys, xs = np.mgrid[-1:1:64j, -1:1:64j]
    slope = (np.cos(angle) * xs + np.sin(angle) * ys) / 2.83 + 0.5
    light = cv2.resize((1.05 - strength * slope).astype(np.float32), (image.shape[1], image.shape[0]))
    tint = np.array([rng.uniform(0.94, 1.04), 1.0, rng.uniform(0.9, 1.02)], np.float32)
    return np.clip(image * (light[..., None] * tint), 0, 255).astype(np.uint8)


def _shaded_corner(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Let one corner fall into shadow."""
    height, width = image.shape[:2]
    x, y = rng.choice((0, width)), rng.choice((0, height))
    ys, xs = np.mgrid[0:1:64j, 0:1:64j]
    away = np.hypot(xs - x / width, ys - y / height) / rng.uniform(0.6, 0.9)
    shade = cv2.resize(np.clip(0.4 + 0.6 * away, 0, 1).astype(np.float32), (width, height))
    return (image * shade[..., None]).astype(np.uint8)


def _toned(image: np.ndarray, contrast: float, brightness: float) -> np.ndarray:
    """Change contrast and brightness as a device's automatics do."""
    return cv2.convertScaleAbs(image, alpha=contrast, beta=brightness - (contrast - 1) * 128)


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _noisy(image: np.ndarray, rng: random.Random, sigma: float) -> np.ndarray:
    """Add sensor noise of standard deviation `sigma`, a little less in colour than in brightness."""
    source = np.random.default_rng(rng.getrandbits(64))
    grain = source.standard_normal(image.shape[:2], np.float32)[..., None] * sigma
    return np.clip(image + grain, 0, 255).astype(np.uint8)
