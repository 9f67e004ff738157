"""The table of divisions: which code was whose in which year, what became of it, and which place a text names."""

import pytest

from reviewapp.facts import divisions, gazetteer
from reviewapp.facts.gazetteer import FIRST_YEAR, OVERSEAS, TODAY, Division

COUNTIES = [
    division
    for division in gazetteer.divisions()
    if division.level == 3 and division.until == TODAY and division.code[:2] not in OVERSEAS
]


def the(code: str, year: int) -> Division:
    division = gazetteer.in_year(code, year)
    assert division is not None
    return division


def test_a_place_is_found_whether_or_not_its_unit_words_are_written() -> None:
    """Where a city and a county share a short name, only the unit word tells them apart."""
    ambiguous = {"622901", "622921", "653201", "653221", "654002", "654021"}
    for county in COUNTIES:
        short = divisions.resolve("".join(map(divisions.short, county.levels)))
        assert short is not None
        assert short.is_whole
        assert short.code == county.code or county.code in ambiguous


def test_every_county_is_found_by_its_whole_name_in_its_first_middle_and_last_year() -> None:
    for county in gazetteer.divisions():
        if county.level < 3 or county.code[:2] in OVERSEAS or county.since == FIRST_YEAR:
            continue
        last = min(county.until, 2025)
        for year in {county.since, (county.since + last) // 2, last}:
            place = divisions.resolve("".join(county.levels), year)
            assert place is not None
            assert place.is_whole, (county, year)


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("362502", 1987, "江西省抚州地区临川市"),
        ("362502", 2000, "江西省抚州地区临川市"),
        ("362502", 2001, ""),
        ("362502", 1986, ""),
        ("110103", 2010, "北京市崇文区"),
        ("110103", 2011, ""),
        ("330113", 2020, ""),
        ("330113", TODAY, "浙江省杭州市临平区"),
        ("422801", 1983, "湖北省鄂西土家族苗族自治州恩施市"),
        ("433125", 1950, "湖南省湘西土家族苗族自治州保靖县"),
        ("710101", 1990, "台湾省台北市北投区"),
        ("830000", 2020, ""),
        ("", 2020, ""),
        ("43", 2020, ""),
        ("四三三一二五", 2020, ""),
    ],
)
def test_a_code_was_a_countys_in_its_years_only(code: str, year: int, name: str) -> None:
    county = gazetteer.county_in(code, year)
    assert (county.full_name if county else "") == name


def test_provinces_and_cities_are_no_counties() -> None:
    assert gazetteer.county_in("430000", 2020) is None
    assert gazetteer.county_in("430100", 2020) is None
    assert gazetteer.county_in("810000", 2020) is not None


def test_what_was_given_up_leads_to_what_is_there_today() -> None:
    assert [end.full_name for end in gazetteer.successors(the("110103", 2000))] == ["北京市东城区"]
    assert [end.code for end in gazetteer.successors(the("430124", 2010))] == ["430182"]
    assert [end.full_name for end in gazetteer.successors(the("512201", 1990))] == ["重庆市万州区"]
    still_there = the("433125", 2000)
    assert gazetteer.successors(still_there) == (still_there,)
    assert "430124" in gazetteer.predecessors("430182")
    assert gazetteer.codes_of_place("430124") == gazetteer.codes_of_place("430182") == {"430182"}
    assert gazetteer.codes_of_place("999999") == frozenset()


def test_every_chain_of_successors_ends() -> None:
    lost = [
        division
        for division in gazetteer.divisions()
        if division.level == 3 and division.until != TODAY and not gazetteer.successors(division)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "year", "name"),
    [
        ("湖南长沙宁乡", 2010, "湖南省长沙市宁乡县"),
        ("湖南长沙宁乡", 2020, "湖南省长沙市宁乡市"),
        ("四川省万县市天城区", 1996, "四川省万县市天城区"),
        ("四川万县天城", 1996, "四川省万县市天城区"),
        ("河北石家庄赵", 2020, "河北省石家庄市赵县"),
        ("河北石家庄获鹿", 1990, "河北省石家庄市获鹿县"),
        ("广东东莞东莞", 2015, "广东省东莞市"),
        ("广东省东莞市市辖区", 2015, "广东省东莞市"),
        ("北京北京崇文", 2005, "北京市崇文区"),
        ("湖南湘西土家族苗族自治保靖", 2020, "湖南省湘西土家族苗族自治州保靖县"),
        ("甘肃临夏临夏", 2020, "甘肃省临夏回族自治州临夏市"),
    ],
)
def test_a_place_is_named_as_it_was_in_a_year(text: str, year: int, name: str) -> None:
    place = divisions.resolve(text, year)
    assert place is not None
    assert place.division.full_name in {name, name[:-1] + "县"}
    assert place.is_whole


@pytest.mark.parametrize("text", ["", "县", "Hunan", "湖", "市市市", "省" * 5000, "\u200b", "湖南省" * 300])
def test_what_names_no_county_is_none(text: str) -> None:
    place = divisions.resolve(text, 2020)
    assert place is None or not place.is_whole
