"""True records: a child, its parents, the hospital, as offices would print them. Nothing here draws."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from faker import Faker

from tests.strangers import identity, names, places
from tests.strangers.places import County

KEYS = (
    "neonatalName", "sex", "birthTime", "gestationalAge", "birthWeight", "birthLength", "birthPlace",
    "medicalInstitutions",
    "motherName", "motherAge", "motherNationality", "motherEthnicity", "motherAddress", "motherIdCardNumber",
    "fatherName", "fatherAge", "fatherNationality", "fatherEthnicity", "fatherAddress", "fatherIdCardNumber",
    "issueAuthority", "issueDate", "certificateNumber",
)  # fmt: skip

# First and last days of birth by edition; the last leaves time to be issued by the edition's or this table's end.
BIRTHS = {
    4: (date(2005, 1, 1), date(2013, 11, 30)),
    5: (date(2014, 1, 5), date(2018, 11, 30)),
    6: (date(2019, 1, 5), date(2023, 2, 20)),
    7: (date(2023, 4, 2), date(2025, 11, 20)),
}
LAST_ISSUE = {4: date(2013, 12, 31), 5: date(2018, 12, 31), 6: date(2023, 3, 31), 7: date(2025, 12, 31)}
FIRST_PRINT = {4: 2004, 5: 2014, 6: 2019, 7: 2023}

# The share of minorities among births by province, in per cent, with their commonest peoples. Elsewhere: 3 % of any.
PEOPLES = {
    "15": (24, "蒙古 蒙古 蒙古 满 回 达斡尔 鄂温克"), "45": (42, "壮 壮 壮 壮 瑶 苗 侗 仫佬 毛南"),
    "54": (93, "藏 藏 藏 门巴"),
    "64": (42, "回"), "65": (60, "维吾尔 维吾尔 维吾尔 哈萨克 回 柯尔克孜 蒙古 塔吉克 锡伯 乌孜别克"),
    "52": (40, "苗 苗 布依 侗 土家 彝 仡佬 水"), "53": (36, "彝 白 哈尼 傣 壮 苗 回 傈僳 拉祜 佤 纳西 景颇"),
    "63": (50, "藏 回 土 撒拉 蒙古"), "62": (11, "回 藏 东乡 保安 裕固"), "51": (9, "彝 藏 羌 苗"),
    "22": (10, "朝鲜 满 蒙古"), "21": (18, "满 满 蒙古 朝鲜 锡伯"), "43": (12, "土家 苗 侗 瑶"), "42": (6, "土家 苗"),
    "46": (20, "黎 黎 苗"), "50": (8, "土家 苗"), "13": (5, "满 回 蒙古"), "33": (3, "畲"), "35": (3, "畲"),
    "23": (4, "满 朝鲜 蒙古 鄂伦春 赫哲"),
}  # fmt: skip
ANYWHERE = (3, "回 土家 苗 满 壮 彝 蒙古 布依")
# A long name of an autonomous county or prefecture tells who lives there.
LOCAL_PEOPLES = (
    "柯尔克孜",
    "维吾尔",
    "哈萨克",
    "土家族苗族",
    "布依族苗族",
    "蒙古",
    "朝鲜",
    "傈僳",
    "土家",
    "苗族侗族",
    "哈尼族彝族",
    "藏",
    "彝",
    "回",
    "傣",
    "白",
)


@dataclass(frozen=True, slots=True)
class Parent:
    name: str = ""
    surname: str = ""
    age: str = ""
    nationality: str = ""
    ethnicity: str = ""
    address: str = ""
    number: str = ""
    kind: str = "居民身份证"
    absent: str = ""  # how the office prints that a parent is not provided: "/" or 未提供

    @property
    def provided(self) -> bool:
        return not self.absent


@dataclass(frozen=True, slots=True)
class Case:
    """A record with what the paper shows besides the 23 values."""

    edition: int
    born: datetime
    issued: date
    slots: tuple[str, str, str]
    mother: Parent
    father: Parent
    truth: dict[str, str] = field(default_factory=dict)


def record(seed: int) -> dict[str, str]:
    """Return the 23 values of a true record."""
    return draw(random.Random(f"record:{seed}")).truth


def reissued(seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return two records of one child: the first certificate and its replacement with a new number and a later date."""
    random_ = random.Random(f"reissued:{seed}")
    first = draw(random_, random_.choice((5, 6)))
    later = first.issued + timedelta(days=random_.randint(90, 700))
    edition = next(edition for edition in (5, 6, 7) if later <= LAST_ISSUE[edition])
    number = certificate_number(random_, first.truth["certificateNumber"][1:3], later, edition)
    return first.truth, first.truth | {"certificateNumber": number, "issueDate": f"{later:%Y年%m月%d日}"}


def draw(random_: random.Random, edition: int | None = None) -> Case:
    """Draw a case of an edition, or of editions 5–7 as often as they come.

    1. The child's day, place and hospital.
    2. The parents, whose ages count on the day of birth.
    3. The child's name and measures.
    4. Issue date and number.
    """
    fake = Faker("zh_CN")
    fake.seed_instance(random_.getrandbits(48))
    edition = edition or random_.choices((5, 6, 7), (35, 35, 30))[0]
    born = moment(random_, edition)
    county = places.any_county(random_, born.year)
    if random_.random() < 0.04:  # long names of cities are rarer than the trouble they make
        autonomous = [c for rows in places.counties(born.year).values() for c in rows if "自治" in c.city + c.name]
        county = random_.choice(autonomous)
    issued = issue_day(random_, born.date(), edition)
    shared_address = places.address(random_, fake, residence(random_, county, born.year))
    peoples = couple(random_, county)
    mother = parent(random_, fake, county, born.date(), issued, "女", shared_address, peoples[0])
    father = parent(random_, fake, county, born.date(), issued, "男", shared_address, peoples[1])
    hospital = places.hospital(random_, county)
    printed = places.slots(random_, county)
    number = certificate_number(random_, county.code[:2], issued, edition)
    values = child(random_, born, mother, father)
    mother, father = as_printed(random_, mother, father)
    truth = values | {
        "birthPlace": "".join(printed),
        "medicalInstitutions": hospital,
        **parent_values("mother", mother, edition),
        **parent_values("father", father, edition),
        "issueAuthority": authority(random_, county, hospital, born.year),
        "issueDate": f"{issued:%Y年%m月%d日}",
        "certificateNumber": number,
    }
    return Case(edition, born, issued, printed, mother, father, {key: truth[key] for key in KEYS})


def as_printed(random_: random.Random, *parents: Parent) -> list[Parent]:
    """Return the parents with their ethnic groups as this office prints them: 汉族 or 汉."""
    suffix = random_.choices(("族", ""), (60, 40))[0]
    return [replace(parent_, ethnicity=parent_.ethnicity and parent_.ethnicity + suffix) for parent_ in parents]


def moment(random_: random.Random, edition: int) -> datetime:
    first, last = BIRTHS[edition]
    day = first + timedelta(days=random_.randint(0, (last - first).days))
    return datetime(day.year, day.month, day.day, random_.randint(0, 23), random_.randint(0, 59))  # noqa: DTZ001


def issue_day(random_: random.Random, born: date, edition: int) -> date:
    """Return the day of issue: days after the birth, seldom months, before the edition ends."""
    days = random_.choices((random_.randint(0, 9), random_.randint(10, 30), random_.randint(31, 170)), (75, 20, 5))[0]
    return min(born + timedelta(days=days), LAST_ISSUE[edition])


def residence(random_: random.Random, county: County, year: int) -> County:
    """Return where a family lives: mostly in the county of the hospital."""
    if random_.random() < 0.6:
        return county
    same_province = random_.random() < 0.75
    return places.any_county(random_, year, county.code[:2] if same_province else None)


def birthday(random_: random.Random, child_born: date, sex: str) -> date:
    """Return a parent's day of birth: mothers 18–45 years before the child's, fathers 20–55."""
    mean, low, high = (28.5, 18, 45) if sex == "女" else (30.5, 20, 55)
    years = min(max(random_.gauss(mean, 4.8), low + 0.05), high)
    return child_born - timedelta(days=round(years * 365.25))


def full_years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def people(random_: random.Random, county: County) -> str:
    """Return the ethnic group of a parent, without 族."""
    share, peoples = PEOPLES.get(county.code[:2], ANYWHERE)
    local = next((name for name in LOCAL_PEOPLES if name in county.city + county.name), "")
    if local and random_.random() < 0.6:
        return random_.choice([name for name in local.split("族") if name])
    return names.pick(random_, peoples) if random_.random() < share / 100 else "汉"


def couple(random_: random.Random, county: County) -> tuple[str, str]:
    """Return the ethnic groups of mother and father: mostly one, and nearly always so where names have a middle dot."""
    mother, father = people(random_, county), people(random_, county)
    has_dot = {mother, father} & names.WITH_MIDDLE_DOT
    same = random_.random() < (0.97 if has_dot else 0.75)
    return (mother, mother) if same else (mother, father)


def parent(
    random_: random.Random,
    fake: Faker,
    county: County,
    born: date,
    issued: date,
    sex: str,
    address: str,
    ethnicity: str,
) -> Parent:
    """Draw a parent, who may be absent, a foreigner, or of Hong Kong, Macau or Taiwan."""
    if random_.random() < (0.004 if sex == "女" else 0.035):
        return Parent(absent=random_.choices(("/", "未提供"), (85, 15))[0], kind="")
    birth = birthday(random_, born, sex)
    age = str(full_years(birth, born))
    own_address = (
        address if random_.random() < 0.7 else places.address(random_, fake, residence(random_, county, born.year))
    )
    chance = random_.random()
    if chance < 0.012:
        return foreigner(random_, county, birth, issued, sex, replace(Parent(), age=age, address=own_address))
    if chance < 0.018:
        return compatriot(random_, birth, issued, sex, replace(Parent(), age=age, address=own_address))
    home = places.any_county(random_, birth.year, county.code[:2] if random_.random() < 0.8 else None)
    name, family = names.full_name(random_, sex, birth.year, ethnicity)
    number = identity.resident(random_, home.code, birth, sex)
    return Parent(name, family, age, "中国", ethnicity, own_address, number)


def foreigner(random_: random.Random, county: County, birth: date, issued: date, sex: str, known: Parent) -> Parent:
    country = random_.choices(identity.COUNTRIES, identity.COUNTRY_WEIGHTS)[0]
    kind, number = identity.foreigners(random_, country, county.code, birth, sex, issued)
    name = random_.choice(country.men if sex == "男" else country.women)
    return replace(known, name=name, nationality=country.name, kind=kind, number=number)


def compatriot(random_: random.Random, birth: date, issued: date, sex: str, known: Parent) -> Parent:
    region = random_.choices(("香港", "台湾", "澳门"), (60, 30, 10))[0]
    kind, number = identity.compatriots(random_, region, birth, sex, issued)
    name, family = names.full_name(random_, sex, birth.year, "汉")
    nationality = random_.choice((f"中国（{region}）", f"中国({region})", f"中国{region}"))
    return replace(known, name=name, surname=family, nationality=nationality, ethnicity="汉", kind=kind, number=number)


def parent_values(who: str, parent_: Parent, edition: int) -> dict[str, str]:
    """Return a parent's six values; edition 4 prints no addresses."""
    address = "" if edition == 4 else parent_.address
    values = ("Name", "Age", "Nationality", "Ethnicity", "Address", "IdCardNumber")
    texts = (parent_.name, parent_.age, parent_.nationality, parent_.ethnicity, address, parent_.number)
    return {f"{who}{value}": text for value, text in zip(values, texts, strict=True)}


def child(random_: random.Random, born: datetime, mother: Parent, father: Parent) -> dict[str, str]:
    sex = random_.choices("男女", (53, 47))[0]
    days = round(min(max(random_.gauss(39.2, 1.5), 29), 41.8) * 7)
    if random_.random() < 0.06:
        days = random_.randint(29 * 7, 37 * 7)
    weeks, rest = divmod(days, 7)
    grams = min(max(3270 + (days - 276) * 24 + random_.gauss(0, 360), 1050), 4800)
    length = round(min(max(49.8 + (grams - 3270) / 320 + random_.gauss(0, 0.7), 41), 56))
    shows_days = random_.random() < 0.45 and rest > 0
    return {
        "neonatalName": child_name(random_, sex, born.year, mother, father),
        "sex": sex,
        "birthTime": f"{born:%Y年%m月%d日%H时%M分}",
        "gestationalAge": f"{weeks}+{rest}" if shows_days else str(weeks),
        "birthWeight": str(round(grams / 10) * 10 if random_.random() < 0.9 else round(grams / 5) * 5),
        "birthLength": str(length),
    }


def child_name(random_: random.Random, sex: str, year: int, mother: Parent, father: Parent) -> str:
    """Return the child's name: of its people, with the father's surname, seldom the mother's or both."""
    leading = father if father.provided and father.nationality.startswith("中国") else mother
    own = names.bare_name(random_, sex, leading.ethnicity) if not leading.surname else None
    if own and names.MIDDLE_DOT in leading.name:
        return f"{own}{names.MIDDLE_DOT}{names.first_part(leading.name)}" if leading is father else own
    if own:
        return own
    family = leading.surname
    if mother.surname and random_.random() < 0.05:
        family = mother.surname
    elif mother.surname and father.surname and random_.random() < 0.015 and mother.surname != father.surname:
        family = father.surname + mother.surname
    family = family or names.surname(random_, "汉")
    return family + names.given(random_, sex, year)


def authority(random_: random.Random, county: County, hospital: str, year: int) -> str:
    """Return who issues: mostly the hospital, else a health office of the county."""
    if random_.random() < 0.88:
        return hospital
    offices = ("卫生局", "卫生局") if year < 2014 else ("卫生和计划生育局", "卫生和计划生育委员会")
    if year >= 2019:
        offices = ("卫生健康局", "卫生健康委员会")
    stations = (county.name + "妇幼保健院", county.name + "妇幼保健计划生育服务中心")
    return random_.choice((county.name + offices[0], county.city + offices[1], *stations))


def certificate_number(random_: random.Random, province: str, issued: date, edition: int) -> str:
    """Return a number whose letter tells a print year within one of the issue year, of the edition's stock."""
    year = issued.year + random_.choices((0, -1, 1), (62, 33, 5))[0]
    last = LAST_ISSUE[edition].year
    year = min(max(year, FIRST_PRINT[edition]), last)
    return f"{chr(ord('A') + year - 2000)}{province}{random_.randint(0, 9_999_999):07d}"
