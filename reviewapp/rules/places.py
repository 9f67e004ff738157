"""Rules 25 and 34: the place of birth and the addresses against the table of divisions. Pure."""

from collections.abc import Iterator

from reviewapp.facts import divisions
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a place of birth that is none (25), and addresses that begin with nearly a place (34)."""
    if facts["birth_place"]:
        yield from _birth_place(facts)
    for parent in facts.provided:
        if parent.address and not (parent.home and parent.home.level == 3):
            yield from _address(parent.field("address"), parent.address)


def _birth_place(facts: Facts) -> Iterator[Finding]:
    """Look for a place that is none; unit words may be left out, for the form prints them behind its slots."""
    value, place = facts["birth_place"], facts.birth_place
    if place and place.level == 3 and not place.rest and place.is_complete:
        return
    today = divisions.with_todays_unit(value)
    if today:
        proposals = [Proposal("birth_place", today)]
        yield finding("place_unit_differs", "birth_place", today=today, proposals=proposals)
        return
    proposals = [Proposal("birth_place", near) for near in divisions.nearest(value)]
    yield finding("place_unresolved", "birth_place", value=value, proposals=proposals)


def _address(field: str, address: str) -> Iterator[Finding]:
    near = divisions.nearest_prefix(address)
    if near:
        begins, today = near
        proposals = [Proposal(field, today + address.removeprefix(begins))]
        yield finding("address_nearly_known", field, value=begins, today=today, proposals=proposals)
