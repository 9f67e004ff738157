"""Rule 20: which document a parent's number is of, and whether it goes with the nationality.

Pure.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from reviewapp.facts import vocabulary
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts, Parent

_RESIDENT_LIKE = re.compile(r"[0-9OQDILZSBXKY×/|]{12,20}")
_PERMIT = re.compile(r"[HM]\d{8}(\d\d)?|\d{8}|\d{10}(\([A-Z0-9]\))?|[HM]?\d{7,11}", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)


class Document(StrEnum):
    """The documents of rule 20."""

    RESIDENT = "resident"
    RESIDENCE_CARD = "residence_card"
    PERMIT = "permit"
    PASSPORT = "passport"
    OTHER = "other"


def kind_of(parent: Parent) -> Document:
    """Return the kind of a parent's number, from its form and the nationality.

    Whatever a Chinese citizen has that is nearly 18 digits long is a resident number, perhaps
    misread.
    """
    number = parent.number
    if parent.is_foreign and _PASSPORT.fullmatch(number):
        return Document.PASSPORT
    if _RESIDENT_LIKE.fullmatch(number) and sum(char.isdigit() for char in number) >= 10:
        return (
            Document.RESIDENCE_CARD
            if number.startswith("9") and parent.is_foreign
            else Document.RESIDENT
        )
    if _PERMIT.fullmatch(number) and not parent.is_foreign:
        return Document.PERMIT
    return Document.PASSPORT if _PASSPORT.fullmatch(number) else Document.OTHER


def check(facts: Facts) -> Iterator[Finding]:
    """Yield numbers that do not go with the nationality, and nationalities that do not exist."""
    for parent in facts.provided:
        yield from _nationality(parent)
        if parent.number and not _goes_together(parent):
            fields = (parent.field("id_card_number"), parent.field("nationality"))
            yield finding("id_kind", *fields, value=parent.number, nationality=parent.nationality)


def _nationality(parent: Parent) -> Iterator[Finding]:
    value, field = parent.nationality, parent.field("nationality")
    if value and not vocabulary.country_code(value) and not value.startswith("中国"):
        near = vocabulary.nearest(value, vocabulary.countries())
        yield finding(
            "nationality_unknown",
            field,
            value=value,
            proposals=[Proposal(field, word) for word in near],
        )


def _goes_together(parent: Parent) -> bool:
    kind, is_compatriot_number = kind_of(parent), parent.number[:2] in {"81", "82", "83"}
    if parent.is_foreign:
        return kind in {Document.PASSPORT, Document.RESIDENCE_CARD}
    if parent.is_compatriot:
        return kind == Document.PERMIT or (kind == Document.RESIDENT and is_compatriot_number)
    return kind == Document.RESIDENT or (kind == Document.PERMIT and parent.number[0] in "HM")
