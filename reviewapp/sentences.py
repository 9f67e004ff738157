"""What went wrong, in sentences that a person understands: what is the matter, and what to do.

Each has a code, by which an error is stored, and gaps for its parameters.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, Promise] = {
    # permissions
    "notReviewer": _(
        "Only clerks and supervisors review records. Ask an administrator if your role should "
        "change."
    ),
    "notSupervisor": _("Only supervisors approve and return records."),
    "notAdministrator": _("Only administrators may do this."),
    "notOverseer": _("Only supervisors and administrators see this page."),
    "notRecogniser": _(
        "Your account may not use the recognition API. Ask an administrator for an access key."
    ),
    "ownWork": _(
        "You corrected, verified or submitted something in this record yourself. Another "
        "supervisor must approve it."
    ),
    "notYours": _("This record was finished by somebody else. Ask a supervisor to show it to you."),
    "returnedToOther": _("This record was returned to %(name)s, who corrects it."),
    "knownBeforeRise": _(
        "You became a supervisor less than 24 hours ago and had to do with this before. Another "
        "supervisor must approve it, or you do so tomorrow."
    ),
    "passwordSetByLink": _(
        "Your password was set less than 24 hours ago through a link that somebody else made. "
        "Until then another supervisor must approve."
    ),
    "auditorOnlyReads": _(
        "Auditors read the history and the settings and nothing else. Ask an administrator if your "
        "role should change."
    ),
    "notHistoryReader": _("Only supervisors and auditors read the whole history."),
    "tooManyGuesses": _(
        "There were too many wrong passwords. Try again after %(time)s; until then the right one "
        "is refused, too."
    ),
    # people
    "ownRole": _(
        "Nobody changes their own role, activity or way into the administration. Ask another "
        "administrator."
    ),
    "ownPasswordLink": _("Change your own password on the page “Change password”."),
    "personInactive": _(
        "%(name)s is deactivated. Activate the account first, then make a password link."
    ),
    "personChangedSinceShown": _(
        "Nothing was saved: somebody has changed this person since the page was shown to you. Open "
        "the person again and look at what is new."
    ),
    "passwordLinkSpent": _(
        "This link is used up or older than 24 hours, or a newer one was made. Ask an "
        "administrator for a new link."
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
    "findingsChangedSinceShown": _(
        "Nothing was done: the rules find other errors in the new values than those that were "
        "shown to you. Look at what they say now, then decide."
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
    "noChange": _("No value differs from what is approved. Change at least one."),
    "evidenceMissing": _(
        "Say what shows it: which paper was seen again or what was decided, and where it is kept."
    ),
    "amendmentWaits": _(
        "A correction of this record waits for a supervisor already. Only when it is decided can "
        "another be asked for."
    ),
    "amendmentDecided": _("This correction is decided already. Open the record again to see how."),
    "amendmentOwn": _(
        "You asked for this correction yourself. Another supervisor must decide on it."
    ),
    "amendmentOfOther": _(
        "Only %(name)s can withdraw this correction. A supervisor can approve or refuse it."
    ),
    "overridesUnseen": _(
        "You have not opened each value of this record that was kept against a rule. Open them "
        "all, then approve; or return the record."
    ),
    "overridesUnseenInBatch": _(
        "Nothing was approved: you have not opened each value that was kept against a rule, in "
        "%(records)s. Open them on the pages of these records, or return the records."
    ),
    "noOverride": _(
        "This value is not kept against a rule, or no longer. Look at the record as it is now."
    ),
    "ownUnsure": _(
        "You worked on this record yourself. Another person must read what somebody was unsure of."
    ),
    "secondReadingBlind": _(
        "This record waits for a second reader, who must not know what the first one read. Take "
        "the next record at home: this one may be it."
    ),
    "alreadyQueued": _("This picture is already waiting to be read."),
    "notFinishedByYou": _("Only the person who finished this record can take it back."),
    "undoTooLate": _(
        "%(name)s has gone on with this record since (“%(deed)s”), so it can no longer be taken "
        "back. Ask a supervisor to return it."
    ),
    "undoBatchClosed": _(
        "The batch “%(name)s” is approved already, so this can no longer be taken back. Ask a "
        "supervisor to return the record: that opens the batch again."
    ),
    "undoNothingRead": _(
        "Nothing was read from this picture, so there is nothing to go on with. Ask a supervisor "
        "to return it."
    ),
    "undoSecondReading": _(
        "What a second reader has said is not taken back. Ask a supervisor to return the record."
    ),
    "secondNotLaidAside": _(
        "A second reading is neither skipped nor postponed. Give it back, and somebody else reads "
        "it."
    ),
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
    "takenOver": _(
        "%(name)s has taken this record over from you. What you typed is kept here; ask them "
        "before you go on."
    ),
    "postponedDay": _("Choose a day after today, at most %(days)s days from now."),
    "questionMissing": _("Write what you want to ask, so that the supervisor can answer it."),
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
    "shouldSayMissing": _("Say what the paper should say where it is wrong."),
    "shouldSaySame": _(
        "The paper says just this. If it is right, verify the value; if it is wrong, say what it "
        "should say."
    ),
    "shouldSayAlone": _(
        "What it should say is asked for only where the paper itself is wrong. Choose that, or "
        "empty the text."
    ),
    "onEveryForm": _(
        "Every edition of the form has this field. If nothing stands there, choose “Blank on the "
        "paper”."
    ),
    "decisionMissing": _(
        "Choose for each value what the paper says, or say that you are unsure, too."
    ),
    "readingBreaksRule": _(
        "“%(label)s” breaks a rule as you read it. Look again, or say below it why it is right "
        "all the same."
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
    "truncatedImage": _(
        "The picture file is damaged, incomplete or of a rare kind. Copy or scan it again, or save "
        "it as PNG or JPEG."
    ),
    "unmarkedInks": _(
        "The picture is stored in printing inks (CMYK) and does not say which end of them is "
        "white, so it could show as a negative. Save it in RGB and send it again."
    ),
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
    # the history
    "guardsMissing": _(
        "The database lacks %(count)s of its guards against false histories (the first: "
        "%(first)s). Run migrate to set them."
    ),
    "ledgerGap": _("Entry %(number)s of the ledger is missing."),
    "ledgerBroken": _(
        "Entry %(number)s of the ledger does not name the entry before it: one of them was changed "
        "or exchanged."
    ),
    "ledgerChanged": _("Entry %(number)s of the ledger is not as it was written."),
    "chainGap": _("In the history of %(chain)s, event %(number)s is missing."),
    "chainBroken": _(
        "In the history of %(chain)s, event %(number)s is not as it was written: it was changed, "
        "exchanged or put in."
    ),
    "chainForeign": _("In the history of %(chain)s, event %(number)s is about something else."),
    "chainNotAnchored": _(
        "In the history of %(chain)s, event %(number)s is not the one that the ledger holds."
    ),
    "answerChanged": _(
        "Record #%(record)s: the recogniser's answer %(answer)s is not the one that came."
    ),
    "answerMissing": _("Record #%(record)s: the recogniser's answer %(answer)s is missing."),
    "pictureNotSealed": _(
        "Record #%(record)s: the picture's digest is not the one that its history holds."
    ),
    "pictureGone": _("Record #%(record)s: the stored picture cannot be read."),
    "pictureExchanged": _(
        "Record #%(record)s: the stored picture is not the one that came in. Tell the "
        "administrator."
    ),
    "approvalForged": _("Record #%(record)s: its history knows nothing of an approval."),
    "approvalMissing": _("Record #%(record)s stands as approved without an approval that holds."),
    "approvedValueChanged": _(
        "Record #%(record)s is not what was approved: a value, a state or an override was changed."
    ),
    "historyMissing": _("Record #%(record)s has no history."),
    "statusChanged": _(
        "Record #%(record)s: its status or version is not what its history ends with."
    ),
    "decisionChanged": _(
        "Record #%(record)s, field %(field)s: its history knows nothing of this verification or "
        "mark."
    ),
    "correctionsDiffer": _(
        "Record #%(record)s, field %(field)s: the corrections are not those of its history."
    ),
    "valueChanged": _(
        "Record #%(record)s, field %(field)s: the value is not what its history ends with."
    ),
    "anchorUnknown": _(
        "The ledger has no entry with this digest: the history is another one, or its end was cut "
        "off."
    ),
    # serving pictures
    "pictureSwapped": _(
        "The stored picture is not the one that came in, so it is not shown. Tell the "
        "administrator, and decide nothing about this record until it is back."
    ),
    # outages
    "databaseAway": _(
        "The database cannot be reached or written to at the moment. What was saved is safe. Go "
        "back, where what you typed still stands, and try again in a minute; tell the "
        "administrator if this goes on."
    ),
    "storageAway": _(
        "The place where pictures are kept is full or does not answer. Nothing that was saved is "
        "lost, and this picture was not looked at. Try again in a minute; tell the administrator "
        "if this goes on."
    ),
    "tooManyOrphans": _(
        "%(count)s of %(files)s stored files have no record, which are more than crashes leave "
        "behind. Is this the database of these pictures? Nothing was removed; if it is, repeat "
        "with --even-many."
    ),
    "traceNotKept": _(
        "Every look at a record is recorded, and at the moment it cannot be: the database and the "
        "disk take no writing. Nothing that was saved is lost. Tell the administrator."
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
        "No file was kept: it held %(written)s of %(chosen)s records. Export them again."
    ),
    "cellNotWritten": _(
        "Row %(row)s, column %(column)s does not fit into a cell of a sheet. Export these records "
        "as CSV or JSON lines."
    ),
    "nothingToExport": _(
        "No approved record fits this choice. Widen the dates or choose other batches."
    ),
    "notAsApproved": _(
        "Nothing was exported: what these records say is not what was approved: %(records)s. "
        "Have the history checked (manage.py verify_history) before anything leaves."
    ),
    "notAsApprovedLater": _(
        "No file was kept: what these records say is no longer what was approved: %(records)s. "
        "Have the history checked (manage.py verify_history), and export again."
    ),
    "exportNotCancelled": _(
        "This export can no longer be cancelled: it has ended, or its records are being recorded "
        "as exported."
    ),
    "exportTaken": _("Another worker has gone on with this export, or somebody has cancelled it."),
    "exportFileGone": _(
        "There is no file of this export: it is not ready, or it was removed after its last day. "
        "Export the records again."
    ),
    "batchesDoNotAddUp": _(
        "Nothing was exported: these batches do not add up: %(batches)s. Settle what is open in "
        "them, or say below why their records leave all the same."
    ),
}
