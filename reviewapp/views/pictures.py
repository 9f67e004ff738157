"""The pictures, which only people who may see the record get."""

from typing import Literal, get_args

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from reviewapp.http import PersonRequest
from reviewapp.models import Submission
from reviewapp.permissions import check_can_view

PictureKind = Literal["original", "screen", "thumbnail"]
KINDS = get_args(PictureKind)


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

    1. may this person see it; 2. does the browser have it; 3. the file.
    """
    submission = get_object_or_404(Submission, pk=pk)
    check_can_view(request.user, submission)
    file: FieldFile = getattr(submission, kind)
    if not file:
        raise Http404("not rendered yet")

    etag = quote_etag(f"{submission.sha256[:32]}-{kind}")
    if etag in parse_etags(request.headers.get("if-none-match", "")):
        return _cached(HttpResponseNotModified(), etag)
    media_type = submission.media_type if kind == "original" else "image/webp"
    try:
        response = FileResponse(
            file.open("rb"),
            content_type=media_type,
            as_attachment=kind == "original",
            filename=_name(submission, kind),
        )
    except FileNotFoundError as error:
        raise Http404("file is gone") from error
    return _cached(response, etag)


def _name(submission: Submission, kind: PictureKind) -> str:
    return submission.original_name if kind == "original" else f"{submission.pk}-{kind}.webp"


def _cached[R: HttpResponseBase](response: R, etag: str) -> R:
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
