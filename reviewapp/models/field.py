from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate import BY_NAME, FORMS, FieldSpec
from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.submission import Submission
from reviewapp.models.user import User
from reviewapp.rules.form import Finding
from reviewapp.states import FLAG_SENTENCES, FlagReason


class FieldQuerySet(models.QuerySet["Field"]):
    def in_form_order(self) -> Self:
        return self.order_by("position")

    def flagged(self) -> Self:
        return self.filter(Exists(Flag.objects.filter(field=OuterRef("pk"))))

    def doubtful(self) -> Self:
        """Flagged and not yet confirmed by a person."""
        return self.flagged().filter(verified_by=None)

    def corrected(self) -> Self:
        return self.filter(corrections__isnull=False).distinct()


class Field(models.Model):
    """One value of a record: what was read, what it is now, and where it stands in the picture."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="fields")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    read_value = models.TextField(blank=True)
    value = models.TextField(_("value"), blank=True)
    value_prob = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0–100, of the value read")
    polygon = models.JSONField(null=True, blank=True, help_text="four [x, y] in pixels of the picture as shown")
    version = models.PositiveIntegerField(default=1)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = FieldQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "name"], name="field_once_per_submission"),
            both_or_neither("verified_by", "verified_at", name="field_verified_pair"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> FieldSpec:
        return BY_NAME[self.name]

    @property
    def is_verified(self) -> bool:
        return self.verified_by_id is not None

    @property
    def is_corrected(self) -> bool:
        return self.value != self.read_value

    @property
    def is_doubtful(self) -> bool:
        return not self.is_verified and bool(self.flags.all())

    def replace_flags(self, findings: Iterable[Finding]) -> None:
        """Set what the checks find now; what a supervisor asked stays."""
        self.flags.exclude(reason=FlagReason.RETURNED).delete()
        Flag.objects.bulk_create(Flag(field=self, reason=found.reason, params=found.params) for found in findings)


class Flag(models.Model):
    """A reason to look at a field."""

    field = models.ForeignKey(Field, models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=30, choices=FlagReason)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["field", "reason"], name="flag_once_per_field"),
            one_of("reason", FlagReason, name="flag_reason_known"),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def sentence(self) -> str:
        form = FORMS[self.field.spec.kind]
        return str(FLAG_SENTENCES[FlagReason(self.reason)]) % {"form": form, **self.params}
