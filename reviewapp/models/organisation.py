from typing import Self

from django.db import models

# Longer ones are no names, and an index takes no texts of any length.
LONGEST_NAME = 500


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def most_frequent(self, most: int) -> list[str]:
        """Return the names that stand most often on approved records."""
        return list(self._known().values_list("name", flat=True)[:most])

    def _known(self) -> Self:
        return self.filter(times__gt=0).order_by("-times", "name")


class Organisation(models.Model):
    """A hospital or an office by its name, and how often it stands on approved records.

    Kept by `reviewapp.organisations` with each approval.
    """

    name = models.CharField(max_length=LONGEST_NAME)
    times = models.PositiveIntegerField(default=0, help_text="in fields of approved records")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["name"], name="organisation_once")]

    def __str__(self) -> str:
        return self.name
