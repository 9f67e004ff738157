"""A picture as it is sent, and its answer put back on the picture as it came in. Pure."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from reviewapp.pictures.files import ADVISED_BYTES, opaque, opened

QUALITY, SMALL_QUALITY = 95, 85
SMALLER, SMALLEST_SIDE = 0.8, 800


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is sent: a picture file; and the size of the picture as it came in and as a browser shows it."""

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
    """Return a JPEG of at most `limit` bytes, as large as it can be, but no smaller than can be read."""
    content = _jpeg(image, SMALL_QUALITY)
    while len(content) > limit and min(image.size) * SMALLER >= SMALLEST_SIDE:
        image = image.resize(
            (round(image.width * SMALLER), round(image.height * SMALLER)), Image.Resampling.LANCZOS
        )
        content = _jpeg(image, SMALL_QUALITY)
    return content


def put_back(data: dict[str, Any], sent: Prepared) -> dict[str, Any]:
    """Return an answer whose polygons lie on the picture as it came in; unchanged when they do already.

    The scale follows from the answer's own `orgWidth` and `orgHeight`; without them an answer to a
    changed picture loses nothing but its scale of 1.
    """
    scale = _ratio(sent.width, data.get("orgWidth")), _ratio(sent.height, data.get("orgHeight"))
    if not sent.is_changed or scale == (1.0, 1.0):
        return data
    entries = data.get("prism_keyValueInfo")
    return {
        **data,
        "orgWidth": sent.width,
        "orgHeight": sent.height,
        "sliceRect": _rect(data.get("sliceRect"), scale),
        "prism_keyValueInfo": [_entry(e, scale) for e in entries]
        if isinstance(entries, list)
        else entries,
    }


def _ratio(came: int, answered: Any) -> float:
    is_size = isinstance(answered, int) and not isinstance(answered, bool) and answered > 0
    return came / answered if is_size else 1.0


def _entry(entry: Any, scale: tuple[float, float]) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("valuePos"), list):
        return entry
    return {
        **entry,
        "valuePos": [_scaled(point, {"x": scale[0], "y": scale[1]}) for point in entry["valuePos"]],
    }


def _rect(rect: Any, scale: tuple[float, float]) -> Any:
    factors = {f"{axis}{corner}": scale[axis == "y"] for axis in "xy" for corner in range(4)}
    return _scaled(rect, factors) if isinstance(rect, dict) else rect


def _scaled(values: Any, factors: dict[str, float]) -> Any:
    if not isinstance(values, dict):
        return values
    return {name: _times(value, factors.get(name)) for name, value in values.items()}


def _times(value: Any, factor: float | None) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return round(value * factor) if factor and is_number and abs(value) < 1e9 else value
