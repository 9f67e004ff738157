"""Rules 4 and 30: the same number, or the same mother, on another record. Pure."""

from collections.abc import Iterator
from datetime import date

from reviewapp.certificate.fields import FIELDS
from reviewapp.rules.base import Finding, RelatedRecord, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stored record that this one cannot stand beside without a look."""
    for other in facts.related:
        theirs = Facts(other.values, facts.today, {}, (), ())
        if facts.number and theirs.number == facts.number:
            yield _same_number(facts, theirs, other)
        else:
            yield from _same_mother(facts, theirs, other)


def _same_number(facts: Facts, theirs: Facts, other: RelatedRecord) -> Finding:
    is_same = all(facts[spec.name] == theirs[spec.name] for spec in FIELDS)
    code = "number_second_scan" if is_same else "number_reused"
    return finding(code, "certificate_number", record=other.record)


def _same_mother(facts: Facts, theirs: Facts, other: RelatedRecord) -> Iterator[Finding]:
    number = facts["mother_id_card_number"]
    if (
        not number
        or theirs["mother_id_card_number"] != number
        or not facts.born_on
        or not theirs.born_on
    ):
        return
    days = _apart(facts.born_on, theirs.born_on)
    if days <= 180:
        code = "mother_twins" if days <= 1 else "mother_again"
        yield finding(code, "mother_id_card_number", "birth_time", record=other.record, days=days)


def _apart(one: date, two: date) -> int:
    return abs((one - two).days)
