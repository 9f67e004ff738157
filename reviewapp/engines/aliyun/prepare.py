"""A picture as it is sent, and its answer put back on the picture as it came in. Pure."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from reviewapp.pictures.files import ADVISED_BYTES, opaque, opened

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

    `width` and `height` are those of the picture as it came in and as a browser shows it.
    """

    content: bytes
    width: int
    height: int
    is_changed: bool = False


def prepare(content: bytes, *, shrink: bool) -> Prepared:
    """Make a picture ready for the cloud.

    A picture that its tag turns is sent upright, so that polygons mean what the browser shows; with
    `shrink` one above the advised 1.5 MB is sent smaller. Any other goes as it is, byte for byte.
    """
    file = opened(content)
    is_large = shrink and len(content) > ADVISED_BYTES
    if not file.is_turned and not is_large:
        return Prepared(content, file.width, file.height)
    with file.image as image:
        upright = file.upright(opaque(image))
    sent = _below(upright, ADVISED_BYTES) if is_large else _jpeg(upright, QUALITY)
    return Prepared(sent, file.width, file.height, is_changed=True)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _below(image: Image.Image, limit: int) -> bytes:
    """Return a JPEG of at most `limit` bytes, but no smaller than can be read."""
    content = _jpeg(image, SMALL_QUALITY)
    while len(content) > limit and min(image.size) * SMALLER >= SMALLEST_SIDE:
        size = (round(image.width * SMALLER), round(image.height * SMALLER))
        image = image.resize(size, Image.Resampling.LANCZOS)
        content = _jpeg(image, SMALL_QUALITY)
    return content


def put_back(data: dict[str, Any], sent: Prepared) -> dict[str, Any]:
    """Return an answer whose polygons lie on the picture as it came in.

    One whose polygons do already is unchanged. The scale follows from the answer's own `orgWidth`
    and `orgHeight`; without them an answer to a changed picture loses nothing but its scale of 1.
    """
    scale_x = _ratio(sent.width, data.get("orgWidth"))
    scale_y = _ratio(sent.height, data.get("orgHeight"))
    scale = (scale_x, scale_y)
    if not sent.is_changed or scale == (1.0, 1.0):
        return data
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


def _ratio(came: int, answered: Any) -> float:
    is_size = isinstance(answered, int) and not isinstance(answered, bool) and answered > 0
    return came / answered if is_size else 1.0


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
