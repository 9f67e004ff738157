"""A digit where a certificate number's letter stands: rules and engine name the same letter."""

import pytest

from reviewapp.facts.digits import LETTER_FOR_DIGIT, LETTERS_FOR_DIGIT
from tests.rules.records import proposals, the


@pytest.mark.parametrize("digit", sorted(set(LETTERS_FOR_DIGIT) - {"9"}))
def test_what_the_engine_takes_a_digit_for_is_what_the_rules_propose_first(digit: str) -> None:
    undated = {"certificate_number": f"{digit}430123456", "issue_date": ""}
    letter = digit.translate(LETTER_FOR_DIGIT)
    assert proposals(the("number_form", undated))[0] == ("certificate_number", f"{letter}430123456")
