"""Every word that a record can be described with, and who may move it from one to the next."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    CLERK = "clerk", _("Clerk")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


REVIEWERS = (Role.CLERK, Role.SUPERVISOR)


class SubmissionStatus(TextChoices):
    RECEIVED = "received", pgettext_lazy("submission", "Waiting to be read")
    FAILED = "failed", pgettext_lazy("submission", "Not read")
    RECOGNISED = "recognised", pgettext_lazy("submission", "To review")
    UNSURE = "unsure", pgettext_lazy("submission", "For a second reader")
    ESCALATED = "escalated", pgettext_lazy("submission", "Question to a supervisor")
    REVIEWED = "reviewed", pgettext_lazy("submission", "Reviewed")
    RETURNED = "returned", pgettext_lazy("submission", "Returned")
    APPROVED = "approved", pgettext_lazy("submission", "Approved")
    REJECTED = "rejected", pgettext_lazy("submission", "Rejected")


class BatchStatus(TextChoices):
    OPEN = "open", pgettext_lazy("batch", "Open")
    SUBMITTED = "submitted", pgettext_lazy("batch", "Awaiting approval")
    RETURNED = "returned", pgettext_lazy("batch", "Returned")
    APPROVED = "approved", pgettext_lazy("batch", "Approved")


class Source(TextChoices):
    UPLOAD = "upload", pgettext_lazy("source", "Upload")
    URL = "url", pgettext_lazy("source", "Web address")
    COMMAND = "command", pgettext_lazy("source", "Command line")
    API = "api", pgettext_lazy("source", "API")


class RejectReason(TextChoices):
    NO_CERTIFICATE = "no_certificate", _("Not a birth certificate")
    UNREADABLE = "unreadable", _("Unreadable picture")
    DUPLICATE = "duplicate", _("Duplicate")


class ValueMark(TextChoices):
    """What a person says of a value beside its text."""

    UNSURE = "unsure", pgettext_lazy("value", "Unsure")
    ILLEGIBLE = "illegible", pgettext_lazy("value", "Illegible")
    BLANK = "blank", pgettext_lazy("value", "Blank on the paper")
    NOT_ON_FORM = "not_on_form", pgettext_lazy("value", "Not on this form")
    PAPER_WRONG = "paper_wrong", pgettext_lazy("value", "The paper itself is wrong")


class ValueState(TextChoices):
    """How a value came to be what it is: by its mark, or by who read, changed and verified it."""

    READ = "read", pgettext_lazy("value", "Read")
    CORRECTED = "corrected", pgettext_lazy("value", "Corrected")
    VERIFIED = "verified", pgettext_lazy("value", "Verified")
    MISSED = "missed", pgettext_lazy("value", "Missed by the recogniser")
    UNSURE = ValueMark.UNSURE.value, ValueMark.UNSURE.label
    ILLEGIBLE = ValueMark.ILLEGIBLE.value, ValueMark.ILLEGIBLE.label
    BLANK = ValueMark.BLANK.value, ValueMark.BLANK.label
    NOT_ON_FORM = ValueMark.NOT_ON_FORM.value, ValueMark.NOT_ON_FORM.label
    PAPER_WRONG = ValueMark.PAPER_WRONG.value, ValueMark.PAPER_WRONG.label


class Evidence(TextChoices):
    """Why an approved value is to be another."""

    PAPER_SEEN = "paper_seen", pgettext_lazy("evidence", "The paper was seen again")
    DECISION = "decision", pgettext_lazy("evidence", "A decision of the authority")


class AmendmentOutcome(TextChoices):
    APPROVED = "approved", pgettext_lazy("amendment", "Approved")
    REFUSED = "refused", pgettext_lazy("amendment", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "Withdrawn")


class TermKind(TextChoices):
    """What a search term is of a value."""

    NAME = "n", pgettext_lazy("search", "Name")
    READING = "p", pgettext_lazy("search", "Pinyin")
    NUMBER = "c", pgettext_lazy("search", "Number")
    ENDING = "e", pgettext_lazy("search", "End of a number")
    WORD = "w", pgettext_lazy("search", "File name")


class EventKind(TextChoices):
    RECEIVED = "received", pgettext_lazy("event", "Received")
    RECOGNISED = "recognised", pgettext_lazy("event", "Read")
    FAILED = "failed", pgettext_lazy("event", "Reading failed")
    RETRIED = "retried", pgettext_lazy("event", "Reading tried again")
    CLAIMED = "claimed", pgettext_lazy("event", "Opened for review")
    # The word is that of events stored already.
    GIVEN_BACK = "released", pgettext_lazy("event", "Given back")
    TAKEN_OVER = "taken_over", pgettext_lazy("event", "Taken over")
    SKIPPED = "skipped", pgettext_lazy("event", "Skipped")
    POSTPONED = "postponed", pgettext_lazy("event", "Postponed")
    CORRECTED = "corrected", pgettext_lazy("event", "Corrected")
    VERIFIED = "verified", pgettext_lazy("event", "Verified")
    OVERRIDDEN = "overridden", pgettext_lazy("event", "Kept against a rule")
    MARKED = "marked", pgettext_lazy("event", "Marked")
    SUBMITTED = "submitted", pgettext_lazy("event", "Submitted")
    SENT_ON = "sent_on", pgettext_lazy("event", "Sent to a second reader")
    SECOND_READ = "second_read", pgettext_lazy("event", "Read by a second person")
    ESCALATED = "escalated", pgettext_lazy("event", "Supervisor asked")
    ANSWERED = "answered", pgettext_lazy("event", "Question answered")
    UNDONE = "undone", pgettext_lazy("event", "Taken back")
    OVERRIDE_SEEN = "override_seen", pgettext_lazy("event", "Override looked at")
    REJECTED = "rejected", pgettext_lazy("event", "Rejected")
    APPROVED = "approved", pgettext_lazy("event", "Approved")
    RETURNED = "returned", pgettext_lazy("event", "Returned")
    REOPENED = "reopened", pgettext_lazy("event", "Reopened")
    VOIDED = "voided", pgettext_lazy("event", "Approval voided")
    AMENDMENT_ASKED = "amendment_asked", pgettext_lazy("event", "Correction asked for")
    AMENDMENT_REFUSED = "amendment_refused", pgettext_lazy("event", "Correction refused")
    AMENDMENT_WITHDRAWN = "amendment_withdrawn", pgettext_lazy("event", "Correction withdrawn")
    AMENDED = "amended", pgettext_lazy("event", "Corrected after approval")
    RECALLED = "recalled", pgettext_lazy("event", "Recalled")
    VIEWED = "viewed", pgettext_lazy("event", "Viewed")
    LISTED = "listed", pgettext_lazy("event", "Seen in a list")
    PICTURE_SEEN = "picture_seen", pgettext_lazy("event", "Picture seen")
    ANSWER_SEEN = "answer_seen", pgettext_lazy("event", "Raw answer seen")
    HISTORY_SEEN = "history_seen", pgettext_lazy("event", "History seen")
    SEARCHED = "searched", pgettext_lazy("event", "Searched")
    EXPORTED = "exported", pgettext_lazy("event", "Exported")
    DOWNLOADED = "downloaded", pgettext_lazy("event", "Export downloaded")
    BALANCE_OVERRIDDEN = (
        "balance_overridden",
        pgettext_lazy("event", "Exported although it does not add up"),
    )
    SEALED = "sealed", pgettext_lazy("event", "Sealed")
    CREATED = "created", pgettext_lazy("event", "Created")
    BATCH_CHANGED = "batch_changed", pgettext_lazy("event", "Batch changed")
    THRESHOLD_CHANGED = "threshold_changed", pgettext_lazy("event", "Threshold changed")
    RULE_CHANGED = "rule_changed", pgettext_lazy("event", "Rule changed")
    REFLAGGED = "reflagged", pgettext_lazy("event", "Flagged anew")
    KEY_MADE = "key_made", pgettext_lazy("event", "Access key made")
    KEY_REVOKED = "key_revoked", pgettext_lazy("event", "Access key revoked")
    READING_RESUMED = "reading_resumed", pgettext_lazy("event", "Reading by the cloud resumed")
    LOGGED_IN = "logged_in", pgettext_lazy("event", "Logged in")
    LOGIN_FAILED = "login_failed", pgettext_lazy("event", "Log-in failed")
    LOGGED_OUT = "logged_out", pgettext_lazy("event", "Logged out")
    PASSWORD_CHANGED = "password_changed", pgettext_lazy("event", "Password changed")
    PASSWORD_LINK_MADE = "password_link_made", pgettext_lazy("event", "Password link made")
    PERSON_ADDED = "person_added", pgettext_lazy("event", "Person added")
    PERSON_CHANGED = "person_changed", pgettext_lazy("event", "Person changed")
    ROLE_CHANGED = "role_changed", pgettext_lazy("event", "Role changed")
    RIGHTS_CHANGED = "rights_changed", pgettext_lazy("event", "Rights changed")
    DEACTIVATED = "deactivated", pgettext_lazy("event", "Deactivated")
    ACTIVATED = "activated", pgettext_lazy("event", "Activated")


@dataclass(frozen=True, slots=True)
class Transition:
    """Who may make a move, and the event that it leaves. No roles: it follows from other moves."""

    event: EventKind
    roles: tuple[Role, ...] = ()


_S, _B = SubmissionStatus, BatchStatus
_APPROVERS = (Role.SUPERVISOR,)
_EVERYBODY = (Role.CLERK, Role.SUPERVISOR, Role.ADMIN)

SUBMISSION_TRANSITIONS: dict[tuple[SubmissionStatus, SubmissionStatus], Transition] = {
    (_S.RECEIVED, _S.RECOGNISED): Transition(EventKind.RECOGNISED),
    (_S.RECEIVED, _S.FAILED): Transition(EventKind.FAILED),
    (_S.FAILED, _S.RECEIVED): Transition(EventKind.RETRIED, _EVERYBODY),
    (_S.FAILED, _S.REJECTED): Transition(EventKind.REJECTED, REVIEWERS),
    (_S.RECOGNISED, _S.REVIEWED): Transition(EventKind.SUBMITTED, REVIEWERS),
    (_S.RECOGNISED, _S.UNSURE): Transition(EventKind.SENT_ON, REVIEWERS),
    (_S.RECOGNISED, _S.ESCALATED): Transition(EventKind.ESCALATED, REVIEWERS),
    (_S.RECOGNISED, _S.REJECTED): Transition(EventKind.REJECTED, REVIEWERS),
    (_S.RETURNED, _S.REVIEWED): Transition(EventKind.SUBMITTED, REVIEWERS),
    (_S.RETURNED, _S.UNSURE): Transition(EventKind.SENT_ON, REVIEWERS),
    (_S.RETURNED, _S.ESCALATED): Transition(EventKind.ESCALATED, REVIEWERS),
    (_S.RETURNED, _S.REJECTED): Transition(EventKind.REJECTED, REVIEWERS),
    (_S.UNSURE, _S.REVIEWED): Transition(EventKind.SECOND_READ, REVIEWERS),
    (_S.UNSURE, _S.ESCALATED): Transition(EventKind.ESCALATED, REVIEWERS),
    (_S.UNSURE, _S.RECOGNISED): Transition(EventKind.UNDONE, REVIEWERS),
    (_S.ESCALATED, _S.RETURNED): Transition(EventKind.ANSWERED, _APPROVERS),
    (_S.ESCALATED, _S.REJECTED): Transition(EventKind.REJECTED, _APPROVERS),
    (_S.ESCALATED, _S.RECOGNISED): Transition(EventKind.UNDONE, REVIEWERS),
    (_S.REVIEWED, _S.APPROVED): Transition(EventKind.APPROVED, _APPROVERS),
    (_S.REVIEWED, _S.RETURNED): Transition(EventKind.RETURNED, _APPROVERS),
    (_S.REVIEWED, _S.RECOGNISED): Transition(EventKind.UNDONE, REVIEWERS),
    (_S.REJECTED, _S.RETURNED): Transition(EventKind.RETURNED, _APPROVERS),
    (_S.REJECTED, _S.RECOGNISED): Transition(EventKind.UNDONE, REVIEWERS),
    (_S.APPROVED, _S.REVIEWED): Transition(EventKind.VOIDED, _APPROVERS),
}

# The events of moves: a record's version is one more than their number.
MOVES = frozenset(transition.event for transition in SUBMISSION_TRANSITIONS.values())
# Who has done any of these on a record must not approve it.
WORK = (
    EventKind.CORRECTED,
    EventKind.VERIFIED,
    EventKind.OVERRIDDEN,
    EventKind.MARKED,
    EventKind.SUBMITTED,
    EventKind.SENT_ON,
    EventKind.SECOND_READ,
    EventKind.ESCALATED,
    EventKind.REJECTED,
)
# A look changes nothing.
LOOKS = (
    EventKind.VIEWED,
    EventKind.LISTED,
    EventKind.PICTURE_SEEN,
    EventKind.ANSWER_SEEN,
    EventKind.HISTORY_SEEN,
    EventKind.SEARCHED,
    EventKind.OVERRIDE_SEEN,
    EventKind.EXPORTED,
    EventKind.DOWNLOADED,
)


BATCH_TRANSITIONS: dict[tuple[BatchStatus, BatchStatus], Transition] = {
    (_B.OPEN, _B.SUBMITTED): Transition(EventKind.SUBMITTED),
    (_B.RETURNED, _B.SUBMITTED): Transition(EventKind.SUBMITTED),
    (_B.SUBMITTED, _B.OPEN): Transition(EventKind.REOPENED),
    (_B.RETURNED, _B.OPEN): Transition(EventKind.REOPENED),
    (_B.OPEN, _B.RETURNED): Transition(EventKind.RETURNED),
    (_B.SUBMITTED, _B.RETURNED): Transition(EventKind.RETURNED),
    (_B.SUBMITTED, _B.APPROVED): Transition(EventKind.APPROVED),
    (_B.APPROVED, _B.SUBMITTED): Transition(EventKind.REOPENED),
}
