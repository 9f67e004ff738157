"""A record that breaks no rule, and what is found when something in it is changed."""

from datetime import date

from reviewapp.facts.resident import check_character
from reviewapp.rules.base import Finding, Reading, RelatedRecord
from reviewapp.rules.catalogue import Severity
from reviewapp.rules.check import check

TODAY = date(2026, 1, 15)


def resident_number(area: str = "433125", born: str = "19860101", serial: str = "002") -> str:
    """Return a resident number whose check character is right."""
    first_17 = area + born + serial
    return first_17 + check_character(first_17)


MOTHER_NUMBER = resident_number()
FATHER_NUMBER = resident_number(born="19840315", serial="011")

TRUE = {
    "neonatal_name": "杨建宇",
    "sex": "男",
    "birth_time": "2019年06月26日09时28分",
    "gestational_age": "40",
    "birth_weight": "3450",
    "birth_length": "50",
    "birth_place": "湖南湘西土家族苗族自治州保靖县",
    "medical_institutions": "保靖县人民医院",
    "mother_name": "李静怡",
    "mother_age": "33",
    "mother_nationality": "中国",
    "mother_ethnicity": "汉族",
    "mother_address": "湖南省湘西土家族苗族自治州保靖县迁陵镇东风村",
    "mother_id_card_number": MOTHER_NUMBER,
    "father_name": "杨国平",
    "father_age": "35",
    "father_nationality": "中国",
    "father_ethnicity": "土家族",
    "father_address": "湖南省湘西土家族苗族自治州保靖县迁陵镇东风村",
    "father_id_card_number": FATHER_NUMBER,
    "issue_authority": "保靖县人民医院",
    "issue_date": "2019年07月01日",
    "certificate_number": "T430123456",
}
NO_FATHER = {name: "" for name in TRUE if name.startswith("father_")} | {"neonatal_name": "李建宇"}
FOREIGN_FATHER = {
    "father_name": "JAMES MILLER",
    "father_nationality": "美国",
    "father_ethnicity": "",
    "father_id_card_number": "E12345678",
    "neonatal_name": "李建宇",
}


def findings(
    changes: dict[str, str] | None = None,
    *,
    read: dict[str, Reading] | None = None,
    related: tuple[RelatedRecord, ...] = (),
    organisations: tuple[str, ...] = (),
    severities: dict[str, Severity | None] | None = None,
) -> list[Finding]:
    """Return what is found in the true record after the changes."""
    record = TRUE | (changes or {})
    return check(record, today=TODAY, read=read, related=related, organisations=organisations, severities=severities)


def codes(changes: dict[str, str] | None = None, **context: object) -> set[str]:
    return {finding.code for finding in findings(changes, **context)}  # type: ignore[arg-type]


def the(code: str, changes: dict[str, str], **context: object) -> Finding:
    """Return the one finding with this code."""
    (finding,) = [finding for finding in findings(changes, **context) if finding.code == code]  # type: ignore[arg-type]
    return finding


def proposals(finding: Finding) -> list[tuple[str, str]]:
    return [(proposal.field, proposal.value) for proposal in finding.proposals]
