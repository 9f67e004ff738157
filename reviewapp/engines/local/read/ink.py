"""Where there is ink on a sheet: how dark, how far it reaches, and whether it goes on."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewapp.engines.local.editions.edition5to7 import ENGLISH_BELOW, NEAR_SEAL, Form, Slot
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Image
from reviewapp.engines.local.read.box import Box, part_of, pixels_of, place_of

type Mask = NDArray[np.bool_]  # (h, w)

WHITE = 255.0
# Grey values of ink: darker than this part of the way from the darkest to the paper, and than this
# share of white where all is pale.
INK_LEVEL, PALEST_INK = 0.6, 0.82
# Below and above these lie dust and rules: mm² of a speck's area, mm of a glyph's height, mm of
# width that only a rule has at less height.
SPECK_AREA, GLYPH_HEIGHT, RULE_WIDTH = 0.12, 0.7, 3.5
# Share of a line's pixels that its strokes cover at least.
DARKEST_SHARE = 0.04
# Margin in mm that is left round ink, for its edges are pale.
INK_MARGIN = 0.2
# Slots beside seal or frame, which have shapes of their own.
CROWDED = NEAR_SEAL | {"motherAddress", "fatherAddress"}
# A glyph is as high as this share of its line's box. Its ink reaches over at least the first share
# of that height, and fills the second of its area; dotted rules do less.
GLYPH_TO_LINE, TALL_INK, DENSE_INK = 0.85, 0.45, 0.08
# Glyphs of a line stand this far apart, in glyphs: nearer ink belongs to the last glyph, ink
# farther off to something else. Strokes within the third are taken together.
NEAREST_GLYPH, FARTHEST_GLYPH, STROKES_TOGETHER = 0.4, 0.6, 0.2
# mm round labels that are painted over: from their middle up and down, Chinese and English, and to
# the left and right.
CHINESE_REACH, ENGLISH_REACH, LABEL_LEFT, LABEL_RIGHT = 1.8, 1.4, 0.5, 0.4
# Of the grey level of labels at their darkest: what is darker belongs to a value. Pixels: the square
# about such a pixel in which the pale edges of its stroke lie.
DARKER_THAN_LABELS, EDGES = 0.75, 3


def darkness_of(sheet: Sheet, box: Box) -> float:
    """Return how dark a box's strokes are, 0 to 1."""
    part = part_of(sheet.ink, sheet, box)
    return 1.0 - float(np.quantile(part, DARKEST_SHARE)) / WHITE


def ink_mask(part: Image, scale: float) -> Mask:
    """Return where ink is in a part of a layer (h, w), without specks and without dotted or solid
    rules.
    """
    darkest, paper = np.quantile(part, (0.02, 0.5))
    level = min(PALEST_INK * WHITE, darkest + INK_LEVEL * (paper - darkest))
    is_dark = (part < level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(is_dark, connectivity=8)
    if count == 1:
        return np.zeros(part.shape, bool)
    is_glyph = _are_glyphs(stats, scale)
    is_glyph[0] = False  # the paper
    mask: Mask = is_glyph[labels]
    return mask


def _are_glyphs(stats: NDArray[np.int32], scale: float) -> Mask:
    """Tell of connected marks, by their statistics (N, 5), which are no specks and no rules."""
    area = stats[:, cv2.CC_STAT_AREA]
    height = stats[:, cv2.CC_STAT_HEIGHT]
    width = stats[:, cv2.CC_STAT_WIDTH]
    is_speck = area <= SPECK_AREA * scale * scale
    is_low = height <= GLYPH_HEIGHT * scale
    is_rule = is_low & (width >= RULE_WIDTH * scale)
    are_glyphs: Mask = ~is_speck & ~is_rule
    return are_glyphs


def runs(flags: Mask) -> list[tuple[int, int]]:
    """Return the first place of each run of flags that are set, and the place behind its last."""
    steps = np.diff(np.pad(flags.astype(np.int8), 1))
    starts = np.flatnonzero(steps > 0).tolist()
    stops = np.flatnonzero(steps < 0).tolist()
    return list(zip(starts, stops, strict=True))


def tight_box(sheet: Sheet, ink: Image, box: Box) -> Box:
    """Return a box drawn in to its ink, INK_MARGIN round it; the box itself where is none."""
    mask = ink_mask(part_of(ink, sheet, box), sheet.scale)
    if not mask.any():
        return box
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    first_column, first_row, _, _ = pixels_of(sheet, box)
    left += first_column
    top += first_row
    x0, y0 = place_of(sheet, left, top)
    x1, y1 = place_of(sheet, left + width, top + height)
    return Box(x0, y0, x1, y1, box.score).grown(INK_MARGIN)


def goes_on(sheet: Sheet, ink: Image, line: Box, slot: Slot) -> bool:
    """Tell whether glyphs of the slot stand right beside a line's, that the finder left out.

    Where seal and frame are, they are mostly theirs.
    """
    if slot.key in CROWDED:
        return False
    glyph = line.height * GLYPH_TO_LINE
    nearest, farthest = NEAREST_GLYPH * glyph, FARTHEST_GLYPH * glyph
    band = replace(line, x0=min(line.x0, slot.x0), x1=max(line.x1, slot.x1))
    for start, stop in _tall_runs(sheet, ink, band, glyph):
        is_before = line.x0 - farthest < stop and start < line.x0 - nearest
        is_behind = line.x1 + nearest < stop and start < line.x1 + farthest
        if is_before or is_behind:
            return True
    return False


def to_end_of_ink(sheet: Sheet, ink: Image, line: Box, last_x: float) -> Box:
    """Return a line with all glyphs that follow it one after the other, up to `last_x` (mm)."""
    glyph = line.height * GLYPH_TO_LINE
    band = replace(line, x1=max(line.x1, last_x))
    end = line.x1
    for start, stop in _tall_runs(sheet, ink, band, glyph):
        if stop > end and start < end + FARTHEST_GLYPH * glyph:
            end = stop
    return replace(line, x1=end)


def _tall_runs(sheet: Sheet, ink: Image, band: Box, glyph: float) -> list[tuple[float, float]]:
    """Return from where to where (mm) ink is in a band that fills its place as characters do.

    Specks and remains of rules do not. `glyph` is the height (mm) of a character.
    """
    mask = ink_mask(part_of(ink, sheet, band), sheet.scale)
    reach = round(STROKES_TOGETHER * glyph * sheet.scale)
    kernel = np.ones((1, 2 * reach + 1))
    joined = cv2.dilate(mask.astype(np.uint8), kernel)
    first_column = pixels_of(sheet, band)[0]
    tall = []
    for joined_start, joined_stop in runs(joined.any(axis=0)):
        start, stop = joined_start + reach, joined_stop - reach
        if start < stop and _is_tall_and_dense(mask[:, start:stop], glyph * sheet.scale):
            left, _ = place_of(sheet, first_column + start, 0.0)
            right, _ = place_of(sheet, first_column + stop, 0.0)
            tall.append((left, right))
    return tall


def _is_tall_and_dense(mask: Mask, glyph: float) -> bool:
    """Tell whether ink is as tall and as dense as a character that is `glyph` pixels high."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return False
    height = rows[-1] + 1 - rows[0]
    return bool(height > TALL_INK * glyph and mask.mean() > DENSE_INK)


def without_labels(sheet: Sheet, form: Form) -> Image:
    """Return the ink layer with the labels painted over, both Chinese and English lines.

    What is darker than labels are is a value's that was printed over them, and stays.
    """
    ink = sheet.ink.copy()
    darker = (ink < DARKER_THAN_LABELS * sheet.label_level).astype(np.uint8)
    edges = np.ones((EDGES, EDGES), np.uint8)
    is_value = cv2.dilate(darker, edges).astype(bool)
    for label in form.labels:
        english_y = label.y + ENGLISH_BELOW
        for y, reach in ((label.y, CHINESE_REACH), (english_y, ENGLISH_REACH)):
            line = Box(
                x0=label.x - LABEL_LEFT, y0=y - reach, x1=label.right + LABEL_RIGHT, y1=y + reach
            )
            part_of(ink, sheet, line)[~part_of(is_value, sheet, line)] = WHITE
    return ink
