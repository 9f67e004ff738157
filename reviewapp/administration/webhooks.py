"""Notify: tell a program that its record is approved, by a signed webhook (standard-webhooks).

A notice is written down when the picture comes in. Its delivery is queued with the approval, in one
transaction, so that no approval waits for a stranger's server and none is forgotten.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from reviewapp.certificate.fields import BY_NAME
from reviewapp.exceptions import OUTAGES
from reviewapp.models import AccessKey, Flag, Notice, Submission
from reviewapp.models.access_key import new_message_id

logger = logging.getLogger(__name__)

ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)
# Longer than an attempt takes, so that no two attempts are under way at once.
LEASE = timedelta(seconds=60)
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
EVENT_TYPE = "record.approved"


@transaction.atomic
def wish_notice(key: AccessKey, submission: Submission, *, queue: Callable[[int], object]) -> None:
    """Note that this key's program wants to know when the record is approved, if it has said where.

    `queue` asks for the delivery of a notice, by its number, where the record is approved already.
    The lock makes this and an approval come one after the other: one of them sees the other.
    """
    if not key.webhook_url:
        return
    present = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    notice, is_new = Notice.objects.get_or_create(
        key=key, submission=submission, defaults={"message_id": new_message_id()}
    )
    if is_new and present.approved_at is not None:
        queue(notice.pk)


def deliver(notice: Notice) -> datetime | None:
    """Make the next attempt to send a notice, if it is due.

    Return when to come back, None when all is done. Whoever comes back as told makes sure that the
    notice arrives or is given up, also after a crash in the middle: an attempt that was lost counts
    as failed when its lease is over.
    """
    if notice.is_settled:
        return None
    if notice.next_attempt_at > timezone.now():
        return notice.next_attempt_at

    this = Notice.objects.filter(pk=notice.pk)
    if notice.key.is_revoked or notice.attempts >= ATTEMPTS:
        this.update(given_up_at=timezone.now())
        return None

    # Of several workers with the same notice, one makes the attempt.
    leased_until = timezone.now() + LEASE
    untaken = this.unsettled().filter(attempts=notice.attempts)
    if untaken.update(attempts=F("attempts") + 1, next_attempt_at=leased_until) != 1:
        return leased_until
    return _attempt(notice, notice.attempts + 1)


def _attempt(notice: Notice, attempt: int) -> datetime | None:
    """Make an attempt, and write down what came of it; return when to make the next one."""
    this = Notice.objects.filter(pk=notice.pk)
    if _arrives(notice, attempt):
        this.update(delivered_at=timezone.now())
        return None

    if attempt >= ATTEMPTS:
        this.update(given_up_at=timezone.now())
        return None
    again_at = timezone.now() + _wait(attempt)
    this.update(next_attempt_at=again_at)
    return again_at


def _arrives(notice: Notice, attempt: int) -> bool:
    """Send a notice; return whether its receiver has taken it."""
    try:
        _post(notice)
    except OUTAGES:
        raise
    except httpx.HTTPError as error:
        extra = {"notice": notice.pk, "attempt": attempt, "error": type(error).__name__}
        logger.warning("notice not delivered", extra=extra)
    except Exception:
        logger.exception("notice not sent", extra={"notice": notice.pk, "attempt": attempt})
    else:
        return True
    return False


def _wait(attempt: int) -> timedelta:
    wait: timedelta = FIRST_WAIT * 4 ** (attempt - 1)
    return min(LONGEST_WAIT, wait)


def _post(notice: Notice) -> None:
    body = payload(notice.submission)
    now = datetime.now(UTC)
    signature = Webhook(notice.key.webhook_secret).sign(notice.message_id, now, body)
    headers = {
        "content-type": "application/json",
        "webhook-id": notice.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        request = client.stream(
            "POST", notice.key.webhook_url, content=body.encode(), headers=headers
        )
        # The status is all that counts; a body may have no end.
        with request as response:
            response.raise_for_status()


def payload(submission: Submission) -> str:
    """Return what the program is told: record, picture, and the values as approved."""
    values = {BY_NAME[field.name].key: field.value for field in submission.fields.in_form_order()}
    approved_at = submission.approved_at.isoformat() if submission.approved_at else ""
    overrides = Flag.objects.overrides_of([submission.pk]).get(submission.pk, [])
    data = {
        "record": submission.pk,
        "sha256": submission.sha256,
        "approved_at": approved_at,
        "data": values,
        "overrides": [override._asdict() for override in overrides],
    }
    message = {"type": EVENT_TYPE, "timestamp": approved_at, "data": data}
    return json.dumps(message, ensure_ascii=False)
