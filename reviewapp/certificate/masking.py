"""Personal data as lists show it: enough to tell one from another, too little to know whose it is.

Source: GB/T 45574-2025 asks for de-identified display; its usual forms are those of the registries:
a name's first character, an ID number's first three and last four, a certificate's last four, an
address up to its county.
"""

import re
from collections.abc import Callable, Mapping

from reviewapp.certificate.fields import BY_NAME, Kind

STARS = "**"
# Shorter texts would be shown whole by their first three and last four characters.
SHORTEST_NUMBER = 10
TO_COUNTY = re.compile(r".{1,20}?[县区旗市]")


def masked_name(name: str) -> str:
    return f"{name[0]}{STARS}" if name else ""


def masked_id_number(number: str) -> str:
    if len(number) < SHORTEST_NUMBER:
        return STARS if number else ""
    return f"{number[:3]}{STARS}{number[-4:]}"


def masked_certificate_number(number: str) -> str:
    if len(number) < SHORTEST_NUMBER:
        return STARS if number else ""
    return f"{STARS}{number[-4:]}"


def masked_address(address: str) -> str:
    """Keep what stands before the first word that a county, a district or a city ends with."""
    county = TO_COUNTY.match(address)
    if county is None:
        return STARS if address else ""
    return county[0] + STARS


MASKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.NAME: masked_name,
    Kind.ID_NUMBER: masked_id_number,
    Kind.CERTIFICATE_NUMBER: masked_certificate_number,
    Kind.ADDRESS: masked_address,
    Kind.PLACE: masked_address,
}


def masked_value(field_name: str, value: str) -> str:
    """Return a field's value masked as its kind asks, or as it is where that says nobody's name."""
    spec = BY_NAME.get(field_name)
    mask = MASKS.get(spec.kind) if spec else None
    return mask(value) if mask else value
