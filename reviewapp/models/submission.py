from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import sentence
from reviewapp.models.batch import Batch
from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.user import User
from reviewapp.pictures.files import ADVISED_BYTES, ADVISED_SIDE
from reviewapp.states import REVIEWERS, WORK, RejectReason, Source, SubmissionStatus

FREE: dict[str, None] = {"claimed_by": None, "claimed_until": None}
CLAIMABLE = (SubmissionStatus.RECOGNISED, SubmissionStatus.RETURNED)


# Who reviewed it has left or no longer reviews: what is returned goes to whoever takes it.
NOBODY_TO_RETURN_TO = (
    Q(reviewed_by=None) | Q(reviewed_by__is_active=False) | ~Q(reviewed_by__role__in=REVIEWERS)
)


def private_path(instance: models.Model, filename: str) -> str:
    """Name a stored file by chance, so that no name from outside reaches the disk."""
    token = uuid4().hex
    return f"pictures/{token[:2]}/{token}{PurePosixPath(filename).suffix}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def held_by(self, user: User) -> Self:
        return self.filter(claimed_by=user, claimed_until__gt=timezone.now())

    def free_for(self, user: User) -> Self:
        """Records that nobody else holds at this moment."""
        return self.filter(
            Q(claimed_by=None) | Q(claimed_by=user) | Q(claimed_until__lte=timezone.now())
        )

    def to_review(self) -> Self:
        return self.filter(status__in=CLAIMABLE)

    def claimable(self, user: User) -> Self:
        """Free records that this person may take: read, or returned to them or to nobody."""
        returned = Q(status=SubmissionStatus.RETURNED) & (Q(reviewed_by=user) | NOBODY_TO_RETURN_TO)
        return self.free_for(user).filter(Q(status=SubmissionStatus.RECOGNISED) | returned)

    def returned_to(self, user: User) -> Self:
        """Returned records for this person: their own, and those of people who left."""
        returned = self.filter(status=SubmissionStatus.RETURNED)
        return returned.filter(Q(reviewed_by=user) | NOBODY_TO_RETURN_TO)

    def received(self) -> Self:
        return self.filter(status=SubmissionStatus.RECEIVED)

    def failed(self) -> Self:
        return self.filter(status=SubmissionStatus.FAILED)

    def awaiting_approval(self) -> Self:
        return self.filter(status=SubmissionStatus.REVIEWED)

    def approved(self) -> Self:
        return self.filter(status=SubmissionStatus.APPROVED)

    def never_exported(self) -> Self:
        return self.filter(exports=None)

    def days_of_review(self) -> int:
        """Return on how many days the records were finished that are reviewed or approved now."""
        finished = self.filter(status__in=(SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED))
        day = TruncDate("reviewed_at")
        counted = finished.aggregate(days=Count(day, distinct=True))
        days: int = counted["days"]
        return days

    def finished_by(self, user: User, *, since: datetime) -> Self:
        """What this person submitted or rejected, the latest first."""
        return self.filter(reviewed_by=user, reviewed_at__gte=since).order_by("-reviewed_at", "-pk")

    def returned_first(self) -> Self:
        """What came back stands before what is new, the oldest first."""
        is_new = Case(When(status=SubmissionStatus.RETURNED, then=0), default=1)
        return self.order_by(is_new, "received_at", "pk")

    def in_order(self) -> Self:
        return self.order_by("received_at", "pk")

    def touched_by(self, user: User) -> Self:
        """Records that this person worked on at any time, which they must not approve.

        The events tell, because the columns hold the last person only: who verified a field that
        was changed afterwards, or submitted a record that somebody else submitted again, stands
        nowhere else.
        """
        event_model = self.model._meta.get_field("events").related_model
        events = event_model._default_manager.filter(submission=OuterRef("pk"))
        work_of_user = events.filter(by=user, kind__in=WORK)
        return self.filter(Q(reviewed_by=user) | Exists(work_of_user))

    def as_shown(self, versions: Mapping[int, int]) -> list["Submission"]:
        """Return the records that await approval as they were shown: `versions` by key."""
        waiting = self.awaiting_approval().filter(pk__in=list(versions))
        return [
            submission
            for submission in waiting.in_order()
            if submission.version == versions[submission.pk]
        ]


class Submission(models.Model):
    """One picture of a certificate on its way through the pipeline."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="submissions", verbose_name=_("batch")
    )
    version = models.PositiveIntegerField(
        default=1, help_text="grows by one with each change of status"
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=SubmissionStatus,
        default=SubmissionStatus.RECEIVED,
        db_index=True,
    )
    source = models.CharField(_("source"), max_length=20, choices=Source)
    original_name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64, unique=True)
    original = models.FileField(_("original"), upload_to=private_path, max_length=200)
    screen = models.FileField(upload_to=private_path, max_length=200, blank=True)
    thumbnail = models.FileField(upload_to=private_path, max_length=200, blank=True)
    media_type = models.CharField(max_length=20)
    byte_size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(help_text="pixels, as the picture is shown")
    height = models.PositiveIntegerField(help_text="pixels, as the picture is shown")

    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received at"), auto_now_add=True, db_index=True)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True, db_index=True)
    return_reason = models.TextField(blank=True)
    reject_reason = models.CharField(max_length=20, choices=RejectReason, blank=True)
    reject_note = models.TextField(blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_params = models.JSONField(default=dict, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        indexes = [models.Index(fields=["status", "received_at"], name="submission_queue")]
        constraints = [
            one_of("status", SubmissionStatus, name="submission_status_known"),
            both_or_neither("claimed_by", "claimed_until", name="submission_claim_pair"),
            both_or_neither("reviewed_by", "reviewed_at", name="submission_reviewed_pair"),
            both_or_neither("approved_by", "approved_at", name="submission_approved_pair"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.pk])

    @property
    def failure_sentence(self) -> str:
        return sentence(self.failure_code, self.failure_params) if self.failure_code else ""

    @property
    def advice(self) -> list[str]:
        """Say what would make the picture easier to read; it was taken all the same."""
        advice = []
        if min(self.width, self.height) < ADVISED_SIDE:
            advice.append(gettext("The picture is small: sides above 500 pixels are read better."))
        if self.byte_size > ADVISED_BYTES:
            advice.append(gettext("The picture is large: below 1.5 MB it is read faster."))
        return advice

    @property
    def is_claimable(self) -> bool:
        return self.status in CLAIMABLE

    def was_finished_by(self, user: User) -> bool:
        """Return whether this person finished it and nobody has brought it back since."""
        done = (SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED, SubmissionStatus.REJECTED)
        return self.status in done and self.reviewed_by_id == user.pk

    def is_held_by(self, user: User, *, at: datetime | None = None) -> bool:
        return (
            self.claimed_by_id == user.pk
            and self.claimed_until is not None
            and self.claimed_until > (at or timezone.now())
        )

    def hold(self, user: User, *, minutes: int) -> bool:
        """Take or keep the claim in one statement; return whether it was free for this person."""
        return self._claim(Submission.objects.free_for(user), user, minutes)

    def keep(self, user: User, *, minutes: int) -> bool:
        """Keep a claim; return whether it is there.

        One whose time is over is kept as long as nobody else took it.
        """
        return self._claim(Submission.objects.filter(claimed_by=user), user, minutes)

    def _claim(self, among: SubmissionQuerySet, user: User, minutes: int) -> bool:
        until = timezone.now() + timedelta(minutes=minutes)
        present = among.filter(pk=self.pk, status__in=CLAIMABLE)
        claimed = present.update(claimed_by=user, claimed_until=until)
        if claimed != 1:
            return False
        self.claimed_by, self.claimed_until = user, until
        return True

    @property
    def holder(self) -> User | None:
        """Return who is working on the record at this moment."""
        is_held = self.claimed_until is not None and self.claimed_until > timezone.now()
        return self.claimed_by if is_held else None
