"""Rules 26, 28 and 35: the institution of the birth and the issuing authority. Pure."""

from collections.abc import Iterator

from reviewapp.facts import divisions
from reviewapp.facts.distance import distance
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

FIELDS = ("medical_institutions", "issue_authority")


def check(facts: Facts) -> Iterator[Finding]:
    """Yield an institution elsewhere (26), an authority that differs (28), and names nearly known (35)."""
    yield from _elsewhere(facts)
    yield from _authority(facts["medical_institutions"], facts["issue_authority"])
    for field in FIELDS:
        yield from _nearly_known(facts, field)


def _elsewhere(facts: Facts) -> Iterator[Finding]:
    born_in, name = facts.birth_place, facts["medical_institutions"]
    place = divisions.resolve_anywhere(name, born_in.code[:2]) if born_in and name else None
    if place is None or born_in is None or born_in.level < 3:
        return
    if not born_in.code.startswith(place.code[: 2 * place.level]):
        fields = ("medical_institutions", "birth_place")
        yield finding(
            "institution_elsewhere", *fields, value=name, place=divisions.full_name(place.code)
        )


def _authority(institution: str, authority: str) -> Iterator[Finding]:
    """Compare both names: most often they are one, and then a difference of a character or two is a misreading."""
    if not institution or not authority or institution == authority:
        return
    fields = ("issue_authority", "medical_institutions")
    edits = _edits(institution, authority)
    if (
        edits <= 2
        and min(len(institution), len(authority)) >= 5
        and not _number_differs(institution, authority)
    ):
        proposals = (Proposal(fields[0], institution), Proposal(fields[1], authority))
        yield finding("authority_nearly_same", *fields, count=edits, proposals=proposals)
    else:
        yield finding("authority_differs", *fields)


def _edits(one: str, other: str) -> int:
    if abs(len(one) - len(other)) > 2:
        return 3
    return round(distance(one, other, alike_cost=1))


def _number_differs(one: str, other: str) -> bool:
    """Return whether the names differ by what tells institutions apart: 第一 and 第二."""
    return any((numeral in one) != (numeral in other) for numeral in "一二三四五六七八九十")


def _nearly_known(facts: Facts, field: str) -> Iterator[Finding]:
    """Compare a name with the known ones; one that is known needs no look."""
    name = facts[field]
    if not name or name in facts.organisations:
        return
    place = _confirmed_place(facts, name)
    same_place = (known for known in facts.organisations if known.startswith(place))
    near = [(distance(name, known), known) for known in same_place if _edits(name, known) <= 2]
    near = sorted(pair for pair in near if not _number_differs(name, pair[1]))[:3]
    if near:
        proposals = [Proposal(field, known) for _cost, known in near]
        yield finding(
            "organisation_nearly_known", field, value=name, known=near[0][1], proposals=proposals
        )


def _confirmed_place(facts: Facts, name: str) -> str:
    """Return the place that a name begins with if the child was born there, else "".

    Then it was read rightly, and the hospital of another county, two characters away, is another
    hospital.
    """
    born_in = facts.birth_place
    place = divisions.resolve_anywhere(name, born_in.code[:2]) if born_in else None
    if (
        place is None
        or born_in is None
        or not born_in.code.startswith(place.code[: 2 * place.level])
    ):
        return ""
    return name.removesuffix(place.rest)
