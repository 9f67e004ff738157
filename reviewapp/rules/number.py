"""Rules 1–3 and 27: the certificate's number by itself, against its date and against the place.

Pure.
"""

from collections.abc import Iterator

from reviewapp.facts import divisions
from reviewapp.facts.certificates import MOST_YEARS_IN_STOCK, NUMBER, printed_in
from reviewapp.facts.digits import IN_NUMBER, LETTER_FOR_DIGIT
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the number: its form (1), province (2), year (3), and place (27)."""
    value = facts["certificate_number"]
    if not facts.number:
        yield finding(
            "number_form", "certificate_number", value=value, proposals=_plain_forms(value)
        )
        return
    yield from _province(facts)
    yield from _year(facts)


def _plain_forms(value: str) -> Iterator[Proposal]:
    letter = value[:1].translate(LETTER_FOR_DIGIT)
    digits = value[1:].translate(IN_NUMBER)
    plain = letter + digits
    if NUMBER.fullmatch(plain):
        yield Proposal("certificate_number", plain)


def _province(facts: Facts) -> Iterator[Finding]:
    province = facts.number[1:3]
    if not divisions.is_province(province):
        yield finding(
            "number_province",
            "certificate_number",
            province=province,
            proposals=_with_birth_province(facts),
        )
        return
    birth_province = facts.birth_place.code[:2] if facts.birth_place else province
    if birth_province != province:
        yield finding(
            "number_elsewhere",
            "certificate_number",
            "birth_place",
            province=divisions.full_name(f"{province}0000"),
            other_province=divisions.full_name(f"{birth_province}0000"),
            proposals=_with_birth_province(facts),
        )


def _with_birth_province(facts: Facts) -> Iterator[Proposal]:
    if facts.birth_place is None:
        return
    letter, serial = facts.number[0], facts.number[3:]
    birth_province = facts.birth_place.code[:2]
    yield Proposal("certificate_number", letter + birth_province + serial)


def _year(facts: Facts) -> Iterator[Finding]:
    """Compare the letter's year (A 2000 … Z 2025) with the year of issue.

    Stock of the year beside it is used too.
    """
    if facts.issued_on is None:
        return
    letter = facts.number[0]
    year = printed_in(letter)
    issued = facts.issued_on.year
    # Later letters are not known, so Z may go on after 2025.
    is_after_alphabet = letter == "Z" and issued > 2025
    if abs(year - issued) > MOST_YEARS_IN_STOCK and not is_after_alphabet:
        yield finding(
            "number_year",
            "certificate_number",
            "issue_date",
            letter=letter,
            year=year,
            issued=issued,
        )
