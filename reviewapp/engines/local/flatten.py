"""Lay the registered form flat: a small upright picture in even light, and the black ink alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, Form
from reviewapp.engines.local.find.register import Registration, flat_to_mm, pixels_per_mm, project
from reviewapp.engines.local.networks.reading import Image, Layer, Points

# Pixels per mm of a sheet. A line of print is 3 to 4 mm high: finer than the finest, it would be
# shrunk again to the readers' 48 pixels; coarser than the coarsest, the filters below, of 0.1 to
# 0.2 mm, would have no pixel to work on.
COARSEST, FINEST = 8.0, 12.0
# Label ink whose lightest channel is at least this share as dark as its darkest is grey.
SEPARABLE = 0.9
# How dark the red of a seal is in the channel where it is light, as a share of the others.
SEAL_GREYNESS = 0.3
# The paper's light is estimated on a picture so many times smaller, where print is thin enough to
# be painted over by what is brightest within PRINT pixels; marks of up to half of STAINS pixels
# go by the median, and BLUR (a standard deviation in pixels) hides the filters' edges.
PAPER_SHRINKING = 8
PRINT, STAINS, BLUR = 5, 21, 4
# Pixels: a smaller side of that picture would leave the filters nothing to work on.
SMALLEST_PAPER = 8
# Level, 0 to 255, of the darkest paper: black table beside the sheet is not made white.
DARKEST_PAPER = 16
# mm from a label's centre line to the edge of what its ink is sampled from: half a character.
HALF_A_LABEL = 1.4
# Of a label's pixels only the darkest tenth is taken for ink: the rest is paper and soft edges.
INK_QUANTILE = 0.9
# mm: blur that evens the noise of a difference of channels out but leaves strokes, and how far a
# stroke's soft edge reaches beyond its dark middle.
STROKE_BLUR, EDGE_REACH = 0.08, 0.2
# What is as dark as the darkest 3 % around ink is wholly black; at least FAINTEST_INK (0 to 1), so
# that the noise of an empty sheet is not.
FULL_INK, FAINTEST_INK = 0.97, 0.05
# Shares of full black: below the first is no ink, from the first to the second it fades in.
NO_INK, SURE_INK = 0.2, 0.5
# Shares of full black, reached by plain ink (a dot, a lone stroke) and by any ink at all.
PLAIN_INK, DARK_INK = 0.75, 0.45
# mm: what is taller is no speck; the characters of values are 3 mm high and more.
SPECK_HEIGHT = 1.9


@dataclass(frozen=True, slots=True)
class Sheet:
    """The part of the form that holds values, laid flat.

    `image` is BGR in even light on white, `scale` its pixels per mm, `ink` the black ink alone as
    dark on white (H, W) uint8. `is_coloured` tells whether labels and values could be told apart by
    colour; `origin` is the form mm of the sheet's top left corner. `is_copy` tells that not even
    the labels have a colour.
    """

    image: Image
    ink: Image
    scale: float
    is_coloured: bool
    origin: tuple[float, float]
    is_copy: bool = False

    def to_mm(self, pixels: Points) -> Points:
        """Map pixels of the sheet (N, 2) to form mm."""
        return pixels / self.scale + self.origin


def straighten(image: Image, registration: Registration, form: Form) -> Sheet:
    """Take the form's value area out of a BGR picture.

    1. Choose the scale by the picture's own, between COARSEST and FINEST pixels per mm.
    2. Warp, then divide by the paper's brightness and colour.
    3. Make white what the picture does not show.
    4. Separate black ink from label and seal colour where the labels have a colour.
    """
    left, top, right, bottom = form.area
    scale = float(np.clip(pixels_per_mm(registration, form), COARSEST, FINEST))
    size = (round((right - left) * scale), round((bottom - top) * scale))
    to_pixels = registration.to_pixels @ flat_to_mm(scale, left, top)
    darkness = _darkness(warped(image, to_pixels, size))
    beyond = _beyond(image, to_pixels, size)
    if beyond is not None:
        darkness[beyond] = 0.0
    label_ink = _label_ink(darkness, form, scale)
    is_coloured = float(label_ink.min()) < SEPARABLE * float(label_ink.max())
    black = _black_layer(darkness, label_ink, scale) if is_coloured else darkness.mean(axis=2)
    return Sheet(
        image=_on_white(darkness),
        ink=_on_white(black),
        scale=scale,
        is_coloured=is_coloured,
        origin=(left, top),
        is_copy=not is_coloured,
    )


def in_all_ink(sheet: Sheet) -> Sheet:
    """Return a sheet whose values cannot be told by colour: all its ink is in one layer."""
    all_ink = sheet.image.mean(axis=2).astype(np.uint8)
    return replace(sheet, ink=all_ink, is_coloured=False)


def warped(image: Image, to_pixels: Points, size: tuple[int, int]) -> Image:
    """Return the flat picture, of a size (width, height), that `to_pixels` maps to `image`."""
    return cv2.warpPerspective(
        image,
        to_pixels,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _on_white(darkness: Layer) -> Image:
    light = 1.0 - darkness
    light *= 255
    return light.astype(np.uint8)


def _beyond(image: Image, to_pixels: Points, size: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Tell which pixels of a flat picture (H, W) lie outside the picture that it is taken from.

    `size` is its (width, height). None where all lie well inside.
    """
    width, height = size
    corners = np.array([[0, 0], [0, height], [width, 0], [width, height]], np.float64)
    places = project(to_pixels, corners)
    last = np.array(image.shape[1::-1]) - 2
    if (places > 1).all() and (places < last).all():
        return None
    inside = np.full(image.shape[:2], 255, np.uint8)
    seen = cv2.warpPerspective(
        inside, to_pixels, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    )
    beyond: NDArray[np.bool_] = seen == 0
    return beyond


def _darkness(image: Image) -> Layer:
    """Return how much darker, 0 to 1, than the paper each pixel is in each channel (H, W, 3)."""
    light = cv2.divide(image, _paper(image), dtype=cv2.CV_32F)
    np.minimum(light, 1.0, out=light)
    return np.subtract(1.0, light, out=light)


def _paper(image: Image) -> Image:
    """Return a BGR picture (H, W, 3) as if nothing was printed on its paper."""
    height, width = image.shape[:2]
    small_width = max(SMALLEST_PAPER, width // PAPER_SHRINKING)
    small_height = max(SMALLEST_PAPER, height // PAPER_SHRINKING)
    small = cv2.resize(image, (small_width, small_height), interpolation=cv2.INTER_AREA)
    without_print = cv2.dilate(small, np.ones((PRINT, PRINT), np.uint8))
    without_stains = cv2.medianBlur(without_print, STAINS)
    smooth = cv2.GaussianBlur(without_stains, (0, 0), BLUR)
    lit = np.maximum(smooth, DARKEST_PAPER)
    return cv2.resize(lit, (width, height), interpolation=cv2.INTER_LINEAR)


def _label_ink(darkness: Layer, form: Form, scale: float) -> NDArray[np.float32]:
    """Return the labels' ink as darkness in (B, G, R): the median of all labels' darkest."""
    area_left, area_top, _, _ = form.area
    samples = []
    for left, right, y in _printed_lines(form):
        x0 = int((left - area_left) * scale)
        x1 = int((right - area_left) * scale)
        y0 = int((y - HALF_A_LABEL - area_top) * scale)
        y1 = int((y + HALF_A_LABEL - area_top) * scale)
        pixels = darkness[y0:y1, x0:x1].reshape(-1, 3)
        if len(pixels):
            strength = pixels.sum(axis=1)
            is_ink = strength >= np.quantile(strength, INK_QUANTILE)
            samples.append(pixels[is_ink])
    ink: NDArray[np.float32] = np.median(np.concatenate(samples), axis=0)
    return ink


def _printed_lines(form: Form) -> Iterator[tuple[float, float, float]]:
    """Yield left, right and centre y (mm) of the labels' lines, Chinese and English.

    A lone character is left out: a value printed a little off its line would cover it.
    """
    for label in form.labels:
        if len(label.text) > 1:
            yield label.x, label.right, label.y
            yield label.x, label.english_right, label.y + ENGLISH_BELOW


def _black_layer(darkness: Layer, label_ink: NDArray[np.float32], scale: float) -> Layer:
    """Return the share of black ink (H, W), 0 to 1.

    1. Label ink is darkest in one channel (red, being blue-green) and lighter in the others by a
       known ratio; seal ink is light in that channel. Black ink is what neither explains.
    2. That difference of channels is coarse, so it only tells where black ink is.
    3. How dark it is there, up to its fine edges, is taken from the channel in which the seal is
       light.
    """
    lead = int(label_ink.argmax())
    label_greyness = float(label_ink.min() / max(float(label_ink.max()), 1e-3))
    layers = cv2.split(darkness)
    leading = layers[lead]
    second, third = (layers[channel] for channel in range(3) if channel != lead)
    beyond_label = _beyond_ink(cv2.min(second, third), leading, label_greyness)
    beyond_seal = _beyond_ink(leading, cv2.max(second, third), SEAL_GREYNESS)

    ink_around = _ink_around(cv2.min(beyond_label, beyond_seal), scale)
    is_ink = _without_specks(ink_around, scale)
    ink_around -= NO_INK
    ink_around /= SURE_INK - NO_INK
    beyond_seal *= np.clip(ink_around, 0.0, 1.0, out=ink_around)
    beyond_seal *= is_ink
    return beyond_seal


def _beyond_ink(layer: Layer, beside: Layer, greyness: float) -> Layer:
    """Return what of a layer (H, W), 0 to 1, an ink does not explain.

    That ink is as dark as it is in the layer `beside`, and `greyness` of that in this one.
    """
    beyond = beside * -greyness
    beyond += layer
    beyond /= 1.0 - greyness
    return np.clip(beyond, 0.0, 1.0, out=beyond)


def _ink_around(black: Layer, scale: float) -> Layer:
    """Return how black it is at most within EDGE_REACH of each pixel (H, W).

    1.0 is the sheet's own full black.
    """
    smooth = cv2.GaussianBlur(black, (0, 0), STROKE_BLUR * scale)
    width = 2 * round(EDGE_REACH * scale) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    around: Layer = cv2.dilate(smooth, disc)
    around /= max(float(np.quantile(around, FULL_INK)), FAINTEST_INK)
    return around


def _without_specks(ink_around: Layer, scale: float) -> NDArray[np.bool_]:
    """Tell where ink is part of something as tall as a character, or plainly black as a dot is."""
    count, components, stats, _ = cv2.connectedComponentsWithStats(
        (ink_around > NO_INK).astype(np.uint8), connectivity=8
    )
    number_of: NDArray[np.int32] = np.asarray(components, np.int32)
    plain_pixels = number_of[ink_around > PLAIN_INK]
    dark_pixels = number_of[ink_around > DARK_INK]
    is_plain = np.bincount(plain_pixels, minlength=count) > 0
    is_dark = np.bincount(dark_pixels, minlength=count) > 0
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    is_tall = heights > SPECK_HEIGHT * scale
    is_ink = (is_tall | is_plain) & is_dark
    # Component 0 is the paper.
    is_ink[0] = False
    pixels: NDArray[np.bool_] = is_ink[number_of]
    return pixels
