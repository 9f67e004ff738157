"""Rules 25 and 34: the place of birth and the addresses against the table of divisions. Pure."""

from collections.abc import Iterable, Iterator

from reviewapp.facts import divisions, gazetteer
from reviewapp.facts.divisions import Place
from reviewapp.facts.gazetteer import FIRST_YEAR, TODAY, Division
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a place of birth that is none (25), and addresses that nearly begin with one (34)."""
    if facts["birth_place"]:
        yield from _birth_place(facts)
    for parent in facts.provided:
        has_county = parent.home is not None and parent.home.level == 3
        if parent.address and not has_county:
            yield from _address(facts, parent.field("address"), parent.address)


def _birth_place(facts: Facts) -> Iterator[Finding]:
    """Look for a place that is none, or was none when the child was born.

    1. A whole place of those years; unit words may be left out, for the form prints them behind its
    slots. 2. One of another time. 3. None at all.
    """
    place = facts.birth_place
    if place and place.is_whole:
        yield from _of_those_years(facts, place.division)
        return
    value = facts["birth_place"]
    of_another_time = _at_another_time(value, facts)
    if of_another_time:
        yield _not_then(facts, of_another_time.division)
        return
    proposals = [Proposal("birth_place", name) for name in divisions.nearest(value, facts.years[0])]
    yield finding("place_unresolved", "birth_place", value=value, proposals=proposals)


def _of_those_years(facts: Facts, division: Division) -> Iterator[Finding]:
    """Yield what a place is called today where that is not what it was.

    A name that had been given up before the birth is proposed to be replaced.
    """
    if division.until == TODAY:
        return
    today = gazetteer.successors(division)
    if not today:
        return
    names = list(dict.fromkeys(successor.full_name for successor in today))
    proposals = []
    if not division.is_of(facts.years[0]):
        proposals = [Proposal("birth_place", name) for name in names]
    yield finding("place_unit_differs", "birth_place", today="、".join(names), proposals=proposals)


def _at_another_time(value: str, facts: Facts) -> Place | None:
    """Return the whole place that a text names today, or named last before the child was born.

    A misread year of birth may lie millennia ahead, where nothing is known that today is not.
    """
    last = min(facts.years[0], gazetteer.last_year())
    for year in (TODAY, *range(last, FIRST_YEAR - 1, -1)):
        place = divisions.resolve(value, year)
        if place and place.is_whole:
            return place
    return None


def _not_then(facts: Facts, division: Division) -> Finding:
    """Return the finding on a place that was none in the year of birth, with what was there."""
    born = facts.years[0]
    if division.since > born:
        code, year = "place_not_yet", division.since
    else:
        code, year = "place_no_more", division.until
    proposals = [Proposal("birth_place", name) for name in _names_then(division, born)]
    return finding(code, "birth_place", year=year, born=born, proposals=proposals)


def _names_then(division: Division, year: int) -> Iterable[str]:
    """Return what lay in a year where a division lies today, or lay long before."""
    codes = [division.code, *gazetteer.predecessors(division.code)]
    then = [gazetteer.county_in(code, year) for code in codes]
    of_today = [gazetteer.county_in(code, year) for code in gazetteer.codes_of_place(division.code)]
    names = [county.full_name for county in (*then, *of_today) if county is not None]
    return dict.fromkeys(name for name in names if name != division.full_name)


def _address(facts: Facts, field: str, address: str) -> Iterator[Finding]:
    """Look for a place that an address nearly begins with.

    It may leave out the province of birth, but hardly another one: what begins with a place of
    another province is whole.
    """
    year = facts.years[0]
    province = facts.province_of_birth
    is_elsewhere = divisions.begins_outside(address, province)
    for left_out in ("",) if is_elsewhere or not province else ("", province):
        nearest = divisions.nearest_prefix(left_out + address, year)
        if nearest is None or not all(text.startswith(left_out) for text in nearest):
            continue
        beginning, today = (text.removeprefix(left_out) for text in nearest)
        proposal = Proposal(field, today + address.removeprefix(beginning))
        yield finding(
            "address_nearly_known", field, value=beginning, today=today, proposals=[proposal]
        )
        return
