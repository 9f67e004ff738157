"""Rule 31: a value that is not what its parts were recognised as. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from reviewapp.certificate.fields import FIELDS, Kind
from reviewapp.facts.characters import plain
from reviewapp.facts.scripts import BASIC_HAN, FURTHER_HAN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

# What is compared of a value: beside dates stand printed units, beside the sex the next label.
_IGNORED = {
    **dict.fromkeys((Kind.TIME, Kind.DATE), re.compile(r"\D", re.ASCII)),
    **dict.fromkeys(
        (Kind.ID_NUMBER, Kind.CERTIFICATE_NUMBER, Kind.GRAMS, Kind.CENTIMETRES, Kind.AGE),
        re.compile(r"[^0-9A-Za-z]"),
    ),
    Kind.SEX: re.compile(r"[^男女]"),
}
_ANY_TEXT = re.compile(f"[^0-9A-Za-z{BASIC_HAN}{FURTHER_HAN}]")


def check(facts: Facts) -> Iterator[Finding]:
    """Yield values that a recogniser changed after it had read them: 湘西上家族 given as 湘西土家族."""
    for spec in FIELDS:
        value = facts[spec.name]
        reading = facts.read.get(spec.name)
        if reading is None or not reading.parts or not value:
            continue
        parts = "".join(reading.parts)
        ignored = _IGNORED.get(spec.kind, _ANY_TEXT)
        if _characters(value, ignored) == _characters(plain(parts), ignored):
            continue
        proposals = [Proposal(spec.name, parts)] if len(parts) == len(value) else []
        yield finding(
            "differs_from_parts", spec.name, value=value, parts=parts, proposals=proposals
        )


def _characters(text: str, ignored: re.Pattern[str]) -> Counter[str]:
    """Count characters: parts may be joined in another order than they stand on the paper."""
    return Counter(ignored.sub("", text))
