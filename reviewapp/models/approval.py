from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewapp.models.chain import DIGEST_LENGTH
from reviewapp.models.constraints import one_of
from reviewapp.models.export import Export
from reviewapp.models.field import Field
from reviewapp.models.submission import Submission, SubmissionQuerySet
from reviewapp.models.user import User
from reviewapp.states import AmendmentOutcome, Evidence


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def standing(self) -> Self:
        """Approvals that nobody has voided."""
        return self.filter(voiding=None)


class Approval(models.Model):
    """A person's word for just this content of a record. Append-only."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="approvals", db_index=False
    )
    version = models.PositiveIntegerField(help_text="of the record, by this approval")
    digest = models.CharField(max_length=DIGEST_LENGTH, help_text="of values, states and overrides")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "version"], name="approval_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return self.digest


class Voiding(models.Model):
    """The end of an approval. Append-only."""

    approval = models.OneToOneField(Approval, models.PROTECT, related_name="voiding")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.approval_id}"


class OverrideSight(models.Model):
    """A supervisor has looked at a value that was kept against a rule, as it was at a version."""

    field = models.ForeignKey(Field, models.PROTECT, related_name="sights", db_index=False)
    version = models.PositiveIntegerField(help_text="of the field, when it was looked at")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["field", "by", "version"], name="override_seen_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field_id}"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def waiting(self) -> Self:
        return self.filter(outcome="").order_by("pk")

    def approved(self) -> Self:
        return self.filter(outcome=AmendmentOutcome.APPROVED)

    def with_all(self) -> Self:
        """With the people, and the values in the form's order."""
        values = AmendedValue.objects.select_related("field").order_by("field__position")
        people = self.select_related("submission__batch", "asked_by", "decided_by")
        return people.prefetch_related(models.Prefetch("values", values))


class Amendment(models.Model):
    """A correction of an approved record: asked for by one person, decided by another.

    Who asked may withdraw it; that, too, is kept as a decision.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="amendments")
    version = models.PositiveIntegerField(help_text="of the record, when it was asked for")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"))
    evidence = models.CharField(_("evidence"), max_length=20, choices=Evidence)
    evidence_note = models.TextField(help_text="which paper or decision, and where it is kept")
    outcome = models.CharField(max_length=10, choices=AmendmentOutcome, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("evidence", Evidence, name="amendment_evidence_known"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(outcome__in=AmendmentOutcome.values)
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="amendment_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=models.F("asked_by"))
                | Q(outcome=AmendmentOutcome.WITHDRAWN),
                name="amendment_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(outcome=""), name="amendment_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def changes(self) -> list[dict[str, str]]:
        """Return what events keep of the values, with a mark that goes with the old one."""
        return [value.change for value in self.values.all()]


class AmendedValue(models.Model):
    """One value of an amendment: what was approved, and what it shall be. Append-only."""

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="values", db_index=False)
    field = models.ForeignKey(Field, models.PROTECT, related_name="amended")
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "field"], name="amended_value_once_per_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field_id}"

    @property
    def change(self) -> dict[str, str]:
        """Return what changes; until it does, also the mark that stands beside the old value."""
        change = {"field": self.field.name, "old": self.old_value, "new": self.new_value}
        if self.field.mark:
            change |= {"mark": self.field.mark, "should_say": self.field.should_say}
        return change


class RecallQuerySet(models.QuerySet["Recall"]):
    def to_tell(self) -> Self:
        """What no export has told to its end."""
        return self.filter(Q(told_in=None) | Q(told_in__finished_at=None)).order_by("pk")

    def records(self) -> SubmissionQuerySet:
        """The approved records that they are about."""
        pks = self.order_by().values("amendment__submission")
        return Submission.objects.approved().filter(pk__in=pks).order_by("pk")


class Recall(models.Model):
    """An export that holds a value which was corrected after it had left, until one tells so."""

    # The constraint below has an index that begins with it.
    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="recalls", db_index=False)
    export = models.ForeignKey(Export, models.PROTECT, related_name="recalls")
    told_in = models.ForeignKey(
        Export, models.PROTECT, null=True, blank=True, related_name="recalls_told"
    )

    objects = RecallQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["amendment", "export"], name="recall_once_per_export")
        ]

    def __str__(self) -> str:
        return f"#{self.export_id}"
