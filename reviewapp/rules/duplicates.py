"""Rules 4 and 30: the same number, or the same mother, on another record. Pure."""

from collections.abc import Iterator

from reviewapp.certificate.fields import FIELDS
from reviewapp.rules.base import Finding, finding
from reviewapp.rules.facts import Facts

# No mother gives birth twice within half a year; twins may come on both sides of midnight.
DAYS_BETWEEN_BIRTHS = 180


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stored record that this one cannot stand beside without a look."""
    for related in facts.related:
        theirs = Facts(related.values, facts.today, read={}, related=(), organisations=())
        if facts.number and theirs.number == facts.number:
            yield _same_number(facts, theirs, related.record)
        else:
            yield from _same_mother(facts, theirs, related.record)


def _same_number(facts: Facts, theirs: Facts, record: str) -> Finding:
    is_same = all(facts[spec.name] == theirs[spec.name] for spec in FIELDS)
    code = "number_second_scan" if is_same else "number_reused"
    return finding(code, "certificate_number", record=record)


def _same_mother(facts: Facts, theirs: Facts, record: str) -> Iterator[Finding]:
    mother_number = facts["mother_id_card_number"]
    if not mother_number or theirs["mother_id_card_number"] != mother_number:
        return
    if facts.born_on is None or theirs.born_on is None:
        return
    days = abs((facts.born_on - theirs.born_on).days)
    if days > DAYS_BETWEEN_BIRTHS:
        return
    code = "mother_twins" if days <= 1 else "mother_again"
    yield finding(code, "mother_id_card_number", "birth_time", record=record, days=days)
