"""Since when there are certificates, and how their numbers are made. Pure."""

import re
from datetime import date

# The day from which children have got certificates.
FIRST_BIRTH = date(1996, 1, 1)
# A letter for the year of printing, two digits for the province, seven that run on.
NUMBER = re.compile(r"[A-Z]\d{9}", re.ASCII)
# From the year of A on, each letter is a year.
YEAR_OF_A = 2000
# Years between printing and issue; stock of the year beside is used too.
MOST_YEARS_IN_STOCK = 1


def printed_in(letter: str) -> int:
    """Return the year in which a certificate was printed, by its number's letter, A to Z."""
    return YEAR_OF_A + ord(letter) - ord("A")
