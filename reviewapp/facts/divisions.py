"""Provinces, cities and counties (GB/T 2260): from a text to a place and its code. Pure."""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, product
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
# Places that share the rarest characters with a misread one, and are compared with it in full.
_COMPARED = 8
# A character that stands in so many places or more (市, 省) does not say which one it is.
_MOST_PLACES = 1500
# Of an address, in which its place is looked for; the two longest names have one character more.
_BEGINNING = 24
# Characters; a shorter name is too easily one edit away from any text.
_SHORTEST_PLACE = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A division as written at the start of a text.

    `code` has six digits, with zeros for the levels that are not there; `rest` is the text behind
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
    """Return the year from which a county's code has been in use.

    Those that are as old as the standard are not among them.
    """
    with YEARS.open(encoding="utf-8") as file:
        return {row["code"]: int(row["since"]) for row in csv.DictReader(file)}


@cache
def last_years() -> Mapping[str, int]:
    """Return the year until which a county's code was in use, 1980 or later.

    Those that still are in use are not among them.
    """
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
            has_city = f"{city}00" in names()
            below[f"{province}*"].append(code)
            below[city if has_city else province].append(code)
    return dict(below)


def has_counties(city: str) -> bool:
    return city[:4] in _below()


def parents(code: str) -> tuple[str, ...]:
    """Return the codes of a division and those above it, the province first."""
    above = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    return tuple(level for level in above if level in names())


def _names_of_levels(code: str) -> list[str]:
    return [names()[level] for level in parents(code)]


def full_name(code: str, *, province: str = "") -> str:
    """Return a place's whole name; municipalities are not repeated.

    `province` replaces the first level's name.
    """
    levels = _names_of_levels(code)
    if not levels:
        return ""
    first, *below = levels
    if below and below[0] == first:
        del below[0]
    return "".join([province or first, *below])


def short(name: str) -> str:
    """Return a name without its unit word, and without an area's peoples: 湘西土家族苗族自治州 → 湘西."""
    ending = _unit_word(name)
    stem = name.removesuffix(ending)
    if ending.startswith("自治") and "族" in stem:
        stem = stem[: _people_start(stem)]
    return stem if len(stem) >= 2 else name


def _unit_word(name: str) -> str:
    """Return the unit word that a name ends with; of the place two characters must be left."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return ending
    return ""


def _people_start(stem: str) -> int:
    """Return where the first people's name begins, behind the two characters of the place."""
    starts = [stem.find(people) for people in _PEOPLES]
    return min((start for start in starts if start >= 2), default=len(stem))


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
    codes = _below().get(above, ())
    whole_names = {names()[code]: code for code in codes}
    if above.endswith("*") and above[:2] not in MUNICIPALITIES:
        return whole_names
    short_names = {code: short(names()[code]) for code in codes}
    times = Counter(short_names.values())
    unique = {name: code for code, name in short_names.items() if times[name] == 1}
    return unique | whole_names


@cache
def _longest(above: str) -> int:
    return max(map(len, _forms(above)), default=0)


def _take(text: str, above: str) -> Iterator[tuple[str, str]]:
    """Yield (code, rest of the text) for every form below `above` that it begins with.

    The longest form comes first; none has a single character.
    """
    forms = _forms(above)
    longest = min(_longest(above), len(text))
    for length in range(longest, 1, -1):
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
        for behind in _behind_province(province, rest):
            yield from _below_province(province, _without_filler(behind))


def _behind_province(province: str, text: str) -> Iterable[str]:
    """Return a text, and what is left of it where it begins with the province once more."""
    behind_repeated = [rest for code, rest in _take(text, "") if code == province]
    return dict.fromkeys([text, *behind_repeated])


def _below_province(province: str, text: str) -> Iterator[Place]:
    for city, rest in _take(text, province[:2]):
        yield Place(city, rest)
        if city.endswith("00"):
            yield from _counties(city[:4], _without_filler(rest))
    # In a municipality there is no city to be left out.
    is_complete = province[:2] in MUNICIPALITIES
    for county in _counties(f"{province[:2]}*", text):
        yield replace(county, is_complete=is_complete)


def _counties(above: str, text: str) -> Iterator[Place]:
    """Yield the counties that a text begins with.

    One without its unit word is a county only when nothing follows.
    """
    for code, rest in _take(text, above):
        if not rest or text.startswith(names()[code]):
            yield Place(code, rest)


def _without_filler(text: str) -> str:
    for filler in FILLERS:
        if text.startswith(filler):
            return text.removeprefix(filler)
    return text


def lost_units(text: str) -> str:
    """Return a place's whole name where some of its unit words are missing and some are not.

    1. A whole place, elsewhere than in a municipality. 2. The unit words that are there: a province
    may always be written short (湖南湘西土家族苗族自治州保靖县); the levels below it go together.
    3. "" when all of them are there, or none.
    """
    place = resolve(text)
    if place is None or place.level < 3 or not place.is_complete:
        return ""
    if place.code[:2] in MUNICIPALITIES:
        return ""

    province, *below = _names_of_levels(place.code)
    short_province = short(province)
    written = text[: len(text) - len(place.rest)]
    is_province_whole = written.startswith(province)
    behind_whole = written.removeprefix(province)
    behind_short = written.removeprefix(short_province)
    is_whole = [name in behind_whole or name in behind_short for name in below]

    has_unit = any(is_whole) or (is_province_whole and province != short_province)
    if all(is_whole) or not has_unit:
        return ""
    return full_name(place.code, province=province if is_province_whole else short_province)


def with_todays_unit(text: str) -> str:
    """Return the place that a text names with another unit word (宁乡县 → 宁乡市), else ""."""
    stem, written_unit = text[:-1], text[-1:]
    if written_unit not in UNITS:
        return ""
    for unit in UNITS.replace(written_unit, ""):
        place = resolve(stem + unit)
        if place and place.level == 3 and place.is_complete and not place.rest:
            return stem + unit
    return ""


def resolve_anywhere(text: str, province: str) -> Place | None:
    """Return the place that an institution's name begins with.

    It begins with its province, or with a place within a given `province`, two digits.
    """
    places = list(_below_province(f"{province}0000", text))
    from_province_on = resolve(text)
    if from_province_on is not None:
        places.insert(0, from_province_on)
    return max(places, key=lambda place: (place.level, -len(place.rest)), default=None)


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    """Return the codes of the counties by every character of their whole names.

    Cities without counties are among them.
    """
    index = defaultdict(list)
    for code in names():
        if Place(code, "").level < 3:
            continue
        for char in set(full_name(code)):
            index[char].append(code)
    return {char: tuple(codes) for char, codes in index.items() if len(codes) < _MOST_PLACES}


def _sharing_most(text: str) -> list[str]:
    weights: defaultdict[str, float] = defaultdict(float)
    for char in set(text):
        codes = _index().get(char, ())
        for code in codes:
            # A rare character says more about which place it is than 县 does.
            weights[code] += 1 / math.sqrt(len(codes))
    heaviest = sorted(weights, key=lambda code: -weights[code])
    return heaviest[:_COMPARED]


@cache
def spellings(code: str) -> tuple[str, ...]:
    """Return the ways in which a place is commonly written, the whole name first."""
    levels = _names_of_levels(code)
    province, cities, name = levels[0], levels[1:-1], levels[-1]
    with_all_levels = product(
        (province, short(province)), *((city, short(city)) for city in cities), (name,)
    )
    ways = ["".join(way) for way in with_all_levels]
    ways.append(province + name)
    ways.append(short(province) + name)
    return tuple(dict.fromkeys([full_name(code), *ways]))


def nearest(text: str, *, limit: int = 3) -> list[str]:
    """Return the places that a misread place name may stand for, best first.

    They are spelled as it was begun. Lines of one slot that were read in the wrong order leave the
    same characters in another order.
    """
    most = max(1.5, len(text) / 5)
    scored = []
    for code in _sharing_most(text):
        costs = {spelling: _cost(text, spelling) for spelling in spellings(code)}
        spelling = min(costs, key=costs.__getitem__)
        if costs[spelling] <= most:
            scored.append((costs[spelling], spelling))
    scored.sort()
    return [spelling for cost, spelling in scored[:limit] if cost <= scored[0][0] + 1]


def _cost(text: str, spelling: str) -> float:
    """Return the least of edits and of a changed order, which counts as half an edit."""
    changed_characters = bag_distance(text, spelling)
    if changed_characters > 3:
        return changed_characters
    return min(distance(text, spelling), changed_characters + 0.5)


def nearest_prefix(text: str) -> tuple[str, str] | None:
    """Return what an address begins with, and the place that it nearly is.

    1. The places that it may be. 2. Those that one character tells apart from its beginning, in
    more than the unit word, which differs where a county has become a city. 3. The nearest, None
    when there is none.
    """
    place = resolve(text)
    in_city = _below()[place.code[:4]] if place and place.level == 2 else ()
    start = text[:_BEGINNING]
    codes = dict.fromkeys([*in_city, *_sharing_most(start)])

    candidates = []
    for spelling in chain.from_iterable(spellings(code) for code in codes):
        missing = set(spelling).difference(start)
        if len(spelling) < _SHORTEST_PLACE or len(missing) > 1:
            continue
        cost, length = prefix_distance(start, spelling)
        beginning = text[:length]
        if 0 < cost <= 1 and not _differs_in_unit(beginning, spelling):
            candidates.append((cost, -len(spelling), beginning, spelling))

    if not candidates:
        return None
    _cost, _length, beginning, spelling = min(candidates)
    return beginning, spelling


def _differs_in_unit(text: str, spelling: str) -> bool:
    """Return whether only the county's unit word differs or is missing.

    So it is in a place written short or long ago.
    """
    return text[:-1] == spelling[:-1] and text[-1] in UNITS
