"""Every word that a record can be described with, and who may move it from one to the next."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    CLERK = "clerk", _("Clerk")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")


REVIEWERS = (Role.CLERK, Role.SUPERVISOR)


class SubmissionStatus(TextChoices):
    RECEIVED = "received", pgettext_lazy("submission", "Waiting to be read")
    FAILED = "failed", pgettext_lazy("submission", "Not read")
    RECOGNISED = "recognised", pgettext_lazy("submission", "To review")
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


class EventKind(TextChoices):
    RECEIVED = "received", pgettext_lazy("event", "Received")
    RECOGNISED = "recognised", pgettext_lazy("event", "Read")
    FAILED = "failed", pgettext_lazy("event", "Reading failed")
    RETRIED = "retried", pgettext_lazy("event", "Reading tried again")
    CLAIMED = "claimed", pgettext_lazy("event", "Opened for review")
    # The word is that of events stored already.
    GIVEN_BACK = "released", pgettext_lazy("event", "Given back")
    CORRECTED = "corrected", pgettext_lazy("event", "Corrected")
    VERIFIED = "verified", pgettext_lazy("event", "Verified")
    SUBMITTED = "submitted", pgettext_lazy("event", "Submitted")
    REJECTED = "rejected", pgettext_lazy("event", "Rejected")
    APPROVED = "approved", pgettext_lazy("event", "Approved")
    RETURNED = "returned", pgettext_lazy("event", "Returned")
    REOPENED = "reopened", pgettext_lazy("event", "Reopened")
    VIEWED = "viewed", pgettext_lazy("event", "Viewed")
    EXPORTED = "exported", pgettext_lazy("event", "Exported")
    CREATED = "created", pgettext_lazy("event", "Created")
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
    (_S.RECOGNISED, _S.REJECTED): Transition(EventKind.REJECTED, REVIEWERS),
    (_S.RETURNED, _S.REVIEWED): Transition(EventKind.SUBMITTED, REVIEWERS),
    (_S.RETURNED, _S.REJECTED): Transition(EventKind.REJECTED, REVIEWERS),
    (_S.REVIEWED, _S.APPROVED): Transition(EventKind.APPROVED, _APPROVERS),
    (_S.REVIEWED, _S.RETURNED): Transition(EventKind.RETURNED, _APPROVERS),
    (_S.REJECTED, _S.RETURNED): Transition(EventKind.RETURNED, _APPROVERS),
}

# The events of moves: a record's version is one more than their number.
MOVES = frozenset(transition.event for transition in SUBMISSION_TRANSITIONS.values())
# Who has done any of these on a record must not approve it.
WORK = (EventKind.CORRECTED, EventKind.VERIFIED, EventKind.SUBMITTED, EventKind.REJECTED)

BATCH_TRANSITIONS: dict[tuple[BatchStatus, BatchStatus], Transition] = {
    (_B.OPEN, _B.SUBMITTED): Transition(EventKind.SUBMITTED),
    (_B.RETURNED, _B.SUBMITTED): Transition(EventKind.SUBMITTED),
    (_B.SUBMITTED, _B.OPEN): Transition(EventKind.REOPENED),
    (_B.RETURNED, _B.OPEN): Transition(EventKind.REOPENED),
    (_B.OPEN, _B.RETURNED): Transition(EventKind.RETURNED),
    (_B.SUBMITTED, _B.RETURNED): Transition(EventKind.RETURNED),
    (_B.SUBMITTED, _B.APPROVED): Transition(EventKind.APPROVED),
}
