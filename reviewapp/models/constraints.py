"""Constraints that several tables share, so that the database itself refuses half a decision."""

from django.db.models import CheckConstraint, Q
from django.db.models.enums import TextChoices


def both_or_neither(who: str, when: str, *, name: str) -> CheckConstraint:
    """Make a who/when pair set together or not at all."""
    neither = Q(**{f"{who}__isnull": True, f"{when}__isnull": True})
    both = Q(**{f"{who}__isnull": False, f"{when}__isnull": False})
    return CheckConstraint(condition=neither | both, name=name)


def one_of(column: str, choices: type[TextChoices], *, name: str) -> CheckConstraint:
    """Allow only the values of an enumeration."""
    return CheckConstraint(condition=Q(**{f"{column}__in": choices.values}), name=name)
