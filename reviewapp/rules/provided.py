"""Rule 0: values that were not read, that have no form at all, or that are written unusually.

Pure.
"""

from collections.abc import Iterator

from reviewapp.certificate.fields import FIELDS, Group
from reviewapp.facts.scripts import HAN, LATIN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import ADDRESSES, ORGANISATIONS
from reviewapp.rules.facts import Facts

# Their own rules say more about an empty value than that it is missing.
_WITH_RULE_FOR_EMPTY = frozenset(
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
    """Yield values that have a plainer form, missing values, and values without any word."""
    yield from _unclean(facts)
    yield from _missing(facts)
    yield from _without_words(facts)


def _unclean(facts: Facts) -> Iterator[Finding]:
    for spec in FIELDS:
        raw = facts.raw.get(spec.name) or ""
        plain = facts[spec.name]
        if plain and plain != raw:
            proposal = Proposal(spec.name, plain)
            yield finding("unclean", spec.name, value=raw, clean=plain, proposals=[proposal])


def _missing(facts: Facts) -> Iterator[Finding]:
    """Yield missing values, but those of a parent who is not provided.

    Foreigners have no ethnic group.
    """
    absent = {Group(parent.who) for parent in facts.parents if not parent.is_provided}
    need_none = {parent.field("ethnicity") for parent in facts.parents if parent.is_foreign}
    for spec in FIELDS:
        if facts[spec.name] or spec.group in absent:
            continue
        if spec.name not in _WITH_RULE_FOR_EMPTY | need_none:
            yield finding("missing", spec.name)


def _without_words(facts: Facts) -> Iterator[Finding]:
    """Yield addresses and institutions in which there is no word at all."""
    for field in (*ADDRESSES, *ORGANISATIONS):
        value = facts[field]
        if value and not HAN.search(value) and not LATIN.search(value):
            yield finding("malformed", field, value=value)
