"""The rules as a whole: no input raises, true records pass, sentences in both languages, severities by choice."""

import random

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewapp.certificate.fields import BY_KEY, FIELDS
from reviewapp.rules.base import Reading, RelatedRecord, sentence
from reviewapp.rules.catalogue import BY_CODE, RULES, Rule, Severity
from reviewapp.rules.check import check
from tests.certificates.truth import CASES, invent
from tests.rules.records import TODAY, TRUE, codes, findings, the
from tests.syntax import ROOT

NAMES = [spec.name for spec in FIELDS]
VALUES = st.one_of(
    st.text(max_size=30),
    st.text("0123456789X/年月日时分一二三中国省市县·()+-. ", max_size=25),
    st.sampled_from([*TRUE.values(), "", "/", "//", "９", "\x00", "\ud800"]),
    st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
    st.from_regex(r"[0-9]{4}年[0-9]{2}月[0-9]{2}日([0-9]{2}时[0-9]{2}分)?", fullmatch=True),
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES)


@given(
    RECORDS,
    st.dictionaries(st.sampled_from(NAMES), VALUES),
    st.lists(RECORDS, max_size=2),
    st.lists(VALUES, max_size=2),
)
@settings(max_examples=400, deadline=None)
def test_no_input_raises_and_every_finding_can_be_said(
    record: dict[str, str], read: dict[str, str], related: list[dict[str, str]], organisations: list[str]
) -> None:
    all_findings = check(
        TRUE | record,
        today=TODAY,
        read={name: Reading((text,), (text,)) for name, text in read.items()},
        related=[RelatedRecord("#1", TRUE | other) for other in related],
        organisations=organisations,
    )
    for finding in all_findings:
        rule = BY_CODE[finding.code]
        assert set(finding.fields) <= set(rule.fields)
        assert "…" not in finding.sentence or any("…" in str(value) for value in finding.params.values())
        assert len(finding.proposals) == len(set(finding.proposals))


@given(RECORDS)
@settings(max_examples=200, deadline=None)
def test_a_record_with_missing_keys_counts_as_not_read(record: dict[str, str]) -> None:
    assert check(record, today=TODAY) == check(dict.fromkeys(NAMES, "") | record, today=TODAY)


@pytest.mark.parametrize("case", [case for case in CASES if case != "invalid_id"])
def test_true_records_raise_no_error_and_seldom_a_warning(case: str) -> None:
    rng = random.Random(case)
    flagged = 0
    for _ in range(250):
        record = {BY_KEY[key].name: value for key, value in invent(rng, case=case).values.items()}
        severities = {finding.severity: finding for finding in check(record, today=TODAY)}
        assert Severity.ERROR not in severities, (record, severities)
        flagged += Severity.WARNING in severities
    assert flagged <= 250 * 0.15


def test_a_wrong_check_character_is_always_an_error() -> None:
    rng = random.Random(8)
    for _ in range(100):
        record = {BY_KEY[key].name: value for key, value in invent(rng, case="invalid_id").values.items()}
        assert "id_checksum" in {finding.code for finding in check(record, today=TODAY)}


def test_a_severity_can_be_switched_and_a_rule_switched_off() -> None:
    changes = {"mother_age": "19", "sex": ""}
    assert the("mother_young", changes).severity == Severity.INFO
    louder = findings(changes, severities={"mother_young": Severity.ERROR, "sex_unknown": None})
    assert {finding.code: finding.severity for finding in louder}["mother_young"] == Severity.ERROR
    assert "sex_unknown" not in {finding.code for finding in louder}


def test_what_must_be_resolved_comes_first_and_then_the_forms_order() -> None:
    all_findings = findings({"mother_age": "19", "sex": "", "birth_weight": "5100", "certificate_number": ""})
    assert [finding.severity for finding in all_findings] == sorted(
        (finding.severity for finding in all_findings), key=list(Severity).index
    )
    assert [finding.code for finding in all_findings][:2] == ["sex_unknown", "age_contradicts"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_says_what_is_wrong_and_what_settles_it_in_both_languages(rule: Rule) -> None:
    with translation.override("en"):
        english = sentence(rule.code, rule.fields[:2], {})
        assert str(rule.sentence)
        assert str(rule.remedy)
    with translation.override("zh-hans"):
        assert sentence(rule.code, rule.fields[:2], {}) != english


def test_codes_are_unique_and_fields_known() -> None:
    assert len(BY_CODE) == len(RULES)
    assert all(set(rule.fields) <= set(NAMES) for rule in RULES)


def test_a_value_is_never_changed() -> None:
    record = TRUE | {"birth_weight": "３４５０", "mother_name": "李吴"}
    before = dict(record)
    check(record, today=TODAY)
    assert record == before


def test_full_width_spaces_and_slashes_are_read_as_they_are_meant() -> None:
    assert codes({"mother_name": "李 静怡"}) == {"unclean"}
    assert codes({"birth_weight": "３４５０"}) == {"unclean"}


def test_the_document_is_written_from_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rules")
    assert capsys.readouterr().out == (ROOT / "docs" / "rules.md").read_text(), (
        "run: uv run manage.py rules > docs/rules.md"
    )
