"""A year of birth that was misread may lie millennia ahead; a judgement takes no longer for it."""

import pytest

from reviewapp.facts import divisions, gazetteer
from reviewapp.facts.gazetteer import FIRST_YEAR
from tests.rules.records import codes

FAR_YEAR = {"birth_time": "9020年06月26日09时28分", "issue_date": "9020年07月01日"}


def test_a_far_year_is_looked_up_no_longer_than_the_table_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, years = divisions.resolve, []

    def noting(text: str, year: int = gazetteer.TODAY) -> divisions.Place | None:
        years.append(year)
        return resolve(text, year)

    monkeypatch.setattr(divisions, "resolve", noting)
    found = codes(FAR_YEAR | {"birth_place": "没有这个地方"})

    assert "place_unresolved" in found
    # Each year of the table once, and a few beside for the addresses.
    assert len(years) < 2 * (gazetteer.last_year() - FIRST_YEAR)


def test_a_place_that_is_no_more_is_known_from_any_year_after() -> None:
    assert "place_no_more" in codes(FAR_YEAR | {"birth_place": "湖南省长沙市宁乡县"})
