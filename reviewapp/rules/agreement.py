"""Whether two recognisers read the same values. Pure."""

import unicodedata
from collections.abc import Iterator, Mapping

from reviewapp.certificate.fields import Record
from reviewapp.rules.base import Finding, Proposal, finding


def disagreements(
    values: Mapping[str, str], second: Record, *, engines: tuple[str, str]
) -> Iterator[Finding]:
    """Yield a finding with both readings for each value that a second recogniser reads otherwise.

    Forms of one character (full width and half width) and spaces do not count. A second engine that
    read nothing has no opinion.
    """
    for name, first in values.items():
        other = second.fields[name].value
        if other and _plain(first) != _plain(other):
            readings = {
                "first_engine": engines[0],
                "first": first,
                "second_engine": engines[1],
                "second": other,
            }
            yield finding("disagreement", name, proposals=[Proposal(name, other)], **readings)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
