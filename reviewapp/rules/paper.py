"""Rules 36 and 37: what the paper itself says, beside what is printed on it. Pure."""

from collections.abc import Iterator, Mapping

from reviewapp.certificate.fields import Signs
from reviewapp.facts.certificates import FIRST_DAY_OF_EDITION_7, FIRST_PORTRAIT_YEAR, NUMBER
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.clean import clean
from reviewapp.rules.facts import Facts

_FIELD = "certificate_number"


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a barcode that says another number (36), and an edition of another time (37)."""
    yield from _barcode(facts)
    yield from _edition(facts)


def proven_fields(values: Mapping[str, str], signs: Signs) -> frozenset[str]:
    """Return the fields whose value the paper says twice: the number that its barcode has too."""
    number, _steps = clean(_FIELD, values.get(_FIELD, ""))
    is_proven = number != "" and number == _number_of(signs.barcode or "")
    return frozenset({_FIELD}) if is_proven else frozenset()


def _number_of(barcode: str) -> str:
    number, _steps = clean(_FIELD, barcode)
    return number


def _barcode(facts: Facts) -> Iterator[Finding]:
    barcode = facts.signs.barcode
    if barcode is None:
        return
    number = _number_of(barcode)
    if not number:
        yield finding("barcode_unreadable", _FIELD)
    elif number != facts[_FIELD]:
        # A barcode may hold more than the number; what is no number is not proposed as one.
        proposals = [Proposal(_FIELD, number)] if NUMBER.fullmatch(number) else []
        yield finding(
            "barcode_differs", _FIELD, barcode=number, value=facts[_FIELD], proposals=proposals
        )


def _edition(facts: Facts) -> Iterator[Finding]:
    """Compare the edition that the paper shows with the date of issue.

    1. Edition 7, by its barcode or its yellow panel, before it came into force. 2. An older one
    after that: a green panel and no barcode. 3. A form wider than high after 2013.
    """
    issued_on = facts.issued_on
    if issued_on is None:
        return
    signs = facts.signs
    has_barcode = signs.barcode is not None
    is_edition_7 = has_barcode or signs.panel == "yellow"
    is_older = signs.panel == "green" and not has_barcode
    fields = ("issue_date", _FIELD)

    if is_edition_7 and issued_on < FIRST_DAY_OF_EDITION_7:
        yield finding("edition_too_new", *fields, issued=issued_on.isoformat())
    if is_older and issued_on >= FIRST_DAY_OF_EDITION_7:
        yield finding("edition_too_old", *fields, issued=issued_on.isoformat())
    if signs.is_landscape and issued_on.year >= FIRST_PORTRAIT_YEAR:
        yield finding("edition_landscape", *fields, issued=issued_on.isoformat())
