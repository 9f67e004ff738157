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
        stored = Facts(related.values, facts.today, read={}, related=(), organisations=())
        number = facts["certificate_number"]
        if number and stored["certificate_number"] == number:
            yield _same_number(facts, stored, related.record)
        else:
            yield from _same_mother(facts, stored, related.record)


def _same_number(facts: Facts, stored: Facts, record: str) -> Finding:
    is_same = all(facts[spec.name] == stored[spec.name] for spec in FIELDS)
    code = "number_second_scan" if is_same else "number_reused"
    return finding(code, "certificate_number", record=record)


def _is_issued_again(facts: Facts, stored: Facts) -> bool:
    """Return whether two numbers are of one child: of the same name, born in the same minute."""
    name = facts["neonatal_name"]
    is_same_name = name != "" and stored["neonatal_name"] == name
    has_numbers = bool(facts["certificate_number"] and stored["certificate_number"])
    return has_numbers and is_same_name and facts.born_at == stored.born_at


def _same_mother(facts: Facts, stored: Facts, record: str) -> Iterator[Finding]:
    mother_number = facts["mother_id_card_number"]
    if not mother_number or stored["mother_id_card_number"] != mother_number:
        return
    if facts.born_on is None or stored.born_on is None:
        return
    days = abs((facts.born_on - stored.born_on).days)
    if days > DAYS_BETWEEN_BIRTHS:
        return
    if _is_issued_again(facts, stored):
        number = stored["certificate_number"]
        yield finding("issued_again", "certificate_number", record=record, number=number)
        return
    code = "mother_twins" if days <= 1 else "mother_again"
    fields = ("mother_id_card_number", "birth_time")
    yield finding(code, *fields, record=record, days=days)
