from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.user import User
from reviewapp.states import BatchStatus, SubmissionStatus

UNFINISHED = (SubmissionStatus.RECEIVED, SubmissionStatus.FAILED, SubmissionStatus.RECOGNISED)


class BatchQuerySet(models.QuerySet["Batch"]):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("created_at", "pk")

    def accepting_pictures(self) -> Self:
        return self.exclude(status=BatchStatus.APPROVED)

    def awaiting_approval(self) -> Self:
        return self._holding(SubmissionStatus.REVIEWED)

    def with_approved(self) -> Self:
        return self._holding(SubmissionStatus.APPROVED)

    def _holding(self, status: SubmissionStatus) -> Self:
        """Batches with a record of this status, without a join that would narrow their counts."""
        return self.filter(
            pk__in=self.model._default_manager.filter(submissions__status=status).values("pk")
        )

    def with_counts(self) -> Self:
        """Add `count_<status>` for every submission status, and their sum `count_all`."""
        counts = {
            f"count_{status}": Count("submissions", Q(submissions__status=status))
            for status in SubmissionStatus
        }
        return self.annotate(count_all=Count("submissions"), **counts)


class Batch(models.Model):
    """Pictures that are approved together. Its status follows from its submissions."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    status = models.CharField(
        _("status"), max_length=20, choices=BatchStatus, default=BatchStatus.OPEN
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            one_of("status", BatchStatus, name="batch_status_known"),
            both_or_neither("approved_by", "approved_at", name="batch_approved_pair"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.pk])

    def locked(self) -> "Batch":
        """Return the batch as it is now; nobody else settles it until the transaction ends."""
        return Batch.objects.select_for_update(no_key=True).get(pk=self.pk)

    def status_that_follows(self) -> BatchStatus:
        """Derive the status from the submissions.

        The approval of a batch of rejected pictures does not follow: it is an act of its own.
        """
        statuses = set(self.submissions.values_list("status", flat=True).distinct())
        if SubmissionStatus.RETURNED in statuses:
            return BatchStatus.RETURNED
        if not statuses or statuses & set(UNFINISHED):
            return BatchStatus.OPEN
        if SubmissionStatus.APPROVED in statuses and SubmissionStatus.REVIEWED not in statuses:
            return BatchStatus.APPROVED
        return BatchStatus.SUBMITTED
