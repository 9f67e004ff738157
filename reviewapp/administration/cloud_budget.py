"""Cloud: every call of the paid recogniser is counted, paced, and held back where it only costs.

One row of the database is the point through which all workers go, so the limits hold for all of
them together. A call is written down before it is made: what was never reported counts as paid.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from reviewapp.engines.acs3.errors import Remedy
from reviewapp.engines.aliyun.gate import Report
from reviewapp.exceptions import EnginePaused
from reviewapp.history import append
from reviewapp.models import Breaker, CallOutcome, CloudCall, Event, User
from reviewapp.permissions import check_can_administer
from reviewapp.states import EventKind

FAILURES_IN_A_ROW = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
ACCOUNT_PAUSE = BUDGET_PAUSE = timedelta(minutes=10)
TRIAL = timedelta(minutes=2)
LONGEST_CALL = timedelta(minutes=2)
PATIENCE_SECONDS, LOOK_AGAIN_SECONDS = 20.0, 0.2
BUSY_PAUSE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the account allows: calls per second and at once, free calls and budget a month.

    Price and budget are in the account's currency; no budget: no limit.
    """

    per_second: float = 5.0
    at_once: int = 4
    free_quota: int = 0
    price: Decimal = Decimal(0)
    budget: Decimal | None = None

    def cost(self, calls: int) -> Decimal:
        """Return what this many calls of one month cost."""
        return max(0, calls - self.free_quota) * self.price


@dataclass(frozen=True, slots=True)
class Ledger:
    """This month so far: calls by outcome, what they cost or may have cost, and what is left."""

    calls: int
    billable: int
    cost: Decimal
    free_left: int
    terms: Terms


def ledger(terms: Terms) -> Ledger:
    """Count this month's calls."""
    month = CloudCall.objects.this_month()
    billable = month.billable().count()
    return Ledger(
        calls=month.count(),
        billable=billable,
        cost=terms.cost(billable),
        free_left=max(0, terms.free_quota - billable),
        terms=terms,
    )


@dataclass(frozen=True, slots=True)
class DatabaseGate:
    """The gate of all workers that share a database."""

    terms: Terms

    def answer_of(self, sha256: str) -> tuple[dict[str, Any], str] | None:
        """Return the answer to this picture that was paid for lately, and its request id."""
        call = CloudCall.objects.answer_of(sha256)
        return (json.loads(call.answer), call.request_id) if call else None

    def admit(self, sha256: str, attempt: int) -> int:
        """Wait for a turn and return the call's number.

        Raises EnginePaused: `accountRefused` or `cloudDown` while the breaker is open,
        `budgetSpent`, and `cloudBusy` when no turn comes within PATIENCE_SECONDS.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            turn = self._reserve(sha256, attempt)
            if turn is not None:
                time.sleep(turn.wait)
                return turn.call
            time.sleep(LOOK_AGAIN_SECONDS)
        raise EnginePaused("cloudBusy", until=timezone.now() + BUSY_PAUSE)

    @transaction.atomic
    def _reserve(self, sha256: str, attempt: int) -> "Turn | None":
        """Take the next turn, None when too many calls are under way.

        1. The breaker: while it was open and may be closed again, one call tries. 2. The budget,
        with this call. 3. The calls at once. 4. The next moment that the pace allows.
        """
        breaker, now = _locked(), timezone.now()
        if breaker.is_open:
            raise EnginePaused(breaker.code, until=breaker.open_until or now, **breaker.params)
        if breaker.code:
            breaker.open_until = now + TRIAL

        self._check_budget(now)

        running = CloudCall.objects.running(since=now - LONGEST_CALL)
        if running.count() >= self.terms.at_once:
            return None

        start = max(now, breaker.next_call_at)
        wait_seconds = (start - now).total_seconds()
        if wait_seconds > PATIENCE_SECONDS:
            raise EnginePaused("cloudBusy", until=start)
        breaker.next_call_at = start + timedelta(seconds=1 / self.terms.per_second)
        breaker.save()
        call = CloudCall.objects.create(sha256=sha256, attempt=attempt, started_at=start)
        return Turn(call.pk, wait_seconds)

    def _check_budget(self, now: datetime) -> None:
        """Refuse a call that would cost more than this month's budget. Raises EnginePaused."""
        if self.terms.budget is None:
            return
        billable = CloudCall.objects.this_month().billable().count()
        if self.terms.cost(billable + 1) > self.terms.budget:
            raise EnginePaused("budgetSpent", until=now + BUDGET_PAUSE)

    def report(self, call: int, report: Report) -> None:
        """Write down how a call went. Raises EnginePaused when it leaves the breaker open."""
        breaker = self._note(call, report)
        if report.remedy is not None and breaker.is_open:
            raise EnginePaused(
                breaker.code, until=breaker.open_until or timezone.now(), **breaker.params
            )

    @transaction.atomic
    def _note(self, call: int, report: Report) -> Breaker:
        breaker = _locked()
        CloudCall.objects.filter(pk=call).update(
            outcome=_outcome(report),
            status=report.status,
            code=report.code,
            request_id=report.request_id,
            seconds=report.seconds,
            answer="" if report.data is None else json.dumps(report.data),
        )
        CloudCall.objects.forget_answers()
        _turn(breaker, report, now=timezone.now())
        breaker.save()
        return breaker


@dataclass(frozen=True, slots=True)
class Turn:
    """A call that may be made in `wait` seconds."""

    call: int
    wait: float


def _locked() -> Breaker:
    Breaker.the_one()
    return Breaker.objects.select_for_update().get(pk=Breaker.THE_ONE)


def _outcome(report: Report) -> CallOutcome:
    if report.remedy is None:
        return CallOutcome.READ
    return CallOutcome.UNKNOWN if report.is_answer_lost else CallOutcome.REFUSED


def _turn(breaker: Breaker, report: Report, *, now: datetime) -> None:
    """Open or close the breaker by what a call showed.

    What only one picture did shows nothing but a living cloud.
    """
    if report.remedy is Remedy.ACCOUNT:
        _open(breaker, "accountRefused", report.code, now=now, pause=ACCOUNT_PAUSE)
    elif report.remedy is Remedy.RETRY and not report.is_pictures_own:
        _count_failure(breaker, report, now=now)
    else:
        _close(breaker)


def _count_failure(breaker: Breaker, report: Report, *, now: datetime) -> None:
    """Count a call that failed, and open the breaker after FAILURES_IN_A_ROW or a failed trial."""
    breaker.failures += 1
    if report.retry_after is not None:
        retry_at = now + timedelta(seconds=report.retry_after)
        breaker.next_call_at = max(breaker.next_call_at, retry_at)
    if breaker.failures < FAILURES_IN_A_ROW and not breaker.code:
        return
    # Each failed trial doubles the pause; beyond 2^10 it is over the longest anyway.
    doublings = min(10, max(0, breaker.failures - FAILURES_IN_A_ROW))
    pause = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
    _open(breaker, "cloudDown", report.code, now=now, pause=pause)


def _open(
    breaker: Breaker, code: str, vendor_code: str, *, now: datetime, pause: timedelta
) -> None:
    breaker.code, breaker.params = code, {"vendor_code": vendor_code}
    breaker.opened_at = breaker.opened_at or now
    breaker.open_until = now + pause


def _close(breaker: Breaker) -> None:
    breaker.failures, breaker.code, breaker.params = 0, "", {}
    breaker.opened_at = breaker.open_until = None


@transaction.atomic
def resume(*, by: User) -> None:
    """Let calls be made again at once, because somebody has mended what was wrong."""
    check_can_administer(by)
    breaker = _locked()
    params = {"code": breaker.code}
    append([Event(kind=EventKind.READING_RESUMED, by=by, params=params)])
    _close(breaker)
    breaker.save()
