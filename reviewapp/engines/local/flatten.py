"""Lay the registered form flat: a small upright picture in even light, and the values' ink alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, NEAR_SEAL, Alphabet, Form
from reviewapp.engines.local.find.register import Registration, flat_to_mm, pixels_per_mm, project
from reviewapp.engines.local.networks.reading import Image, Layer, Points

# Pixels per mm of a sheet. A line of print is 3 to 4 mm high: finer than the finest, it would be
# shrunk again to the readers' 48 pixels; coarser than the coarsest, the filters below, of 0.1 to
# 0.2 mm, would have no pixel to work on.
COARSEST, FINEST = 8.0, 12.0
# Sine of the angle between two inks' colours (B, G, R): where it is greater, labels can be told from
# values.
SEPARABLE = 0.04
# Sine of the angle to grey: values' ink that is nearer is black, and what colour it seems to have is
# that of rules and labels about it.
BLACK = 0.1
# Of the strongest of three inks' mixtures: what differs less is one ink, as of values and a red seal.
SAME_INK = 0.01
# An ink's greyness is the share of its darkness in the darkest channel that its lightest has: labels
# with more have no colour.
GREY = 0.97
# Times the labels' usual ink: their darkest, and, of that, how dark values are at least that can be
# told from labels by being darker.
DARKEST_LABEL, MUCH_DARKER = 1.25, 1.3
# mm: values' ink is sampled in their slots, so far from labels and up and down from the row's
# middle; their darkest pixels are the values'.
SLOT_MARGIN, VALUE_REACH, VALUE_QUANTILE = 1.0, 2.0, 0.97
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

    `image` is BGR in even light on white, `scale` its pixels per mm, `ink` the values' ink alone as
    dark on white (H, W) uint8, or all ink where colour cannot tell. `is_coloured` tells whether
    labels and values could be told apart by colour, and `label_level` the grey level (0 to 255) of
    labels at their darkest, for where they could not; `origin` is the form mm of the sheet's top
    left corner. `is_copy` tells that not even the labels have a colour.
    """

    image: Image
    ink: Image
    scale: float
    is_coloured: bool
    origin: tuple[float, float]
    label_level: float = 0.0
    is_copy: bool = False

    def to_mm(self, pixels: Points) -> Points:
        """Map pixels of the sheet (N, 2) to form mm."""
        return pixels / self.scale + self.origin


def straighten(image: Image, registration: Registration, form: Form) -> Sheet:
    """Take the form's value area out of a BGR picture.

    1. Choose the scale by the picture's own, between COARSEST and FINEST pixels per mm.
    2. Warp, then divide by the paper's brightness and colour.
    3. Make white what the picture does not show.
    4. Separate the values' ink from that of labels and seal where their colours differ.
    """
    left, top, right, bottom = form.area
    scale = float(np.clip(pixels_per_mm(registration, form), COARSEST, FINEST))
    size = (round((right - left) * scale), round((bottom - top) * scale))
    to_pixels = registration.to_pixels @ flat_to_mm(scale, left, top)
    darkness = _darkness(warped(image, to_pixels, size), _within_ornament(form, scale))
    beyond = _beyond(image, to_pixels, size)
    if beyond is not None:
        darkness[beyond] = 0.0
    label_ink = _label_ink(darkness, form, scale)
    value_ink = _value_ink(darkness, form, scale)
    is_coloured = _angle_between(label_ink, value_ink) > SEPARABLE
    if is_coloured:
        values = _layer_of_values(darkness, label_ink, value_ink, scale)
        for x0, y0, x1, y1 in _rooms_of_own_ink(form, scale):
            values[y0:y1, x0:x1] = darkness[y0:y1, x0:x1].max(axis=2)
    else:
        values = darkness.mean(axis=2)
    return Sheet(
        image=_on_white(darkness),
        ink=_on_white(values),
        scale=scale,
        is_coloured=is_coloured,
        origin=(left, top),
        label_level=255.0 * (1.0 - float(label_ink.mean())),
        is_copy=_greyness(label_ink) > GREY,
    )


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


def _rooms_of_own_ink(form: Form, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rooms (x0, y0, x1, y1 in pixels) of numbers, which were printed with the form.

    They may have any colour, and nothing else stands there.
    """
    left, top, _, _ = form.area
    for slot in form.slots:
        if slot.alphabet == Alphabet.CERTIFICATE_NUMBER:
            x0, x1 = round((slot.x0 - left) * scale), round((slot.x1 - left) * scale)
            y0, y1 = round((slot.top - top) * scale), round((slot.bottom - top) * scale)
            yield max(0, x0), max(0, y0), x1, y1


def _within_ornament(form: Form, scale: float) -> tuple[int, int]:
    """Return the first column of a flat sheet within the frame's ornament, and the last.

    The ornament is so dense that its ink would be taken for the paper's colour.
    """
    if not form.ornament:
        return 0, round((form.area[2] - form.area[0]) * scale)
    area_left, _, area_right, _ = form.area
    frame_left, _, frame_right, _ = form.frame
    first = max(area_left, frame_left + form.ornament) - area_left
    last = min(area_right, frame_right - form.ornament) - area_left
    return round(first * scale), round(last * scale)


def _darkness(image: Image, within_ornament: tuple[int, int]) -> Layer:
    """Return how much darker, 0 to 1, than the paper each pixel is in each channel (H, W, 3).

    What the paper is like under the ornament is told by the columns next to it.
    """
    light = cv2.divide(image, _paper(image, within_ornament), dtype=cv2.CV_32F)
    np.minimum(light, 1.0, out=light)
    return np.subtract(1.0, light, out=light)


def _paper(image: Image, within_ornament: tuple[int, int]) -> Image:
    """Return a BGR picture (H, W, 3) as if nothing was printed on its paper."""
    height, width = image.shape[:2]
    small_width = max(SMALLEST_PAPER, width // PAPER_SHRINKING)
    small_height = max(SMALLEST_PAPER, height // PAPER_SHRINKING)
    small = cv2.resize(image, (small_width, small_height), interpolation=cv2.INTER_AREA)
    without_print = cv2.dilate(small, np.ones((PRINT, PRINT), np.uint8))
    first, last = (column * small_width // width for column in within_ornament)
    without_print[:, :first] = without_print[:, first : first + 1]
    without_print[:, last:] = without_print[:, last - 1 : last]
    without_stains = cv2.medianBlur(without_print, STAINS)
    smooth = cv2.GaussianBlur(without_stains, (0, 0), BLUR)
    lit = np.maximum(smooth, DARKEST_PAPER)
    return cv2.resize(lit, (width, height), interpolation=cv2.INTER_LINEAR)


def _label_ink(darkness: Layer, form: Form, scale: float) -> NDArray[np.float32]:
    """Return the labels' ink as darkness in (B, G, R): the median of all labels' darkest."""
    inks = []
    for left, right, y in _printed_lines(form):
        room = (left, y - HALF_A_LABEL, right, y + HALF_A_LABEL)
        inks.append(_darkest(darkness, form, scale, room, INK_QUANTILE))
    ink: NDArray[np.float32] = np.median(np.concatenate(inks), axis=0)
    return ink


def _value_ink(darkness: Layer, form: Form, scale: float) -> NDArray[np.float32]:
    """Return the values' ink as darkness in (B, G, R): the median of all slots' darkest.

    Slots beside the seal have its ink too. What is nearly black is black.
    """
    inks = []
    for slot in form.slots:
        if slot.key in NEAR_SEAL:
            continue
        left, right = slot.x0 + SLOT_MARGIN, slot.x1 - SLOT_MARGIN
        room = (left, slot.y - VALUE_REACH, right, slot.y + VALUE_REACH)
        darkest = _darkest(darkness, form, scale, room, VALUE_QUANTILE)
        if len(darkest):
            inks.append(np.median(darkest, axis=0))
    ink: NDArray[np.float32] = np.median(inks, axis=0)
    grey = np.full_like(ink, ink.mean())
    return grey if _angle_between(ink, grey) < BLACK else ink


def _darkest(
    darkness: Layer,
    form: Form,
    scale: float,
    room: tuple[float, float, float, float],
    quantile: float,
) -> NDArray[np.float32]:
    """Return the darkest pixels (N, 3) of a room (left, top, right, bottom in mm)."""
    left, top, _, _ = form.area
    x0, x1 = int((room[0] - left) * scale), int((room[2] - left) * scale)
    y0, y1 = int((room[1] - top) * scale), int((room[3] - top) * scale)
    pixels = darkness[max(0, y0) : y1, max(0, x0) : x1].reshape(-1, 3)
    if not len(pixels):
        return pixels
    strength = pixels.sum(axis=1)
    darkest: NDArray[np.float32] = pixels[strength >= np.quantile(strength, quantile)]
    return darkest


def _angle_between(ink: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the sine of the angle between the colours (B, G, R) of two inks."""
    lengths = float(np.linalg.norm(ink) * np.linalg.norm(other))
    return float(np.linalg.norm(np.cross(ink, other))) / max(lengths, 1e-6)


def _greyness(ink: NDArray[np.float32]) -> float:
    """Return the share, 0 to 1, of an ink's darkest channel (B, G, R) that its lightest has."""
    return float(ink.min() / max(float(ink.max()), 1e-3))


def _printed_lines(form: Form) -> Iterator[tuple[float, float, float]]:
    """Yield left, right and centre y (mm) of the labels' lines, Chinese and English.

    A lone character is left out: a value printed a little off its line would cover it.
    """
    for label in form.labels:
        if len(label.text) > 1:
            yield label.x, label.right, label.y
            yield label.x, label.english_right, label.y + ENGLISH_BELOW


def _layer_of_values(
    darkness: Layer, label_ink: NDArray[np.float32], value_ink: NDArray[np.float32], scale: float
) -> Layer:
    """Return how dark the values' ink is (H, W), 0 to 1.

    1. Labels, values and seal have inks of their own colours: a pixel's tells how much there is of
       the values', or that it is darker than labels are. For files keep colour coarsely, and black
       strokes take that of an ornament under them.
    2. That difference of channels is coarse, so it only tells where that ink is.
    3. How dark it is there, up to its fine edges, is taken from the channel in which the seal is
       light.
    """
    lead = int(label_ink.argmax())
    layers = cv2.split(darkness)
    second, third = (layers[channel] for channel in range(3) if channel != lead)
    if _greyness(value_ink) == 1.0:
        # Black is as dark in every channel, labels are lighter in two.
        of_values = _beyond_ink(cv2.min(second, third), layers[lead], _greyness(label_ink))
    else:
        of_values = _share_of_values(darkness, label_ink, value_ink)
    of_values = cv2.max(of_values, _darker_than_labels(layers, label_ink, value_ink))
    beyond_seal = _beyond_ink(layers[lead], cv2.max(second, third), SEAL_GREYNESS)

    ink_around = _ink_around(cv2.min(of_values, beyond_seal), scale)
    is_ink = _without_specks(ink_around, scale)
    ink_around -= NO_INK
    ink_around /= SURE_INK - NO_INK
    beyond_seal *= np.clip(ink_around, 0.0, 1.0, out=ink_around)
    beyond_seal *= is_ink
    return beyond_seal


def _share_of_values(
    darkness: Layer, label_ink: NDArray[np.float32], value_ink: NDArray[np.float32]
) -> Layer:
    """Return how much there is of the values' ink (H, W), 0 to 1, by the colours of three inks.

    Each pixel's darkness (B, G, R) is taken for a sum of all three (linear unmixing).
    """
    seal_ink = np.ones(3)
    seal_ink[int(label_ink.argmax())] = SEAL_GREYNESS
    inks = np.stack([value_ink / value_ink.max(), label_ink / label_ink.max(), seal_ink], axis=1)
    shares_of_values = np.linalg.pinv(inks, rcond=SAME_INK)[:1]
    shares: Layer = cv2.transform(darkness, shares_of_values)
    return np.clip(shares, 0.0, 1.0, out=shares)


def _beyond_ink(layer: Layer, beside: Layer, greyness: float) -> Layer:
    """Return what of a layer (H, W), 0 to 1, an ink does not explain.

    That ink is as dark as it is in the layer `beside`, and `greyness` of that in this one.
    """
    beyond = beside * -greyness
    beyond += layer
    beyond /= 1.0 - greyness
    return np.clip(beyond, 0.0, 1.0, out=beyond)


def _darker_than_labels(
    layers: Sequence[Layer], label_ink: NDArray[np.float32], value_ink: NDArray[np.float32]
) -> Layer:
    """Return how much darker than labels it is in every channel (H, W), 0 to 1; 1 is as values are.

    All 0 where values are hardly darker than labels.
    """
    darkest_label, of_values = DARKEST_LABEL * float(label_ink.min()), float(value_ink.min())
    darkness = cv2.min(cv2.min(layers[0], layers[1]), layers[2])
    if of_values < MUCH_DARKER * darkest_label:
        return np.zeros_like(darkness)
    darker: Layer = (darkness - darkest_label) / (of_values - darkest_label)
    return np.clip(darker, 0.0, 1.0)


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
