"""How Chinese names are made: a surname of one character or two, then the given name; a dot in others."""

from reviewapp.facts.frequencies import compound_surnames

DOT = "·"
# Characters of a Chinese name; longer ones are of other languages.
LONGEST_CHINESE_NAME = 4


def surname_of(name: str) -> str:
    """Return the first two characters when they are a compound surname and more follow, else the first."""
    return name[:2] if name[:2] in compound_surnames() and len(name) > 2 else name[:1]


def given_of(name: str) -> str:
    return name.removeprefix(surname_of(name))
