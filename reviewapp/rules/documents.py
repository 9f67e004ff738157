"""Rule 20: which document a parent's number is of, and whether it goes with the nationality.

Pure.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from reviewapp.facts import residence_cards, vocabulary
from reviewapp.facts.resident_areas import PERMANENT_RESIDENCE
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts, Parent

_RESIDENT_LIKE = re.compile(r"[0-9OQDILZSBXKY×/|]{12,20}")
# Of Hong Kong and Macau residents, and of Taiwan's, which is digits alone.
_PERMIT = re.compile(r"[HM]?(\d{8}|\d{10})", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)
# A number with fewer has so many letters that it is no misread resident number.
_FEWEST_DIGITS = 10
# How resident numbers of people from Hong Kong, Macau and Taiwan begin.
_COMPATRIOT_PROVINCES = ("81", "82", "83")


class Document(StrEnum):
    """What a parent's number may be the number of (rule 20)."""

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
    is_passport = _PASSPORT.fullmatch(number) is not None
    if parent.is_foreign and residence_cards.parse(number):
        return Document.RESIDENCE_CARD
    if parent.is_foreign and is_passport:
        return Document.PASSPORT
    if _is_resident_like(number):
        is_residence_card = parent.is_foreign and number.startswith(PERMANENT_RESIDENCE)
        return Document.RESIDENCE_CARD if is_residence_card else Document.RESIDENT
    if _PERMIT.fullmatch(number) and not parent.is_foreign:
        return Document.PERMIT
    return Document.PASSPORT if is_passport else Document.OTHER


def _is_resident_like(number: str) -> bool:
    digits = sum(char.isdigit() for char in number)
    return _RESIDENT_LIKE.fullmatch(number) is not None and digits >= _FEWEST_DIGITS


def check(facts: Facts) -> Iterator[Finding]:
    """Yield numbers that do not go with the nationality, and nationalities that do not exist."""
    for parent in facts.provided:
        yield from _nationality(parent)
        if parent.number and not _goes_together(parent):
            yield finding(
                "id_kind",
                parent.field("id_card_number"),
                parent.field("nationality"),
                value=parent.number,
                nationality=parent.nationality,
            )
        if parent.is_foreign:
            yield from _residence_card(parent)


def _residence_card(parent: Parent) -> Iterator[Finding]:
    """Yield what is wrong with a permanent residence card's number.

    1. The nationality in it, named by its characters where no country has them. 2. The last digit
    and the sex of one of fifteen characters; rules 13 to 16 look at one of eighteen.
    """
    card = residence_cards.parse(parent.number)
    if card is None:
        return
    fields = (parent.field("id_card_number"), parent.field("nationality"))
    if card.country_code != vocabulary.country_code(parent.nationality):
        country = vocabulary.country_name(card.country_code or card.nationality)
        yield finding("card_nationality", *fields, country=country, nationality=parent.nationality)
    if not card.is_older:
        return
    if not card.has_right_check:
        expected = residence_cards.check_digit(parent.number[:14])
        yield finding("card_check", fields[0], expected=expected)
    elif card.is_male != (parent.who == "father"):
        yield finding("card_sex", fields[0], digit=parent.number[13])


def _nationality(parent: Parent) -> Iterator[Finding]:
    nationality = parent.nationality
    field = parent.field("nationality")
    if not nationality or nationality.startswith("中国"):
        return
    if vocabulary.country_code(nationality):
        return
    countries = vocabulary.nearest(nationality, vocabulary.countries())
    proposals = [Proposal(field, country) for country in countries]
    yield finding("nationality_unknown", field, value=nationality, proposals=proposals)


def _goes_together(parent: Parent) -> bool:
    kind = kind_of(parent)
    if parent.is_foreign:
        return kind in {Document.PASSPORT, Document.RESIDENCE_CARD}
    if kind == Document.PERMIT:
        return parent.is_compatriot or parent.number.startswith(("H", "M"))
    if kind == Document.RESIDENT:
        return not parent.is_compatriot or parent.number.startswith(_COMPATRIOT_PROVINCES)
    return False
