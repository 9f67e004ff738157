"""Whether a parent is provided shows in all rows together: slashes are read as ones and letters."""

import pytest

from tests.rules.records import NO_FATHER, TRUE, codes, findings

PARTS = ("name", "age", "nationality", "ethnicity", "address", "id_card_number")


def father(*values: str) -> dict[str, str]:
    return {"neonatal_name": "李建宇"} | {f"father_{part}": value for part, value in zip(PARTS, values, strict=True)}


@pytest.mark.parametrize(
    "values",
    [
        ("///", "//", "//", "//", "////////", "//////////"),
        ("111", "11", "11", "11", "m", ""),
        ("1", "1", "1", "1", "", "1111111"),
        ("未提供", "/", "/", "/", "/", "/"),
        ("Ill", "17", "7", "/", "11111111", "1111111111111"),
        ("", "", "", "", "", ""),
        ("\u200b", "／／", "/", " ", "／", "丿丿"),
    ],
)
def test_rows_that_are_nothing_but_slashes_mean_nobody(values: tuple[str, ...]) -> None:
    assert codes(father(*values)) == codes(NO_FATHER) == {"father_not_provided"}


@pytest.mark.parametrize(
    "values",
    [
        ("杨国平", "11", "11", "11", "m", ""),
        ("111", "35", "11", "11", "m", ""),
        ("", "11", "中国", "", "", ""),
        ("", "", "", "", "", TRUE["father_id_card_number"]),
    ],
)
def test_one_real_value_means_that_there_is_somebody(values: tuple[str, ...]) -> None:
    assert "father_not_provided" not in codes(father(*values))


def test_slashes_beside_values_are_told_once_with_all_their_fields() -> None:
    (mixed,) = [
        finding
        for finding in findings({"father_age": "//", "father_address": "////"})
        if finding.code == "slashes_and_values"
    ]
    assert mixed.fields == ("father_age", "father_address")
