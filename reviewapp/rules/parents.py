"""Rules 8, 18, 19, 21, 29 and 39: the sex of the child, and the parents as persons. Pure."""

from collections.abc import Iterator

from reviewapp.facts import vocabulary
from reviewapp.facts.ranges import UNREMARKABLE_AGES
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts, Parent

_SEXES = {
    "女": "女",
    "男": "男",
    "F": "女",
    "M": "男",
    "女性": "女",
    "男性": "男",
    "Male": "男",
    "Female": "女",
}


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with sex (8), ages (18), ethnic groups (21) and the pair (19, 29)."""
    yield from _sex(facts["sex"])
    yield from _not_provided(facts)
    for parent in facts.provided:
        yield from _slashes(parent)
        yield from _age(parent)
        yield from _ethnicity(parent)
    yield from _pair(facts)


def _sex(value: str) -> Iterator[Finding]:
    if value in {"男", "女"}:
        return
    proposals = [Proposal("sex", sex) for sex in _sexes_meant(value)]
    yield finding("sex_unknown", "sex", value=value, proposals=proposals)


def _sexes_meant(value: str) -> list[str]:
    """Return 男, 女 or both: what a value is a word for, looks like, or has in it."""
    if not value:
        return []
    if value in _SEXES:
        return [_SEXES[value]]
    looks_like = vocabulary.nearest(value, ("男", "女"))
    return looks_like or [char for char in value if char in "男女"]


def _not_provided(facts: Facts) -> Iterator[Finding]:
    for parent in facts.parents:
        if not parent.is_provided:
            yield finding(f"{parent.who}_not_provided", parent.field("name"))


def _slashes(parent: Parent) -> Iterator[Finding]:
    """Yield slashes in a parent's row beside values (39); a foreigner has none for ethnic group."""
    slashed = [part for part in parent.slashed if not (part == "ethnicity" and parent.is_foreign)]
    if slashed:
        yield finding("slashes_and_values", *(parent.field(part) for part in slashed))


def _age(parent: Parent) -> Iterator[Finding]:
    field = parent.field("age")
    if not parent.age_text:
        return
    if parent.age is None:
        yield finding("age_unreadable", field, value=parent.age_text)
    elif parent.age not in UNREMARKABLE_AGES[parent.who]:
        yield finding("parent_age_unusual", field, age=parent.age)
    elif parent.who == "mother" and parent.age < 20:
        yield finding("mother_young", field)


def _ethnicity(parent: Parent) -> Iterator[Finding]:
    ethnicity = parent.ethnicity
    field = parent.field("ethnicity")
    if not ethnicity or ethnicity in vocabulary.ETHNIC_OTHERS:
        return
    if vocabulary.ethnic_code(ethnicity):
        return
    proposals = [Proposal(field, group) for group in vocabulary.nearest_ethnic_groups(ethnicity)]
    yield finding("ethnicity_unknown", field, value=ethnicity, proposals=proposals)


def _pair(facts: Facts) -> Iterator[Finding]:
    mother, father = facts.parents
    if mother.number and mother.number == father.number:
        yield finding("parents_same_number", "mother_id_card_number", "father_id_card_number")
    if mother.name and mother.name == father.name:
        yield finding("parents_same_name", "mother_name", "father_name")
