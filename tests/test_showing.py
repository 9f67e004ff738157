"""Values as pages show them: grouped, and with what differs marked."""

import pytest

from reviewapp.certificate.fields import FIELDS
from reviewapp.certificate.showing import changed_pieces, grouped_pieces
from reviewapp.pieces import value_text

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

NUMBER = "350102199003071234"


def groups(name: str, value: str) -> list[str]:
    return ["".join(piece for piece, _ in group) for group in grouped_pieces(name, value)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("mother_id_card_number", NUMBER, ["350102", "19900307", "1234"]),
        ("father_id_card_number", NUMBER[:17] + "X", ["350102", "19900307", "123X"]),
        ("mother_id_card_number", NUMBER[:17], ["350102", "19900307", "123"]),
        ("mother_id_card_number", NUMBER.replace("0", "O"), ["35O1O2", "199OO3O7", "1234"]),
        ("mother_id_card_number", "E12345678", ["E12345678"]),
        ("certificate_number", "T350001234", ["T", "35", "0001234"]),
        ("certificate_number", "0350001234", ["0", "35", "0001234"]),
        ("certificate_number", "?", ["?"]),
        ("certificate_number", "", [""]),
        ("mother_address", NUMBER, [NUMBER]),
        ("no_field", NUMBER, [NUMBER]),
    ],
)
def test_long_numbers_are_shown_in_groups(name: str, value: str, expected: list[str]) -> None:
    assert groups(name, value) == expected


def test_groups_lose_and_add_nothing() -> None:
    for spec in FIELDS:
        for value in (NUMBER, "T350001234", "福建省 龙岩市", "40+3", ""):
            assert "".join(groups(spec.name, value)) == value


def test_only_what_differs_is_marked() -> None:
    assert changed_pieces("王绰", "王掉") == [("王", False), ("绰", True)]
    assert changed_pieces("40+3", "403") == [("40", False), ("+", True), ("3", False)]
    assert changed_pieces("", "王") == []


def test_digits_of_numbers_are_compared_place_by_place() -> None:
    assert changed_pieces("1211", "1121") == [("1", False), ("21", True), ("1", False)]
    assert changed_pieces("123X", "1230") == [("123", False), ("X", True)]


def test_a_marked_digit_stands_in_its_group() -> None:
    html = value_text("mother_id_card_number", "350102198003071234", NUMBER)
    assert html == (
        '<span class="digits">350102</span><span class="digits">19<mark>8</mark>00307</span>'
        '<span class="digits">1234</span>'
    )


def test_what_a_value_holds_is_no_markup() -> None:
    assert value_text("neonatal_name", "<b>", "<i>") == "&lt;<mark>b</mark>&gt;"


def test_an_empty_value_says_that_it_is_empty() -> None:
    assert (value_text("neonatal_name", ""), value_text("neonatal_name", "", "王")) == ("—", "(empty)")
