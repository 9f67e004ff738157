"""Wrong values of realistic kinds, put into true records: what a recogniser gets wrong while it is sure.

A record here is 23 values by snake name. Every maker returns the record with one error in it and the fields
that are wrong, or None where the record offers no place for its error.
"""

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reviewapp.certificate.fields import BY_KEY, BY_NAME, FIELDS, Kind
from reviewapp.facts import divisions as resolving
from reviewapp.facts.frequencies import Role, levels, per_million
from tests.bench.nationwide import renamed
from tests.bench.years import aged
from tests.certificates import divisions
from tests.certificates.truth import CASES, invent

Record = dict[str, str]
HERE = Path(__file__).parent
CONFUSIONS = HERE / "confusions.tsv"
# The specification's list: every member of a group may be read as every other.
_LISTED = (
    "土上士 末未 日曰目 人入八 己已巳 干千于 大太犬 王玉主 冯马 侯候 季李 刘列 陈阵 杨扬 何河 洪供 玮伟 博搏 茜西 萍苹 "
    "泽译 州洲 薛薜 妤好 昊吴 嫣媽 绰掉 晴睛 瑜喻 祎袆 汩汨 戍戌戊 佳住 晨辰 微徵 钧钓 彬杉 莉利 芮苪"
)
LISTED = _LISTED.split()
# What digits look like; letters stand for what a reader without a closed alphabet gives.
DIGITS = {"0": "689ODQ", "1": "74lI/", "2": "7Z", "3": "859", "4": "17", "5": "63S", "6": "085", "7": "142",
          "8": "036B", "9": "083", "X": "×KY"}  # fmt: skip
# The part of certificates with unit words left out of the place of birth.
WITHOUT_UNITS = 0.5
CASES_WITHOUT_ERROR = tuple(case for case in CASES if case != "invalid_id")
PEOPLE = ("mother", "father")
# The standard's level of a character, and outside it, as a measure of how readily a recogniser gives it.
READINESS = {1: 1.0, 2: 0.3, 3: 0.05, 0: 0.05}


class Seeded(NamedTuple):
    """A record with an error, which of its fields are wrong, and the record as it ought to be."""

    record: Record
    wrong: tuple[str, ...]
    truth: Record


Maker = Callable[[random.Random, Record], Seeded | None]


def true_record(rng: random.Random) -> Record:
    """Invent a record without any error, of any case, with names as common as they are nationwide.

    The form prints 省 市 县(区) behind the slots of the place of birth, so many offices leave them out.
    """
    values = invent(rng, case=rng.choice(CASES_WITHOUT_ERROR)).values
    record = renamed(rng, {BY_KEY[key].name: value for key, value in values.items()})
    record = aged(rng, record)
    if rng.random() < WITHOUT_UNITS:
        record["birth_place"] = without_units(rng, record["birth_place"], int(record["birth_time"][:4]))
    return record


def without_units(rng: random.Random, place: str, year: int) -> str:
    """Leave the unit words of a place out, all of them or only the county's."""
    meant = resolving.resolve_in(place, range(year, year - 3, -1))
    if meant is None:
        return place
    whole = meant.division.levels
    shorts = [resolving.short(name) for name in whole]
    return "".join(rng.choice((shorts, [*whole[:-1], shorts[-1]])))


def _changed(record: Record, **values: str) -> Seeded:
    return Seeded({**record, **values}, tuple(name for name, value in values.items() if record[name] != value), record)


# Names


def listed_look_alike(rng: random.Random, record: Record) -> Seeded | None:
    """Read a character of a name as its look-alike from the list, pairs weighted by frequency.

    The true name gets the true character first, in a place where such a character stands.
    """
    field = _name_field(rng, record)
    if field is None:
        return None
    surnames = rng.random() < 0.25
    pairs, weights = _listed_pairs(Role.SURNAME if surnames else _given_role(record, field))
    true, read = rng.choices(pairs, weights)[0]
    return _misread(record, field, 0 if surnames else rng.randrange(1, len(record[field])), true, read)


def measured_look_alike(rng: random.Random, record: Record) -> Seeded | None:
    """Read a character of a given name as a recogniser did at 0.9 or above on print that no table was made from."""
    field = _name_field(rng, record)
    if field is None:
        return None
    pairs, weights = _measured_pairs(_given_role(record, field))
    true, read = rng.choices(pairs, weights)[0]
    return _misread(record, field, rng.randrange(1, len(record[field])), true, read)


def _name_field(rng: random.Random, record: Record) -> str | None:
    fields = [
        name for name in ("neonatal_name", "mother_name", "father_name") if re.fullmatch(r"[一-鿿]{2,3}", record[name])
    ]
    return rng.choice(fields) if fields else None


def _given_role(record: Record, field: str) -> Role:
    is_male = field == "father_name" or (field == "neonatal_name" and record["sex"] == "男")
    return Role.MALE if is_male else Role.FEMALE


@cache
def _listed_pairs(role: Role) -> tuple[list[tuple[str, str]], list[float]]:
    """Weigh each direction by how common the true one is in names and how readily the read one is given."""
    pairs = [(true, read) for group in LISTED for true in group for read in group if true != read]
    known = [pair for pair in pairs if per_million(pair[0], role) >= 100]
    return known, [per_million(true, role) * _readiness(true, read) for true, read in known]


def _readiness(true: str, read: str) -> float:
    """Recognisers go from rare to common and hardly ever back."""
    back = 0.1 if levels().get(true, 4) < levels().get(read, 4) else 1.0
    return READINESS[levels().get(read, 0)] * back


@cache
def _measured_pairs(role: Role) -> tuple[list[tuple[str, str]], list[float]]:
    pairs = {pair: times for pair, times in _confusions().items() if per_million(pair[0], role) >= 100}
    return list(pairs), [per_million(true, role) * times for (true, _read), times in pairs.items()]


@cache
def _confusions() -> dict[tuple[str, str], int]:
    """Return how often a recogniser gave one character for another at 0.9 or above."""
    rows = (line.split("\t") for line in CONFUSIONS.read_text(encoding="utf-8").splitlines()[1:])
    return {(true, read): int(times) for true, read, times in rows}


def _misread(record: Record, field: str, place: int, true: str, read: str) -> Seeded:
    """Put the true character into the true record, with the surname's family alike, then read it wrongly."""
    name = record[field]
    truth = {**record, field: name[:place] + true + name[place + 1 :]}
    if place == 0:
        for other in ("neonatal_name", "mother_name", "father_name"):
            if other != field and record[other][:1] == name[:1]:
                truth[other] = true + record[other][1:]
    wrong = truth[field][:place] + read + truth[field][place + 1 :]
    return _changed(truth, **{field: wrong})


# Digits


def one_id_digit(rng: random.Random, record: Record) -> Seeded | None:
    return _id_digits(rng, record, 1)


def two_id_digits(rng: random.Random, record: Record) -> Seeded | None:
    return _id_digits(rng, record, 2)


def _id_digits(rng: random.Random, record: Record, count: int) -> Seeded | None:
    fields = [f"{who}_id_card_number" for who in PEOPLE if len(record[f"{who}_id_card_number"]) == 18]
    if not fields:
        return None
    field = rng.choice(fields)
    number = record[field]
    for place in rng.sample(range(18), count):
        digits = [char for char in DIGITS[number[place]] if char.isdigit()] or ["4"]
        number = number[:place] + rng.choice(digits) + number[place + 1 :]
    return _changed(record, **{field: number})


def _swap_digit(rng: random.Random, value: str, places: list[int]) -> str:
    place = rng.choice(places)
    return value[:place] + rng.choice(DIGITS[value[place]]) + value[place + 1 :]


def _places(value: str) -> list[int]:
    return [place for place, char in enumerate(value) if char.isdigit()]


def date_digit(rng: random.Random, record: Record) -> Seeded:
    """Misread one digit of a date as a digit or letter that looks like it."""
    field = rng.choice(("birth_time", "issue_date"))
    return _changed(record, **{field: _swap_digit(rng, record[field], _places(record[field][:11]))})


def date_part_lost(rng: random.Random, record: Record) -> Seeded:
    """Lose a digit or a whole part of a date, as where the seal lies on it."""
    field = rng.choice(("birth_time", "issue_date"))
    value = record[field]
    if rng.random() < 0.5:
        place = rng.choice(_places(value))
        return _changed(record, **{field: value[:place] + value[place + 1 :]})
    part = rng.choice(re.findall(r"\d+[年月日时分]", value))
    return _changed(record, **{field: value.replace(part, rng.choice(("", part[-1])), 1)})


def date_elsewhere(rng: random.Random, record: Record) -> Seeded:
    """Read another date in its place: both swapped, month and day swapped, or the year of a parent."""
    born, issued = record["birth_time"], record["issue_date"]
    way = rng.choice(("swapped", "month_day", "year"))
    if way == "swapped" and born[:11] != issued:
        return _changed(record, birth_time=issued + born[11:], issue_date=born[:11])
    if way == "month_day" and issued[5:7] != issued[8:10]:
        return _changed(record, issue_date=f"{issued[:5]}{issued[8:10]}月{issued[5:7]}日")
    return _changed(record, birth_time=f"{int(born[:4]) - rng.randint(18, 40)}{born[4:]}")


def number_form(rng: random.Random, record: Record) -> Seeded:
    """Break the certificate number's form: a digit read as a letter, the letter as a digit, one lost or doubled."""
    value = record["certificate_number"]
    place = rng.randrange(10)
    letters = [char for char in DIGITS.get(value[place], "") if not char.isdigit()]
    ways = [value[:place] + value[place + 1 :], value[:place] + value[place] + value[place:]]
    ways += [value[:place] + char + value[place + 1 :] for char in letters]
    ways += [rng.choice("014578") + value[1:]]
    return _changed(record, certificate_number=rng.choice(ways))


def number_head(rng: random.Random, record: Record) -> Seeded:
    """Misread the number's letter or its province."""
    value = record["certificate_number"]
    if rng.random() < 0.5:
        letter = rng.choice([char for char in "ABCDEFGHJKLMNPQRSTUVWXYZ" if char != value[0]])
        return _changed(record, certificate_number=letter + value[1:])
    place = rng.choice((1, 2))
    digits = [char for char in DIGITS[value[place]] if char.isdigit()]
    return _changed(record, certificate_number=value[:place] + rng.choice(digits) + value[place + 1 :])


def number_serial(rng: random.Random, record: Record) -> Seeded:
    """Misread a digit of the number's serial part as another digit: the record holds nothing that could tell."""
    value = record["certificate_number"]
    place = rng.randrange(3, 10)
    digits = [char for char in DIGITS[value[place]] if char.isdigit()]
    return _changed(record, certificate_number=value[:place] + rng.choice(digits) + value[place + 1 :])


def weight(rng: random.Random, record: Record) -> Seeded:
    """Misread the weight: a digit lost, doubled or first digit confused, a point in it, the unit read as a digit."""
    value = record["birth_weight"]
    place = rng.randrange(4)
    ways = [
        value[:place] + value[place + 1 :],
        value[:place] + value[place] + value[place:],
        f"{value[0]}.{value[1:]}",
        rng.choice("15678"[value[0] == "1" :]) + value[1:],
        value + rng.choice("9g6"),
        value[:place] + rng.choice("OoSB") + value[place + 1 :],
    ]
    return _changed(record, birth_weight=rng.choice(ways))


# Places


def place_lines(rng: random.Random, record: Record) -> Seeded | None:
    """Interleave the lines of the place's slots, as the vendor's example does."""
    value = record["birth_place"]
    splits = [place.county for place in divisions.places() if value.endswith(place.city + place.county)]
    if not splits or len(value) < 8:
        return None
    county = max(splits, key=len)
    head = value.removesuffix(county)
    cut = rng.randrange(max(3, len(head) - 5), len(head) - 1)
    return _changed(record, birth_place=head[:cut] + county + head[cut:])


def place_character(rng: random.Random, record: Record) -> Seeded:
    """Misread or lose a character of the place of birth."""
    value = record["birth_place"]
    return _changed(record, birth_place=_spoilt(rng, value, len(value)))


def _spoilt(rng: random.Random, value: str, end: int) -> str:
    """Misread or lose a character before `end`.

    That 省 市 县 区 are lost is no error: they are the form's own words, which it prints behind the slots.
    """
    place = rng.choice([place for place in range(end) if value[place] != "省"])
    other = rng.choice(_look_alikes_of(value[place]))
    lost = other if value[place] in "市县区" else ""
    return value[:place] + rng.choice((other, lost)) + value[place + 1 :]


def address_character(rng: random.Random, record: Record) -> Seeded | None:
    """Misread or lose a character of an address, in its province, city or county."""
    fields = [f"{who}_address" for who in PEOPLE if len(record[f"{who}_address"]) > 10]
    if not fields:
        return None
    field = rng.choice(fields)
    value = record[field]
    starts = [p.province + ("" if p.city == p.province else p.city) + p.county for p in divisions.places()]
    end = max((len(start) for start in starts if value.startswith(start)), default=6)
    return _changed(record, **{field: _spoilt(rng, value, end)})


@cache
def _look_alikes_of(char: str) -> tuple[str, ...]:
    """Return what a character may be read as: by the list, by the measured confusions, else any common one."""
    alike = {c for group in LISTED if char in group for c in group}
    alike |= {other for pair in _confusions() if char in pair for other in pair}
    return tuple(sorted(alike - {char})) or ("上", "目", "未", "住", "供", "阵", "河", "候")


# Rows and whole values


def parents_swapped(rng: random.Random, record: Record) -> Seeded | None:
    """Read the father's rows for the mother's and the other way round."""
    if not (record["mother_id_card_number"] and record["father_id_card_number"]):
        return None
    parts = [name.removeprefix("mother_") for name in record if name.startswith("mother_")]
    swapped = {f"mother_{part}": record[f"father_{part}"] for part in parts}
    return _changed(record, **swapped, **{f"father_{part}": record[f"mother_{part}"] for part in parts})


def row_of_another(rng: random.Random, record: Record) -> Seeded:
    """Take a parent's whole rows from another person's certificate."""
    other, who = true_record(rng), rng.choice(PEOPLE)
    return _changed(record, **{name: value for name, value in other.items() if name.startswith(f"{who}_")})


def character_lost(rng: random.Random, record: Record) -> Seeded:
    """Lose one character of any value."""
    field = rng.choice([spec.name for spec in FIELDS if record[spec.name]])
    value = record[field]
    place = rng.randrange(len(value))
    return _changed(record, **{field: value[:place] + value[place + 1 :]})


def closed_word(rng: random.Random, record: Record) -> Seeded | None:
    """Misread a character of an ethnic group or a nationality."""
    kinds = {Kind.ETHNICITY, Kind.NATIONALITY}
    fields = [name for name, value in record.items() if value and BY_NAME[name].kind in kinds]
    field = rng.choice(fields)
    value = record[field]
    place = rng.randrange(len(value))
    other = rng.choice(_look_alikes_of(value[place]))
    return _changed(record, **{field: value[:place] + other + value[place + 1 :]})


def parent_age(rng: random.Random, record: Record) -> Seeded | None:
    """Misread a digit of an age."""
    fields = [f"{who}_age" for who in PEOPLE if len(record[f"{who}_id_card_number"]) == 18]
    if not fields:
        return None
    field = rng.choice(fields)
    return _changed(record, **{field: _swap_digit(rng, record[field], [0, 1])})


KINDS: dict[str, dict[str, Maker]] = {
    "names: look-alikes": {"listed pairs": listed_look_alike},
    "names: as misread by a recogniser": {"measured confusions": measured_look_alike},
    "ID digits": {"one digit": one_id_digit, "two digits": two_id_digits},
    "dates": {"a digit misread": date_digit, "a part lost": date_part_lost, "another date": date_elsewhere},
    "number": {"form broken": number_form, "letter or province": number_head},
    "places": {
        "lines interleaved": place_lines,
        "a character wrong": place_character,
        "in an address": address_character,
    },
    "weight": {"weight": weight},
    "ages": {"a digit misread": parent_age},
    "closed words": {"a character wrong": closed_word},
    "rows": {"parents swapped": parents_swapped, "another person's rows": row_of_another},
    "dropped characters": {"in any field": character_lost},
}
# What nothing in a record can tell: printed, and kept out of the kinds above and of the whole.
BEYOND_EVIDENCE: dict[str, Maker] = {"a digit of the number's serial": number_serial}
