"""Access: keys with which programs call the recognition API, and what a request uses up."""

import base64
import hashlib
import secrets
import string
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from reviewapp.administration.people import right_changed
from reviewapp.encryption import seal
from reviewapp.exceptions import ReviewError
from reviewapp.history import append
from reviewapp.models import AccessKey, Event, SpentNonce, User
from reviewapp.permissions import check_is_no_auditor
from reviewapp.states import EventKind

ID_PREFIX, ID_LENGTH, SECRET_LENGTH, WEBHOOK_SECRET_BYTES = "RBC", 21, 40, 32
NONCES_KEPT = timedelta(minutes=35)
CLEAR_ONE_IN = 200
ALPHABET = string.ascii_letters + string.digits


@transaction.atomic
def make_key(
    user: User,
    *,
    by: User,
    label: str = "",
    creates_submissions: bool = False,
    webhook_url: str = "",
) -> tuple[AccessKey, str]:
    """Make an access key for a user, who may call the API from now on; return it and its secret.

    1. may it have notices; 2. the secrets; 3. the key; 4. the user's right to call; 5. the trace.
    The secret is shown to whoever asked for it and never again. With a webhook address the key gets
    a secret for its notices too (`key.webhook_secret`). Raises ReviewError when notices are asked
    for without records, NotAllowed for an auditor.
    """
    check_is_no_auditor(user)
    if webhook_url and not creates_submissions:
        raise ReviewError("noticeWithoutRecord")
    secret = _random(SECRET_LENGTH)
    notice_secret = "whsec_" + base64.b64encode(secrets.token_bytes(WEBHOOK_SECRET_BYTES)).decode()
    key = AccessKey.objects.create(
        key_id=ID_PREFIX + _random(ID_LENGTH),
        sealed_secret=seal(secret),
        user=user,
        label=label,
        creates_submissions=creates_submissions,
        webhook_url=webhook_url,
        sealed_webhook_secret=seal(notice_secret) if webhook_url else "",
        created_by=by,
    )
    events = [Event(kind=EventKind.KEY_MADE, by=by, new=key.key_id)]
    without_right = User.objects.filter(pk=user.pk, can_recognise=False)
    if without_right.update(can_recognise=True) == 1:
        events.append(right_changed(user, "can_recognise", is_given=True, by=by))
    append(events)
    return key, secret


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@transaction.atomic
def revoke_key(key: AccessKey, *, by: User) -> None:
    """Make a key useless for good. Revoking it again changes nothing."""
    unrevoked = AccessKey.objects.filter(pk=key.pk, revoked_at=None)
    revoked = unrevoked.update(revoked_by=by, revoked_at=timezone.now())
    if revoked == 1:
        append([Event(kind=EventKind.KEY_REVOKED, by=by, old=key.key_id)])


def spend_nonce(key: AccessKey, nonce: str) -> bool:
    """Return whether a key uses this nonce for the first time.

    Every server process asks the same table.
    """
    digest = hashlib.sha256(nonce.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentNonce.objects.create(key=key, digest=digest)
    except IntegrityError:
        return False
    if secrets.randbelow(CLEAR_ONE_IN) == 0:
        SpentNonce.objects.filter(spent_at__lt=timezone.now() - NONCES_KEPT).delete()
    return True
