"""How probable it is that a value is right."""

from collections.abc import Sequence
from dataclasses import replace

from reviewapp.engines.local.compose import Value


def with_probabilities(values: Sequence[Value]) -> list[Value]:
    """Give every value its probability of being right, 0 to 1."""
    return [replace(value, prob=min((line.reading.lowest for line in value.lines), default=1.0)) for value in values]
