"""Resident numbers (GB 11643): what their 18 characters say, and what a misread one may have been.

Pure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from reviewapp.facts.digits import IN_RESIDENT_NUMBER
from reviewapp.facts.ranges import PROPOSED_AGES

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
CHECK = "10X98765432"
CHECK_VALUES = {**{str(digit): digit for digit in range(10)}, "X": 10}
LOOK_ALIKE_DIGITS = {
    "0": "689", "1": "74", "2": "7", "3": "859", "4": "17", "5": "638", "6": "0859", "7": "142", "8": "0369",
    "9": "0835", "X": "47",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A number of 17 digits and a digit or X; nothing else about it need be right."""

    text: str

    @property
    def area(self) -> str:
        return self.text[:6]

    @property
    def birth_digits(self) -> str:
        return self.text[6:14]

    @property
    def born_on(self) -> date | None:
        """Return the date of birth that digits 7–14 give, None when there is no such day."""
        digits = self.birth_digits
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None

    @property
    def is_male(self) -> bool:
        return int(self.text[16]) % 2 == 1

    @property
    def expected_check(self) -> str:
        return check_character(self.text[:17])

    @property
    def has_right_check(self) -> bool:
        return self.text[17] == self.expected_check


def parse(text: str) -> ResidentNumber | None:
    """Return the number when it is 17 ASCII digits and a digit or X, else None."""
    digits, last = text[:17], text[17:]
    has_digits = digits.isascii() and digits.isdigit()
    if len(text) != 18 or not has_digits or last not in CHECK:
        return None
    return ResidentNumber(text)


def check_character(first_17: str) -> str:
    """Return the 18th character for 17 digits: GB 11643, ISO 7064 MOD 11-2."""
    weighted = [int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=False)]
    return CHECK[sum(weighted) % 11]


def age_on(day: date, born: date) -> int:
    """Return full years of age on a day."""
    is_before_birthday = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - is_before_birthday


@dataclass(frozen=True, slots=True)
class Expected:
    """What else the record says about the person whose number it is.

    `areas` are six-digit codes or prefixes that other fields speak for, best first; `is_county`
    tells whether the number of a person born on a day may begin with a code.
    """

    is_male: bool
    child_born_on: date | None
    age: int | None
    areas: tuple[str, ...]
    is_county: Callable[[str, date], bool]


def candidates(text: str, expected: Expected, *, limit: int = 5) -> list[str]:
    """Return the numbers that a misread one may have been, best first.

    1. Letters are taken for the digits they look like. 2. Every number one look-alike digit away,
    or with one digit put in or taken out when the length is wrong. 3. Of these, the numbers whose
    checksum, date, age, sex and county are right. 4. Only when there are none: two look-alike
    digits. 5. The likeliest areas first.
    """
    plain = text.translate(IN_RESIDENT_NUMBER)
    plain = plain[:17].replace("X", "7") + plain[17:]
    if not plain[:-1].isdigit() or not 17 <= len(plain) <= 19:
        return []
    has_right_length = len(plain) == 18

    variants = list(_one_digit_off(plain) if has_right_length else _resized(plain))
    if has_right_length and plain != text:
        variants.insert(0, plain)

    right = [number for number in dict.fromkeys(variants) if fits(number, expected)]

    if not right and has_right_length:
        right = [number for number in _two_digits_off(plain) if fits(number, expected)]

    right.sort(key=lambda number: _rank(number, expected))
    return right[:limit]


def fits(text: str, expected: Expected) -> bool:
    """Return whether a number agrees with everything else that is known of its owner."""
    number = parse(text)
    if number is None or not number.has_right_check or number.is_male != expected.is_male:
        return False
    born = number.born_on
    if born is None or not expected.is_county(number.area, born):
        return False
    if expected.child_born_on is None:
        return True
    age = age_on(expected.child_born_on, born)
    if expected.age is None:
        return age in PROPOSED_AGES
    return age == expected.age


def _rank(text: str, expected: Expected) -> int:
    for position, area in enumerate(expected.areas):
        if text.startswith(area):
            return position
    return len(expected.areas)


def _one_digit_off(text: str) -> Iterator[str]:
    for place, digit in enumerate(text):
        is_last = place == 17
        for replacement in CHECK if is_last else LOOK_ALIKE_DIGITS.get(digit, ""):
            yield _replaced(text, place, replacement)


def _replaced(text: str, place: int, digit: str) -> str:
    return text[:place] + digit + text[place + 1 :]


def _resized(text: str) -> Iterator[str]:
    """Put in a digit that was dropped, or take out one that was read twice."""
    if len(text) == 19:
        for place in range(19):
            yield _replaced(text, place, "")
        return
    for place in range(18):
        is_last = place == 17
        for digit in CHECK if is_last else "0123456789":
            yield text[:place] + digit + text[place:]


class _Change(NamedTuple):
    """One digit in another's place, and what that adds to the checksum (modulo 11)."""

    place: int
    digit: str
    adds: int


def _two_digits_off(text: str) -> Iterator[str]:
    """Change two digits so that the checksum comes out, found by what each change adds to it."""
    lacking = _lacking(text)
    for first, second in combinations(_changes(text), 2):
        if first.place == second.place:
            continue
        added = (first.adds + second.adds) % 11
        if added == lacking:
            changed = _replaced(text, first.place, first.digit)
            yield _replaced(changed, second.place, second.digit)


def _changes(text: str) -> Iterator[_Change]:
    for place, digit in enumerate(text):
        value = CHECK_VALUES[digit]
        weight = WEIGHTS[place]
        for replacement in LOOK_ALIKE_DIGITS.get(digit, ""):
            difference = CHECK_VALUES[replacement] - value
            adds = difference * weight % 11
            yield _Change(place, replacement, adds)


def _lacking(text: str) -> int:
    """Return what the checksum of 18 characters lacks of being right (modulo 11)."""
    total = sum(CHECK_VALUES[digit] * weight for digit, weight in zip(text, WEIGHTS, strict=True))
    return (1 - total) % 11
