"""Rules 1–3 and 27: the certificate's number by itself, against its date and against the place.

Pure.
"""

import re
from collections.abc import Iterator
from string import ascii_uppercase

from reviewapp.facts import divisions
from reviewapp.facts.certificates import (
    CORPS,
    MOST_YEARS_IN_STOCK,
    NUMBER,
    PROVINCES,
    is_paper_of,
    printed_in,
)
from reviewapp.facts.digits import IN_NUMBER, LETTERS_FOR_DIGIT
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the number: its form (1), province (2), year (3), and place (27)."""
    value = facts["certificate_number"]
    form = facts.number_form
    if not re.fullmatch(form.pattern, value, re.ASCII):
        code = "number_form" if form.is_known or not value else "number_form_new"
        yield finding(code, "certificate_number", value=value, proposals=_plain_forms(facts, value))
    elif facts.number:
        yield from _province(facts)
        yield from _year(facts)


def _plain_forms(facts: Facts, value: str) -> Iterator[Proposal]:
    """Propose a letter and nine digits for a number of which one was read as the other.

    1. Digits for letters, behind the first place. 2. A letter for the digit in the first place, or
    in front where only nine digits are there: those of the year of issue come first.
    """
    is_letter_lost = len(value) == 9 and value.isdigit()
    first, behind = ("", value) if is_letter_lost else (value[:1], value[1:])
    digits = behind.translate(IN_NUMBER)
    letters = [first] if first.isalpha() else _letters_for(facts, first)
    for letter in letters:
        plain_form = letter + digits
        if NUMBER.fullmatch(plain_form):
            yield Proposal("certificate_number", plain_form)


def _letters_for(facts: Facts, digit: str) -> list[str]:
    """Return the letters that were misread as a digit, or that "" may stand for, best first."""
    issued = facts.issued_on.year if facts.issued_on else None
    if digit in LETTERS_FOR_DIGIT:
        letters = list(LETTERS_FOR_DIGIT[digit])
    elif issued is not None:
        letters = [letter for letter in ascii_uppercase if printed_in(letter) == issued]
    else:
        letters = []
    if issued is None:
        return letters
    # Stock of the year before is commoner than of the year after.
    return sorted(letters, key=lambda letter: abs(issued - 0.25 - printed_in(letter)))


def _province(facts: Facts) -> Iterator[Finding]:
    province = facts.number[1:3]
    field = "certificate_number"
    if province == CORPS:
        yield finding("number_corps", field)
    elif province not in PROVINCES:
        proposals = _with_birth_province(facts)
        yield finding("number_province", field, province=province, proposals=proposals)
        return
    birth_province = facts.birth_province
    if birth_province and not is_paper_of(province, birth_province):
        yield finding(
            "number_elsewhere",
            field,
            "birth_place",
            province=divisions.full_name(f"{province}0000"),
            other_province=divisions.full_name(f"{birth_province}0000"),
            proposals=_with_birth_province(facts),
        )


def _with_birth_province(facts: Facts) -> Iterator[Proposal]:
    if facts.birth_province in PROVINCES:
        letter, serial = facts.number[0], facts.number[3:]
        yield Proposal("certificate_number", letter + facts.birth_province + serial)


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
