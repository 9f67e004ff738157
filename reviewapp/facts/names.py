"""How Chinese names are made: a surname of one character or two, then the given name.

Names of another order have a dot.
"""

from reviewapp.facts.frequencies import compound_surnames

DOT = "·"
# Characters of a Chinese name; longer ones are of other languages.
LONGEST_CHINESE_NAME = 4


def surname_of(name: str) -> str:
    """Return the first character, or two when they are a compound surname and more follow."""
    is_compound = len(name) > 2 and name[:2] in compound_surnames()
    return name[:2] if is_compound else name[:1]


def given_of(name: str) -> str:
    return name.removeprefix(surname_of(name))
