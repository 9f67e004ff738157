"""Rules 22–24: the three names. Pure."""

from collections.abc import Iterator

from reviewapp.facts.frequencies import NO_CODE_POINT, levels
from reviewapp.facts.lookalikes import are_alike
from reviewapp.facts.names import DOT, given_of, surname_of
from reviewapp.facts.scripts import HAN, LATIN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import ADDRESSES, NAMES, ORGANISATIONS
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with each name's form (22), the child's characters (23) and its surname (24).

    Marked characters without a code point are told of wherever they may stand.
    """
    yield from _form(facts, "neonatal_name")
    for parent in facts.provided:
        yield from _form(facts, parent.field("name"))
    yield from _standard(facts["neonatal_name"])
    yield from _surname(facts)
    for field in (*NAMES, *ADDRESSES, *ORGANISATIONS):
        if NO_CODE_POINT in facts[field]:
            yield finding("no_code_point", field, value=facts[field])


def _form(facts: Facts, field: str) -> Iterator[Finding]:
    name = facts[field]
    letters = name.replace(DOT, "")
    known = letters.replace(NO_CODE_POINT, "")
    if not name:
        yield finding("name_empty", field)
    elif LATIN.search(name):
        if not any(parent.is_foreign for parent in facts.parents):
            yield finding("name_latin", field, value=name)
    elif len(letters) < 2 or (known and not HAN.fullmatch(known)):
        plain = "".join(HAN.findall(name)) if known == letters else ""
        proposals = [Proposal(field, plain)] if len(plain) >= 2 and plain != letters else []
        yield finding("name_form", field, value=name, proposals=proposals)


def _standard(name: str) -> Iterator[Finding]:
    """Look for characters outside the 8105 in the child's given name; surnames may have any."""
    given = "".join(HAN.findall(name)) if DOT in name else given_of(name)
    outside = "".join(
        dict.fromkeys(char for char in given if HAN.fullmatch(char) and char not in levels())
    )
    if outside:
        yield finding("name_outside_standard", "neonatal_name", characters=outside)


def _surname(facts: Facts) -> Iterator[Finding]:
    """Compare the child's surname with its parents'; names of another order, with · or Latin, have none."""
    child = facts["neonatal_name"]
    parents = {
        p.field("name"): p.name for p in facts.provided if HAN.match(p.name) and DOT not in p.name
    }
    if (
        not parents
        or not HAN.match(child)
        or DOT in child
        or any(_has_no_surname(p.name) for p in facts.provided)
    ):
        return
    if any(child.startswith(surname_of(name)) for name in parents.values()):
        return
    proposals = _same_surnames(child, parents)
    yield finding(
        "surname_of_neither",
        "neonatal_name",
        *parents,
        surname=surname_of(child),
        proposals=proposals,
    )


def _has_no_surname(name: str) -> bool:
    """Return whether a name does not begin with a surname that can be compared: with · or what has no code point."""
    return DOT in name or name.startswith(NO_CODE_POINT)


def _same_surnames(child: str, parents: dict[str, str]) -> Iterator[Proposal]:
    """Propose to give one of two look-alike surnames to both."""
    for field, name in parents.items():
        ours, theirs = surname_of(child), surname_of(name)
        if len(ours) == len(theirs) and all(
            a == b or are_alike(a, b) for a, b in zip(ours, theirs, strict=True)
        ):
            yield Proposal("neonatal_name", theirs + given_of(child))
            yield Proposal(field, ours + given_of(name))
