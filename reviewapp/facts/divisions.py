"""From a text to a province, city or county, as they were in any year. Pure.

`facts.gazetteer` has the table. Where a function takes a year it looks at the divisions of that
year; without one, at those of today.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, product

from reviewapp.facts.distance import bag_distance, distance, prefix_distance
from reviewapp.facts.gazetteer import (
    ALL_COUNTIES,
    TODAY,
    Division,
    below,
    divisions,
    has_no_counties,
    in_year,
    names,
    versions,
)
from reviewapp.facts.vocabulary import ETHNIC_GROUPS

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
FILLERS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖", "县")
UNITS = "县市区旗"
_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "林区",
            "省", "市", "县", "区", "盟")  # fmt: skip
# The last characters of names, which the form prints behind its slots.
_PRINTED_UNITS = "省市县区州盟旗"
# Places that share the rarest characters with a misread one, and are compared with it in full.
_COMPARED = 8
# A character that so many places have had, or more (市, 省), does not say which one it is.
_MOST_PLACES = 3000
# Of an address, in which its place is looked for; the two longest names have one character more.
_BEGINNING = 24
# Characters; a shorter name is too easily one edit away from any text.
_SHORTEST_PLACE = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A division as written at the start of a text; `rest` is the text behind it.

    `is_complete` says that no level was left out.
    """

    division: Division
    rest: str
    is_complete: bool = True

    @property
    def code(self) -> str:
        """Return six digits, with zeros for the levels that are not there."""
        return self.division.code

    @property
    def level(self) -> int:
        """Return 1 for a province, 2 for a city, 3 for a county or a city that has no counties."""
        return 3 if has_no_counties(self.division) else self.division.level

    @property
    def is_whole(self) -> bool:
        """Return whether the text is a county with all levels above it, and no more."""
        return self.level == 3 and self.is_complete and not self.rest


def is_province(two_digits: str) -> bool:
    return f"{two_digits}0000" in names()


def parents(code: str) -> tuple[str, ...]:
    """Return the codes of a division and those above it, the province first."""
    above = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    return tuple(level for level in above if level in names())


def full_name(code: str, year: int = TODAY) -> str:
    """Return the whole name that a code's place had in a year.

    If it had none then it is the last that it had, "" if it never had one.
    """
    known = versions(code)
    division = in_year(code, year) or (known[-1] if known else None)
    return division.full_name if division else ""


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


def _short_forms(name: str) -> Iterator[str]:
    """Yield what is left of a name where unit words are not written: the form prints 省 市 县(区).

    A county of two characters is one without (赵县).
    """
    yield short(name)
    if name[-1] in _PRINTED_UNITS:
        yield name[:-1]
    ending = _unit_word(name)
    if ending:
        yield name.removesuffix(ending)


@cache
def _forms(above: tuple[str, ...]) -> Mapping[str, tuple[Division, ...]]:
    """Return the divisions below others by every form of their names, the newest first.

    The counties of a whole province are known by their whole names only, but for a municipality's.
    """
    forms: defaultdict[str, dict[Division, None]] = defaultdict(dict)
    for division in sorted(below().get(above, ()), key=lambda division: -division.since):
        forms[division.name][division] = None
        is_any_county = above[1:] == (ALL_COUNTIES,)
        if is_any_county and division.code[:2] not in MUNICIPALITIES:
            continue
        for form in _short_forms(division.name):
            forms[form][division] = None
    return {form: tuple(known) for form, known in forms.items()}


@cache
def _longest(above: tuple[str, ...]) -> int:
    return max(map(len, _forms(above)), default=0)


def _meant(form: str, known: Sequence[Division], year: int) -> list[Division]:
    """Return what a form of a name means in a year, the likeliest first.

    A whole name means what has it: of two in a year of change the newer. Where unit words are
    left out it may be a city or the county of that name, or a city and the area round it.
    """
    of_year = [division for division in known if division.is_of(year)]
    whole = [division for division in of_year if division.name == form]
    return whole or of_year


def _take(text: str, above: tuple[str, ...], year: int) -> Iterator[tuple[Division, str]]:
    """Yield (division, rest of the text) for every form below `above` that it begins with.

    The longest form comes first. A single character is one only where nothing follows it.
    """
    forms = _forms(above)
    longest = min(_longest(above), len(text))
    for length in range(longest, 0, -1):
        form, rest = text[:length], text[length:]
        if length == 1 and rest:
            return
        for division in _meant(form, forms.get(form, ()), year):
            yield division, rest


def resolve(text: str, year: int = TODAY) -> Place | None:
    """Return the place that a text begins with, as deep as it can be followed, or None.

    Units may be missing or doubled, provinces repeated (重庆市重庆市丰都县), and a level left out.
    """
    return max(_readings(text, year), key=_depth, default=None)


def _depth(place: Place) -> tuple[int, int, bool]:
    return place.level, -len(place.rest), place.is_complete


def resolve_in(text: str, years: Iterable[int]) -> Place | None:
    """Return the place that a text begins with, in the first of some years that has a county of
    that name, or else as deep as it can be followed in any of them.
    """
    places = []
    for year in years:
        place = resolve(text, year)
        if place is None:
            continue
        if place.level == 3 and place.is_complete:
            return place
        places.append(place)
    return max(places, key=_depth, default=None)


def _readings(text: str, year: int) -> Iterator[Place]:
    for province, rest in _take(text, (), year):
        yield Place(province, rest)
        for behind in _behind_province(province, rest, year):
            yield from _below_province(province, _without_filler(behind), year)


def _behind_province(province: Division, text: str, year: int) -> Iterable[str]:
    """Return a text, and what is left of it where it begins with the province once more."""
    behind_repeated = [rest for division, rest in _take(text, (), year) if division == province]
    return dict.fromkeys([text, *behind_repeated])


def _below_province(province: Division, text: str, year: int) -> Iterator[Place]:
    for division, rest in _take(text, province.levels, year):
        if division.level == 2 and not has_no_counties(division):
            yield Place(division, rest)
            yield from _counties(division.levels, _without_filler(rest), year)
        else:
            yield Place(division, _without_repetition(division, rest))
    # In a municipality there is no city to be left out.
    is_complete = province.code[:2] in MUNICIPALITIES
    for county in _counties((province.name, ALL_COUNTIES), text, year):
        yield replace(county, is_complete=is_complete)


def _counties(above: tuple[str, ...], text: str, year: int) -> Iterator[Place]:
    """Yield the counties that a text begins with.

    One without its unit word is a county only when nothing follows.
    """
    for division, rest in _take(text, above, year):
        if not rest or text.startswith(division.name):
            yield Place(division, rest)


def _without_repetition(division: Division, rest: str) -> str:
    """Return "" where behind a city without counties its name or none stands in their slot."""
    is_repeated = rest in {division.name, short(division.name), *FILLERS}
    return "" if is_repeated else rest


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

    province, *below = place.division.levels
    short_province = short(province)
    written = text[: len(text) - len(place.rest)]
    is_province_whole = written.startswith(province)
    behind_whole = written.removeprefix(province)
    behind_short = written.removeprefix(short_province)
    is_whole = [name in behind_whole or name in behind_short for name in below]

    has_unit = any(is_whole) or (is_province_whole and province != short_province)
    if all(is_whole) or not has_unit:
        return ""
    return "".join([province if is_province_whole else short_province, *below])


def resolve_anywhere(text: str, province: Division, years: Iterable[int]) -> Place | None:
    """Return the place that an institution's name begins with, in one of some years.

    It begins with its province, or with a place within a given one.
    """
    places: list[Place] = []
    for year in years:
        from_province_on = resolve(text, year)
        if from_province_on is not None:
            places.append(from_province_on)
        places.extend(_below_province(province, text, year))
    return max(places, key=lambda place: (place.level, -len(place.rest)), default=None)


@cache
def _names_outside(province: str) -> frozenset[str]:
    within = {division.name for division in divisions() if division.levels[0] == province}
    return frozenset(division.name for division in divisions()) - within


def begins_outside(text: str, province: str) -> bool:
    """Return whether a text begins with the whole name of a division, of any year, that a province
    has none of.
    """
    outside = _names_outside(province)
    longest = max(map(len, outside))
    return any(text[:length] in outside for length in range(2, longest + 1))


@cache
def _index() -> Mapping[str, tuple[Division, ...]]:
    """Return the counties of any year by every character of their whole names.

    Cities without counties are among them.
    """
    index = defaultdict(list)
    for division in divisions():
        if Place(division, "").level < 3:
            continue
        for char in set(division.full_name):
            index[char].append(division)
    return {char: tuple(known) for char, known in index.items() if len(known) < _MOST_PLACES}


def _sharing_most(text: str, year: int) -> list[Division]:
    weights: defaultdict[Division, float] = defaultdict(float)
    for char in set(text):
        known = _index().get(char, ())
        for division in known:
            # A rare character says more about which place it is than 县 does.
            if division.is_of(year):
                weights[division] += 1 / math.sqrt(len(known))
    heaviest = sorted(weights, key=lambda division: -weights[division])
    return heaviest[:_COMPARED]


@cache
def spellings(division: Division) -> tuple[str, ...]:
    """Return the ways in which a place is commonly written, the whole name first."""
    levels = division.levels
    province, cities, name = levels[0], levels[1:-1], levels[-1]
    with_all_levels = product(
        (province, short(province)), *((city, short(city)) for city in cities), (name,)
    )
    ways = ["".join(way) for way in with_all_levels]
    ways.append(province + name)
    ways.append(short(province) + name)
    return tuple(dict.fromkeys([division.full_name, *ways]))


def nearest(text: str, year: int = TODAY, *, limit: int = 3) -> list[str]:
    """Return the places that a misread place name may stand for, best first.

    They are spelled as it was begun. Lines of one slot that were read in the wrong order leave the
    same characters in another order.
    """
    most = max(1.5, len(text) / 5)
    scored = []
    for division in _sharing_most(text, year):
        costs = {spelling: _cost(text, spelling) for spelling in spellings(division)}
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


def nearest_prefix(text: str, year: int = TODAY) -> tuple[str, str] | None:
    """Return what an address begins with, and the place that it nearly is.

    1. The places that it may be: those below the one that it begins with, and those that share most
    characters with it. 2. Those that one character tells apart from its beginning, in more than the
    unit word, which differs where a county has become a city. 3. The nearest, None when there is
    none.
    """
    place = resolve(text, year)
    within = below().get(place.division.levels, []) if place else []
    of_year = [division for division in within if division.is_of(year)]
    start = text[:_BEGINNING]
    known = dict.fromkeys([*of_year, *_sharing_most(start, year)])

    candidates = []
    for spelling in chain.from_iterable(spellings(division) for division in known):
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
