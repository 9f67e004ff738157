"""What can go wrong in a way that a person must be told.

Every error is a code with parameters, and the code's sentence stands in SENTENCES: so an error can
be stored, and read later in another language.
"""

import errno
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError

from reviewapp.sentences import SENTENCES

# What the database raises when it restarts, is locked for too long, or has become a standby; never
# by a wrong query.
OUTAGES = (OperationalError, InterfaceError, InternalError)
# What a disk says that is full, broken, over its quota or closed to us; EFBIG is a limit set for
# the process. It says nothing about the file that was to be read or written.
STORAGE_ERRNOS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ENODEV,
        errno.ENXIO,
        errno.ESTALE,
        errno.EMFILE,
        errno.ENFILE,
    }
)
# How long whoever met an outage is asked to stay away.
RETRY_AFTER_SECONDS = 10


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


class StorageOutage(ReviewError):
    """The place where pictures are kept cannot be read or written now; no fault of the picture."""


class PictureMissing(ReviewError):
    """A stored picture is gone."""


class InvalidImage(ReviewError):
    """A file that cannot be taken as a picture of a certificate."""


class PictureSwapped(InvalidImage):
    """A stored picture is not the one that was stored."""


class EngineError(ReviewError):
    """The recogniser gave no usable answer; `code` is the API's own error code."""


class EnginePaused(ReviewError):
    """The recogniser takes no picture before `until`; the picture stays in the queue."""

    def __init__(self, code: str, *, until: datetime, **params: str | int) -> None:
        super().__init__(code, **params)
        self.until = until


def outage_code(error: BaseException | None) -> str | None:
    """Return the code of the sentence for an error that will pass, None for any other error."""
    if isinstance(error, StorageOutage):
        return error.code
    if isinstance(error, OUTAGES):
        return "databaseAway"
    if isinstance(error, OSError) and error.errno in STORAGE_ERRNOS:
        return "storageAway"
    return None
