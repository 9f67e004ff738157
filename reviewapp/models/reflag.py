import json
from datetime import timedelta
from hashlib import sha256
from typing import Self

from django.db import models
from django.utils import timezone

from reviewapp.models.rule_severity import RuleSeverity
from reviewapp.models.threshold import Threshold
from reviewapp.models.user import User

SILENT_AFTER = timedelta(minutes=1)


def present_basis() -> str:
    """Return a digest of what judgements rest on now: all thresholds and severities."""
    basis = [Threshold.objects.percents(), RuleSeverity.objects.present()]
    return sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()


class ReflagQuerySet(models.QuerySet["Reflag"]):
    def unfinished(self) -> Self:
        return self.filter(finished_at=None)

    def latest_first(self) -> Self:
        return self.order_by("-pk")


class Reflag(models.Model):
    """One run that flags records that are not finished anew, and how far it has come."""

    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    basis = models.CharField(
        max_length=64, default="", help_text="what it judges by, see present_basis"
    )
    moved_at = models.DateTimeField(default=timezone.now, help_text="the last sign of progress")
    finished_at = models.DateTimeField(null=True, blank=True)
    last_pk = models.PositiveBigIntegerField(default=0, help_text="of the last record judged")
    total = models.PositiveIntegerField(help_text="records there were when it started")
    judged = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(
        default=0, help_text="records that have other flags than before"
    )
    undone = models.PositiveIntegerField(
        default=0, help_text="verifications undone by a new finding"
    )

    objects = ReflagQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.judged}/{self.total}"

    @property
    def is_outdated(self) -> bool:
        """Return whether thresholds or rules have changed since it began.

        Its rest would be judged otherwise than what it has judged.
        """
        return self.basis != present_basis()

    @property
    def is_under_way(self) -> bool:
        """Return whether some process goes on with it at this moment, as far as can be told."""
        return (
            self.finished_at is None
            and self.moved_at > timezone.now() - SILENT_AFTER
            and not self.is_outdated
        )

    @property
    def can_go_on(self) -> bool:
        return self.finished_at is None and not self.is_outdated

    @property
    def percent(self) -> int:
        return min(100, 100 * self.judged // max(1, self.total))
