"""Print text in millimetres onto a Pillow picture and tell where its ink lies."""

from dataclasses import dataclass

from PIL import ImageDraw

from . import fonts

CENTRE_OVER_BASELINE = 0.38

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Pen:
    """A drawing surface of `dpi` dots per inch."""

    draw: ImageDraw.ImageDraw
    dpi: int

    def px(self, millimetres: float) -> int:
        """Return millimetres in whole pixels."""
        return round(millimetres * self.dpi / 25.4)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        style: fonts.Style,
        fill: str | int | tuple[int, int, int],
    ) -> Box:
        """Print `text` with its left edge at x and its middle at y (mm); return the ink's box in pixels."""
        font = fonts.font(style, text, max(4, self.px(size)))
        at = (self.px(x), self.px(y + CENTRE_OVER_BASELINE * size))
        self.draw.text(at, text, font=font, fill=fill, anchor="ls")
        left, top, right, bottom = self.draw.textbbox(at, text, font=font, anchor="ls")
        return int(left), int(top), int(right) + 1, int(bottom) + 1

    def width(self, text: str, size: float, style: fonts.Style) -> float:
        """Return how many millimetres `text` takes."""
        return fonts.font(style, text, max(4, self.px(size))).getlength(text) * 25.4 / self.dpi

    def centred(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        style: fonts.Style,
        fill: str | int | tuple[int, int, int],
    ) -> None:
        """Print `text` with its middle at x, y (mm)."""
        self.text(x - self.width(text, size, style) / 2, y, text, size, style, fill)
