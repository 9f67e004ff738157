import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.models.submission import Submission


class RecognitionResult(models.Model):
    """An engine's answer as it came. Append-only."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="recognitions")
    engine = models.CharField(max_length=40)
    answer = models.TextField(help_text="the API's Data object, JSON text as it came")
    request_id = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField()
    recognised_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("recognition result")
        verbose_name_plural = _("recognition results")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.engine} #{self.pk}"

    @property
    def data(self) -> Any:
        return json.loads(self.answer)
