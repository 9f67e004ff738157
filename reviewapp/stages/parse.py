"""Parse: an engine's answer as it came → 23 values, liberally. Pure."""

import math
import unicodedata
from typing import Any

from reviewapp.certificate import BY_KEY, FIELDS, Point, ReadField, Record
from reviewapp.exceptions import EngineError

VALUE_LIMIT = 500
COORDINATE_LIMIT = 1_000_000
# How many boxes each field is put together from; the example numbers them through in the form's order.
_BOXES = {"birth_time": 5, "birth_place": 3, "issue_date": 3}
PART_CLASSES: dict[float | None, str] = dict(
    enumerate(spec.name for spec in FIELDS for _ in range(_BOXES.get(spec.name, 1)))
)


def parse(data: Any) -> Record:
    """Read a `Data` object of the API, with or without the wrapper that its document prints.

    Values come from `data`, and from `prism_keyValueInfo` where `data` lacks them. Unknown keys are
    ignored; an entry of the wrong shape counts as not given. Raises EngineError("unreadableAnswer")
    when there is nothing that could be one of the 23 fields.
    """
    body = _unwrap(data)
    values, entries = body.get("data"), body.get("prism_keyValueInfo")
    values = values if isinstance(values, dict) else {}
    by_key = {entry.get("key"): entry for entry in _dicts(entries) if isinstance(entry.get("key"), str)}
    if not (values.keys() | by_key.keys()) & BY_KEY.keys():
        raise EngineError("unreadableAnswer", detail="data")
    parts = _parts(body)
    fields = {
        spec.name: _field(spec.name, values.get(spec.key), by_key.get(spec.key, {}), parts.get(spec.name, ()))
        for spec in FIELDS
    }
    return Record(fields, is_copy=body.get("ftype") == 1)


def _unwrap(data: Any) -> dict[str, Any]:
    inner = data.get("Data", data) if isinstance(data, dict) else data
    if not isinstance(inner, dict):
        raise EngineError("unreadableAnswer", detail="Data")
    return inner


def _dicts(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _parts(body: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what each field's boxes were read as, where the undocumented `debug_info` is as in the example."""
    info = body.get("debug_info")
    boxes = _dicts(info.get("kv_info")) if isinstance(info, dict) else []
    parts: dict[str, tuple[str, ...]] = {}
    for box in sorted(boxes, key=lambda box: _number(box.get("det_cls")) or 0):
        name = PART_CLASSES.get(_number(box.get("det_cls")))
        text = _text(box.get("rec_tcc"))
        if name and text:
            parts[name] = (*parts.get(name, ()), text)
    return parts


def _field(name: str, value: Any, entry: dict[str, Any], parts: tuple[str, ...]) -> ReadField:
    text = _text(value) or _text(entry.get("value"))
    prob = _prob(entry.get("valueProb")) if text else None
    return ReadField(name, text, prob, _polygon(entry.get("valuePos")), parts)


def _text(value: Any) -> str:
    """Return a value as one clean line; numbers are accepted, anything else counts as empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    return kept.strip()[:VALUE_LIMIT]


def _prob(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or not 0 <= number <= 100 else round(number)


def _number(value: Any) -> float | None:
    """Return a finite number of a sensible size, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= COORDINATE_LIMIT else None


def _polygon(value: Any) -> tuple[Point, ...] | None:
    """Read four `{x, y}` points; None when any of them is missing or no number."""
    points = _dicts(value)
    numbers = [(_number(point.get("x")), _number(point.get("y"))) for point in points]
    polygon = tuple((x, y) for x, y in numbers if x is not None and y is not None)
    return polygon if len(polygon) == 4 and len(numbers) == 4 else None
