"""What every view needs: the person, the object that the address names, and how to refuse."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from reviewapp.exceptions import (
    BodyRefused,
    ClaimLost,
    IllegalTransition,
    NotAllowed,
    ReviewError,
    StaleWrite,
)
from reviewapp.models import Batch, Submission, User
from reviewapp.models.batch import BatchQuerySet
from reviewapp.permissions import check_can_view

CONFLICTS = (StaleWrite, ClaimLost, IllegalTransition)
BODY_STATUS = {"bodyTooLarge": 413, "bodyTooSlow": 408}
TITLES = {
    403: _("Not allowed"),
    408: _("This took too long to arrive"),
    413: _("More was sent than this page takes"),
}


def takes_bytes[View: Callable[..., HttpResponse]](limit: int) -> Callable[[View], View]:
    """Let a view take a body of so many bytes; others take what a form of text may need."""

    def marked(view: View) -> View:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return marked


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
    related = ("batch", "claimed_by", "reviewed_by", "received_by", "approved_by")
    submission = get_object_or_404(Submission.objects.select_related(*related), pk=pk)
    check(request.user, submission)
    return submission


def status_of(error: ReviewError) -> int:
    """Return the HTTP status of a refusal.

    403 forbidden, 409 somebody was faster, 422 not acceptable; and where nothing was looked at: 408
    it came too slowly, 413 it was too much.
    """
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, BodyRefused):
        return BODY_STATUS[error.code]
    return 409 if isinstance(error, CONFLICTS) else 422


def refusal(request: HttpRequest, error: ReviewError) -> HttpResponse:
    """Answer a refusal with its sentence: a page, or for htmx a notice above the page at hand."""
    status = status_of(error)
    title = TITLES.get(status, _("Not done"))
    context = {"sentence": str(error), "title": title}
    if not request.headers.get("HX-Request"):
        return render(request, "errors/refusal.html", context, status=status)
    response = render(request, "errors/refusal.html#sentence", context, status=status)
    return reswap(retarget(response, "#notices"), "innerHTML")
