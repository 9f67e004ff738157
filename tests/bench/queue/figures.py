"""Percentiles of what was measured."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent of them do not exceed, between two where none is just there."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return the half and the nineteen-twentieths of times in seconds, in milliseconds."""
    if not seconds:
        return {}
    return {"p50": round(percentile(seconds, 50) * 1000, 1), "p95": round(percentile(seconds, 95) * 1000, 1)}
