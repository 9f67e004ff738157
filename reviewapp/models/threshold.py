from collections.abc import Mapping

from django.core.validators import MaxValueValidator
from django.db import models

from reviewapp.certificate.fields import ORDER

DEFAULT_THRESHOLD = 99


class ThresholdQuerySet(models.QuerySet["Threshold"]):
    def percents(self) -> dict[str, int]:
        """Return the threshold of every field by its name."""
        return self.among(dict(self.values_list("name", "percent")))

    @staticmethod
    def among(stored: Mapping[str, int]) -> dict[str, int]:
        """Return the threshold of every field where these are stored."""
        return dict.fromkeys(ORDER, DEFAULT_THRESHOLD) | dict(stored)


class Threshold(models.Model):
    """The probability below which a field is flagged, where an administrator has set one."""

    name = models.CharField(max_length=40, unique=True)
    percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="threshold_percent")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent}"
