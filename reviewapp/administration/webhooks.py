"""Notify: tell a program that a record it brought in is approved, by a signed webhook (standard-webhooks).

A notice is written down when the picture comes in and sent when the record is approved, so that no
approval waits for a stranger's server and none is forgotten.
"""

import json
import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from django.db.models import F
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from reviewapp.certificate.fields import BY_NAME
from reviewapp.models import AccessKey, Flag, Notice, Submission

logger = logging.getLogger(__name__)

ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)
LEASE = timedelta(seconds=60)
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
EVENT_TYPE = "record.approved"


def wish_notice(key: AccessKey, submission: Submission) -> None:
    """Note that this key's program wants to know when the record is approved, if it has said where."""
    if key.webhook_url:
        Notice.objects.get_or_create(
            key=key, submission=submission, defaults={"message_id": f"msg_{uuid4().hex}"}
        )


def send_due_notices() -> int:
    """Send what is due, each notice by one worker only; return how many arrived."""
    due = Notice.objects.due().select_related("key", "submission")
    return sum(_deliver(notice) for notice in due[:20] if _lease(notice))


def _lease(notice: Notice) -> bool:
    """Take a notice in one guarded statement, so that no other worker sends it at the same time."""
    present = Notice.objects.due().order_by().filter(pk=notice.pk, attempts=notice.attempts)
    return present.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + LEASE) == 1


def _deliver(notice: Notice) -> bool:
    """Send one notice; a failure is tried again later and later, and given up after ATTEMPTS."""
    attempt = notice.attempts + 1
    this = Notice.objects.filter(pk=notice.pk)
    if notice.key.is_revoked:
        this.update(given_up_at=timezone.now())
        return False
    try:
        _post(notice)
    except httpx.HTTPError as error:
        extra = {"notice": notice.pk, "attempt": attempt, "error": type(error).__name__}
        logger.warning("notice not delivered", extra=extra)
        over = {"given_up_at": timezone.now()} if attempt >= ATTEMPTS else {}
        this.update(next_attempt_at=timezone.now() + _wait(attempt), **over)
        return False
    this.update(delivered_at=timezone.now())
    return True


def _wait(attempt: int) -> timedelta:
    wait: timedelta = FIRST_WAIT * 4 ** (attempt - 1)
    return min(LONGEST_WAIT, wait)


def _post(notice: Notice) -> None:
    body = payload(notice.submission)
    now = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": notice.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(notice.key.webhook_secret).sign(notice.message_id, now, body),
    }
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        client.post(
            notice.key.webhook_url, content=body.encode(), headers=headers
        ).raise_for_status()


def payload(submission: Submission) -> str:
    """Return what the program is told: the record, the picture that it sent, and the values as approved."""
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
    return json.dumps(
        {"type": EVENT_TYPE, "timestamp": approved_at, "data": data}, ensure_ascii=False
    )
