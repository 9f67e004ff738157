"""What form the values of each field have, and which of their numbers are usual."""

import re
from collections.abc import Callable
from datetime import datetime

from reviewapp.engines.local.compose.vocabulary import (
    after_divisions,
    has_surname,
    is_certificate_number,
)
from reviewapp.facts import divisions
from reviewapp.facts.certificates import FIRST_BIRTH
from reviewapp.facts.frequencies import levels
from reviewapp.facts.names import DOT, LONGEST_CHINESE_NAME
from reviewapp.facts.ranges import (
    POSSIBLE_WEEKS,
    PRINTED_AGES,
    PRINTED_CENTIMETRES,
    PRINTED_GRAMS,
    USUAL_AGES,
    USUAL_CENTIMETRES,
    USUAL_GRAMS,
    USUAL_WEEKS,
    Range,
)
from reviewapp.facts.resident_areas import is_plausible
from reviewapp.facts.scripts import BASIC_HAN
from reviewapp.facts.vocabulary import is_printed_ethnic_group

# Characters; a shorter text names no place in a village or street.
SHORTEST_ADDRESS = 6
# The level of counties, as `divisions` counts them.
COUNTY = 3

_WEEKS = re.compile(r"(\d\d)(\+[0-6])?")
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,9}")
_ORGANISATION = re.compile(f"[{BASIC_HAN}·()（）0-9]{{3,40}}(院|所|中心|站|局|部|会|室|诊|科)")
# No number in an address begins with 0.
_ADDRESS = re.compile(rf"(?!.*(?<!\d)0)[{BASIC_HAN}·()（）\d#A-Z-]+")
_COUNTRY = re.compile(f"[{BASIC_HAN}·()（）]{{2,}}|[A-Za-z][A-Za-z ]+")
# A Latin name begins with a capital and has a space: both get lost.
_LATIN_NAME = re.compile(r"(?=\S+ )[A-Z][A-Za-z]*(([ ']|\. )[A-Za-z]+)*\.?")

# What stands behind the divisions in an organisation's name, as far as it is a usual one.
_KINDS = "人民|中心|中医|中西医结合|妇幼|妇幼保健|妇女儿童|妇产|儿童|综合|职工|红十字|协和|附属|计划生育|健康"
_SUBJECTS = "医|卫生|保健|服务|和|计划生育|健康"
_ENDINGS = "院|所|站|中心|局|委员会"
_USUAL_ORGANISATION = re.compile(
    f"(第?[一二三四五六七八九十]+)?(市|县|区|省)?({_KINDS})*({_SUBJECTS})*({_ENDINGS})"
)
_ORGANISATION_ENDINGS = ("院", "所", "站", "中心", "局")
# Not 红旗村, 幸福小区, 市场路 and 县府街.
_UNKNOWN_DIVISION = re.compile("^.{1,10}?((省|市|县)(?![场府政城])|(?<![小社园])区|(?<!红)旗|州)")


def is_well_formed(key: str, text: str) -> bool:
    """Tell whether a value, by its API key, has the form of its field."""
    for ending, has_form in _FORMS.items():
        if key.endswith(ending):
            return has_form(text)
    return True


def is_unusual(key: str, text: str) -> bool:
    """Tell whether a number is one that few births have, as many of those do that lost a stroke or
    a digit.
    """
    for ending, usual in _USUAL.items():
        if key.endswith(ending):
            number = text.partition("+")[0]
            return number.isdigit() and float(number) not in usual
    return False


def lost_a_four(key: str, text: str) -> bool:
    """Tell whether an impossible or unusual number would be a usual one with a 4 in place of one of
    its 1s.
    """
    if not key.endswith((*_USUAL, "IdCardNumber")) or _is_usual(key, text):
        return False
    for place, char in enumerate(text):
        with_four = text[:place] + "4" + text[place + 1 :]
        if char == "1" and _is_usual(key, with_four):
            return True
    return False


def _is_usual(key: str, text: str) -> bool:
    return is_well_formed(key, text) and not is_unusual(key, text)


def is_moment(text: str) -> bool:
    """Tell whether a text is a date and time with all its digits, since there are certificates."""
    return _has_form(text, "%Y年%m月%d日%H时%M分")


def is_day(text: str) -> bool:
    """Tell whether a text is a date with all its digits, since there are certificates."""
    return _has_form(text, "%Y年%m月%d日")


def _has_form(text: str, date_format: str) -> bool:
    try:
        moment = datetime.strptime(text, date_format)  # noqa: DTZ007 (printed without a zone)
    except ValueError:
        return False
    has_all_digits = all(len(digits) > 1 for digits in re.findall(r"\d+", text))
    return has_all_digits and moment.date() >= FIRST_BIRTH


def is_strange(text: str) -> bool:
    """Tell whether a division that nobody knows follows the known ones, or an unusual kind of
    organisation.
    """
    rest = after_divisions(text)
    if text.endswith(_ORGANISATION_ENDINGS):
        return not _USUAL_ORGANISATION.fullmatch(rest)
    return bool(_UNKNOWN_DIVISION.match(rest))


def is_placed(text: str) -> bool:
    """Tell whether a text is the name of one county of today, within its city and province, and no
    more.
    """
    place = divisions.resolve(text)
    if place is None or place.level != COUNTY or place.rest:
        return False
    return not divisions.lost_units(text)


def _is_in(range_: Range) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        return bool(re.fullmatch(r"\d+(\.\d+)?", text)) and float(text) in range_

    return check


def _is_number_of_weeks(text: str) -> bool:
    match = _WEEKS.fullmatch(text)
    return match is not None and int(match[1]) in POSSIBLE_WEEKS


def _is_number_of(*, is_male: bool) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        return bool(_PASSPORT.fullmatch(text)) or is_plausible(text, is_male=is_male)

    return check


def _is_name(text: str) -> bool:
    if text.isascii():
        return bool(_LATIN_NAME.fullmatch(text))
    parts = text.split(DOT)
    if len(parts) == 1 and not (len(text) <= LONGEST_CHINESE_NAME and has_surname(text)):
        return False
    return all(len(part) > 1 and all(char in levels() for char in part) for part in parts)


def _is_sex(text: str) -> bool:
    return text in {"男", "女"}


def _is_country(text: str) -> bool:
    return bool(_COUNTRY.fullmatch(text))


def _is_address(text: str) -> bool:
    return len(text) >= SHORTEST_ADDRESS and bool(_ADDRESS.fullmatch(text))


def _is_place_of_birth(text: str) -> bool:
    return not after_divisions(text)


def _is_organisation(text: str) -> bool:
    return bool(_ORGANISATION.fullmatch(text))


# By the end of their keys; 出生孕周 before the ages, whose key ends alike.
_USUAL = {
    "gestationalAge": USUAL_WEEKS,
    "birthWeight": USUAL_GRAMS,
    "birthLength": USUAL_CENTIMETRES,
    "Age": USUAL_AGES,
}

_FORMS: dict[str, Callable[[str], bool]] = {
    "birthTime": is_moment,
    "issueDate": is_day,
    "gestationalAge": _is_number_of_weeks,
    "birthWeight": _is_in(PRINTED_GRAMS),
    "birthLength": _is_in(PRINTED_CENTIMETRES),
    "Age": _is_in(PRINTED_AGES),
    "sex": _is_sex,
    "motherIdCardNumber": _is_number_of(is_male=False),
    "fatherIdCardNumber": _is_number_of(is_male=True),
    "certificateNumber": is_certificate_number,
    "Name": _is_name,
    "Nationality": _is_country,
    "Ethnicity": is_printed_ethnic_group,
    "Address": _is_address,
    "birthPlace": _is_place_of_birth,
    "medicalInstitutions": _is_organisation,
    "issueAuthority": _is_organisation,
}
