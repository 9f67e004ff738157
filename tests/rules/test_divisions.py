"""The tables of counties: which codes a resident number may begin with."""

from reviewapp.rules import divisions


def test_former_counties_are_codes_of_a_province_that_no_county_has_today() -> None:
    former = divisions.last_years()
    assert len(former) > 3000
    assert all(len(code) == 6 and code.isdigit() and divisions.is_province(code[:2]) for code in former)
    assert not [code for code in former if divisions.is_county(code)]
    assert {former["110103"], former["310103"]} == {2009, 2010}
