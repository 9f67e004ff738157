from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import sentence
from reviewapp.models.constraints import both_or_neither, one_of

ANSWERS_KEPT = timedelta(days=1)


class CallOutcome(models.TextChoices):
    RUNNING = "running", _("Under way")
    READ = "read", _("Read")
    REFUSED = "refused", _("Refused")
    UNKNOWN = "unknown", _("No answer")


# A call whose answer was lost may have been billed all the same, so a budget must count it.
BILLABLE = (CallOutcome.RUNNING, CallOutcome.READ, CallOutcome.UNKNOWN)


class CloudCallQuerySet(models.QuerySet["CloudCall"]):
    def since(self, moment: datetime) -> Self:
        return self.filter(started_at__gte=moment)

    def this_month(self) -> Self:
        return self.since(
            timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        )

    def billable(self) -> Self:
        return self.filter(outcome__in=BILLABLE)

    def running(self, *, since: datetime) -> Self:
        return self.filter(outcome=CallOutcome.RUNNING, started_at__gte=since)

    def answer_of(self, sha256: str) -> "CloudCall | None":
        """Return the call that has already paid for an answer to just this picture."""
        return self.filter(sha256=sha256).exclude(answer="").order_by("-pk").first()

    def forget_answers(self) -> int:
        """Drop the answers that nobody will need again; records keep their own."""
        old = self.filter(started_at__lt=timezone.now() - ANSWERS_KEPT)
        return old.exclude(answer="").update(answer="")


class CloudCall(models.Model):
    """One attempt at the cloud's recogniser: what it cost in time and perhaps in money.

    No secret, no address.
    """

    started_at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    sha256 = models.CharField(
        max_length=64, db_index=True, help_text="of the picture as it came in"
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=CallOutcome, default=CallOutcome.RUNNING
    )
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    code = models.CharField(_("code"), max_length=100, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    answer = models.TextField(
        blank=True, help_text="kept for a day, so that nothing is paid for twice"
    )

    objects = CloudCallQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("call to the cloud")
        verbose_name_plural = _("calls to the cloud")
        constraints = [one_of("outcome", CallOutcome, name="cloud_call_outcome_known")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Breaker(models.Model):
    """Whether calls to the cloud are held back at present, and why.

    One row for the installation.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    failures = models.PositiveIntegerField(default=0, help_text="failed calls in a row")
    code = models.CharField(max_length=60, blank=True, help_text="of the sentence that says why")
    params = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    next_call_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Breaker"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="breaker_only_one"),
            both_or_neither("opened_at", "open_until", name="breaker_open_pair"),
        ]

    def __str__(self) -> str:
        return self.code or "closed"

    @classmethod
    def the_one(cls) -> "Breaker":
        return cls.objects.get_or_create(id=cls.THE_ONE)[0]

    @property
    def is_open(self) -> bool:
        return self.open_until is not None and self.open_until > timezone.now()

    @property
    def sentence(self) -> str:
        return sentence(self.code, self.params) if self.code else ""
