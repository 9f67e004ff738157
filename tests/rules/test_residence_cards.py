"""Foreigners' cards: what a number says of its country, and what is shown where that is none."""

import pytest

from tests.rules.further_edges import card_of_2023, older_card, with_card
from tests.rules.records import the


@pytest.mark.parametrize(
    ("number", "country"),
    [(older_card("XXX"), "XXX"), (card_of_2023(country="999"), "999"), (older_card("GBR"), "英国")],
)
def test_a_card_of_another_country_says_which_and_one_of_none_says_what_stands_there(number: str, country: str) -> None:
    found = the("card_nationality", with_card(number))
    assert found.params["country"] == country
    assert f"“{country}”" in found.sentence
