"""The tables of counties: which codes a resident number may begin with."""

from reviewapp.facts import divisions

WITHOUT_COUNTIES = {"71", "81", "82", "99"}
COUNTIES = {code for code in divisions.names() if divisions.is_county(code) and code[:2] not in WITHOUT_COUNTIES}


def test_former_counties_are_codes_of_a_province_that_no_county_has_today() -> None:
    former = divisions.last_years()
    assert len(former) > 3000
    assert all(len(code) == 6 and code.isdigit() and divisions.is_province(code[:2]) for code in former)
    assert not [code for code in former if divisions.is_county(code)]
    assert {former["110103"], former["310103"]} == {2009, 2010}


def test_a_place_is_found_whether_or_not_its_unit_words_are_written() -> None:
    """Where a city and a county share a short name, only the unit word tells them apart."""
    ambiguous = {"622901", "622921", "653201", "653221", "654002", "654021"}
    for code in COUNTIES - ambiguous:
        names = [divisions.names()[each] for each in divisions.parents(code)]
        short = divisions.resolve("".join(map(divisions.short, names)))
        assert short is not None
        assert (short.code, short.rest, short.is_complete) == (code, "", True)
