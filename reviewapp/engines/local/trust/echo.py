"""What the record's other values say of a value: that they bear it out, or that they belie it."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from reviewapp.engines.local.compose.vocabulary import has_check_character
from reviewapp.engines.local.trust.well_formed import is_day, is_moment
from reviewapp.facts.certificates import MOST_YEARS_IN_STOCK, printed_in

# Ratio of SequenceMatcher from which two names are one name that was misread.
ALIKE = 0.7


def echo(key: str, texts: Mapping[str, str]) -> bool | None:
    """Tell whether another value of the record bears a value out or belies it; None where none
    speaks of it.

    Hospitals issue most certificates themselves, parents live together, children bear a parent's
    surname, ethnic groups are both written with 族 or without, resident numbers tell the age, a
    certificate's letter the year in which it was printed, and none is issued before the birth.
    """
    if key in {"issueAuthority", "medicalInstitutions"}:
        return _are_one_name(texts["issueAuthority"], texts["medicalInstitutions"])
    if key.endswith("Address"):
        return texts["motherAddress"] == texts["fatherAddress"] or None
    if key.endswith("Ethnicity"):
        other_key = "fatherEthnicity" if key.startswith("mother") else "motherEthnicity"
        return _is_written_like(texts[key], texts[other_key])
    if key == "neonatalName":
        surnames = {texts["motherName"][:1], texts["fatherName"][:1]}
        return texts[key][:1] in surnames or None
    if key in {"certificateNumber", "issueDate", "birthTime"}:
        return False if _are_dates_at_odds(key, texts) else None
    parent = key.removesuffix("IdCardNumber").removesuffix("Age")
    return _does_number_tell_age(parent, texts) if parent in {"mother", "father"} else None


def _are_one_name(authority: str, institution: str) -> bool | None:
    likeness = SequenceMatcher(None, authority, institution).ratio()
    return None if likeness < ALIKE else likeness == 1.0


def _is_written_like(group: str, other_group: str) -> bool | None:
    """Belie a group where the other parent's is written with 族 and this one without, or the other
    way round.
    """
    is_other_way = group.endswith("族") != other_group.endswith("族")
    return False if other_group and is_other_way else None


def _are_dates_at_odds(key: str, texts: Mapping[str, str]) -> bool:
    """Tell whether a date does not fit the certificate's letter, or the other date."""
    born, issued = texts["birthTime"], texts["issueDate"]
    if key != "certificateNumber" and _is_issued_before_birth(born, issued):
        return True
    letter = texts["certificateNumber"][:1]
    date = born if key == "birthTime" else issued
    year = date[:4]
    if not (letter.isascii() and letter.isupper() and year.isdigit()):
        return False
    return abs(printed_in(letter) - int(year)) > MOST_YEARS_IN_STOCK


def _is_issued_before_birth(born: str, issued: str) -> bool:
    """Compare as texts, which have all their digits."""
    if not (is_moment(born) and is_day(issued)):
        return False
    return issued < born[: len(issued)]


def _does_number_tell_age(parent: str, texts: Mapping[str, str]) -> bool | None:
    number = texts[f"{parent}IdCardNumber"]
    age = texts[f"{parent}Age"]
    born = texts["birthTime"]
    if not (age.isdigit() and is_moment(born) and has_check_character(number)):
        return None
    years = int(born[:4]) - int(number[6:10])
    childs_birthday = born[5:7] + born[8:10]
    parents_birthday = number[10:14]
    if childs_birthday < parents_birthday:
        years -= 1
    return years == int(age)
