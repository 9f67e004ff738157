"""What speaks for a value or against it: how surely it was read, whether all readings agree, what else is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from reviewapp.engines.local.compose.values import Value
from reviewapp.engines.local.compose.vocabulary import (
    ETHNIC_GROUPS,
    after_divisions,
    has_check_character,
    is_chinese,
    rareness,
)
from reviewapp.engines.local.flatten import Sheet
from reviewapp.engines.local.networks.reading import Reading
from reviewapp.engines.local.networks.weights import Network
from reviewapp.engines.local.read.reading import WORDS, Line
from reviewapp.engines.local.trust.own_digits import excesses
from reviewapp.engines.local.trust.rivals import solid, strongest_rival, suspicion
from reviewapp.engines.local.trust.well_formed import (
    is_day,
    is_moment,
    is_unusual,
    is_well_formed,
    lost_a_four,
)
from reviewapp.facts import divisions

FAR_RIVAL = -1.5
LEAST_DOUBT, LEAST_PROB = 1e-4, 0.1
ALIKE = 0.7
RAISED = 0.2
PLAIN_DIGIT = -0.1
OTHER_DIGIT = (PLAIN_DIGIT, 0.0, 0.2), (0.0, 1.0, 3.0)
# The third network knows these by each other, having been made for puzzles of small letters.
THIRD_ALIKE = str.maketrans("巿", "市")
THIRD_DIGITS = str.maketrans("loizqgbas", "101299845")
_NUMERIC = ("Time", "Date", "Age", "Weight", "Length", "Number")
FIRST_YEAR = 2000
COUNTY = 3
_KINDS = "人民|中心|中医|中西医结合|妇幼|妇幼保健|妇女儿童|妇产|儿童|综合|职工|红十字|协和|附属|计划生育|健康"
_TAIL = re.compile(
    f"(第?[一二三四五六七八九十]+)?(市|县|区|省)?({_KINDS})*(医|卫生|保健|服务|和|计划生育|健康)*(院|所|站|中心|局|委员会)"
)
# Not 红旗村, 幸福小区, 市场路 and 县府街.
_UNKNOWN_DIVISION = re.compile("^.{1,10}?((省|市|县)(?![场府政城])|(?<![小社园])区|(?<!红)旗|州)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known of a value's record, by API key: its texts, and those of the other copies on the sheet.

    `excesses` tell how much more a number looks like another than like itself (`own_digits`).
    """

    texts: Mapping[str, str]
    copies: Sequence[Mapping[str, str]]
    excesses: Mapping[str, float]


def surroundings(
    values: Sequence[Value], copies: Sequence[Mapping[str, str]], sheet: Sheet | None = None
) -> Surroundings:
    """Gather what is known of a record from its 23 values, the other copies and the sheet that it was read from."""
    return Surroundings(
        {value.key: value.text for value in values},
        copies,
        excesses(sheet, values) if sheet else {},
    )


def signs(value: Value, around: Surroundings) -> dict[str, float]:
    """Return by name what speaks for or against a value; all but measures are 0 or 1.

    1. What kind of value it is, and how long; what the record's other values and the sheet's other copies say of it.
    2. Decimal logarithm of the odds against the least probable character: `lowest` in the reading that was chosen,
       `weakest` in any by the first network. The strongest rival of a character, and how much speaks for a look-alike;
       for names also how rare their rarest character is.
    3. Whether the readings and the other networks agree and leave nothing out; whether digits look like their own kind.
    4. Whether it has its field's form, and what it begins with is known.
    """
    lines, is_place = value.lines, value.key.endswith(("Address", "Institutions", "Authority"))
    is_name, is_numeric = value.key.endswith("Name"), value.key.endswith(_NUMERIC)
    said = [copy[value.key] for copy in around.copies if copy.get(value.key)]
    is_echoed = echo(value.key, around.texts)
    is_checked_one = is_checked(value) and is_echoed is not False
    is_formed, is_strange = (
        is_well_formed(value.key, value.text),
        is_place and _is_strange(value.text),
    )
    weakest, rival = (
        _doubt([line.weakest for line in lines]),
        strongest_rival(value, around.texts["sex"]),
    )
    thirds = [pair for line in lines for pair in _beside_third(line)]
    is_other = any(len(said) == len(chosen) and said != chosen for said, chosen in thirds)
    suspicious = suspicion(value, around.texts["sex"])
    found = {
        "numeric": is_numeric,
        "name": is_name,
        "length": np.log10(max(1, len(value.text))),
        "lowest": _doubt([line.reading.lowest for line in lines]),
        "weakest_of_checked": weakest * is_checked_one,
        "weakest_of_name": weakest * is_name,
        "rival": rival,
        "near_rival": max(0.0, rival - FAR_RIVAL),
        "rareness": rareness(value.text) if is_name else 0.0,
        "look_alike": np.sqrt(suspicious) * is_name,
        "look_alike_of_place": suspicious * is_place,
        "read_thrice": any(len(line.readings(Network.FIRST_READER)) > 2 for line in lines),
        "disagreed": not all(line.agreed for line in lines),
        "uneven": not all(_is_even(line) for line in lines),
        "passed_over": _has_room_for_days(value) or not all(line.is_whole for line in lines),
        "goes_on": any(line.goes_on for line in lines),
        "cut": any(line.reading.is_cut for line in lines),
        "days_unread": has_unread_days(value),
        "raised_ink": len(value.text) == 2 and any(line.raised > RAISED for line in lines),
        "ones_for_fours": is_numeric
        and not is_checked_one
        and _is_one_for_four(value, around.texts),
        "seconded": all(_is_seconded(line) for line in lines),
        "third_differs": is_other,
        "third_differs_of_numeric": is_numeric and is_other,
        "other_digit": np.interp(around.excesses.get(value.key, PLAIN_DIGIT), *OTHER_DIGIT),
        "plain_date": is_formed and _is_plain_date(value, around),
        "third_uneven": any(len(said) != len(chosen) for said, chosen in thirds),
        "malformed": not is_formed,
        "unusual": is_unusual(value.key, value.text),
        "strange": is_strange,
        "placed": value.key == "birthPlace" and _is_placed(value.text),
        "unplaced": is_place and after_divisions(value.text) == value.text,
        "checked": is_checked_one,
        "echoed": is_echoed is True and not is_place,
        "echoed_place": is_echoed is True and is_place and is_formed and not is_strange,
        "belied": is_echoed is False or _is_made_to_check(value),
        "confirmed": value.text in said,
        "contradicted": bool(said) and value.text not in said,
    }
    return {name: float(sign) for name, sign in found.items()}


def _is_plain_date(value: Value, around: Surroundings) -> bool:
    """Tell whether all digits of a date look like their own kind on the sheet."""
    return (
        value.key.endswith(("Time", "Date")) and around.excesses.get(value.key, 0.0) < PLAIN_DIGIT
    )


def _is_seconded(line: Line) -> bool:
    """Tell whether the second network read a line, always as what was chosen and what the first one read first."""
    seconds = [_said(reading) for reading in line.readings(Network.SECOND_READER)]
    firsts = line.readings(Network.FIRST_READER)
    return bool(seconds) and all(
        _said(reading) == seconds[0] for reading in (firsts[0], line.reading)
    )


def _beside_third(line: Line) -> Iterator[tuple[str, str]]:
    """Yield what the third network reads, where it was asked, and what was chosen, as far as it can tell them."""
    if line.third is None:
        return
    said, chosen = (
        _said(reading).translate(THIRD_ALIKE).casefold() for reading in (line.third, line.reading)
    )
    if line.slot.alphabet not in WORDS:
        said, chosen = said.translate(THIRD_DIGITS), chosen.translate(THIRD_DIGITS)
    yield said, chosen


def _said(reading: Reading) -> str:
    return "".join(glyph.char for glyph in solid(reading))


def _is_even(line: Line) -> bool:
    """Tell whether all readings by the first network have as many characters as what was chosen.

    Remains of English labels do not count.
    """
    readings = (line.reading, *line.readings(Network.FIRST_READER))
    kept = [re.sub("[A-Za-z]", "", _said(reading)) for reading in readings]
    return len({len(text) for text in kept}) == 1


def echo(key: str, texts: Mapping[str, str]) -> bool | None:
    """Tell whether another value of the record bears a value out or belies it; None where none speaks of it.

    Hospitals issue most certificates themselves, parents live together, children bear a parent's
    surname, ethnic groups are both written with 族 or without, resident numbers tell the age, a
    certificate's letter the year in which it was printed, and none is issued before the birth.
    """
    if key in {"issueAuthority", "medicalInstitutions"}:
        likeness = SequenceMatcher(
            None, texts["issueAuthority"], texts["medicalInstitutions"]
        ).ratio()
        return None if likeness < ALIKE else likeness == 1.0
    if key.endswith("Address"):
        return texts["motherAddress"] == texts["fatherAddress"] or None
    if key.endswith("Ethnicity"):
        other = texts["fatherEthnicity" if key.startswith("mother") else "motherEthnicity"]
        return False if other and other.endswith("族") != texts[key].endswith("族") else None
    if key == "neonatalName":
        return texts[key][:1] in {texts["motherName"][:1], texts["fatherName"][:1]} or None
    if key in {"certificateNumber", "issueDate", "birthTime"}:
        return False if _are_dates_at_odds(key, texts) else None
    parent = key.removesuffix("IdCardNumber").removesuffix("Age")
    return None if key in {parent, "gestationalAge"} else _does_number_tell_age(parent, texts)


def _are_dates_at_odds(key: str, texts: Mapping[str, str]) -> bool:
    """Tell whether a date does not fit the certificate's letter, or the other date."""
    letter, born, issued = texts["certificateNumber"][:1], texts["birthTime"], texts["issueDate"]
    if (
        key != "certificateNumber"
        and is_moment(born)
        and is_day(issued)
        and issued < born[: len(issued)]
    ):
        return True
    year = (born if key == "birthTime" else issued)[:4]
    is_known = letter.isascii() and letter.isupper() and year.isdigit()
    return is_known and abs(FIRST_YEAR + ord(letter) - ord("A") - int(year)) > 1


def _does_number_tell_age(parent: str, texts: Mapping[str, str]) -> bool | None:
    number, age, born = texts[f"{parent}IdCardNumber"], texts[f"{parent}Age"], texts["birthTime"]
    if not (has_check_character(number) and age.isdigit() and is_moment(born)):
        return None
    before = (born[5:7] + born[8:10]) < number[10:14]
    return int(born[:4]) - int(number[6:10]) - before == int(age)


def _doubt(probs: Sequence[float]) -> float:
    prob = float(np.clip(min(probs, default=1.0), LEAST_PROB, 1.0 - LEAST_DOUBT))
    return float(np.log10((1.0 - prob) / prob))


def has_unread_days(value: Value) -> bool:
    """Tell whether any reading of the weeks of gestation, two digits, has more beside them: raised days."""
    readings = [reading for line in value.lines for reading in (line.reading, *line.others)]
    is_weeks = value.key == "gestationalAge" and len(value.text) == 2
    return is_weeks and any(re.search(r"[+*]|\d{3}", reading.text) for reading in readings)


def _has_room_for_days(value: Value) -> bool:
    """Tell whether the ink of two digits of weeks is so long that there are raised days beside them."""
    is_weeks = value.key == "gestationalAge" and len(value.text) == 2
    return is_weeks and any(
        line.ink.x1 - line.ink.x0 > 1.7 * line.ink.height for line in value.lines
    )


def _is_one_for_four(value: Value, texts: Mapping[str, str]) -> bool:
    """Tell whether a number has a 1 in a record where an impossible or unusual number would be a usual one with a 4.

    Copies lose thin strokes: of a 4 they leave the upright one, in one number as in all others.
    """
    return "1" in value.text and any(
        lost_a_four(key, text) for key, text in texts.items() if key != value.key
    )


def _is_strange(text: str) -> bool:
    """Tell whether a division that nobody knows follows the known ones, or an unusual kind of organisation."""
    rest = after_divisions(text)
    if text.endswith(("院", "所", "站", "中心", "局")):
        return not _TAIL.fullmatch(rest)
    return bool(_UNKNOWN_DIVISION.match(rest))


def _is_placed(text: str) -> bool:
    """Tell whether a text is the name of one county of today, within its city and province, and no more."""
    place = divisions.resolve(text)
    return (
        place is not None
        and place.level == COUNTY
        and not place.rest
        and not divisions.lost_units(text)
    )


def is_checked(value: Value) -> bool:
    """Tell whether something independent confirms a value: a check character or a closed vocabulary.

    What made the value of something else confirms nothing: 保保族 is 傈僳族 as well as 保安族.
    """
    if value.key.endswith("IdCardNumber"):
        is_resident = has_check_character(value.text) and is_well_formed(value.key, value.text)
        return is_resident and not _is_made_to_check(value)
    if value.key.endswith(("Ethnicity", "Nationality")):
        read = "".join(filter(is_chinese, "".join(line.reading.text for line in value.lines)))
        return (
            value.text == "中国" or value.text.removesuffix("族") in ETHNIC_GROUPS
        ) and read == value.text
    return value.key == "sex"


def _is_made_to_check(value: Value) -> bool:
    """Tell whether a resident number has its check character in no reading by the first network.

    It was chosen for that, but may well be printed as that network reads it: with a mistake.
    """
    firsts = [
        _said(reading) for line in value.lines for reading in line.readings(Network.FIRST_READER)
    ]
    is_number = value.key.endswith("IdCardNumber") and len(value.lines) == 1
    return is_number and has_check_character(value.text) and value.text not in firsts
