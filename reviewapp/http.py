"""What every view needs: the person, the object that the address names, and how to refuse."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from reviewapp.exceptions import (
    RETRY_AFTER_SECONDS,
    BodyRefused,
    ClaimLost,
    IllegalTransition,
    NotAllowed,
    PictureMissing,
    PictureSwapped,
    ReviewError,
    StaleWrite,
    StorageOutage,
    sentence,
)
from reviewapp.models import Batch, Submission, User
from reviewapp.models.batch import BatchQuerySet
from reviewapp.permissions import check_can_view

CONFLICTS = (StaleWrite, ClaimLost, IllegalTransition, PictureSwapped)
OUTAGE_STATUS = 503
BODY_STATUS = {"bodyTooLarge": 413, "bodyTooSlow": 408}
TITLES = {
    403: _("Not allowed"),
    404: _("The picture is missing"),
    408: _("This took too long to arrive"),
    413: _("More was sent than this page takes"),
    OUTAGE_STATUS: _("Not possible at the moment"),
}


def takes_bytes[View: Callable[..., HttpResponse]](limit: int) -> Callable[[View], View]:
    """Let a view take a body of so many bytes; others take what a form of text may need."""

    def marked(view: View) -> View:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return marked


def open_to_auditors[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Let auditors in, who are kept out of every other page (`middleware.KeepAuditorsOut`)."""
    view.open_to_auditors = True  # type: ignore[attr-defined]
    return view


class PersonRequest(HttpRequest):
    """A request behind the login, as LoginRequired lets it through."""

    user: User
    htmx: HtmxDetails


def get_batch(pk: int, among: BatchQuerySet | None = None) -> Batch:
    """Return a batch; 404 when there is none."""
    return get_object_or_404(Batch if among is None else among, pk=pk)


def get_submission(
    request: PersonRequest, pk: int, check: Callable[[User, Submission], None] = check_can_view
) -> Submission:
    """Return a record that this person may view.

    Raises Http404 when there is none, NotAllowed when they may not.
    """
    # The chain, too, so that what is done to the record need not look it up.
    related = ("batch", "claimed_by", "reviewed_by", "received_by", "approved_by", "chain")
    submission = get_object_or_404(Submission.objects.select_related(*related), pk=pk)
    check(request.user, submission)
    return submission


def status_of(error: ReviewError) -> int:
    """Return the HTTP status of a refusal.

    403 forbidden, 404 the picture is gone, 409 somebody was faster, 422 not acceptable; and where
    nothing was looked at: 408 it came too slowly, 413 it was too much, 503 there is an outage.
    """
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, PictureMissing):
        return 404
    if isinstance(error, StorageOutage):
        return OUTAGE_STATUS
    if isinstance(error, BodyRefused):
        return BODY_STATUS[error.code]
    return 409 if isinstance(error, CONFLICTS) else 422


def refusal(request: HttpRequest, error: ReviewError) -> HttpResponse:
    """Answer a refusal with its sentence: a page, or for htmx a notice above the page at hand."""
    status = status_of(error)
    if status == OUTAGE_STATUS:
        return outage(error.code)
    title = TITLES.get(status, _("Not done"))
    context = {"sentence": str(error), "title": title}
    if not request.headers.get("HX-Request"):
        return render(request, "errors/refusal.html", context, status=status)
    response = render(request, "errors/refusal.html#sentence", context, status=status)
    return reswap(retarget(response, "#notices"), "innerHTML")


def outage(code: str) -> HttpResponse:
    """Answer that there is an outage, with its sentence and when to come back.

    The page is drawn without the request: who asks would be looked up in the database.
    """
    context = {"sentence": sentence(code), "title": TITLES[OUTAGE_STATUS]}
    page = render_to_string("errors/refusal.html", context)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=OUTAGE_STATUS, headers=headers)
