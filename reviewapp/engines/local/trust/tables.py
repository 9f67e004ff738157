"""The tables in `facts` on which features rest, and their digest, by which a change of them is
noticed.

A change moves features, so the weights that were fitted on them no longer hold: whoever changes a
table fits the calibration anew. A table that features come to use is added here.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from reviewapp.facts import (
    certificates,
    digits,
    divisions,
    frequencies,
    gazetteer,
    lookalikes,
    marks,
    misreadings,
    names,
    ranges,
    resident,
    resident_areas,
    vocabulary,
)

FILES: tuple[Path, ...] = (
    gazetteer.FURTHER,
    gazetteer.HISTORY,
    frequencies.GIVEN,
    frequencies.GROUPS,
    frequencies.NAME_TABLE,
    frequencies.STANDARD,
    frequencies.TEXT_TABLE,
    lookalikes.TABLE,
)


def _by_role(table: Mapping[frequencies.Role, float]) -> dict[str, float]:
    return {role.value: number for role, number in table.items()}


# By the module of `facts` that has them; sets are sorted, for theirs is no order.
CONSTANTS: dict[str, object] = {
    "certificates": (
        certificates.FIRST_BIRTH,
        certificates.NUMBER.pattern,
        certificates.YEAR_OF_A,
        certificates.MOST_YEARS_IN_STOCK,
    ),
    "divisions": (divisions.FILLERS, divisions.UNITS, sorted(divisions.MUNICIPALITIES)),
    "digits": (digits.IN_NUMBER, digits.LETTER_FOR_DIGIT),
    "frequencies": (
        frequencies.LEVEL_ENDS,
        {role.value: unseen for role, unseen in frequencies.UNSEEN.items()},
        {role.value: _by_role(shares) for role, shares in frequencies.SHARES.items()},
        frequencies.HOUSES,
        (frequencies.OF_CITIES, frequencies.OF_FAMILIES, frequencies.OF_HOUSES),
    ),
    "marks": (
        marks.READ_SLASHES,
        marks.READ_SLASH_LIKE,
        marks.READ_NOT_PROVIDED,
        marks.RAISED_DAYS,
        marks.READ_DOTS,
    ),
    "misreadings": (_by_role(misreadings.SUSPICIOUS), misreadings.READINESS),
    "names": (names.DOT, names.LONGEST_CHINESE_NAME),
    "ranges": (
        ranges.POSSIBLE_WEEKS,
        ranges.USUAL_WEEKS,
        ranges.PRINTED_GRAMS,
        ranges.USUAL_GRAMS,
        ranges.PRINTED_CENTIMETRES,
        ranges.USUAL_CENTIMETRES,
        ranges.PRINTED_AGES,
        ranges.USUAL_AGES,
        ranges.PROPOSED_AGES,
    ),
    "resident": (
        resident.WEIGHTS,
        resident.CHECK,
        sorted(resident_areas.COMPATRIOT_AREAS),
        resident_areas.PERMANENT_RESIDENCE,
    ),
    "vocabulary": vocabulary.PRINTED_ETHNIC_GROUPS,
}


def digest() -> str:
    """Return the SHA-256 of all tables, files by their content and name, constants as they are
    written.
    """
    whole = sha256()
    for path in FILES:
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    for name, constant in CONSTANTS.items():
        whole.update(f"{name}={constant!r}\n".encode())
    return whole.hexdigest()
