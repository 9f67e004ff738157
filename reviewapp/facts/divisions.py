"""Provinces, cities and counties (GB/T 2260): from a text to a place and its code. Pure."""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from reviewapp.facts.distance import bag_distance, distance, prefix_distance
from reviewapp.facts.vocabulary import ETHNIC_GROUPS

DATA = Path(__file__).parent.parent / "data"
CSV = DATA / "divisions.csv"
YEARS = DATA / "division_years.csv"
FORMER = DATA / "division_former.csv"
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
FILLERS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖", "县")
UNITS = "县市区旗"
_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "林区",
            "省", "市", "县", "区", "盟")  # fmt: skip
_NEAREST = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A division as written at the start of a text.

    `code` has six digits, with zeros for the levels that were not found; `rest` is the text behind
    it. `is_complete` says that no level was left out.
    """

    code: str
    rest: str
    is_complete: bool = True

    @property
    def level(self) -> int:
        """Return 1 for a province, 2 for a city, 3 for a county or a city that has no counties."""
        if self.code.endswith("0000"):
            return 1
        return 2 if self.code.endswith("00") and has_counties(self.code) else 3


@cache
def names() -> Mapping[str, str]:
    """Return the name of every division by its six-digit code."""
    with CSV.open(encoding="utf-8") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@cache
def first_years() -> Mapping[str, int]:
    """Return the year from which a county's code has been in use, for those that are younger than the standard."""
    with YEARS.open(encoding="utf-8") as file:
        return {row["code"]: int(row["since"]) for row in csv.DictReader(file)}


@cache
def last_years() -> Mapping[str, int]:
    """Return the year until which a county's code was in use, for those of 1980 and later that no longer are."""
    with FORMER.open(encoding="utf-8") as file:
        return {row["code"]: int(row["until"]) for row in csv.DictReader(file)}


def is_province(two_digits: str) -> bool:
    return f"{two_digits}0000" in names()


def is_county(code: str) -> bool:
    """Return whether this is the code of a county, or of what stands in its place, today."""
    return code in names() and (not code.endswith("00") or code[:2] in {"71", "81", "82"})


def was_county(code: str, since: int) -> bool:
    """Return whether a code that is no county's today was one in a year, or later."""
    return last_years().get(code, 0) >= since


@cache
def _below() -> Mapping[str, list[str]]:
    """Return the codes of the divisions below a prefix of a code.

    "" gives provinces, two digits their cities and the counties without a city, four digits
    counties, two digits and a star all counties of a province.
    """
    below = defaultdict(list)
    for code in names():
        province, city = code[:2], code[:4]
        if code.endswith("0000"):
            below[""].append(code)
        elif code.endswith("00"):
            below[province].append(code)
        else:
            below[f"{province}*"].append(code)
            below[city if f"{city}00" in names() else province].append(code)
    return dict(below)


def has_counties(city: str) -> bool:
    return city[:4] in _below()


def parents(code: str) -> tuple[str, ...]:
    """Return the codes of a division and those above it, the province first."""
    return tuple(
        dict.fromkeys(c for c in (f"{code[:2]}0000", f"{code[:4]}00", code) if c in names())
    )


def full_name(code: str, *, province: str = "") -> str:
    """Return a place's whole name; municipalities are not repeated.

    `province` replaces the first level's name.
    """
    levels = [names()[c] for c in parents(code)]
    if len(levels) > 1 and levels[0] == levels[1]:
        levels.pop(1)
    return "".join([province or levels[0], *levels[1:]]) if levels else ""


def short(name: str) -> str:
    """Return a name without its unit word, and without an area's peoples: 湘西土家族苗族自治州 → 湘西."""
    ending = next((e for e in _ENDINGS if name.endswith(e) and len(name) - len(e) >= 2), "")
    stem = name.removesuffix(ending)
    if ending.startswith("自治") and "族" in stem:
        stem = stem[: _people_start(stem)]
    return stem if len(stem) >= 2 else name


def _people_start(stem: str) -> int:
    """Return where the first people's name begins: two characters are the least that a place keeps."""
    starts = [stem.find(people) for people in _PEOPLES if stem.find(people) >= 2]
    return min(starts, default=len(stem))


_PEOPLES = (
    *(f"{group}族" for group in ETHNIC_GROUPS),
    "各族",
    *("蒙古", "哈萨克", "塔吉克", "柯尔克孜", "锡伯", "景颇"),
)


@cache
def _forms(above: str) -> Mapping[str, str]:
    """Return the codes of the divisions below a prefix by every form of their names.

    The counties of a whole province are known by their whole names only, but for a municipality's.
    """
    scope = _below().get(above, ())
    if above.endswith("*") and above[:2] not in MUNICIPALITIES:
        return {names()[code]: code for code in scope}
    counted = Counter(short(names()[code]) for code in scope)
    forms = {short(names()[code]): code for code in scope if counted[short(names()[code])] == 1}
    return forms | {names()[code]: code for code in scope}


@cache
def _longest(above: str) -> int:
    return max(map(len, _forms(above)), default=0)


def _take(text: str, above: str) -> Iterator[tuple[str, str]]:
    """Yield the code and the rest of the text for every form below `above` that it begins with, longest first."""
    forms = _forms(above)
    for length in range(min(_longest(above), len(text)), 1, -1):
        code = forms.get(text[:length])
        if code is not None:
            yield code, text[length:]


def resolve(text: str) -> Place | None:
    """Return the place that a text begins with, as deep as it can be followed, or None.

    Units may be missing or doubled, provinces repeated (重庆市重庆市丰都县), and a level left out.
    """
    return max(
        _readings(text),
        key=lambda place: (place.level, -len(place.rest), place.is_complete),
        default=None,
    )


def _readings(text: str) -> Iterator[Place]:
    for province, rest in _take(text, ""):
        yield Place(province, rest)
        for again in dict.fromkeys((rest, *(r for code, r in _take(rest, "") if code == province))):
            yield from _below_province(province, _without_filler(again))


def _below_province(province: str, text: str) -> Iterator[Place]:
    for city, rest in _take(text, province[:2]):
        yield Place(city, rest)
        if city.endswith("00"):
            yield from _counties(city[:4], _without_filler(rest))
    is_city = province[:2] in MUNICIPALITIES
    yield from (
        replace(county, is_complete=is_city) for county in _counties(f"{province[:2]}*", text)
    )


def _counties(above: str, text: str) -> Iterator[Place]:
    """Yield the counties that a text begins with; one without its unit word only when nothing follows."""
    for code, rest in _take(text, above):
        if not rest or text.startswith(names()[code]):
            yield Place(code, rest)


def _without_filler(text: str) -> str:
    return next((text.removeprefix(filler) for filler in FILLERS if text.startswith(filler)), text)


def lost_units(text: str) -> str:
    """Return the whole name of a place some of whose unit words are missing while others are there, else "".

    A province may always be written short (湖南湘西土家族苗族自治州保靖县); the levels below it go together.
    """
    place = resolve(text)
    if (
        place is None
        or place.level < 3
        or not place.is_complete
        or place.code[:2] in MUNICIPALITIES
    ):
        return ""
    province, *below = [names()[code] for code in parents(place.code)]
    written = text[: len(text) - len(place.rest)]
    present = [
        name in written.removeprefix(province) or name in written.removeprefix(short(province))
        for name in below
    ]
    if all(present) or not (
        any(present) or (written.startswith(province) and province != short(province))
    ):
        return ""
    head = province if written.startswith(province) else short(province)
    return full_name(place.code, province=head)


def with_todays_unit(text: str) -> str:
    """Return the place that a text names with another unit word (宁乡县 → 宁乡市), "" when it names none."""
    if text[-1:] not in UNITS:
        return ""
    for name in (text[:-1] + unit for unit in UNITS if unit != text[-1]):
        place = resolve(name)
        if place and place.level == 3 and place.is_complete and not place.rest:
            return name
    return ""


def resolve_anywhere(text: str, province: str) -> Place | None:
    """Return the place that an institution's name begins with: from its province on, or within a given one.

    `province` has two digits.
    """
    places = [
        place for place in (resolve(text), *_below_province(f"{province}0000", text)) if place
    ]
    return max(places, key=lambda place: (place.level, -len(place.rest)), default=None)


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    """Return the codes of the counties (and of cities without any) by every character of their whole names."""
    index = defaultdict(list)
    for code in names():
        if Place(code, "").level == 3:
            for char in set(full_name(code)):
                index[char].append(code)
    return {char: tuple(codes) for char, codes in index.items() if len(codes) < 1500}


def _sharing_most(text: str) -> list[str]:
    shared: defaultdict[str, float] = defaultdict(float)
    for char in set(text):
        codes = _index().get(char, ())
        # A rare character says more about which place it is than 县 does.
        for code in codes:
            shared[code] += 1 / math.sqrt(len(codes))
    return sorted(shared, key=lambda code: -shared[code])[:_NEAREST]


@cache
def spellings(code: str) -> tuple[str, ...]:
    """Return the ways in which a place is commonly written, the whole name first."""
    levels = [names()[c] for c in parents(code)]
    choices = [
        (levels[0], short(levels[0])),
        *((name, short(name)) for name in levels[1:-1]),
        (levels[-1],),
    ]
    ways = ["".join(way) for way in product(*choices)]
    ways += ["".join((province, levels[-1])) for province in choices[0]]
    return tuple(dict.fromkeys([full_name(code), *ways]))


def nearest(text: str, *, limit: int = 3) -> list[str]:
    """Return the places that a misread place name may stand for, spelled as it was begun, best first.

    Lines of one slot that were read in the wrong order leave the same characters in another order.
    """
    scored = []
    for code in _sharing_most(text):
        way, cost = min(
            ((way, _cost(text, way)) for way in spellings(code)), key=lambda pair: pair[1]
        )
        if cost <= max(1.5, len(text) / 5):
            scored.append((cost, way))
    return [way for cost, way in sorted(scored)[:limit] if cost <= min(scored)[0] + 1]


def _cost(text: str, way: str) -> float:
    """Return the least of edits and of a changed order, which counts as half an edit."""
    bag = bag_distance(text, way)
    return min(distance(text, way), bag + 0.5) if bag <= 3 else bag


def nearest_prefix(text: str) -> tuple[str, str] | None:
    """Return (what an address begins with, the place that it nearly is) when one character tells them apart.

    None when nothing is near, or when only the unit word differs, as it does where a county has
    become a city.
    """
    place = resolve(text)
    known = _below()[place.code[:4]] if place and place.level == 2 else ()
    start, seen = text[:24], set(text[:24])
    near = []
    for way in (
        way for code in dict.fromkeys((*known, *_sharing_most(start))) for way in spellings(code)
    ):
        if len(way) < 6 or len(set(way) - seen) > 1:
            continue
        cost, length = prefix_distance(start, way)
        if 0 < cost <= 1 and not _is_unit(text[:length], way):
            near.append((cost, -len(way), text[:length], way))
    return min(near)[2:] if near else None


def _is_unit(text: str, way: str) -> bool:
    """Return whether only the county's unit word differs or is missing, as in a place written short or long ago."""
    return text[:-1] == way[:-1] and text[-1] in UNITS
