"""An engine's answer as it came: liberal about everything that may differ, and never a crash."""

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from reviewapp.certificate.fields import BY_KEY, FIELDS, ORDER, Record
from reviewapp.certificate.wire import VALUE_LIMIT, parse
from reviewapp.exceptions import EngineError
from reviewapp.rules.base import sentence
from reviewapp.rules.judge import JudgementContext, judge_answer
from tests.factories import answer

EXAMPLE = json.loads((Path(__file__).parents[2] / "reviewapp/data/example_response.json").read_text())
EXAMPLE_DATA = json.loads(EXAMPLE["Data"])
CONTEXT = JudgementContext(date(2026, 11, 22), (800, 600), dict.fromkeys(ORDER, 90))
EXAMPLE_VALUES = {
    "neonatal_name": "读光",
    "sex": "男",
    "birth_time": "2019年06月26日09时28分",
    "gestational_age": "40",
    "birth_weight": "3450",
    "birth_length": "50",
    "birth_place": "湖南湘西土家族保靖县苗族自治州",
    "medical_institutions": "保靖县人民医院",
    "mother_name": "读小光",
    "mother_age": "33",
    "mother_nationality": "中国",
    "mother_ethnicity": "汉族",
    "mother_address": "湖南省湘西土家族苗族自治州保靖县",
    "mother_id_card_number": "431111222233334444",
    "father_name": "读大光",
    "father_age": "35",
    "father_nationality": "中国",
    "father_ethnicity": "土家族",
    "father_address": "湖南省保靖县迁陵镇东风村",
    "father_id_card_number": "631111222233334444",
    "issue_authority": "保靖县人民医院",
    "issue_date": "2019年07月01日",
    "certificate_number": "A123456789",
}


def one(key: str, value: Any = "", **entry: Any) -> dict[str, Any]:
    """Return an answer that holds a single field."""
    return {"data": {key: value}, "prism_keyValueInfo": [{"key": key, **entry}] if entry else []}


def values_of(record: Record) -> dict[str, str]:
    return {name: read.value for name, read in record.fields.items()}


def corners(*points: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"x": x, "y": y} for x, y in points]


SQUARE = corners((1, 2), (11, 2), (11, 8), (1, 8))


def test_the_documents_example_gives_its_23_values() -> None:
    record = parse(EXAMPLE_DATA)
    assert values_of(record) == EXAMPLE_VALUES
    assert list(record.fields) == list(ORDER)


def test_the_documents_example_gives_probabilities_and_places() -> None:
    fields = parse(EXAMPLE_DATA).fields
    entries = {BY_KEY[entry["key"]].name: entry for entry in EXAMPLE_DATA["prism_keyValueInfo"]}
    for name, read in fields.items():
        assert read.prob == entries[name]["valueProb"]
        assert read.polygon == tuple((point["x"], point["y"]) for point in entries[name]["valuePos"])


def test_the_three_mistakes_of_the_documents_example_are_flagged_although_it_was_sure() -> None:
    size = (EXAMPLE_DATA["orgWidth"], EXAMPLE_DATA["orgHeight"])
    found = judge_answer(parse(EXAMPLE_DATA), replace(CONTEXT, size=size))
    flagged = {name for finding in found for name in finding.fields}
    assert {"birth_place", "mother_address", "mother_id_card_number", "father_id_card_number"} <= flagged


def test_the_wrapper_that_the_document_prints_is_accepted() -> None:
    assert parse({"Data": EXAMPLE_DATA}) == parse(EXAMPLE_DATA)


def test_unknown_and_undocumented_keys_are_ignored() -> None:
    bare = {key: EXAMPLE_DATA[key] for key in ("data", "prism_keyValueInfo")}
    more = EXAMPLE_DATA | {"algo_server": None, "new": {"data": {"sex": "女"}}}
    odd = EXAMPLE_DATA | {"debug_info": [[[]]]}
    assert parse(more) == parse(EXAMPLE_DATA)
    for data in (bare, odd):
        assert {name: replace(read, parts=()) for name, read in parse(EXAMPLE_DATA).fields.items()} == parse(
            data
        ).fields


def test_an_unread_field_has_no_value_no_probability_and_no_place() -> None:
    """The API says 100 for an empty value, which means nothing."""
    entry = {"key": "fatherName", "keyProb": 100, "value": "", "valueProb": 100}
    read = parse({"data": {"fatherName": ""}, "prism_keyValueInfo": [entry]}).fields["father_name"]
    assert (read.value, read.prob, read.polygon) == ("", None, None)


def test_a_missing_entry_leaves_the_value_without_probability_and_place() -> None:
    read = parse({"data": {"sex": "女"}}).fields["sex"]
    assert (read.value, read.prob, read.polygon) == ("女", None, None)


def test_a_value_that_stands_only_in_its_entry_is_taken_from_there() -> None:
    for data in ({}, {"data": {}}, {"data": {"sex": ""}}, {"data": None}, {"data": []}):
        entry = {"key": "sex", "value": "女", "valueProb": 98, "valuePos": SQUARE}
        read = parse({**data, "prism_keyValueInfo": [entry]}).fields["sex"]
        assert (read.value, read.prob, len(read.polygon or ())) == ("女", 98, 4)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("40", "40"),
        (40, "40"),
        (40.0, "40"),
        (49.5, "49.5"),
        ("  3450\n", "3450"),
        ("湖南\x00省\x1b[31m", "湖南省[31m"),
        ("a\ud800b", "ab"),
        (431111222233334444, "431111222233334444"),
        (None, ""),
        (True, ""),
        (math.nan, ""),
        (math.inf, ""),
        ([], ""),
        ({"value": "40"}, ""),
        ("长" * 600, "长" * VALUE_LIMIT),
    ],
)
def test_a_value_becomes_one_clean_line(sent: Any, read: str) -> None:
    assert parse(one("gestationalAge", sent)).fields["gestational_age"].value == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (0, 0),
        (100, 100),
        (99.6, 100),
        (-1, None),
        (101, None),
        (10**400, None),
        (math.nan, None),
        (math.inf, None),
        ("99", None),
        (None, None),
        (True, None),
        ([99], None),
    ],
)
def test_a_probability_is_a_number_from_0_to_100_or_none(sent: Any, read: int | None) -> None:
    assert parse(one("sex", "女", valueProb=sent)).fields["sex"].prob == read


def test_the_place_keeps_its_corners_in_their_order_also_when_it_starts_elsewhere() -> None:
    turned = corners((11, 2), (11, 8), (1, 8), (1, 2))
    assert parse(one("sex", "女", valuePos=turned)).fields["sex"].polygon == ((11, 2), (11, 8), (1, 8), (1, 2))


def test_a_place_may_leave_the_picture_by_a_few_pixels() -> None:
    outside = corners((-3, -2), (11.5, -2), (11.5, 8), (-3, 8))
    assert parse(one("sex", "女", valuePos=outside)).fields["sex"].polygon == ((-3, -2), (11.5, -2), (11.5, 8), (-3, 8))


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        SQUARE[:3],
        SQUARE + SQUARE[:1],
        [{"x": 1}, *SQUARE[1:]],
        [{"x": "1", "y": "2"}, *SQUARE[1:]],
        [{"x": math.nan, "y": 2}, *SQUARE[1:]],
        [{"x": math.inf, "y": 2}, *SQUARE[1:]],
        [{"x": 10**30, "y": 2}, *SQUARE[1:]],
        [{"x": True, "y": False}, *SQUARE[1:]],
        [[1, 2], [11, 2], [11, 8], [1, 8]],
        {"x0": 1, "y0": 2},
        "1,2,11,2,11,8,1,8",
    ],
)
def test_a_place_of_another_shape_counts_as_none(sent: Any) -> None:
    read = parse(one("sex", "女", valuePos=sent)).fields["sex"]
    assert (read.value, read.polygon) == ("女", None)


def test_a_photocopy_is_told_by_the_type() -> None:
    assert [parse(answer() | {"ftype": kind}).is_copy for kind in (1, 0, None, "1", [])] == [True, *[False] * 4]


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        0,
        [],
        [1, 2],
        "Data",
        {},
        {"Data": None},
        {"Data": "text"},
        {"Data": [EXAMPLE_DATA]},
        {"data": {}},
        {"data": {"unknown": "1"}},
        {"data": "text", "prism_keyValueInfo": "text"},
        {"prism_keyValueInfo": [None, 1, "sex", [], {"value": "女"}, {"key": ["sex"]}, {"key": None}]},
        {"Code": "algorithmError", "Message": "no"},
    ],
)
def test_what_can_be_no_answer_is_said_so(data: Any) -> None:
    with pytest.raises(EngineError, match="could not be understood") as caught:
        parse(data)
    assert caught.value.code == "unreadableAnswer"


def test_an_answer_nested_deeply_is_read_as_far_as_it_makes_sense() -> None:
    deep: Any = "女"
    for _ in range(50_000):
        deep = [deep]
    assert (
        parse({"data": {"sex": deep, "motherAge": "33"}, "prism_keyValueInfo": deep}).fields["mother_age"].value == "33"
    )


def test_an_answer_with_a_million_entries_is_read() -> None:
    entries = [{"key": "sex", "value": "女"}] * 1_000_000
    assert parse({"prism_keyValueInfo": entries}).fields["sex"].value == "女"


keys = st.sampled_from([spec.key for spec in FIELDS]) | st.text(max_size=5)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))
points = st.fixed_dictionaries({}, optional={"x": scalars, "y": scalars}) | anything
entries = st.fixed_dictionaries(
    {},
    optional={
        "key": keys | anything,
        "value": anything,
        "valueProb": anything,
        "valuePos": st.lists(points, max_size=5),
    },
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "data": st.dictionaries(keys, anything, max_size=5) | anything,
        "prism_keyValueInfo": st.lists(entries | anything, max_size=5) | anything,
        "ftype": anything,
    },
)


def check(data: Any) -> None:
    """Demand that an answer is either refused with its sentence, or becomes 23 fields that a database can keep."""
    try:
        record = parse(data)
    except EngineError as error:
        event(error.code)
        return
    assert list(record.fields) == list(ORDER)
    findings = judge_answer(record, CONTEXT)
    assert all(sentence(finding.code, finding.fields, finding.params) for finding in findings)
    json.dumps([finding.params for finding in findings], allow_nan=False)
    for read in record.fields.values():
        read.value.encode()
        assert "\x00" not in read.value
        assert len(read.value) <= VALUE_LIMIT
        assert read.prob is None or 0 <= read.prob <= 100
        assert read.polygon is None or len(read.polygon) == 4
        json.dumps([read.polygon, read.parts], allow_nan=False)


MOTHER_NAME, MOTHER_ADDRESS = 14, 18


def nearly_read(value: str, *boxes: dict[str, object], number: int = MOTHER_NAME) -> tuple[str, ...]:
    """Return what is understood of the second choices for the mother's name, or for another box's field."""
    key = {MOTHER_NAME: "motherName", MOTHER_ADDRESS: "motherAddress"}[number]
    kv_info = [{"det_cls": number, **box} for box in boxes]
    record = parse({"data": {key: value}, "debug_info": {"kv_info": kv_info}})
    return record.fields[BY_KEY[key].name].alternatives


def test_what_the_recogniser_nearly_read_instead_is_whole_other_values() -> None:
    assert nearly_read("李昊", {"rec_tcc": "李 昊", "rec_alternatives": ["李 吴", "李昊", "李昱"]}) == ("李吴", "李昱")
    lines = {"rec_tcc": "湖南省", "rec_alternatives": ["湖甫省"]}, {"rec_tcc": "长沙", "rec_alternatives": ["长汐"]}
    assert nearly_read("湖南省长沙", *lines, number=MOTHER_ADDRESS) == ("湖甫省长沙", "湖南省长汐")


@pytest.mark.parametrize("others", [None, "李吴", [None, 3.5j, ""], [["李吴"]], {"a": 1}])
def test_second_choices_of_another_shape_count_as_not_given(others: object) -> None:
    assert nearly_read("李昊", {"rec_tcc": "李昊", "rec_alternatives": others}) == ()


def test_a_name_that_was_nearly_read_otherwise_is_to_be_looked_at() -> None:
    name = answer()["data"]["motherName"]
    other = name[:-1] + ("敏" if name[-1] != "敏" else "静")
    box = {"det_cls": MOTHER_NAME, "rec_tcc": name}
    plain = answer() | {"debug_info": {"kv_info": [box]}}
    doubted = answer() | {"debug_info": {"kv_info": [box | {"rec_alternatives": [other]}]}}
    assert not judge_answer(parse(plain), CONTEXT)
    [finding] = judge_answer(parse(doubted), CONTEXT)
    assert (finding.code, finding.severity, finding.fields) == ("second_choice", "W", ("mother_name",))
    assert finding.proposals[0].value == other


def test_second_choices_for_a_value_that_was_changed_are_not_understood() -> None:
    assert nearly_read("李昊", {"rec_tcc": "李吴", "rec_alternatives": ["李昊"]}) == ()


@given(anything)
def test_no_json_whatever_makes_parse_raise_anything_else(data: Any) -> None:
    check(data)


@given(answers, st.booleans())
def test_nothing_in_the_shape_of_an_answer_makes_parse_raise_anything_else(data: Any, is_wrapped: bool) -> None:
    check({"Data": data} if is_wrapped else data)


@given(st.sampled_from(list(EXAMPLE_DATA)), anything)
def test_no_part_of_a_good_answer_that_turned_bad_makes_parse_raise_anything_else(part: str, replacement: Any) -> None:
    check(EXAMPLE_DATA | {part: replacement})


@pytest.mark.parametrize(
    ("width", "height", "sides"),
    [(600, 400, (600, 400)), (None, 400, None), (True, 400, None), ("600", 400, None), (float("nan"), 400, None)],
)
def test_an_answer_tells_in_which_sides_it_counts_its_places(width: Any, height: Any, sides: Any) -> None:
    assert parse({"data": {"sex": "女"}, "orgWidth": width, "orgHeight": height}).sides == sides


def test_an_answer_is_stretched_with_all_its_places() -> None:
    points = [{"x": 10, "y": 20}, {"x": 30, "y": 20}, {"x": 30, "y": 25}, {"x": 10, "y": 25}]
    entry = {"key": "sex", "value": "女", "valuePos": points}
    record = parse({"data": {"sex": "女"}, "prism_keyValueInfo": [entry]}).stretched((1, 2))
    assert record.fields["sex"].polygon == ((10, 40), (30, 40), (30, 50), (10, 50))
    assert record.fields["mother_name"].polygon is None
