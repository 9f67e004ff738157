from collections.abc import Collection, Mapping
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThanOrEqual
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.counting import count_of
from reviewapp.models.user import User
from reviewapp.states import BatchStatus, SubmissionStatus

UNFINISHED = (
    SubmissionStatus.RECEIVED,
    SubmissionStatus.FAILED,
    SubmissionStatus.RECOGNISED,
    SubmissionStatus.UNSURE,
    SubmissionStatus.ESCALATED,
)

DECIDED = (SubmissionStatus.APPROVED, SubmissionStatus.REJECTED)
IS_APPROVED = Case(When(status=BatchStatus.APPROVED, then=1), default=0)


class BatchQuerySet(models.QuerySet["Batch"]):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("created_at", "pk")

    def due_first(self) -> Self:
        """What is due first; then what has no day; then what is approved."""
        return self.order_by(IS_APPROVED, F("due_on").asc(nulls_last=True), "created_at", "pk")

    def oldest_waiting_first(self) -> Self:
        """What is not approved yet, the oldest first; then what is approved."""
        return self.order_by(IS_APPROVED, "created_at", "pk")

    def with_status(self, status: BatchStatus) -> Self:
        return self.filter(status=status)

    def overdue(self, *, today: date) -> Self:
        """Batches whose day is over and which are not approved."""
        return self.filter(due_on__lt=today).exclude(status=BatchStatus.APPROVED)

    def made_by(self, user: User) -> Self:
        return self.filter(created_by=user)

    def named_like(self, text: str) -> Self:
        """Batches with this in their name, the newest first: they are few beside records."""
        return self.filter(name__icontains=text).newest_first()

    def accepting_pictures(self) -> Self:
        return self.exclude(status=BatchStatus.APPROVED)

    def awaiting_approval(self) -> Self:
        return self._holding(SubmissionStatus.REVIEWED)

    def with_approved(self) -> Self:
        return self._holding(SubmissionStatus.APPROVED)

    def unsettled(self) -> Self:
        """Batches with records that are not decided, or with other than the announced number."""
        records = self.model._meta.get_field("submissions").related_model._default_manager
        of_batch = records.filter(batch=OuterRef("pk")).order_by()
        undecided = of_batch.exclude(status__in=DECIDED)
        count = of_batch.values("batch").annotate(count=Count("pk")).values("count")
        differs = Q(announced__isnull=False) & ~Q(announced=Coalesce(Subquery(count), 0))
        return self.filter(Exists(undecided) | differs)

    def _holding(self, status: SubmissionStatus) -> Self:
        """Batches with a record of this status."""
        records = self.model._meta.get_field("submissions").related_model._default_manager
        return self.filter(Exists(records.filter(batch=OuterRef("pk"), status=status)))

    def with_waiting(self) -> Self:
        """Add `count_reviewed` and `count_all`, counted for the batches that are taken alone."""
        records = self.model._meta.get_field("submissions").related_model._default_manager
        of_batch = records.filter(batch=OuterRef("pk"))
        reviewed = of_batch.filter(status=SubmissionStatus.REVIEWED)
        return self.annotate(count_reviewed=count_of(reviewed), count_all=count_of(of_batch))


class Batch(models.Model):
    """Pictures that are approved together. Its status follows from its submissions."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    status = models.CharField(
        _("status"), max_length=20, choices=BatchStatus, default=BatchStatus.OPEN
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text="records of a higher one are offered first"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    announced = models.PositiveIntegerField(
        _("sheets announced"),
        null=True,
        blank=True,
        help_text="how many sheets the sender says there are",
    )
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            one_of("status", BatchStatus, name="batch_status_known"),
            both_or_neither("approved_by", "approved_at", name="batch_approved_pair"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.pk])

    def is_overdue(self) -> bool:
        """Return whether its day is over and it is not approved."""
        is_over = self.due_on is not None and self.due_on < timezone.localdate()
        return is_over and self.status != BatchStatus.APPROVED

    @property
    def turn(self) -> tuple[int, date]:
        """Return priority and day as its records have them."""
        return self.priority, self.due_on or date.max

    def locked(self) -> "Batch":
        """Return the batch as it is now; nobody else settles it until the transaction ends."""
        return Batch.objects.select_for_update(no_key=True).get(pk=self.pk)

    def status_that_follows(self) -> BatchStatus:
        """Derive the status from the submissions.

        The approval of a batch of rejected pictures does not follow: it is an act of its own.
        """
        this, asked = Batch.objects.filter(pk=self.pk), self.first_statuses()
        found = this.annotate(**asked).values(*asked).get()
        return self.status_of(self.statuses_in(found))

    @staticmethod
    def status_of(statuses: Collection[str]) -> BatchStatus:
        """Return the status of a batch with records of these statuses."""
        if SubmissionStatus.RETURNED in statuses:
            return BatchStatus.RETURNED
        if not statuses or not set(UNFINISHED).isdisjoint(statuses):
            return BatchStatus.OPEN
        if SubmissionStatus.APPROVED in statuses and SubmissionStatus.REVIEWED not in statuses:
            return BatchStatus.APPROVED
        return BatchStatus.SUBMITTED

    def first_statuses(self, *, without: int = 0) -> dict[str, Subquery]:
        """Return what to ask a row for, to know the statuses of the records, see `statuses_in`.

        Each is asked for as the first one from there on, in the order of the index of batch and
        status, so that no other index could answer: it is one row, wherever that lies. `without` is
        a record that does not count.
        """
        return {f"from_{status}": self._first_from(status, without) for status in SubmissionStatus}

    def _first_from(self, status: SubmissionStatus, without: int) -> Subquery:
        records = self.submissions.model._default_manager.exclude(pk=without)
        pair = Tuple(F("batch_id"), F("status"))
        on = records.filter(TupleGreaterThanOrEqual(pair, (self.pk, status.value)))
        in_order = on.order_by("batch_id", "status")
        return Subquery(in_order.values(here=Case(When(batch=self.pk, then=F("status"))))[:1])

    @staticmethod
    def statuses_in(found: Mapping[str, object]) -> set[str]:
        """Return the statuses of the records, from what `first_statuses` asked for."""
        return {status.value for status in SubmissionStatus if found[f"from_{status}"] == status}
