from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.models.submission import Submission
from reviewapp.models.user import User


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSONL = "jsonl", "JSON lines"


class Export(models.Model):
    """One file that left the building, with just the records that it held."""

    format = models.CharField(max_length=10, choices=ExportFormat)
    columns = models.JSONField(help_text="field names in their order")
    filters = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0, help_text="records that were chosen")
    written_count = models.PositiveIntegerField(
        null=True,
        default=0,
        help_text="records that the file holds; unknown for exports before they were counted",
    )
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="when the file was written to its end"
    )
    exported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    exported_at = models.DateTimeField(_("at"), auto_now_add=True)
    submissions = models.ManyToManyField(Submission, through="ExportItem", related_name="exports")

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_incomplete(self) -> bool:
        """Return whether the file is known not to hold all records, or not yet."""
        return self.finished_at is None and self.written_count is not None


class ExportItem(models.Model):
    export = models.ForeignKey(Export, models.PROTECT, related_name="items")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["export", "submission"], name="export_item_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
