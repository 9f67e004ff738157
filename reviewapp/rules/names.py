"""Rules 22–24: the three names. Pure."""

from collections.abc import Iterator, Mapping

from reviewapp.facts.frequencies import NO_CODE_POINT, levels
from reviewapp.facts.lookalikes import are_alike
from reviewapp.facts.names import DOT, given_of, surname_of
from reviewapp.facts.scripts import HAN, LATIN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import ADDRESSES, NAMES, ORGANISATIONS
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the names: form (22), the child's characters (23), surname (24).

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
    if not name:
        yield finding("name_empty", field)
    elif LATIN.search(name):
        if not any(parent.is_foreign for parent in facts.parents):
            yield finding("name_latin", field, value=name)
    elif not _is_chinese_name(name):
        yield finding("name_form", field, value=name, proposals=_only_chinese(field, name))


def _is_chinese_name(name: str) -> bool:
    characters = name.replace(DOT, "")
    with_code_points = characters.replace(NO_CODE_POINT, "")
    if len(characters) < 2:
        return False
    return not with_code_points or HAN.fullmatch(with_code_points) is not None


def _only_chinese(field: str, name: str) -> Iterator[Proposal]:
    """Propose a name without what is not Chinese, unless a character in it has no code point."""
    plain = "".join(HAN.findall(name))
    is_shorter = plain != name.replace(DOT, "")
    if NO_CODE_POINT not in name and len(plain) >= 2 and is_shorter:
        yield Proposal(field, plain)


def _standard(name: str) -> Iterator[Finding]:
    """Look for characters outside the 8105 in the child's given name; surnames may have any."""
    given = name if DOT in name else given_of(name)
    outside = [char for char in given if HAN.fullmatch(char) and char not in levels()]
    if outside:
        characters = "".join(dict.fromkeys(outside))
        yield finding("name_outside_standard", "neonatal_name", characters=characters)


def _surname(facts: Facts) -> Iterator[Finding]:
    """Compare the child's surname with its parents'.

    1. Names of another order, and those whose surname has no code point, cannot be compared. 2. A
    parent's name in Latin letters has no surname. 3. The child has one of the surnames, or none.
    """
    child = facts["neonatal_name"]
    if DOT in child or not HAN.match(child):
        return
    if any(_is_incomparable(parent.name) for parent in facts.provided):
        return

    names = {
        parent.field("name"): parent.name for parent in facts.provided if HAN.match(parent.name)
    }

    if not names or any(child.startswith(surname_of(name)) for name in names.values()):
        return
    yield finding(
        "surname_of_neither",
        "neonatal_name",
        *names,
        surname=surname_of(child),
        proposals=_same_surnames(child, names),
    )


def _is_incomparable(name: str) -> bool:
    return DOT in name or name.startswith(NO_CODE_POINT)


def _same_surnames(child: str, names: Mapping[str, str]) -> Iterator[Proposal]:
    """Propose to give one of two look-alike surnames to both; `names` are the parents' by field."""
    childs_surname = surname_of(child)
    for field, name in names.items():
        surname = surname_of(name)
        if _look_alike(childs_surname, surname):
            yield Proposal("neonatal_name", surname + given_of(child))
            yield Proposal(field, childs_surname + given_of(name))


def _look_alike(first: str, second: str) -> bool:
    if len(first) != len(second):
        return False
    pairs = zip(first, second, strict=True)
    return all(left == right or are_alike(left, right) for left, right in pairs)
