"""Lay the registered form flat: a small upright picture in even light, and the black ink alone."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, Form
from reviewapp.engines.local.find.register import Registration, pixels_per_mm, project
from reviewapp.engines.local.networks.reading import Image, Layer, Points

COARSEST, FINEST = 8.0, 12.0
SEPARABLE = 0.9
SEAL_GREYNESS = 0.3


@dataclass(frozen=True, slots=True)
class Sheet:
    """The part of the form that holds values, laid flat.

    `image` is BGR in even light on white, `scale` its pixels per mm, `ink` the black ink alone as
    dark on white (H, W) uint8. `is_coloured` tells whether labels and values could be told apart by
    colour; `to_pixels` maps form mm to pixels of the picture the sheet was taken from; `origin` is
    the form mm of the sheet's top left corner. `is_copy` tells that not even the labels have a
    colour.
    """

    image: Image
    ink: Image
    scale: float
    is_coloured: bool
    to_pixels: Points
    origin: tuple[float, float]
    is_copy: bool = False

    def to_sheet(self, mm: Points) -> Points:
        """Map form mm (N, 2) to pixels of the sheet."""
        return (mm - self.origin) * self.scale

    def to_mm(self, pixels: Points) -> Points:
        """Map pixels of the sheet (N, 2) to form mm."""
        return pixels / self.scale + self.origin


def straighten(image: Image, registration: Registration, form: Form) -> Sheet:
    """Take the form's value area out of a BGR picture.

    1. Choose the scale by the picture's own, between COARSEST and FINEST pixels per mm.
    2. Warp, then divide by the paper's brightness and colour; what the picture does not show is white.
    3. Separate black ink from label and seal colour where the labels have a colour.
    """
    left, top, right, bottom = form.area
    scale = float(np.clip(pixels_per_mm(registration, form), COARSEST, FINEST))
    to_mm = np.array([[1 / scale, 0, left], [0, 1 / scale, top], [0, 0, 1]])
    size = (round((right - left) * scale), round((bottom - top) * scale))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(
        image, registration.to_pixels @ to_mm, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    darkness = _darkness(warped)
    if (beyond := _beyond(image, registration.to_pixels @ to_mm, size)) is not None:
        darkness[beyond] = 0.0
    label_ink = _label_ink(darkness, form, scale)
    is_coloured = float(label_ink.min()) < SEPARABLE * float(label_ink.max())
    black = _black_layer(darkness, label_ink, scale) if is_coloured else darkness.mean(axis=2)
    return Sheet(
        _on_white(darkness),
        _on_white(black),
        scale,
        is_coloured,
        registration.to_pixels,
        (left, top),
        is_copy=not is_coloured,
    )


def in_all_ink(sheet: Sheet) -> Sheet:
    """Return a sheet whose values cannot be told by their colour, with all ink of any colour in one layer."""
    return replace(sheet, ink=sheet.image.mean(axis=2).astype(np.uint8), is_coloured=False)


def _on_white(darkness: Layer) -> Image:
    light = 1.0 - darkness
    light *= 255
    return light.astype(np.uint8)


def _beyond(image: Image, to_pixels: Points, size: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Tell which pixels of a flat picture of `size` (width, height) lie outside the picture it is taken from (H, W).

    None where all lie well inside.
    """
    corners = project(
        to_pixels, np.array([(x, y) for x in (0, size[0]) for y in (0, size[1])], np.float64)
    )
    if (corners > 1).all() and (corners < np.array(image.shape[1::-1]) - 2).all():
        return None
    inside = np.full(image.shape[:2], 255, np.uint8)
    seen = cv2.warpPerspective(
        inside, to_pixels, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    )
    beyond: NDArray[np.bool_] = seen == 0
    return beyond


def _darkness(image: Image) -> Layer:
    """Return how much darker than the paper around it each pixel is in every channel (H, W, 3), 0 to 1."""
    height, width = image.shape[:2]
    small = cv2.resize(
        image, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.GaussianBlur(
        cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 21), (0, 0), 4
    )
    paper = cv2.resize(np.maximum(paper, 16), (width, height), interpolation=cv2.INTER_LINEAR)
    light = cv2.divide(image, paper, dtype=cv2.CV_32F)
    np.minimum(light, 1.0, out=light)
    return np.subtract(1.0, light, out=light)


def _label_ink(darkness: Layer, form: Form, scale: float) -> NDArray[np.float32]:
    """Return the labels' ink as darkness in (B, G, R), the median of the darkest tenth of every label."""
    samples = []
    for label in form.labels:
        if len(label.text) < 2:
            continue
        for y, right in ((label.y, label.right), (label.y + ENGLISH_BELOW, label.english_right)):
            x0, x1 = ((x - form.area[0]) * scale for x in (label.x, right))
            y0, y1 = ((y + side - form.area[1]) * scale for side in (-1.4, 1.4))
            pixels = darkness[int(y0) : int(y1), int(x0) : int(x1)].reshape(-1, 3)
            if len(pixels):
                strength = pixels.sum(axis=1)
                samples.append(pixels[strength >= np.quantile(strength, 0.9)])
    ink: NDArray[np.float32] = np.median(np.concatenate(samples), axis=0)
    return ink


def _black_layer(darkness: Layer, label_ink: NDArray[np.float32], scale: float) -> Layer:
    """Return the share of black ink (H, W), 0 to 1.

    1. Label ink is darkest in one channel (red, being blue-green) and lighter in the others by a known
       ratio; seal ink is light in that channel. Black ink is what neither explains.
    2. That difference of channels is coarse, so it only tells where black ink is; how dark it is there,
       up to its fine edges, is taken from the channel in which the seal is light.
    """
    lead = int(label_ink.argmax())
    others = [channel for channel in range(3) if channel != lead]
    greyness = float(label_ink.min() / max(float(label_ink.max()), 1e-3))
    layers = cv2.split(darkness)
    leading, (one, other) = layers[lead], (layers[channel] for channel in others)
    beyond_label = _beyond_ink(cv2.min(one, other), leading, greyness)
    beyond_seal = _beyond_ink(leading, cv2.max(one, other), SEAL_GREYNESS)
    sure = cv2.GaussianBlur(cv2.min(beyond_label, beyond_seal), (0, 0), 0.08 * scale)
    reach = 2 * round(0.2 * scale) + 1
    near: Layer = cv2.dilate(sure, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    full = max(float(np.quantile(near, 0.97)), 0.05)
    near /= full
    is_ink = _without_specks(near, scale)
    near -= 0.2
    near /= 0.3
    beyond_seal *= np.clip(near, 0.0, 1.0, out=near)
    beyond_seal *= is_ink
    return beyond_seal


def _beyond_ink(layer: Layer, beside: Layer, greyness: float) -> Layer:
    """Return what of a layer (H, W) ink does not explain that is as dark beside it, and `greyness` of that in it."""
    beyond = beside * -greyness
    beyond += layer
    beyond /= 1.0 - greyness
    return np.clip(beyond, 0.0, 1.0, out=beyond)


def _without_specks(near: Layer, scale: float) -> NDArray[np.bool_]:
    """Tell where ink is part of something as tall as a character, or plainly black (a dot, a stroke)."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        (near > 0.2).astype(np.uint8), connectivity=8
    )
    marks: NDArray[np.int32] = np.asarray(found, np.int32)
    is_plain, is_dark = (
        np.bincount(marks[near > least], minlength=count) > 0 for least in (0.75, 0.45)
    )
    keep = ((stats[:, cv2.CC_STAT_HEIGHT] > 1.9 * scale) | is_plain) & is_dark
    keep[0] = False
    kept: NDArray[np.bool_] = keep[marks]
    return kept
