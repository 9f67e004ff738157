from collections.abc import Mapping
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.rules.catalogue import BY_CODE, Severity


class RuleSeverityQuerySet(models.QuerySet["RuleSeverity"]):
    def overrides(self) -> dict[str, Severity | None]:
        """Return the severities that an administrator has set, by code.

        None: the rule is switched off. Those of rules that there are no more do not count.
        """
        return self.among(dict(self.known().values_list("code", "severity")))

    def known(self) -> Self:
        return self.filter(code__in=BY_CODE)

    @staticmethod
    def among(stored: Mapping[str, str]) -> dict[str, Severity | None]:
        """Return the severities that are stored as these words, by code."""
        return {code: Severity(word) if word else None for code, word in stored.items()}

    def present(self) -> dict[str, Severity | None]:
        """Return the severity of every rule by its code; None where it is switched off."""
        return {code: rule.severity for code, rule in BY_CODE.items()} | self.overrides()


class RuleSeverity(models.Model):
    """How much a rule's finding asks for, where an administrator has changed it.

    Empty: the rule is off.
    """

    code = models.CharField(max_length=40, unique=True)
    severity = models.CharField(_("severity"), max_length=1, choices=Severity, blank=True)

    objects = RuleSeverityQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.severity}"
