"""The pictures, which only people who may see the record get, and only as they were stored."""

import io
import threading
from typing import get_args

from django.http import FileResponse, Http404, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from reviewapp.administration.lockout import address_of
from reviewapp.administration.view_log import Look, note_looks, note_views
from reviewapp.exceptions import PictureMissing
from reviewapp.http import PersonRequest
from reviewapp.models import Submission
from reviewapp.models.submission import PictureKind
from reviewapp.permissions import check_can_view
from reviewapp.stages.ingest import render
from reviewapp.states import EventKind

KINDS = get_args(PictureKind.__value__)
# Decoding takes up to 0.3 GB: a page of old thumbnails must not do it for all of them at once.
_rendering = threading.Lock()


class PictureKindConverter:
    """One of KINDS in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@require_safe
def picture(request: PersonRequest, pk: int, kind: PictureKind) -> HttpResponseBase:
    """Send one of the three files of a record; none of them ever changes.

    Browsers may keep it, but ask each time whether they may still show it.

    1. may this person see it; 2. does the browser have it; 3. the file, whole and checked before a
    byte of it is sent: at most 10 MB; 4. a trace of the look.
    """
    submission = get_object_or_404(Submission, pk=pk)
    check_can_view(request.user, submission)
    if not getattr(submission, kind):
        raise Http404("not rendered yet")

    try:
        digest = _digest(submission, kind)
        etag = quote_etag(f"{digest[:32]}-{kind}")
        response: HttpResponseBase = HttpResponseNotModified()
        if etag not in parse_etags(request.headers.get("if-none-match", "")):
            response = _file(submission, kind)
    except FileNotFoundError as error:
        raise PictureMissing("pictureMissing") from error
    _note(request, submission, kind)
    return _cached(response, etag)


def _digest(submission: Submission, kind: PictureKind) -> str:
    """Return what the file must be. One from before digests were kept is made anew, once."""
    if not submission.picture_digest(kind):
        with _rendering:
            submission.refresh_from_db()
            render(submission)
    return submission.picture_digest(kind)


def _file(submission: Submission, kind: PictureKind) -> FileResponse:
    is_original = kind == "original"
    return FileResponse(
        io.BytesIO(submission.picture_content(kind)),
        content_type=submission.media_type if is_original else "image/webp",
        as_attachment=is_original,
        filename=submission.original_name if is_original else f"{submission.pk}-{kind}.webp",
    )


def _note(request: PersonRequest, submission: Submission, kind: PictureKind) -> None:
    """Note the look. Nobody needs the original to review it, so taking it is noted of all."""
    address = address_of(request)
    if kind == "original":
        look = Look(EventKind.PICTURE_SEEN, submission.pk, params={"picture": kind})
        note_looks([look], by=request.user, address=address)
        return
    seen = EventKind.LISTED if kind == "thumbnail" else EventKind.PICTURE_SEEN
    note_views([submission], by=request.user, kind=seen, address=address)


def _cached[R: HttpResponseBase](response: R, etag: str) -> R:
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
