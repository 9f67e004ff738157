"""Rules 5–7: the time of birth and the date of issue. Pure."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reviewapp.facts.certificates import FIRST_BIRTH
from reviewapp.facts.digits import IN_DATE
from reviewapp.facts.resident import LOOK_ALIKE_DIGITS
from reviewapp.rules.base import Finding, Proposal, found
from reviewapp.rules.facts import Facts

_SINGLE_DIGIT = re.compile(r"(?<![\d])\d[月日时分]", re.ASCII)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with both dates (5, 6) and with the time between them (7)."""
    yield from _birth(facts)
    yield from _issue(facts)
    for name in ("birth_time", "issue_date"):
        raw = facts.raw.get(name) or ""
        if _SINGLE_DIGIT.search(raw) and facts.raw.get(name) != facts[name]:
            yield found("time_digit_lost", name, value=raw, proposals=[Proposal(name, facts[name])])
    if facts.born_on and facts.issued_on:
        yield from _order(facts, facts.born_on, facts.issued_on)


def _birth(facts: Facts) -> Iterator[Finding]:
    value, born_on = facts["birth_time"], facts.born_on
    if born_on is None:
        yield found(
            "birth_time_unreal", "birth_time", value=value, proposals=_misread(facts, "birth_time")
        )
    elif born_on > facts.today:
        yield found("birth_time_future", "birth_time", proposals=_misread(facts, "birth_time"))
    elif born_on < FIRST_BIRTH:
        yield found("birth_time_early", "birth_time", proposals=_misread(facts, "birth_time"))


def _issue(facts: Facts) -> Iterator[Finding]:
    if facts.issued_on is None:
        proposals = _misread(facts, "issue_date")
        yield found(
            "issue_date_unreal", "issue_date", value=facts["issue_date"], proposals=proposals
        )
    elif facts.issued_on > facts.today:
        yield found("issue_date_future", "issue_date", proposals=_misread(facts, "issue_date"))


def _order(facts: Facts, born_on: date, issued_on: date) -> Iterator[Finding]:
    days = (issued_on - born_on).days
    if days < 0:
        proposals = (*_misread(facts, "issue_date"), *_misread(facts, "birth_time"))
        yield found("issued_before_birth", "issue_date", "birth_time", proposals=proposals)
    elif issued_on > months_after(born_on, 1):
        yield _late(facts, days, is_very_late=issued_on > months_after(born_on, 6))


def _late(facts: Facts, days: int, *, is_very_late: bool) -> Finding:
    """Weigh a late issue: one that a single look-alike digit would explain is more than information."""
    fields = ("issue_date", "birth_time")
    proposals = tuple(proposal for field in fields for proposal in _misread(facts, field))
    code = (
        "issued_very_late"
        if is_very_late
        else "issued_late_misread"
        if proposals
        else "issued_late"
    )
    return found(code, *fields, days=days, proposals=proposals)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = min(day.year + years, date.max.year)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _misread(facts: Facts, name: str, *, limit: int = 3) -> Iterator[Proposal]:
    """Propose dates one look-alike digit away with which birth and issue are in order and within a month."""
    plain = facts[name].translate(IN_DATE)
    near = [plain] if plain != facts[name] else list(_one_digit_off(plain))
    fitting = (value for value in near if _fits(facts, name, value))
    yield from (Proposal(name, value) for value, _place in zip(fitting, range(limit), strict=False))


def _one_digit_off(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d", text, re.ASCII):
        for other in LOOK_ALIKE_DIGITS[match[0]]:
            yield text[: match.start()] + other + text[match.end() :]


def _fits(facts: Facts, name: str, value: str) -> bool:
    changed = replace(facts, raw={**facts.raw, name: value})
    born_on, issued_on = changed.born_on, changed.issued_on
    if name == "birth_time" and (born_on is None or not FIRST_BIRTH <= born_on <= facts.today):
        return False
    if name == "issue_date" and (issued_on is None or issued_on > facts.today):
        return False
    return not (born_on and issued_on) or born_on <= issued_on <= months_after(born_on, 1)
