"""Rules 5–7: the time of birth and the date of issue. Pure."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from reviewapp.facts.certificates import FIRST_BIRTH
from reviewapp.facts.digits import IN_DATE
from reviewapp.facts.resident import LOOK_ALIKE_DIGITS
from reviewapp.rules.base import Finding, Proposal, finding
from reviewapp.rules.facts import Facts

_SINGLE_DIGIT = re.compile(r"(?<![\d])\d[月日时分]", re.ASCII)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with both dates (5, 6) and with the time between them (7)."""
    yield from _birth(facts)
    yield from _issue(facts)
    for name in ("birth_time", "issue_date"):
        yield from _lost_digit(facts, name)
    if facts.born_on and facts.issued_on:
        yield from _order(facts, facts.born_on, facts.issued_on)


def _birth(facts: Facts) -> Iterator[Finding]:
    field = "birth_time"
    proposals = _misread(facts, field)
    if facts.born_on is None:
        yield finding("birth_time_unreal", field, value=facts[field], proposals=proposals)
    elif facts.born_on > facts.today:
        yield finding("birth_time_future", field, proposals=proposals)
    elif facts.born_on < FIRST_BIRTH:
        yield finding("birth_time_early", field, proposals=proposals)


def _issue(facts: Facts) -> Iterator[Finding]:
    field = "issue_date"
    proposals = _misread(facts, field)
    if facts.issued_on is None:
        yield finding("issue_date_unreal", field, value=facts[field], proposals=proposals)
    elif facts.issued_on > facts.today:
        yield finding("issue_date_future", field, proposals=proposals)


def _lost_digit(facts: Facts, field: str) -> Iterator[Finding]:
    raw = facts.raw.get(field) or ""
    plain = facts[field]
    if _SINGLE_DIGIT.search(raw) and raw != plain:
        proposal = Proposal(field, plain)
        yield finding("time_digit_lost", field, value=raw, proposals=[proposal])


def _order(facts: Facts, born_on: date, issued_on: date) -> Iterator[Finding]:
    days = (issued_on - born_on).days
    limits = facts.limits.late_limits(_province(facts))
    if days < 0:
        proposals = (*_misread(facts, "issue_date"), *_misread(facts, "birth_time"))
        yield finding("issued_before_birth", "issue_date", "birth_time", proposals=proposals)
    elif issued_on > months_after(born_on, limits.paternity_test):
        yield _late(facts, "issued_very_late", days, months=limits.paternity_test)
    elif issued_on > months_after(born_on, limits.explanation):
        yield _late(facts, "issued_late", days, months=limits.explanation)


def _province(facts: Facts) -> str:
    """Return the two digits of the province that issued: by the number, or where it was born."""
    return facts.number[1:3] or facts.birth_province


def _late(facts: Facts, code: str, days: int, *, months: int) -> Finding:
    """Return the finding on a late issue; one misread digit may explain it."""
    fields = ("issue_date", "birth_time")
    proposals: list[Proposal] = []
    for field in fields:
        proposals.extend(_misread(facts, field))
    return finding(code, *fields, days=days, months=months, proposals=proposals)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last where it has no such day."""
    years, months_before = divmod(day.month - 1 + months, 12)
    year = min(day.year + years, date.max.year)
    month = months_before + 1
    _first_weekday, last_day = calendar.monthrange(year, month)
    return date(year, month, min(day.day, last_day))


def _misread(facts: Facts, field: str, *, limit: int = 3) -> Iterator[Proposal]:
    """Propose dates one look-alike digit away with which birth and issue are within a month."""
    plain = facts[field].translate(IN_DATE)
    candidates = [plain] if plain != facts[field] else _one_digit_off(plain)
    fitting = (value for value in candidates if _fits(facts, field, value))
    for value in islice(fitting, limit):
        yield Proposal(field, value)


def _one_digit_off(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d", text, re.ASCII):
        before = text[: match.start()]
        behind = text[match.end() :]
        for digit in LOOK_ALIKE_DIGITS[match[0]]:
            yield before + digit + behind


def _fits(facts: Facts, field: str, value: str) -> bool:
    """Return whether a date is possible in itself, and together with the other one."""
    changed = replace(facts, raw={**facts.raw, field: value})
    born_on, issued_on = changed.born_on, changed.issued_on
    if field == "birth_time":
        is_possible = born_on is not None and FIRST_BIRTH <= born_on <= facts.today
    else:
        is_possible = issued_on is not None and issued_on <= facts.today
    if born_on is None or issued_on is None:
        return is_possible
    return is_possible and born_on <= issued_on <= months_after(born_on, 1)
