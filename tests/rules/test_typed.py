"""The form in which a typed measure is kept."""

import pytest

from reviewapp.rules.typed import kept_form


@pytest.mark.parametrize(("name", "typed", "kept"), [
    ("birth_weight", "３２７０克", "3270"), ("birth_weight", "3270 g", "3270"), ("birth_weight", "2.9kg", "2900"),
    ("birth_weight", "２．９千克", "2900"), ("birth_weight", "3公斤", "3000"), ("birth_weight", "2905.5克", "2905.5"),
    ("birth_length", "５０ cm", "50"), ("birth_length", "49.5厘米", "49.5"), ("mother_age", "２９岁", "29"),
    ("gestational_age", "40周3天", "40+3"), ("gestational_age", "３９周", "39"),
])  # fmt: skip
def test_a_measure_is_kept_as_digits_without_its_unit(name: str, typed: str, kept: str) -> None:
    assert kept_form(name, typed) == kept
    assert kept_form(name, kept) == kept


@pytest.mark.parametrize(("name", "typed"), [
    ("birth_weight", "2.9"), ("birth_weight", "/"), ("birth_weight", "未提供"), ("birth_weight", "约3000克"),
    ("birth_weight", "0.98051kg"), ("mother_age", "二十九岁"), ("sex", "女 "),
    ("mother_address", "１号"), ("certificate_number", "Ｔ１２３"), ("mother_id_card_number", "11010119900101123x"),
])  # fmt: skip
def test_what_is_no_plain_measure_stays_as_it_is_typed(name: str, typed: str) -> None:
    assert kept_form(name, typed) == typed
