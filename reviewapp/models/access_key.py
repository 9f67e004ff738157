from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.encryption import unseal
from reviewapp.models.constraints import both_or_neither
from reviewapp.models.submission import Submission
from reviewapp.models.user import User

USE_NOTED_EVERY = timedelta(minutes=1)


class AccessKeyQuerySet(models.QuerySet["AccessKey"]):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class AccessKey(models.Model):
    """The id and the secret with which a program signs its requests in the name of a user."""

    key_id = models.CharField(_("access key id"), max_length=64, unique=True)
    sealed_secret = models.TextField()
    user = models.ForeignKey(
        User, models.PROTECT, related_name="access_keys", verbose_name=_("user")
    )
    label = models.CharField(_("used by"), max_length=100, blank=True)
    creates_submissions = models.BooleanField(_("also create a record to review"), default=False)
    webhook_url = models.URLField(_("webhook address"), max_length=500, blank=True)
    sealed_webhook_secret = models.TextField(blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = AccessKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        constraints = [both_or_neither("revoked_by", "revoked_at", name="access_key_revoked_pair")]

    def __str__(self) -> str:
        return self.key_id

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def may_recognise(self) -> bool:
        return self.user.may_recognise

    @property
    def secret(self) -> str:
        """Return the secret in clear, which checking a signature needs."""
        return unseal(self.sealed_secret)

    @property
    def webhook_secret(self) -> str:
        return unseal(self.sealed_webhook_secret) if self.sealed_webhook_secret else ""

    def note_use(self, *, at: datetime | None = None) -> None:
        """Remember when the key was last used, to the minute, so that busy keys cost few writes."""
        now = at or timezone.now()
        fresh_since = now - USE_NOTED_EVERY
        if self.last_used_at is not None and self.last_used_at >= fresh_since:
            return
        # Another process may have noted it since this one read the key.
        is_stale = Q(last_used_at=None) | Q(last_used_at__lt=fresh_since)
        AccessKey.objects.filter(is_stale, pk=self.pk).update(last_used_at=now)


class SpentNonce(models.Model):
    """A request that was answered once and will not be again."""

    key = models.ForeignKey(AccessKey, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the nonce")
    spent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "digest"], name="nonce_once_per_key")]

    def __str__(self) -> str:
        return self.digest


def new_message_id() -> str:
    return f"msg_{uuid4().hex}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def delivered(self) -> Self:
        return self.exclude(delivered_at=None)

    def unsettled(self) -> Self:
        """Notices that have neither arrived nor been given up."""
        return self.filter(delivered_at=None, given_up_at=None)


class Notice(models.Model):
    """A key's wish to be told once that a record is approved, tried until it arrives."""

    key = models.ForeignKey(AccessKey, models.PROTECT, related_name="notices", db_index=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="notices")
    message_id = models.CharField(max_length=64, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "submission"], name="notice_once_per_record")
        ]

    def __str__(self) -> str:
        return self.message_id

    def renew(self) -> None:
        """Begin anew: what arrived is no longer true. The new message is not taken for the old."""
        self.message_id = new_message_id()
        self.attempts = 0
        self.next_attempt_at = timezone.now()
        self.delivered_at = None
        self.save()

    @property
    def is_settled(self) -> bool:
        """Return whether it has arrived or was given up."""
        return self.delivered_at is not None or self.given_up_at is not None
