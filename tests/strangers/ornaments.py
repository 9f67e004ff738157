"""The printing house's ornaments: frames, guilloche, panels. All lengths in mm."""

import math
import random

from tests.strangers.svg import element, place

Line = tuple[tuple[float, float], tuple[float, float]]


def polyline(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def stroke(path: str, colour: str, width: float, opacity: float = 1) -> str:
    return element("path", d=path, fill="none", stroke=colour, stroke_width=width, opacity=opacity)


def wave(start: tuple[float, float], end: tuple[float, float], height: float, length: float, phase: float) -> str:
    """Return a sine wave along a straight line."""
    (x0, y0), (x1, y1) = start, end
    distance = math.hypot(x1 - x0, y1 - y0)
    along, across = ((x1 - x0) / distance, (y1 - y0) / distance), (-(y1 - y0) / distance, (x1 - x0) / distance)
    points = []
    for step in range(int(distance / (length / 14)) + 1):
        way = min(step * length / 14, distance)
        swing = height * math.sin(2 * math.pi * way / length + phase)
        points.append((x0 + along[0] * way + across[0] * swing, y0 + along[1] * way + across[1] * swing))
    return polyline(points)


def guilloche(
    random_: random.Random, width: float, height: float, colours: tuple[str, str], strength: float
) -> list[str]:
    """Return fine waves over the sheet and a rosette in its middle."""
    lines = []
    spacing, swing = random_.uniform(2.2, 5), random_.uniform(1.5, 6)
    length = random_.uniform(18, 60)
    for row in range(int(height / spacing) + 2):
        for family, colour in enumerate(colours):
            phase = row * random_.choice((0.2, 0.35)) + family * math.pi
            path = wave((0, row * spacing), (width, row * spacing), swing, length * (1 + 0.3 * family), phase)
            lines.append(stroke(path, colour, 0.12, strength))
    if random_.random() < 0.7:
        lines += rosette(
            random_, width / 2, height / 2, min(width, height) * random_.uniform(0.2, 0.33), colours[0], strength
        )
    return lines


def rosette(random_: random.Random, x: float, y: float, radius: float, colour: str, strength: float) -> list[str]:
    petals, turns = random_.randint(7, 14), random_.randint(5, 9)
    lines = []
    for ring in range(turns):
        size = radius * (ring + 3) / (turns + 3)
        points = []
        for step in range(241):
            angle = step * 2 * math.pi / 240
            reach = size * (1 + 0.17 * math.cos(petals * angle + ring * 0.5))
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        lines.append(stroke(polyline(points), colour, 0.15, min(strength * 1.3, 1)))
    return lines


def sides(left: float, top: float, right: float, bottom: float) -> list[Line]:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [(corners[place], corners[(place + 1) % 4]) for place in range(4)]


def frame(random_: random.Random, edges: tuple[float, float, float, float], colour: str, opacity: float) -> list[str]:
    """Return a frame whose band is a braid, a chain of rings, a meander, or petals."""
    left, top, right, bottom = edges
    band = random_.uniform(5, 7.5)
    draw_band = random_.choice((braid, rings, meander, petals))
    parts = [
        rectangle(edges, 0, colour, 0.45),
        rectangle(edges, 0.9, colour, 0.15),
        rectangle(edges, band, colour, 0.3),
    ]
    inside = band / 2 + 0.4
    for start, end in sides(left + inside, top + inside, right - inside, bottom - inside):
        parts += draw_band(start, end, band * 0.38, colour)
    return [element("g", "".join(parts), opacity=opacity)]


def rectangle(edges: tuple[float, float, float, float], inset: float, colour: str, width: float) -> str:
    left, top, right, bottom = edges
    x, y, across, down = left + inset, top + inset, right - left - 2 * inset, bottom - top - 2 * inset
    return element("rect", x=x, y=y, width=across, height=down, fill="none", stroke=colour, stroke_width=width)


def braid(start: tuple[float, float], end: tuple[float, float], height: float, colour: str) -> list[str]:
    return [stroke(wave(start, end, height, 9, strand * math.pi / 4), colour, 0.2) for strand in range(8)]


def along(start: tuple[float, float], end: tuple[float, float], pitch: float) -> list[tuple[float, float]]:
    count = max(round(math.dist(start, end) / pitch), 1)
    return [
        (start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count) for n in range(count)
    ]


def rings(start: tuple[float, float], end: tuple[float, float], height: float, colour: str) -> list[str]:
    parts = []
    for x, y in along(start, end, height * 1.3):
        for radius, width in ((height, 0.22), (height * 0.6, 0.15), (height * 0.25, 0.35)):
            parts.append(element("circle", cx=x, cy=y, r=radius, fill="none", stroke=colour, stroke_width=width))
    return parts


def meander(start: tuple[float, float], end: tuple[float, float], height: float, colour: str) -> list[str]:
    """Return a row of Chinese key patterns."""
    h = height
    key = f"M{-h:.2f} {h:.2f}V{-h:.2f}H{h:.2f}V{h * 0.6:.2f}H{-h * 0.4:.2f}V{-h * 0.3:.2f}H{h * 0.4:.2f}V{h * 0.1:.2f}"
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    ink = {"d": key, "fill": "none", "stroke": colour, "stroke_width": 0.4}
    return [element("path", transform=place(x, y, angle), **ink) for x, y in along(start, end, height * 2.3)]


def petals(start: tuple[float, float], end: tuple[float, float], height: float, colour: str) -> list[str]:
    petal = {"cx": height * 0.55, "rx": height * 0.5, "ry": height * 0.22, "fill": colour, "opacity": 0.55}
    flowers = along(start, end, height * 2.2)
    turns = range(0, 360, 60)
    return [element("ellipse", transform=place(x, y, turn), **petal) for x, y in flowers for turn in turns]


def panel(edges: tuple[float, float, float, float], colour: str, pattern: str) -> str:
    """Return the number's panel: plain, finely ruled, or dithered as a scan with raised contrast shows it."""
    left, top, right, bottom = edges
    size = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    if pattern == "plain":
        return element("rect", **size, fill=colour)
    if pattern == "ruled":
        lines = "".join(f"M{left} {top + n * 0.5:.2f}H{right}" for n in range(int((bottom - top) / 0.5)))
        return element("rect", **size, fill=colour, opacity=0.55) + stroke(lines, colour, 0.25)
    dots = element("circle", cx=0.3, cy=0.3, r=0.17) + element("circle", cx=0.7, cy=0.7, r=0.14)
    tile = {"id": "dither", "width": 0.8, "height": 0.8, "patternUnits": "userSpaceOnUse", "fill": colour}
    ground = element("rect", **size, fill="url(#dither)", stroke=colour, stroke_width=0.2)
    return element("pattern", dots, **tile) + ground
