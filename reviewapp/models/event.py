from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import BY_NAME
from reviewapp.exceptions import outline, sentence
from reviewapp.models.batch import Batch
from reviewapp.models.chain import DIGEST_LENGTH, Chain
from reviewapp.models.constraints import one_of
from reviewapp.models.export import ExportFormat
from reviewapp.models.search_term import search_label
from reviewapp.models.submission import Submission
from reviewapp.models.user import User
from reviewapp.rules.base import sentence as rule_sentence
from reviewapp.sentences import SENTENCES
from reviewapp.states import (
    LOOKS,
    MOVES,
    BatchStatus,
    EventKind,
    RejectReason,
    Role,
    SubmissionStatus,
    ValueState,
)

YES, NO = "yes", "no"
YES_OR_NO = {YES: _("yes"), NO: _("no")}
ROLE_LABELS = dict(Role.choices)
STATUS_LABELS = {"submission": dict(SubmissionStatus.choices), "batch": dict(BatchStatus.choices)}


# What the params of an event hold, by its kind; other kinds have none. A reason that a person gives
# in words is the event's `reason`. Events from before there were params say it in their texts.
# `picture` is the SHA-256 of the file as it came in; `answers` are the digests of raw answers, as
# they are stored, by the keys of their rows. `second` says that a second reader did it; `rules` are
# findings, each with code, names and params. `before` holds by field its value, state and override
# reason when the record was returned.
PARAMS = {
    EventKind.RECEIVED: ("picture",),
    EventKind.RECOGNISED: ("answers",),
    EventKind.FAILED: ("code", "params", "answers"),
    EventKind.CORRECTED: ("second",),
    EventKind.VERIFIED: ("second",),
    EventKind.OVERRIDDEN: ("rules", "second"),
    EventKind.MARKED: ("should_say", "rules", "second"),
    EventKind.ESCALATED: ("fields", "doubtful"),
    EventKind.RETURNED: ("fields", "before"),
    EventKind.REJECTED: ("reason",),
    EventKind.APPROVED: ("digest",),
    EventKind.EXPORTED: ("export", "format"),
    EventKind.DOWNLOADED: ("export", "format", "records"),
    EventKind.PICTURE_SEEN: ("picture",),
    EventKind.ANSWER_SEEN: ("answer",),
    EventKind.HISTORY_SEEN: ("asked",),
    # What it was looked for as, never the text itself; the keys of the records that were shown.
    EventKind.SEARCHED: ("kinds", "records"),
    EventKind.REFLAGGED: ("judged", "changed", "undone", "total"),
    EventKind.READING_RESUMED: ("code",),
    # Of a look that could be written down only later: when it was.
    EventKind.VIEWED: ("seen_at",),
    EventKind.VOIDED: ("amendment",),
    EventKind.AMENDMENT_ASKED: ("amendment", "evidence", "note", "changes"),
    EventKind.AMENDMENT_REFUSED: ("amendment",),
    EventKind.AMENDMENT_WITHDRAWN: ("amendment",),
    EventKind.AMENDED: ("amendment", "evidence", "note", "changes", "exports"),
    EventKind.RECALLED: ("export", "exports", "amendments"),
    EventKind.BALANCE_OVERRIDDEN: ("export", "balance"),
    EventKind.BATCH_CHANGED: ("old", "new"),
    # `rights` are columns of the person that are true.
    EventKind.PERSON_ADDED: ("rights",),
    # The keys of the records that were in the person's hands, and of those returned to them.
    EventKind.DEACTIVATED: ("held", "returned"),
    # Only where a link was used: its event's number, and who made it; 0: the command line.
    EventKind.PASSWORD_CHANGED: ("link", "made_by"),
}


def _export_label(params: dict[str, Any]) -> str:
    word = params["format"]
    label = ExportFormat(word).label if word in ExportFormat.values else word
    return f"#{params['export']} {label}"


def _recall_label(params: dict[str, Any]) -> str:
    recalled = ", ".join(f"#{pk}" for pk in params["exports"])
    return f"#{params['export']} ({recalled})"


def _balance_label(params: dict[str, Any]) -> str:
    return f"#{params['export']}"


def _mark_label(change: Mapping[str, str], shown: Callable[[str, str], str]) -> str:
    """Return the mark that went with an old value, and what the paper should have said."""
    if not change.get("mark"):
        return ""
    told = gettext("marked until then: %(mark)s") % {"mark": ValueState(change["mark"]).label}
    should_say = shown(change["field"], change["should_say"])
    return " → ".join(filter(None, [told, should_say]))


def _as_it_is(name: str, value: str) -> str:
    return value


def _changes_label(params: dict[str, Any], shown: Callable[[str, str], str] = _as_it_is) -> str:
    """Return each value that a correction after approval is about, old and new.

    `shown` is given a field's name and a value, and returns what is shown of it.
    """
    changes = []
    for change in params["changes"]:
        name = change["field"]
        old, new = shown(name, change["old"]) or "—", shown(name, change["new"]) or "—"
        text = f"{BY_NAME[name].label}: {old} → {new}"
        if mark := _mark_label(change, shown):
            text += f" ({mark})"
        changes.append(text)
    return "; ".join(changes)


def _plan_label(params: dict[str, Any], part: str = "new") -> str:
    """Return what of a batch was changed, with the reader's names of its columns."""
    values = params[part]
    told = []
    for column in Batch._meta.fields:
        if column.name in values:
            value = values[column.name]
            told.append(f"{column.verbose_name}: {'–' if value is None else value}")
    return ", ".join(told)


def _picture_label(params: dict[str, Any]) -> str:
    return gettext("the file as it came in") if params["picture"] == "original" else ""


def _answer_label(params: dict[str, Any]) -> str:
    return f"#{params['answer']}"


def _asked_label(params: dict[str, Any]) -> str:
    """Return what somebody asked the history for, in the reader's language."""
    asked = params["asked"]
    kind = asked.get("kind", "")
    known = kind in EventKind.values
    texts = [str(EventKind(kind).label) if known else kind]
    texts += [str(value) for name, value in asked.items() if name != "kind"]
    return " · ".join(filter(None, texts))


# What an event's params are told as, in place of its new value.
PARAM_LABELS: Mapping[EventKind, Callable[[dict[str, Any]], str]] = {
    EventKind.EXPORTED: _export_label,
    EventKind.DOWNLOADED: _export_label,
    EventKind.RECALLED: _recall_label,
    EventKind.BALANCE_OVERRIDDEN: _balance_label,
    EventKind.BATCH_CHANGED: _plan_label,
    EventKind.AMENDMENT_ASKED: _changes_label,
    EventKind.AMENDED: _changes_label,
    EventKind.PICTURE_SEEN: _picture_label,
    EventKind.ANSWER_SEEN: _answer_label,
    EventKind.HISTORY_SEEN: _asked_label,
    EventKind.SEARCHED: search_label,
}


ABOUT_PEOPLE = (
    EventKind.PASSWORD_LINK_MADE,
    EventKind.PERSON_ADDED,
    EventKind.PERSON_CHANGED,
    EventKind.ROLE_CHANGED,
    EventKind.RIGHTS_CHANGED,
    EventKind.DEACTIVATED,
    EventKind.ACTIVATED,
)


# These hold values of several fields.
CHANGES = (EventKind.AMENDMENT_ASKED, EventKind.AMENDED)
# By these a record comes back to a clerk, or goes to a supervisor with a question.
TALK = (EventKind.RETURNED, EventKind.ESCALATED, EventKind.ANSWERED)


class EventQuerySet(models.QuerySet["Event"]):
    def looks_of(
        self, user: User, *, since: datetime, until: datetime, kinds: Collection[EventKind]
    ) -> Self:
        """What a person saw from one moment to another."""
        return self.filter(by=user, at__gt=since, at__lte=until, kind__in=kinds)

    def of_records(self, pks: Collection[int]) -> Self:
        return self.filter(submission__in=pks)

    def done_by(self, user: User) -> Self:
        return self.filter(by=user)

    def on_day(self, day: date) -> Self:
        """What happened on a day of the local time zone."""
        begin = timezone.make_aware(datetime.combine(day, time.min))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        return self.filter(at__gte=begin, at__lt=end)

    def of_kinds(self, kinds: Collection[EventKind]) -> Self:
        return self.filter(kind__in=kinds)

    def oldest_first(self, *, after: int = 0) -> Self:
        """In the order in which things happened, behind the event of this key."""
        return self.filter(pk__gt=after).order_by("pk")

    def newest_first(self, *, before: int | None = None) -> Self:
        """The latest at first, or those before the event of this key."""
        older = self if before is None else self.filter(pk__lt=before)
        return older.order_by("-pk")

    def with_names(self) -> Self:
        """With all that a line of the history shows."""
        return self.select_related("by", "person", "batch", "chain")

    def deeds(self) -> Self:
        """What was done; a look is no deed."""
        return self.exclude(kind__in=LOOKS)

    def last_deed(self, *, by: User | None = None) -> "Event | None":
        """Return what was done last, by this person or by anybody."""
        done = self.deeds().filter(by=by) if by else self.deeds()
        return done.select_related("by").order_by("-pk").first()

    def open_questions(self) -> Self:
        """Of each record about which a supervisor is asked: its last question; oldest first."""
        asked = self.filter(kind=EventKind.ESCALATED)
        later = asked.filter(submission=OuterRef("submission"), pk__gt=OuterRef("pk"))
        waiting = asked.filter(submission__status=SubmissionStatus.ESCALATED)
        last = waiting.exclude(Exists(later))
        return last.select_related("by", "submission__batch").order_by("pk")

    def question(self) -> "Event | None":
        """Of one record's events: return the last question to a supervisor."""
        asked = self.filter(kind=EventKind.ESCALATED)
        return asked.select_related("by").order_by("-pk").first()

    def answered(self) -> "tuple[Event, Event] | None":
        """Of one record's events: return the question and the answer with which it came back."""
        talk = self.filter(kind__in=TALK).select_related("by").order_by("-pk")[:2]
        match list(talk):
            case [answer, question] if answer.kind == EventKind.ANSWERED:
                return question, answer
        return None

    def since_version(self, version: int) -> Self:
        """Of one record's events: what was done to it since the move that made this version."""
        done = self.deeds().order_by("pk")
        if version < 2:
            return done
        # The first move makes version 2.
        move_pks = self.filter(kind__in=MOVES).order_by("pk").values_list("pk", flat=True)
        index = version - 2
        last_seen = move_pks[index : index + 1].first()
        return done.filter(pk__gt=last_seen or 0)

    def about_people(self) -> Self:
        """What administrators did with people, the latest first."""
        return self.filter(kind__in=ABOUT_PEOPLE).order_by("-pk")

    def links_for(self, person: User) -> Self:
        """Links through which this person may set a password, the latest first."""
        made = self.filter(kind=EventKind.PASSWORD_LINK_MADE, person=person)
        return made.order_by("-pk")

    def passwords_by_link(self, person: User, *, since: datetime) -> Self:
        """Times at which this person's password was set through a link.

        Where nobody has approved anything before `since`, an installation is new: there the first
        one of an account that had done nothing yet does not count.
        """
        set_anew = self.filter(kind=EventKind.PASSWORD_CHANGED, person=person, at__gt=since)
        done_before = Event.objects.filter(by=person, pk__lt=models.OuterRef("pk"))
        approved_before = Event.objects.filter(kind=EventKind.APPROVED, at__lte=since)
        counts = models.Exists(done_before) | models.Exists(approved_before)
        return set_anew.filter(counts, params__has_key="link")


class Event(models.Model):
    """Who did what, when, from what to what. Append-only; nobody: the worker did it.

    Made by `history.append` alone, which binds each to the one before it in its chain.

    A failed log-in has the person whose account was tried, and nobody where no account has the
    name.
    """

    kind = models.CharField(_("event"), max_length=30, choices=EventKind)
    chain = models.ForeignKey(Chain, models.PROTECT, related_name="events", db_index=False)
    number = models.PositiveBigIntegerField(help_text="in its chain, from one")
    previous = models.CharField(
        max_length=DIGEST_LENGTH, blank=True, help_text="digest of the event before it in its chain"
    )
    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events_about",
        verbose_name=_("about"),
        db_index=False,
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="events"
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
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
        constraints = [
            one_of("kind", EventKind, name="event_kind_known"),
            models.UniqueConstraint(fields=["chain", "number"], name="event_number_once"),
        ]
        indexes = [
            # What a person did and saw on a day or a moment ago; what is of a kind.
            models.Index(fields=["by", "at"], name="event_by_at"),
            models.Index(fields=["kind", "id"], name="event_kind"),
            # Most events are of a record.
            models.Index(fields=["person"], name="event_person", condition=Q(person__isnull=False)),
            models.Index(fields=["batch"], name="event_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def field_label(self) -> str:
        """Return the name of a value on the form, or of what was changed about a person."""
        if self.field_name and self.kind in ABOUT_PEOPLE:
            labels = {field.name: field.verbose_name for field in User._meta.fields}
            return str(labels.get(self.field_name, self.field_name))
        name = self.about_field
        return str(BY_NAME[name].label) if name in BY_NAME else ""

    @property
    def about_field(self) -> str:
        """Return the name of the field that was changed or asked about."""
        if self.kind == EventKind.ESCALATED and len(self.params.get("fields", ())) == 1:
            return str(self.params["fields"][0])
        return self.field_name

    @property
    def old_label(self) -> str:
        if self.kind == EventKind.BATCH_CHANGED:
            return _plan_label(self.params, "old")
        return self._label(self.old)

    @property
    def new_label(self) -> str:
        told = PARAM_LABELS.get(EventKind(self.kind))
        return told(self.params) if told and self.params else self._label(self.new)

    def masked(self, label: str, mask: Callable[[str, str], str]) -> str:
        """Return the old or the new label with the values of a record masked, each as its field."""
        if self.submission_id is None:
            # Of an event of no record, a field's old and new are settings.
            return label
        if self.kind in CHANGES and label:
            return _changes_label(self.params, mask)
        return mask(self.field_name, label) if self.field_name else label

    @property
    def shows_values(self) -> bool:
        """Return whether a line of the history shows values of a record, masked or not."""
        return self.submission_id is not None and (bool(self.field_name) or self.kind in CHANGES)

    @property
    def reason_label(self) -> str:
        """Return a reason in the reader's language, also that of a failure or a rejection."""
        if self.kind == EventKind.FAILED:
            return self._failure_label()
        if self.kind == EventKind.REJECTED:
            return self._reject_label()
        if self.kind == EventKind.ESCALATED:
            return self._question_label()
        if self.kind == EventKind.RETURNED:
            return self._return_label()
        return self.reason

    @property
    def rule_sentences(self) -> list[str]:
        """Return the rules that a kept value broke, in the reader's language."""
        return [
            rule_sentence(rule["code"], rule["names"], rule["params"])
            for rule in self.params.get("rules", ())
        ]

    @property
    def rules_without_values(self) -> list[str]:
        """Return the rules that a kept value broke, with gaps for all that they quote."""
        rules = self.params.get("rules", ())
        return [rule_sentence(rule["code"], rule["names"], {}) for rule in rules]

    @property
    def should_say(self) -> str:
        """Return what a paper that is wrong should say."""
        return str(self.params.get("should_say", ""))

    @property
    def is_second_reading(self) -> bool:
        return bool(self.params.get("second"))

    def _question_label(self) -> str:
        """Return what a supervisor is asked; two readers ask of fields by their names."""
        if self.old != SubmissionStatus.UNSURE:
            # Of one person's question the label of its field says what it is about.
            return self.reason
        parts = []
        if unsure := self.params.get("fields"):
            asked = gettext("Two people cannot read this for certain: %(fields)s.")
            parts.append(asked % {"fields": _labels(unsure)})
        if doubtful := self.params.get("doubtful"):
            asked = gettext("What the second reader read puts this in doubt: %(fields)s.")
            parts.append(asked % {"fields": _labels(doubtful)})
        return " ".join([*parts, self.reason]).strip()

    def _return_label(self) -> str:
        """Return why a record was returned, and what was asked of single fields."""
        parts = [self.reason]
        for name, comment in self.params.get("fields", {}).items():
            if comment:
                asked = gettext("%(label)s: %(text)s")
                parts.append(asked % {"label": BY_NAME[name].label, "text": comment})
        return " · ".join(parts)

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
        """Return a word of ours in the reader's language, and any other value as it is."""
        if self.kind == EventKind.MARKED and word in ValueState.values:
            return str(ValueState(word).label)
        if self.kind in (EventKind.ROLE_CHANGED, EventKind.PERSON_ADDED):
            return str(ROLE_LABELS.get(word, word))
        if self.kind == EventKind.RIGHTS_CHANGED:
            return str(YES_OR_NO.get(word, word))
        if self.field_name:
            return word
        labels = STATUS_LABELS["submission" if self.submission_id else "batch"]
        return str(labels.get(word, word))


def _labels(names: list[str]) -> str:
    """Return the labels of fields in the reader's language, as one text."""
    comma = pgettext("between names of fields", ", ")
    return comma.join(str(BY_NAME[name].label) for name in names if name in BY_NAME)
