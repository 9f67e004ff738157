"""Rules 9–12: weeks, weight and length at birth. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

from reviewapp.facts.digits import IN_MEASURE
from reviewapp.facts.ranges import (
    POSSIBLE_CENTIMETRES,
    POSSIBLE_GRAMS,
    POSSIBLE_WEEKS,
    UNREMARKABLE_CENTIMETRES,
    UNREMARKABLE_GRAMS,
    UNREMARKABLE_WEEKS,
)
from reviewapp.rules.base import Finding, Proposal, found
from reviewapp.rules.facts import Facts

_WEEKS = re.compile(r"(\d{1,2})(?:\+([0-6]))?", re.ASCII)
_RUN_TOGETHER = re.compile(r"([234]\d)[+*t.]?([0-6])", re.ASCII)
_DECIMAL = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_KILOGRAMS = re.compile(r"(\d(?:\.\d{1,3})?)(?:kg|公斤|千)?", re.ASCII | re.IGNORECASE)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with weeks (9), grams (10), centimetres (11), and grams for the weeks (12).

    A value that was not read is rule 0's.
    """
    if facts["gestational_age"]:
        yield from _gestation(facts["gestational_age"])
    if facts["birth_weight"]:
        yield from _weight(facts["birth_weight"])
    if facts["birth_length"]:
        yield from _length(facts["birth_length"])
    yield from _together(facts)


def weeks_of(value: str) -> int | None:
    """Return the full weeks of 40 or 40+3, None for anything else."""
    match = _WEEKS.fullmatch(value)
    return int(match[1]) if match else None


def _gestation(value: str) -> Iterator[Finding]:
    weeks, together = weeks_of(value), _RUN_TOGETHER.fullmatch(value)
    if weeks is None and together:
        proposal = Proposal("gestational_age", f"{together[1]}+{together[2]}")
        yield found("gestation_run_together", "gestational_age", value=value, proposals=[proposal])
    elif weeks is None:
        yield found(
            "gestation_unreadable",
            "gestational_age",
            value=value,
            proposals=_as_digits("gestational_age", value),
        )
    elif weeks not in POSSIBLE_WEEKS:
        yield found("gestation_impossible", "gestational_age", weeks=weeks)
    elif weeks not in UNREMARKABLE_WEEKS:
        yield found("gestation_unusual", "gestational_age", weeks=weeks)


def _as_digits(name: str, value: str) -> Iterator[Proposal]:
    plain = value.translate(IN_MEASURE)
    if plain != value and _DECIMAL.fullmatch(plain):
        yield Proposal(name, plain)


def _weight(value: str) -> Iterator[Finding]:
    kilograms = _KILOGRAMS.fullmatch(value)
    if kilograms and "." in value:
        grams = f"{Decimal(kilograms[1]) * 1000:.0f}"
        yield found(
            "weight_in_kilograms",
            "birth_weight",
            value=value,
            proposals=[Proposal("birth_weight", grams)],
        )
    elif not _DECIMAL.fullmatch(value):
        yield found(
            "weight_unreadable",
            "birth_weight",
            value=value,
            proposals=_as_digits("birth_weight", value),
        )
    elif Decimal(value) not in POSSIBLE_GRAMS:
        yield found("weight_impossible", "birth_weight", value=value)
    elif Decimal(value) not in UNREMARKABLE_GRAMS:
        yield found("weight_unusual", "birth_weight", value=value)


def _length(value: str) -> Iterator[Finding]:
    if not _DECIMAL.fullmatch(value):
        yield found(
            "length_unreadable",
            "birth_length",
            value=value,
            proposals=_as_digits("birth_length", value),
        )
    elif Decimal(value) not in POSSIBLE_CENTIMETRES:
        yield found("length_impossible", "birth_length", value=value)
    elif Decimal(value) not in UNREMARKABLE_CENTIMETRES:
        yield found("length_unusual", "birth_length", value=value)


def _together(facts: Facts) -> Iterator[Finding]:
    weeks, weight = weeks_of(facts["gestational_age"]), facts["birth_weight"]
    if weeks is None or not _DECIMAL.fullmatch(weight) or Decimal(weight) not in POSSIBLE_GRAMS:
        return
    if (weeks >= 37 and Decimal(weight) < 1500) or (weeks <= 28 and Decimal(weight) > 2500):
        yield found(
            "weight_for_weeks", "birth_weight", "gestational_age", weight=weight, weeks=weeks
        )
