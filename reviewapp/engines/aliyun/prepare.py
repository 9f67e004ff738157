"""A picture as it is sent, and its answer put back on the picture as it came in. Pure."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from reviewapp.pictures.files import ADVISED_BYTES, SIDE_BELOW, Sides, opened

# Of a JPEG: where only the turn is changed, and where it has to become small.
QUALITY, SMALL_QUALITY = 95, 85
# Sides become shorter by this until the file is small, but not below so many pixels: the form's
# print must stay legible.
SMALLER, SMALLEST_SIDE = 0.8, 800
# Pixels: what is larger, or no number at all (NaN), is left as it came.
NO_COORDINATE = 1e9


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is sent: a picture file.

    `width` and `height` are those of the picture as it came in, upright, in its own pixels; `sides`
    those of a changed picture as it is sent.
    """

    content: bytes
    width: int
    height: int
    sides: Sides | None = None

    @property
    def is_changed(self) -> bool:
        return self.sides is not None


def prepare(content: bytes, *, shrink: bool) -> Prepared:
    """Make a picture ready for the cloud.

    One that a program without our knowledge of tags and kinds would show otherwise is sent as
    people see it: upright, its pixels square, in 8 bits. With `shrink` one above the advised 1.5 MB
    is sent smaller. Any other goes as it is, byte for byte, but for the end that a JPEG lacks.
    """
    file = opened(content)
    is_large = shrink and len(content) > ADVISED_BYTES
    if file.is_plain and not is_large:
        return Prepared(file.content, file.width, file.height)
    drawn = file.drawn(SIDE_BELOW - 1, _resized)
    if is_large:
        content, sides = _below(drawn, ADVISED_BYTES)
    else:
        content, sides = _jpeg(drawn, QUALITY), drawn.size
    return Prepared(content, file.width, file.height, sides)


def _resized(image: Image.Image, sides: Sides) -> Image.Image:
    return image.resize(sides, Image.Resampling.LANCZOS)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _below(image: Image.Image, limit: int) -> tuple[bytes, Sides]:
    """Return a JPEG of at most `limit` bytes, but no smaller than can be read, and its sides."""
    content = _jpeg(image, SMALL_QUALITY)
    while len(content) > limit and min(image.size) * SMALLER >= SMALLEST_SIDE:
        size = (round(image.width * SMALLER), round(image.height * SMALLER))
        image = image.resize(size, Image.Resampling.LANCZOS)
        content = _jpeg(image, SMALL_QUALITY)
    return content, image.size


def put_back(data: dict[str, Any], sent: Prepared) -> dict[str, Any]:
    """Return an answer whose polygons lie on the picture as it came in.

    One whose polygons do already is unchanged. The scale follows from the answer's own `orgWidth`
    and `orgHeight`, and where it has none from the sides that were sent.
    """
    if sent.sides is None:
        return data
    sent_width, sent_height = sent.sides
    scale_x = sent.width / _side(data.get("orgWidth"), sent_width)
    scale_y = sent.height / _side(data.get("orgHeight"), sent_height)
    scale = (scale_x, scale_y)
    return data if scale == (1.0, 1.0) else _scaled_answer(data, sent, scale)


def _scaled_answer(
    data: dict[str, Any], sent: Prepared, scale: tuple[float, float]
) -> dict[str, Any]:
    entries = data.get("prism_keyValueInfo")
    if isinstance(entries, list):
        entries = [_entry(entry, scale) for entry in entries]
    return {
        **data,
        "orgWidth": sent.width,
        "orgHeight": sent.height,
        "sliceRect": _rect(data.get("sliceRect"), scale),
        "prism_keyValueInfo": entries,
    }


def _side(answered: Any, sent: int) -> int:
    is_size = isinstance(answered, int) and not isinstance(answered, bool) and answered > 0
    return answered if is_size else sent


def _entry(entry: Any, scale: tuple[float, float]) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("valuePos"), list):
        return entry
    scale_x, scale_y = scale
    factors = {"x": scale_x, "y": scale_y}
    points = [_scaled(point, factors) for point in entry["valuePos"]]
    return {**entry, "valuePos": points}


def _rect(rect: Any, scale: tuple[float, float]) -> Any:
    """Scale the corners x0, y0 … x3, y3."""
    scale_x, scale_y = scale
    factors = {}
    for corner in range(4):
        factors[f"x{corner}"] = scale_x
        factors[f"y{corner}"] = scale_y
    return _scaled(rect, factors)


def _scaled(values: Any, factors: dict[str, float]) -> Any:
    if not isinstance(values, dict):
        return values
    return {name: _times(value, factors.get(name)) for name, value in values.items()}


def _times(value: Any, factor: float | None) -> Any:
    if not factor or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    is_coordinate = abs(value) < NO_COORDINATE
    return round(value * factor) if is_coordinate else value
