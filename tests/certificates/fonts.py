"""Find fonts for the four printed styles and never leave a character without a glyph.

Song (宋) and Hei (黑) come from the package pylopdf-fonts-zh-cn, so they are there wherever the tests are installed.
Kai (楷) and Fangsong (仿宋) come from the system's packages where those are installed (fonts-lxgw-wenkai,
fonts-arphic-gkai00mp, fonts-cwtex-fs) and are printed in Song elsewhere.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTFont
from PIL import ImageFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

Style = Literal["song", "kai", "hei", "fangsong"]
STYLES: tuple[Style, ...] = ("song", "kai", "hei", "fangsong")

_SYSTEM = Path("/usr/share/fonts/truetype")
_KAI = (
    _SYSTEM / "arphic-gkai00mp/gkai00mp.ttf",
    _SYSTEM / "lxgw-wenkai/LXGWWenKai-Regular.ttf",
)
_FANGSONG = (_SYSTEM / "cwtex/cwfs.ttf", _SYSTEM / "lxgw-wenkai/LXGWWenKai-Light.ttf")
_CANDIDATES: dict[str, tuple[Path, ...]] = {
    "song": (serif_path(), sans_path()),
    "hei": (sans_path(), serif_path()),
    "kai": (*_KAI, serif_path(), sans_path()),
    "fangsong": (*_FANGSONG, serif_path(), sans_path()),
}


@cache
def coverage(path: Path) -> frozenset[int]:
    """Return the code points that the font at `path` has glyphs for."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def chain(style: Style) -> tuple[Path, ...]:
    """Return the installed fonts of a style, the best first, ending with the packaged ones."""
    return tuple(path for path in _CANDIDATES[style] if path.exists())


@cache
def path_for(style: Style, text: str) -> Path:
    """Return the first font of the style that has every character of `text`. Raises LookupError if none has."""
    wanted = {ord(character) for character in text}
    for path in chain(style):
        if wanted <= coverage(path):
            return path
    raise LookupError(f"no installed font has all characters of {text!r}")


@cache
def font(style: Style, text: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font of `size` pixels that can print the whole of `text`."""
    return _load(path_for(style, text), size)


@cache
def _load(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
