"""Faces for values, labels and numbers, and which characters they have.

None of them is used by the other generator. Debian brings no 仿宋 but the other generator's, so that face is a light 宋
that is set narrower.
"""

import functools
import random
import subprocess
from dataclasses import dataclass

FONT_PACKAGES = (
    "fonts-arphic-uming", "fonts-arphic-ukai", "fonts-arphic-gbsn00lp", "fonts-babelstone-han", "fonts-wqy-zenhei",
    "fonts-wqy-microhei", "fonts-liberation", "fonts-freefont-ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    family: str
    width: float = 1.0  # a face of 仿宋 proportions is set narrower
    latin: str = ""  # a family for digits and letters, where the printing program takes them from another font

    @property
    def css(self) -> str:
        return ", ".join(f"'{name}'" for name in (self.latin, self.family) if name)


SONG = (
    Face("AR PL UMing CN"),
    Face("AR PL SungtiL GB"),
    Face("BabelStone Han"),
    Face("AR PL UMing CN", latin="Liberation Serif"),
)
FANGSONG = (Face("AR PL SungtiL GB", width=0.9), Face("AR PL UMing CN", width=0.88))
KAI = (Face("AR PL UKai CN"), Face("AR PL UKai CN", latin="Liberation Serif"))
HEI = (Face("WenQuanYi Zen Hei"), Face("WenQuanYi Micro Hei"), Face("WenQuanYi Zen Hei", latin="Liberation Sans"))
VALUE_FACES = ((SONG, 50), (FANGSONG, 15), (KAI, 17), (HEI, 18))
WIDEST = Face("BabelStone Han")  # has every character that others may lack
LABEL_FACES = ("AR PL UKai CN", "AR PL UKai CN", "AR PL UKai CN", "AR PL UMing CN", "WenQuanYi Micro Hei")
ENGLISH_FACES = ("Liberation Sans", "FreeSans", "Liberation Sans Narrow", "WenQuanYi Zen Hei")
NUMBER_FACES = ("Liberation Serif", "Liberation Sans", "FreeMono", "FreeSans", "Liberation Mono", "FreeSerif")


@functools.cache
def installed() -> dict[str, str]:
    """Return the file of every installed family; raises RuntimeError where a family of ours is missing."""
    listed = subprocess.run(
        ["fc-list", "--format", "%{family[0]}\\t%{file}\\n"], capture_output=True, text=True, check=True
    )
    files = dict(line.replace("\\", "").split("\t") for line in listed.stdout.splitlines() if "\t" in line)
    families = {face.family for faces, _ in VALUE_FACES for face in faces} | {
        *LABEL_FACES,
        *ENGLISH_FACES,
        *NUMBER_FACES,
    }
    if absent := families - files.keys():
        message = (
            f"These fonts are missing: {', '.join(sorted(absent))}. Install: apt-get install {' '.join(FONT_PACKAGES)}"
        )
        raise RuntimeError(message)
    return files


@functools.cache
def characters(family: str) -> frozenset[int]:
    """Return the code points that a family has glyphs for."""
    installed()
    command = ["fc-list", "--format", "%{charset}\\n", f":family={family}"]
    ranges = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].split()
    found: set[int] = set()
    for part in ranges:
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def covers(face: Face, text: str) -> bool:
    return {ord(sign) for sign in text if sign != " "} <= characters(face.family)


def value_face(random_: random.Random, texts: str) -> Face:
    """Return a face for a sheet's values that has all their characters."""
    faces = random_.choices([faces for faces, _ in VALUE_FACES], [weight for _, weight in VALUE_FACES])[0]
    face = random_.choice(faces)
    return face if covers(face, texts) else WIDEST
