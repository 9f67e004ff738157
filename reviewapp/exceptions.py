"""What can go wrong in a way that a person must be told.

Every error is a code with parameters, and the code's sentence stands in SENTENCES: so an error can
be stored, and read later in another language.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What the database raises when it restarts, is locked for too long, or has become a standby; never
# by a wrong query.
OUTAGES = (OperationalError, InterfaceError, InternalError)

SENTENCES: Mapping[str, Promise] = {
    # permissions
    "notReviewer": _(
        "Only clerks and supervisors review records. Ask an administrator if your role should "
        "change."
    ),
    "notSupervisor": _("Only supervisors approve and return records."),
    "notAdministrator": _("Only administrators may do this."),
    "notRecogniser": _(
        "Your account may not use the recognition API. Ask an administrator for an access key."
    ),
    "ownWork": _(
        "You corrected, verified or submitted something in this record yourself. Another "
        "supervisor must approve it."
    ),
    "notYours": _("This record was finished by somebody else. Ask a supervisor to show it to you."),
    "returnedToOther": _("This record was returned to %(name)s, who corrects it."),
    "tooManyGuesses": _(
        "There were too many wrong passwords. Try again after %(time)s; until then the right one "
        "is refused, too."
    ),
    # states
    "illegalTransition": _(
        "This record is now “%(present)s”, so this can no longer be done. Open it again to go on."
    ),
    "movedMeanwhile": _(
        "Somebody else was faster: the record has changed since you opened it. Open it again to "
        "go on."
    ),
    "changedSinceShown": _(
        "Nothing was done: the record has changed since this page was shown to you. Look at what "
        "is new, then decide."
    ),
    "batchChangedSinceShown": _(
        "Nothing was approved: records of this batch have changed since this page was shown to "
        "you. Look at what is "
        "new, then decide."
    ),
    "batchClosed": _(
        "The batch “%(name)s” is already approved. Choose another batch or make a new one."
    ),
    "nothingToApprove": _("No record of this batch is waiting for your approval."),
    "stillDoubtful": _(
        "%(count)s flagged fields are not verified yet. Press Enter in each after looking at it."
    ),
    "alreadyQueued": _("This picture is already waiting to be read."),
    "reflagTaken": _("Another process goes on with flagging the records anew, or has ended it."),
    "reflagOutdated": _("Thresholds or rules have changed since this run began. Start a new one."),
    # claims and writes
    "heldByOther": _(
        "%(name)s is working on this record. Take another one, or try again in a few minutes."
    ),
    "claimLost": _(
        "You no longer hold this record. What you typed is kept here; take the record again to "
        "save it."
    ),
    "staleWrite": _("Somebody changed this value while you were typing. Compare both and choose."),
    "settingsChangedSinceShown": _(
        "Nothing was saved: thresholds or rules have changed since this page was shown to you. Compare what is set "
        "now with your form, and save again what shall hold."
    ),
    "batchNameMissing": _("Give the batch a name."),
    "overrideReasonMissing": _(
        "This value breaks a rule. Correct it, or say why it is right all the same, after "
        "comparing it with the paper."
    ),
    "reasonMissing": _("Give a reason, so that the next person knows what to do."),
    "valueTooLong": _(
        "The value has more than %(limit)s characters. Shorten it to what the paper says."
    ),
    # pictures
    "emptyFile": _("The file is empty. Choose the picture again."),
    "exceededImageContent": _(
        "The picture is larger than 10 MB. Save it smaller and send it again."
    ),
    "unsupportedImageFormat": _(
        "This is no picture that can be read. Send PNG, JPEG, BMP, GIF, TIFF or WebP; save PDF "
        "pages as pictures first."
    ),
    "severalPages": _(
        "The file holds %(count)s pages or frames, and only the first would be read. "
        "Save each page as a picture of its own and send them one by one."
    ),
    "truncatedImage": _("The picture file is damaged or incomplete. Copy or scan it again."),
    "imageBomb": _(
        "The picture unpacks to far more than 8192 × 8192 pixels. Save it smaller and send it "
        "again."
    ),
    "illegalImageSize": _(
        "The picture has %(width)s × %(height)s pixels. Both sides must be more than 15 and less "
        "than 8192 pixels."
    ),
    "illegalImageRatio": _(
        "The picture is %(width)s × %(height)s pixels. Its long side must be less than 50 times "
        "the other."
    ),
    "duplicatePicture": _(
        "This very picture is already here: record #%(record)s in batch “%(batch)s”."
    ),
    # fetching by address
    "IllegalImageUrl": _(
        "No picture could be fetched from this address. Check the address, or upload the file."
    ),
    "imageTimeOut": _(
        "The server at this address did not answer in time. Try again, or upload the file."
    ),
    "notSafeImageUrl": _(
        "This address may not be fetched: it leads into a private network or is no http(s) address."
    ),
    "exceededImageUrlLength": _(
        "The address has more than 2048 characters. Use a shorter one, or upload the file."
    ),
    # recognition
    "unmatchedImageType": _(
        "No birth certificate was found in the picture. Reject it, or take a better picture."
    ),
    "algorithmError": _(
        "The recogniser failed on this picture. Try again; if it fails again, take another picture."
    ),
    "AlgorithmTimeout": _("The recogniser took too long. Try again with a smaller picture."),
    "unreadableAnswer": _(
        "The recogniser's answer could not be understood (%(detail)s). Try again."
    ),
    "noReplay": _(
        "There is no stored answer for this picture. Choose another engine, or store an answer "
        "first."
    ),
    "workerLost": _(
        "Reading this picture stopped the worker %(attempts)s times. Take another picture, or "
        "reject it."
    ),
    "unknownEngine": _("There is no engine called “%(name)s”. Choose one of: %(known)s."),
    # the cloud's recogniser
    "cloudUnreachable": _(
        "The cloud's recogniser could not be reached. Try again in a few minutes."
    ),
    "cloudSilent": _("The cloud's recogniser did not answer in time. Try again in a few minutes."),
    "cloudRefused": _(
        "The cloud's recogniser refused the picture with the code “%(vendor_code)s”. Tell the "
        "administrator."
    ),
    "ServiceTimeout": _("The recogniser did not answer in time. Try again in a few minutes."),
    "ServiceUnavailable": _(
        "The recogniser is out of order at the moment. Try again in a few minutes."
    ),
    "InternalError": _("The recogniser reports an error of its own. Try again in a few minutes."),
    "Throttling.User": _(
        "The recogniser is asked too much at the moment. Try again in a few minutes."
    ),
    "illegalImageContent": _(
        "The recogniser finds nothing to read in the picture. Take a better picture."
    ),
    "accountRefused": _(
        "The cloud refuses this installation's access key (code “%(vendor_code)s”). Reading "
        "pauses until an "
        "administrator has mended it; no picture is lost."
    ),
    "cloudDown": _(
        "Many calls to the cloud in a row have failed (code “%(vendor_code)s”). Reading pauses "
        "for a while and goes on "
        "by itself; no picture is lost."
    ),
    "budgetSpent": _(
        "This month's budget for the cloud's recogniser is spent. Reading goes on next month, or "
        "when an administrator "
        "raises the budget; no picture is lost."
    ),
    "cloudBusy": _("Many pictures are on their way to the cloud. This one waits its turn."),
    "cloudNotSetUp": _(
        "The cloud's access key is not set. Set ALIBABA_CLOUD_ACCESS_KEY_ID and …_SECRET, then "
        "start again."
    ),
    "pictureMissing": _(
        "The stored picture cannot be opened. Tell the administrator; the record itself is safe."
    ),
    # access keys
    "noticeWithoutRecord": _(
        "Notices tell of approved records. Let the key create records too, or leave the address "
        "empty."
    ),
    # what did not come in at all
    "bodyTooLarge": _(
        "Nothing was saved. Send at most %(limit)s MB at once; where these were pictures, upload "
        "fewer at a time."
    ),
    "bodyTooSlow": _("Nothing was saved. Check the connection, go back and send it again."),
    # export
    "noColumns": _("Choose at least one column."),
    "exportIncomplete": _(
        "The file holds %(written)s of %(chosen)s records. Throw it away and export again."
    ),
    "cellNotWritten": _(
        "Row %(row)s, column %(column)s does not fit into a cell of a sheet. Export these records "
        "as CSV or JSON lines."
    ),
    "nothingToExport": _(
        "No approved record fits this choice. Widen the dates or choose other batches."
    ),
}


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of an error code in the active language."""
    return str(SENTENCES[code]) % dict(params or {})


def outline(code: str) -> str:
    """Return the sentence of an error code of which only the code was kept, with gaps for its "
    "parameters."""
    return str(SENTENCES[code]) % defaultdict(lambda: "…")


class ReviewError(Exception):
    """A refusal with a sentence for the person who asked."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        return sentence(self.code, self.params)


class NotAllowed(ReviewError):
    """This person may not do this."""


class BodyRefused(ReviewError):
    """More was sent than may be, or it did not come in time."""


class IllegalTransition(ReviewError):
    """The record is not in a state in which this can be done."""


class ChangedSinceShown(IllegalTransition):
    """The record is no longer what the person decided on."""


class StaleWrite(ReviewError):
    """Somebody else has changed the value in the meantime."""


class ClaimLost(ReviewError):
    """The record is no longer held by this clerk."""


class ExportIncomplete(ReviewError):
    """A file that does not hold every record that was chosen."""


class InvalidImage(ReviewError):
    """A file that cannot be taken as a picture of a certificate."""


class EngineError(ReviewError):
    """The recogniser gave no usable answer; `code` is the API's own error code."""


class EnginePaused(ReviewError):
    """The recogniser takes no picture before `until`; the picture stays in the queue."""

    def __init__(self, code: str, *, until: datetime, **params: str | int) -> None:
        super().__init__(code, **params)
        self.until = until
