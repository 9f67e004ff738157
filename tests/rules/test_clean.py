"""The plain form of values, and which step made it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewapp.certificate.fields import FIELDS
from reviewapp.rules.clean import CLEANINGS, STEPS, clean


@pytest.mark.parametrize(
    ("name", "value", "plain", "steps"),
    [
        ("birth_weight", "３４５０", "3450", {"full_width"}),
        ("birth_weight", "3 450 克", "3450", {"spaces", "units"}),
        ("birth_weight", "3.45kg", "3.45", {"units"}),
        ("birth_length", "50cm", "50", {"units"}),
        ("gestational_age", "40⁺³", "40+3", {"weeks_form"}),
        ("gestational_age", "40*3", "40+3", {"weeks_form"}),
        ("gestational_age", "40周3天", "40+3", {"weeks_form"}),
        ("gestational_age", "40周", "40", {"units"}),
        ("birth_time", "2019年6月26日9时8分", "2019年06月26日09时08分", {"date_form"}),
        ("birth_time", "2019-06-26 09:28", "2019年06月26日09时28分", {"spaces", "date_form"}),
        ("issue_date", "二〇一九年七月一日", "2019年07月01日", {"numerals", "date_form"}),
        ("issue_date", "二零一九年十二月三十一日", "2019年12月31日", {"numerals"}),
        ("issue_date", "2019.7.1", "2019年07月01日", {"date_form"}),
        ("mother_name", "///", "", {"not_provided"}),
        ("mother_name", "未提供", "", {"not_provided"}),
        ("mother_nationality", "Il", "", {"not_provided"}),
        ("father_id_card_number", "1111111111", "", {"not_provided"}),
        ("father_id_card_number", "43312519860101002x", "43312519860101002X", {"capitals"}),
        ("mother_name", "阿依古丽•买买提", "阿依古丽·买买提", {"middle_dot"}),
        ("mother_name", "李 静　怡", "李静怡", {"full_width", "spaces"}),
        ("father_name", " James  Miller ", "James Miller", {"spaces"}),
        ("certificate_number", "ｔ430 123456", "T430123456", {"full_width", "spaces", "capitals"}),
    ],
)
def test_a_value_has_one_plain_form_and_the_steps_that_made_it(
    name: str, value: str, plain: str, steps: set[str]
) -> None:
    cleaned, made_by = clean(name, value)
    assert (cleaned, set(made_by)) == (plain, steps)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("father_age", "11"),
        ("mother_nationality", "中国（香港）"),
        ("birth_time", "2025年02月22时42分"),
        ("issue_date", "2019年07月"),
        ("mother_address", "湖南省保靖县11号"),
        ("gestational_age", "403"),
        ("issue_date", "二二十年"),
    ],
)
def test_what_is_plain_or_cannot_be_understood_stays(name: str, value: str) -> None:
    assert clean(name, value) == (value, ())


@given(st.sampled_from([spec.name for spec in FIELDS]), st.text(max_size=40))
def test_cleaning_never_raises_and_a_plain_value_is_plain(name: str, value: str) -> None:
    plain, steps = clean(name, value)
    assert (plain == value) == (not steps)
    assert set(steps) <= CLEANINGS.keys()
    assert clean(name, plain)[0] == plain


def test_every_step_has_a_sentence() -> None:
    assert {code for steps in STEPS.values() for code, _step in steps} == CLEANINGS.keys()
