"""Which values a person must look at, and why."""

from datetime import date
from typing import Any

import pytest

from reviewapp.certificate.fields import ORDER
from reviewapp.certificate.wire import parse
from reviewapp.rules.judge import JudgementContext, judge_answer
from tests.factories import SIZE, answer

THRESHOLDS = dict.fromkeys(ORDER, 90)


def context(thresholds: dict[str, int] | None = None, size: tuple[int, int] = SIZE) -> JudgementContext:
    return JudgementContext(date(2026, 11, 22), size, THRESHOLDS | (thresholds or {}))


def flags(data: Any, *, thresholds: dict[str, int] | None = None, size: tuple[int, int] = SIZE) -> dict[str, list[str]]:
    """Return the codes by field name, only where there are any."""
    found: dict[str, list[str]] = {}
    for finding in judge_answer(parse(data), context(thresholds, size)):
        found.setdefault(finding.fields[0], []).append(finding.code)
    return found


def test_a_sure_and_well_formed_record_has_no_flag() -> None:
    assert flags(answer()) == {}


@pytest.mark.parametrize(
    ("prob", "reasons"), [(89, ["low_probability"]), (90, []), (100, []), (0, ["low_probability"])]
)
def test_a_probability_below_the_threshold_is_flagged(prob: int, reasons: list[str]) -> None:
    assert flags(answer(probs={"sex": prob})).get("sex", []) == reasons


def test_the_threshold_of_a_field_is_its_own() -> None:
    data = answer(probs={"sex": 70, "mother_name": 70})
    assert flags(data, thresholds={"sex": 60}) == {"mother_name": ["low_probability"]}
    assert flags(data, thresholds={"sex": 0, "mother_name": 71}) == {"mother_name": ["low_probability"]}


def test_no_probability_counts_as_unsure() -> None:
    data = answer()
    data["prism_keyValueInfo"][1].pop("valueProb")
    (found,) = judge_answer(parse(data), context())
    assert (found.code, found.fields) == ("low_probability", ("sex",))
    assert found.params == {"probability": 0, "threshold": 90}


def test_an_empty_value_is_missing_whatever_its_probability_says() -> None:
    assert flags(answer({"birth_place": ""})) == {"birth_place": ["missing"]}


def test_an_answer_without_values_is_flagged_wherever_the_paper_must_have_one() -> None:
    found = flags({"data": {"sex": ""}})
    assert {"neonatal_name", "sex", "birth_time", "mother_name", "father_name", "certificate_number"} <= set(found)


def test_a_value_of_the_wrong_form_is_flagged_however_sure_it_was() -> None:
    assert flags(answer({"birth_time": "2019年02月30日09时28分"})) == {"birth_time": ["birth_time_unreal"]}


def test_a_value_without_a_place_is_flagged() -> None:
    assert flags(answer(without_place=("sex",))) == {"sex": ["no_polygon"]}


def test_a_place_outside_the_picture_is_flagged_and_a_few_pixels_are_not() -> None:
    data = answer()
    entry = data["prism_keyValueInfo"][1]
    for x, reasons in ((-16, []), (-17, ["polygon_outside"]), (816, []), (817, ["polygon_outside"])):
        entry["valuePos"][0] = {"x": x, "y": 20}
        assert flags(data).get("sex", []) == reasons
    for y, reasons in ((-12, []), (-13, ["polygon_outside"]), (612, []), (613, ["polygon_outside"])):
        entry["valuePos"][0] = {"x": 20, "y": y}
        assert flags(data).get("sex", []) == reasons


def test_one_value_can_have_several_flags_each_once() -> None:
    data = answer({"mother_age": "thirty"}, probs={"mother_age": 12}, without_place=("mother_age",))
    assert flags(data) == {"mother_age": ["age_unreadable", "low_probability", "no_polygon"]}


def test_flagging_anew_under_other_thresholds_needs_only_the_stored_answer() -> None:
    data = answer(probs={"sex": 95})
    assert flags(data) == {}
    assert flags(data, thresholds={"sex": 96}) == {"sex": ["low_probability"]}
