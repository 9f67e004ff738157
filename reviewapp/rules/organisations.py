"""Rules 26, 28 and 35: the institution of the birth and the issuing authority. Pure."""

from collections.abc import Iterable, Iterator

from reviewapp.facts import divisions
from reviewapp.facts.distance import distance
from reviewapp.facts.divisions import Place
from reviewapp.facts.gazetteer import TODAY, codes_of_place, in_year
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import ORGANISATIONS
from reviewapp.rules.facts import Facts

# Characters that two readings of one name differ by at most.
MOST_EDITS = 2
# In a shorter name two characters are too much of it.
SHORTEST_NAME = 5
PROPOSALS = 3


def check(facts: Facts) -> Iterator[Finding]:
    """Yield an institution elsewhere (26), a differing authority (28), nearly known names (35)."""
    yield from _elsewhere(facts)
    yield from _authority(facts["medical_institutions"], facts["issue_authority"])
    for field in ORGANISATIONS:
        yield from _nearly_known(facts, field)


def _elsewhere(facts: Facts) -> Iterator[Finding]:
    name = facts["medical_institutions"]
    birth_place = facts.birth_place
    if not name or birth_place is None or birth_place.level < 3:
        return
    place = _place_of(facts, name, birth_place)
    if place is None or _lies_in(birth_place, place):
        return
    yield finding(
        "institution_elsewhere",
        "medical_institutions",
        "birth_place",
        value=name,
        place=place.division.full_name,
    )


def _place_of(facts: Facts, name: str, birth_place: Place) -> Place | None:
    """Return the place that an institution's name begins with.

    Institutions keep the names of their time: those of the birth and of today count.
    """
    years = dict.fromkeys((facts.years[0], TODAY))
    province = in_year(f"{birth_place.code[:2]}0000", facts.years[0])
    return divisions.resolve_anywhere(name, province, years) if province else None


def _lies_in(place: Place, wider: Place) -> bool:
    """Return whether a place lies in another, or is the same, under any of its codes.

    That is so if the names of the wider one's levels are those of the other, or its code begins
    like it, two digits a level, or if what became of both is the same.
    """
    names = wider.division.levels
    if place.division.levels[: len(names)] == names:
        return True
    if place.code.startswith(wider.code[: 2 * wider.level]):
        return True
    return not codes_of_place(place.code).isdisjoint(codes_of_place(wider.code))


def _authority(institution: str, authority: str) -> Iterator[Finding]:
    """Compare both names.

    Most often they are one, and then a difference of a character or two is a misreading.
    """
    if not institution or not authority or institution == authority:
        return
    fields = ("issue_authority", "medical_institutions")
    edits = _edits(institution, authority)
    is_long = min(len(institution), len(authority)) >= SHORTEST_NAME
    if is_long and edits <= MOST_EDITS and not _number_differs(institution, authority):
        proposals = (Proposal(fields[0], institution), Proposal(fields[1], authority))
        yield finding("authority_nearly_same", *fields, count=edits, proposals=proposals)
    else:
        yield finding("authority_differs", *fields)


def _edits(first: str, second: str) -> int:
    """Return how many characters differ; more than MOST_EDITS are not counted to the end."""
    if abs(len(first) - len(second)) > MOST_EDITS:
        return MOST_EDITS + 1
    return round(distance(first, second, alike_cost=1))


def _number_differs(first: str, second: str) -> bool:
    """Return whether the names differ by what tells institutions apart: 第一 and 第二."""
    return any((numeral in first) != (numeral in second) for numeral in "一二三四五六七八九十")


def _nearly_known(facts: Facts, field: str) -> Iterator[Finding]:
    """Compare a name with the known ones; one that is known needs no look."""
    name = facts[field]
    if not name or name in facts.organisations:
        return
    nearest = _nearest(name, facts.organisations, place=_confirmed_place(facts, name))
    if nearest:
        proposals = [Proposal(field, known) for known in nearest]
        yield finding(
            "organisation_nearly_known", field, value=name, known=nearest[0], proposals=proposals
        )


def _nearest(name: str, organisations: Iterable[str], *, place: str) -> list[str]:
    """Return the names in a place that a misread one may stand for, best first."""
    scored = []
    for known in organisations:
        if not known.startswith(place) or _edits(name, known) > MOST_EDITS:
            continue
        if not _number_differs(name, known):
            scored.append((distance(name, known), known))
    return [known for _cost, known in sorted(scored)[:PROPOSALS]]


def _confirmed_place(facts: Facts, name: str) -> str:
    """Return the place that a name begins with if the child was born there, else "".

    Then it was read rightly, and the hospital of another county, two characters away, is another
    hospital.
    """
    birth_place = facts.birth_place
    if birth_place is None:
        return ""
    place = _place_of(facts, name, birth_place)
    if place is None or not _lies_in(birth_place, place):
        return ""
    return name.removesuffix(place.rest)
