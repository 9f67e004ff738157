"""Rules 1–3 and 27: the certificate's number by itself, against its date and against the place.

Pure.
"""

from collections.abc import Iterator

from reviewapp.facts import divisions
from reviewapp.facts.certificates import MOST_YEARS_IN_STOCK, NUMBER, printed_in
from reviewapp.facts.digits import IN_NUMBER, LETTER_FOR_DIGIT
from reviewapp.rules.base import Finding, Proposal, found
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the number: its form (1), province (2), year (3), and place (27)."""
    value = facts["certificate_number"]
    if not facts.number:
        yield found("number_form", "certificate_number", value=value, proposals=_plain_forms(value))
        return
    yield from _province(facts)
    yield from _year(facts)


def _plain_forms(value: str) -> Iterator[Proposal]:
    letter = value[:1].translate(LETTER_FOR_DIGIT)
    digits = value[1:].translate(IN_NUMBER)
    if NUMBER.fullmatch(letter + digits):
        yield Proposal("certificate_number", letter + digits)


def _province(facts: Facts) -> Iterator[Finding]:
    province = facts.number[1:3]
    if not divisions.is_province(province):
        yield found(
            "number_province",
            "certificate_number",
            province=province,
            proposals=_with_birth_province(facts),
        )
    elif facts.birth_place and facts.birth_place.code[:2] != province:
        yield found(
            "number_elsewhere",
            "certificate_number",
            "birth_place",
            province=divisions.full_name(f"{province}0000"),
            other_province=divisions.full_name(f"{facts.birth_place.code[:2]}0000"),
            proposals=_with_birth_province(facts),
        )


def _with_birth_province(facts: Facts) -> Iterator[Proposal]:
    if facts.birth_place:
        number = facts.number[0] + facts.birth_place.code[:2] + facts.number[3:]
        yield Proposal("certificate_number", number)


def _year(facts: Facts) -> Iterator[Finding]:
    """Compare the letter's year (A 2000 … Z 2025) with the year of issue; stock of the year beside it is used too."""
    if facts.issued_on is None:
        return
    year, issued = printed_in(facts.number[0]), facts.issued_on.year
    # Later letters are not known, so Z may go on after 2025.
    if abs(year - issued) > MOST_YEARS_IN_STOCK and not (facts.number[0] == "Z" and issued > 2025):
        yield found(
            "number_year",
            "certificate_number",
            "issue_date",
            letter=facts.number[0],
            year=year,
            issued=issued,
        )
