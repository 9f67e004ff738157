"""What the paper says beside its values: its barcode, and of which edition it is."""

import pytest

from reviewapp.certificate.fields import Record, Signs
from reviewapp.certificate.wire import parse
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import check
from reviewapp.rules.judge import JudgementContext, judge_answer
from reviewapp.rules.paper import proven_fields
from tests.rules.records import TODAY, TRUE
from tests.rules.test_flag_command import SURE, UNSURE

OF_EDITION_7 = TRUE | {
    "birth_time": "2023年06月26日09时28分",
    "issue_date": "2023年07月01日",
    "certificate_number": "X430123456",
    "mother_age": "37",
    "father_age": "39",
}


def codes(record: dict[str, str], signs: Signs) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in check(record, today=TODAY, signs=signs)}


@pytest.mark.parametrize("barcode", ["X430123456", " x430123456", "Ｘ430123456", "X430 123456"])
def test_a_barcode_that_says_the_number_is_no_finding(barcode: str) -> None:
    assert codes(OF_EDITION_7, Signs(barcode=barcode)) == {}


@pytest.mark.parametrize("barcode", ["X430123457", "O430123456", "1", "条码", "X430123456X430123456", "9" * 500])
def test_a_barcode_that_says_another_number_must_be_resolved(barcode: str) -> None:
    assert codes(OF_EDITION_7, Signs(barcode=barcode)) == {"barcode_differs": "E"}


def test_the_number_of_the_barcode_is_proposed_where_it_is_one() -> None:
    for barcode, proposed in (("X430123457", ["X430123457"]), ("hello", []), ("\u200bX430123457", ["X430123457"])):
        (finding,) = check(OF_EDITION_7, today=TODAY, signs=Signs(barcode=barcode))
        assert [proposal.value for proposal in finding.proposals] == proposed


@pytest.mark.parametrize("barcode", ["", "  ", "\u200b"])
def test_a_barcode_that_cannot_be_read_is_told_with_the_resolution_that_it_needs(barcode: str) -> None:
    (finding,) = check(OF_EDITION_7, today=TODAY, signs=Signs(barcode=barcode))
    assert (finding.code, finding.severity) == ("barcode_unreadable", "I")
    assert "200" in finding.sentence


@pytest.mark.parametrize(
    ("signs", "issued", "code"),
    [
        (Signs(barcode="T430123456"), "2019年07月01日", "edition_too_new"),
        (Signs(panel="yellow"), "2023年03月31日", "edition_too_new"),
        (Signs(panel="yellow"), "2023年04月01日", ""),
        (Signs(panel="green"), "2023年03月31日", ""),
        (Signs(panel="green"), "2023年04月01日", "edition_too_old"),
        (Signs(is_landscape=True), "2013年12月31日", ""),
        (Signs(is_landscape=True), "2014年01月01日", "edition_landscape"),
        (Signs(is_landscape=False), "2014年01月01日", ""),
        (Signs(panel="yellow"), "", ""),
        (Signs(), "2025年01月01日", ""),
    ],
)
def test_the_edition_goes_with_the_date_of_issue(signs: Signs, issued: str, code: str) -> None:
    found = codes(TRUE | {"issue_date": issued}, signs)
    editions = {key: severity for key, severity in found.items() if key.startswith("edition_")}
    assert editions == ({code: Severity.WARNING} if code else {})


@pytest.mark.parametrize(
    ("info", "signs"),
    [
        ({}, Signs()),
        ({"barcode": "T430123456"}, Signs(barcode="T430123456")),
        ({"barcode": ""}, Signs(barcode="")),
        ({"barcode": None}, Signs()),
        ({"barcode": 430123456}, Signs()),
        ({"barcode": "x" * 5000}, Signs(barcode="x" * 500)),
        ({"edition": {"panel": "yellow", "landscape": False}}, Signs(panel="yellow", is_landscape=False)),
        ({"edition": {"panel": "blue", "landscape": 1}}, Signs()),
        ({"edition": {"panel": ["yellow"]}}, Signs()),
        ({"edition": 7}, Signs()),
        ([], Signs()),
        ("barcode", Signs()),
    ],
)
def test_signs_are_read_from_what_the_answer_tells_beside(info: object, signs: Signs) -> None:
    assert parse(SURE | {"debug_info": info}).signs == signs


def test_a_number_that_its_barcode_proves_needs_no_look_however_it_was_read() -> None:
    def flagged(answer: dict[str, object]) -> set[str]:
        record: Record = parse(answer)
        context = JudgementContext(today=TODAY, size=(9, 9), thresholds=dict.fromkeys(record.fields, 99))
        findings = judge_answer(record, context)
        return {finding.code for finding in findings if finding.fields[0] == "certificate_number"}

    number = TRUE["certificate_number"]
    assert "low_probability" in flagged(UNSURE)
    assert "low_probability" in flagged(UNSURE | {"debug_info": {"barcode": ""}})
    assert flagged(UNSURE | {"debug_info": {"barcode": number}}) == set()


def test_only_the_same_number_is_proof() -> None:
    assert proven_fields(TRUE, Signs(barcode=TRUE["certificate_number"])) == {"certificate_number"}
    for signs in (Signs(), Signs(barcode=""), Signs(barcode="T430123457")):
        assert proven_fields(TRUE, signs) == frozenset()
    assert proven_fields({}, Signs(barcode="")) == frozenset()
