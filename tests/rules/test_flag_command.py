"""`manage.py flag`: one line in, one line out, whatever the line is."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reviewapp.certificate.fields import BY_NAME
from tests.rules.records import TRUE
from tests.rules.test_proposals import EXAMPLE

DATA = {"data": {BY_NAME[name].key: value for name, value in TRUE.items()}}


def entries(data: dict[str, Any], prob: int) -> list[dict[str, Any]]:
    corners = [{"x": x, "y": y} for x, y in ((1, 1), (9, 1), (9, 9), (1, 9))]
    return [{"key": key, "value": value, "valueProb": prob, "valuePos": corners} for key, value in data["data"].items()]


SURE = DATA | {"prism_keyValueInfo": entries(DATA, 100), "orgWidth": 10, "orgHeight": 10}
UNSURE = DATA | {"prism_keyValueInfo": entries(DATA, 80), "orgWidth": 5, "orgHeight": 5}


def lines(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("flag", *arguments, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def flagged(tmp_path: Path, *texts: str, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(texts))
    return lines(str(path), *options)


def test_a_true_answer_has_no_flags(tmp_path: Path) -> None:
    assert (
        flagged(tmp_path, json.dumps(SURE), json.dumps({"Data": SURE}), json.dumps({"Data": json.dumps(SURE)}))
        == [{"flags": {}}] * 3
    )


def test_a_finding_stands_under_its_api_keys_with_sentence_and_proposals(tmp_path: Path) -> None:
    data = SURE | {"data": DATA["data"] | {"motherAge": "38"}}
    (line,) = flagged(tmp_path, json.dumps(data), options=("--lang", "en"))
    assert set(line["flags"]) == {"motherAge", "motherIdCardNumber"}
    (flag,) = line["flags"]["motherAge"]
    assert (flag["rule"], flag["severity"], flag["proposals"]) == (16, "E", ["33"])
    assert flag["sentence"].startswith("The age given is 38, but")
    (flag,) = line["flags"]["motherIdCardNumber"]
    assert flag["proposals"] == []


def test_how_a_value_was_read_is_flagged_too(tmp_path: Path) -> None:
    (line,) = flagged(tmp_path, json.dumps(UNSURE))
    assert {flag["code"] for flag in line["flags"]["sex"]} == {"low_probability", "polygon_outside"}
    (line,) = flagged(tmp_path, json.dumps(UNSURE), options=("--threshold", "80"))
    assert {flag["code"] for flag in line["flags"]["sex"]} == {"polygon_outside"}


@pytest.mark.parametrize("size", [None, "wide", float("inf"), -1, 0])
def test_a_size_that_is_none_counts_as_not_given(tmp_path: Path, size: object) -> None:
    (line,) = flagged(tmp_path, json.dumps(UNSURE | {"orgWidth": size}), options=("--threshold", "80"))
    assert line == {"flags": {}}


def test_broken_lines_have_an_error_and_do_not_stop_the_others(tmp_path: Path) -> None:
    broken = ("nonsense", "[]", "3", '{"x": 1}', '{"Data": "{"}', "[" * 100_000, '{"Data": null}', "\ufffe{")
    answers = flagged(tmp_path, *broken, "", "  ", json.dumps(SURE))
    assert [sorted(answer) for answer in answers] == [["error", "flags"]] * len(broken) + [["flags"]]
    assert {answer["error"]["code"] for answer in answers[:-1]} == {"unreadableAnswer"}


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "good").write_text(json.dumps(SURE))
    answers = lines(str(tmp_path / "none"), str(tmp_path / "good"))
    assert answers[0]["error"]["code"] == "file"
    assert answers[1] == {"flags": {}}


def test_standard_input_is_read_where_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(EXAMPLE.read_bytes() + b"\n\xff\xfe\n")))
    example, broken = lines("--lang", "zh-hans")
    assert example["flags"]["birthPlace"][0]["proposals"] == ["湖南湘西土家族苗族自治州保靖县"]
    assert broken["error"]["code"] == "unreadableAnswer"


def test_sentences_come_in_the_language_asked_for(tmp_path: Path) -> None:
    data = json.dumps(SURE | {"data": DATA["data"] | {"sex": "M"}})
    english, chinese = (flagged(tmp_path, data, options=("--lang", lang))[0] for lang in ("en", "zh-hans"))
    assert english["flags"]["sex"][0]["sentence"] != chinese["flags"]["sex"][0]["sentence"]
    assert english["flags"]["sex"][0]["proposals"] == ["男"]
