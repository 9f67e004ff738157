from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reviewapp.models.user import User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user).order_by("name")


class SavedFilter(models.Model):
    """What a person looks for among the records again and again, as the end of an address."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, help_text="of the address, without page and cursor")

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="filter_name_once_per_person")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('records')}?{self.query}"
