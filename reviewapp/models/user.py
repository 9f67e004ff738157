from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.models.constraints import one_of
from reviewapp.states import REVIEWERS, Role

# For so long after a rise, or after a password set through another person's link, a supervisor does
# not approve everything: time enough for the others to notice.
SETTLING_TIME = timedelta(hours=24)


class PersonManager(UserManager["User"]):
    def has_supervisor(self) -> bool:
        """Return whether somebody is there to answer questions and to approve."""
        return self.filter(is_active=True, role=Role.SUPERVISOR).exists()

    def reviewers_by_name(self) -> "models.QuerySet[User]":
        """Return who reviews, also those who have left: their records are still there."""
        return self.filter(role__in=REVIEWERS).order_by("username")

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        """Make an administrator, whose role says so too."""
        return super().create_superuser(username, email, password, **{"role": Role.ADMIN, **extra})


class User(AbstractUser):
    """A person with one role."""

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.CLERK)
    can_recognise = models.BooleanField(_("may call the recognition API"), default=False)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta(AbstractUser.Meta):
        constraints = [one_of("role", Role, name="user_role_known")]

    @property
    def display_name(self) -> str:
        """Return the name as it is written: a Chinese family name stands first, without a space."""
        if not self.last_name.isascii():
            return self.last_name + self.first_name
        return self.get_full_name() or self.username

    @property
    def is_reviewer(self) -> bool:
        return self.role in REVIEWERS

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.SUPERVISOR

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_auditor(self) -> bool:
        return self.role == Role.AUDITOR

    @property
    def may_recognise(self) -> bool:
        """Return whether this person may call the recognition API; an auditor only reads."""
        return self.is_active and self.can_recognise and not self.is_auditor
