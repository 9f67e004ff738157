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
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

_WEEKS = re.compile(r"(\d{1,2})(?:\+([0-6]))?", re.ASCII)
_RUN_TOGETHER = re.compile(r"([234]\d)[+*t.]?([0-6])", re.ASCII)
_DECIMAL = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_KILOGRAMS = re.compile(r"(\d(?:\.\d{1,3})?)(?:kg|公斤|千)?", re.ASCII | re.IGNORECASE)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with weeks (9), grams (10), centimetres (11), and weight for weeks (12).

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
    field = "gestational_age"
    weeks = weeks_of(value)
    run_together = _RUN_TOGETHER.fullmatch(value)
    if weeks is None and run_together:
        proposal = Proposal(field, f"{run_together[1]}+{run_together[2]}")
        yield finding("gestation_run_together", field, value=value, proposals=[proposal])
    elif weeks is None:
        proposals = _as_digits(field, value)
        yield finding("gestation_unreadable", field, value=value, proposals=proposals)
    elif weeks not in POSSIBLE_WEEKS:
        yield finding("gestation_impossible", field, weeks=weeks)
    elif weeks not in UNREMARKABLE_WEEKS:
        yield finding("gestation_unusual", field, weeks=weeks)


def _as_digits(field: str, value: str) -> Iterator[Proposal]:
    plain = value.translate(IN_MEASURE)
    if plain != value and _DECIMAL.fullmatch(plain):
        yield Proposal(field, plain)


def _weight(value: str) -> Iterator[Finding]:
    field = "birth_weight"
    kilograms = _KILOGRAMS.fullmatch(value)
    if kilograms and "." in value:
        grams = Decimal(kilograms[1]) * 1000
        proposal = Proposal(field, f"{grams:.0f}")
        yield finding("weight_in_kilograms", field, value=value, proposals=[proposal])
    elif not _DECIMAL.fullmatch(value):
        proposals = _as_digits(field, value)
        yield finding("weight_unreadable", field, value=value, proposals=proposals)
    elif Decimal(value) not in POSSIBLE_GRAMS:
        yield finding("weight_impossible", field, value=value)
    elif Decimal(value) not in UNREMARKABLE_GRAMS:
        yield finding("weight_unusual", field, value=value)


def _length(value: str) -> Iterator[Finding]:
    field = "birth_length"
    if not _DECIMAL.fullmatch(value):
        proposals = _as_digits(field, value)
        yield finding("length_unreadable", field, value=value, proposals=proposals)
    elif Decimal(value) not in POSSIBLE_CENTIMETRES:
        yield finding("length_impossible", field, value=value)
    elif Decimal(value) not in UNREMARKABLE_CENTIMETRES:
        yield finding("length_unusual", field, value=value)


def _together(facts: Facts) -> Iterator[Finding]:
    """Yield a weight that does not go with the weeks; an impossible one has its own finding."""
    weight = facts["birth_weight"]
    weeks = weeks_of(facts["gestational_age"])
    if weeks is None or not _DECIMAL.fullmatch(weight):
        return
    grams = Decimal(weight)
    if grams not in POSSIBLE_GRAMS:
        return
    is_too_light = weeks >= 37 and grams < 1500
    is_too_heavy = weeks <= 28 and grams > 2500
    if is_too_light or is_too_heavy:
        fields = ("birth_weight", "gestational_age")
        yield finding("weight_for_weeks", *fields, weight=weight, weeks=weeks)
