"""Parse: an engine's answer as it came → 23 values, liberally. Pure."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from reviewapp.certificate.fields import BY_KEY, FIELDS, Point, ReadField, Record
from reviewapp.exceptions import EngineError

VALUE_LIMIT, ALTERNATIVES_LIMIT = 500, 5
COORDINATE_LIMIT = 1_000_000
# How many boxes each field is put together from; the example numbers them through in the form's
# order.
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
    by_key = {
        entry.get("key"): entry for entry in _dicts(entries) if isinstance(entry.get("key"), str)
    }
    if not (values.keys() | by_key.keys()) & BY_KEY.keys():
        raise EngineError("unreadableAnswer", detail="data")
    boxes = _boxes(body)
    fields = {
        spec.name: _field(
            spec.name, values.get(spec.key), by_key.get(spec.key, {}), boxes.get(spec.name, [])
        )
        for spec in FIELDS
    }
    return Record(fields, is_copy=body.get("ftype") == 1)


def _unwrap(data: Any) -> dict[str, Any]:
    inner = data.get("Data", data) if isinstance(data, dict) else data
    if not isinstance(inner, dict):
        raise EngineError("unreadableAnswer", detail="Data")
    return inner


def _dicts(entries: Any) -> list[dict[str, Any]]:
    return (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )


class _Box(NamedTuple):
    """One box that a recogniser read: its text, and what else that may say."""

    text: str
    alternatives: tuple[str, ...]


def _boxes(body: dict[str, Any]) -> dict[str, list[_Box]]:
    """Return each field's boxes in reading order, where the undocumented `debug_info` is as in the example.

    `rec_tcc` is a box's text. `rec_alternatives` is a key of our own engine: a list of other whole
    texts of the box that it nearly read instead, best first, none unless it is worth a person's
    look.
    """
    info = body.get("debug_info")
    entries = _dicts(info.get("kv_info")) if isinstance(info, dict) else []
    boxes: dict[str, list[_Box]] = {}
    for entry in sorted(entries, key=lambda entry: _number(entry.get("det_cls")) or 0):
        name = PART_CLASSES.get(_number(entry.get("det_cls")))
        text, others = _text(entry.get("rec_tcc")), entry.get("rec_alternatives")
        if name and text:
            alternatives = others[:ALTERNATIVES_LIMIT] if isinstance(others, list) else []
            boxes.setdefault(name, []).append(
                _Box(text, tuple(filter(None, map(_text, alternatives))))
            )
    return boxes


def _field(name: str, value: Any, entry: dict[str, Any], boxes: list[_Box]) -> ReadField:
    text = _text(value) or _text(entry.get("value"))
    prob = _prob(entry.get("valueProb")) if text else None
    parts = tuple(box.text for box in boxes)
    return ReadField(
        name, text, prob, _polygon(entry.get("valuePos")), parts, _alternatives(text, boxes)
    )


def _alternatives(value: str, boxes: list[_Box]) -> tuple[str, ...]:
    """Return what a value would be with another text in one of its boxes; nothing where it is not just its boxes."""
    texts = [box.text for box in boxes]
    if _unspaced(texts) != _unspaced([value]):
        return ()
    others = (
        _unspaced([*texts[:place], other, *texts[place + 1 :]])
        for place, box in enumerate(boxes)
        for other in box.alternatives
    )
    return tuple(dict.fromkeys(other for other in others if other != value))


def _unspaced(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


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
