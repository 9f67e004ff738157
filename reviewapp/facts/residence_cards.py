"""Numbers of permanent residence cards of foreigners: what they say, and whether they are right.

Pure. Those of 2023 are made like resident numbers: 9, two digits of the province, three of the
nationality (ISO 3166), eight of the date of birth, three of which the last is odd for men, and the
check character of GB 11643. Those before have fifteen characters: three letters of the nationality,
four digits of the area, six of the date of birth, one of the sex, and one that checks them.
"""

import re
from dataclasses import dataclass

from reviewapp.facts import vocabulary
from reviewapp.facts.resident_areas import PERMANENT_RESIDENCE

OLDER_CARD_LENGTH = 15
_OLDER = re.compile(r"[A-Z]{3}\d{4}\d{6}\d\d", re.ASCII)
_NEWER = re.compile(PERMANENT_RESIDENCE + r"\d{16}[\dX]", re.ASCII)
# The weights of ICAO 9303, over and over from the first character on; letters count from A = 10.
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class ResidenceCard:
    """A card's number; nothing about it need be right. `text` has 15 or 18 characters."""

    text: str

    @property
    def is_older(self) -> bool:
        return len(self.text) == OLDER_CARD_LENGTH

    @property
    def nationality(self) -> str:
        """Return the characters of the nationality: three letters, or three digits since 2023."""
        return self.text[:3] if self.is_older else self.text[3:6]

    @property
    def country_code(self) -> str:
        """Return three letters, "" for a number of no country."""
        if self.is_older:
            return self.nationality if self.nationality in vocabulary.countries().values() else ""
        return vocabulary.country_numbers().get(self.nationality, "")

    @property
    def is_male(self) -> bool:
        return int(self.text[13 if self.is_older else 16]) % 2 == 1

    @property
    def has_right_check(self) -> bool:
        """Return whether the last digit of an older card checks the rest; see `resident` for 18."""
        return self.text[14] == check_digit(self.text[:14])


def parse(text: str) -> ResidenceCard | None:
    """Return the number of a card of either form, None for any other text."""
    is_card = _OLDER.fullmatch(text) or _NEWER.fullmatch(text)
    return ResidenceCard(text) if is_card else None


def check_digit(first_14: str) -> str:
    """Return the check digit of an older card's first fourteen characters: 7-3-1, modulo 10."""
    total = 0
    for place, char in enumerate(first_14):
        total += int(char, 36) * _WEIGHTS[place % len(_WEIGHTS)]
    return str(total % 10)
