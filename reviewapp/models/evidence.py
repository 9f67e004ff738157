from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class EvidenceDayQuerySet(models.QuerySet["EvidenceDay"]):
    def outdated(self) -> Self:
        return self.filter(is_current=False).order_by("day")


class EvidenceDay(models.Model):
    """What was read and found right on the records that were finished on one day.

    Outdated once a record of the day goes back to clerks or is amended, until it is summed anew.
    """

    day = models.DateField(help_text="on which records were finished, in local time")
    is_current = models.BooleanField(default=False)
    has_records = models.BooleanField(default=False)
    tallies = models.JSONField(
        default=dict, help_text="by field: [probability, values, right ones], as in the sum"
    )

    objects = EvidenceDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["day"], name="evidence_day_once")]
        indexes = [
            models.Index(fields=["day"], name="evidence_outdated", condition=Q(is_current=False))
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class EvidenceSum(models.Model):
    """The sum of all days before `until`, as they were when each was summed.

    One row for the installation.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    until = models.DateField(null=True, blank=True, help_text="the first day that is not in it")
    days = models.PositiveIntegerField(default=0, help_text="days with finished records")
    tallies = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["EvidenceSum"]] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="evidence_sum_only_one")]

    def __str__(self) -> str:
        return str(self.until or "")
