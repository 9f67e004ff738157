"""The blank form: ground, ornamental frame, labels, rules, boxes and the number's panel."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import form
from .ink import Pen

Rgb = tuple[int, int, int]
INK: Rgb = (38, 104, 112)
FRAME_INK: Rgb = (70, 146, 146)
PAPER: Rgb = (252, 252, 252)
GROUND: Rgb = (240, 247, 243)
GUILLOCHE: Rgb = (214, 232, 227)
PANELS: dict[int, Rgb] = {5: (196, 226, 196), 6: (190, 224, 200), 7: (250, 232, 150)}


@lru_cache(maxsize=8)
def blank(edition: int, dpi: int) -> np.ndarray:
    """Return the empty 正页 as a read-only (height, width, 3) uint8 RGB array of the sheet's top half."""
    image = Image.fromarray(_ground(dpi))
    pen = Pen(ImageDraw.Draw(image), dpi)
    _titles(pen)
    _labels(pen)
    for x, y in form.BOXES.values():
        _box(pen, x, y)
    _panel(pen, edition)
    array = np.asarray(image).copy()
    array.setflags(write=False)
    return array


@lru_cache(maxsize=4)
def blank_sheet(edition: int, dpi: int, variant: int) -> np.ndarray:
    """Return the empty A4 sheet, 正页 above 副页 and 存根 of a variant, as a read-only array like that of `blank`."""
    main = blank(edition, dpi)
    height = round(form.SHEET_HEIGHT * dpi / 25.4)
    array = np.full((height, main.shape[1], 3), PAPER, np.uint8)
    array[: main.shape[0]] = main
    image = Image.fromarray(array)
    pen = Pen(ImageDraw.Draw(image), dpi)
    for strip in form.strips(variant):
        _strip(pen, strip)
    array = np.asarray(image).copy()
    array.setflags(write=False)
    return array


def _strip(pen: Pen, strip: form.Strip) -> None:
    """Draw the 副页 or the 存根: a line to tear along, title, Chinese labels and rules in tighter rows."""
    _dotted(pen, form.Rule(0.0, strip.title_y - 5.5, form.SHEET_WIDTH))
    pen.centred(form.SHEET_WIDTH / 2, strip.title_y, strip.title, 4.2, "kai", INK)
    for label in form.LABELS:
        pen.text(strip.x(label.x, label.y), strip.y(label.y), label.chinese, strip.label_size, "kai", INK)
    for rule in form.RULES:
        row = rule.y - form.RULE_BELOW
        _dotted(pen, form.Rule(strip.x(rule.x, row), strip.y(row) + 2.0, strip.x(rule.end, row)))
    for x, y in form.BOXES.values():
        _box(pen, strip.x(x, y), strip.y(y))


def _ground(dpi: int) -> np.ndarray:
    """Draw the pale paper with its guilloche inside the ornamental frame."""
    width, height = (
        round(form.SHEET_WIDTH * dpi / 25.4),
        round(form.MAIN_HEIGHT * dpi / 25.4),
    )
    image = np.full((height, width, 3), PAPER, np.uint8)
    left, top, right, bottom = (round(edge * dpi / 25.4) for edge in form.FRAME)
    image[top:bottom, left:right] = GROUND
    ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32) * (25.4 / dpi)
    lines = _guilloche(xs, ys)
    region = image[top:bottom, left:right].astype(np.float32)
    region += lines[..., None] * (np.array(GUILLOCHE, np.float32) - region)
    image[top:bottom, left:right] = region.astype(np.uint8)
    _frame(image, dpi)
    return image


def _guilloche(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Return 0–1 darkness of two families of waves that cross at the given millimetres."""
    wave = 1.6 * np.sin(xs / 3.1) * np.cos(ys / 17)
    first = np.abs(np.sin((ys + wave) * 1.35))
    second = np.abs(np.sin((ys - wave + 0.8 * np.sin(xs / 7)) * 1.35 + xs / 40))
    return np.clip(np.maximum(1 - first / 0.22, 1 - second / 0.22), 0, 1)


def _frame(image: np.ndarray, dpi: int) -> None:
    """Draw the frame: double rules and a plait of circles and waves between them."""
    scale = dpi / 25.4
    left, top, right, bottom = form.FRAME
    for inset, thickness in ((0.0, 0.5), (1.2, 0.2), (7.4, 0.2), (8.4, 0.4)):
        corners = [(round((left + inset) * scale), round((top + inset) * scale))]
        corners.append((round((right - inset) * scale), round((bottom - inset) * scale)))
        cv2.rectangle(
            image,
            corners[0],
            corners[1],
            FRAME_INK,
            max(1, round(thickness * scale)),
            cv2.LINE_AA,
        )
    middle = 4.3
    _plait(image, scale, (left + middle, top + middle), (right - middle, top + middle))
    _plait(
        image,
        scale,
        (left + middle, bottom - middle),
        (right - middle, bottom - middle),
    )
    _plait(image, scale, (left + middle, top + middle), (left + middle, bottom - middle))
    _plait(image, scale, (right - middle, top + middle), (right - middle, bottom - middle))


def _plait(
    image: np.ndarray,
    scale: float,
    start: tuple[float, float],
    end: tuple[float, float],
) -> None:
    """Draw one side of the frame's ornament from `start` to `end` (mm)."""
    origin, span = np.array(start), np.array(end) - np.array(start)
    length = float(np.hypot(*span))
    along = span / length
    across = np.array([-along[1], along[0]])
    steps = np.linspace(0, length, round(length * 4))
    period = length / round(length / 5.2)
    for phase in (0, np.pi / 2, np.pi, 3 * np.pi / 2):
        for height in (2.6, 1.5):
            offset = height * np.sin(2 * np.pi * steps / period + phase)
            points = (origin + np.outer(steps, along) + np.outer(offset, across)) * scale
            cv2.polylines(
                image,
                [np.round(points * 8).astype(np.int32)],
                False,
                FRAME_INK,
                1,
                cv2.LINE_AA,
                3,
            )


def _titles(pen: Pen) -> None:
    spread = "出 生 医 学 证 明"
    pen.centred(form.SHEET_WIDTH / 2 - 1.3, 22.0, spread, 7.2, "kai", INK)
    pen.centred(
        form.SHEET_WIDTH / 2 - 1.3,
        30.0,
        "MEDICAL CERTIFICATE OF BIRTH",
        3.4,
        "hei",
        INK,
    )


def _labels(pen: Pen) -> None:
    for label in form.LABELS:
        pen.text(label.x, label.y, label.chinese, form.CHINESE_SIZE, "kai", INK)
        pen.text(
            label.x,
            label.y + form.ENGLISH_BELOW,
            label.english,
            form.ENGLISH_SIZE,
            "hei",
            INK,
        )
    for rule in form.RULES:
        _dotted(pen, rule)


def _dotted(pen: Pen, rule: form.Rule) -> None:
    """Draw a dotted rule."""
    y = pen.px(rule.y)
    thick = max(1, pen.px(0.18))
    for step in range(int((rule.end - rule.x) / 0.7)):
        x = pen.px(rule.x + step * 0.7)
        pen.draw.rectangle((x, y, x + pen.px(0.3), y + thick - 1), fill=INK)


def _box(pen: Pen, x: float, y: float) -> None:
    """Draw an empty box to tick, its left edge at x and its middle at y."""
    half = form.BOX_SIDE / 2
    corners = (pen.px(x), pen.px(y - half), pen.px(x + form.BOX_SIDE), pen.px(y + half))
    pen.draw.rectangle(corners, outline=INK, width=max(1, pen.px(0.2)))


def _panel(pen: Pen, edition: int) -> None:
    """Draw the number's panel."""
    left, top, right, bottom = form.NUMBER_PANEL
    pen.draw.rectangle(
        (pen.px(left), pen.px(top), pen.px(right), pen.px(bottom)),
        fill=PANELS[edition],
        outline=INK,
    )
