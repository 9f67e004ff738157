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
    first_engine, second_engine = engines
    for name, first_value in values.items():
        second_value = second.fields[name].value
        if second_value and _plain(first_value) != _plain(second_value):
            yield finding(
                "disagreement",
                name,
                first_engine=first_engine,
                first=first_value,
                second_engine=second_engine,
                second=second_value,
                proposals=[Proposal(name, second_value)],
            )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
