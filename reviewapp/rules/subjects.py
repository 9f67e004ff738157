"""All subjects that a record is checked for."""

from collections.abc import Callable, Iterator

from reviewapp.rules import (
    dates,
    documents,
    duplicates,
    identity,
    lookalikes,
    measures,
    names,
    number,
    organisations,
    paper,
    parents,
    parts,
    places,
    provided,
)
from reviewapp.rules.base import Finding
from reviewapp.rules.facts import Facts

SUBJECTS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    provided.check,
    number.check,
    duplicates.check,
    dates.check,
    measures.check,
    parents.check,
    documents.check,
    identity.check,
    names.check,
    lookalikes.check,
    places.check,
    organisations.check,
    parts.check,
    paper.check,
)
