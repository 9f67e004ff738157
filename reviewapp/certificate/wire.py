"""Parse: an engine's answer as it came → 23 values, liberally. Pure."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from reviewapp.certificate.fields import BY_KEY, FIELDS, Point, ReadField, Record, Signs
from reviewapp.exceptions import EngineError

# Characters of a value, and alternatives of a box: a stranger's answer may hold any number.
VALUE_LIMIT, ALTERNATIVES_LIMIT = 500, 5
# Pixels: no picture is as large.
COORDINATE_LIMIT = 1_000_000
# How many boxes each field is put together from; the example numbers them through in the form's
# order.
_BOXES = {"birth_time": 5, "birth_place": 3, "issue_date": 3}
PART_CLASSES: dict[float | None, str] = dict(
    enumerate(spec.name for spec in FIELDS for _box in range(_BOXES.get(spec.name, 1)))
)
NO_CLASS = -1
# The colours of the number's panel that tell editions apart.
PANELS = ("yellow", "green")


def parse(data: Any) -> Record:
    """Read a `Data` object of the API, with or without the wrapper that its document prints.

    1. Values come from `data`, and from `prism_keyValueInfo` where `data` lacks them. 2. Unknown
    keys are ignored, but there must be a known one. 3. The fields, each with its boxes; an entry of
    the wrong shape counts as not given. Raises EngineError("unreadableAnswer") when there is
    nothing that could be one of the 23 fields.
    """
    body = _unwrap(data)
    values = body.get("data")
    if not isinstance(values, dict):
        values = {}
    entries = _entries(body)

    if BY_KEY.keys().isdisjoint({*values, *entries}):
        raise EngineError("unreadableAnswer", detail="data")

    boxes = _boxes(body)
    fields = {}
    for spec in FIELDS:
        fields[spec.name] = _field(
            spec.name,
            value=values.get(spec.key),
            entry=entries.get(spec.key, {}),
            boxes=boxes.get(spec.name, []),
        )
    return Record(
        fields, is_copy=body.get("ftype") == 1, sides=_sides(body), signs=_signs(_debug_info(body))
    )


def _sides(body: dict[str, Any]) -> tuple[float, float] | None:
    width = _number(body.get("orgWidth"))
    height = _number(body.get("orgHeight"))
    return None if width is None or height is None else (width, height)


def _unwrap(data: Any) -> dict[str, Any]:
    inner = data.get("Data", data) if isinstance(data, dict) else data
    if not isinstance(inner, dict):
        raise EngineError("unreadableAnswer", detail="Data")
    return inner


def _entries(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entries of `prism_keyValueInfo` by their keys."""
    by_key = {}
    for entry in _dicts(body.get("prism_keyValueInfo")):
        key = entry.get("key")
        if isinstance(key, str):
            by_key[key] = entry
    return by_key


def _dicts(entries: Any) -> list[dict[str, Any]]:
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


class _Box(NamedTuple):
    """One box that a recogniser read: its text, and what else that may say."""

    text: str
    alternatives: tuple[str, ...]


def _boxes(body: dict[str, Any]) -> dict[str, list[_Box]]:
    """Return each field's boxes in reading order.

    They are those of the undocumented `debug_info`, where it is as in the example. `rec_tcc` is a
    box's text. `rec_alternatives` is a key of our own engine: a list of other whole texts of the
    box that it nearly read instead, best first, none unless it is worth a person's look.
    """
    entries = _dicts(_debug_info(body).get("kv_info"))
    boxes: dict[str, list[_Box]] = {}
    for entry in sorted(entries, key=_part_class):
        name = PART_CLASSES.get(_part_class(entry))
        text = _text(entry.get("rec_tcc"))
        if name and text:
            box = _Box(text, _other_texts(entry.get("rec_alternatives")))
            boxes.setdefault(name, []).append(box)
    return boxes


def _debug_info(body: dict[str, Any]) -> dict[str, Any]:
    info = body.get("debug_info")
    return info if isinstance(info, dict) else {}


def _signs(info: dict[str, Any]) -> Signs:
    """Return what our own engine tells of the paper in keys of its own, of any other nothing.

    `barcode` is a text, "" for one that is seen and cannot be read. `edition` is an object of
    `panel`, "yellow" or "green", and `landscape`, true or false; each may be missing.
    """
    barcode = info.get("barcode")
    edition = info.get("edition")
    if not isinstance(edition, dict):
        edition = {}
    panel, landscape = edition.get("panel"), edition.get("landscape")
    return Signs(
        barcode=_text(barcode) if isinstance(barcode, str) else None,
        panel=panel if panel in PANELS else None,
        is_landscape=landscape if isinstance(landscape, bool) else None,
    )


def _part_class(entry: dict[str, Any]) -> float:
    """Return the number of a box's class; one without a number comes first, and is no box."""
    number = _number(entry.get("det_cls"))
    return NO_CLASS if number is None else number


def _other_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    texts = [_text(text) for text in value[:ALTERNATIVES_LIMIT]]
    return tuple(text for text in texts if text)


def _field(name: str, *, value: Any, entry: dict[str, Any], boxes: list[_Box]) -> ReadField:
    text = _text(value) or _text(entry.get("value"))
    return ReadField(
        name,
        value=text,
        prob=_prob(entry.get("valueProb")) if text else None,
        polygon=_polygon(entry.get("valuePos")),
        parts=tuple(box.text for box in boxes),
        alternatives=_alternatives(text, boxes),
    )


def _alternatives(value: str, boxes: list[_Box]) -> tuple[str, ...]:
    """Return what a value would be with another text in one of its boxes.

    There are none where the value is not just its boxes.
    """
    texts = [box.text for box in boxes]
    if _unspaced(texts) != _unspaced([value]):
        return ()
    values: list[str] = []
    for place, box in enumerate(boxes):
        before, behind = texts[:place], texts[place + 1 :]
        values += [_unspaced([*before, text, *behind]) for text in box.alternatives]
    changed = dict.fromkeys(values)
    changed.pop(value, None)
    return tuple(changed)


def _unspaced(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


def _text(value: Any) -> str:
    """Return a value as one clean line; numbers are accepted, anything else counts as empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    # Control characters and halves of a surrogate pair: no database and no page takes them.
    storable = [char for char in text if unicodedata.category(char) not in ("Cc", "Cs")]
    return "".join(storable).strip()[:VALUE_LIMIT]


def _prob(value: Any) -> int | None:
    number = _number(value)
    if number is None or not 0 <= number <= 100:
        return None
    return round(number)


def _number(value: Any) -> float | None:
    """Return a finite number of a sensible size, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= COORDINATE_LIMIT else None


def _polygon(value: Any) -> tuple[Point, ...] | None:
    """Read four `{x, y}` points; None when any of them is missing or no number."""
    points = _dicts(value)
    polygon: list[Point] = []
    for point in points:
        x = _number(point.get("x"))
        y = _number(point.get("y"))
        if x is None or y is None:
            return None
        polygon.append((x, y))
    return tuple(polygon) if len(polygon) == 4 else None
