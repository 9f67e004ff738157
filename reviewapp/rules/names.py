"""Rules 22–24 and 38: the three names. Pure."""

import re
from collections.abc import Iterator, Mapping

from reviewapp.certificate.fields import FIELDS
from reviewapp.facts import vocabulary
from reviewapp.facts.characters import PRIVATE_USE, has_private_use
from reviewapp.facts.frequencies import NO_CODE_POINT, levels
from reviewapp.facts.lookalikes import are_alike
from reviewapp.facts.marks import LONE_MARKS
from reviewapp.facts.names import DOT, given_of, surname_of
from reviewapp.facts.scripts import BASIC_HAN, HAN, LATIN
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.catalogue import ADDRESSES, NAMES, ORGANISATIONS
from reviewapp.rules.facts import Facts, Parent

# Between two Chinese characters.
_LONE_MARK = re.compile(f"(?<=[{BASIC_HAN}])[{LONE_MARKS}](?=[{BASIC_HAN}])")


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the names: form (22), the child's characters (23), surname (24).

    Marked characters without a code point are told of wherever they may stand.
    """
    yield from _form(facts, "neonatal_name")
    for parent in facts.provided:
        yield from _form(facts, parent.field("name"))
    yield from _standard(facts["neonatal_name"])
    yield from _surname(facts)
    yield from _patronym(facts)
    yield from _private_use(facts)
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
    """Propose a name without what is not Chinese, unless a character in it has no code point.

    One mark may also be the dot between two parts.
    """
    with_dot = _LONE_MARK.sub(DOT, name)
    if with_dot != name and _is_chinese_name(with_dot):
        yield Proposal(field, with_dot)
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

    1. Names of another order, those of peoples without surnames, and those whose surname has no
    code point, cannot be compared. 2. A parent's name in Latin letters has no surname. 3. The child
    has one of the surnames, or none.
    """
    child = facts["neonatal_name"]
    if DOT in child or not HAN.match(child):
        return
    if any(_is_incomparable(parent) for parent in facts.provided):
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


def _is_incomparable(parent: Parent) -> bool:
    if vocabulary.has_no_surnames(parent.ethnicity):
        return True
    return DOT in parent.name or parent.name.startswith(NO_CODE_POINT)


def _patronym(facts: Facts) -> Iterator[Finding]:
    """Compare what stands behind the dot of the child's name with the father's own name.

    So it is where names have no surnames: a son of 艾山·库尔班 is 买买提·艾山.
    """
    _own, dot, behind = facts["neonatal_name"].partition(DOT)
    father = facts["father_name"]
    fathers_own, _dot, _behind = father.partition(DOT)
    if not dot or not HAN.match(behind) or not HAN.match(fathers_own):
        return
    if behind.partition(DOT)[0] != fathers_own:
        yield finding("patronym_differs", "neonatal_name", "father_name", patronym=behind)


def _private_use(facts: Facts) -> Iterator[Finding]:
    """Yield private-use characters, which each computer shows as another one (38).

    Where the standard has one in their place it is proposed.
    """
    for spec in FIELDS:
        raw = facts.raw.get(spec.name) or ""
        if not has_private_use(raw):
            continue
        code = "private_use" if spec.name in NAMES else "private_use_elsewhere"
        value = facts[spec.name]
        proposals = [] if has_private_use(value) else [Proposal(spec.name, value)]
        points = " ".join(f"U+{ord(char):04X}" for char in PRIVATE_USE.findall(raw))
        yield finding(code, spec.name, points=points, proposals=proposals)


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
