import hashlib
import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Literal, Self
from uuid import uuid4

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviewapp.exceptions import PictureSwapped, sentence
from reviewapp.models.batch import Batch
from reviewapp.models.constraints import both_or_neither, one_of
from reviewapp.models.user import SETTLING_TIME, User
from reviewapp.pictures.files import ADVISED_BYTES, ADVISED_SIDE, BYTE_LIMIT
from reviewapp.states import (
    LOOKS,
    REVIEWERS,
    WORK,
    EventKind,
    RejectReason,
    Role,
    Source,
    SubmissionStatus,
)
from reviewapp.stored_files import content_of

logger = logging.getLogger(__name__)

# The three files of a record: as it came in, large enough to review it, and for lists.
type PictureKind = Literal["original", "screen", "thumbnail"]
FREE: dict[str, None] = {"claimed_by": None, "claimed_until": None}
CLAIMABLE = (SubmissionStatus.RECOGNISED, SubmissionStatus.RETURNED)
SECOND = (SubmissionStatus.UNSURE,)
# In which a person may hold a record: for all of it, or for what somebody was unsure of.
HOLDABLE = (*CLAIMABLE, *SECOND)
# How many of each kind are looked at for the next one, where others may take some at that moment.
NEXT_AMONG = 3
# In which records wait: of a higher priority, due earlier, received earlier.
TURN = ("-priority", "due_by", "received_at", "pk")
# What a person can take back, as long as nobody else has acted on it.
UNDOABLE = (EventKind.SUBMITTED, EventKind.SENT_ON, EventKind.ESCALATED, EventKind.REJECTED)


# Who reviewed it has left or no longer reviews: what is returned goes to whoever takes it.
NOBODY_TO_RETURN_TO = (
    Q(reviewed_by=None) | Q(reviewed_by__is_active=False) | ~Q(reviewed_by__role__in=REVIEWERS)
)


# In somebody's hands, postponed, or taken back by who had finished it.
NOT_PLAINLY_WAITING = (
    Q(claimed_by__isnull=False) | Q(postponed_until__isnull=False) | Q(reviewed_by__isnull=False)
)
# The day by which a record is due that need not be done by any.
NO_DAY = date.max


def _returned_to(user: User) -> models.QuerySet[User, User]:
    """Return the people whose returned records go to this person: they themselves, and who left."""
    gone = Q(is_active=False) | ~Q(role__in=REVIEWERS)
    return User.objects.filter(Q(pk=user.pk) | gone)


def private_path(instance: models.Model, filename: str) -> str:
    """Name a stored file by chance, so that no name from outside reaches the disk."""
    token = uuid4().hex
    return f"pictures/{token[:2]}/{token}{PurePosixPath(filename).suffix}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def held_by(self, user: User) -> Self:
        return self.filter(claimed_by=user, claimed_until__gt=timezone.now())

    def held_by_nobody(self) -> Self:
        return self.filter(Q(claimed_by=None) | Q(claimed_until__lte=timezone.now()))

    def free_for(self, user: User) -> Self:
        """Records that nobody else holds at this moment."""
        return self.filter(
            Q(claimed_by=None) | Q(claimed_by=user) | Q(claimed_until__lte=timezone.now())
        )

    def hold_still(self) -> None:
        """Keep others from changing these records until the transaction ends."""
        held = self.select_for_update(no_key=True).order_by("pk")
        list(held.values_list("pk", flat=True))

    def to_review(self) -> Self:
        return self.filter(status__in=CLAIMABLE)

    def takeable(self, user: User) -> Self:
        """Free records for this person: read, or returned to them or to nobody."""
        returned = Q(status=SubmissionStatus.RETURNED) & (Q(reviewed_by=user) | NOBODY_TO_RETURN_TO)
        return self.free_for(user).filter(Q(status=SubmissionStatus.RECOGNISED) | returned)

    def claimable(self, user: User) -> Self:
        """Records that are offered to this person now: none that is postponed or they skipped."""
        return self.takeable(user).due().not_skipped(user)

    def skipped_by(self, user: User) -> Self:
        """Records that this person skipped not long ago and may still take."""
        return self.takeable(user).filter(pk__in=self._skipped_pks(user))

    def due(self) -> Self:
        return self.filter(Q(postponed_until=None) | Q(postponed_until__lte=timezone.now()))

    def not_skipped(self, user: User) -> Self:
        return self.exclude(pk__in=self._skipped_pks(user))

    def _skipped_pks(self, user: User) -> Any:
        skip_model: Any = self.model._meta.get_field("skips").related_model
        skipped = skip_model._default_manager.filter(by=user, until__gt=timezone.now())
        return skipped.values("submission")

    def postponed(self, user: User) -> Self:
        """Records that are offered to nobody yet and that this person may take, the next first."""
        is_supervisor = user.is_supervisor
        among = self.to_review().free_for(user) if is_supervisor else self.takeable(user)
        return among.filter(postponed_until__gt=timezone.now()).order_by("postponed_until", "pk")

    def asked(self) -> Self:
        """Records about which a supervisor is asked, the oldest question first."""
        return self.filter(status=SubmissionStatus.ESCALATED).order_by("reviewed_at", "pk")

    def returned_to(self, user: User) -> Self:
        """Returned records for this person: their own, and those of people who left."""
        returned = self.filter(status=SubmissionStatus.RETURNED)
        return returned.filter(Q(reviewed_by=user) | NOBODY_TO_RETURN_TO)

    def in_hands_of(self, user: User) -> Self:
        """Records in this person's hands, also where their time is over and nobody came after."""
        return self.filter(claimed_by=user)

    def waiting_for(self, user: User) -> Self:
        """Returned records that go to this person and to nobody else as long as they review."""
        return self.filter(status=SubmissionStatus.RETURNED, reviewed_by=user)

    def begun_by(self, user: User) -> Self:
        """Records that this person holds, for all of them or for a second reading."""
        return self.filter(status__in=HOLDABLE).held_by(user)

    def for_second_reading(self, user: User) -> Self:
        """Free records with unsure values, on which this person has not worked.

        A supervisor who reads one can no longer approve it: there must be another one who can.
        """
        unsure = self.free_for(user).filter(status__in=SECOND)
        unsure = unsure.exclude(self._is_own_work_of(user))
        if user.is_supervisor:
            return unsure.filter(Exists(self._untouched_by([Role.SUPERVISOR]).exclude(pk=user.pk)))
        return unsure

    def without_second_reader(self) -> Self:
        """Records with unsure values that nobody can read who leaves a supervisor to approve."""
        readers = self._untouched_by([Role.CLERK])
        one_of_two = self._untouched_by([Role.SUPERVISOR])[1:2]
        return self.filter(status__in=SECOND).exclude(Exists(readers) | Exists(one_of_two))

    def _untouched_by(self, roles: Collection[Role]) -> models.QuerySet[User, User]:
        """Return, for use in a condition on records, active people who have not worked on each."""
        work = self._events().filter(
            submission=OuterRef(OuterRef("pk")), by=OuterRef("pk"), kind__in=WORK
        )
        people = User.objects.filter(is_active=True, role__in=roles).order_by("pk")
        return people.exclude(Exists(work))

    def with_unseen_overrides(self, user: User) -> Self:
        """Records with a value kept against a rule that this person has not opened as it is."""
        field_model: Any = self.model._meta.get_field("fields").related_model
        unseen = field_model._default_manager.unseen_by(user)
        return self.filter(Exists(unseen.filter(submission=OuterRef("pk"))))

    def open_to(self, user: User) -> Self:
        """Records that `permissions.check_can_open` lets this person see, for lists."""
        if user.role != Role.CLERK:
            return self
        own = Q(reviewed_by=user) | Q(received_by=user)
        seen = self.filter(~Q(status=SubmissionStatus.APPROVED) | own)
        return seen.filter(~Q(status__in=SECOND) | self._is_own_work_of(user))

    def received(self) -> Self:
        return self.filter(status=SubmissionStatus.RECEIVED)

    def failed(self) -> Self:
        return self.filter(status=SubmissionStatus.FAILED)

    def awaiting_approval(self) -> Self:
        return self.filter(status=SubmissionStatus.REVIEWED)

    def approved(self) -> Self:
        return self.filter(status=SubmissionStatus.APPROVED)

    def never_exported(self) -> Self:
        return self.filter(exported_at=None)

    def days_of_review(self) -> int:
        """Return on how many days the records were finished that are reviewed or approved now."""
        finished = self.filter(status__in=(SubmissionStatus.REVIEWED, SubmissionStatus.APPROVED))
        day = TruncDate("reviewed_at")
        counted = finished.aggregate(days=Count(day, distinct=True))
        days: int = counted["days"]
        return days

    def finished_by(self, user: User, *, since: datetime) -> Self:
        """What this person submitted or rejected and did not take back, the latest first."""
        finished = self.filter(reviewed_by=user, reviewed_at__gte=since)
        finished = finished.exclude(status=SubmissionStatus.RECOGNISED)
        return finished.order_by("-reviewed_at", "-pk")

    def undoable_by(self, user: User) -> Self:
        """Records that this person finished and nobody has acted on since; a look is no act.

        What was never read has no fields to go on with; and a second reader, who took a record from
        `last_old`, must not get the whole of it to go on with.
        """
        deeds = self._events().filter(submission=OuterRef("pk")).exclude(kind__in=LOOKS)
        last = deeds.order_by("-pk")
        told = self.annotate(
            last_by=Subquery(last.values("by")[:1]),
            last_kind=Subquery(last.values("kind")[:1]),
            last_old=Subquery(last.values("old")[:1]),
        )
        finished = told.filter(last_by=user.pk, last_kind__in=UNDOABLE, fields__position=0)
        return finished.exclude(last_old__in=SECOND)

    def with_undoable(self, user: User) -> Self:
        """Add `is_undoable`: whether this person can take it back now."""
        undoable = self.model._default_manager.filter(pk=OuterRef("pk")).undoable_by(user)
        return self.annotate(is_undoable=Exists(undoable))

    def with_reason_of(self, kind: EventKind, *, by: User | None = None) -> Self:
        """Add `given_reason`: that of the latest event of this kind, by this person or anybody."""
        events = self._events().filter(submission=OuterRef("pk"), kind=kind)
        given = events.filter(by=by) if by else events
        return self.annotate(given_reason=Subquery(given.order_by("-pk").values("reason")[:1]))

    def in_turn(self, user: User) -> Self:
        """What came back to this person, then by the batch's priority and day, the oldest first.

        What they submitted anew, took back and gave back is still theirs to know best.
        """
        came_back = When(reviewed_by=user, then=0)
        return self.order_by(Case(came_back, default=1), *TURN)

    def next_for(
        self, user: User, *, without: Collection[int] = (), among: int = NEXT_AMONG
    ) -> Self:
        """Records to take next, in their order, each by an index: the first few of each kind.

        1. the kinds, of which none is searched through; 2. of all of them together, what is offered
        to this person. What waits for a second reader comes before all, because somebody has done
        the rest of it; for a supervisor, who can no longer approve what they read, after all.
        """
        read = self.filter(status=SubmissionStatus.RECOGNISED)
        returned = self.filter(status=SubmissionStatus.RETURNED, reviewed_by__in=_returned_to(user))
        kinds = [
            self.for_second_reading(user).in_order(),
            returned.free_for(user).due().not_skipped(user).in_turn(user),
            read.filter(claimed_by=None, postponed_until=None).not_skipped(user).order_by(*TURN),
            read.filter(NOT_PLAINLY_WAITING).free_for(user).due().not_skipped(user).in_turn(user),
        ]
        firsts = [kind.exclude(pk__in=without).values("pk")[:among] for kind in kinds]
        candidates = [self.filter(pk__in=first).values("pk") for first in firsts]

        offered = self.free_for(user).due().filter(status__in=HOLDABLE)
        offered = offered.filter(pk__in=candidates[0].union(*candidates[1:], all=True))
        is_second = Q(status__in=SECOND)
        kind = Case(
            When(is_second, then=2 if user.is_supervisor else -1),
            When(reviewed_by=user, then=0),
            default=1,
        )
        # Among those for a second reader the oldest is the first, whatever its batch says.
        small, day = models.SmallIntegerField(), models.DateField()
        priority = Case(When(is_second, then=0), default=F("priority"), output_field=small)
        due_by = Case(When(is_second, then=Value(NO_DAY)), default=F("due_by"), output_field=day)
        return offered.order_by(kind, priority.desc(), due_by, "received_at", "pk")

    def in_order(self) -> Self:
        return self.order_by("received_at", "pk")

    def by_risk(self) -> Self:
        """Order for approval: what waits for it comes first, by what people decided in it.

        Values kept against a rule, then what was said of values, then corrections, then nothing;
        each in the order of receipt.
        """
        field_model: Any = self.model._meta.get_field("fields").related_model
        fields = field_model._default_manager.filter(submission=OuterRef("pk"))
        corrected = fields.exclude(value=F("read_value"))
        risk = Case(
            When(~Q(status=SubmissionStatus.REVIEWED), then=4),
            When(Exists(fields.overrides()), then=0),
            When(Exists(fields.exclude(mark="")), then=1),
            When(Exists(corrected), then=2),
            default=3,
            output_field=models.SmallIntegerField(),
        )
        return self.order_by(risk, "received_at", "pk")

    def to_approve(self, user: User) -> list[int]:
        """Return the keys of the records that this person may approve, in the order of risk."""
        waiting = self.awaiting_approval().exclude(self._is_closed_to(user))
        return list(waiting.by_risk().values_list("pk", flat=True))

    def touched_by(self, user: User) -> Self:
        """Records that this person worked on at any time, which they must not approve.

        The events tell, because the columns hold the last person only: who verified a field that
        was changed afterwards, or submitted a record that somebody else submitted again, stands
        nowhere else.
        """
        return self.filter(self._is_own_work_of(user))

    def known_before_rise_of(self, user: User) -> Self:
        """Records that somebody who has just become a supervisor knows from their former role.

        Any event of theirs counts that is not a look, from before a rise within SETTLING_TIME.
        """
        return self.filter(self._is_known_before_rise_of(user))

    def closed_to(self, user: User) -> Self:
        """Records that this person must not approve now, whatever the reason.

        All, where their password was set within SETTLING_TIME through a link, which somebody else
        made and could have opened; but for the first password of who had done nothing yet.
        """
        return self.filter(self._is_closed_to(user))

    def _is_closed_to(self, user: User) -> Q:
        by_link = self._events().passwords_by_link(user, since=timezone.now() - SETTLING_TIME)
        by_past = self._is_own_work_of(user) | self._is_known_before_rise_of(user)
        return by_past | Q(Exists(by_link))

    def with_hindrances(self, user: User) -> Self:
        """Add `is_closed` and `is_unseen`: why this person must not approve a record now."""
        field_model: Any = self.model._meta.get_field("fields").related_model
        unseen = field_model._default_manager.unseen_by(user).filter(submission=OuterRef("pk"))
        is_closed = ExpressionWrapper(self._is_closed_to(user), models.BooleanField())
        return self.annotate(is_closed=is_closed, is_unseen=Exists(unseen))

    def counted_for(self, user: User) -> list[tuple[str, str, int, int]]:
        """Count records by status and reject reason, and those that wait but not for this person.

        With one query for a batch of any size.
        """
        is_left = Q(status=SubmissionStatus.REVIEWED) & self._is_closed_to(user)
        groups = self.order_by().values_list("status", "reject_reason")
        return list(groups.annotate(count=Count("pk"), left=Count("pk", filter=is_left)))

    def counts_by_batch(self, batches: Collection[int]) -> dict[int, dict[SubmissionStatus, int]]:
        """Return by batch how many of its records have each status, also those that none has."""
        counts = {pk: dict.fromkeys(SubmissionStatus, 0) for pk in batches}
        groups = self.filter(batch__in=batches).order_by().values_list("batch", "status")
        for pk, status, count in groups.annotate(count=Count("pk")):
            counts[pk][SubmissionStatus(status)] = count
        return counts

    def statuses_by_batch(self, batches: Collection[int]) -> dict[int, set[SubmissionStatus]]:
        """Return by batch which statuses occur among its records."""
        statuses: dict[int, set[SubmissionStatus]] = {pk: set() for pk in batches}
        present = self.filter(batch__in=batches).order_by().values_list("batch", "status")
        for pk, status in present.distinct():
            statuses[pk].add(SubmissionStatus(status))
        return statuses

    def _is_own_work_of(self, user: User) -> Q:
        work_of_user = self._events().filter(submission=OuterRef("pk"), by=user, kind__in=WORK)
        return Q(reviewed_by=user) | Q(Exists(work_of_user))

    def _is_known_before_rise_of(self, user: User) -> Q:
        rises = self._events().filter(
            kind=EventKind.ROLE_CHANGED,
            person=user,
            new=Role.SUPERVISOR,
            at__gt=timezone.now() - SETTLING_TIME,
        )
        rise_at = rises.order_by("-pk").values("at")[:1]
        done = self._events().filter(submission=OuterRef("pk"), by=user).exclude(kind__in=LOOKS)
        # Without a rise the moment is NULL, before which nothing is.
        return Q(Exists(done.filter(at__lt=Subquery(rise_at))))

    def _events(self) -> Any:
        """Return all events; their model is named by its relation, because it imports this one."""
        event_model = self.model._meta.get_field("events").related_model
        return event_model._default_manager.all()

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
        Batch, models.PROTECT, related_name="submissions", verbose_name=_("batch"), db_index=False
    )
    version = models.PositiveIntegerField(
        default=1, help_text="grows by one with each change of status"
    )
    status = models.CharField(
        _("status"), max_length=20, choices=SubmissionStatus, default=SubmissionStatus.RECEIVED
    )
    source = models.CharField(_("source"), max_length=20, choices=Source)
    original_name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64)
    original = models.FileField(_("original"), upload_to=private_path, max_length=200)
    screen = models.FileField(upload_to=private_path, max_length=200, blank=True)
    thumbnail = models.FileField(upload_to=private_path, max_length=200, blank=True)
    # None, so that the table need not be copied, for renderings from before digests were kept.
    rendering_digests = models.JSONField(
        null=True, blank=True, help_text="SHA-256 of `screen` and `thumbnail`, by these names"
    )
    media_type = models.CharField(max_length=20)
    byte_size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(help_text="pixels, as the picture is shown")
    height = models.PositiveIntegerField(help_text="pixels, as the picture is shown")
    # None, so that the table need not be copied, for records from before signs were kept.
    signs = models.JSONField(
        null=True,
        blank=True,
        help_text="what the engine saw on the paper beside the values, as certificate.fields.Signs",
    )
    # As the batch has them, so that the order in which records wait is that of one index.
    priority = models.SmallIntegerField(default=0, help_text="of the batch")
    due_by = models.DateField(
        default=NO_DAY, help_text="the batch's day, or the last there is where it has none"
    )

    received_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True, db_index=True)
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    postponed_until = models.DateTimeField(
        null=True, blank=True, help_text="offered to nobody before"
    )
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, db_index=True)
    exported_at = models.DateTimeField(
        null=True, blank=True, help_text="when it last left with an export"
    )
    return_reason = models.TextField(blank=True)
    reject_reason = models.CharField(max_length=20, choices=RejectReason, blank=True)
    reject_note = models.TextField(blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_params = models.JSONField(default=dict, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        # What each is for stands in tests/test_indexes.py.
        indexes = [
            models.Index(fields=["status", "received_at"], name="submission_queue"),
            models.Index(fields=["batch", "status"], name="submission_of_batch"),
            models.Index(
                fields=["status", "-priority", "due_by", "received_at", "id"],
                name="submission_waiting",
                condition=Q(status="recognised", claimed_by=None, postponed_until=None),
            ),
            models.Index(
                fields=["reviewed_by"], name="submission_returned", condition=Q(status="returned")
            ),
            models.Index(
                fields=["status", "received_at"],
                name="submission_in_hand",
                condition=Q(status="recognised") & NOT_PLAINLY_WAITING,
            ),
            models.Index(
                fields=["claimed_by"],
                name="submission_claimed",
                condition=Q(claimed_by__isnull=False),
            ),
            models.Index(fields=["reviewed_by", "reviewed_at"], name="submission_reviewer"),
            models.Index(fields=["reviewed_at"], name="submission_reviewed"),
            models.Index(
                fields=["id"],
                name="submission_never_exported",
                condition=Q(status=SubmissionStatus.APPROVED, exported_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="submission_once"),
            one_of("status", SubmissionStatus, name="submission_status_known"),
            both_or_neither("claimed_by", "claimed_until", name="submission_claim_pair"),
            both_or_neither("reviewed_by", "reviewed_at", name="submission_reviewed_pair"),
            both_or_neither("approved_by", "approved_at", name="submission_approved_pair"),
        ]

    # What `with_hindrances` adds, and whether a program waits for the approval.
    is_closed: bool
    is_unseen: bool
    is_awaited: bool

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
    def is_rendered(self) -> bool:
        """Return whether both renderings are there, and what they must be is known."""
        return bool(self.screen and self.thumbnail and self.rendering_digests)

    def picture_digest(self, kind: PictureKind) -> str:
        """Return the SHA-256 that a file of the record must have; empty where nobody knows it."""
        if kind == "original":
            return self.sha256
        return str((self.rendering_digests or {}).get(kind, ""))

    def picture_content(self, kind: PictureKind) -> bytes:
        """Return a file of the record, which is the one that was stored.

        Raises FileNotFoundError where it is gone, StorageOutage, and PictureSwapped where it is
        another one.
        """
        # No file that came in is larger: one byte more is enough to tell another one.
        content = content_of(getattr(self, kind), limit=BYTE_LIMIT + 1)
        if hashlib.sha256(content).hexdigest() != self.picture_digest(kind):
            logger.error("picture swapped", extra={"submission": self.pk, "picture": kind})
            raise PictureSwapped("pictureSwapped")
        return content

    @property
    def is_claimable(self) -> bool:
        return self.status in CLAIMABLE

    @property
    def is_for_second_reading(self) -> bool:
        return self.status in SECOND

    def was_finished_by(self, user: User) -> bool:
        """Return whether this person finished it and nobody has brought it back since."""
        done = (
            SubmissionStatus.UNSURE,
            SubmissionStatus.REVIEWED,
            SubmissionStatus.APPROVED,
            SubmissionStatus.REJECTED,
        )
        return self.status in done and self.reviewed_by_id == user.pk

    def is_held_by(self, user: User, *, at: datetime | None = None) -> bool:
        return (
            self.claimed_by_id == user.pk
            and self.claimed_until is not None
            and self.claimed_until > (at or timezone.now())
        )

    def hold(self, user: User, *, minutes: int) -> bool:
        """Take or keep the claim in one statement; return whether it was free for this person.

        Only of what the record in hand is: who may take it depends on its status.
        """
        statuses = [status for status in HOLDABLE if status == self.status]
        return self._claim(Submission.objects.free_for(user), user, minutes, statuses)

    def keep(
        self, user: User, *, minutes: int, statuses: Collection[SubmissionStatus] = HOLDABLE
    ) -> bool:
        """Keep a claim on a record of one of these statuses; return whether it is there.

        One whose time is over is kept as long as nobody else took it.
        """
        return self._claim(Submission.objects.filter(claimed_by=user), user, minutes, statuses)

    def seize(self, user: User, *, minutes: int) -> bool:
        """Take the claim from whoever has it; return whether there was something to take."""
        return self._claim(Submission.objects.all(), user, minutes, CLAIMABLE)

    def _claim(
        self,
        among: SubmissionQuerySet,
        user: User,
        minutes: int,
        statuses: Collection[SubmissionStatus],
    ) -> bool:
        """Write the claim; a record that was postponed is so no longer."""
        until = timezone.now() + timedelta(minutes=minutes)
        present = among.filter(pk=self.pk, status__in=statuses)
        claimed = present.update(claimed_by=user, claimed_until=until, postponed_until=None)
        if claimed != 1:
            return False
        self.claimed_by, self.claimed_until, self.postponed_until = user, until, None
        return True

    @property
    def holder(self) -> User | None:
        """Return who is working on the record at this moment."""
        is_held = self.claimed_until is not None and self.claimed_until > timezone.now()
        return self.claimed_by if is_held else None
