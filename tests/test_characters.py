"""Finding rare characters by components, strokes and code point, and over the wire."""

from time import perf_counter

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviewapp.facts.frequencies import levels
from reviewapp.facts.lookup import MOST, find
from reviewapp.models import User
from tests.tables.components import decompose, join, without_circles


def chars(query: str, **options: bool) -> str:
    return "".join(match.char for match in find(query, **options))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("文武贝", "赟"),
        ("贝武文", "赟"),
        ("斌贝", "赟"),
        ("斌貝", "贇"),
        ("龙天", "䶮"),
        ("龍天", "龑"),
        ("贝贝贝", "赑"),
        ("火火火火", "燚"),
        ("方方土", "堃"),
        ("马砉", "𬴃"),
        ("赟", "赟"),
        ("16画文武贝", "赟"),
        ("U+4DAE", "䶮"),
        ("u+4dae", "䶮"),
        ("4DAE", "䶮"),
        ("2CD03", "𬴃"),
        ("9662", "院"),
        ("4134112121542534", "赟"),
    ],
)
def test_a_query_finds_its_character_first(query: str, first: str) -> None:
    assert chars(query)[0] == first


def test_a_component_may_be_given_in_its_other_form() -> None:
    assert "䶮" in chars("龍天")
    assert "赟" in chars("文武貝")
    assert "沁" in chars("水心")[:3]
    assert "汶" in chars("水文")[:3]


@pytest.mark.parametrize("query", ["", "  ", "xyz", "U+0041", "U+FFFFFF", "110000", "99画", "龍龍龍龍龍"])
def test_what_means_nothing_finds_nothing(query: str) -> None:
    assert find(query) == []


def test_standard_characters_come_before_the_others_and_can_be_all() -> None:
    """The first of them has no further strokes, which is what was asked for most likely."""
    exact, *others = find("贝文")
    assert exact.char == "𧴻"
    assert [bool(match.level) for match in others] == [True] + [False] * (len(others) - 1)
    assert all(match.level for match in find("氵心", standard_only=True))
    assert "贇" not in chars("文武贝", standard_only=True)


def test_the_order_of_strokes_begins_what_is_found() -> None:
    assert "䶮" in chars("135341134")
    assert len(find("1")) == MOST


def test_nearly_every_standard_character_is_found_by_components() -> None:
    """Those that are no whole of components are found by themselves or by their code point."""
    parts = {char for char in levels() if len(chars(char)) >= 1}
    assert parts == set(levels())


@given(st.text(max_size=40))
def test_no_query_raises(query: str) -> None:
    assert len(find(query)) <= MOST


def test_a_search_is_quick_once_the_tables_are_read() -> None:
    find("口")
    start = perf_counter()
    find("口木")
    assert perf_counter() - start < 1


def test_repeated_and_nameless_components_are_resolved() -> None:
    lines = ["赑:r3tr(贝)", "堃:d(38106,土)", "38106:ra(方)", "艹:mt(卄)", "文:d(亠,乂)", "㇐:c()"]
    assert decompose(lines) == {"赑": "贝贝贝", "堃": "方方土", "文": "亠乂"}


def test_circles_are_cut_and_groups_that_share_a_member_are_one() -> None:
    assert without_circles({"一": "丁", "丁": "一丨"}) == {"一": "丁", "丁": "丨"}
    assert sorted(join(["馬马", "马㐷", "贝貝"])) == ["㐷馬马", "貝贝"]


@pytest.mark.django_db
def test_the_answer_is_a_part_of_a_page(clerk: User) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(clerk)
    response = browser.get(reverse("characters"), {"q": "文武贝"})
    page = response.content.decode()
    assert 'data-character="赟"' in page
    assert "U+8D5F" in page
    assert "<html" not in page
    assert "private" in response.headers["cache-control"]
    assert "贇" not in browser.get(reverse("characters"), {"q": "文武贝", "standard": "1"}).content.decode()
    assert "No character found" in browser.get(reverse("characters"), {"q": "龍龍龍龍龍"}).content.decode()
