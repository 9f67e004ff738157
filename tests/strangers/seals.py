"""Stamps: round with a star and ring text, oval, or a box with lines of text; worn, tilted, pale or heavy."""

import math
import random
from html import escape

from tests.strangers.svg import element, place

FAMILIES = ("AR PL UMing CN", "AR PL SungtiL GB", "WenQuanYi Zen Hei")


def seal(random_: random.Random, x: float, y: float, owner: str, colour: str, opacity: float) -> str:
    """Return a stamp of an office about a point."""
    kind = random_.choices((circle, oval, box), (75, 17, 8))[0]
    name = f"worn{random_.getrandbits(30)}"
    spots = element("rect", x=-30, y=-30, width=60, height=60, fill="#fff") + wear(random_)
    body = element("g", kind(random_, owner, colour), mask=f"url(#{name})")
    stamped = element("g", body, transform=place(x, y, random_.gauss(0, 9)), opacity=opacity)
    return element("mask", spots, id=name) + stamped


def wear(random_: random.Random) -> str:
    """Return spots where the ink did not take."""
    spots = []
    for _ in range(random_.randint(20, 160)):
        x, y, radius = random_.uniform(-22, 22), random_.uniform(-22, 22), random_.uniform(0.1, 0.5)
        spots.append(element("circle", cx=x, cy=y, r=radius))
    for _ in range(random_.randint(0, 3)):
        x, y, wide, high = *random_.choices(range(-20, 21), k=2), random_.uniform(2, 7), random_.uniform(1, 4)
        spots.append(element("ellipse", cx=x, cy=y, rx=wide, ry=high, opacity=0.45))
    return "".join(spots)


def star(radius: float, colour: str) -> str:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.radians(corner * 36 - 90)
        points.append(f"{reach * math.cos(angle):.2f},{reach * math.sin(angle):.2f}")
    return element("polygon", points=" ".join(points), fill=colour)


def ring_text(text: str, radius: tuple[float, float], size: float, colour: str, family: str) -> str:
    """Return text along the upper part of an ellipse, centred, its feet to the middle."""
    spread = min(250, 24 * len(text))
    font = {"text_anchor": "middle", "font_family": family, "font_size": size, "y": size * 0.36}
    signs = []
    for number, sign in enumerate(text):
        angle = math.radians(-90 + spread * ((number + 0.5) / len(text) - 0.5))
        x, y = radius[0] * math.cos(angle), radius[1] * math.sin(angle)
        turn = math.degrees(math.atan2(y * radius[0] ** 2, x * radius[1] ** 2)) + 90
        signs.append(element("text", escape(sign), transform=place(x, y, turn), **font))
    return element("g", "".join(signs), fill=colour, stroke=colour, stroke_width=0.12)


def line(text: str, y: float, size: float, width: float, colour: str, family: str) -> str:
    at = place(0, y, stretch=min(1.0, width / (size * len(text))))
    font = {"text_anchor": "middle", "font_family": family, "font_size": size, "fill": colour}
    return element("text", escape(text), transform=at, stroke=colour, stroke_width=0.1, **font)


def outline(shape: str, colour: str, thickness: float, **size: float) -> str:
    return element(shape, fill="none", stroke=colour, stroke_width=thickness, **size)


def circle(random_: random.Random, owner: str, colour: str) -> str:
    radius = random_.uniform(18.5, 21)
    family = random_.choice(FAMILIES)
    size = min(4.2, radius * 3.6 / max(len(owner), 8))
    parts = [
        outline("circle", colour, random_.uniform(0.8, 1.3), r=radius),
        ring_text(owner, (radius - 4, radius - 4), size, colour, family),
        star(radius * random_.uniform(0.22, 0.3), colour),
        line("出生医学证明专用章", radius * 0.52, 3, radius * 1.25, colour, family),
    ]
    if random_.random() < 0.4:
        parts.append(outline("circle", colour, 0.3, r=radius - 1.6))
    if random_.random() < 0.3:
        number = f"{random_.randint(0, 9_999_999_999_999):013d}"
        parts.append(line(number, radius * 0.78, 1.8, radius * 0.8, colour, "Liberation Sans"))
    return "".join(parts)


def oval(random_: random.Random, owner: str, colour: str) -> str:
    wide, high = random_.uniform(19, 22.5), random_.uniform(13, 15)
    family = random_.choice(FAMILIES)
    return (
        outline("ellipse", colour, 1, rx=wide, ry=high)
        + ring_text(owner, (wide - 3.6, high - 3.4), min(3.4, 56 / max(len(owner), 9)), colour, family)
        + line("出生医学证明", 1.2, 3.3, wide * 1.3, colour, family)
        + line("专用章", 5.6, 3.3, wide, colour, family)
    )


def box(random_: random.Random, owner: str, colour: str) -> str:
    family = random_.choice(FAMILIES)
    return (
        outline("rect", colour, 0.7, x=-22, y=-7, width=44, height=14)
        + line(owner, -1, 4, 41, colour, family)
        + line("出生医学证明专用章", 4.6, 4, 40, colour, family)
    )
