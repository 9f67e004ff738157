"""Invent what stands on a certificate; nothing here knows how it looks."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from reviewapp.certificate.fields import FIELDS

from . import divisions, names
from .divisions import Place

KEYS = tuple(spec.key for spec in FIELDS)
FIRST_BIRTH = date(2014, 1, 10)
LAST_BIRTH = date(2025, 10, 31)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUPERSCRIPTS = str.maketrans("+0123456", "⁺⁰¹²³⁴⁵⁶")


@dataclass(frozen=True, slots=True)
class Truth:
    """One invented certificate.

    `values` holds the 23 fields under their API keys in the API's form, "" for what is not provided.
    `slots` holds the text printed into each slot of the form, where a missing parent is slashes.
    `id_kinds` says which box is ticked for "mother" and "father": identity_card, passport or none.
    """

    values: dict[str, str]
    slots: dict[str, str]
    id_kinds: dict[str, str]
    born_at: datetime
    issued_on: date
    case: str


@dataclass(frozen=True, slots=True)
class _Person:
    """A parent before the form's conventions are applied."""

    name: str
    age: str
    nationality: str
    ethnicity: str
    address: str
    id_number: str
    kind: str = "identity_card"


def check_character(first_17: str) -> str:
    """Return the 18th character of a resident number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def superscript_days(gestation: str) -> str:
    """Return `40+3` as the form prints it, `40⁺³`; whole weeks stay as they are."""
    weeks, plus, days = gestation.partition("+")
    return weeks + (plus + days).translate(_SUPERSCRIPTS)


def invent(rng: random.Random, *, case: str = "plain") -> Truth:
    """Invent a certificate that breaks no rule, or just the one its case is about.

    Cases: plain, missing_father, long_city, invalid_id, municipality, foreign_father, gestation_days,
    minority_name, twin. The same state of `rng` gives the same certificate. Raises KeyError on an unknown case.
    """
    return CASES[case](rng)


def twins(rng: random.Random) -> tuple[Truth, Truth]:
    """Invent two certificates of one birth: minutes apart, consecutive numbers, everything else but the child alike."""
    first = replace(_plain(rng, divisions.plain_places()), case="twin")
    born_at = first.born_at + timedelta(minutes=rng.randint(1, 25))
    if born_at.date() != first.born_at.date():
        born_at = first.born_at
    sex = rng.choice("男女")
    number = first.values["certificateNumber"]
    values = {
        "neonatalName": _surname_of(first.values["neonatalName"]) + _given(rng, sex, 2),
        "sex": sex,
        "birthWeight": str(rng.randrange(2300, 3300, 10)),
        "certificateNumber": number[:3] + f"{(int(number[3:]) + 1) % 10**7:07d}",
    }
    return first, changed(first, born_at=born_at, **values)


def _plain(rng: random.Random, where: tuple[Place, ...], case: str = "plain", surname: str = "") -> Truth:
    """Invent child, parents and issue around one place and one moment.

    1. When and where. 2. The parents. 3. The child. 4. Issue. 5. The whole.
    """
    born_at = _moment(rng)
    place = rng.choice(where)
    mother = _parent(rng, "女", born_at.date(), place)
    father = _parent(rng, "男", born_at.date(), place)
    sex = rng.choice("男女")
    child = (surname or _surname_of(rng.choice((father, father, father, mother)).name)) + _given(rng, sex)
    hospital = _hospital(rng, place)
    issued_on = born_at.date() + timedelta(days=rng.randint(1, 25))
    values = {
        "neonatalName": child,
        "sex": sex,
        **_measures(rng),
        "medicalInstitutions": hospital,
        "issueAuthority": hospital,
        "certificateNumber": _certificate_number(rng, issued_on, place),
        **_parent_values("mother", mother),
        **_parent_values("father", father),
    }
    slots = _place_slots(rng, place)
    return _whole(
        values,
        slots,
        {"mother": mother.kind, "father": father.kind},
        born_at,
        issued_on,
        case,
    )


def _whole(
    values: dict[str, str],
    slots: dict[str, str],
    id_kinds: dict[str, str],
    born_at: datetime,
    issued_on: date,
    case: str,
) -> Truth:
    """Put times, places and slots together in the API's order of fields."""
    values |= {
        "birthTime": born_at.strftime("%Y年%m月%d日%H时%M分"),
        "issueDate": issued_on.strftime("%Y年%m月%d日"),
        "birthPlace": slots["province"] + slots["city"] + slots["county"],
    }
    parts = {
        **dict(
            zip(
                ("year", "month", "day", "hour", "minute"),
                born_at.strftime("%Y %m %d %H %M").split(),
                strict=True,
            )
        ),
        **dict(
            zip(
                ("issue_year", "issue_month", "issue_day"),
                issued_on.strftime("%Y %m %d").split(),
                strict=True,
            )
        ),
    }
    ordered = {key: values[key] for key in KEYS}
    whole = {key: value for key, value in ordered.items() if key not in ("birthTime", "issueDate", "birthPlace")}
    whole["gestationalAge"] = superscript_days(whole["gestationalAge"])
    return Truth(ordered, whole | parts | slots, id_kinds, born_at, issued_on, case)


def changed(truth: Truth, *, born_at: datetime | None = None, **values: str) -> Truth:
    """Return the certificate with some values changed, its slots with them."""
    slots = {name: truth.slots[name] for name in ("province", "city", "county")}
    # Slashes stand where there is no value.
    slots |= {name: text for name, text in truth.slots.items() if truth.values.get(name) == "" and name not in values}
    return _whole(
        truth.values | values,
        slots,
        truth.id_kinds,
        born_at or truth.born_at,
        truth.issued_on,
        truth.case,
    )


def _moment(rng: random.Random) -> datetime:
    days = rng.randrange((LAST_BIRTH - FIRST_BIRTH).days)
    day = FIRST_BIRTH + timedelta(days=days)
    return datetime.combine(day, time(rng.randrange(24), rng.randrange(60)))


def _surname(rng: random.Random) -> str:
    return rng.choice(names.COMPOUND_SURNAMES) if rng.random() < 0.01 else rng.choice(names.SURNAMES)


def _surname_of(name: str) -> str:
    return name[:2] if name[:2] in names.COMPOUND_SURNAMES else name[:1]


def _given(rng: random.Random, sex: str, length: int = 0) -> str:
    pool = names.GIVEN_FEMALE if sex == "女" else names.GIVEN_MALE
    return "".join(rng.sample(pool, length or rng.choice((1, 2, 2, 2))))


def _age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _parent(rng: random.Random, sex: str, child_born: date, near: Place) -> _Person:
    """Invent a parent whose number, age and address belong together.

    1. Home, mostly the child's county. 2. Birth date. 3. The number. 4. The rest.
    """
    home = near if rng.random() < 0.7 else rng.choice(divisions.plain_places())
    youngest, oldest = (20, 42) if sex == "女" else (23, 50)
    born = child_born - timedelta(days=round(rng.uniform(youngest + 0.1, oldest) * 365.25))
    serial = rng.randrange(1, 500) * 2 + (sex == "男")
    first_17 = f"{home.code}{born:%Y%m%d}{serial % 1000:03d}"
    return _Person(
        name=_surname(rng) + _given(rng, sex),
        age=str(_age_on(child_born, born)),
        nationality="中国",
        ethnicity="汉族" if rng.random() < 0.7 else rng.choice(names.MINORITIES),
        address=_address(rng, home),
        id_number=first_17 + check_character(first_17),
    )


def _address(rng: random.Random, home: Place) -> str:
    city = "" if home.city == home.province else home.city
    start = home.province + city + home.county
    if rng.random() < 0.5:
        return f"{start}{rng.choice(names.TOWNS)}镇{rng.choice(names.TOWNS)}村{rng.randint(1, 19)}组"
    return f"{start}{rng.choice(names.ROADS)}路{rng.randint(1, 299)}号"


def _hospital(rng: random.Random, place: Place) -> str:
    kind = rng.choice(("人民医院", "人民医院", "妇幼保健院", "中医院", "第一人民医院"))
    return (place.city if place.county.endswith("区") else "") + place.county + kind


def _measures(rng: random.Random) -> dict[str, str]:
    weeks = rng.randint(37, 41)
    weight = 2500 + (weeks - 37) * 180 + rng.randrange(0, 900, 10)
    return {
        "gestationalAge": str(weeks),
        "birthWeight": str(weight),
        "birthLength": str(47 + (weight - 2500) // 400 + rng.randint(0, 2)),
    }


def _certificate_number(rng: random.Random, issued_on: date, place: Place) -> str:
    printed = max(2014, issued_on.year - rng.choice((0, 0, 0, 1)))
    return f"{chr(ord('A') + printed - 2000)}{place.code[:2]}{rng.randrange(10**7):07d}"


def _place_slots(rng: random.Random, place: Place) -> dict[str, str]:
    province = place.short_province if rng.random() < 0.7 else place.province
    if place.province in divisions.AUTONOMOUS:
        province = place.short_province
    return {"province": province, "city": place.city, "county": place.county}


def _parent_values(who: str, person: _Person) -> dict[str, str]:
    return {
        f"{who}Name": person.name,
        f"{who}Age": person.age,
        f"{who}Nationality": person.nationality,
        f"{who}Ethnicity": person.ethnicity,
        f"{who}Address": person.address,
        f"{who}IdCardNumber": person.id_number,
    }


def _without_father(rng: random.Random) -> Truth:
    """Take the father away and give the child its mother's surname; the form then holds slashes or 未提供."""
    truth = _plain(rng, divisions.plain_places())
    mother_surname = _surname_of(truth.values["motherName"])
    child = mother_surname + _given(rng, truth.values["sex"])
    fatherless = changed(
        truth,
        neonatalName=child,
        **_parent_values("father", _Person("", "", "", "", "", "")),
    )
    marks = rng.choice(
        (
            _Person("///", "//", "//", "//", "////////", "//////////"),
            _Person("未提供", "/", "/", "/", "/", "/"),
        )
    )
    return replace(
        fatherless,
        slots=fatherless.slots | _parent_values("father", marks),
        id_kinds=truth.id_kinds | {"father": "none"},
        case="missing_father",
    )


def _invalid_id(rng: random.Random) -> Truth:
    """Give one parent's number a wrong check character."""
    truth = _plain(rng, divisions.plain_places(), "invalid_id")
    key = rng.choice(("motherIdCardNumber", "fatherIdCardNumber"))
    right = truth.values[key]
    wrong = rng.choice([character for character in "0123456789X" if character != right[-1]])
    return changed(truth, **{key: right[:17] + wrong})


def _foreign_father(rng: random.Random) -> Truth:
    """Give the father a passport, a Latin name and a slash for his ethnic group; the child has its mother's surname."""
    truth = _plain(rng, divisions.plain_places())
    nationality, name = rng.choice(names.FOREIGN_FATHERS)
    passport = rng.choice("CEGKMP") + f"{rng.randrange(10**8):08d}"
    child = _surname_of(truth.values["motherName"]) + _given(rng, truth.values["sex"])
    father = {
        "fatherName": name,
        "fatherNationality": nationality,
        "fatherEthnicity": "",
        "fatherIdCardNumber": passport,
        "fatherAddress": truth.values["motherAddress"],
    }
    with_foreigner = changed(truth, neonatalName=child, **father)
    return replace(
        with_foreigner,
        slots=with_foreigner.slots | {"fatherEthnicity": "/"},
        id_kinds=truth.id_kinds | {"father": "passport"},
        case="foreign_father",
    )


def _gestation_days(rng: random.Random) -> Truth:
    truth = _plain(rng, divisions.plain_places(), "gestation_days")
    return changed(truth, gestationalAge=f"{truth.values['gestationalAge']}+{rng.randint(1, 6)}")


def _minority_name(rng: random.Random) -> Truth:
    """Give the family names of two parts with a middle dot, as Uyghur and Kazakh families write them."""
    truth = _plain(rng, divisions.plain_places(), "minority_name")
    people = rng.choice(("维吾尔族", "哈萨克族"))
    mother, daughter = rng.sample(names.MINORITY_FEMALE, 2)
    father, grandfather, son = rng.sample(names.MINORITY_MALE, 3)
    return changed(
        truth,
        neonatalName=f"{son if truth.values['sex'] == '男' else daughter}·{father}",
        motherName=f"{mother}·{rng.choice(names.MINORITY_MALE)}",
        fatherName=f"{father}·{grandfather}",
        motherEthnicity=people,
        fatherEthnicity=people,
    )


CASES: dict[str, Callable[[random.Random], Truth]] = {
    "plain": lambda rng: _plain(rng, divisions.plain_places()),
    "missing_father": _without_father,
    "long_city": lambda rng: _plain(rng, divisions.long_city_places(), "long_city"),
    "invalid_id": _invalid_id,
    "municipality": lambda rng: _plain(rng, divisions.municipal_places(), "municipality"),
    "foreign_father": _foreign_father,
    "gestation_days": _gestation_days,
    "minority_name": _minority_name,
    "twin": lambda rng: twins(rng)[1],
}
