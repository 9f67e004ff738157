"""Rule 0: values that were not read, that have no form at all, or that are written unusually.

Pure.
"""

from collections.abc import Iterator

from reviewapp.certificate.fields import FIELDS, Group
from reviewapp.facts.scripts import HAN, LATIN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

# Their own rules say more about an empty value than that it is missing.
_WITH_OWN_RULE = frozenset(
    {
        "certificate_number",
        "birth_time",
        "issue_date",
        "sex",
        "neonatal_name",
        "mother_name",
        "father_name",
    }
)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield missing values but those of a parent who is not provided, and values that have a plainer form."""
    absent = {Group(parent.who) for parent in facts.parents if not parent.is_provided}
    without_people = {parent.field("ethnicity") for parent in facts.parents if parent.is_foreign}
    for spec in FIELDS:
        raw, value = facts.raw.get(spec.name) or "", facts[spec.name]
        if value and value != raw:
            yield finding(
                "unclean", spec.name, value=raw, clean=value, proposals=[Proposal(spec.name, value)]
            )
        if (
            value
            or spec.name in _WITH_OWN_RULE
            or spec.group in absent
            or spec.name in without_people
        ):
            continue
        yield finding("missing", spec.name)
    yield from _without_words(facts)


def _without_words(facts: Facts) -> Iterator[Finding]:
    """Yield addresses and institutions in which there is no word at all."""
    for name in ("mother_address", "father_address", "medical_institutions", "issue_authority"):
        if facts[name] and not HAN.search(facts[name]) and not LATIN.search(facts[name]):
            yield finding("malformed", name, value=facts[name])
