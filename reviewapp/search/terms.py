"""By which texts a value is found: see decision 99.

Pure. What is stored and what is asked are made plain by the same function.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from reviewapp.certificate.fields import FIELDS, ORDER, Kind
from reviewapp.facts.pinyin import ways_to_read
from reviewapp.models.search_term import TERM_LIMIT
from reviewapp.states import TermKind

NAMES = tuple(spec.name for spec in FIELDS if spec.kind == Kind.NAME)
ID_NUMBERS = tuple(spec.name for spec in FIELDS if spec.kind == Kind.ID_NUMBER)
CERTIFICATE_NUMBER = "certificate_number"
SEARCHED = (*NAMES, *ID_NUMBERS, CERTIFICATE_NUMBER)
POSITIONS = {name: ORDER[name] for name in SEARCHED}

# Two characters of a name suffice.
PAIR = 2
# Of a file's name with more words than this the further ones are not found.
MOST_WORDS = 12
# A run of letters, a run of digits, or any other character that is no mark and no space.
WORD = re.compile(r"[a-zß-ɏ]+|[0-9]+|[^\W_]")
MARKS = re.compile(r"[\W_]+")

# A kind and a text of it.
type Term = tuple[TermKind, str]


def plain(text: str) -> str:
    """Return a text without width, case, spaces and marks, in which only characters count."""
    return MARKS.sub("", _folded(text))


def plain_number(text: str) -> str:
    return plain(text).upper()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=50_000)
def terms_of(field_name: str, value: str) -> frozenset[Term]:
    """Return the terms of a field's value; of one that is not searched none."""
    if field_name in NAMES:
        return frozenset(_terms_of_name(value))
    if field_name in ID_NUMBERS:
        return frozenset(_endings(value))
    if field_name == CERTIFICATE_NUMBER:
        return frozenset((*_beginnings(value), *_endings(value)))
    return frozenset()


def _terms_of_name(value: str) -> Iterator[Term]:
    """Yield what stands from each character on, the pair there, and how the whole is read."""
    for part in _from_each_word(value):
        yield TermKind.NAME, part[:TERM_LIMIT]
        yield TermKind.NAME, part[:PAIR]
    for syllables in ways_to_read(plain(value)):
        initials = "".join(syllable[0] for syllable in syllables)
        yield TermKind.READING, initials[:TERM_LIMIT]
        yield TermKind.READING, "".join(syllables)[:TERM_LIMIT]


def _from_each_word(value: str) -> Iterator[str]:
    folded = _folded(value)
    for word in WORD.finditer(folded):
        rest = plain(folded[word.start() :])
        if len(rest) >= PAIR or word.start() == 0:
            yield rest


def _beginnings(value: str) -> Iterator[Term]:
    if number := plain_number(value):
        yield TermKind.NUMBER, number[:TERM_LIMIT]


def _endings(value: str) -> Iterator[Term]:
    if number := plain_number(value):
        yield TermKind.ENDING, number[::-1][:TERM_LIMIT]


@lru_cache(maxsize=1_000)
def terms_of_file(name: str) -> frozenset[Term]:
    """Return the terms of a file's name: what stands from each of its words on."""
    folded = _folded(name)
    end = folded.rfind(".") if "." in folded else len(folded)
    words = [word.start() for word in WORD.finditer(folded) if word.start() < max(end, 1)]
    parts = (plain(folded[start:])[:TERM_LIMIT] for start in words[:MOST_WORDS])
    return frozenset((TermKind.WORD, part) for part in parts)
