"""Guessing passwords becomes slow: after some wrong ones account and address must wait.

django-axes stands at the door (its backend is asked before each password is looked at, and its
table counts); how long to wait, and for what, is decided here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from reviewapp.exceptions import sentence
from reviewapp.models import User

FORGOTTEN_AFTER = timedelta(hours=24)
FIRST_DELAY = timedelta(minutes=1)
# Attempts from further in the future are from before the clock jumped back, and would lock people
# out until it comes there again. The next wrong password counts them all.
CLOCKS_DIFFER = timedelta(minutes=5)
# One customer of an IPv6 provider has a whole /64, and would never come from one address twice.
IPV6_PREFIX = 64


# Wrong password links are counted under this name, which no account may have.
LINKS = "password links"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong passwords are let pass, and the longest wait after that.

    Each further one doubles the wait.
    """

    failures: int
    longest: timedelta

    def delay(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row."""
        beyond = failures - self.failures
        if beyond < 0:
            return timedelta()
        # Beyond 2^20 minutes nothing grows any more, and no number overflows.
        doublings: int = 2 ** min(beyond, 20)
        return min(FIRST_DELAY * doublings, self.longest)


# With these, a day of guessing tries about 30 passwords of one account.
ACCOUNT = Limit(failures=5, longest=timedelta(hours=1))
# Behind one address may sit a whole office: it takes ten careless people, and nobody waits long.
ADDRESS = Limit(failures=50, longest=timedelta(minutes=5))


def address_of(request: HttpRequest) -> str | None:
    """Return the address that a request comes from.

    Behind a proxy it is the last one of X-Forwarded-For, which the proxy wrote itself; whatever
    stands before that, and the whole header where no proxy stands in front, may be invented by the
    client.
    """
    candidates = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        candidates.insert(
            0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        )
    for candidate in candidates:
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None


def network_of(request: HttpRequest) -> str | None:
    """Return what counts as one address: an IPv4 address, or the network of an IPv6 address."""
    address = address_of(request)
    if address is None or not isinstance(ip_address(address), IPv6Address):
        return address
    return str(ip_network(f"{address}/{IPV6_PREFIX}", strict=False).network_address)


def account_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name that attempts are counted under.

    A name that no account has is kept as a digest: it may be a password, typed into the wrong
    input.
    """
    name = str((credentials or {}).get("username") or "")
    if User.objects.filter(username=name).exists():
        return name
    return salted_hmac("reviewapp.administration.lockout", name, algorithm="sha256").hexdigest()


def locked_until(account: str, network: str | None) -> datetime | None:
    """Return until when an account's passwords are not looked at from this network, or None."""
    ends = [_end(ACCOUNT, username=account)]
    if network is not None:
        ends.append(_end(ADDRESS, ip_address=network))
    until = max(ends)
    return until if until > timezone.now() else None


def note_wrong_link(request: HttpRequest) -> None:
    """Count a wrong password link like a wrong password from the same address."""
    with transaction.atomic():
        _count(LINKS, network_of(request))


def waiting_sentence(request: HttpRequest, name: str) -> str:
    """Tell until when whoever sends this request must wait with this account, or nothing."""
    account = account_of(request, {"username": name})
    return _told(locked_until(account, network_of(request)))


def waiting_sentence_of_address(request: HttpRequest) -> str:
    """Tell until when everybody at an address must wait, whatever the account, or nothing."""
    return _told(locked_until("", network_of(request)))


def _told(until: datetime | None) -> str:
    if until is None:
        return ""
    next_minute = timezone.localtime(until) + timedelta(seconds=59)
    return sentence("tooManyGuesses", {"time": f"{next_minute:%H:%M}"})


def _end(limit: Limit, **whose: str) -> datetime:
    """Return when the wait for these attempts is over; the present moment where there are none."""
    now = timezone.now()
    counting = (now - FORGOTTEN_AFTER, now + CLOCKS_DIFFER)
    recent = AccessAttempt.objects.filter(attempt_time__range=counting, **whose)
    counted = recent.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    last_at = counted["last"] or now
    return last_at + limit.delay(counted["failures"] or 0)


class GrowingDelay(AxesDatabaseHandler):  # type: ignore[misc]  # untyped library
    """What axes asks at each attempt.

    An attempt counts as failed before its password is looked at, and success takes that back: so of
    many guesses at once no more are looked at than of many in a row.
    """

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        account, network = account_of(request, credentials), network_of(request)
        with transaction.atomic():
            # Guesses at one account wait for each other here.
            User.objects.select_for_update(no_key=True).filter(username=account).first()
            if locked_until(account, network):
                return False
            _count(account, network)
        return True

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        """It is counted already."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        forgive(user)

    def user_logged_out(
        self, sender: Any, request: HttpRequest, user: User | None, **kwargs: Any
    ) -> None:
        """What people do is in the events."""


def forgive(user: User) -> None:
    """Forget the wrong passwords of an account whose right one was given.

    Those of other accounts at its address stay.
    """
    AccessAttempt.objects.filter(username=user.get_username()).delete()


def _count(account: str, network: str | None) -> None:
    now = timezone.now()
    AccessAttempt.objects.filter(attempt_time__lte=now - FORGOTTEN_AFTER).delete()
    attempt, _created = AccessAttempt.objects.get_or_create(
        username=account, ip_address=network, user_agent="", defaults={"failures_since_start": 0}
    )
    counted = AccessAttempt.objects.filter(pk=attempt.pk)
    counted.update(failures_since_start=F("failures_since_start") + 1, attempt_time=now)
