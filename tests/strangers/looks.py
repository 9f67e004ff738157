"""Chances that make one sheet look unlike the next: inks of the printing house, toner of the office."""

import random
from dataclasses import dataclass, replace

from tests.strangers import fonts
from tests.strangers.sheet import Toner

POINT = 25.4 / 72  # mm


SEAL_COLOURS = ("#d8202a", "#c8102e", "#e04a3f", "#b3303c", "#3a4fa8", "#6a3fa0")
SEAL_WEIGHTS = (30, 30, 18, 14, 5, 3)  # red, a few blue or purple


@dataclass(frozen=True, slots=True)
class Look:
    """How the printing house's part and the stamps look."""

    labels: str
    frame: str
    paper: str
    ground: tuple[str, str]
    guilloche: float  # opacity; 0 means none
    frame_opacity: float
    label_face: str
    english_face: str
    label_size: float  # mm
    dash: str
    panel: str
    panel_pattern: str
    number: str  # colour
    seal: str
    seal_opacity: float


INKS = ("#2f7f86", "#2a6f7d", "#3d8a84", "#4b8f7c", "#5a8a78", "#3b7a94", "#47857a", "#6b8c80")
PAPERS = ("#ffffff", "#fbfdfb", "#f7fbf8", "#fdfbf5", "#f3f9f6", "#fffdf8")
GREENS, YELLOWS = ("#bfe3c8", "#a9d8b8", "#cfe9d2"), ("#f2e08a", "#f6e7a4", "#eddc7c")
WAVES = (("#8cc7c0", "#9ccfc2", "#a5d0d6", "#b5d8c0"), ("#e6b8c0", "#9fd0cc", "#c8d8a0", "#a8cce0"))
LIGHT, MIDDLING, HEAVY = (0.15, 0.45), (0.45, 0.75), (0.75, 1.0)


def look(random_: random.Random, edition: int, profile: str) -> Look:
    """Draw the printing house's part; scans with raised contrast and pale forms have looks of their own."""
    ink = random_.choice(INKS)
    plain = Look(
        labels=ink,
        frame=random_.choice((ink, ink, "#6fa8a0", "#7fae94")),
        paper=random_.choice(PAPERS),
        ground=(random_.choice(WAVES[0]), random_.choice(WAVES[1])),
        guilloche=random_.uniform(*random_.choices((LIGHT, MIDDLING, HEAVY), (50, 38, 12))[0]),
        frame_opacity=random_.uniform(0.55, 0.95),
        label_face=random_.choice(fonts.LABEL_FACES),
        english_face=random_.choice(fonts.ENGLISH_FACES),
        label_size=random_.uniform(2.95, 3.25),
        dash=random_.choice((".3 .5", ".5 .4", ".2 .35", "none")),
        panel=random_.choice(YELLOWS if edition == 7 else GREENS),
        panel_pattern=random_.choice(("plain", "ruled", "ruled", "dither")),
        number=random_.choices(("#111111", "#262626", "#b02020"), (55, 33, 12))[0],
        seal=random_.choices(SEAL_COLOURS, SEAL_WEIGHTS)[0],
        seal_opacity=random_.uniform(0.75, 0.95) if profile == "hard" else random_.uniform(0.25, 0.8),
    )
    looks = {"contrast": contrasted, "pale": pale}
    return looks[profile](random_, plain) if profile in looks else plain


def contrasted(random_: random.Random, plain: Look) -> Look:
    """Return a look after the scanner raised the contrast: no ground, and blue is all that is left of colour."""
    ink = random_.choice(("#5a6f96", "#4f6690", "#6a7ea3", "#48608c"))
    seal, opacity = random_.choice(("#8a90b4", "#7c86a8", "#a48aa0", "#c0606a")), random_.uniform(0.3, 0.8)
    whitened = replace(
        plain, labels=ink, frame=ink, paper="#ffffff", guilloche=0, frame_opacity=random_.uniform(0.7, 1)
    )
    return replace(whitened, panel="#7f93b5", panel_pattern="dither", number="#1a1f30", seal=seal, seal_opacity=opacity)


def pale(random_: random.Random, plain: Look) -> Look:
    """Return a look of a form that was drawn or printed in pale inks."""
    ink = random_.choice(("#b3cdcb", "#a9c4c6", "#bcd0c2", "#a6bfce", "#c2cfc6"))
    waves = random_.uniform(0, 0.3)
    return replace(plain, labels=ink, frame=ink, paper="#ffffff", ground=(ink, ink), guilloche=waves, frame_opacity=0.6)


def toner(random_: random.Random, texts: str, profile: str) -> Toner:
    """Draw how the office's printer sets the values: mostly black laser of 10.5 points, seldom off its lines."""
    face = fonts.value_face(random_, texts)
    dots = profile == "dotmatrix" or (profile in {"scan", "photo", "page"} and random_.random() < 0.1)
    if dots:
        face = random_.choice((*fonts.SONG[:3], fonts.HEI[0])) if profile == "dotmatrix" else fonts.SONG[2]
        face = fonts.Face(face.family) if fonts.covers(face, texts) else fonts.WIDEST
    points = random_.choices((9, 10, 10.5, 11, 12), (12, 18, 45, 12, 13))[0]
    kind = random_.choices(("plain", "thin", "heavy"), (60, 22, 18))[0]
    if profile == "hard":  # or nobody could read it
        points, kind, dots = max(points, 10.5), "plain", False
    colour = random_.choices(("#111111", "#262626", "#3c3c40", "#1b2a6b", "#24457a"), (52, 24, 12, 8, 4))[0]
    outline, opacity = {
        "plain": (0.0, 0.95),
        "thin": (0.0, random_.uniform(0.62, 0.8)),
        "heavy": (random_.uniform(0.04, 0.11), 1.0),
    }[kind]
    if dots:
        opacity = random_.uniform(0.55, 0.95)
    spread = random_.choices((0.5, 1.2, 2.2), (60, 28, 12))[0]
    dx = max(-1.6, min(3.5, random_.gauss(0.3, spread)))  # further left, 汉 would lie on 族 and be unreadable
    dy = max(-2.2, min(2.2, random_.gauss(0, spread * 0.6)))
    return Toner(face, points * POINT, colour, outline, opacity, dots, dx, dy, random_.gauss(0, 0.12))
