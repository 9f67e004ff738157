from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import sentence
from reviewapp.models.constraints import one_of
from reviewapp.models.submission import Submission
from reviewapp.models.user import User


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSONL = "jsonl", "JSON lines"


class ExportPhase(models.TextChoices):
    """How far a task has come with an export."""

    WAITING = "waiting", _("Waiting for a worker")
    CHECKING = "checking", _("Checking the records")
    LEAVING = "leaving", _("Recording which records leave")
    WRITING = "writing", _("Writing the file")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# In which nothing has left yet, and in which a task has something to do.
RETRACTABLE = (ExportPhase.WAITING, ExportPhase.CHECKING)
UNDER_WAY = (*RETRACTABLE, ExportPhase.LEAVING, ExportPhase.WRITING)


def export_path(instance: models.Model, filename: str) -> str:
    """Name a stored file by chance, so that nobody can guess where one lies."""
    token = uuid4().hex
    return f"exports/{token[:2]}/{token}{PurePosixPath(filename).suffix}"


class ExportQuerySet(models.QuerySet["Export"]):
    def of_values(self, submission: Submission, names: Collection[str]) -> list["Export"]:
        """Return the exports of a record in which one of these values left, the first one first."""
        holding = self.filter(items__submission=submission).order_by("pk")
        return [export for export in holding if not set(names).isdisjoint(export.columns)]

    def under_way(self) -> Self:
        return self.filter(phase__in=UNDER_WAY)

    def retractable(self) -> Self:
        """Of which no record has left yet."""
        return self.filter(phase__in=RETRACTABLE)

    def with_old_files(self) -> Self:
        """Whose file has been kept for as many days as the installation keeps them."""
        kept_since = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
        return self.exclude(file="").filter(finished_at__lt=kept_since).order_by("pk")

    def with_recalls(self) -> Self:
        """Add how many records an export holds with an old value, and how many it tells of."""
        recalled = Count("recalls__amendment__submission", distinct=True)
        told = Count("recalls_told__amendment__submission", distinct=True)
        # Grouped rows lose the order of the model.
        return self.annotate(recalled_count=recalled, told_count=told).order_by("-pk")


class Export(models.Model):
    """One file of records that left the building, from the wish for it to its last day."""

    format = models.CharField(max_length=10, choices=ExportFormat)
    columns = models.JSONField(help_text="field names in their order")
    filters = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True, help_text="of the file's headers")
    phase = models.CharField(
        max_length=10,
        choices=ExportPhase,
        default=ExportPhase.DONE,
        help_text="how far it has come",
    )
    attempt = models.PositiveIntegerField(default=0, help_text="grows when a worker takes it")
    last_pk = models.BigIntegerField(default=0, help_text="the record that the phase has come to")
    progress = models.PositiveIntegerField(default=0, help_text="records of the phase so far")
    row_count = models.PositiveIntegerField(default=0, help_text="records that were chosen")
    left_out = models.JSONField(
        default=list,
        blank=True,
        help_text="chosen, but no longer as approved when they would leave",
    )
    failure_code = models.CharField(max_length=60, blank=True)
    failure_params = models.JSONField(default=dict, blank=True)
    file = models.FileField(upload_to=export_path, max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    written_count = models.PositiveIntegerField(
        null=True,
        default=0,
        help_text="records that the file holds; unknown for exports before they were counted",
    )
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="when the file was written to its end"
    )
    balance_reason = models.TextField(
        blank=True, help_text="why records left although their batch does not add up"
    )
    exported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    exported_at = models.DateTimeField(_("at"), auto_now_add=True)
    submissions = models.ManyToManyField(Submission, through="ExportItem", related_name="exports")

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["phase"], name="export_under_way", condition=models.Q(phase__in=UNDER_WAY)
            )
        ]
        constraints = [one_of("phase", ExportPhase, name="export_phase_known")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.phase in UNDER_WAY

    @property
    def is_retractable(self) -> bool:
        """Return whether it can be cancelled: no record has left yet."""
        return self.phase in RETRACTABLE

    @property
    def is_failed(self) -> bool:
        return self.phase == ExportPhase.FAILED

    @property
    def is_cancelled(self) -> bool:
        return self.phase == ExportPhase.CANCELLED

    @property
    def failure_sentence(self) -> str:
        return sentence(self.failure_code, self.failure_params) if self.failure_code else ""

    @property
    def kept_until(self) -> datetime | None:
        """Return when the file is removed; None where there is none."""
        if not self.file or self.finished_at is None:
            return None
        return self.finished_at + timedelta(days=settings.EXPORT_DAYS)

    @property
    def is_incomplete(self) -> bool:
        """Return whether the file is known not to hold all records, or not yet."""
        return self.finished_at is None and self.written_count is not None


class ExportItem(models.Model):
    # The constraint below has an index that begins with it.
    export = models.ForeignKey(Export, models.PROTECT, related_name="items", db_index=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["export", "submission"], name="export_item_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
