from django.db import models

from reviewapp.models.field import Field
from reviewapp.models.user import User


class Correction(models.Model):
    """One change of one value by one person. Append-only: how `Field.value` came about."""

    field = models.ForeignKey(Field, models.PROTECT, related_name="corrections")
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.field.name} #{self.pk}"
