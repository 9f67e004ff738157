"""Rules 25 and 34: the place of birth and the addresses against the table of divisions. Pure."""

from collections.abc import Iterator

from reviewapp.facts import divisions
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a place of birth that is none (25), and addresses that nearly begin with one (34)."""
    if facts["birth_place"]:
        yield from _birth_place(facts)
    for parent in facts.provided:
        has_county = parent.home is not None and parent.home.level == 3
        if parent.address and not has_county:
            yield from _address(parent.field("address"), parent.address)


def _birth_place(facts: Facts) -> Iterator[Finding]:
    """Look for a place that is none.

    1. A whole place; unit words may be left out, for the form prints them behind its slots. 2. One
    that has another unit word today. 3. None at all.
    """
    field = "birth_place"
    value = facts[field]
    place = facts.birth_place
    if place and place.level == 3 and not place.rest and place.is_complete:
        return

    today = divisions.with_todays_unit(value)
    if today:
        yield finding("place_unit_differs", field, today=today, proposals=[Proposal(field, today)])
        return

    proposals = [Proposal(field, name) for name in divisions.nearest(value)]
    yield finding("place_unresolved", field, value=value, proposals=proposals)


def _address(field: str, address: str) -> Iterator[Finding]:
    nearest = divisions.nearest_prefix(address)
    if nearest is None:
        return
    beginning, today = nearest
    proposal = Proposal(field, today + address.removeprefix(beginning))
    yield finding("address_nearly_known", field, value=beginning, today=today, proposals=[proposal])
