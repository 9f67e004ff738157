from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import BY_NAME
from reviewapp.exceptions import SENTENCES, outline, sentence
from reviewapp.models.batch import Batch
from reviewapp.models.constraints import one_of
from reviewapp.models.submission import Submission
from reviewapp.models.user import User
from reviewapp.states import MOVES, BatchStatus, EventKind, RejectReason, SubmissionStatus

STATUS_LABELS = {"submission": dict(SubmissionStatus.choices), "batch": dict(BatchStatus.choices)}


# What the params of an event hold, by its kind; other kinds have none. A reason that a person gives
# in words is the event's `reason`. Events from before there were params say it in their texts.
PARAMS = {
    EventKind.FAILED: ("code", "params"),
    EventKind.REJECTED: ("reason",),
    EventKind.EXPORTED: ("export", "format"),
    EventKind.REFLAGGED: ("judged", "changed", "undone", "total"),
    EventKind.READING_RESUMED: ("code",),
}


class EventQuerySet(models.QuerySet["Event"]):
    def since_version(self, version: int) -> Self:
        """Of one record's events: what was done to it since the move that made this version."""
        done = self.exclude(kind__in=(EventKind.VIEWED, EventKind.EXPORTED)).order_by("pk")
        if version < 2:
            return done
        # The first move makes version 2.
        move_pks = self.filter(kind__in=MOVES).order_by("pk").values_list("pk", flat=True)
        index = version - 2
        last_seen = move_pks[index : index + 1].first()
        return done.filter(pk__gt=last_seen or 0)


class Event(models.Model):
    """Who did what, when, from what to what. Append-only; no person: the worker did it.

    A failed log-in has the person whose account was tried, and nobody where no account has the
    name.
    """

    kind = models.CharField(_("event"), max_length=30, choices=EventKind)
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="events"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="events")
    field_name = models.CharField(max_length=40, blank=True)
    old = models.TextField(_("from"), blank=True)
    new = models.TextField(_("to"), blank=True)
    reason = models.TextField(_("reason"), blank=True, help_text="in a person's own words")
    params = models.JSONField(
        default=dict, blank=True, help_text="what the event is about, by kind; see PARAMS"
    )
    address = models.GenericIPAddressField(_("from address"), null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        constraints = [one_of("kind", EventKind, name="event_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def field_label(self) -> str:
        return str(BY_NAME[self.field_name].label) if self.field_name in BY_NAME else ""

    @property
    def old_label(self) -> str:
        return self._label(self.old)

    @property
    def new_label(self) -> str:
        if self.kind == EventKind.EXPORTED and self.params:
            return f"#{self.params['export']} {self.params['format']}"
        return self._label(self.new)

    @property
    def reason_label(self) -> str:
        """Return a reason in the reader's language, also that of a failure or a rejection."""
        if self.kind == EventKind.FAILED:
            return self._failure_label()
        if self.kind == EventKind.REJECTED:
            return self._reject_label()
        return self.reason

    def _failure_label(self) -> str:
        if not self.params:
            # Before events had params, the code alone was kept.
            return outline(self.reason) if self.reason in SENTENCES else self.reason
        code = self.params["code"]
        return sentence(code, self.params["params"]) if code in SENTENCES else code

    def _reject_label(self) -> str:
        code, note = self.params.get("reason", ""), self.reason
        if not self.params:
            # Before events had params, the code stood before the note.
            code, _colon, note = self.reason.partition(": ")
        if code not in RejectReason.values:
            return self.reason
        label = str(RejectReason(code).label)
        return f"{label}: {note}" if note else label

    def _label(self, word: str) -> str:
        """Return a status in the reader's language, and any other value as it is."""
        if self.field_name:
            return word
        labels = STATUS_LABELS["submission" if self.submission_id else "batch"]
        return str(labels.get(word, word))
