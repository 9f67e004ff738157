"""Rules 8, 18, 19, 21 and 29: the sex of the child, and the parents as persons. Pure."""

from collections.abc import Iterator

from reviewapp.facts import vocabulary
from reviewapp.facts.ranges import UNREMARKABLE_AGES
from reviewapp.rules.base import Finding, Proposal, found
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
    """Yield what is wrong with the child's sex (8) and with ages (18), people (21), and the pair (19, 29)."""
    yield from _sex(facts["sex"])
    yield from _not_provided(facts)
    for parent in facts.provided:
        yield from _age(parent)
        yield from _ethnicity(parent)
    yield from _pair(facts)


def _sex(value: str) -> Iterator[Finding]:
    if value in {"男", "女"}:
        return
    sure = next((sex for char, sex in _SEXES.items() if value == char), "")
    near = [sure] if sure else vocabulary.nearest(value, ("男", "女")) if value else []
    near = near or [char for char in value if char in "男女"]
    yield found("sex_unknown", "sex", value=value, proposals=[Proposal("sex", sex) for sex in near])


def _not_provided(facts: Facts) -> Iterator[Finding]:
    for parent in facts.parents:
        if not parent.is_provided:
            yield found(f"{parent.who}_not_provided", parent.field("name"))


def _age(parent: Parent) -> Iterator[Finding]:
    field = parent.field("age")
    if not parent.age_text:
        return
    if parent.age is None:
        yield found("age_unreadable", field, value=parent.age_text)
    elif parent.age not in UNREMARKABLE_AGES[parent.who]:
        yield found("parent_age_unusual", field, age=parent.age)
    elif parent.who == "mother" and parent.age < 20:
        yield found("mother_young", field)


def _ethnicity(parent: Parent) -> Iterator[Finding]:
    value, field = parent.ethnicity, parent.field("ethnicity")
    if not value or vocabulary.ethnic_code(value) or value in vocabulary.ETHNIC_OTHERS:
        return
    near = vocabulary.nearest_ethnic_groups(value)
    yield found(
        "ethnicity_unknown",
        field,
        value=value,
        proposals=[Proposal(field, group) for group in near],
    )


def _pair(facts: Facts) -> Iterator[Finding]:
    mother, father = facts.parents
    if mother.number and mother.number == father.number:
        yield found(
            "parents_same_number", mother.field("id_card_number"), father.field("id_card_number")
        )
    if mother.name and mother.name == father.name:
        yield found("parents_same_name", mother.field("name"), father.field("name"))
