"""By which keys a field is gone to: its number, or the initials of its label in either language."""

import re
from functools import cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import override

from reviewapp.certificate.fields import FIELDS, FieldSpec
from reviewapp.facts.pinyin import ways_to_read
from reviewapp.facts.scripts import HAN

_WORD = re.compile(r"[a-z]+")


class Target(NamedTuple):
    """A field to go to; `words` are its labels in small Latin letters, `xing bie|sex`."""

    number: int
    name: str
    label: Promise
    words: str


def targets() -> list[Target]:
    """Return the 23 fields in the form's order."""
    return [
        Target(number, spec.name, spec.label, _words(spec.name))
        for number, spec in enumerate(FIELDS, start=1)
    ]


@cache
def _words(name: str) -> str:
    spec = next(spec for spec in FIELDS if spec.name == name)
    return "|".join([*_read_aloud(spec), _in_english(spec)])


def _read_aloud(spec: FieldSpec) -> list[str]:
    """Return the ways to read the Chinese label, each as its syllables."""
    with override("zh-hans"):
        characters = "".join(HAN.findall(str(spec.label)))
    return [" ".join(syllables) for syllables in ways_to_read(characters)]


def _in_english(spec: FieldSpec) -> str:
    with override("en"):
        letters = str(spec.label).lower().replace("'", "")
    return " ".join(_WORD.findall(letters))
