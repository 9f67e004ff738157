"""Numbers of identity documents: residents' numbers, permits of Hong Kong, Macau and Taiwan, passports, cards."""

import random
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Country:
    name: str
    alpha: str
    numeric: str
    men: tuple[str, ...]
    women: tuple[str, ...]


COUNTRIES = (
    Country(
        "越南",
        "VNM",
        "704",
        ("NGUYEN VAN HUNG", "TRAN VAN DUC"),
        ("NGUYEN THI LAN", "TRAN THI HOA", "LE THI THUY", "阮氏兰"),
    ),
    Country("缅甸", "MMR", "104", ("AUNG KO", "排勒干"), ("MA NANG", "玛南", "HNIN WAI")),
    Country("老挝", "LAO", "418", ("KHAMPHET",), ("BOUNMY", "VILAY KEO")),
    Country("美国", "USA", "840", ("JOHN ROBERT MILLER", "DAVID CHEN"), ("JENNIFER WANG", "EMILY SMITH")),
    Country("韩国", "KOR", "410", ("KIM MINSOO", "朴志勋"), ("LEE JIWON", "金秀贤")),
    Country("日本", "JPN", "392", ("佐藤健太", "TANAKA HIROSHI"), ("铃木惠子", "YAMADA YUKI")),
    Country("加拿大", "CAN", "124", ("MICHAEL ZHANG", "DANIEL ROY"), ("GRACE LI", "SOPHIE MARTIN")),
    Country("英国", "GBR", "826", ("JAMES WILSON", "THOMAS EDWARD CLARK"), ("SARAH TAYLOR",)),
    Country("马来西亚", "MYS", "458", ("TAN WEI MING", "LIM KOK WAH"), ("WONG MEI LING",)),
    Country("俄罗斯", "RUS", "643", ("IVANOV SERGEI",), ("PETROVA ANNA", "SMIRNOVA OLGA")),
    Country("巴基斯坦", "PAK", "586", ("MUHAMMAD ALI KHAN", "USMAN AHMED"), ("AYESHA KHAN",)),
    Country("尼日利亚", "NGA", "566", ("CHUKWUEMEKA OBI", "IBRAHIM MUSA"), ("NGOZI EZE",)),
)
COUNTRY_WEIGHTS = (9, 7, 3, 4, 3, 2, 2, 1, 2, 2, 1, 1)


def mod_11_2(body: str) -> str:
    """Return the check character of GB 11643 for 17 digits."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return "10X98765432"[total % 11]


def sex_digit(random_: random.Random, sex: str) -> str:
    return random_.choice("13579" if sex == "男" else "02468")


def resident(random_: random.Random, area: str, born: date, sex: str) -> str:
    body = f"{area}{born:%Y%m%d}{random_.randint(0, 99):02d}{sex_digit(random_, sex)}"
    return body + mod_11_2(body)


def mod_7_3_1(body: str) -> str:
    """Return the check digit of travel documents: weights 7, 3, 1; A is 10."""
    return str(sum(int(sign, 36) * (7, 3, 1)[place % 3] for place, sign in enumerate(body)) % 10)


def old_card(random_: random.Random, country: Country, area: str, born: date, sex: str) -> str:
    body = f"{country.alpha}{area[:4]}{born:%y%m%d}{sex_digit(random_, sex)}"
    return body + mod_7_3_1(body)


def new_card(random_: random.Random, country: Country, area: str, born: date, sex: str) -> str:
    body = f"9{area[:2]}{country.numeric}{born:%Y%m%d}{random_.randint(0, 99):02d}{sex_digit(random_, sex)}"
    return body + mod_11_2(body)


def passport(random_: random.Random) -> str:
    letters = random_.choice(
        ("", random_.choice("ABCEGKMNPT"), random_.choice("ABCEGKMNPT") + random_.choice("ABEGHX"))
    )
    return letters + "".join(random_.choices("0123456789", k=random_.choice((7, 8, 8, 9)) - len(letters) + 1))


def foreigners(
    random_: random.Random, country: Country, area: str, born: date, sex: str, issued: date
) -> tuple[str, str]:
    """Return the kind and number of a foreigner's document; the new card has been given since December 2023."""
    chance = random_.random()
    if chance < 0.7:
        return "护照", passport(random_)
    if issued.year >= 2024 and chance < 0.9:
        return "外国人永久居留身份证", new_card(random_, country, area, born, sex)
    return "外国人永久居留身份证", old_card(random_, country, area, born, sex)


def compatriots(random_: random.Random, region: str, born: date, sex: str, issued: date) -> tuple[str, str]:
    """Return the kind and number for a parent of Hong Kong, Macau or Taiwan; residence permits began in late 2018."""
    area = {"香港": "810000", "澳门": "820000", "台湾": "830000"}[region]
    if issued.year >= 2019 and random_.random() < 0.4:
        return "港澳台居民居住证", resident(random_, area, born, sex)
    digits = "".join(random_.choices("0123456789", k=8))
    if region == "台湾":
        return "台湾居民来往大陆通行证", digits
    return "港澳居民来往内地通行证", ("H" if region == "香港" else "M") + digits
