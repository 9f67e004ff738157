"""Places to be born and to live in: province, city and county with the county's GB/T 2260 code."""

from functools import cache
from typing import NamedTuple

from reviewapp.facts import gazetteer

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
AUTONOMOUS = {
    "广西壮族自治区": "广西",
    "内蒙古自治区": "内蒙古",
    "新疆维吾尔自治区": "新疆",
    "宁夏回族自治区": "宁夏",
    "西藏自治区": "西藏",
}
_ELSEWHERE = frozenset({"71", "81", "82"})
# Reefs in the South China Sea, where nobody is born.
_WITHOUT_HOSPITALS = frozenset({"460302", "460303"})
_LONGEST_COUNTY = 10


class Place(NamedTuple):
    """A county with the two levels above it, all in their full names."""

    province: str
    city: str
    county: str
    code: str

    @property
    def short_province(self) -> str:
        """Return the province's name as the form's 省 slot usually holds it."""
        return AUTONOMOUS.get(self.province, self.province.removesuffix("省"))


@cache
def places() -> tuple[Place, ...]:
    """Return every mainland county that has a city above it and a name that fits the slot, in code order."""
    names = gazetteer.names()
    return tuple(
        Place(names[code[:2] + "0000"], names[code[:4] + "00"], name, code)
        for code, name in sorted(names.items())
        if code not in _WITHOUT_HOSPITALS
        and code[4:] != "00"
        and code[:4] + "00" in names
        and code[:2] not in _ELSEWHERE
        and len(name) <= _LONGEST_COUNTY
    )


@cache
def plain_places() -> tuple[Place, ...]:
    """Return the places whose city fits on one line of its slot."""
    return tuple(place for place in places() if len(place.city) <= 5)


@cache
def long_city_places() -> tuple[Place, ...]:
    """Return the places whose city needs two lines of its slot."""
    return tuple(place for place in places() if 5 < len(place.city) <= 10)


@cache
def municipal_places() -> tuple[Place, ...]:
    """Return the districts of Beijing, Tianjin, Shanghai and Chongqing."""
    return tuple(place for place in places() if place.code[:2] in MUNICIPALITIES)
